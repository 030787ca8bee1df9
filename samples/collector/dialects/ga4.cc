// Google Analytics 4, Measurement Protocol. /mp/collect says 204 to whatever it receives, so an
// event that breaks a rule is kept with its problems; /debug/mp/collect names the problems and
// keeps nothing.
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "collector_limits.h"
#include "dialects/body.h"
#include "dialects/dialects.h"

namespace waymark::collector {
namespace {

constexpr size_t kEventsMax = 25;
constexpr size_t kParamsMax = 25;
constexpr size_t kUserPropertiesMax = 25;
constexpr size_t kItemsMax = 200;
constexpr size_t kNameMax = 40;
constexpr size_t kValueMax = 100;
constexpr size_t kUserNameMax = 24;
constexpr size_t kUserValueMax = 36;
constexpr int64_t kMicrosPerMs = 1000;
constexpr int64_t kBackdateMsMax = 72LL * 60 * 60 * 1000;

bool IsReservedName(const std::string& name) {
  static const std::set<std::string> reserved = {"ad_activeview",
                                                 "ad_click",
                                                 "ad_exposure",
                                                 "ad_impression",
                                                 "ad_query",
                                                 "ad_reward",
                                                 "adunit_exposure",
                                                 "app_background",
                                                 "app_clear_data",
                                                 "app_exception",
                                                 "app_remove",
                                                 "app_store_refund",
                                                 "app_store_subscription_cancel",
                                                 "app_store_subscription_convert",
                                                 "app_store_subscription_renew",
                                                 "app_update",
                                                 "app_upgrade",
                                                 "dynamic_link_app_open",
                                                 "dynamic_link_app_update",
                                                 "dynamic_link_first_open",
                                                 "error",
                                                 "firebase_campaign",
                                                 "firebase_in_app_message_action",
                                                 "firebase_in_app_message_dismiss",
                                                 "firebase_in_app_message_impression",
                                                 "first_open",
                                                 "first_visit",
                                                 "in_app_purchase",
                                                 "notification_dismiss",
                                                 "notification_foreground",
                                                 "notification_open",
                                                 "notification_receive",
                                                 "os_update",
                                                 "session_start",
                                                 "session_start_with_rollout",
                                                 "user_engagement"};
  return reserved.contains(name);
}

// Addresses and titles may be longer than other values.
size_t ValueMax(absl::string_view parameter) {
  if (parameter == "page_location") return 1000;
  if (parameter == "page_referrer") return 420;
  return parameter == "page_title" ? 300 : kValueMax;
}

// Problems with the code by which the validation server calls each.
class Findings {
 public:
  void Add(Problem problem, absl::string_view code) {
    problems_.push_back(std::move(problem));
    codes_.emplace_back(code);
  }
  bool Need(bool fits, const Spot& spot, absl::string_view code, absl::string_view allowed) {
    if (!fits) Add(spot.Wrong(allowed), code);
    return fits;
  }

  const Problems& problems() const { return problems_; }

  Json Messages() const {
    Json messages = Json::array();
    for (size_t i = 0; i < problems_.size(); ++i) {
      messages.push_back({{"fieldPath", FieldPath(problems_[i].where)},
                          {"description", ProblemText(problems_[i])},
                          {"validationCode", codes_[i]}});
    }
    return messages;
  }

 private:
  // "/events/0/name" as the server has it: "events.0.name".
  static std::string FieldPath(absl::string_view where) {
    return absl::StrJoin(absl::StrSplit(where, '/', absl::SkipEmpty()), ".");
  }

