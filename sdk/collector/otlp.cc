// OpenTelemetry's protocol over HTTP, logs, in JSON or protobuf:
// https://opentelemetry.io/docs/specs/otlp/#otlphttp
//
// An event is a log record with a name. Both encodings come out of one walk: a message's field has
// a name for JSON and a number for protobuf. A protobuf body is one ResourceLogs an event, because
// the length of a message stands before it; JSON's needs its resource only once.
#include "base/json_merge.h"
#include "base/json_writer.h"
#include "codec/protobuf.h"
#include "collector/collector.h"
#include "collector/mapping.h"

namespace waymark {
namespace {

constexpr size_t kOtlpBatchBytesMax = 20'000'000;  // what the OpenTelemetry Collector takes
constexpr size_t kOtlpAnswerBytesMax = 16'000;
constexpr int kSeverityInfo = 9;
constexpr const char* kNanosecondsOfAMillisecond = "000000";

// Names of the semantic conventions where they have one.
constexpr const char* kContextMap =
    "page/url>url.full page/path>url.path page/title>page.title page/referrer>page.referrer "
    "userAgent>user_agent.original locale>browser.language timezone>timezone";
constexpr const char* kSessionMap = "id>session.id index>session.index";

// Messages in one of the two encodings. Those in JSON stand without their braces until they become
// part of another.
class Encoding {
 public:
  explicit Encoding(bool json) : json_(json) {}

  bool json() const { return json_; }

  void AddText(String* message, const char* name, int field, std::string_view text) const {
    if (!json_) return AppendBytesField(message, field, text);
    AddName(message, name);
    AppendJsonString(message, text);
  }

  void AddMessage(String* message, const char* name, int field, std::string_view other) const {
    if (!json_) return AppendBytesField(message, field, other);
    AddName(message, name);
    message->append("{").append(other).push_back('}');
  }

  // `list` is made of items.
  void AddList(String* message, const char* name, std::string_view list) const {
    if (json_) {
      AddName(message, name);
      message->append("[").append(list).push_back(']');
    } else {
      *message += list;
    }
  }

  void AddItem(String* list, int field, std::string_view message) const {
    if (!json_) return AppendBytesField(list, field, message);
    if (!list->empty()) list->push_back(',');
    list->append("{").append(message).push_back('}');
  }

  void AddTime(String* message, const char* name, int field, int64_t time_ms) const {
    if (json_)
      return AddText(message, name, field, IntegerText(time_ms) + kNanosecondsOfAMillisecond);
    AppendFixed64Field(message, field, static_cast<uint64_t>(time_ms) * 1'000'000);
  }

  // What needs no quotes in JSON.
  void AddPlain(String* message, const char* name, int field, std::string_view json,
                uint64_t varint) const {
    if (!json_) return AppendVarintField(message, field, varint);
    AddName(message, name);
    *message += json;
  }

  // KeyValue items of an object's members.
  String Attributes(int field, JsonView object) const {
    String list;
    for (JsonItems member(object); member.Next();) {
      String pair;
      AddText(&pair, "key", 1, Unescape(member.key()));
      AddMessage(&pair, "value", 2, AnyValue(member.value()));
      AddItem(&list, field, pair);
    }
    return list;
  }

 private:
  static void AddName(String* message, const char* name) {
    if (!message->empty()) message->push_back(',');
    message->append("\"").append(name).append("\":");
  }

  // null has no value at all.
  String AnyValue(JsonView value) const {
    String any;
    switch (value.type()) {
      case JsonType::kString:
        AddText(&any, "stringValue", 1, value.AsString());
        break;
      case JsonType::kBool:
        AddPlain(&any, "boolValue", 2, value.text(), value.AsBool() ? 1 : 0);
        break;
      case JsonType::kNumber:
        AddNumber(&any, value);
        break;
      case JsonType::kArray:
        AddMessage(&any, "arrayValue", 5, Values(value));
        break;
      case JsonType::kObject: {
        String values;
        AddList(&values, "values", Attributes(1, value));
        AddMessage(&any, "kvlistValue", 6, values);
        break;
      }
      default:
        break;
    }
    return any;
  }

  void AddNumber(String* any, JsonView number) const {
    const auto integer = number.AsInteger();
    if (integer && json_)
      AddText(any, "intValue", 3, IntegerText(*integer));
    else if (integer)
      AppendVarintField(any, 3, static_cast<uint64_t>(*integer));
    else if (json_)
      AddPlain(any, "doubleValue", 4, number.text(), 0);
    else
      AppendFixed64Field(any, 4, DoubleBits(number.text()));
  }

  String Values(JsonView array) const {
    String list;
    for (JsonItems item(array); item.Next();) AddItem(&list, 1, AnyValue(item.value()));
    String values;
    AddList(&values, "values", list);
    return values;
  }

