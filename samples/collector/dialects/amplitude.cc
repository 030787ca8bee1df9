// Amplitude's HTTP V2 and batch API. A wrong event keeps the whole body out; the answer lists which
// events are wrong, so that the sender drops those and sends the others again.
#include <map>
#include <set>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "collector_limits.h"
#include "dialects/body.h"
#include "dialects/dialects.h"

namespace waymark::collector {
namespace {

constexpr int64_t kIdLengthMin = 5;  // unless options.min_id_length says otherwise
constexpr size_t kTextMax = 1024;
constexpr int kDepthMax = 40;

// Which events are wrong, and in which field: the shape of Amplitude's answer.
using Places = std::map<std::string, std::vector<size_t>>;

struct Faults {
  Places missing;
  Places invalid;
  Places id_lengths;
  std::set<size_t> indexes;
};

Reply Refuse(int status, absl::string_view sentence) {
  return JsonReply(status, {{"code", status}, {"error", std::string(sentence)}});
}

Outcome RefusedFor(absl::string_view missing_field, Problems problems) {
  Json content = {{"code", 400}, {"error", "Request missing required field"}};
  content["missing_field"] = std::string(missing_field);
  return Refused(JsonReply(400, content), std::move(problems));
}

std::string KindOf(const std::string& type) {
  static const absl::flat_hash_map<std::string, std::string> kinds = {
      {"$identify", "identify"},
      {"$groupidentify", "group"},
      {"[Amplitude] Page Viewed", "page"},
      {"[Amplitude] Screen Viewed", "screen"}};
  const auto found = kinds.find(type);
  return found == kinds.end() ? "track" : found->second;
}

bool IsPlaceholder(absl::string_view id) {
  static const std::set<std::string> placeholders = {
      "anonymous", "nil",  "none",      "null",
      "n/a",       "na",   "undefined", "unknown",
      "lmy47d",    "0",    "-1",        "{}",
      "[]",        "true", "false",     "00000000-0000-0000-0000-000000000000"};
  return placeholders.contains(absl::AsciiStrToLower(id));
}

// Checks one event and notes its index under each wrong field.
class EventCheck {
 public:
  EventCheck(const Spot& event, size_t index, int64_t id_length_min, Faults& faults,
             Problems& problems)
      : event_(event),
        index_(index),
        id_length_min_(id_length_min),
        faults_(faults),
        problems_(problems) {}

  void Run() {
    if (!event_.is_object()) return Note(faults_.invalid, "event", event_, "a JSON object");
    if (event_["event_type"].text().empty()) {
      Note(faults_.missing, "event_type", event_["event_type"], "the type of the event");
    }
    if (event_["user_id"].empty() && event_["device_id"].empty()) {
      Note(faults_.missing, "user_id", event_["user_id"], "an id, here or as device_id");
    }
    for (const char* id : {"user_id", "device_id"}) CheckId(id);
    for (const char* key : {"time", "session_id", "event_id"}) CheckInteger(key);
    for (const char* key : {"event_properties", "user_properties", "groups"}) CheckObject(key);
    for (const char* key : {"price", "quantity", "revenue"}) CheckNumber(key);
    if (!event_["insert_id"].empty() && event_["insert_id"].text().empty()) {
      Note(faults_.invalid, "insert_id", event_["insert_id"], "text");
    }
  }

 private:
  void Note(Places& places, const std::string& field, const Spot& spot, absl::string_view allowed) {
    places[field].push_back(index_);
    faults_.indexes.insert(index_);
    problems_.push_back(spot.Wrong(allowed));
  }

  void CheckId(const std::string& key) {
    const Spot id = event_[key];
    if (id.empty()) return;
    if (!id.is_text()) return Note(faults_.invalid, key, id, "text");
    if (static_cast<int64_t>(CountCharacters(id.text())) < id_length_min_) {
      return Note(faults_.id_lengths, key, id,
                  absl::StrCat("at least ", id_length_min_, " characters"));
    }
    if (IsPlaceholder(id.text())) Note(faults_.invalid, key, id, "an id of one person or device");
  }