  Problems problems_;
  std::vector<std::string> codes_;
};

bool IsName(absl::string_view name, size_t characters_max) {
  if (name.empty() || name.size() > characters_max) return false;
  if (!absl::ascii_isalpha(static_cast<unsigned char>(name[0]))) return false;
  for (const char c : name) {
    if (!absl::ascii_isalnum(static_cast<unsigned char>(c)) && c != '_') return false;
  }
  return true;
}

bool HasReservedPrefix(absl::string_view name) {
  return absl::StartsWith(name, "ga_") || absl::StartsWith(name, "google_") ||
         absl::StartsWith(name, "firebase_");
}

// A name of a parameter or user property is wrong where its value stands.
void CheckMemberName(const std::string& name, const Spot& value, size_t characters_max,
                     Findings& findings) {
  if (!IsName(name, characters_max)) {
    findings.Add(
        {value.where(), ToText(Json(name)),
         absl::StrCat("a name of 1 to ", characters_max, " letters, digits and _, a letter first")},
        "NAME_INVALID");
  } else if (HasReservedPrefix(name)) {
    findings.Add({value.where(), ToText(Json(name)),
                  "no name that begins with ga_, google_ or "
                  "firebase_"},
                 "NAME_RESERVED");
  }
}

void CheckValue(const Spot& value, size_t characters_max, Findings& findings) {
  const bool scalar = !value.empty() && value.value()->is_primitive();
  if (!findings.Need(scalar, value, "VALUE_INVALID", "text, a number, true or false")) return;
  findings.Need(CountCharacters(value.text()) <= characters_max, value, "VALUE_OUT_OF_BOUNDS",
                absl::StrCat("at most ", characters_max, " characters"));
}

void CheckItems(const Spot& items, Findings& findings) {
  if (!findings.Need(items.is_array(), items, "VALUE_INVALID", "an array of items")) return;
  findings.Need(items.size() <= kItemsMax, items, "EXCEEDED_MAX_ENTITIES", "at most 200 items");
  for (size_t i = 0; i < items.size(); ++i) {
    const Spot item = items[i];
    if (!findings.Need(item.is_object(), item, "VALUE_INVALID", "a JSON object")) continue;
    const bool named = !item["item_id"].text().empty() || !item["item_name"].text().empty();
    findings.Need(named, item["item_id"], "VALUE_REQUIRED", "an id, here or item_name");
    for (const auto& [key, value] : item.value()->items()) {
      CheckValue(item[key], kValueMax, findings);
    }
  }
}

bool IsCommerce(const std::string& name) {
  static const std::set<std::string> names = {
      "add_payment_info", "add_shipping_info", "add_to_cart", "add_to_wishlist",
      "begin_checkout",   "purchase",          "refund",      "remove_from_cart",
      "select_item",      "view_cart",         "view_item",   "view_item_list"};
  return names.contains(name);
}

void CheckCommerce(const std::string& name, const Spot& params, Findings& findings) {
  if (!params["value"].empty()) {
    findings.Need(params["value"].is_number(), params["value"], "VALUE_INVALID", "a number");
    findings.Need(!params["currency"].text().empty(), params["currency"], "VALUE_REQUIRED",
                  "a currency of 3 letters, since there is a value");
  }
  if (const Spot currency = params["currency"]; !currency.empty()) {
    findings.Need(currency.text().size() == 3, currency, "VALUE_INVALID", "3 letters, such as EUR");
  }
  if (name == "purchase" || name == "refund") {
    findings.Need(!params["transaction_id"].text().empty(), params["transaction_id"],
                  "VALUE_REQUIRED", "the id of the transaction");
  }
  const bool needs_items = IsCommerce(name) && name != "refund";
  if (needs_items) {
    findings.Need(params["items"].size() > 0, params["items"], "VALUE_REQUIRED",
                  "an array of at least one item");
  }
}

void CheckParams(const std::string& name, const Spot& params, Findings& findings) {
  if (params.empty()) return CheckCommerce(name, params, findings);
  if (!findings.Need(params.is_object(), params, "VALUE_INVALID", "a JSON object")) return;
  findings.Need(params.size() <= kParamsMax, params, "EXCEEDED_MAX_ENTITIES", "at most 25 members");
  for (const auto& [key, value] : params.value()->items()) {
    CheckMemberName(key, params[key], kNameMax, findings);
    if (key == "items") {
      CheckItems(params[key], findings);
    } else {
      CheckValue(params[key], ValueMax(key), findings);
    }
  }
  CheckCommerce(name, params, findings);
}

// Microseconds, as digits or as a number, of the last 72 hours; 0 for anything else.
int64_t TimeMs(const Spot& micros) {
  int64_t value = 0;
  return absl::SimpleAtoi(micros.text(), &value) && value > 0 ? value / kMicrosPerMs : 0;
}

void CheckTime(const Spot& micros, int64_t received_ms, Findings& findings) {
  if (micros.empty()) return;
  const int64_t time_ms = TimeMs(micros);
  findings.Need(time_ms > 0, micros, "VALUE_INVALID", "microseconds since 1970");
  findings.Need(time_ms == 0 || received_ms - time_ms <= kBackdateMsMax, micros,
                "VALUE_OUT_OF_BOUNDS", "a time of the last 72 hours");
}

void CheckEvent(const Spot& event, int64_t received_ms, Findings& findings) {
  if (!findings.Need(event.is_object(), event, "VALUE_INVALID", "a JSON object")) return;
  const std::string name = event["name"].text();
  if (findings.Need(IsName(name, kNameMax), event["name"],
                    name.empty() ? "VALUE_REQUIRED" : "NAME_INVALID",
                    "1 to 40 letters, digits and _, a letter first")) {
    findings.Need(!IsReservedName(name) && !HasReservedPrefix(name), event["name"], "NAME_RESERVED",
                  "a name that Google keeps not for itself");
  }
  CheckTime(event["timestamp_micros"], received_ms, findings);
  CheckParams(name, event["params"], findings);
}

void CheckUserProperties(const Spot& properties, Findings& findings) {
  if (properties.empty()) return;
  if (!findings.Need(properties.is_object(), properties, "VALUE_INVALID", "a JSON object")) return;
  findings.Need(properties.size() <= kUserPropertiesMax, properties, "EXCEEDED_MAX_ENTITIES",
                "at most 25 members");
  for (const auto& [key, value] : properties.value()->items()) {
    CheckMemberName(key, properties[key], kUserNameMax, findings);
    CheckValue(properties[key]["value"], kUserValueMax, findings);
  }
}

void CheckConsent(const Spot& consent, Findings& findings) {
  if (consent.empty()) return;
  for (const char* key : {"ad_user_data", "ad_personalization"}) {
    const std::string value = consent[key].text();
    findings.Need(consent[key].absent() || value == "GRANTED" || value == "DENIED", consent[key],
                  "VALUE_INVALID", "GRANTED or DENIED");
  }
}

// Which stream, whose secret, which person or app: without them nothing is recorded.
void CheckIdentity(const Request& request, const Spot& body, Findings& findings) {
  const bool app = HasField(request.query, "firebase_app_id");
  const auto need_field = [&](const std::string& name, absl::string_view what) {
    if (!FormValue(request.query, name).empty()) return;
    findings.Add({absl::StrCat("query/", name), "nothing", std::string(what)}, "VALUE_REQUIRED");
  };
  if (!app) need_field("measurement_id", "the stream, such as G-XXXXXXX, or firebase_app_id");
  need_field("api_secret", "the stream's secret");
  const Spot id = body[app ? "app_instance_id" : "client_id"];
  findings.Need(!id.text().empty(), id, "VALUE_REQUIRED", "an id of the device");
}

void CheckBody(const Request& request, const Spot& body, Findings& findings) {
  CheckIdentity(request, body, findings);
  CheckTime(body["timestamp_micros"], request.received_ms, findings);
  CheckConsent(body["consent"], findings);
  CheckUserProperties(body["user_properties"], findings);
  const Spot events = body["events"];
  findings.Need(events.is_array() && events.size() > 0, events, "VALUE_REQUIRED",
                "an array of at least one event");
  findings.Need(events.size() <= kEventsMax, events, "EXCEEDED_MAX_ENTITIES", "at most 25 events");
}

std::string KindOf(const std::string& name) {
  return name == "page_view" ? "page" : name == "screen_view" ? "screen" : "track";
}

ReceivedEvent ReadEvent(const Request& request, const Spot& body, const Spot& event) {
  ReceivedEvent read;
  read.name = event["name"].text();
  read.kind = KindOf(read.name);
  read.order_id = event["params"]["transaction_id"].text();
  read.time_ms = request.received_ms;
  for (const Spot& micros : {body["timestamp_micros"], event["timestamp_micros"]}) {
    if (const int64_t time_ms = TimeMs(micros); time_ms > 0) read.time_ms = time_ms;
  }
  const std::string client = body["client_id"].text();
  read.anonymous_id = client.empty() ? body["app_instance_id"].text() : client;
  read.user_id = body["user_id"].text();
  read.session_id = event["params"]["session_id"].text();
  if (body["consent"].is_object()) read.consent = *body["consent"].value();
  // Who it was stands beside the events: shown with each of them.
  read.event = *body.value();
  read.event["events"] = Json::array({*event.value()});
  return read;
}

Outcome Answer(const Request& request, const Json& json, const std::string& text) {
  const Spot body(json);
  Findings findings;
  CheckBody(request, body, findings);
  Outcome outcome;
  outcome.problems = findings.problems();
  const Spot events = body["events"];
  std::vector<std::string> texts = ItemTexts(text, {"events"}, events);
  for (size_t i = 0; events.is_array() && i < events.size(); ++i) {
    Findings own;
    CheckEvent(events[i], request.received_ms, own);
    Record record = {ReadEvent(request, body, events[i])};
    record.event.problems = own.problems();
    record.event.raw = events.size() == 1 ? text : std::move(texts[i]);
    outcome.records.push_back(std::move(record));
  }
  return outcome;
}

// The same, as the validation server tells it.
Json MessagesOf(const Request& request, const Spot& body) {
  Findings findings;
  CheckBody(request, body, findings);
  for (size_t i = 0; body["events"].is_array() && i < body["events"].size(); ++i) {
    CheckEvent(body["events"][i], request.received_ms, findings);
  }
  return findings.Messages();
}

Reply NoContent() { return {.status = 204, .content = "", .content_type = "text/plain"}; }

Reply Refuse(int status, absl::string_view sentence) { return TextReply(status, sentence); }

Outcome AnswerGa4(const Request& request) {
  const bool debug = absl::StartsWith(request.path, "/debug/");
  Outcome outcome;
  FitsBytes("body", request.body.size(), kGa4BodyBytesMax, outcome.problems);
  if (request.encoding != "identity") {
    outcome.problems.push_back({"header Content-Encoding", request.encoding, "no such header"});
  }
  std::optional<Json> json;
  if (outcome.problems.empty()) json = ParseBody(request.body, outcome.problems);
  if (json && !NeedObject(Spot(*json), outcome.problems)) json.reset();
  if (!json) {
    const Json message = {{"description", ProblemsText(outcome.problems)},
                          {"validationCode", "VALUE_INVALID"}};
    outcome.reply =
        debug ? JsonReply(200, {{"validationMessages", Json::array({message})}}) : NoContent();
    return outcome;
  }
  if (debug) {
    const Json messages = MessagesOf(request, Spot(*json));
    return {
        .reply = JsonReply(200, {{"validationMessages", messages}}), .records = {}, .problems = {}};
  }
  outcome = Answer(request, *json, request.body);
  outcome.reply = NoContent();
  return outcome;
}

}  // namespace

Dialect Ga4Dialect() {
  return {.name = "ga4",
          .routes = {{"/mp/collect"}, {"/debug/mp/collect"}},
          .cors = {.origin = Cors::Origin::kNone, .preflight_status = 405},
          .body_bytes_max = kBodyBytesMax,
          .answer = AnswerGa4,
          .refuse = Refuse};
}

}  // namespace waymark::collector
