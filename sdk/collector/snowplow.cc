// Snowplow's tracker protocol, version 2, POST form: payload_data 1-0-4, in which every value is a string.
//
// https://docs.snowplow.io/docs/fundamentals/canonical-event/ . An event of the vocabulary becomes an e-commerce action with entities;
// one with a schema in `options.schemas` a self-describing event; a page a page view; anything else a structured event, which
// has no room for properties: docs/collectors.md says what is lost.
#include <memory>

#include "base/json_writer.h"
#include "codec/base64url.h"
#include "collector/collector.h"
#include "collector/snowplow_entities.h"
#include "event/vocabulary.h"

namespace waymark {
namespace {

constexpr std::string_view kPath = "/com.snowplowanalytics.snowplow/tp2";
constexpr std::string_view kPayloadSchema =
    "iglu:com.snowplowanalytics.snowplow/payload_data/jsonschema/1-0-4";
constexpr std::string_view kUnstructSchema =
    "iglu:com.snowplowanalytics.snowplow/unstruct_event/jsonschema/1-0-0";
constexpr std::string_view kContextsSchema =
    "iglu:com.snowplowanalytics.snowplow/contexts/jsonschema/1-0-0";
constexpr std::string_view kActionSchema =
    "iglu:com.snowplowanalytics.snowplow.ecommerce/snowplow_ecommerce_action/jsonschema/1-0-2";
constexpr std::string_view kSessionSchema =
    "iglu:com.snowplowanalytics.snowplow/client_session/jsonschema/1-0-2";
constexpr std::string_view kScreenSchema =
    "iglu:com.snowplowanalytics.mobile/screen_view/jsonschema/1-0-0";

constexpr size_t kSnowplowEventBytesMax = 192'000;    // the smallest sink, SQS
constexpr size_t kSnowplowBatchBytesMax = 1'000'000;  // maxPayloadSize of the collector

std::string_view PlatformOf(std::string_view channel) {
  if (channel.empty() || channel == "web") return "web";
  if (channel == "app") return "mob";
  return channel == "server" ? "srv" : "app";
}

// The self-describing JSON {"schema": …, "data": …} around data that is JSON.
std::string SelfDescribing(std::string_view schema, std::string_view data) {
  std::string json;
  JsonWriter(&json).Begin('{').Field("schema", schema).FieldRaw("data", data).End('}');
  return json;
}

// "1920x1080"; empty when one of the two is missing.
std::string Dimensions(const JsonView& size) {
  const auto width = size["width"].AsInteger();
  const auto height = size["height"].AsInteger();
  if (!width || !height) return std::string();
  return std::to_string(*width) + "x" + std::to_string(*height);
}

class Snowplow final : public Collector {
 public:
  Snowplow(const JsonView& entry, const SenderFacts& sender)
      : url_(JoinUrl(entry["url"].AsString(), kPath)),
        base64_(entry["options"]["base64"].AsBool()),
        namespace_(entry["options"]["namespace"].AsString()),
        app_id_(entry["options"]["app_id"].AsString()),
        schemas_(entry["options"]["schemas"].text()),
        sender_(sender) {
    if (namespace_.empty()) namespace_ = entry["id"].AsString();
    if (app_id_.empty()) app_id_ = sender.app_id;
  }

  void Begin(std::string* body) const override {
    *body += R"({"schema":")";
    *body += kPayloadSchema;
    *body += R"(","data":[)";
  }

  void End(Now, std::string* body) const override { *body += "]}"; }

  void AppendEvent(const OutgoingEvent& event, Now now, std::string* body) const override {
    JsonWriter writer(body);
    writer.Begin('{');
    WriteKind(&writer, event);
    WriteSender(&writer, event, now);
    WriteVisitor(&writer, event);
    WritePage(&writer, event.context);
    WriteContexts(&writer, event);
    writer.End('}');
  }

  CollectorRequest Request(bool, bool, bool deidentified) const override {
    CollectorRequest request;
    request.url = url_;
    request.headers = {{"Content-Type", "application/json; charset=UTF-8"}};
    if (deidentified) request.headers.emplace_back("SP-Anonymous", "*");
    // The collector's own cookie is an identifier: it goes along only with identified events.
    request.credentials = !deidentified;
    return request;
  }

  bool CanBeSimple() const override { return false; }
  bool TakesGzip() const override { return false; }

  Verdict JudgeAnswer(int status) const override {
    if (status >= 200 && status < 300) return Verdict::kAccepted;
    if (status == 413) return Verdict::kSplit;
    const bool never = status == 400 || status == 401 || status == 403 || status == 410 ||
                       status == 422;
    return never ? Verdict::kRejected : Verdict::kRetry;
  }

  size_t EventBytesMax() const override { return kSnowplowEventBytesMax; }
  size_t BatchBytesMax() const override { return kSnowplowBatchBytesMax; }

 private:
  void WriteKind(JsonWriter* writer, const OutgoingEvent& event) const {
    if (event.type == EventType::kPage) {
      writer->Field("e", "pv");
      return;
    }
    const std::string self_describing = SelfDescribingEvent(event);
    if (!self_describing.empty()) {
      writer->Field("e", "ue");
      WriteJson(writer, "ue_pr", "ue_px", SelfDescribing(kUnstructSchema, self_describing));
      return;
    }
    WriteStructured(writer, event);
  }

