// CloudEvents 1.0 over HTTP: https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents
//
// Batched content mode, which its receiver must want, or structured mode with one event a request.
// An event's data is the event as the Segment specification has it. Attributes are for routing, and
// whoever passes them on may log them: nothing that tells a person stands there.
#include "base/json_writer.h"
#include "collector/collector.h"
#include "collector/segment_event.h"

namespace waymark {
namespace {

constexpr size_t kCloudEventBytesMax = 65'536;  // "intermediaries MUST forward events of 64 KiB"
constexpr int kGone = 410;
constexpr int64_t kGoneMs = 3'600'000;

class CloudEvents final : public Collector {
 public:
  explicit CloudEvents(const CollectorEntry& entry)
      : events_(entry.sender, SegmentDialect::kSegment),
        headers_(entry.option("headers").text()),
        schemas_(entry.option("schemas").text()),
        type_prefix_(entry.option("type_prefix").AsString()),
        batch_(entry.option("batch").AsBool(true)) {
    rules_.url = entry.json["url"].AsString();
    // One event can spoil a batch.
    rules_.answers = "2+ 400/ 413/ 408~ 429~ 5~";
    rules_.event_bytes_max = kCloudEventBytesMax;
    rules_.tells_losses = true;
    if (!batch_) rules_.events_max = 1;
    if (entry.option("gzip").AsBool()) rules_.gzip = GzipWay::kHeader;
    const JsonView source = entry.option("source");
    JsonWriter writer(&begin_);
    writer.Begin('{').Field("specversion", "1.0").Field("datacontenttype", "application/json");
    writer.Field("source", source ? source : entry.sender.app["id"]).Key("type");
  }

  void Begin(const OutgoingEvent&, const Now&, String* body) const override {
    if (batch_) body->push_back('[');
  }

  Status AppendEvent(const OutgoingEvent& event, const Now&, String* body) const override {
    const bool track = event.type == EventType::kTrack;
    const String name = track ? event.name : String(EventTypeName(event.type));
    *body += begin_;
    AppendJsonString(body, type_prefix_ + name);
    body->push_back(',');
    JsonWriter writer(body);
    writer.Field("id", event.message_id).Field("time", FormatIso8601(event.time_ms));
    writer.Field("dataschema", JsonView(schemas_)[name]);
    writer.Field("sessionid", event.session["id"]);
    writer.Key("data");
    events_.Append(event, body);
    body->push_back('}');
    return OkStatus();
  }

  void End(const Now&, String* body) const override {
    if (batch_) body->push_back(']');
  }

  CollectorRequest Request(const Attempt& attempt) const override {
    CollectorRequest request;
    request.url = rules_.url;
    JsonWriter writer(&request.headers);
    writer.Begin('{').Members(JsonView(headers_));
    // In small letters: the npm package `cloudevents` refuses one event by any other spelling.
    writer.Field("Content-Type", batch_ ? "application/cloudevents-batch+json; charset=utf-8"
                                        : "application/cloudevents+json; charset=utf-8");
    if (attempt.gzip) writer.Field("Content-Encoding", "gzip");
    writer.End('}');
    return request;
  }

  Judgement JudgeAnswer(const CollectorAnswer& answer) const override {
    Judgement judgement = Collector::JudgeAnswer(answer);
    // Nobody wants to be asked there any more.
    if (answer.status == kGone) judgement.cool_down_ms = kGoneMs;
    return judgement;
  }

 private:
  SegmentEvents events_;
  String headers_;  // an object of JSON text; empty: none
  String schemas_;  // the same
  String type_prefix_;
  String begin_;  // of every event, up to its type
  bool batch_;
};

}  // namespace

std::unique_ptr<Collector> MakeCloudEvents(const CollectorEntry& entry) {
  return std::make_unique<CloudEvents>(entry);
}

}  // namespace waymark
