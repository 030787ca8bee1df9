// Mixpanel: /track, /engage and /groups, which answer 1 or 0 for the whole body, and /import, which
// takes what is well and names every record that is not.
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "collector_limits.h"
#include "dialects/body.h"
#include "dialects/dialects.h"

namespace waymark::collector {
namespace {

constexpr size_t kInsertIdMax = 36;
constexpr size_t kPropertiesMax = 255;
constexpr size_t kTextMax = 255;
constexpr int kDepthMax = 3;
constexpr int64_t kTrackAgeMsMax = 5LL * 24 * 60 * 60 * 1000;
constexpr int64_t kEarliestMs = 365LL * 24 * 60 * 60 * 1000;  // 1971-01-01
constexpr int64_t kFutureMsMax = 60LL * 60 * 1000;
// Larger numbers are milliseconds: as seconds they would lie in the year 5138.
constexpr double kSecondsMax = 100000000000.0;

bool IsPlaceholder(absl::string_view id) {
  static const std::set<std::string> placeholders = {"00000000-0000-0000-0000-000000000000",
                                                     "anon",
                                                     "anonymous",
                                                     "nil",
                                                     "none",
                                                     "null",
                                                     "n/a",
                                                     "na",
                                                     "undefined",
                                                     "unset",
                                                     "unknown",
                                                     "lmy47d",
                                                     "guest",
                                                     "0",
                                                     "-1",
                                                     "{}",
                                                     "[]",
                                                     "true",
                                                     "false",
                                                     "[object object]",
                                                     "<nil>"};
  return placeholders.contains(absl::AsciiStrToLower(id));
}

bool IsInsertId(const std::string& id) {
  for (const char c : id) {
    if (!absl::ascii_isalnum(static_cast<unsigned char>(c)) && c != '-') return false;
  }
  return !id.empty() && id.size() <= kInsertIdMax;
}

// Seconds, with or without a fraction, or milliseconds; 0 for what is neither.
int64_t TimeMs(const Spot& time) {
  if (!time.is_number()) return 0;
  const double number = time.value()->get<double>();
  if (!(number > 0) || number > kSecondsMax * 1000) return 0;
  return static_cast<int64_t>(number < kSecondsMax ? number * 1000 : number);
}

ReceivedEvent ReadEvent(const Spot& event, int64_t received_ms) {
  const Spot properties = event["properties"];
  ReceivedEvent read;
  read.name = event["event"].text();
  read.kind = read.name == "$mp_web_page_view" ? "page"
              : read.name == "$identify"       ? "identify"
              : read.name == "$create_alias"   ? "alias"
                                               : "track";
  read.message_id = properties["$insert_id"].text();
  read.order_id = OrderIdOf(properties);
  const int64_t time_ms = TimeMs(properties["time"]);
  read.time_ms = time_ms == 0 ? received_ms : time_ms;
  read.user_id = properties["$user_id"].text();
  read.anonymous_id = properties["$device_id"].text();
  const std::string distinct_id = properties["distinct_id"].text();
  if (read.anonymous_id.empty() && distinct_id != read.user_id) read.anonymous_id = distinct_id;
  read.session_id = properties["$session_id"].text();
  if (read.session_id.empty()) read.session_id = properties["session_id"].text();
  read.consent = ConsentOf(properties);
  read.event = event.absent() ? Json() : *event.value();
  return read;
}

// What Mixpanel takes and then cuts or throws away.
void CheckSoftly(const Request& request, const Spot& event, Problems& problems) {
  const Spot properties = event["properties"];
  const Spot insert_id = properties["$insert_id"];
  if (!insert_id.absent() && !IsInsertId(insert_id.text())) {
    problems.push_back(insert_id.Wrong("1 to 36 of A-Z, a-z, 0-9 and -; else doubles stay"));
  }
  if (const int64_t time_ms = TimeMs(properties["time"]);
      time_ms != 0 && request.received_ms - time_ms > kTrackAgeMsMax) {
    problems.push_back(properties["time"].Wrong("a time of the last 5 days; /import takes older"));
  }
  for (const auto& [key, value] : properties.value()->items()) {
    if (value.is_string() && CountCharacters(value.get_ref<const std::string&>()) > kTextMax) {
      problems.push_back(properties[key].Wrong("text of at most 255 characters; the rest is cut"));
    }
  }
}

// /track knows two answers only; errors of the service have this form everywhere.
Reply RefuseImport(int status, absl::string_view error) {
  return JsonReply(status, {{"code", status},
                            {"error", std::string(error)},
                            {"status", status == 401   ? "Unauthorized"
                                       : status == 413 ? "Request Entity Too Large"
                                                       : "Bad Request"}});
}

// --- /track, /engage, /groups -------------------------------------------------------------------

Reply TrackReply(const Request& request, absl::string_view error) {
  const bool good = error.empty();
  if (FormValue(request.query, "verbose") != "1") return TextReply(200, good ? "1" : "0");
  return JsonReply(
      200, {{"status", good ? 1 : 0}, {"error", good ? Json(nullptr) : Json(std::string(error))}});
}

Outcome TrackRefused(const Request& request, absl::string_view error, Problems problems) {
  return Refused(TrackReply(request, error), std::move(problems));
}

// JSON, or base64 of JSON, from the field `data` or from the body itself.
std::string DataOf(const Request& request) {
  std::string data =
      HasField(request.query, "data") ? FormValue(request.query, "data") : request.body;
  if (absl::StartsWith(data, "data=") ||
      request.MediaType() == "application/x-www-form-urlencoded") {
    data = FormValue(ParseForm(request.body), "data");
  }
  std::string decoded;
  const absl::string_view start = absl::StripLeadingAsciiWhitespace(data);
  const bool json = absl::StartsWith(start, "{") || absl::StartsWith(start, "[");
  if (!json && absl::Base64Unescape(data, &decoded)) return decoded;
  return data;
}

void CheckTrack(const Spot& event, Problems& problems) {
  if (!NeedObject(event, problems)) return;
  NeedText(event["event"], kTextMax, problems);
  const Spot properties = event["properties"];
  if (NeedObject(properties, problems) && properties["token"].text().empty()) {
    problems.push_back(properties["token"].Wrong("the token of the project"));
  }
}

// An update of a profile or of a group: who, and at least one operation.
void CheckUpdate(const Spot& update, bool group, Problems& problems) {
  if (!NeedObject(update, problems)) return;
  if (group) {
    NeedText(update["$group_key"], kTextMax, problems);
    NeedText(update["$group_id"], kTextMax, problems);
  } else {
    NeedText(update["$distinct_id"], kTextMax, problems);
  }
  if (update["$token"].text().empty()) {
    problems.push_back(update["$token"].Wrong("the token of the project"));
  }
  for (const char* name :
       {"$set", "$set_once", "$add", "$append", "$union", "$remove", "$unset", "$delete"}) {
    if (!update[name].absent()) return;
  }
  problems.push_back(update["$set"].Wrong("an operation, such as $set"));
}

ReceivedEvent ReadUpdate(const Spot& update, bool group, int64_t received_ms) {
  ReceivedEvent read;
  read.kind = group ? "group" : "identify";
  read.name = group ? update["$group_key"].text() : "";
  read.user_id = group ? "" : update["$distinct_id"].text();
  read.time_ms = received_ms;
  read.event = *update.value();
  return read;
}

Record ReadTracked(const Request& request, const Spot& item) {
  const bool group = absl::StartsWith(request.path, "/groups");
  const bool update = group || absl::StartsWith(request.path, "/engage");
  Record record = {update ? ReadUpdate(item, group, request.received_ms)
                          : ReadEvent(item, request.received_ms)};
  Problems& problems = record.event.problems;
  update ? CheckUpdate(item, group, problems) : CheckTrack(item, problems);
  if (!problems.empty()) {
    record.verdict = Verdict::kRejected;
  } else if (!update) {
    CheckSoftly(request, item, problems);
  }
  return record;
}

// The answer is good when at least one item is; it does not say which are not.
Outcome AnswerTrack(const Request& request) {
  Outcome outcome;
  const std::string data = DataOf(request);
  const std::optional<Json> json = ParseBody(data, outcome.problems);
  if (!json) return TrackRefused(request, "data, missing or empty", outcome.problems);
  const Spot body(*json);
  const bool many = body.is_array();
  if (many && !FitsCount(body, kMixpanelEventsMax, outcome.problems)) {
    return Refused(RefuseImport(413, "request exceeds max limit of 2000 events"), outcome.problems);
  }
  std::vector<std::string> texts = many ? ItemTexts(data, {}, body) : std::vector{data};
  bool good = false;
  for (size_t i = 0; i < texts.size(); ++i) {
    Record record = ReadTracked(request, many ? body[i] : body);
    record.event.form = request.MediaType() == "application/json" ? "json" : "form";
    record.event.raw = std::move(texts[i]);
    good = good || record.verdict == Verdict::kAccepted;
    outcome.records.push_back(std::move(record));
  }
  outcome.reply = TrackReply(request, good ? "" : "some data points failed validation");
  return outcome;
}

// --- /import ------------------------------------------------------------------------------------

void CheckImportTime(const Request& request, const Spot& time, Problems& problems) {
  const int64_t time_ms = TimeMs(time);
  if (time_ms >= kEarliestMs && time_ms <= request.received_ms + kFutureMsMax) return;
  problems.push_back(
      time.Wrong("seconds or milliseconds since 1970, from 1971 to an hour from now"));
}

void CheckImported(const Request& request, const Spot& event, Problems& problems) {
  if (!NeedObject(event, problems)) return;
  NeedText(event["event"], kTextMax, problems);
  const Spot properties = event["properties"];
  if (!NeedObject(properties, problems)) return;
  CheckImportTime(request, properties["time"], problems);
  if (!IsInsertId(properties["$insert_id"].text())) {
    problems.push_back(properties["$insert_id"].Wrong("1 to 36 of A-Z, a-z, 0-9 and -"));
  }
  const Spot id = properties["distinct_id"];
  if (!id.is_text() || IsPlaceholder(id.text())) {
    problems.push_back(id.Wrong("an id of one person, or empty text for none"));
  }
  if (properties.size() > kPropertiesMax) {
    problems.push_back(properties.Wrong("at most 255 members"));
  }
  if (Depth(*properties.value()) > kDepthMax + 1) {
    problems.push_back(properties.Wrong("values at most 3 deep"));
  }
}

// "/2/properties/time" as Mixpanel calls the field: "properties.time".
std::string FieldOf(absl::string_view where) {
  std::vector<std::string> parts = absl::StrSplit(where, '/', absl::SkipEmpty());
  if (!parts.empty()) parts.erase(parts.begin());
  return absl::StrJoin(parts, ".");
}

Json FailedRecord(size_t index, const Record& record) {
  const Problem& problem = record.event.problems.front();
  const std::string field = FieldOf(problem.where);
  return {{"index", index},
          {"insert_id", record.event.message_id},
          {"field", field},
          {"message", absl::StrCat("'", field, "' is invalid: must be ", problem.allowed)}};
}

// The items and their texts of a JSON array, or of one JSON document a line.
struct Lines {
  Json items = Json::array();
  std::vector<std::string> texts;
};

std::optional<Lines> ReadLines(const Request& request, const std::string& text,
                               Problems& problems) {
  Lines lines;
  if (request.MediaType() != "application/x-ndjson") {
    std::optional<Json> json = ParseBody(text, problems);
    if (!json) return std::nullopt;
    if (!json->is_array()) {
      problems.push_back(Spot(*json).Wrong("an array of events"));
      return std::nullopt;
    }
    lines.items = *std::move(json);
    lines.texts = ItemTexts(text, {}, Spot(lines.items));
    return lines;
  }
  for (const absl::string_view line : absl::StrSplit(text, '\n', absl::SkipWhitespace())) {
    std::optional<Json> item = ParseBody(line, problems);
    if (!item) return std::nullopt;
    lines.items.push_back(*std::move(item));
    lines.texts.emplace_back(line);
  }
  return lines;
}

void ImportAll(const Request& request, Lines lines, Outcome& outcome) {
  const bool strict = FormValue(request.query, "strict") == "1";
  const Spot items(lines.items);
  Json failed = Json::array();
  for (size_t i = 0; i < items.size(); ++i) {
    Record record = {ReadEvent(items[i], request.received_ms)};
    CheckImported(request, items[i], record.event.problems);
    record.event.variant = "import";
    FitsBytes(items[i].where(), lines.texts[i].size(), kMixpanelEventBytesMax,
              record.event.problems);
    record.event.raw = std::move(lines.texts[i]);
    const bool good = record.event.problems.empty();
    // There is no verdict "again" for one record, so a fault can only reject.
    const bool fault = good && request.judge() == Verdict::kRejected;
    if (fault) record.event.problems.push_back({items[i].where(), "the fault partial", "none"});
    if (strict && (!good || fault)) {
      record.verdict = Verdict::kRejected;
      failed.push_back(FailedRecord(i, record));
    }
    outcome.records.push_back(std::move(record));
  }
  Json content = {
      {"code", 200}, {"num_records_imported", items.size() - failed.size()}, {"status", "OK"}};
  if (!failed.empty()) {
    content["code"] = 400;
    content["error"] = "some data points in the request failed validation";
    content["failed_records"] = failed;
    content["status"] = "Bad Request";
  }
  outcome.reply = JsonReply(failed.empty() ? 200 : 400, content);
}

Outcome AnswerImport(const Request& request) {
  Problems problems;
  if (BasicUser(request).empty()) {
    return Refused(RefuseImport(401, "Invalid credentials"),
                   {{"header Authorization", "nothing that fits",
                     "Basic, with a service account or the project's token as the user"}});
  }
  if (!HasMediaType(request, {"application/json", "application/x-ndjson"}, problems)) {
    return Refused(RefuseImport(400, "unsupported content type"), problems);
  }
  const absl::StatusOr<std::string> text = UnpackBody(request, problems);
  if (!text.ok()) {
    return Refused(RefuseImport(StatusOfUnpack(text.status()), "invalid body"), problems);
  }
  if (!FitsBytes("body", text->size(), kMixpanelImportBytesMax, problems)) {
    return Refused(RefuseImport(413, "request exceeds max limit of 10485760 bytes"), problems);
  }
  std::optional<Lines> lines = ReadLines(request, *text, problems);
  if (!lines) return Refused(RefuseImport(400, "invalid JSON"), problems);
  if (!FitsCount(Spot(lines->items), kMixpanelEventsMax, problems)) {
    return Refused(RefuseImport(413, "request exceeds max limit of 2000 events"), problems);
  }
  Outcome outcome;
  ImportAll(request, *std::move(lines), outcome);
  return outcome;
}

Outcome AnswerMixpanel(const Request& request) {
  return request.path == "/import" ? AnswerImport(request) : AnswerTrack(request);
}

}  // namespace

Dialect MixpanelDialect() {
  constexpr absl::string_view kBoth = "GET POST";
  return {.name = "mixpanel",
          .routes = {{"/track", kBoth},
                     {"/track/", kBoth},
                     {"/engage", kBoth},
                     {"/engage/", kBoth},
                     {"/groups", kBoth},
                     {"/groups/", kBoth},
                     {"/import"}},
          .cors = {.origin = Cors::Origin::kEcho,
                   .credentials = true,
                   .methods = "GET, POST, OPTIONS",
                   .headers = "X-Requested-With, Content-Type",
                   .max_age_s = 1728000},
          .body_bytes_max = kLargeBodyBytesMax,
          .answer = AnswerMixpanel,
          .refuse = RefuseImport};
}

}  // namespace waymark::collector
