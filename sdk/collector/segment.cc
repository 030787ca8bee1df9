// Segment's HTTP tracking API, batch form: https://segment.com/docs/connections/sources/catalog/libraries/server/http-api/
//
// Also spoken by RudderStack, Jitsu, PostHog's importer and many others. The write key stands in the body, so that the same
// batch can go as a CORS-simple request while a page is closing.
#include "base/json_writer.h"
#include "collector/collector.h"
#include "event/context.h"
#include "event/vocabulary.h"

namespace waymark {
namespace {

constexpr size_t kSegmentEventBytesMax = 32'000;   // "32 KB per event"
constexpr size_t kSegmentBatchBytesMax = 500'000;  // "500 KB per batch"
constexpr std::string_view kBatchPath = "/v1/batch";

class Segment final : public Collector {
 public:
  Segment(const JsonView& entry, const SenderFacts& sender)
      : url_(JoinUrl(entry["url"].AsString(), kBatchPath)),
        write_key_(entry["options"]["write_key"].AsString()),
        gzip_(entry["options"]["gzip"].AsBool(true)),
        sender_(sender) {}

  void Begin(std::string* body) const override { *body += R"({"batch":[)"; }

  void End(Now now, std::string* body) const override {
    *body += R"(],"writeKey":)";
    AppendJsonString(body, write_key_);
    *body += R"(,"sentAt":)";
    AppendJsonString(body, FormatIso8601(now.wall_ms));
    body->push_back('}');
  }

  void AppendEvent(const OutgoingEvent& event, Now, std::string* body) const override {
    JsonWriter writer(body);
    writer.Begin('{').Field("type", EventTypeName(event.type));
    WriteName(&writer, event);
    writer.Field("messageId", event.message_id);
    // Segment demands an id. A de-identified event gets its own message id, which joins it to nothing.
    writer.Field("anonymousId",
                 event.deidentified ? event.message_id : event.anonymous_id);
    writer.Field("userId", event.user_id);
    WriteProperties(&writer, event);
    WriteContext(&writer, event);
    writer.Field("timestamp", FormatIso8601(event.time_ms)).End('}');
  }

  CollectorRequest Request(bool simple, bool gzip, bool) const override {
    CollectorRequest request;
    request.url = url_;
    request.headers = {{"Content-Type", simple ? "text/plain" : "application/json"}};
    if (gzip) request.headers.emplace_back("Content-Encoding", "gzip");
    return request;
  }

  bool CanBeSimple() const override { return true; }
  bool TakesGzip() const override { return gzip_; }

  Verdict JudgeAnswer(int status) const override {
    if (status >= 200 && status < 300) return Verdict::kAccepted;
    if (status == 408 || status == 410 || status == 429 || status == 460) return Verdict::kRetry;
    if (status >= 500) {
      return status == 501 || status == 505 || status == 511 ? Verdict::kRejected : Verdict::kRetry;
    }
    // Over-size is answered with 400, by proxies with 413: halves tell a big batch from a bad event.
    return status == 400 || status == 413 ? Verdict::kSplit : Verdict::kRejected;
  }

  size_t EventBytesMax() const override { return kSegmentEventBytesMax; }
  size_t BatchBytesMax() const override { return kSegmentBatchBytesMax; }

 private:
  static void WriteName(JsonWriter* writer, const OutgoingEvent& event) {
    if (event.type != EventType::kTrack) {
      writer->Field("name", event.name);
      return;
    }
    const Touchpoint* touchpoint = FindTouchpoint(event.name);
    writer->Field("event", touchpoint ? touchpoint->segment_name : std::string_view(event.name));
  }

  static void WriteProperties(JsonWriter* writer, const OutgoingEvent& event) {
    if (event.type == EventType::kIdentify) {
      writer->FieldRaw("traits", event.traits.text());
    } else if (event.type == EventType::kPage) {
      // Destinations read the page's address from the properties.
      writer->FieldRaw("properties", MergeObjects(event.context["page"], event.properties));
    } else {
      writer->FieldRaw("properties", event.properties.text());
    }
  }

  void WriteContext(JsonWriter* writer, const OutgoingEvent& event) const {
    writer->Key("context").Begin('{').Members(event.context);
    writer->Key("library").Begin('{').Field("name", sender_.sdk_name);
    writer->Field("version", sender_.sdk_version).End('}');
    if (!event.context["app"]) {
      writer->Key("app").Begin('{').Field("name", sender_.app_id);
      writer->Field("version", sender_.app_version).End('}');
    }
    writer->Field("channel", sender_.channel);
    writer->FieldRaw("session", event.session.text());
    if (event.consent) {
      writer->Key("consent").Begin('{');
      writer->FieldRaw("categoryPreferences", event.consent.text()).End('}');
    }
    writer->End('}');
  }

  std::string url_;
  std::string write_key_;
  bool gzip_;
  SenderFacts sender_;
};

}  // namespace

StatusOr<std::shared_ptr<const Collector>> MakeSegment(const JsonView& entry,
                                                       const SenderFacts& sender,
                                                       const std::string& pointer) {
  if (!entry["options"]["write_key"]) {
    return Problem{"required", pointer + "/options/write_key", "nothing",
                   "the write key of a Segment source"};
  }
  return std::shared_ptr<const Collector>(std::make_shared<Segment>(entry, sender));
}

}  // namespace waymark
