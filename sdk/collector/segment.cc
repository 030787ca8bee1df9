// Segment's HTTP tracking API, batch form:
// https://segment.com/docs/connections/sources/catalog/libraries/server/http-api/
//
// The write key stands in the body, so that the same batch can go as a CORS-simple request while a
// page is closing.
#include "base/json_writer.h"
#include "collector/collector.h"
#include "collector/segment_event.h"

namespace waymark {
namespace {

constexpr size_t kSegmentEventBytesMax = 32'000;   // "32 KB per event"
constexpr size_t kSegmentBatchBytesMax = 500'000;  // "500 KB per batch"
constexpr std::string_view kBatchPath = "/v1/batch";

class Segment final : public Collector {
 public:
  explicit Segment(const CollectorEntry& entry) : events_(entry.sender, SegmentDialect::kSegment) {
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
  }

  void Begin(const OutgoingEvent&, const Now&, String* body) const override {
    *body += R"({"batch":[)";
  }

  Status AppendEvent(const OutgoingEvent& event, const Now&, String* body) const override {
    events_.Append(event, body);
    return OkStatus();
  }

  void End(const Now& now, String* body) const override {
    *body += end_;
    AppendJsonString(body, FormatIso8601(now.wall_ms));
    body->push_back('}');
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
  SegmentEvents events_;
  String end_;  // what follows the events, up to the time of sending
};

}  // namespace

std::unique_ptr<Collector> MakeSegment(const CollectorEntry& entry) {
  return std::make_unique<Segment>(entry);
}

}  // namespace waymark
