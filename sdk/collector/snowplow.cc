// Snowplow's tracker protocol, version 2: payload_data 1-0-4, in which every value is a string.
// POST sends a list of such payloads, GET one, member by member, as a query.
//
// https://docs.snowplow.io/docs/fundamentals/canonical-event/ . An event of the vocabulary becomes
// an e-commerce action with entities; one with a schema in `options.schemas` a self-describing
// event; a page a page view; anything else a structured event, which has no room for properties:
// docs/collectors.md says what is lost.
#include <memory>

#include "base/json_writer.h"
#include "base/name_table.h"
#include "codec/base64.h"
#include "collector/collector.h"
#include "collector/mapping.h"
#include "collector/snowplow_entities.h"
#include "event/vocabulary.h"

namespace waymark {
namespace {

constexpr const char* kPostPath = "/com.snowplowanalytics.snowplow/tp2";
constexpr const char* kGetPath = "/i?";
constexpr const char* kBegin =
    R"({"schema":"iglu:com.snowplowanalytics.snowplow/payload_data/jsonschema/1-0-4","data":[)";

// Schemas, completed by SelfDescribing().
constexpr const char* kUnstructSchema = "snowplow/unstruct_event/jsonschema/1-0-0";
constexpr const char* kContextsSchema = "snowplow/contexts/jsonschema/1-0-0";
constexpr const char* kSessionSchema = "snowplow/client_session/jsonschema/1-0-2";
constexpr const char* kActionSchema =
    "snowplow.ecommerce/snowplow_ecommerce_action/jsonschema/1-0-2";
constexpr const char* kScreenSchema = "mobile/screen_view/jsonschema/1-0-0";

constexpr size_t kSnowplowEventBytesMax = 192'000;    // the smallest sink, SQS
constexpr size_t kSnowplowBatchBytesMax = 1'000'000;  // maxPayloadSize of the collector
constexpr size_t kSnowplowQueryBytesMax = 16'000;     // what load balancers take of one line

// "max-age 60 min" of the collector's answers to preflights.
constexpr int64_t kSnowplowPreflightMs = 3'600'000;

std::string_view PlatformOf(std::string_view channel) {
  if (channel.empty() || Is(channel, "web")) return "web";
  if (Is(channel, "app")) return "mob";
  return Is(channel, "server") ? "srv" : "app";
}

// {"schema": …, "data": …} around data that is JSON.
String SelfDescribing(std::string_view schema, std::string_view data) {
  String json = R"({"schema":"iglu:com.snowplowanalytics.)";
  json.append(schema).append(R"(","data":)").append(data).push_back('}');
  return json;
}

class Snowplow final : public Collector {
 public:
  explicit Snowplow(const CollectorEntry& entry) : options_(entry.json["options"].text()) {
    const JsonView options(options_);
    rules_.get = rules_.can_be_simple = options["method"].IsName("get");
    base64_ = options["base64"].AsBool(rules_.get);  // as its own tracker does
    rules_.url = JoinUrl(entry.json["url"].AsString(), rules_.get ? kGetPath : kPostPath);
    rules_.answers = "2+ 413/ 414/ 400- 401- 403- 410- 422- 1~ 3~ 4~ 5~";
    rules_.event_bytes_max = rules_.get ? kSnowplowQueryBytesMax : kSnowplowEventBytesMax;
    rules_.batch_bytes_max = kSnowplowBatchBytesMax;
    if (rules_.get) rules_.events_max = 1;
    rules_.preflight_ms = kSnowplowPreflightMs;
    rules_.tells_losses = bool(options["delivery_schema"]);
    const JsonView app_id = options["app_id"];
    const JsonView name = options["namespace"];
    JsonWriter writer(&sender_);
    String version(entry.sender.sdk["name"].AsName());
    version.append("-").append(entry.sender.sdk["version"].AsName());
    writer.Field("tv", version).Field("p", PlatformOf(entry.sender.app["channel"].AsName()));
    writer.Field("tna", name ? name : entry.json["id"])
        .Field("aid", app_id ? app_id : entry.sender.app["id"]);
  }

  void Begin(const OutgoingEvent&, const Now&, String* body) const override {
    if (!rules_.get) *body += kBegin;
  }

  void End(const Now&, String* body) const override {
    if (!rules_.get) *body += "]}";
  }

  Status AppendEvent(const OutgoingEvent& event, const Now& now, String* body) const override {
    String payload;
    WritePayload(event, now, &payload);
    if (!rules_.get) {
      *body += payload;
      return OkStatus();
    }
    String query;
    for (JsonItems item((JsonView(payload))); item.Next();) {
      AppendQuery(&query, item.key(), item.value().AsString());
    }
    *body += std::string_view(query).substr(1);  // without the first &
    return OkStatus();
  }

  CollectorRequest Request(const Attempt& attempt) const override {
    CollectorRequest request;
    request.url = rules_.url;
    JsonWriter writer(&request.headers);
    writer.Begin('{');
    if (!rules_.get) writer.Field("Content-Type", "application/json; charset=UTF-8");
    if (attempt.deidentified) writer.Field("SP-Anonymous", "*");
    writer.End('}');
    // The collector's own cookie is an identifier: it goes along only with identified events.
    request.credentials = !attempt.deidentified;
    return request;
  }

