// PostHog's capture API, version 0: one event, an array or a batch, plain, compressed or in a form.
// The whole body is taken or refused. Version 1 is in posthog_v1.cc.
#include "dialects/posthog.h"

#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "collector_limits.h"
#include "dialects/body.h"
#include "dialects/dialects.h"
#include "inflate.h"

namespace waymark::collector {
namespace {

constexpr absl::string_view kGzipMagic = "\x1f\x8b\x08";
constexpr size_t kDistinctIdMax = 200;
constexpr size_t kTokenMax = 64;

std::string KindOf(const std::string& name) {
  static const absl::flat_hash_map<std::string, std::string> kinds = {
      {"$pageview", "page"}, {"$screen", "screen"},      {"$identify", "identify"},
      {"$set", "identify"},  {"$create_alias", "alias"}, {"$groupidentify", "group"}};
  const auto found = kinds.find(name);
  return found == kinds.end() ? "track" : found->second;
}

Reply RefuseV0(int status, absl::string_view sentence) { return TextReply(status, sentence); }

Outcome RefusedV0(Problems problems, int status, absl::string_view sentence) {
  return Refused(RefuseV0(status, sentence), std::move(problems));
}

// Undoes form, base64 and gzip, whichever are there: gzip is known by its first bytes, whatever
// else the request says.
absl::StatusOr<std::string> UnpackV0(const Request& request, Problems& problems) {
  std::string data = request.body;
  std::string compression = FormValue(request.query, "compression");
  if (request.MediaType() == "application/x-www-form-urlencoded" ||
      absl::StartsWith(data, "data=")) {
    const Form form = ParseForm(data);
    data = FormValue(form, "data");
    if (HasField(form, "compression")) compression = FormValue(form, "compression");
  }
  if (compression == "lz64") {
    problems.push_back({"query/compression", "lz64", "gzip-js, gzip or base64, in this sample"});
    return absl::InvalidArgumentError("lz64");
  }
  const bool json = absl::StartsWith(absl::StripLeadingAsciiWhitespace(data), "{") ||
                    absl::StartsWith(absl::StripLeadingAsciiWhitespace(data), "[");
  if (!json && !absl::StartsWith(data, kGzipMagic)) {
    std::string decoded;
    // A plus that was not escaped has become a blank.
    for (char& c : data) c = c == ' ' ? '+' : c;
    if (!absl::Base64Unescape(data, &decoded)) {
      problems.push_back({"body", absl::StrCat(data.size(), " bytes that are neither"),
                          "JSON, gzip of JSON, or base64 of either"});
      return absl::InvalidArgumentError("unreadable");
    }
    data = decoded;
  }
  if (!absl::StartsWith(data, kGzipMagic)) return data;
  absl::StatusOr<std::string> text = InflateGzip(data, kInflatedBytesMax);
  if (!text.ok()) {
    problems.push_back({"body", std::string(text.status().message()), "one gzip stream"});
  }
  return text;
}

std::string DistinctIdOf(const Spot& event) {
  for (const Spot& place :
       {event["distinct_id"], event["$distinct_id"], event["properties"]["distinct_id"]}) {
    if (std::string id = place.text(); !id.empty()) return id;
  }
  return "";
}

std::string TokenOf(const Spot& object) {
  for (const Spot& place :
       {object["api_key"], object["token"], object["$token"], object["properties"]["token"]}) {
    if (std::string token = place.text(); !token.empty()) return token;
  }
  return "";
}

// What is wrong with one event; `sentence` becomes the server's words for it.
void CheckEvent(const Spot& event, Problems& problems, absl::string_view& sentence) {
  const auto wrong = [&](const Problem& problem, absl::string_view words) {
    if (problems.empty()) sentence = words;
    problems.push_back(problem);
  };
  if (!event.is_object()) return wrong(event.Wrong("a JSON object"), "failed to parse request");
  if (event["event"].text().empty()) {
    wrong(event["event"].Wrong("the name of the event"),
          "event submitted with an empty event name");
  }
  if (DistinctIdOf(event).empty()) {
    wrong(event["distinct_id"].Wrong("an id, here or in properties"),
          "event submitted without a distinct_id");
  }
  Problems types;
  MayUuid(event["uuid"], types);
  MayObject(event["properties"], types);
  for (const Problem& problem : types) wrong(problem, "failed to parse request");
}

// What the server takes and then changes.
void CheckSoftly(const Spot& event, Problems& problems) {
  const std::string id = DistinctIdOf(event);
  if (CountCharacters(id) > kDistinctIdMax) {
    problems.push_back({event["distinct_id"].where(),
                        absl::StrCat("text of ", CountCharacters(id), " characters"),
                        "at most 200 characters; the rest is cut off"});
  }
  MayIsoTime(event["timestamp"], problems);
}

// The token of the body or of its events, which must all have the same.
void CheckToken(const Spot& body, const std::vector<Spot>& events, Problems& problems) {
  std::string token = body.is_object() ? TokenOf(body) : "";
  for (const Spot& event : events) {
    const std::string own = TokenOf(event);
    if (token.empty()) token = own;
    if (!own.empty() && own != token) {
      problems.push_back({event["api_key"].where(), "another token", "one token in a body"});
    }
  }
  CheckPosthogToken(token, body["api_key"].where(), problems);
}

// The events of the body: all of an array or a batch, or the body itself.
struct Events {
  std::vector<Spot> spots;
  std::vector<std::string> texts;
};

Events EventsOf(const Spot& body, const std::string& text) {
  const Spot list = body.is_array() ? body : body["batch"];
  if (!list.is_array()) return {{body}, {text}};
  Events events;
  events.texts = body.is_array() ? ItemTexts(text, {}, list) : ItemTexts(text, {"batch"}, list);
  for (size_t i = 0; i < list.size(); ++i) events.spots.push_back(list[i]);
  return events;
}

Outcome AnswerV0(const Request& request) {
  Problems problems;
  const bool batch = absl::StartsWith(request.path, "/batch");
  if (!batch && !FitsBytes("body", request.body.size(), kPosthogEventBodyBytesMax, problems)) {
    return RefusedV0(problems, 413, "length limit exceeded");
  }
  const absl::StatusOr<std::string> text = UnpackV0(request, problems);
  if (!text.ok()) {
    return RefusedV0(problems, StatusOfUnpack(text.status()), "failed to decode request");
  }
  const std::optional<Json> json = ParseBody(*text, problems);
  if (!json) return RefusedV0(problems, 400, "failed to parse request");
  const Spot body(*json);
  if (!FitsCount(body.is_array() ? body : body["batch"], kRecordsMax, problems)) {
    return RefusedV0(problems, 413, "length limit exceeded");
  }
  Events events = EventsOf(body, *text);
  if (events.spots.empty()) {
    return RefusedV0({body["batch"].Wrong("at least one event")}, 400, "request holds no event");
  }
  CheckToken(body, events.spots, problems);
  if (!problems.empty()) return RefusedV0(problems, 401, "event submitted without an api_key");
  absl::string_view sentence;
  for (const Spot& event : events.spots) CheckEvent(event, problems, sentence);
  if (!problems.empty()) return RefusedV0(problems, 400, sentence);
  Outcome outcome;
  for (size_t i = 0; i < events.spots.size(); ++i) {
    const Spot& event = events.spots[i];
    Record record = {ReadPosthogEvent(event, DistinctIdOf(event),
                                      event["properties"]["$session_id"].text(),
                                      request.received_ms)};
    CheckSoftly(event, record.event.problems);
    record.event.raw = std::move(events.texts[i]);
    outcome.records.push_back(std::move(record));
  }
  outcome.reply = JsonReply(200, {{"status", 1}});
  if (FormValue(request.query, "beacon") == "1") outcome.reply = TextReply(204, "");
  return outcome;
}

Outcome AnswerPosthog(const Request& request) {
  return IsPosthogV1(request) ? AnswerPosthogV1(request) : AnswerV0(request);
}

}  // namespace

ReceivedEvent ReadPosthogEvent(const Spot& event, const std::string& distinct_id,
                               const std::string& session_id, int64_t received_ms) {
  const Spot properties = event["properties"];
  ReceivedEvent read;
  read.name = event["event"].text();
  read.kind = KindOf(read.name);
  read.message_id = event["uuid"].text();
  read.order_id = OrderIdOf(properties);
  read.time_ms = IsoTimeOr(event["timestamp"], received_ms);
  read.session_id = session_id;
  // One id stands for both; who it is shows only beside another id.
  const std::string user = properties["$user_id"].text();
  const std::string anonymous =
      properties[read.kind == "identify" ? "$anon_distinct_id" : "$device_id"].text();
  const bool is_user = read.kind == "identify" || user == distinct_id ||
                       (!anonymous.empty() && anonymous != distinct_id);
  read.user_id = is_user ? distinct_id : user;
  read.anonymous_id = is_user || !anonymous.empty() ? anonymous : distinct_id;
  read.consent = ConsentOf(properties);
  read.event = *event.value();
  return read;
}

void CheckPosthogToken(const std::string& token, const std::string& where, Problems& problems) {
  const auto wrong = [&](absl::string_view found) {
    problems.push_back({where, std::string(found), "a project token, such as phc_…"});
  };
  if (token.empty()) return wrong("nothing");
  if (absl::StartsWith(token, "phx_")) return wrong("a personal API key");
  if (token.size() > kTokenMax) return wrong("a token of more than 64 characters");
  for (const char c : token) {
    if (!absl::ascii_isgraph(static_cast<unsigned char>(c))) return wrong("a token with blanks");
  }
}

Dialect PosthogDialect() {
  return {.name = "posthog",
          .routes = {{"/i/v0/e"},
                     {"/i/v0/e/"},
                     {"/e"},
                     {"/e/"},
                     {"/capture"},
                     {"/capture/"},
                     {"/batch"},
                     {"/batch/"},
                     {"/i/v1/analytics/events"},
                     {"/i/v1/analytics/events/"},
                     {"/i/v1/general/events"}},
          .cors = {.origin = Cors::Origin::kEcho,
                   .credentials = true,
                   .methods = "GET,POST,OPTIONS",
                   .headers = "echo",
                   .preflight_status = 200},
          .body_bytes_max = kLargeBodyBytesMax,
          .answer = AnswerPosthog,
          .refuse = RefuseV0};
}

}  // namespace waymark::collector
