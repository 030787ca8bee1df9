// Segment's HTTP tracking API, batch form:
// https://segment.com/docs/connections/sources/catalog/libraries/server/http-api/
//
// Also spoken by RudderStack, Jitsu, PostHog's importer and many others. The write key stands in
// the body, so that the same batch can go as a CORS-simple request while a page is closing.
#include <algorithm>

#include "base/json_merge.h"
#include "base/json_writer.h"
#include "base/name_table.h"
#include "base/uuid.h"
#include "collector/collector.h"
#include "event/vocabulary.h"

namespace waymark {
namespace {

constexpr size_t kSegmentEventBytesMax = 32'000;   // "32 KB per event"
constexpr size_t kSegmentBatchBytesMax = 500'000;  // "500 KB per batch"
constexpr size_t kPrefixDigits = 8;  // of a message id, at the end of its writer's name
constexpr std::string_view kBatchPath = "/v1/batch";

// Segment's e-commerce specification writes product_added_to_wishlist as Product Added to Wishlist.
String NameInSpecification(std::string_view touchpoint) {
  String name;
  bool capital = true;
  for (const char c : touchpoint) {
    name.push_back(c == '_' ? ' ' : capital ? static_cast<char>(c & ~0x20) : c);
    capital = c == '_';
  }
  const size_t to = touchpoint.size() - (sizeof("to_wishlist") - 1);
  if (Is(touchpoint.substr(std::min(to, touchpoint.size())), "to_wishlist")) name[to] = 't';
  return name;
}

class Segment final : public Collector {
 public:
  explicit Segment(const CollectorEntry& entry) {
    rules_.url = JoinUrl(entry.json["url"].AsString(), kBatchPath);
    // Over-size is answered with 400, by proxies with 413: halves tell a big batch from a bad
    // event.
    rules_.answers = "2+ 408~ 410~ 429~ 460~ 501- 505- 511- 5~ 400/ 413/";
    rules_.event_bytes_max = kSegmentEventBytesMax;
    rules_.batch_bytes_max = kSegmentBatchBytesMax;
    rules_.can_be_simple = rules_.tells_losses = true;
    if (entry.option("gzip").AsBool(true)) rules_.gzip = GzipWay::kHeader;
    end_ = R"(],"writeKey":)";
    end_ += entry.option("write_key").text();
    end_ += R"(,"sentAt":)";
    JsonWriter writer(&sender_);
    writer.Field("library", entry.sender.sdk).Key("app").Begin('{');
    writer.Field("name", entry.sender.app["id"])
        .Field("version", entry.sender.app["version"])
        .End('}');
    writer.Field("channel", entry.sender.app["channel"]);
  }

  void Begin(const OutgoingEvent&, Now, String* body) const override { *body += R"({"batch":[)"; }

  void End(Now now, String* body) const override {
    *body += end_;
    AppendJsonString(body, FormatIso8601(now.wall_ms));
    body->push_back('}');
  }

  Status AppendEvent(const OutgoingEvent& event, Now, String* body) const override {
    JsonWriter writer(body);
    writer.Begin('{').Field("type", EventTypeName(event.type));
    WriteName(&writer, event);
    // What differs from event to event stands together: then the rest compresses as one piece.
    writer.Field("messageId", event.message_id);
    writer.Field("timestamp", FormatIso8601(event.time_ms));
    // Segment demands an id. A de-identified event gets its own message id, which joins it to
    // nothing.
    if (event.deidentified) writer.Field("anonymousId", event.message_id);
    writer.Field("anonymousId", event.anonymous_id).Field("userId", event.user_id);
    WriteProperties(&writer, event);
    WriteContext(&writer, event);
    writer.End('}');
    return OkStatus();
  }

  CollectorRequest Request(const Attempt& attempt) const override {
    CollectorRequest request;
    request.url = rules_.url;
    request.headers = attempt.simple ? R"({"Content-Type":"text/plain"})"
                      : attempt.gzip
                          ? R"({"Content-Type":"application/json","Content-Encoding":"gzip"})"
                          : R"({"Content-Type":"application/json"})";
    return request;
  }

 private:
  static void WriteName(JsonWriter* writer, const OutgoingEvent& event) {
    if (event.type != EventType::kTrack) {
      writer->Field("name", event.name);
      return;
    }
    if (FindTouchpoint(event.name) >= 0)
      writer->Field("event", NameInSpecification(event.name));
    else
      writer->Field("event", event.name);
  }

  static void WriteProperties(JsonWriter* writer, const OutgoingEvent& event) {
    if (event.type == EventType::kPage) {
      // Destinations read the page's address from the properties.
      writer->FieldRaw("properties", MergeObjects(event.context["page"], event.properties));
      return;
    }
    writer->Field("traits", event.traits).Field("properties", event.properties);
  }

  void WriteContext(JsonWriter* writer, const OutgoingEvent& event) const {
    writer->Key("context").Begin('{');
    for (JsonItems item(event.context); item.Next();) {
      // No member of the specification, and a tenth of what leaves uncompressed with a page.
      const bool ours = Is(item.key(), "viewport") || Is(item.key(), "document");
      if (!ours) writer->Key(item.key()).Raw(item.text());
    }
    writer->Raw(sender_);
    WriteDelivery(writer, event);
    // Its events are counted by their message ids: another count would cost 2 bytes an event.
    if (event.session) {
      writer->Key("session").Begin('{').Field("id", event.session["id"]);
      writer->Field("index", event.session["index"]).End('}');
    }
    if (event.consent) {
      writer->Key("consent").Begin('{').Field("categoryPreferences", event.consent).End('}');
    }
    writer->End('}');
  }

  // Whether the message id says whose event it is.
  static bool EndsAsIdBegins(const OutgoingEvent& event) {
    const std::string_view id(event.message_id);
    const std::string_view writer = event.writer;
    return writer.size() > kPrefixDigits &&
           writer.substr(writer.size() - kPrefixDigits) == id.substr(0, kPrefixDigits);
  }

  static void WriteDelivery(JsonWriter* writer, const OutgoingEvent& event) {
    if (event.sequence == 0) return;
    const bool told_by_id = EndsAsIdBegins(event) && event.lost.empty() &&
                            event.sequence == CounterOf(event.message_id) + 1;
    if (told_by_id) return;
    writer->Key("delivery").Begin('{').Field("writer", event.writer);
    if (event.sequence != CounterOf(event.message_id) + 1)
      writer->Field("sequence", event.sequence);
    if (!event.lost.empty()) writer->FieldRaw("lost", event.lost);
    writer->End('}');
  }

  String end_;     // what follows the events, up to the time of sending
  String sender_;  // members of the context that are the same for all events
};

}  // namespace

std::unique_ptr<Collector> MakeSegment(const CollectorEntry& entry) {
  return std::make_unique<Segment>(entry);
}

}  // namespace waymark
