// The Snowplow tracker protocol 2: POST …/tp2 with a payload_data body, and GET /i with the same
// fields.
//
// The real collector says "ok" to whatever it receives, and finds faults later, as bad rows. So
// nothing here refuses: an event that breaks a rule carries its problems.
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "collector_limits.h"
#include "dialects/body.h"
#include "dialects/dialects.h"
#include "dialects/snowplow_decode.h"

namespace waymark::collector {
namespace {

// payload_data 1-0-4, all members of an item.
bool IsAllowedField(absl::string_view field) {
  static const absl::flat_hash_set<std::string> fields = absl::StrSplit(
      "tna aid p dtm tz e tid eid tv duid nuid uid vid ip res url page refr fp ctype cookie lang "
      "f_pdf "
      "f_qt f_realp f_wma f_dir f_fla f_java f_gears f_ag cd ds cs vp mac pp_mix pp_max pp_miy "
      "pp_may "
      "ad_ba ad_ca ad_ad ad_uid tr_id tr_af tr_tt tr_tx tr_sh tr_ci tr_st tr_co tr_cu ti_id ti_sk "
      "ti_nm ti_na ti_ca ti_pr ti_qu ti_cu sa sn st sp se_ca se_ac se_la se_pr se_va ue_na ue_pr "
      "ue_px "
      "co cx ua tnuid stm sid ttm",
      ' ');
  return fields.contains(field);
}

std::string KindOf(absl::string_view code) {
  static const absl::flat_hash_map<std::string, std::string> kinds = {
      {"pv", "page"},  {"pp", "ping"},  {"ue", "track"},
      {"se", "track"}, {"tr", "track"}, {"ti", "track"}};
  const auto found = kinds.find(code);
  return found == kinds.end() ? "bad" : found->second;
}

void CheckFields(const Spot& item, Problems& problems) {
  for (const auto& [field, value] : item.value()->items()) {
    if (!IsAllowedField(field)) {
      problems.push_back(
          {item[field].where(), "a field of its own", "the fields of payload_data 1-0-4"});
    } else if (!value.is_string()) {
      problems.push_back(item[field].Wrong("text, as for every field"));
    }
  }
}

void Require(const Spot& item, absl::string_view field, Problems& problems) {
  if (item[field].text().empty()) problems.push_back(item[field].Wrong("text; it is required"));
}

void CheckInstant(const Spot& field, Problems& problems) {
  int64_t time_ms = 0;
  if (!field.text().empty() && (!absl::SimpleAtoi(field.text(), &time_ms) || time_ms < 0)) {
    problems.push_back(field.Wrong("milliseconds since 1970 as digits"));
  }
}

void CheckKind(const Spot& item, Problems& problems) {
  const std::string code = item["e"].text();
  if (!code.empty() && KindOf(code) == "bad") {
    problems.push_back(item["e"].Wrong("pv, pp, ue, se, tr or ti"));
  }
  if (code != "se") return;
  Require(item, "se_ca", problems);
  Require(item, "se_ac", problems);
}

void CheckItem(const Spot& item, Problems& problems) {
  CheckFields(item, problems);
  for (const absl::string_view field : {"tv", "p", "e"}) Require(item, field, problems);
  for (const absl::string_view field : {"dtm", "stm", "ttm"}) CheckInstant(item[field], problems);
  MayUuid(item["eid"], problems);
  CheckKind(item, problems);
}

// The schema name, and for the ecommerce action what was done.
std::string NameOfSelfDescribing(const Spot& event) {
  const auto uri = ParseIgluUri(event["schema"].text());
  if (!uri.ok()) return "";
  const std::string action = event["data"]["type"].text();
  return uri->name == "snowplow_ecommerce_action" && !action.empty() ? action : uri->name;
}

std::string NameOfPlain(const Spot& item) {
  const std::string code = item["e"].text();
  if (code == "se") return item["se_ac"].text();
  if (code == "tr") return "transaction";
  if (code == "ti") return "transaction_item";
  return item["page"].text();
}

// Puts `decoded` where the first of the two fields stood, under one name.
void Replace(Json& item, absl::string_view plain, absl::string_view encoded, absl::string_view name,
             Json decoded) {
  Json replaced = Json::object();
  for (auto& [field, value] : item.items()) {
    if (field != plain && field != encoded) {
      replaced[field] = std::move(value);
    } else {
      replaced[std::string(name)] = decoded;
    }
  }
  item = std::move(replaced);
}

void DecodeSelfDescribing(const Spot& item, ReceivedEvent& event) {
  if (item["e"].text() != "ue") return;
  const size_t before = event.problems.size();
  std::optional<DecodedField> field = DecodeField(item, "ue_pr", "ue_px", event.problems);
  if (!field && event.problems.size() == before) {
    event.problems.push_back(item["ue_px"].Wrong("the event, here or in ue_pr"));
  }
  if (!field) return;
  const Spot envelope(field->json, field->where);
  CheckEventEnvelope(envelope, event.problems);
  event.name = NameOfSelfDescribing(envelope["data"]);
  Replace(event.event, "ue_pr", "ue_px", "ue", std::move(field->json));
}

void DecodeContexts(const Spot& item, ReceivedEvent& event) {
  std::optional<DecodedField> field = DecodeField(item, "co", "cx", event.problems);
  if (!field) return;
  CheckContextsEnvelope(Spot(field->json, field->where), event.problems);
  if (const Json* gdpr = FindEntity(field->json, "gdpr"); gdpr != nullptr) event.consent = *gdpr;
  const auto text_of = [&field](absl::string_view entity, absl::string_view member) {
    const Json* data = FindEntity(field->json, entity);
    return data == nullptr ? std::string() : FindText(*data, member);
  };
  if (event.session_id.empty()) event.session_id = text_of("client_session", "sessionId");
  if (event.order_id.empty()) event.order_id = text_of("transaction", "transaction_id");
  Replace(event.event, "co", "cx", "co", std::move(field->json));
}

int64_t TimeOf(const Spot& item, int64_t received_ms) {
  for (const absl::string_view field : {"ttm", "dtm"}) {
    int64_t time_ms = 0;
    if (absl::SimpleAtoi(item[field].text(), &time_ms) && time_ms >= 0) return time_ms;
  }
  return received_ms;
}

ReceivedEvent ReadItem(const Spot& item, int64_t received_ms) {
  ReceivedEvent event;
  event.kind = KindOf(item["e"].text());
  event.time_ms = TimeOf(item, received_ms);
  event.event = *item.value();
  if (!NeedObject(item, event.problems)) return event;
  CheckItem(item, event.problems);
  event.name = NameOfPlain(item);
  event.message_id = item["eid"].text();
  event.order_id = item[item["e"].text() == "ti" ? "ti_id" : "tr_id"].text();
  event.anonymous_id = item["duid"].text();
  event.user_id = item["uid"].text();
  event.session_id = item["sid"].text();
  DecodeSelfDescribing(item, event);
  DecodeContexts(item, event);
  return event;
}

// The one record of a body that cannot be read as a whole.
Outcome BadRow(const Request& request, Outcome outcome) {
  ReceivedEvent event;
  event.kind = "bad";
  event.name = "unreadable payload";
  event.time_ms = request.received_ms;
  const bool readable = request.encoding == "identity";
  const std::string text = readable ? CleanUtf8(request.body).substr(0, kExcerptBytesMax) : "";
  event.event = {{"payload", CleanUtf8(text)}};
  event.raw = text;
  event.problems.swap(outcome.problems);
  outcome.records.push_back({std::move(event)});
  return outcome;
}

bool CheckRequest(const Request& request, Problems& problems) {
  if (request.encoding != "identity") {
    problems.push_back({"header Content-Encoding", request.encoding, "no such header"});
    return false;
  }
  return HasMediaType(request, {"application/json"}, problems) &&
         FitsBytes("body", request.body.size(), kSnowplowPayloadBytesMax, problems);
}

bool CheckPayload(const Spot& payload, Problems& problems) {
  const auto uri = ParseIgluUri(payload["schema"].text());
  if (!uri.ok() || uri->name != "payload_data" || !absl::StartsWith(uri->version, "1-0-")) {
    problems.push_back(payload["schema"].Wrong(
        "iglu:com.snowplowanalytics.snowplow/payload_data/jsonschema/1-0-4"));
    return false;
  }
  const Spot data = payload["data"];
  if (data.is_array() && data.size() > 0 && data.size() <= kRecordsMax) return true;
  problems.push_back(data.Wrong(absl::StrCat("an array of 1 to ", kRecordsMax, " events")));
  return false;
}

Outcome AnswerPost(const Request& request) {
  Outcome outcome;
  outcome.reply = TextReply(200, "ok");
  if (!CheckRequest(request, outcome.problems)) return BadRow(request, std::move(outcome));
  const std::optional<Json> json = ParseBody(request.body, outcome.problems);
  if (!json) return BadRow(request, std::move(outcome));
  const Spot payload(*json);
  if (!CheckPayload(payload, outcome.problems)) return BadRow(request, std::move(outcome));
  const Spot data = payload["data"];
  std::vector<std::string> texts = ItemTexts(request.body, {"data"}, data);
  for (size_t i = 0; i < data.size(); ++i) {
    Record record = {ReadItem(data[i], request.received_ms)};
    record.event.raw = std::move(texts[i]);
    outcome.records.push_back(std::move(record));
  }
  return outcome;
}

Outcome AnswerGet(const Request& request) {
  const Json fields = FormJson(request.query);
  Record record = {ReadItem(Spot(fields, "query"), request.received_ms)};
  record.event.variant = "GET";
  record.event.form = "query";
  record.event.raw = request.query_text;
  Outcome outcome;
  outcome.reply = PixelReply();
  outcome.records.push_back(std::move(record));
  return outcome;
}

Outcome AnswerSnowplow(const Request& request) {
  return request.method == "GET" ? AnswerGet(request) : AnswerPost(request);
}

Reply Refuse(int status, absl::string_view sentence) { return TextReply(status, sentence); }

}  // namespace

Dialect SnowplowDialect() {
  return {.name = "snowplow",
          .routes = {{"/com.snowplowanalytics.snowplow/tp2"}, {"/i", "GET"}},
          .cors = {.origin = Cors::Origin::kEcho,
                   .credentials = true,
                   .methods = "POST, GET, OPTIONS",
                   .headers = "Content-Type, SP-Anonymous",
                   .max_age_s = 3600,
                   .preflight_status = 200},
          .body_bytes_max = kSnowplowDropBytes,
          .answer = AnswerSnowplow,
          .refuse = Refuse};
}

}  // namespace waymark::collector
