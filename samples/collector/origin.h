// Tells this machine's own pages from pages of the rest of the world.
//
// The event list holds what people did in a shop; a foreign page open in the same browser must
// neither read it nor empty it, also not by a DNS name that it points at 127.0.0.1.
#ifndef WAYMARK_SAMPLES_COLLECTOR_ORIGIN_H_
#define WAYMARK_SAMPLES_COLLECTOR_ORIGIN_H_

#include "absl/strings/string_view.h"

namespace waymark::collector {

// True for localhost, names under .localhost, 127.0.0.0/8 and ::1; `host` is without port, with or
// without brackets.
bool IsLoopbackHost(absl::string_view host);

// The same for the value of a Host header, and of an Origin header ("http://localhost:8080").
bool IsLoopbackHostHeader(absl::string_view host_and_port);
bool IsLoopbackOrigin(absl::string_view origin);

}  // namespace waymark::collector

#endif  // WAYMARK_SAMPLES_COLLECTOR_ORIGIN_H_
