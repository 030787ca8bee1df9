#include "snowplow_protocol.h"

#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "collector_limits.h"
#include "snowplow_decode.h"
#include "wire_share.h"

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

void CheckFields(const Json& item, std::vector<std::string>& problems) {
  for (const auto& [field, value] : item.items()) {
    if (!IsAllowedField(field)) {
      problems.push_back(
          absl::StrCat("Field ", field.substr(0, 40), " is not in payload_data 1-0-4."));
    } else if (!value.is_string()) {
      problems.push_back(absl::StrCat("Field ", field, " is not a string."));
    }
  }
}

void Require(const Json& item, absl::string_view field, std::vector<std::string>& problems) {
  if (FindText(item, field).empty()) {
    problems.push_back(absl::StrCat("Field ", field, " is required and missing."));
  }
}

void CheckInstant(const Json& item, absl::string_view field, std::vector<std::string>& problems) {
  const std::string text = FindText(item, field);
  int64_t time_ms = 0;
  if (!text.empty() && (!absl::SimpleAtoi(text, &time_ms) || time_ms < 0)) {
    problems.push_back(absl::StrCat("Field ", field, " is not a time in milliseconds."));
  }
}

void CheckEventId(const Json& item, std::vector<std::string>& problems) {
  constexpr absl::string_view kShape = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
  const std::string id = FindText(item, "eid");
  if (id.empty()) return;
  bool fits = id.size() == kShape.size();
  for (size_t i = 0; fits && i < id.size(); ++i) {
    fits =
        kShape[i] == '-' ? id[i] == '-' : absl::ascii_isxdigit(static_cast<unsigned char>(id[i]));
  }
  if (!fits) problems.push_back("Field eid is not a UUID.");
}

void CheckKind(const Json& item, std::vector<std::string>& problems) {
  const std::string code = FindText(item, "e");
  if (!code.empty() && KindOf(code) == "bad") {
    problems.push_back("Field e is none of pv, pp, ue, se, tr, ti.");
  }
  if (code != "se") return;
  Require(item, "se_ca", problems);
  Require(item, "se_ac", problems);
}

std::vector<std::string> CheckItem(const Json& item) {
  std::vector<std::string> problems;
  CheckFields(item, problems);
  for (const absl::string_view field : {"tv", "p", "e"}) Require(item, field, problems);
  for (const absl::string_view field : {"dtm", "stm", "ttm"}) CheckInstant(item, field, problems);
  CheckEventId(item, problems);
  CheckKind(item, problems);
  return problems;
}

void Append(std::vector<std::string> more, std::vector<std::string>& problems) {
  for (std::string& sentence : more) problems.push_back(std::move(sentence));
}

// The schema name, and for the ecommerce action what was done.
std::string NameOfSelfDescribing(const Json& envelope) {
  const Json* event = Find(envelope, "data");
  if (event == nullptr) return "";
  const auto uri = ParseIgluUri(FindText(*event, "schema"));
  if (!uri.ok()) return "";
  const Json* data = Find(*event, "data");
  const std::string action = data == nullptr ? "" : FindText(*data, "type");
  return uri->name == "snowplow_ecommerce_action" && !action.empty() ? action : uri->name;
}

