// The Snowplow tracker protocol 2: POST …/tp2 with a payload_data body, and GET /i with the same
// fields.
//
// The real collector says "ok" to whatever it receives, and finds faults later, as bad rows. So
// nothing here refuses: an event that breaks a rule carries sentences in `problems`.
//
// Invariant: pure functions of their arguments; no clock, no store, no socket.
#ifndef WAYMARK_SAMPLES_COLLECTOR_SNOWPLOW_PROTOCOL_H_
#define WAYMARK_SAMPLES_COLLECTOR_SNOWPLOW_PROTOCOL_H_

#include <cstdint>
#include <vector>

#include "absl/strings/string_view.h"
#include "event.h"

namespace waymark::collector {

inline constexpr absl::string_view kSnowplowPostPath = "/com.snowplowanalytics.snowplow/tp2";
inline constexpr absl::string_view kSnowplowGetPath = "/i";

struct SnowplowBody {
  absl::string_view content_type;
  absl::string_view encoding;  // Content-Encoding, "identity" when there is none
  absl::string_view text;
  int64_t received_ms = 0;
};

// At least one event; a body that cannot be read as a whole gives one event of kind "bad".
std::vector<ReceivedEvent> ParseSnowplowPost(const SnowplowBody& body);

// `fields` is an object with the decoded query.
ReceivedEvent ParseSnowplowGet(Json fields, int64_t wire_bytes, int64_t received_ms);

}  // namespace waymark::collector

#endif  // WAYMARK_SAMPLES_COLLECTOR_SNOWPLOW_PROTOCOL_H_