 private:
  void WritePayload(const OutgoingEvent& event, const Now& now, String* payload) const {
    const int touchpoint = event.type == EventType::kTrack ? FindTouchpoint(event.name) : -1;
    JsonWriter writer(payload);
    writer.Begin('{').Raw(sender_);
    WriteKind(&writer, event, touchpoint);
    writer.Field("eid", event.message_id);
    writer.Field("dtm", IntegerText(event.time_ms)).Field("stm", IntegerText(now.wall_ms));
    writer.Field("duid", event.anonymous_id).Field("uid", event.user_id);
    writer.Field("sid", event.session["id"]).Field("vid", event.session["index"].text());
    WriteContextFields(&writer, event.context);
    WriteContexts(&writer, event, touchpoint);
    writer.End('}');
  }

  void WriteKind(JsonWriter* writer, const OutgoingEvent& event, int touchpoint) const {
    if (event.type == EventType::kPage) {
      writer->Field("e", "pv");
      return;
    }
    const String self_describing = SelfDescribingEvent(event, touchpoint);
    if (self_describing.empty()) return WriteStructured(writer, event, touchpoint);
    writer->Field("e", "ue");
    WriteJson(writer, "ue_pr", "ue_px", SelfDescribing(kUnstructSchema, self_describing));
  }

  // Empty when the event has no schema.
  String SelfDescribingEvent(const OutgoingEvent& event, int touchpoint) const {
    String data;
    JsonWriter writer(&data);
    writer.Begin('{');
    if (event.type == EventType::kScreen) {
      writer.Field("name", event.name).Field("id", event.message_id).End('}');
      return SelfDescribing(kScreenSchema, data);
    }
    if (event.type != EventType::kTrack) return String();
    if (const JsonView schema = JsonView(options_)["schemas"][event.name]) {
      writer.Field("schema", schema);
      writer.FieldRaw("data", event.properties ? event.properties.text() : "{}").End('}');
      return data;
    }
    const std::string_view action = touchpoint < 0 ? "" : SnowplowAction(touchpoint);
    if (action.empty()) return String();
    writer.Field("type", action).End('}');
    return SelfDescribing(kActionSchema, data);
  }

  static void WriteStructured(JsonWriter* writer, const OutgoingEvent& event, int touchpoint) {
    const bool identity = IsAboutIds(event.type);
    writer->Field("e", "se");
    writer->Field("se_ca", identity          ? "identity"
                           : touchpoint >= 0 ? StageName(touchpoint)
                                             : "event");
    writer->Field("se_ac", identity ? EventTypeName(event.type) : std::string_view(event.name));
    writer->FieldText("se_la", event.properties[event.type == EventType::kAlias   ? "previous_id"
                                                : event.type == EventType::kGroup ? "group_id"
                                                                                  : "label"]);
    const JsonView value = event.properties["value"];
    if (value.is(JsonType::kNumber)) writer->Field("se_va", value.text());
  }

  static void WriteContextFields(JsonWriter* writer, JsonView context) {
    const JsonView page = context["page"];
    writer->FieldText("tz", context["timezone"]).FieldText("lang", context["locale"]);
    writer->FieldText("ua", context["userAgent"]).FieldText("cs", context["document"]["charset"]);
    writer->FieldText("url", page["url"]).FieldText("refr", page["referrer"]);
    writer->FieldText("page", page["title"]);
    writer->Field("res", SizeText(context["screen"])).Field("vp", SizeText(context["viewport"]));
    writer->Field("ds", SizeText(context["document"]));
  }

  void WriteContexts(JsonWriter* writer, const OutgoingEvent& event, int touchpoint) const {
    String list;
    JsonWriter entities(&list);
    entities.Begin('[');
    if (event.session) entities.Raw(SelfDescribing(kSessionSchema, SessionData(event)));
    if (touchpoint >= 0) WriteEntities(&entities, EntitiesOf(touchpoint), event.properties);
    WriteDelivery(&entities, event);
    entities.End(']');
    if (list.size() > 2) WriteJson(writer, "co", "cx", SelfDescribing(kContextsSchema, list));
  }

  // Only where the owner has registered a schema for it.
  void WriteDelivery(JsonWriter* entities, const OutgoingEvent& event) const {
    const JsonView schema = JsonView(options_)["delivery_schema"];
    if (!schema || event.deidentified) return;
    entities->Begin('{').Field("schema", schema).Key("data").Begin('{');
    entities->Field("writer", event.writer).Field("sequence", event.sequence);
    if (!event.lost.empty()) entities->FieldRaw("lost", event.lost);
    entities->Field("decisions", event.anchor);
    entities->End('}').End('}');
  }

  static String SessionData(const OutgoingEvent& event) {
    String data;
    JsonWriter writer(&data);
    writer.Begin('{').Field("userId", event.anonymous_id);
    writer.Field("sessionId", event.session["id"]);
    writer.Field("sessionIndex", event.session["index"]);
    writer.Field("eventIndex", event.session["event_index"]);
    writer.Field("storageMechanism", "LOCAL_STORAGE").End('}');
    return data;
  }

  void WriteJson(JsonWriter* writer, const char* plain_key, const char* base64_key,
                 const String& json) const {
    if (base64_)
      writer->Field(base64_key, Base64Url(json));
    else
      writer->Field(plain_key, json);
  }

  bool base64_;
  String options_;  // the config's, as JSON text
  String sender_;   // payload fields that are the same for all events
};

}  // namespace

std::unique_ptr<Collector> MakeSnowplow(const CollectorEntry& entry) {
  return std::make_unique<Snowplow>(entry);
}

}  // namespace waymark