std::string NameOfPlain(const Json& item) {
  const std::string code = FindText(item, "e");
  if (code == "se") return FindText(item, "se_ac");
  if (code == "tr") return "transaction";
  if (code == "ti") return "transaction_item";
  return FindText(item, "page");
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

void DecodeSelfDescribing(ReceivedEvent& event) {
  if (FindText(event.event, "e") != "ue") return;
  absl::StatusOr<Json> envelope = DecodeField(event.event, "ue_pr", "ue_px");
  if (!envelope.ok()) {
    event.problems.push_back(
        absl::IsNotFound(envelope.status())
            ? "Field ue_pr or ue_px is required for e=ue, and both are missing."
            : std::string(envelope.status().message()));
    return;
  }
  Append(CheckEventEnvelope(*envelope), event.problems);
  event.name = NameOfSelfDescribing(*envelope);
  Replace(event.event, "ue_pr", "ue_px", "ue", *std::move(envelope));
}

void DecodeContexts(ReceivedEvent& event) {
  absl::StatusOr<Json> contexts = DecodeField(event.event, "co", "cx");
  if (absl::IsNotFound(contexts.status())) return;
  if (!contexts.ok()) {
    event.problems.push_back(std::string(contexts.status().message()));
    return;
  }
  Append(CheckContextsEnvelope(*contexts), event.problems);
  if (const Json* gdpr = FindEntity(*contexts, "gdpr"); gdpr != nullptr) event.consent = *gdpr;
  if (const Json* session = FindEntity(*contexts, "client_session");
      session != nullptr && event.session_id.empty()) {
    event.session_id = FindText(*session, "sessionId");
  }
  Replace(event.event, "co", "cx", "co", *std::move(contexts));
}

int64_t TimeOf(const Json& item, int64_t received_ms) {
  for (const absl::string_view field : {"ttm", "dtm"}) {
    int64_t time_ms = 0;
    if (absl::SimpleAtoi(FindText(item, field), &time_ms) && time_ms >= 0) return time_ms;
  }
  return received_ms;
}

ReceivedEvent BadRow(absl::string_view text, std::string problem, const SnowplowBody& body) {
  ReceivedEvent event;
  event.protocol = Protocol::kSnowplow;
  event.kind = "bad";
  event.name = "unreadable payload";
  event.time_ms = body.received_ms;
  event.wire_bytes = static_cast<int64_t>(body.text.size());
  event.event = {{"payload", std::string(text.substr(0, kBadRowExcerptBytes))}};
  event.problems.push_back(std::move(problem));
  return event;
}

ReceivedEvent ReadItem(Json item, int64_t received_ms) {
  ReceivedEvent event;
  event.protocol = Protocol::kSnowplow;
  event.kind = KindOf(FindText(item, "e"));
  event.time_ms = TimeOf(item, received_ms);
  if (!item.is_object()) {
    event.problems.push_back("The item is not a JSON object.");
    event.event = std::move(item);
    return event;
  }
  event.problems = CheckItem(item);
  event.name = NameOfPlain(item);
  event.message_id = FindText(item, "eid");
  event.anonymous_id = FindText(item, "duid");
  event.user_id = FindText(item, "uid");
  event.session_id = FindText(item, "sid");
  event.event = std::move(item);
  DecodeSelfDescribing(event);
  DecodeContexts(event);
  return event;
}

// Empty when the body as a whole can be read into `payload`.
std::string CheckBody(const SnowplowBody& body) {
  if (body.encoding != "identity") {
    return "The body has a Content-Encoding; this collector takes none.";
  }
  if (!absl::StartsWithIgnoreCase(body.content_type, "application/json")) {
    return "The Content-Type is not application/json.";
  }
  if (body.text.size() > kSnowplowPayloadBytesMax) return "The body is over 1 MB (size violation).";
  return "";
}

std::string CheckPayload(const Json& payload) {
  const auto uri = ParseIgluUri(FindText(payload, "schema"));
  if (!uri.ok() || uri->name != "payload_data" || !absl::StartsWith(uri->version, "1-0-")) {
    return "The body's schema is not "
           "iglu:com.snowplowanalytics.snowplow/payload_data/jsonschema/1-0-4.";
  }
  const Json* data = Find(payload, "data");
  if (data == nullptr || !data->is_array() || data->empty()) {
    return "The body's data is missing, is no array, or is empty.";
  }
  if (data->size() > kSnowplowEventsMax) {
    return absl::StrCat("The body has more than ", kSnowplowEventsMax, " events.");
  }
  return "";
}

}  // namespace

std::vector<ReceivedEvent> ParseSnowplowPost(const SnowplowBody& body) {
  if (std::string wrong = CheckBody(body); !wrong.empty()) {
    return {BadRow(body.encoding == "identity" ? body.text : "", std::move(wrong), body)};
  }
  absl::StatusOr<Json> payload = ParseJson(body.text);
  if (!payload.ok()) {
    return {BadRow(body.text,
                   absl::StrCat("The body cannot be read: ", payload.status().message(), "."),
                   body)};
  }
  if (std::string wrong = CheckPayload(*payload); !wrong.empty()) {
    return {BadRow(body.text, std::move(wrong), body)};
  }
  std::vector<ReceivedEvent> events;
  std::vector<int64_t> weights;
  for (Json& item : (*payload)["data"]) {
    weights.push_back(static_cast<int64_t>(ToText(item).size()));
    events.push_back(ReadItem(std::move(item), body.received_ms));
  }
  ShareWireBytes(static_cast<int64_t>(body.text.size()), weights, events);
  return events;
}

ReceivedEvent ParseSnowplowGet(Json fields, int64_t wire_bytes, int64_t received_ms) {
  ReceivedEvent event = ReadItem(std::move(fields), received_ms);
  event.wire_bytes = wire_bytes;
  return event;
}

}  // namespace waymark::collector
