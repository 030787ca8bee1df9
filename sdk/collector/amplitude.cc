// Amplitude's HTTP V2 and Batch Event Upload APIs:
// https://amplitude.com/docs/apis/analytics/http-v2
//
// The two differ in their address and limits only. Answers are judged as Amplitude's own client
// does (package @amplitude/analytics-core 2.61).
#include "base/json_merge.h"
#include "base/json_writer.h"
#include "base/name_table.h"
#include "base/utf8.h"
#include "collector/collector.h"
#include "collector/mapping.h"

namespace waymark {
namespace {

constexpr size_t kAmplitudeEventsMax = 2'000;
constexpr size_t kHttpApiBytesMax = 1'000'000;
constexpr size_t kBatchApiBytesMax = 20'000'000;
constexpr size_t kAmplitudeAnswerBytesMax = 16'000;  // indexes of the biggest batch, twice
constexpr int64_t kThrottledMs = 30'000;
constexpr int64_t kNoSession = -1;
constexpr int kBadRequest = 400;
constexpr int kTooManyRequests = 429;

constexpr const char* kEventMap =
    "locale>language userAgent>user_agent os/name>os_name os/version>os_version "
    "device/manufacturer>device_manufacturer device/model>device_model";
constexpr const char* kPageMap =
    "page/url>[Amplitude]_Page_Location page/path>[Amplitude]_Page_Path "
    "page/title>[Amplitude]_Page_Title page/referrer>referrer";
constexpr const char* kOrderMap = "total|revenue|value>revenue# currency>currency";

std::string_view PlatformOf(std::string_view channel) {
  if (channel.empty() || Is(channel, "web")) return "Web";
  return channel;
}

class Amplitude final : public Collector {
 public:
  explicit Amplitude(const CollectorEntry& entry) {
    const bool batch = entry.option("api").IsName("batch");
    rules_.url = JoinUrl(entry.json["url"].AsString(), batch ? "/batch" : "/2/httpapi");
    rules_.answers = "2+ 413/ 408~ 5~";
    rules_.events_max = kAmplitudeEventsMax;
    rules_.batch_bytes_max = batch ? kBatchApiBytesMax : kHttpApiBytesMax;
    rules_.answer_bytes_max = kAmplitudeAnswerBytesMax;
    if (entry.option("gzip").AsBool(true)) rules_.gzip = GzipWay::kHeader;
    begin_ = R"({"api_key":)";
    begin_.append(entry.option("api_key").text()).append(R"(,"events":[)");
    end_ = R"("options":{"min_id_length":)";
    AppendInteger(&end_, entry.option("min_id_length").IntegerOr(1));
    end_ += "}}";
    ip_ = entry.option("ip").AsBool();
    JsonWriter writer(&sender_);
    const JsonView app = entry.sender.app;
    const JsonView sdk = entry.sender.sdk;
    writer.Field("platform", PlatformOf(app["channel"].AsName()));
    writer.Field("app_version", app["version"]);
    writer.Field("library", String(sdk["name"].AsName()) + "/" + String(sdk["version"].AsName()));
  }

  void Begin(const OutgoingEvent&, const Now&, String* body) const override { *body += begin_; }

  Status AppendEvent(const OutgoingEvent& event, const Now&, String* body) const override {
    JsonWriter writer(body);
    writer.Begin('{').Field("event_type", NameOf(event));
    // An id is demanded. A de-identified event gets its own message id, which joins it to nothing.
    if (event.deidentified) writer.Field("device_id", event.message_id);
    writer.Field("device_id", event.anonymous_id).Field("user_id", UserIdOf(event));
    writer.Field("time", event.time_ms).Field("insert_id", event.message_id);
    writer.Field("session_id", event.session["started_ms"].IntegerOr(kNoSession));
    writer.Field("event_id", event.session["event_index"]);
    if (ip_ && !event.deidentified) writer.Field("ip", "$remote");
    writer.Raw(sender_);
    WriteMapped(&writer, event.context, kEventMap);
    WriteRevenue(&writer, event);
    WriteGroup(&writer, event);
    if (IsAboutIds(event.type))
      WriteTraits(&writer, event);
    else
      WriteProperties(&writer, event);
    writer.End('}');
    return OkStatus();
  }

  void End(const Now& now, String* body) const override {
    *body += R"(],"client_upload_time":)";
    AppendJsonString(body, FormatIso8601(now.wall_ms));
    body->push_back(',');
    *body += end_;
  }

  CollectorRequest Request(const Attempt& attempt) const override {
    CollectorRequest request;
    request.url = rules_.url;
    JsonWriter writer(&request.headers);
    writer.Begin('{').Field("Content-Type", "application/json").Field("Accept", "*/*");
    if (attempt.gzip) writer.Field("Content-Encoding", "gzip");
    writer.End('}');
    return request;
  }

  Judgement JudgeAnswer(const CollectorAnswer& answer) const override {
    if (answer.status == kBadRequest) return JudgeInvalid(answer.json);
    if (answer.status == kTooManyRequests) return JudgeThrottled(answer.json);
    return Collector::JudgeAnswer(answer);
  }