  bool json_;
};

class Otlp final : public Collector {
 public:
  explicit Otlp(const CollectorEntry& entry)
      : encoding_(!entry.option("encoding").IsName("protobuf")),
        headers_(entry.option("headers").text()) {
    rules_.url = JoinUrl(entry.json["url"].AsString(), "/v1/logs");
    rules_.answers = "2+ 413/ 429~ 502~ 503~ 504~";
    rules_.batch_bytes_max = kOtlpBatchBytesMax;
    rules_.answer_bytes_max = kOtlpAnswerBytesMax;
    rules_.tells_losses = true;
    if (!encoding_.json()) rules_.separator = 0;
    if (entry.option("gzip").AsBool(true)) rules_.gzip = GzipWay::kHeader;
    const JsonView app = entry.sender.app;
    const JsonView sdk = entry.sender.sdk;
    String resource;
    JsonWriter writer(&resource);
    writer.Begin('{').Field("service.name", app["id"]).Field("service.version", app["version"]);
    writer.Field("telemetry.sdk.name", sdk["name"]).Field("telemetry.sdk.version", sdk["version"]);
    writer.End('}');
    resource = MergeObjects(JsonView(resource), entry.option("resource"));
    String attributes;
    encoding_.AddList(&attributes, "attributes", encoding_.Attributes(1, JsonView(resource)));
    encoding_.AddMessage(&resource_, "resource", 1, attributes);
    String scope;
    encoding_.AddText(&scope, "name", 1, sdk["name"].AsString());
    encoding_.AddText(&scope, "version", 2, sdk["version"].AsString());
    encoding_.AddMessage(&scope_, "scope", 1, scope);
  }

  void Begin(const OutgoingEvent&, const Now&, String* body) const override {
    if (!encoding_.json()) return;
    body->append(R"({"resourceLogs":[{)").append(resource_).append(R"(,"scopeLogs":[{)");
    body->append(scope_).append(R"(,"logRecords":[)");
  }

  void End(const Now&, String* body) const override {
    if (encoding_.json()) *body += "]}]}]}";
  }

  Status AppendEvent(const OutgoingEvent& event, const Now&, String* body) const override {
    const String record = Record(event);
    if (encoding_.json()) {
      body->append("{").append(record).push_back('}');
      return OkStatus();
    }
    String scope_logs = scope_;
    AppendBytesField(&scope_logs, 2, record);
    String resource_logs = resource_;
    AppendBytesField(&resource_logs, 2, scope_logs);
    AppendBytesField(body, 1, resource_logs);
    return OkStatus();
  }

  CollectorRequest Request(const Attempt& attempt) const override {
    CollectorRequest request;
    request.url = rules_.url;
    JsonWriter writer(&request.headers);
    writer.Begin('{').Members(JsonView(headers_));
    writer.Field("Content-Type", encoding_.json() ? "application/json" : "application/x-protobuf");
    if (attempt.gzip) writer.Field("Content-Encoding", "gzip");
    writer.End('}');
    return request;
  }

  // Of a partial success nothing may be sent again, and nobody says which records were refused.
  Judgement JudgeAnswer(const CollectorAnswer& answer) const override {
    Judgement judgement = Collector::JudgeAnswer(answer);
    if (judgement.verdict != Verdict::kAccepted) return judgement;
    judgement.rejected =
        encoding_.json()
            ? FixedOr(TextOf(answer.json["partialSuccess"]["rejectedLogRecords"]), 0, 0)
            : RejectedOf(answer.body);
    judgement.field = "partialSuccess";
    return judgement;
  }

 private:
  String Record(const OutgoingEvent& event) const {
    const bool page = event.type == EventType::kPage;
    const bool track = event.type == EventType::kTrack;
    String record;
    encoding_.AddTime(&record, "timeUnixNano", 1, event.time_ms);
    encoding_.AddTime(&record, "observedTimeUnixNano", 11, event.time_ms);
    encoding_.AddPlain(&record, "severityNumber", 2, IntegerText(kSeverityInfo), kSeverityInfo);
    encoding_.AddText(&record, "severityText", 3, "INFO");
    encoding_.AddText(&record, "eventName", 12,
                      page    ? std::string_view("browser.page_view")
                      : track ? std::string_view(event.name)
                              : EventTypeName(event.type));
    const String ours = Ours(event);
    const JsonView free = event.type == EventType::kIdentify ? event.traits : event.properties;
    const String all = MergeObjects(free, JsonView(ours));
    encoding_.AddList(&record, "attributes", encoding_.Attributes(6, JsonView(all)));
    return record;
  }

  // The attributes that are not the caller's. All but utm_…, consent and timezone have a dot, and
  // so seldom take the place of one that is.
  static String Ours(const OutgoingEvent& event) {
    String json;
    JsonWriter writer(&json);
    writer.Begin('{').Field("log.record.uid", event.message_id);
    writer.Field("enduser.pseudo.id", event.anonymous_id).Field("enduser.id", event.user_id);
    WriteMapped(&writer, event.session, kSessionMap);
    if (event.type == EventType::kScreen) writer.Field("app.screen.name", event.name);
    if (event.type == EventType::kPage) writer.Field("page.name", event.name);
    WriteMapped(&writer, event.context, kContextMap);
    WriteMapped(&writer, event.context, kCampaignMap);
    WritePurposes(&writer, "consent", event.consent, true);
    WriteDelivery(&writer, event);
    writer.End('}');
    return json;
  }

  // ExportLogsServiceResponse{partial_success = 1 {rejected_log_records = 1}}
  static int64_t RejectedOf(std::string_view answer) {
    for (ProtobufFields outer(answer); outer.Next();) {
      for (ProtobufFields field(outer.bytes()); outer.number() == 1 && field.Next();) {
        if (field.number() == 1) return static_cast<int64_t>(field.value());
      }
    }
    return 0;
  }

  Encoding encoding_;
  String headers_;   // an object of JSON text; empty: none
  String resource_;  // the first field of ResourceLogs
  String scope_;     // of ScopeLogs
};

}  // namespace

std::unique_ptr<Collector> MakeOtlp(const CollectorEntry& entry) {
  return std::make_unique<Otlp>(entry);
}

}  // namespace waymark
