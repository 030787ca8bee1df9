// PostHog's capture endpoints: the one that its clients have used for years (v0), and that of 2026
// with a result for each event (v1).
//
// https://posthog.com/docs/api/capture ; v1 as the package posthog-node 5.70 speaks it. One mapping
// serves both: v1 takes session and options out of the properties, and the token from a header.
#include "base/json_merge.h"
#include "base/json_writer.h"
#include "base/name_table.h"
#include "base/uuid.h"
#include "collector/collector.h"
#include "collector/mapping.h"

namespace waymark {
namespace {

constexpr const char* kPathV0 = "/batch/";
constexpr const char* kPathV1 = "/i/v1/analytics/events";
constexpr size_t kPostHogBatchBytesMax = 10'000'000;  // v1 compressed; /batch/ takes 20 MB
constexpr size_t kPostHogIdCharactersMax = 200;
constexpr size_t kQuotaAnswerBytes = 1'000;
constexpr int64_t kQuotaPauseMs = 60'000;

constexpr const char* kContextMap =
    "page/url>$current_url page/path>$pathname page/referrer>$referrer page/title>title "
    "userAgent>$raw_user_agent locale>$browser_language timezone>$timezone "
    "screen/width>$screen_width screen/height>$screen_height "
    "viewport/width>$viewport_width viewport/height>$viewport_height "
    "device/type>$device_type os/name>$os os/version>$os_version app/version>$app_version";

// Sessions must be identifiers of version 7: ours, with its start in front.
String SessionId(JsonView session) {
  const std::string_view id = session["id"].AsName();
  constexpr size_t kVersionAt = 14;
  if (id.size() <= kVersionAt) return String();
  String start;
  AppendHex(&start, static_cast<uint64_t>(session["started_ms"].IntegerOr(0)), 12);
  const std::string_view digits = start;
  String out(digits.substr(0, 8));
  out.append("-").append(digits.substr(8)).append("-7").append(id.substr(kVersionAt + 1));
  return out;
}

class PostHog final : public Collector {
 public:
  explicit PostHog(const CollectorEntry& entry) : v1_(entry.option("version").IsName("v1")) {
    rules_.url = JoinUrl(entry.json["url"].AsString(), v1_ ? kPathV1 : kPathV0);
    rules_.batch_bytes_max = kPostHogBatchBytesMax;
    rules_.can_be_simple = !v1_;
    rules_.answer_bytes_max = v1_ ? kHttpAnswerBytesMax : kQuotaAnswerBytes;
    rules_.answers =
        v1_ ? "2+ 413/ 404~ 408~ 429~ 500~ 502~ 503~ 504~" : "2+ 400/ 413/ 408~ 429~ 5~";
    if (entry.option("gzip").AsBool(true)) {
      rules_.gzip = v1_ ? GzipWay::kHeader : GzipWay::kSniffed;
    }
    key_ = entry.option("api_key").text();
    lib_ = entry.sender.sdk["name"].AsName();
    version_ = entry.sender.sdk["version"].AsName();
  }

  void Begin(const OutgoingEvent& first, const Now&, String* body) const override {
    JsonWriter writer(body);
    writer.Begin('{');
    // The same at every try of these events.
    if (v1_)
      writer.Field("created_at", FormatIso8601(first.time_ms));
    else
      writer.FieldRaw("api_key", key_);
    writer.Key("batch").Begin('[');
  }

  void End(const Now& now, String* body) const override {
    *body += "]";
    if (!v1_) {
      *body += R"(,"sent_at":)";
      AppendJsonString(body, FormatIso8601(now.wall_ms));
    }
    *body += "}";
  }

  Status AppendEvent(const OutgoingEvent& event, const Now&, String* body) const override {
    const String user_id = UserIdOf(event);
    if (Shorten(user_id, kPostHogIdCharactersMax).size() < user_id.size()) {
      return NotOk("rejected", "/user_id", "more than 200 characters", "at most 200 characters");
    }
    JsonWriter writer(body);
    writer.Begin('{').Field("event", NameOf(event, user_id)).Field("uuid", event.message_id);
    writer.Key("distinct_id");
    if (!user_id.empty())
      writer.Text(user_id);
    else if (event.anonymous_id)
      writer.Raw(event.anonymous_id.text());
    else
      writer.Text(event.message_id);
    writer.Field("timestamp", FormatIso8601(event.time_ms));
    if (v1_) {
      writer.Field("session_id", SessionId(event.session)).Key("options").Begin('{');
      if (event.deidentified) writer.FieldBool("process_person_profile", false);
      writer.End('}');
    }
    const String ours = Properties(event, user_id);
    writer.FieldRaw("properties", MergeObjects(JsonView(ours), event.properties)).End('}');
    return OkStatus();
  }

