// Mixpanel's ingestion API: /track, which pages may use (a form with a token), and /import for
// hosts that may keep a secret. People's traits go to /engage.
//
// https://developer.mixpanel.com/reference/ingestion-api
#include <algorithm>

#include "base/json_merge.h"
#include "base/json_writer.h"
#include "base/name_table.h"
#include "codec/base64.h"
#include "collector/collector.h"
#include "collector/mapping.h"

namespace waymark {
namespace {

constexpr size_t kMixpanelEventsMax = 2'000;
constexpr size_t kMixpanelEventBytesMax = 1'000'000;
constexpr size_t kMixpanelBatchBytesMax =
    2'000'000;  // of the two figures in its documents the smaller
constexpr size_t kMixpanelAnswerBytesMax = kHttpAnswerBytesMax;
constexpr int64_t kTrackAgeMsMax = int64_t{5} * 24 * 3'600'000;  // "only the last 5 days"
constexpr int kMixpanelPropertiesMax = 254;                      // "fewer than 255"
constexpr int kMixpanelDepthMax = 3;
constexpr int kOk = 200;
constexpr int kBadRequest = 400;

// What a batch is for.
constexpr const char* kEvents = "";
constexpr const char* kPeople = "people";

constexpr const char* kContextMap =
    "page/url>$current_url page/referrer>$referrer userAgent>$user_agent locale>$locale "
    "screen/width>$screen_width screen/height>$screen_height os/name>$os os/version>$os_version "
    "app/version>$app_version_string device/model>$model";
constexpr const char* kPageMap =
    "page/title>current_page_title page/path>current_url_path page/search>current_url_search";

class Mixpanel final : public Collector {
 public:
  explicit Mixpanel(const CollectorEntry& entry)
      : import_(entry.option("api").IsName("import")),
        ip_(entry.option("ip").AsBool()),
        url_(entry.json["url"].AsString()),
        token_(entry.option("token").text()) {
    rules_.url = JoinUrl(url_, import_ ? "/import" : "/track/");
    rules_.answers = "2+ 400/ 413/ 408~ 429~ 5~";
    rules_.events_max = kMixpanelEventsMax;
    rules_.event_bytes_max = kMixpanelEventBytesMax;
    rules_.batch_bytes_max = kMixpanelBatchBytesMax;
    rules_.answer_bytes_max = kMixpanelAnswerBytesMax;
    rules_.can_be_simple = !import_;
    if (!import_) rules_.age_ms_max = kTrackAgeMsMax;
    if (entry.option("gzip").AsBool(import_)) rules_.gzip = GzipWay::kHeader;
    if (const JsonView project = entry.option("project_id")) project_ = TextOf(project);
    const String user = entry.option("username").AsString();
    // Without a service account the token takes its place.
    const String pair = user.empty() ? JsonView(token_).AsString() + ":"
                                     : user + ":" + entry.option("secret").AsString();
    authorization_ = "Basic " + Base64(pair);
    lib_ = entry.sender.sdk["name"].AsName();
    version_ = entry.sender.sdk["version"].AsName();
  }

  String BatchKey(const OutgoingEvent& event) const override {
    return event.type == EventType::kIdentify ? kPeople : kEvents;
  }

  void Begin(const OutgoingEvent&, const Now&, String* body) const override {
    *body += import_ ? "[" : "data=%5B";
  }

  Status AppendEvent(const OutgoingEvent& event, const Now&, String* body) const override {
    if (CountOf(event.properties) > kMixpanelPropertiesMax) {
      return NotOk("rejected", "/properties", IntegerText(CountOf(event.properties)) + " members",
                   "at most 254");
    }
    String json;
    JsonWriter writer(&json);
    if (event.type == EventType::kIdentify)
      WritePerson(&writer, event);
    else
      WriteEvent(&writer, event);
    if (import_)
      *body += json;
    else
      AppendUrlEncoded(body, json);
    return OkStatus();
  }

  void End(const Now&, String* body) const override { *body += import_ ? "]" : "%5D"; }

  CollectorRequest Request(const Attempt& attempt) const override {
    CollectorRequest request;
    const bool people = attempt.key == kPeople;
    request.url = people ? JoinUrl(url_, "/engage/") : rules_.url;
    if (import_ && !people) {
      request.url += "?strict=1";
      AppendQuery(&request.url, "project_id", project_);
    } else {
      request.url += "?verbose=1&ip=";
      request.url += ip_ && !attempt.deidentified ? "1" : "0";
    }
    JsonWriter writer(&request.headers);
    writer.Begin('{');
    writer.Field("Content-Type",
                 import_ ? "application/json" : "application/x-www-form-urlencoded");
    if (attempt.gzip) writer.Field("Content-Encoding", "gzip");
    if (import_ && !people) writer.Field("Authorization", authorization_);
    writer.End('}');
    return request;
  }

