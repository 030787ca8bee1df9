// Jitsu's ingest API for browsers: https://docs.jitsu.com/sending-data/http
//
// One event of the Segment specification a request, at the address of its type. The write key
// stands in a header; where that would need a preflight and there is no time for one, in the query.
#include "base/json_writer.h"
#include "base/name_table.h"
#include "collector/collector.h"
#include "collector/mapping.h"
#include "collector/segment_event.h"

namespace waymark {
namespace {

constexpr size_t kJitsuNameBytesMax = 128;
constexpr size_t kJitsuAnswerBytesMax = 64;
// Its preflights hold for a day; Chromium believes two hours.
constexpr int64_t kJitsuPreflightMs = 7'200'000;
constexpr int kOk = 200;
constexpr const char* kError = R"({"error":)";

class Jitsu final : public Collector {
 public:
  explicit Jitsu(const CollectorEntry& entry)
      : events_(entry.sender, SegmentDialect::kSegment),
        write_key_(entry.option("write_key").AsString()),
        ip_(entry.option("ip").AsBool()) {
    rules_.url = JoinUrl(entry.json["url"].AsString(), "/api/s/");
    rules_.events_max = 1;
    rules_.preflight_ms = kJitsuPreflightMs;
    rules_.answer_bytes_max = kJitsuAnswerBytesMax;
    rules_.tells_losses = true;
    // That the address is not to be kept can be said in a header only.
    rules_.can_be_simple = rules_.simple_only_leaving = ip_;
  }

  String BatchKey(const OutgoingEvent& event) const override {
    return String(EventTypeName(event.type));
  }

  Status AppendEvent(const OutgoingEvent& event, const Now&, String* body) const override {
    const bool track = event.type == EventType::kTrack;
    if (track && SpecificationName(event).size() > kJitsuNameBytesMax) {
      return NotOk("rejected", "/name", "more than 128 bytes", "at most 128 bytes");
    }
    events_.Append(event, body);
    return OkStatus();
  }

  CollectorRequest Request(const Attempt& attempt) const override {
    CollectorRequest request;
    request.url = rules_.url + attempt.key;
    const bool simple = attempt.simple && !attempt.deidentified;
    JsonWriter writer(&request.headers);
    writer.Begin('{').Field("Content-Type", simple ? "text/plain" : "application/json");
    if (simple) {
      request.url += "?writekey=";
      AppendUrlEncoded(&request.url, write_key_);
    } else {
      writer.Field("X-Write-Key", write_key_);
      if (!ip_ || attempt.deidentified) writer.Field("X-IP-Policy", "remove");
    }
    writer.End('}');
    return request;
  }

  // Browsers are answered with 200 in any case.
  Judgement JudgeAnswer(const CollectorAnswer& answer) const override {
    Judgement judgement = Collector::JudgeAnswer(answer);
    const std::string_view error = kError;
    if (answer.status == kOk && answer.body.substr(0, error.size()) == error) {
      judgement.verdict = Verdict::kRejected;
      judgement.field = "error";
    }
    return judgement;
  }

 private:
  SegmentEvents events_;
  String write_key_;
  bool ip_;
};

}  // namespace

std::unique_ptr<Collector> MakeJitsu(const CollectorEntry& entry) {
  return std::make_unique<Jitsu>(entry);
}

}  // namespace waymark
