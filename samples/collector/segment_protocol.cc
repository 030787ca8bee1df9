#include "segment_protocol.h"

#include <array>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "collector_limits.h"
#include "iso_time.h"
#include "wire_share.h"

namespace waymark::collector {
namespace {

constexpr std::array<absl::string_view, 6> kKinds = {"track",  "identify", "page",
                                                     "screen", "group",    "alias"};

absl::Status Wrong(const std::string& sentence) { return absl::InvalidArgumentError(sentence); }

bool IsKnownKind(absl::string_view kind) {
  for (const absl::string_view known : kKinds) {
    if (known == kind) return true;
  }
  return false;
}

// The user name of "Basic base64(writeKey:)"; empty when the header is anything else.
std::string BasicUser(absl::string_view authorization) {
  constexpr absl::string_view kScheme = "basic ";
  if (!absl::StartsWithIgnoreCase(authorization, kScheme)) return "";
  authorization.remove_prefix(kScheme.size());
  std::string credentials;
  if (!absl::Base64Unescape(absl::StripAsciiWhitespace(authorization), &credentials)) return "";
  return credentials.substr(0, credentials.find(':'));
}

absl::Status CheckWriteKey(const Json& body, absl::string_view authorization) {
  if (!FindText(body, "writeKey").empty() || !BasicUser(authorization).empty()) {
    return absl::OkStatus();
  }
  return Wrong("writeKey is missing: put it into the body, or send it as Basic authorization.");
}

absl::Status CheckTime(const Json& object, absl::string_view key) {
  const Json* value = Find(object, key);
  if (value == nullptr) return absl::OkStatus();
  if (value->is_string() && ParseIsoTime(value->get_ref<const std::string&>()).ok()) {
    return absl::OkStatus();
  }
  return Wrong(absl::StrCat(key, " is not an ISO 8601 time with a zone, such as ",
                            "2026-11-21T18:00:00.000Z."));
}

absl::Status CheckKind(const Json& event, absl::string_view route_kind) {
  const std::string kind = FindText(event, "type");
  if (kind.empty() && !route_kind.empty()) return absl::OkStatus();
  if (kind.empty()) return Wrong("type is missing.");
  if (!IsKnownKind(kind)) {
    return Wrong("type is unknown: it must be track, identify, page, screen, group or alias.");
  }
  if (!route_kind.empty() && kind != route_kind) {
    return Wrong(absl::StrCat("type does not fit the path, which takes ", route_kind, " only."));
  }
  return absl::OkStatus();
}

absl::Status CheckEvent(const Json& event, absl::string_view route_kind) {
  if (!event.is_object()) return Wrong("the event is not a JSON object.");
  if (absl::Status status = CheckKind(event, route_kind); !status.ok()) return status;
  if (FindText(event, "messageId").empty()) return Wrong("messageId is missing.");
  if (FindText(event, "userId").empty() && FindText(event, "anonymousId").empty()) {
    return Wrong("userId or anonymousId is needed, and both are missing.");
  }
  const bool is_track = route_kind == "track" || FindText(event, "type") == "track";
  if (is_track && FindText(event, "event").empty()) {
    return Wrong("event, the name of what happened, is missing.");
  }
  for (const absl::string_view key : {"timestamp", "originalTimestamp", "sentAt"}) {
    if (absl::Status status = CheckTime(event, key); !status.ok()) return status;
  }
  return absl::OkStatus();
}

std::string SessionOf(const Json& context) {
  const Json* session = Find(context, "session");
  const std::string id = session == nullptr ? "" : FindText(*session, "id");
  return id.empty() ? FindText(context, "sessionId") : id;
}

Json ConsentOf(const Json& context) {
  const Json* consent = Find(context, "consent");
  const Json* categories = consent == nullptr ? nullptr : Find(*consent, "categoryPreferences");
  return categories != nullptr && categories->is_object() ? *categories : Json(nullptr);
}

int64_t TimeOf(const Json& event, int64_t received_ms) {
  for (const absl::string_view key : {"timestamp", "originalTimestamp"}) {
    const absl::StatusOr<int64_t> time_ms = ParseIsoTime(FindText(event, key));
    if (time_ms.ok()) return *time_ms;
  }
  return received_ms;
}

// What the service accepts, and its destinations then stumble over.
std::vector<std::string> ProblemsOf(const Json& event, absl::string_view kind) {
  std::vector<std::string> problems;
  if (kind == "group" && FindText(event, "groupId").empty()) {
    problems.push_back("groupId is missing, so this group call names no group.");
  }
  if (kind == "alias" && FindText(event, "previousId").empty()) {
    problems.push_back("previousId is missing, so this alias call joins nothing.");
  }
  const Json* properties = Find(event, "properties");
  if (properties != nullptr && !properties->is_object()) {
    problems.push_back("properties is not a JSON object.");
  }
  return problems;
}

// `json` has passed CheckEvent.
ReceivedEvent Read(Json json, const SegmentBody& body) {
  ReceivedEvent event;
  const std::string type = FindText(json, "type");
  event.protocol = Protocol::kSegment;
  event.kind = type.empty() ? std::string(body.kind) : type;
  event.name = FindText(json, event.kind == "track" ? "event" : "name");
  event.message_id = FindText(json, "messageId");
  event.time_ms = TimeOf(json, body.received_ms);
  event.anonymous_id = FindText(json, "anonymousId");
  event.user_id = FindText(json, "userId");
  if (const Json* context = Find(json, "context"); context != nullptr) {
    event.session_id = SessionOf(*context);
    event.consent = ConsentOf(*context);
  }
  event.problems = ProblemsOf(json, event.kind);
  event.event = std::move(json);
  return event;
}

// Puts the place of the event before the sentence, where the body holds more than one.
absl::Status Placed(const absl::Status& status, const SegmentBody& body, size_t index) {
  if (!body.kind.empty()) return status;
  return Wrong(absl::StrCat("batch[", index, "]: ", status.message()));
}

absl::StatusOr<std::vector<ReceivedEvent>> ReadAll(std::vector<Json> items,
                                                   const SegmentBody& body) {
  std::vector<ReceivedEvent> events;
  std::vector<int64_t> weights;
  for (size_t i = 0; i < items.size(); ++i) {
    const size_t bytes = ToText(items[i]).size();
    absl::Status status = CheckEvent(items[i], body.kind);
    if (status.ok() && bytes > kSegmentEventBytesMax) {
      status = Wrong(absl::StrCat("the event has ", bytes, " bytes, over the limit of 32 KB."));
    }
    if (!status.ok()) return Placed(status, body, i);
    weights.push_back(static_cast<int64_t>(bytes));
    events.push_back(Read(std::move(items[i]), body));
  }
  ShareWireBytes(body.wire_bytes, weights, events);
  return events;
}

}  // namespace

const std::vector<SegmentRoute>& SegmentRoutes() {
  static const std::vector<SegmentRoute> routes = {{"/v1/batch", ""},
                                                   {"/v1/b", ""},
                                                   {"/v1/track", "track"},
                                                   {"/v1/t", "track"},
                                                   {"/v1/page", "page"},
                                                   {"/v1/p", "page"},
                                                   {"/v1/identify", "identify"},
                                                   {"/v1/i", "identify"},
                                                   {"/v1/screen", "screen"},
                                                   {"/v1/s", "screen"},
                                                   {"/v1/group", "group"},
                                                   {"/v1/g", "group"},
                                                   {"/v1/alias", "alias"},
                                                   {"/v1/a", "alias"}};
  return routes;
}

absl::StatusOr<std::vector<ReceivedEvent>> ParseSegment(const SegmentBody& body) {
  if (body.text.size() > kSegmentBatchBytesMax) {
    return Wrong(
        absl::StrCat("the body has ", body.text.size(), " bytes, over the limit of 500 KB."));
  }
  absl::StatusOr<Json> parsed = ParseJson(body.text);
  if (!parsed.ok())
    return Wrong(absl::StrCat("the body cannot be read: ", parsed.status().message(), "."));
  if (!parsed->is_object()) return Wrong("the body is not a JSON object.");
  if (absl::Status status = CheckWriteKey(*parsed, body.authorization); !status.ok()) return status;
  if (absl::Status status = CheckTime(*parsed, "sentAt"); !status.ok()) return status;
  if (!body.kind.empty()) {
    std::vector<Json> items;
    items.push_back(*std::move(parsed));
    return ReadAll(std::move(items), body);
  }
  const Json* batch = Find(*parsed, "batch");
  if (batch == nullptr || !batch->is_array() || batch->empty()) {
    return Wrong("batch is missing, is no array, or is empty.");
  }
  return ReadAll(batch->get<std::vector<Json>>(), body);
}

}  // namespace waymark::collector
