#include "dialects/segment_event.h"

#include <algorithm>
#include <array>
#include <utility>

#include "dialects/body.h"

namespace waymark::collector {
namespace {

constexpr std::array<absl::string_view, 6> kKinds = {"track",  "identify", "page",
                                                     "screen", "group",    "alias"};

std::string SessionOf(const Spot& context) {
  const std::string id = context["session"]["id"].text();
  return id.empty() ? context["sessionId"].text() : id;
}

// Segment's categoryPreferences as they are; RudderStack's two lists as the same.
Json ContextConsentOf(const Spot& context) {
  const Spot categories = context["consent"]["categoryPreferences"];
  if (categories.is_object()) return *categories.value();
  const Spot management = context["consentManagement"];
  Json consent;
  for (const auto& [list, granted] :
       {std::pair{"allowedConsentIds", true}, {"deniedConsentIds", false}}) {
    const Spot ids = management[list];
    for (size_t i = 0; ids.is_array() && i < ids.size(); ++i) consent[ids[i].text()] = granted;
  }
  return consent;
}

int64_t TimeOf(const Spot& event, int64_t received_ms) {
  return IsoTimeOr(event["timestamp"], IsoTimeOr(event["originalTimestamp"], received_ms));
}

// What collectors of this kind take, and their destinations then stumble over.
void CheckForDestinations(const Spot& event, absl::string_view kind, Problems& problems) {
  const auto need = [&](absl::string_view member, absl::string_view what) {
    if (event[member].text().empty()) problems.push_back(event[member].Wrong(what));
  };
  if (kind == "group") need("groupId", "the id of the group");
  if (kind == "alias") need("previousId", "the id that the person had before");
  MayObject(event["properties"], problems);
  MayObject(event["traits"], problems);
}

}  // namespace

const absl::string_view kSegmentKinds = "track, identify, page, screen, group or alias";

std::string SegmentKindOfPath(absl::string_view last_part) {
  for (const absl::string_view kind : kKinds) {
    if (last_part == kind || last_part == kind.substr(0, 1)) return std::string(kind);
  }
  return "";
}

bool IsSegmentKind(absl::string_view type) {
  return std::find(kKinds.begin(), kKinds.end(), type) != kKinds.end();
}

ReceivedEvent ReadSegmentEvent(const Spot& event, const std::string& kind, int64_t received_ms) {
  ReceivedEvent read;
  read.kind = kind;
  read.name = event[kind == "track" ? "event" : "name"].text();
  read.message_id = event["messageId"].text();
  read.order_id = OrderIdOf(event["properties"]);
  read.time_ms = TimeOf(event, received_ms);
  read.anonymous_id = event["anonymousId"].text();
  read.user_id = event["userId"].text();
  read.session_id = SessionOf(event["context"]);
  read.consent = ContextConsentOf(event["context"]);
  CheckForDestinations(event, kind, read.problems);
  read.event = *event.value();
  return read;
}

}  // namespace waymark::collector