  void CheckInteger(const std::string& key) {
    const Spot number = event_[key];
    const bool fits = number.empty() || number.value()->is_number_integer();
    if (!fits) Note(faults_.invalid, key, number, "an integer");
  }

  void CheckNumber(const std::string& key) {
    const Spot number = event_[key];
    if (!number.empty() && !number.is_number()) Note(faults_.invalid, key, number, "a number");
  }

  void CheckObject(const std::string& key) {
    const Spot object = event_[key];
    if (object.empty()) return;
    if (!object.is_object()) return Note(faults_.invalid, key, object, "a JSON object");
    if (Depth(*object.value()) > kDepthMax) {
      Note(faults_.invalid, key, object, absl::StrCat("objects at most ", kDepthMax, " deep"));
    }
  }

  const Spot& event_;
  const size_t index_;
  const int64_t id_length_min_;
  Faults& faults_;
  Problems& problems_;
};

Json PlacesJson(const Places& places) {
  Json json = Json::object();
  for (const auto& [field, indexes] : places) json[field] = indexes;
  return json;
}

ReceivedEvent ReadEvent(const Spot& event, int64_t received_ms) {
  ReceivedEvent read;
  read.name = event["event_type"].text();
  read.kind = KindOf(read.name);
  read.message_id = event["insert_id"].text();
  read.order_id = OrderIdOf(event["event_properties"]);
  const Spot time = event["time"];
  const bool timed = !time.empty() && time.value()->is_number_integer();
  read.time_ms = timed ? time.value()->get<int64_t>() : received_ms;
  read.anonymous_id = event["device_id"].text();
  read.user_id = event["user_id"].text();
  if (event["session_id"].text() != "-1") read.session_id = event["session_id"].text();
  for (const char* place : {"event_properties", "user_properties"}) {
    if (read.consent.is_null()) read.consent = ConsentOf(event[place]);
  }
  read.event = event.absent() ? Json() : *event.value();
  return read;
}

// What Amplitude takes and then cuts.
void CheckSoftly(const Spot& event, Problems& problems) {
  for (const char* place : {"event_properties", "user_properties"}) {
    const Spot properties = event[place];
    if (!properties.is_object()) continue;
    for (const auto& [key, value] : properties.value()->items()) {
      if (value.is_string() && CountCharacters(value.get_ref<const std::string&>()) > kTextMax) {
        problems.push_back(
            properties[key].Wrong("text of at most 1024 characters; the rest is cut off"));
      }
    }
  }
}

// The answer to a body with wrong events, or with events that a fault silences: nothing is kept.
void AnswerWrong(const Faults& faults, const std::vector<size_t>& silenced, Outcome& outcome) {
  Json content = {{"code", 400}, {"error", "Invalid event JSON"}};
  content["events_with_invalid_fields"] = PlacesJson(faults.invalid);
  content["events_with_missing_fields"] = PlacesJson(faults.missing);
  content["events_with_invalid_id_lengths"] = PlacesJson(faults.id_lengths);
  content["silenced_events"] = silenced;
  outcome.reply = JsonReply(400, content);
  for (Record& record : outcome.records) {
    if (record.verdict == Verdict::kAccepted) record.verdict = Verdict::kRetry;
  }
}

// The same for events of a person or device that sends too much.
void AnswerThrottled(const std::vector<size_t>& throttled, Outcome& outcome) {
  Json users = Json::object();
  Json devices = Json::object();
  for (const size_t index : throttled) {
    const ReceivedEvent& event = outcome.records[index].event;
    if (!event.user_id.empty()) users[event.user_id] = 31;
    if (!event.anonymous_id.empty()) devices[event.anonymous_id] = 31;
  }
  outcome.reply = JsonReply(429, {{"code", 429},
                                  {"error", "Too many requests for some devices and users"},
                                  {"eps_threshold", 30},
                                  {"throttled_devices", devices},
                                  {"throttled_users", users},
                                  {"throttled_events", throttled}});
  for (Record& record : outcome.records) record.verdict = Verdict::kRetry;
}

void ReadAll(const Request& request, const Spot& events, std::vector<std::string> texts,
             int64_t id_length_min, Outcome& outcome) {
  Faults faults;
  std::vector<size_t> silenced;
  std::vector<size_t> throttled;
  for (size_t i = 0; i < events.size(); ++i) {
    Record record = {ReadEvent(events[i], request.received_ms)};
    EventCheck(events[i], i, id_length_min, faults, record.event.problems).Run();
    if (request.path == "/batch") record.event.variant = "batch";
    record.event.raw = std::move(texts[i]);
    record.verdict = faults.indexes.contains(i) ? Verdict::kRejected : request.judge();
    if (record.verdict == Verdict::kRejected && !faults.indexes.contains(i)) silenced.push_back(i);
    if (record.verdict == Verdict::kRetry) throttled.push_back(i);
    if (record.verdict == Verdict::kAccepted) CheckSoftly(events[i], record.event.problems);
    outcome.records.push_back(std::move(record));
  }
  if (!faults.indexes.empty() || !silenced.empty()) return AnswerWrong(faults, silenced, outcome);
  if (!throttled.empty()) AnswerThrottled(throttled, outcome);
}

Outcome AnswerAmplitude(const Request& request) {
  Problems problems;
  if (!HasMediaType(request, {"application/json"}, problems)) {
    return Refused(Refuse(400, "Invalid Content-Type"), problems);
  }
  const bool batch = request.path == "/batch";
  const size_t bytes_max = batch ? kLargeBodyBytesMax : kAmplitudeBodyBytesMax;
  if (!FitsBytes("body", request.body.size(), bytes_max, problems)) {
    return Refused(Refuse(413, "Payload too large"), problems);
  }
  const absl::StatusOr<std::string> text = UnpackBody(request, problems);
  if (!text.ok()) {
    return Refused(Refuse(StatusOfUnpack(text.status()), "Invalid request body"), problems);
  }
  const std::optional<Json> json = ParseBody(*text, problems);
  if (!json || !NeedObject(Spot(*json), problems)) {
    return Refused(Refuse(400, "Invalid JSON request body"), problems);
  }
  const Spot body(*json);
  if (body["api_key"].text().empty()) {
    return RefusedFor("api_key", {{"/api_key", "nothing", "the key of the project"}});
  }
  const Spot events = body["events"];
  if (!events.is_array() || events.size() == 0) {
    return RefusedFor("events", {events.Wrong("an array of at least one event")});
  }
  if (!FitsCount(events, kAmplitudeEventsMax, problems)) {
    return Refused(Refuse(413, "Payload too large"), problems);
  }
  const Spot min = body["options"]["min_id_length"];
  const bool has_min = !min.empty() && min.value()->is_number_integer();
  Outcome outcome;
  outcome.reply = JsonReply(200, {{"code", 200},
                                  {"events_ingested", events.size()},
                                  {"payload_size_bytes", request.body.size()},
                                  {"server_upload_time", request.received_ms}});
  ReadAll(request, events, ItemTexts(*text, {"events"}, events),
          has_min ? min.value()->get<int64_t>() : kIdLengthMin, outcome);
  return outcome;
}

}  // namespace

Dialect AmplitudeDialect() {
  return {.name = "amplitude",
          .routes = {{"/2/httpapi"}, {"/batch"}},
          .cors = {.origin = Cors::Origin::kAny,
                   .methods = "POST",
                   .headers = "Content-Type, Content-Encoding",
                   .max_age_s = 86400},
          .body_bytes_max = kLargeBodyBytesMax,
          .answer = AnswerAmplitude,
          .refuse = Refuse};
}

}  // namespace waymark::collector