  CollectorRequest Request(const Attempt& attempt) const override {
    CollectorRequest request;
    request.url = rules_.url;
    if (!v1_) {
      request.url.append("?ver=").append(version_);
      if (attempt.gzip) request.url += "&compression=gzip-js";
      request.headers = R"({"Content-Type":"text/plain"})";
      return request;
    }
    JsonWriter writer(&request.headers);
    writer.Begin('{').Field("Content-Type", "application/json");
    if (attempt.gzip) writer.Field("Content-Encoding", "gzip");
    writer.Field("Authorization", "Bearer " + JsonView(key_).AsString());
    writer.Field("PostHog-Sdk-Info", lib_ + "/" + version_);
    writer.Field("PostHog-Attempt", IntegerText(attempt.failures + 1));
    writer.Field("PostHog-Request-Id", UuidOf(attempt.batch));
    writer.Field("PostHog-Request-Timestamp", FormatIso8601(attempt.now.wall_ms)).End('}');
    return request;
  }

  Judgement JudgeAnswer(const CollectorAnswer& answer) const override {
    Judgement judgement = Collector::JudgeAnswer(answer);
    if (judgement.verdict != Verdict::kAccepted) return judgement;
    for (JsonItems product(answer.json["quota_limited"]); product.Next();) {
      // Taken, and thrown away.
      if (!product.value().IsName("events")) continue;
      judgement.verdict = Verdict::kRejected;
      judgement.cool_down_ms = kQuotaPauseMs;
      judgement.field = "quota_limited";
    }
    for (JsonItems result(answer.json["results"]); result.Next();) {
      const JsonView word = result.value()["result"];
      const bool retry = word.IsName("retry");
      if (!retry && !word.IsName("drop")) continue;
      RecordVerdict& one = judgement.each.emplace_back();
      one.id = result.key();
      one.verdict = retry ? Verdict::kRetry : Verdict::kRejected;
    }
    return judgement;
  }

 private:
  static String NameOf(const OutgoingEvent& event, const String& user_id) {
    if (event.type == EventType::kPage) return "$pageview";
    if (event.type == EventType::kScreen) return "$screen";
    if (event.type == EventType::kIdentify) return user_id.empty() ? "$set" : "$identify";
    if (event.type == EventType::kAlias) return "$create_alias";
    if (event.type == EventType::kGroup) return "$groupidentify";
    return SpecificationName(event);
  }

  // There are kinds of groups with them; we know one.
  static void WriteGroup(const OutgoingEvent& event, JsonWriter* writer) {
    if (event.group_id) writer->Key("$groups").Begin('{').Field("group", event.group_id).End('}');
    if (event.type != EventType::kGroup) return;
    writer->Field("$group_type", "group").Field("$group_key", event.properties["group_id"]);
    writer->Field("$group_set", event.traits);
  }

  // What we add to the properties.
  String Properties(const OutgoingEvent& event, const String& user_id) const {
    String json;
    JsonWriter writer(&json);
    writer.Begin('{');
    WriteMapped(&writer, event.context, kContextMap);
    WriteMapped(&writer, event.context, kCampaignMap);
    writer.Field("$host", HostOf(event.context["page"]["url"].AsName()));
    if (event.type == EventType::kScreen) writer.Field("$screen_name", event.name);
    if (event.type == EventType::kPage) writer.Field("name", event.name);
    if (event.type == EventType::kIdentify) {
      if (!user_id.empty()) writer.Field("$anon_distinct_id", event.anonymous_id);
      writer.Field("$set", event.traits);
    }
    WriteGroup(event, &writer);
    if (event.type == EventType::kAlias) {
      writer.Field("distinct_id", user_id.empty() ? event.anonymous_id.AsString() : user_id);
      // Without a previous id it is this device's.
      const JsonView previous = event.properties["previous_id"];
      writer.Field("alias", previous ? previous : event.anonymous_id);
    }
    WritePurposes(&writer, "consent", event.consent, true);
    if (!v1_) {
      writer.Field("$session_id", SessionId(event.session));
      writer.Field("$lib", lib_).Field("$lib_version", version_);
      if (event.deidentified) writer.FieldBool("$process_person_profile", false);
    }
    if (event.deidentified) writer.FieldBool("$geoip_disable", true);
    writer.End('}');
    return json;
  }

  bool v1_;
  String key_;  // as JSON
  String lib_;
  String version_;
};

}  // namespace

std::unique_ptr<Collector> MakePostHog(const CollectorEntry& entry) {
  return std::make_unique<PostHog>(entry);
}

}  // namespace waymark
