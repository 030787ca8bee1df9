// RudderStack: Segment's events with another manner around them. The answers and what is checked
// are those of the server's gateway; the whole body is taken or refused.
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "collector_limits.h"
#include "dialects/body.h"
#include "dialects/dialects.h"
#include "dialects/segment_event.h"

namespace waymark::collector {
namespace {

Reply Refuse(int status, absl::string_view sentence) {
  return TextReply(status, absl::StrCat(sentence, "\n"));
}

Outcome RefusedAs(int status, absl::string_view words, Problems problems) {
  return Refused(Refuse(status, words), std::move(problems));
}

bool IsBeacon(const Request& request) { return absl::StartsWith(request.path, "/beacon/"); }

// Headers by which the SDK tells the server about order and retries: the server can do without.
void CheckHeaders(const Request& request, Problems& problems) {
  const auto check = [&](const char* name, const char* lower_case, auto fits, const char* allowed) {
    const std::string value = request.Header(lower_case);
    if (!value.empty() && !fits(value)) {
      problems.push_back({absl::StrCat("header ", name), ToText(Json(value)), allowed});
    }
  };
  const auto is_base64 = [](const std::string& value) {
    std::string decoded;
    return absl::Base64Unescape(value, &decoded);
  };
  const auto is_count = [](const std::string& value) {
    uint64_t count = 0;
    return absl::SimpleAtoi(value, &count);
  };
  const auto is_reason = [](const std::string& value) {
    return value == "client-network" || value == "client-timeout" ||
           absl::StartsWith(value, "server-");
  };
  const auto is_time = [](const std::string& value) {
    Problems none;
    return NeedIsoTime(Spot(Json(value)), none);
  };
  check("AnonymousId", "anonymousid", is_base64, "base64 of the anonymous id");
  check("SentAt", "sentat", is_time, "an ISO 8601 time");
  check("Rsa-Retry-Attempt", "rsa-retry-attempt", is_count, "a whole number");
  check("Rsa-Since-Last-Attempt", "rsa-since-last-attempt", is_count, "milliseconds");
  check("Rsa-Since-First-Attempt", "rsa-since-first-attempt", is_count, "milliseconds");
  check("Rsa-Retry-Reason", "rsa-retry-reason", is_reason,
        "client-network, client-timeout or server-NNN");
}

// What the gateway refuses; gives its words for it.
absl::string_view CheckEvent(const Spot& event, Problems& problems) {
  if (!NeedObject(event, problems)) return "Event is not a valid rudder event";
  if (event["userId"].text().empty() && event["anonymousId"].text().empty()) {
    problems.push_back(event["anonymousId"].Wrong("an id, here or as userId"));
    return "Request neither has anonymousId nor userId";
  }
  return "";
}

// What the gateway takes, and what comes after it fills in, cuts or stumbles over.
void CheckSoftly(const Spot& event, const std::string& kind, size_t bytes, Problems& problems) {
  if (!IsSegmentKind(kind)) problems.push_back(event["type"].Wrong(kSegmentKinds));
  if (event["messageId"].text().empty()) {
    problems.push_back(
        event["messageId"].Wrong("an id of the message, by which doubles are found"));
  }
  if (kind == "track" && event["event"].text().empty()) {
    problems.push_back(event["event"].Wrong("the name of what happened"));
  }
  for (const absl::string_view key : {"timestamp", "originalTimestamp", "sentAt"}) {
    MayIsoTime(event[key], problems);
  }
  FitsBytes(event.where(), bytes, kSegmentEventBytesMax, problems);
}

Record ReadRecord(const Request& request, const Spot& event, std::string text,
                  const std::string& route_kind) {
  const std::string kind = route_kind.empty() ? event["type"].text() : route_kind;
  Record record = {ReadSegmentEvent(event, kind, request.received_ms)};
  if (!IsSegmentKind(kind)) record.event.kind = "bad";
  CheckSoftly(event, kind, text.size(), record.event.problems);
  record.event.raw = std::move(text);
  return record;
}

// The key of a source; any will do here.
bool CheckKey(const Request& request, Outcome& outcome) {
  if (IsBeacon(request)) {
    if (!FormValue(request.query, "writeKey").empty()) return true;
    outcome = RefusedAs(401, "Failed to read writeKey from Query Params",
                        {{"query/writeKey", "nothing", "the write key"}});
    return false;
  }
  if (!BasicUser(request).empty()) return true;
  outcome = RefusedAs(401, "Failed to read writeKey from header",
                      {{"header Authorization", "nothing that fits", "Basic, with the write key"}});
  return false;
}

Outcome AnswerRudderstack(const Request& request) {
  Outcome outcome;
  if (!CheckKey(request, outcome)) return outcome;
  Problems problems;
  const absl::StatusOr<std::string> text = UnpackBody(request, problems);
  if (!text.ok()) {
    return RefusedAs(StatusOfUnpack(text.status()), "Failed to read body from request", problems);
  }
  if (text->empty()) {
    return RefusedAs(400, "Request body is nil", {{"body", "nothing", "JSON"}});
  }
  const std::optional<Json> json = ParseBody(*text, problems);
  if (!json) return RefusedAs(400, "Invalid JSON", problems);
  if (!FitsBytes("body", text->size(), kRudderstackBodyBytesMax, problems)) {
    return RefusedAs(413, "Request size exceeds max limit", problems);
  }
  const Spot body(*json);
  const std::string kind = SegmentKindOfPath(absl::StripPrefix(request.path, "/v1/"));
  const Spot batch = body["batch"];
  const bool single = !kind.empty();
  if (!single && (!batch.is_array() || batch.size() == 0)) {
    return RefusedAs(400, "Empty batch payload", {batch.Wrong("an array of at least one event")});
  }
  if (!FitsCount(batch, kRecordsMax, problems)) {
    return RefusedAs(413, "Request size exceeds max limit", problems);
  }
  std::vector<std::string> texts = single ? std::vector{*text} : ItemTexts(*text, {"batch"}, batch);
  for (size_t i = 0; i < texts.size(); ++i) {
    const Spot event = single ? body : batch[i];
    const absl::string_view words = CheckEvent(event, problems);
    if (!words.empty()) return RefusedAs(400, words, problems);
    outcome.records.push_back(ReadRecord(request, event, std::move(texts[i]), kind));
  }
  CheckHeaders(request, outcome.problems);
  outcome.reply = TextReply(200, "OK");
  return outcome;
}

}  // namespace

Dialect RudderstackDialect() {
  return {.name = "rudderstack",
          .routes = {{"/v1/batch"},
                     {"/v1/track"},
                     {"/v1/identify"},
                     {"/v1/page"},
                     {"/v1/screen"},
                     {"/v1/group"},
                     {"/v1/alias"},
                     {"/beacon/v1/batch"}},
          .cors = {.origin = Cors::Origin::kEcho,
                   .methods = "POST",
                   .headers = "echo",
                   .max_age_s = 900},
          .body_bytes_max = kBodyBytesMax,
          .answer = AnswerRudderstack,
          .refuse = Refuse};
}

}  // namespace waymark::collector
