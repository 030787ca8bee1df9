// CloudEvents 1.0 over HTTP: batches, single structured events, and the binary form whose
// attributes stand in headers. The specification leaves answers to the receiver; this one takes or
// refuses the whole body.
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "collector_limits.h"
#include "dialects/body.h"
#include "dialects/dialects.h"
#include "form.h"

namespace waymark::collector {
namespace {

constexpr absl::string_view kBatchType = "application/cloudevents-batch+json";
constexpr absl::string_view kSingleType = "application/cloudevents+json";
constexpr size_t kAttributeNameMax = 20;
// What every intermediary must forward.
constexpr size_t kForwardedBytesMax = 64 * 1024;

Reply Refuse(int status, absl::string_view sentence) {
  return JsonReply(status, {{"error", std::string(sentence)}});
}

Outcome RefusedFor(int status, Problems problems) {
  const std::string sentence = ProblemsText(problems);
  return Refused(Refuse(status, sentence), std::move(problems));
}

bool IsAttributeName(absl::string_view name) {
  for (const char c : name) {
    const bool lower = c >= 'a' && c <= 'z';
    if (!lower && !absl::ascii_isdigit(static_cast<unsigned char>(c))) return false;
  }
  return !name.empty();
}

// Attributes are text, whole numbers of 32 bits, or true and false; null is the same as absent.
bool IsAttributeValue(const Json& value) {
  if (value.is_string() || value.is_boolean() || value.is_null()) return true;
  if (!value.is_number_integer()) return false;
  const bool fits_unsigned = !value.is_number_unsigned() || value.get<uint64_t>() <= INT32_MAX;
  return fits_unsigned && value.get<int64_t>() >= INT32_MIN;
}

void CheckAttributes(const Spot& event, Problems& problems) {
  for (const auto& [name, value] : event.value()->items()) {
    if (name == "data" || name == "data_base64") continue;
    if (!IsAttributeName(name)) {
      problems.push_back({event[name].where(), "a name with other characters",
                          "lower-case letters a-z and digits"});
    } else if (!IsAttributeValue(value)) {
      problems.push_back(event[name].Wrong("text, a 32-bit integer, true or false"));
    }
  }
}

// A URI without blanks; `absolute` wants a scheme too.
void MayUri(const Spot& uri, bool absolute, Problems& problems) {
  if (uri.empty()) return;
  const std::string text = uri.text();
  bool fits = uri.is_text() && !text.empty() && (!absolute || absl::StrContains(text, ":"));
  for (const char c : text) fits = fits && !absl::ascii_isspace(static_cast<unsigned char>(c));
  if (!fits) problems.push_back(uri.Wrong(absolute ? "a URI" : "a URI or a reference"));
}

void CheckData(const Spot& event, Problems& problems) {
  const Spot base64 = event["data_base64"];
  if (base64.empty()) return;
  std::string decoded;
  if (!base64.is_text() || !absl::Base64Unescape(base64.text(), &decoded)) {
    problems.push_back(base64.Wrong("base64"));
  }
  if (!event["data"].empty()) problems.push_back(event["data"].Wrong("nothing beside data_base64"));
}

void CheckEvent(const Spot& event, Problems& problems) {
  if (!NeedObject(event, problems)) return;
  if (event["specversion"].text() != "1.0") {
    problems.push_back(event["specversion"].Wrong("\"1.0\""));
  }
  for (const char* name : {"id", "source", "type"}) {
    if (!event[name].is_text() || event[name].text().empty()) {
      problems.push_back(event[name].Wrong("text that is not empty; it is required"));
    }
  }
  MayUri(event["source"], false, problems);
  MayUri(event["dataschema"], true, problems);
  MayIsoTime(event["time"], problems);
  for (const char* name : {"subject", "datacontenttype"}) {
    if (!event[name].empty() && event[name].text().empty()) {
      problems.push_back(event[name].Wrong("text that is not empty, or nothing"));
    }
  }
  CheckAttributes(event, problems);
  CheckData(event, problems);
}

// What is legal and may still not arrive everywhere.
void CheckSoftly(const Spot& event, size_t bytes, Problems& problems) {
  FitsBytes(event.where(), bytes, kForwardedBytesMax, problems);
  for (const auto& [name, value] : event.value()->items()) {
    if (name.size() > kAttributeNameMax) {
      problems.push_back({event[name].where(), "a long name", "names of at most 20 characters"});
    }
  }
}

ReceivedEvent ReadEvent(const Spot& event, int64_t received_ms) {
  const Spot data = event["data"];
  ReceivedEvent read;
  read.name = event["type"].text();
  read.kind = KindByWord(read.name);
  read.message_id = event["id"].text();
  read.time_ms = IsoTimeOr(event["time"], received_ms);
  read.session_id = event["sessionid"].text();
  const std::string subject = event["subject"].text();
  if (absl::StartsWith(subject, "user/")) read.user_id = subject.substr(5);
  read.anonymous_id = event["anonymousid"].text();
  for (const Spot& properties : {data, data["properties"]}) {
    if (read.order_id.empty()) read.order_id = OrderIdOf(properties);
    if (read.consent.is_null()) read.consent = ConsentOf(properties);
  }
  read.event = *event.value();
  return read;
}

Outcome Take(const Request& request, const Spot& body, std::vector<std::string> texts,
             const std::string& form) {
  Outcome outcome;
  const bool many = body.is_array();
  for (size_t i = 0; i < texts.size(); ++i) {
    const Spot event = many ? body[i] : body;
    CheckEvent(event, outcome.problems);
    if (!outcome.problems.empty()) continue;
    Record record = {ReadEvent(event, request.received_ms)};
    CheckSoftly(event, texts[i].size(), record.event.problems);
    record.event.form = form;
    record.event.raw = std::move(texts[i]);
    outcome.records.push_back(std::move(record));
  }
  if (!outcome.problems.empty()) return RefusedFor(400, outcome.problems);
  outcome.reply = {.status = 204, .content = "", .content_type = "text/plain"};
  return outcome;
}

// The attributes in the headers, percent-decoded, and the data in the body.
Outcome TakeBinary(const Request& request, const std::string& text) {
  Json event = Json::object();
  std::string raw;
  for (const auto& [name, value] : request.headers) {
    if (!absl::StartsWith(name, "ce-")) continue;
    absl::StrAppend(&raw, name, ": ", value, "\n");
    event[name.substr(3)] = CleanUtf8(PercentDecode(value));
  }
  const std::string type = request.Header("content-type");
  if (!type.empty()) event["datacontenttype"] = type;
  absl::StatusOr<Json> data = ParseJson(text);
  if (!text.empty()) event["data"] = data.ok() ? *std::move(data) : Json(CleanUtf8(text));
  absl::StrAppend(&raw, "\n", text);
  return Take(request, Spot(event, "headers"), {raw}, "headers");
}

Outcome AnswerCloudevents(const Request& request) {
  Problems problems;
  const bool binary = !request.Header("ce-specversion").empty();
  if (!binary && !HasMediaType(request, {kBatchType, kSingleType}, problems)) {
    return RefusedFor(415, problems);
  }
  const absl::StatusOr<std::string> text = UnpackBody(request, problems);
  if (!text.ok()) return RefusedFor(StatusOfUnpack(text.status()), problems);
  if (binary) return TakeBinary(request, *text);
  const std::optional<Json> json = ParseBody(*text, problems);
  if (!json) return RefusedFor(400, problems);
  const Spot body(*json);
  const bool batch = request.MediaType() == kBatchType;
  if (batch != body.is_array()) {
    return RefusedFor(400, {body.Wrong(batch ? "an array of events" : "one event")});
  }
  if (batch && !FitsCount(body, kRecordsMax, problems)) return RefusedFor(413, problems);
  return Take(request, body, batch ? ItemTexts(*text, {}, body) : std::vector{*text}, "json");
}

}  // namespace

Dialect CloudeventsDialect() {
  return {.name = "cloudevents",
          .routes = {{""}, {"/"}},
          .cors = {.origin = Cors::Origin::kAny,
                   .methods = "POST",
                   .headers = "echo",
                   .max_age_s = 3600},
          .body_bytes_max = kBodyBytesMax,
          .answer = AnswerCloudevents,
          .refuse = Refuse};
}

}  // namespace waymark::collector
