// The Segment HTTP tracking API: reads a body, checks it as the real service documents, gives
// events.
//
// Invariant: pure functions of their arguments; no clock, no store, no socket.
#ifndef WAYMARK_SAMPLES_COLLECTOR_SEGMENT_PROTOCOL_H_
#define WAYMARK_SAMPLES_COLLECTOR_SEGMENT_PROTOCOL_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "event.h"

namespace waymark::collector {

struct SegmentRoute {
  absl::string_view path;
  absl::string_view kind;  // empty: the body is a batch
};

// Every path that takes a POST, long and short forms.
const std::vector<SegmentRoute>& SegmentRoutes();

struct SegmentBody {
  absl::string_view kind;           // of the route; empty for a batch
  absl::string_view authorization;  // the header as sent, or empty
  absl::string_view text;           // inflated
  int64_t wire_bytes = 0;           // of the body before inflating
  int64_t received_ms = 0;
};

// All events of the body, or InvalidArgument with one sentence that says what is wrong and in which
// event. One wrong event refuses the whole body, as the service does.
absl::StatusOr<std::vector<ReceivedEvent>> ParseSegment(const SegmentBody& body);

}  // namespace waymark::collector

#endif  // WAYMARK_SAMPLES_COLLECTOR_SEGMENT_PROTOCOL_H_
