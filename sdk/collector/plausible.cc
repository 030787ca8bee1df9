// Plausible's Events API: https://plausible.io/docs/events-api
//
// It counts without knowing anybody: no ids, no sessions, and no time but that of the arrival. One
// event a request, in the short names and the plain text of its own script.
#include "base/json_writer.h"
#include "base/utf8.h"
#include "collector/collector.h"
#include "collector/mapping.h"

namespace waymark {
namespace {

constexpr size_t kPlausibleNameCharactersMax = 120;
constexpr size_t kPlausibleUrlBytesMax = 2'000;
constexpr int kPlausiblePropertiesMax = 30;
constexpr size_t kPlausibleKeyBytesMax = 300;
constexpr size_t kPlausibleValueBytesMax = 2'000;
// What arrives later would be counted on a wrong day.
constexpr int64_t kPlausibleAgeMsMax = int64_t{24} * 3'600'000;

constexpr const char* kRevenueMap = "total|revenue|value>amount# currency>currency";

class Plausible final : public Collector {
 public:
  explicit Plausible(const CollectorEntry& entry) : domain_(entry.option("domain").AsString()) {
    rules_.url = JoinUrl(entry.json["url"].AsString(), "/api/event");
    rules_.answers = kCountingAnswers;
    rules_.events_max = 1;
    rules_.age_ms_max = kPlausibleAgeMsMax;
    rules_.can_be_simple = true;
    rules_.resends_unanswered = entry.option("unanswered").IsName("again");
  }

  Status AppendEvent(const OutgoingEvent& event, const Now&, String* body) const override {
    if (IsAboutIds(event.type)) return OkStatus();  // it knows nobody
    const bool track = event.type == EventType::kTrack;
    const String name = track ? SpecificationName(event) : String("pageview");
    if (Shorten(name, kPlausibleNameCharactersMax).size() < name.size()) {
      return NotOk("rejected", "/name", "more than 120 characters", "at most 120 characters");
    }
    String url = AddressOf(event, domain_);
    if (url.size() > kPlausibleUrlBytesMax) url.resize(IndexOf(url, '?'));
    JsonWriter writer(body);
    writer.Begin('{').Field("n", name).Field("u", url).Field("d", domain_);
    WriteMapped(&writer, event.context, "page/referrer>r");
    WriteProperties(&writer, event.properties);
    if (event.name == "order_completed") WriteRevenue(&writer, event.properties);
    writer.End('}');
    return OkStatus();
  }

  CollectorRequest Request(const Attempt&) const override {
    CollectorRequest request;
    request.url = rules_.url;
    request.headers = R"({"Content-Type":"text/plain"})";
    return request;
  }

 private:
  // Texts, numbers and booleans: for lists and objects there is no place. Texts that are too long
  // are cut, since it would refuse the whole event.
  static void WriteProperties(JsonWriter* writer, JsonView properties) {
    int count = 0;
    for (JsonItems item(properties); item.Next();) {
      const JsonView value = item.value();
      const bool nests = DepthOf(value) > 0 || value.is(JsonType::kNull);
      if (nests || item.key().size() > kPlausibleKeyBytesMax) continue;
      if (++count > kPlausiblePropertiesMax) break;
      if (count == 1) writer->Key("p").Begin('{');
      writer->Key(item.key());
      if (value.is(JsonType::kString))
        writer->Text(Utf8Prefix(value.AsString(), kPlausibleValueBytesMax));
      else
        writer->Raw(value.text());
    }
    if (count > 0) writer->End('}');
  }

  static void WriteRevenue(JsonWriter* writer, JsonView properties) {
    if (!ValueAt(properties, "total|revenue|value") || !properties["currency"]) return;
    writer->Key("$").Begin('{');
    WriteMapped(writer, properties, kRevenueMap);
    writer->End('}');
  }

  String domain_;
};

}  // namespace

std::unique_ptr<Collector> MakePlausible(const CollectorEntry& entry) {
  return std::make_unique<Plausible>(entry);
}

}  // namespace waymark