  Judgement JudgeAnswer(const CollectorAnswer& answer) const override {
    Judgement judgement = Collector::JudgeAnswer(answer);
    const JsonView failed = answer.json["failed_records"];
    if (answer.status == kBadRequest && failed.is(JsonType::kArray)) {
      for (JsonItems record(failed); record.Next();) {
        judgement.verdict = Verdict::kAccepted;  // all the others were taken
        judgement.each.emplace_back().index = record.value()["index"].IntegerOr(-1);
        if (judgement.field.empty()) judgement.field = record.value()["field"].AsName();
      }
    }
    // /track answers 200 with 0, or with a status of 0, when one of them is not valid.
    const JsonView status = answer.json.is(JsonType::kObject) ? answer.json["status"] : answer.json;
    if (answer.status == kOk && status.IntegerOr(1) == 0) judgement.verdict = Verdict::kSplit;
    return judgement;
  }

 private:
  static int CountOf(JsonView object) {
    int count = 0;
    for (JsonItems item(object); item.Next();) ++count;
    return count;
  }

  static String NameOf(const OutgoingEvent& event) {
    if (event.type == EventType::kPage) return "$mp_web_page_view";
    if (event.type == EventType::kScreen) return "Screen Viewed";
    if (event.type == EventType::kAlias) return "$create_alias";
    return SpecificationName(event);
  }

  // An event that belongs to nobody has an empty id. What is known of a device alone has its own
  // kind of id, as Mixpanel's simplified merge wants it.
  static String DistinctId(const OutgoingEvent& event) {
    const String user_id = UserIdOf(event);
    if (!user_id.empty() || event.deidentified) return user_id;
    return "$device:" + event.anonymous_id.AsString();
  }

  void WriteEvent(JsonWriter* writer, const OutgoingEvent& event) const {
    String ids;
    JsonWriter own(&ids);
    own.Begin('{').Field("token", JsonView(token_));
    own.Key("distinct_id").Text(DistinctId(event));
    own.Field("$device_id", event.anonymous_id).Field("$user_id", UserIdOf(event));
    String time;  // seconds with a fraction, or milliseconds
    AppendFixed(&time, event.time_ms, import_ ? 0 : 3);
    own.FieldRaw("time", time).Field("$insert_id", event.message_id);
    own.End('}');
    const String context = ContextProperties(event);
    String properties = Flat(event.properties);
    if (event.type == EventType::kAlias) properties = Alias(event);
    const String all = MergeObjects(JsonView(context), JsonView(properties));
    writer->Begin('{').Field("event", NameOf(event));
    writer->FieldRaw("properties", MergeObjects(JsonView(all), JsonView(ids))).End('}');
  }

  // In projects of the simplified merge the two ids of the event are enough, and this is ignored.
  static String Alias(const OutgoingEvent& event) {
    const JsonView previous = event.properties["previous_id"];
    String json;
    JsonWriter(&json).Begin('{').Field("alias", previous ? previous : event.anonymous_id).End('}');
    return json;
  }

  String ContextProperties(const OutgoingEvent& event) const {
    String json;
    JsonWriter writer(&json);
    writer.Begin('{');
    WriteMapped(&writer, event.context, kContextMap);
    WriteMapped(&writer, event.context, kCampaignMap);
    if (event.type == EventType::kPage) {
      const std::string_view url = event.context["page"]["url"].AsName();
      WriteMapped(&writer, event.context, kPageMap);
      writer.Field("current_domain", HostOf(url)).Field("name", event.name);
    }
    if (event.type == EventType::kScreen) writer.Field("Screen Name", event.name);
    writer.Field("session_id", event.session["id"]);
    WritePurposes(&writer, "consent", event.consent, true);
    writer.Field("mp_lib", lib_).Field("$lib_version", version_).End('}');
    return json;
  }

  // What is nested deeper than Mixpanel looks becomes text.
  static String Flat(JsonView properties) {
    String json;
    JsonWriter writer(&json);
    writer.Begin('{');
    for (JsonItems item(properties); item.Next();) {
      writer.Key(item.key());
      const std::string_view text = item.value().text();
      if (DepthOf(item.value()) < kMixpanelDepthMax)
        writer.Raw(text);
      else
        writer.Text(text);
    }
    writer.End('}');
    return json;
  }

  void WritePerson(JsonWriter* writer, const OutgoingEvent& event) const {
    const String traits = Flat(event.traits);
    writer->Begin('{').Field("$token", JsonView(token_)).Field("$distinct_id", DistinctId(event));
    writer->FieldRaw("$set", traits).End('}');
  }

  bool import_;
  bool ip_;
  String url_;
  String token_;  // as JSON
  String project_;
  String authorization_;
  String lib_;
  String version_;
};

}  // namespace

std::unique_ptr<Collector> MakeMixpanel(const CollectorEntry& entry) {
  return std::make_unique<Mixpanel>(entry);
}

}  // namespace waymark
