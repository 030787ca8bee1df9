// Opens a client with a clock of one's own: for tests, which cannot wait thirty minutes.
#ifndef WAYMARK_MOBILE_NATIVE_CLIENT_OPENING_H_
#define WAYMARK_MOBILE_NATIVE_CLIENT_OPENING_H_

#include <memory>

#include "clock.h"
#include "waymark/c.h"

namespace waymark::native {

// As waymark_client_open(). May throw.
waymark_status OpenClient(const waymark_options& options, std::shared_ptr<const Clock> clock,
                          waymark_client** client);

}  // namespace waymark::native

#endif  // WAYMARK_MOBILE_NATIVE_CLIENT_OPENING_H_
