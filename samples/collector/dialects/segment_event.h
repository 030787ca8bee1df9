// The event of the Segment specification, which Segment, RudderStack and Jitsu share.
#ifndef WAYMARK_SAMPLES_COLLECTOR_DIALECTS_SEGMENT_EVENT_H_
#define WAYMARK_SAMPLES_COLLECTOR_DIALECTS_SEGMENT_EVENT_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "event.h"
#include "spot.h"

namespace waymark::collector {

// The kind that a path names: track, identify, page, screen, group or alias, or its first letter.
// Empty for anything else.
std::string SegmentKindOfPath(absl::string_view last_part);
bool IsSegmentKind(absl::string_view type);

// "track, identify, page, screen, group or alias"
extern const absl::string_view kSegmentKinds;

// Reads `event`, an object, as one of `kind`, with what destinations then stumble over as its
// problems.
ReceivedEvent ReadSegmentEvent(const Spot& event, const std::string& kind, int64_t received_ms);

}  // namespace waymark::collector

#endif  // WAYMARK_SAMPLES_COLLECTOR_DIALECTS_SEGMENT_EVENT_H_
