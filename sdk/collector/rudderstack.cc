// RudderStack's HTTP API, batch form: https://www.rudderstack.com/docs/api/http-api/
//
// Events are those of the Segment specification with RudderStack's own context. Requests carry what
// its JavaScript SDK sends: the header AnonymousId, by which the server keeps the order, and on a
// retry how it came to be one. What must not need a preflight goes to the beacon's address with the
// write key in the query.
#include "base/json_writer.h"
#include "codec/base64.h"
#include "collector/collector.h"
#include "collector/mapping.h"
#include "collector/segment_event.h"

namespace waymark {
namespace {

constexpr size_t kRudderEventBytesMax = 32'768;     // "32 KB"
constexpr size_t kRudderBatchBytesMax = 4'000'000;  // "Gateway.maxReqSizeInKB 4000"

class RudderStack final : public Collector {
 public:
  explicit RudderStack(const CollectorEntry& entry)
      : events_(entry.sender, SegmentDialect::kRudderStack) {
    const String url = entry.json["url"].AsString();
    const String write_key = entry.option("write_key").AsString();
    rules_.url = JoinUrl(url, "/v1/batch");
    rules_.answers = "2+ 400/ 413/ 429~ 5~";
    rules_.event_bytes_max = kRudderEventBytesMax;
    rules_.batch_bytes_max = kRudderBatchBytesMax;
    rules_.can_be_simple = rules_.simple_only_leaving = rules_.tells_losses = true;
    if (entry.option("gzip").AsBool(true)) rules_.gzip = GzipWay::kHeader;
    beacon_url_ = JoinUrl(url, "/beacon/v1/batch?writeKey=");
    AppendUrlEncoded(&beacon_url_, write_key);
    authorization_ = "Basic " + Base64(write_key + ":");
  }

  // The server keeps the order of what comes under one id.
  String BatchKey(const OutgoingEvent& event) const override {
    return event.anonymous_id.AsString();
  }

  void Begin(const OutgoingEvent&, const Now&, String* body) const override {
    *body += R"({"batch":[)";
  }

  Status AppendEvent(const OutgoingEvent& event, const Now&, String* body) const override {
    events_.Append(event, body);
    return OkStatus();
  }

  void End(const Now& now, String* body) const override {
    *body += R"(],"sentAt":)";
    AppendJsonString(body, FormatIso8601(now.wall_ms));
    body->push_back('}');
  }

  CollectorRequest Request(const Attempt& attempt) const override {
    CollectorRequest request;
    if (attempt.simple) {
      request.url = beacon_url_;
      request.headers = R"({"Content-Type":"text/plain"})";
      return request;
    }
    request.url = rules_.url;
    JsonWriter writer(&request.headers);
    writer.Begin('{').Field("Content-Type", "application/json");
    if (attempt.gzip) writer.Field("Content-Encoding", "gzip");
    writer.Field("Authorization", authorization_);
    if (!attempt.key.empty()) writer.Field("AnonymousId", Base64(attempt.key));
    writer.Field("SentAt", FormatIso8601(attempt.now.wall_ms));
    if (attempt.recovered) writer.Field("Rsa-Recovered", "true");
    if (attempt.failures > 0) WriteRetry(&writer, attempt);
    writer.End('}');
    return request;
  }

 private:
  static void WriteRetry(JsonWriter* writer, const Attempt& attempt) {
    writer->Field("Rsa-Retry-Attempt", IntegerText(attempt.failures));
    writer->Field("Rsa-Since-Last-Attempt", IntegerText(attempt.since_last_ms));
    writer->Field("Rsa-Since-First-Attempt", IntegerText(attempt.since_first_ms));
    String reason = attempt.last_status < 0 ? "client-timeout" : "client-network";
    if (attempt.last_status > 0) reason = "server-" + IntegerText(attempt.last_status);
    writer->Field("Rsa-Retry-Reason", reason);
  }

  SegmentEvents events_;
  String beacon_url_;
  String authorization_;
};

}  // namespace

std::unique_ptr<Collector> MakeRudderStack(const CollectorEntry& entry) {
  return std::make_unique<RudderStack>(entry);
}

}  // namespace waymark
