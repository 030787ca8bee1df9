// OpenTelemetry logs over HTTP, JSON and protobuf. Answers are in the form of the request.
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "collector_limits.h"
#include "dialects/body.h"
#include "dialects/dialects.h"
#include "dialects/otlp_messages.h"
#include "json_items.h"

namespace waymark::collector {
namespace {

constexpr absl::string_view kProtobufType = "application/x-protobuf";
constexpr int64_t kNanosPerMs = 1000000;
constexpr int64_t kSeverityMax = 24;

// Codes of google.rpc.Status.
constexpr int kInvalidArgument = 3;
constexpr int kResourceExhausted = 8;
constexpr int kUnavailable = 14;

bool IsProtobuf(const Request& request) { return request.MediaType() == kProtobufType; }

Reply ProtobufReply(int status, std::string bytes) {
  return {
      .status = status, .content = std::move(bytes), .content_type = std::string(kProtobufType)};
}

int CodeOf(int status) {
  if (status == 413 || status == 429) return kResourceExhausted;
  return status >= 500 ? kUnavailable : kInvalidArgument;
}

Reply Refuse(int status, absl::string_view sentence) {
  return JsonReply(status, {{"code", CodeOf(status)}, {"message", std::string(sentence)}});
}

Outcome RefusedFor(const Request& request, int status, Problems problems) {
  const std::string sentence = ProblemsText(problems);
  Reply reply = IsProtobuf(request) ? ProtobufReply(status, StatusBytes(CodeOf(status), sentence))
                                    : Refuse(status, sentence);
  return Refused(std::move(reply), std::move(problems));
}

// An AnyValue as the plain JSON that it stands for.
Json PlainValue(const Spot& value);

// A list of KeyValue as an object.
Json PlainAttributes(const Spot& list) {
  Json object = Json::object();
  for (size_t i = 0; list.is_array() && i < list.size(); ++i) {
    object[list[i]["key"].text()] = PlainValue(list[i]["value"]);
  }
  return object;
}

Json PlainValue(const Spot& value) {
  if (value["kvlistValue"].is_object()) return PlainAttributes(value["kvlistValue"]["values"]);
  if (const Spot list = value["arrayValue"]["values"]; list.is_array()) {
    Json array = Json::array();
    for (size_t i = 0; i < list.size(); ++i) array.push_back(PlainValue(list[i]));
    return array;
  }
  for (const char* key : {"stringValue", "boolValue", "intValue", "doubleValue", "bytesValue"}) {
    if (!value[key].absent()) return *value[key].value();
  }
  return nullptr;
}

int64_t TimeMs(const Spot& record, int64_t received_ms) {
  for (const char* key : {"timeUnixNano", "observedTimeUnixNano"}) {
    int64_t nanos = 0;
    if (absl::SimpleAtoi(record[key].text(), &nanos) && nanos > 0) return nanos / kNanosPerMs;
  }
  return received_ms;
}

// "consent" as a map or a list, or attributes such as "consent.analytics".
Json ConsentOfAttributes(const Json& attributes) {
  Json consent = ConsentOf(Spot(attributes));
  if (!consent.is_null()) return consent;
  for (const auto& [key, value] : attributes.items()) {
    absl::string_view purpose = key;
    if (absl::ConsumePrefix(&purpose, "consent.")) consent[std::string(purpose)] = value;
  }
  return consent;
}

std::string FirstText(const Json& attributes, std::initializer_list<absl::string_view> names) {
  for (const absl::string_view name : names) {
    if (std::string text = FindText(attributes, name); !text.empty()) return text;
  }
  return "";
}

ReceivedEvent ReadLogRecord(const Spot& record, int64_t received_ms) {
  const Json attributes = PlainAttributes(record["attributes"]);
  ReceivedEvent read;
  read.name = record["eventName"].text();
  if (read.name.empty()) read.name = FindText(attributes, "event.name");
  if (read.name.empty()) read.name = record["body"]["stringValue"].text();
  read.kind = KindByWord(read.name);
  read.message_id = FirstText(attributes, {"log.record.uid", "event.id"});
  read.time_ms = TimeMs(record, received_ms);
  read.user_id = FirstText(attributes, {"user.id", "enduser.id"});
  read.anonymous_id = FirstText(
      attributes, {"user.anonymous_id", "anonymous.id", "app.installation.id", "device.id"});
  read.session_id = FindText(attributes, "session.id");
  const Json body = PlainValue(record["body"]);
  for (const Json* place : {&attributes, Find(attributes, "properties"), &body}) {
    if (place != nullptr && read.order_id.empty()) read.order_id = OrderIdOf(Spot(*place));
  }
  read.consent = ConsentOfAttributes(attributes);
  return read;
}

void CheckAttributes(const Spot& list, Problems& problems) {
  std::set<std::string> keys;
  for (size_t i = 0; list.is_array() && i < list.size(); ++i) {
    const Spot key = list[i]["key"];
    if (key.text().empty()) problems.push_back(key.Wrong("a name that is not empty"));
    if (!keys.insert(key.text()).second) problems.push_back(key.Wrong("each key only once"));
    if (const Spot value = list[i]["value"]; value.size() > 1) {
      problems.push_back(
          value.Wrong("one of stringValue, boolValue, intValue, doubleValue, "
                      "arrayValue, kvlistValue, bytesValue"));
    }
  }
}

void CheckLogRecord(const Spot& record, Problems& problems) {
  CheckAttributes(record["attributes"], problems);
  int64_t severity = 0;
  const Spot number = record["severityNumber"];
  if (absl::SimpleAtoi(number.text(), &severity) && (severity < 0 || severity > kSeverityMax)) {
    problems.push_back(number.Wrong("0 to 24"));
  }
  if (TimeMs(record, 0) == 0) {
    problems.push_back(
        record["timeUnixNano"].Wrong("nanoseconds since 1970, here or in "
                                     "observedTimeUnixNano"));
  }
}

// Calls `visit(resource_logs, scope_logs, record)` for each record, in order.
template <typename Visit>
void VisitRecords(const Spot& body, Visit visit) {
  const Spot resources = body["resourceLogs"];
  for (size_t r = 0; resources.is_array() && r < resources.size(); ++r) {
    const Spot scopes = resources[r]["scopeLogs"];
    for (size_t s = 0; scopes.is_array() && s < scopes.size(); ++s) {
      const Spot records = scopes[s]["logRecords"];
      for (size_t i = 0; records.is_array() && i < records.size(); ++i) {
        visit(resources[r], scopes[s], records[i]);
      }
    }
  }
}

// The texts of the records of a JSON body, in the same order.
std::vector<std::string> RecordTexts(const std::string& text) {
  std::vector<std::string> texts;
  for (const absl::string_view resource : JsonItems(text, {"resourceLogs"})) {
    for (const absl::string_view scope : JsonItems(resource, {"scopeLogs"})) {
      for (const absl::string_view record : JsonItems(scope, {"logRecords"})) {
        texts.emplace_back(record);
      }
    }
  }
  return texts;
}

// A body of either form: its tree, and its records as they stood in it.
struct Logs {
  Json json;
  std::vector<std::string> texts;
  Problems soft;
};

std::optional<Logs> ReadLogs(const Request& request, const std::string& text, Problems& problems) {
  Logs logs;
  if (IsProtobuf(request)) {
    absl::StatusOr<OtlpMessage> message = ReadOtlpProtobuf(text);
    if (!message.ok()) {
      problems.push_back(
          {"body", std::string(message.status().message()), "an ExportLogsServiceRequest"});
      return std::nullopt;
    }
    logs.json = std::move(message->json);
    logs.texts.assign(message->log_records.begin(), message->log_records.end());
    return logs;
  }
  std::optional<Json> json = ParseBody(text, problems);
  if (!json) return std::nullopt;
  logs.json = *std::move(json);
  CheckOtlpJson(Spot(logs.json), problems, logs.soft);
  if (!problems.empty()) return std::nullopt;
  logs.texts = RecordTexts(text);
  return logs;
}

size_t CountRecords(const Spot& body) {
  size_t count = 0;
  VisitRecords(body, [&count](const Spot&, const Spot&, const Spot&) { ++count; });
  return count;
}

// Problems that the check of the whole body found inside this record.
void MoveProblems(const std::string& place, Problems& from, Problems& to) {
  const auto inside = [&place](const Problem& problem) {
    return absl::StartsWith(problem.where, place + "/");
  };
  for (const Problem& problem : from) {
    if (inside(problem)) to.push_back(problem);
  }
  std::erase_if(from, inside);
}

void TakeAll(const Request& request, Logs logs, Outcome& outcome) {
  const Spot body(logs.json);
  const bool cut = logs.texts.size() == CountRecords(body);
  VisitRecords(body, [&](const Spot& resource, const Spot& scope, const Spot& spot) {
    Record record = {ReadLogRecord(spot, request.received_ms)};
    MoveProblems(spot.where(), logs.soft, record.event.problems);
    CheckLogRecord(spot, record.event.problems);
    record.event.event = Json::object();
    if (!resource["resource"].absent()) {
      record.event.event["resource"] = *resource["resource"].value();
    }
    if (!scope["scope"].absent()) record.event.event["scope"] = *scope["scope"].value();
    record.event.event["logRecord"] = *spot.value();
    if (IsProtobuf(request)) record.event.variant = record.event.form = "protobuf";
    const size_t index = outcome.records.size();
    record.event.raw = cut ? std::move(logs.texts[index]) : ToText(*spot.value());
    // There is no verdict "again" for one record, so a fault can only reject.
    if (request.judge() == Verdict::kRejected) record.verdict = Verdict::kRejected;
    outcome.records.push_back(std::move(record));
  });
  outcome.problems = std::move(logs.soft);
}

Reply SuccessReply(const Request& request, int64_t rejected) {
  const std::string message = "the fault partial rejects some records";
  if (IsProtobuf(request)) {
    // An empty one says success: so does the OpenTelemetry Collector.
    return ProtobufReply(200, PartialSuccessBytes(rejected, rejected == 0 ? "" : message));
  }
  Json partial = Json::object();
  if (rejected > 0) {
    partial["rejectedLogRecords"] = absl::StrCat(rejected);
    partial["errorMessage"] = message;
  }
  return JsonReply(200, {{"partialSuccess", partial}});
}

Outcome AnswerOtlp(const Request& request) {
  Problems problems;
  if (!HasMediaType(request, {"application/json", kProtobufType}, problems)) {
    return Refused(TextReply(415,
                             "415 unsupported media type, supported: [application/json, "
                             "application/x-protobuf]"),
                   problems);
  }
  const absl::StatusOr<std::string> text = UnpackBody(request, problems);
  if (!text.ok()) return RefusedFor(request, StatusOfUnpack(text.status()), problems);
  std::optional<Logs> logs = ReadLogs(request, *text, problems);
  if (!logs) return RefusedFor(request, 400, problems);
  if (const size_t count = CountRecords(Spot(logs->json)); count > kRecordsMax) {
    return RefusedFor(request, 413,
                      {{"body", absl::StrCat(count, " records"),
                        absl::StrCat("at most ", kRecordsMax, " records, in this sample")}});
  }
  Outcome outcome;
  TakeAll(request, *std::move(logs), outcome);
  int64_t rejected = 0;
  for (const Record& record : outcome.records) rejected += record.verdict == Verdict::kRejected;
  outcome.reply = SuccessReply(request, rejected);
  return outcome;
}

}  // namespace

Dialect OtlpDialect() {
  return {.name = "otlp",
          .routes = {{"/v1/logs"}},
          .cors = {.origin = Cors::Origin::kAny, .methods = "POST", .headers = "echo"},
          .body_bytes_max = kLargeBodyBytesMax,
          .answer = AnswerOtlp,
          .refuse = Refuse};
}

}  // namespace waymark::collector
