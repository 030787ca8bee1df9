// ISO 8601 instants, as Segment's `timestamp` and `sentAt` carry them.
#ifndef WAYMARK_SAMPLES_COLLECTOR_ISO_TIME_H_
#define WAYMARK_SAMPLES_COLLECTOR_ISO_TIME_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace waymark::collector {

// Milliseconds since the epoch of a full date and time with a zone, such as
// "2026-11-21T18:00:00.000Z". InvalidArgument for anything else.
absl::StatusOr<int64_t> ParseIsoTime(absl::string_view text);

}  // namespace waymark::collector

#endif  // WAYMARK_SAMPLES_COLLECTOR_ISO_TIME_H_
