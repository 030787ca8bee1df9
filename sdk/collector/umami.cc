// Umami's collection API: https://umami.is/docs/api/sending-stats
//
// One event a request. Its server reads JSON whatever the content type says, so that plain text,
// which needs no preflight, serves in all cases. The header x-umami-cache, which only spares its
// server a look-up, stays out: it would need one.
#include "base/json_merge.h"
#include "base/json_writer.h"
#include "collector/collector.h"
#include "collector/mapping.h"

namespace waymark {
namespace {

constexpr size_t kUmamiIdCharactersMax = 50;
constexpr size_t kBotAnswerBytesMax = 100;
constexpr int64_t kMillisecondsOfASecond = 1'000;

constexpr const char* kContextMap = "locale>language page/title>title page/referrer>referrer";

class Umami final : public Collector {
 public:
  explicit Umami(const CollectorEntry& entry)
      : hostname_(entry.option("hostname").AsString()), app_id_(entry.sender.app["id"].AsString()) {
    rules_.url = JoinUrl(entry.json["url"].AsString(), "/api/send");
    rules_.answers = kCountingAnswers;
    rules_.events_max = 1;
    rules_.can_be_simple = true;
    rules_.answer_bytes_max = kBotAnswerBytesMax;
    rules_.resends_unanswered = entry.option("unanswered").IsName("again");
    JsonWriter writer(&site_);
    writer.Field("website", entry.option("website_id")).Field("tag", entry.option("tag"));
  }

  Status AppendEvent(const OutgoingEvent& event, const Now&, String* body) const override {
    const bool identify = IsAboutIds(event.type);
    const String page = event.context["page"]["url"].AsString();
    std::string_view host = hostname_;
    if (host.empty()) host = HostOf(page);
    if (host.empty()) host = app_id_;
    JsonWriter writer(body);
    writer.Begin('{').Field("type", identify ? "identify" : "event");
    writer.Key("payload").Begin('{').Raw(site_);
    writer.Field("url", AddressOf(event, host)).Field("hostname", host);
    writer.Field("screen", SizeText(event.context["screen"]));
    WriteMapped(&writer, event.context, kContextMap);
    writer.Field("id", IdOf(event)).Field("timestamp", event.time_ms / kMillisecondsOfASecond);
    if (event.type == EventType::kTrack) writer.Field("name", SpecificationName(event));
    WriteData(&writer, event);
    writer.End('}').End('}');
    return OkStatus();
  }

  CollectorRequest Request(const Attempt&) const override {
    CollectorRequest request;
    request.url = rules_.url;
    request.headers = R"({"Content-Type":"text/plain"})";
    return request;
  }

  // Whom it takes for a robot it answers with a joke, and counts nothing.
  Judgement JudgeAnswer(const CollectorAnswer& answer) const override {
    Judgement judgement = Collector::JudgeAnswer(answer);
    if (answer.json["beep"]) {
      judgement.verdict = Verdict::kRejected;
      judgement.field = "beep";
    }
    return judgement;
  }

 private:
  // The user's, else the anonymous one. It would cut a longer one, and two could become one.
  static String IdOf(const OutgoingEvent& event) {
    String id = UserIdOf(event);
    const bool fits = Shorten(id, kUmamiIdCharactersMax).size() == id.size();
    return id.empty() || !fits ? event.anonymous_id.AsString() : id;
  }

  static void WriteData(JsonWriter* writer, const OutgoingEvent& event) {
    if (HasTraits(event.type)) {
      writer->Field("data", event.traits);
    } else if (event.name == "order_completed") {
      // By these names its report finds them.
      String revenue;
      JsonWriter ours(&revenue);
      ours.Begin('{');
      WriteMapped(&ours, event.properties, "total|revenue|value>revenue# currency>currency");
      ours.End('}');
      writer->FieldRaw("data", MergeObjects(event.properties, JsonView(revenue)));
    } else {
      writer->Field("data", event.properties);
    }
  }

  String site_;  // members of the payload that are the same for all events
  String hostname_;
  String app_id_;
};

}  // namespace

std::unique_ptr<Collector> MakeUmami(const CollectorEntry& entry) {
  return std::make_unique<Umami>(entry);
}

}  // namespace waymark
