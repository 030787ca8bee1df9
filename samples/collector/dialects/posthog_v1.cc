// PostHog's capture API, version 1: strict headers, and a verdict for each event by its uuid.
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "collector_limits.h"
#include "dialects/body.h"
#include "dialects/posthog.h"
#include "inflate.h"

namespace waymark::collector {
namespace {

constexpr size_t kTextBytesMax = 200;  // of names and ids

// Ids that a broken sender gives to everybody.
bool IsIllegalId(absl::string_view id) {
  static const std::set<std::string> illegal = {"0",
                                                "00000000-0000-0000-0000-000000000000",
                                                "[object object]",
                                                "anonymous",
                                                "anonymous-user",
                                                "backend",
                                                "distinct_id",
                                                "distinctid",
                                                "email",
                                                "false",
                                                "guest",
                                                "id",
                                                "nan",
                                                "none",
                                                "not_authenticated",
                                                "null",
                                                "system",
                                                "true",
                                                "undefined",
                                                "user"};
  return illegal.contains(absl::AsciiStrToLower(absl::StripAsciiWhitespace(id)));
}

// A refusal of the request: the tag by which SDKs know it, and the problems.
struct Refusal {
  int status = 400;
  absl::string_view tag;
};

Outcome RefusedV1(Refusal refusal, Problems problems) {
  const std::string sentence = ProblemsText(problems);
  return Refused(RefusePosthogV1(refusal.status, refusal.tag, sentence), std::move(problems));
}

void CheckHeaderValues(const Request& request, Problems& problems) {
  const auto check = [&](const std::string& name, auto fits) {
    const Json value = request.Header(absl::AsciiStrToLower(name));
    fits(Spot(value, absl::StrCat("header ", name)));
  };
  check("PostHog-Request-Id", [&](const Spot& id) { NeedUuid(id, problems); });
  check("PostHog-Request-Timestamp", [&](const Spot& time) { NeedIsoTime(time, problems); });
  check("PostHog-Attempt", [&](const Spot& attempt) {
    uint32_t number = 0;
    if (absl::SimpleAtoi(attempt.text(), &number) && number >= 1) return;
    problems.push_back(attempt.Wrong("1, 2, 3 …"));
  });
}

// Empty tag: the headers are in order.
Refusal CheckHeaders(const Request& request, Problems& problems) {
  if (request.Header("authorization").empty()) {
    problems.push_back({"header Authorization", "nothing", "Bearer and the project token"});
    return {401, "missing_authorization"};
  }
  for (const char* name : {"PostHog-Sdk-Info", "PostHog-Attempt", "PostHog-Request-Id",
                           "PostHog-Request-Timestamp", "Content-Type", "User-Agent"}) {
    if (!request.Header(absl::AsciiStrToLower(name)).empty()) continue;
    problems.push_back({absl::StrCat("header ", name), "nothing", "a value; it is required"});
  }
  if (!problems.empty()) return {400, "missing_required_headers"};
  const std::string token = BearerToken(request);
  if (token.empty()) {
    problems.push_back({"header Authorization", "another scheme", "Bearer and the project token"});
    return {400, "invalid_header_value"};
  }
  CheckPosthogToken(token, "header Authorization", problems);
  if (!problems.empty()) return {401, "invalid_api_token"};
  if (!HasMediaType(request, {"application/json"}, problems)) {
    return {415, "unsupported_content_type"};
  }
  CheckHeaderValues(request, problems);
  return {400, problems.empty() ? "" : "invalid_header_value"};
}

absl::StatusOr<std::string> UnpackV1(const Request& request, Problems& problems) {
  if (request.encoding != "deflate") return UnpackBody(request, problems);
  absl::StatusOr<std::string> text = InflateDeflate(request.body, kInflatedBytesMax);
  if (!text.ok()) {
    problems.push_back({"body", std::string(text.status().message()), "one deflate stream"});
  }
  return text;
}

Refusal RefusalOfUnpack(const Request& request, const absl::Status& status) {
  if (absl::IsResourceExhausted(status)) return {413, "payload_too_large"};
  const bool known = request.encoding == "gzip" || request.encoding == "deflate";
  return known ? Refusal{400, "request_decoding_error"} : Refusal{415, "unsupported_encoding"};
}

// Members of a wrong type break the whole body, as does an event without a uuid of its own.
Refusal CheckBatch(const Spot& body, Problems& problems) {
  if (!NeedObject(body, problems)) return {400, "request_parsing_error"};
  const Spot batch = body["batch"];
  if (!batch.is_array()) {
    problems.push_back(batch.Wrong("an array of events"));
    return {400, "request_parsing_error"};
  }
  if (batch.size() == 0) {
    problems.push_back(batch.Wrong("at least one event"));
    return {400, "empty_batch"};
  }
  if (!FitsCount(batch, kRecordsMax, problems)) return {413, "payload_too_large"};
  if (!NeedIsoTime(body["created_at"], problems)) return {400, "invalid_batch"};
  for (size_t i = 0; i < batch.size(); ++i) {
    for (const absl::string_view key : {"event", "uuid", "distinct_id", "timestamp"}) {
      if (!batch[i][key].is_text()) problems.push_back(batch[i][key].Wrong("text"));
    }
  }
  if (!problems.empty()) return {400, "request_parsing_error"};
  std::set<std::string> seen;
  for (size_t i = 0; i < batch.size(); ++i) {
    const Spot uuid = batch[i]["uuid"];
    if (!NeedUuid(uuid, problems)) return {400, "invalid_event_uuid"};
    if (!seen.insert(absl::AsciiStrToLower(uuid.text())).second) {
      problems.push_back(uuid.Wrong("a uuid that no other event of the batch has"));
      return {400, "duplicate_event_uuid"};
    }
  }
  return {};
}

// The tag for which the event is dropped, with its problem; empty when it is well.
absl::string_view CheckText(const Spot& spot, absl::string_view missing, absl::string_view long_tag,
                            Problems& problems) {
  const std::string text(absl::StripAsciiWhitespace(spot.text()));
  if (!text.empty() && text.size() <= kTextBytesMax) return "";
  problems.push_back(spot.Wrong("text of 1 to 200 bytes"));
  return text.empty() ? missing : long_tag;
}

bool IsReadableOption(const Spot& option) {
  if (option.empty() || option.value()->is_boolean() || option.is_number()) return true;
  const std::string text = absl::AsciiStrToLower(option.text());
  return text == "true" || text == "false" || text == "1" || text == "0";
}

absl::string_view CheckOptions(const Spot& options, Problems& problems) {
  if (!MayObject(options, problems)) return "invalid_options";
  for (const absl::string_view key :
       {"cookieless_mode", "disable_skew_correction", "process_person_profile"}) {
    if (!IsReadableOption(options[key])) problems.push_back(options[key].Wrong("true or false"));
  }
  const Spot tour = options["product_tour_id"];
  if (!tour.empty() && tour.text().empty()) problems.push_back(tour.Wrong("text or an integer"));
  return problems.empty() ? "" : "invalid_options";
}

absl::string_view CheckEvent(const Spot& event, Problems& problems) {
  absl::string_view tag =
      CheckText(event["event"], "missing_event_name", "event_name_too_long", problems);
  if (!tag.empty()) return tag;
  tag = CheckText(event["distinct_id"], "missing_distinct_id", "distinct_id_too_large", problems);
  if (!tag.empty()) return tag;
  if (!NeedIsoTime(event["timestamp"], problems)) return "invalid_event_timestamp";
  if (!event["properties"].absent() && !NeedObject(event["properties"], problems)) {
    return "malformed_event_properties";
  }
  return CheckOptions(event["options"], problems);
}

// Reads one event and says what becomes of it; `result` is its member of the answer.
Record Judge(const Request& request, const Spot& event, Json& result) {
  Record record = {ReadPosthogEvent(event, event["distinct_id"].text(), event["session_id"].text(),
                                    request.received_ms)};
  record.event.variant = "v1";
  Problems& problems = record.event.problems;
  if (const absl::string_view tag = CheckEvent(event, problems); !tag.empty()) {
    record.verdict = Verdict::kRejected;
    result = {{"result", "drop"}, {"details", std::string(tag)}};
    return record;
  }
  record.verdict = request.judge();
  if (record.verdict == Verdict::kRetry) {
    result = {{"result", "retry"}, {"details", "not_persisted"}};
  } else if (record.verdict == Verdict::kRejected) {
    result = {{"result", "drop"}, {"details", "billing_limit_exceeded"}};
  } else if (IsIllegalId(event["distinct_id"].text())) {
    problems.push_back(event["distinct_id"].Wrong("an id of one person; without, no profile"));
    result = {{"result", "ok"}, {"details", "person_processing_disabled"}};
  } else {
    result = {{"result", "ok"}};
  }
  return record;
}

}  // namespace

bool IsPosthogV1(const Request& request) { return absl::StartsWith(request.path, "/i/v1/"); }

Reply RefusePosthogV1(int status, absl::string_view tag, absl::string_view sentence) {
  return JsonReply(status, {{"error", std::string(tag)},
                            {"error_description", std::string(sentence)},
                            {"error_uri", "https://posthog.com/docs/api"}});
}

Outcome AnswerPosthogV1(const Request& request) {
  Outcome outcome;
  Problems& problems = outcome.problems;
  Refusal refusal = CheckHeaders(request, problems);
  if (!problems.empty()) return RefusedV1(refusal, problems);
  if (!FitsBytes("body", request.body.size(), kPosthogV1BodyBytesMax, problems)) {
    return RefusedV1({413, "payload_too_large"}, problems);
  }
  if (request.body.empty()) return RefusedV1({400, "empty_body"}, {{"body", "nothing", "JSON"}});
  const absl::StatusOr<std::string> text = UnpackV1(request, problems);
  if (!text.ok()) return RefusedV1(RefusalOfUnpack(request, text.status()), problems);
  const std::optional<Json> json = ParseBody(*text, problems);
  if (!json) return RefusedV1({400, "request_parsing_error"}, problems);
  refusal = CheckBatch(Spot(*json), problems);
  if (!problems.empty()) return RefusedV1(refusal, problems);
  const Spot batch = Spot(*json)["batch"];
  std::vector<std::string> texts = ItemTexts(*text, {"batch"}, batch);
  Json results = Json::object();
  for (size_t i = 0; i < batch.size(); ++i) {
    const std::string uuid = absl::AsciiStrToLower(batch[i]["uuid"].text());
    outcome.records.push_back(Judge(request, batch[i], results[uuid]));
    outcome.records.back().event.raw = std::move(texts[i]);
  }
  outcome.reply = JsonReply(200, {{"results", results}});
  for (const Record& record : outcome.records) {
    if (record.verdict == Verdict::kRetry) outcome.reply.headers = {{"Retry-After", "1"}};
  }
  return outcome;
}

}  // namespace waymark::collector