  // Empty when the event has no schema.
  std::string SelfDescribingEvent(const OutgoingEvent& event) const {
    if (event.type == EventType::kScreen) {
      std::string data;
      JsonWriter(&data).Begin('{').Field("name", event.name).Field("id", event.message_id).End('}');
      return SelfDescribing(kScreenSchema, data);
    }
    if (event.type != EventType::kTrack) return std::string();
    const std::string schema = JsonView(schemas_)[event.name].AsString();
    if (!schema.empty()) {
      return SelfDescribing(schema, event.properties ? event.properties.text() : "{}");
    }
    const Touchpoint* touchpoint = FindTouchpoint(event.name);
    if (!touchpoint || touchpoint->snowplow_action.empty()) return std::string();
    std::string data;
    JsonWriter(&data).Begin('{').Field("type", touchpoint->snowplow_action).End('}');
    return SelfDescribing(kActionSchema, data);
  }

  static void WriteStructured(JsonWriter* writer, const OutgoingEvent& event) {
    const bool identify = event.type == EventType::kIdentify;
    const Touchpoint* touchpoint = FindTouchpoint(event.name);
    writer->Field("e", "se");
    writer->Field("se_ca", identify     ? std::string_view("identity")
                           : touchpoint ? StageName(touchpoint->stage)
                                        : std::string_view("event"));
    writer->Field("se_ac", identify ? std::string_view("identify") : std::string_view(event.name));
    writer->Field("se_la", event.properties["label"].AsString());
    const JsonView value = event.properties["value"];
    if (value.is(JsonType::kNumber)) writer->Field("se_va", value.text());
  }

  void WriteSender(JsonWriter* writer, const OutgoingEvent& event, Now now) const {
    writer->Field("tv", sender_.sdk_name + "-" + sender_.sdk_version);
    writer->Field("p", PlatformOf(sender_.channel)).Field("tna", namespace_);
    writer->Field("aid", app_id_).Field("eid", event.message_id);
    writer->Field("dtm", std::to_string(event.time_ms));
    writer->Field("stm", std::to_string(now.wall_ms));
  }

  static void WriteVisitor(JsonWriter* writer, const OutgoingEvent& event) {
    writer->Field("duid", event.anonymous_id).Field("uid", event.user_id);
    writer->Field("sid", event.session["id"].AsString());
    writer->Field("vid", event.session["index"].text());
    writer->Field("tz", event.context["timezone"].AsString());
    writer->Field("lang", event.context["locale"].AsString());
    writer->Field("ua", event.context["userAgent"].AsString());
    writer->Field("res", Dimensions(event.context["screen"]));
    writer->Field("vp", Dimensions(event.context["viewport"]));
    writer->Field("ds", Dimensions(event.context["document"]));
    writer->Field("cs", event.context["document"]["charset"].AsString());
  }

  static void WritePage(JsonWriter* writer, const JsonView& context) {
    const JsonView page = context["page"];
    writer->Field("url", page["url"].AsString()).Field("refr", page["referrer"].AsString());
    writer->Field("page", page["title"].AsString());
  }

  void WriteContexts(JsonWriter* writer, const OutgoingEvent& event) const {
    std::string list;
    JsonWriter entities(&list);
    entities.Begin('[');
    if (event.session) entities.Raw(SelfDescribing(kSessionSchema, SessionData(event)));
    const Touchpoint* touchpoint = FindTouchpoint(event.name);
    if (event.type == EventType::kTrack && touchpoint) {
      WriteEntities(&entities, touchpoint->entities, event.properties);
    }
    entities.End(']');
    if (list != "[]") WriteJson(writer, "co", "cx", SelfDescribing(kContextsSchema, list));
  }

  static std::string SessionData(const OutgoingEvent& event) {
    std::string data;
    JsonWriter writer(&data);
    writer.Begin('{').Field("userId", event.anonymous_id);
    writer.Field("sessionId", event.session["id"].AsString());
    writer.FieldRaw("sessionIndex", event.session["index"].text());
    writer.FieldRaw("eventIndex", event.session["event_index"].text());
    writer.Field("storageMechanism", "LOCAL_STORAGE").End('}');
    return data;
  }

  void WriteJson(JsonWriter* writer, std::string_view plain_key, std::string_view base64_key,
                 const std::string& json) const {
    if (base64_) writer->Field(base64_key, Base64Url(json));
    else writer->Field(plain_key, json);
  }

  std::string url_;
  bool base64_;
  std::string namespace_;
  std::string app_id_;
  std::string schemas_;
  SenderFacts sender_;
};

}  // namespace

StatusOr<std::shared_ptr<const Collector>> MakeSnowplow(const JsonView& entry,
                                                        const SenderFacts& sender,
                                                        const std::string&) {
  return std::shared_ptr<const Collector>(std::make_shared<Snowplow>(entry, sender));
}

}  // namespace waymark