 private:
  static String NameOf(const OutgoingEvent& event) {
    if (event.type == EventType::kPage) return "[Amplitude] Page Viewed";
    if (event.type == EventType::kScreen) return "[Amplitude] Screen Viewed";
    if (event.type == EventType::kGroup) return "$groupidentify";
    if (IsAboutIds(event.type)) return "$identify";  // a device and a user are enough for an alias
    return SpecificationName(event);
  }

  // There are kinds of groups with them; we know one.
  static void WriteGroup(JsonWriter* writer, const OutgoingEvent& event) {
    const JsonView id = event.group_id ? event.group_id : event.properties["group_id"];
    const bool has = event.group_id || event.type == EventType::kGroup;
    if (has) writer->Key("groups").Begin('{').Field("group", id).End('}');
  }

  static void WriteTraits(JsonWriter* writer, const OutgoingEvent& event) {
    const bool group = event.type == EventType::kGroup;
    writer->Key(group ? "group_properties" : "user_properties").Begin('{').Key("$set");
    writer->Raw(event.traits ? event.traits.text() : "{}").End('}');
  }

  static void WriteProperties(JsonWriter* writer, const OutgoingEvent& event) {
    String ours;
    JsonWriter properties(&ours);
    properties.Begin('{');
    if (event.type == EventType::kPage) WritePage(&properties, event);
    if (event.type == EventType::kScreen) properties.Field("[Amplitude] Screen Name", event.name);
    WriteMapped(&properties, event.context, kCampaignMap);
    WritePurposes(&properties, "consent", event.consent, true);
    properties.End('}');
    writer->FieldRaw("event_properties", MergeObjects(JsonView(ours), event.properties));
  }

  static void WritePage(JsonWriter* writer, const OutgoingEvent& event) {
    for (MappedItems item(event.context, kPageMap); item.Next();) {
      String name;  // a map cannot hold spaces
      for (const char c : item.name()) name.push_back(c == '_' ? ' ' : c);
      writer->Key(name).Raw(item.Json(SIZE_MAX));
    }
    const std::string_view url = event.context["page"]["url"].AsName();
    writer->Field("[Amplitude] Page URL", url.substr(0, IndexOf(url, '?')));
    writer->Field("[Amplitude] Page Domain", HostOf(url)).Field("name", event.name);
  }

  // Only of what was paid or paid back: a price beside a quantity counts as revenue.
  static void WriteRevenue(JsonWriter* writer, const OutgoingEvent& event) {
    if (event.type != EventType::kTrack) return;
    const bool order = event.name == "order_completed";
    if (!order && event.name != "order_refunded") return;
    if (!ValueAt(event.properties, "total|revenue|value")) return;
    for (MappedItems item(event.properties, kOrderMap); item.Next();) {
      String json = item.Json(SIZE_MAX);
      const bool refund = !order && Is(item.name(), "revenue") && json[0] != '-';
      writer->Key(item.name()).Raw(refund ? "-" + json : json);
    }
    writer->Field("revenueType", order ? "purchase" : "refund");
  }

  static void Reject(JsonView indexes, Judgement* judgement) {
    for (JsonItems index(indexes); index.Next();) {
      RecordVerdict& one = judgement->each.emplace_back();
      one.index = index.value().IntegerOr(-1);
    }
  }

  // Nothing was taken. What is named goes; the rest may try again without it.
  static Judgement JudgeInvalid(JsonView json) {
    Judgement judgement;
    const JsonView missing = json["missing_field"];
    const std::string_view error = json["error"].AsName();
    const bool all = missing.is(JsonType::kString) || Is(error.substr(0, 15), "Invalid API key");
    if (all) {
      judgement.field = missing.is(JsonType::kString) ? missing.AsName() : "api_key";
      return judgement;
    }
    for (const char* list : {"events_with_invalid_fields", "events_with_missing_fields",
                             "events_with_invalid_id_lengths"}) {
      for (JsonItems field(json[list]); field.Next();) {
        if (judgement.field.empty()) judgement.field = field.key();
        Reject(field.value(), &judgement);
      }
    }
    Reject(json["silenced_events"], &judgement);
    judgement.verdict = judgement.each.empty() ? Verdict::kSplit : Verdict::kAgain;
    return judgement;
  }

  static Judgement JudgeThrottled(JsonView json) {
    Judgement judgement;
    judgement.verdict = Verdict::kRetry;
    judgement.cool_down_ms = kThrottledMs;
    for (const char* list : {"exceeded_daily_quota_users", "exceeded_daily_quota_devices"}) {
      for (JsonItems id(json[list]); id.Next();) {
        judgement.each.emplace_back().id = Unescape(id.key());
        judgement.field = list;
      }
    }
    return judgement;
  }

  String begin_;
  String end_;     // behind the time of sending
  String sender_;  // members that are the same for all events
  bool ip_;
};

}  // namespace

std::unique_ptr<Collector> MakeAmplitude(const CollectorEntry& entry) {
  return std::make_unique<Amplitude>(entry);
}

}  // namespace waymark
