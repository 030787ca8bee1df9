#include "collector_fixture.h"

#include <stdexcept>

namespace waymark_test {
namespace {

using waymark::Collector;
using waymark::EventType;
using waymark::JsonView;
using waymark::List;
using waymark::OutgoingEvent;
using waymark::Problem;
using waymark::String;

constexpr std::string_view kApp = R"({"id":"shop","version":"1.2.0","channel":"web"})";
constexpr std::string_view kSdk = R"({"name":"waymark-web","version":"0.1.0"})";
constexpr std::string_view kPurposes = R"([{"id":"analytics","basis":"consent"},
  {"id":"ads","basis":"consent","consent_mode":["ad_user_data","ad_personalization"]}])";
constexpr const char* kContext = R"({
  "page":{"url":"https://shop.example/p/7?utm_source=mail","path":"/p/7","title":"Compass",
          "referrer":"https://search.example/"},
  "locale":"de-DE","timezone":"Europe/Berlin","userAgent":"UA/1.0",
  "screen":{"width":1920,"height":1080,"density":1},
  "campaign":{"source":"mail","medium":"email","name":"spring","term":"t","content":"c"}})";
constexpr int64_t kHourMs = 3'600'000;

std::string Text(std::string_view view) { return std::string(view); }

}  // namespace

std::unique_ptr<Collector> MakeProtocol(const std::string& protocol, const std::string& options,
                                        std::string* problems) {
  const std::string entry = R"({"id":"c","protocol":")" + protocol +
                            R"(","url":"https://c.example/","options":)" + options + "}";
  List<Problem> found;
  auto collector = waymark::MakeCollector(
      {JsonView(entry), {JsonView(kApp), JsonView(kSdk), JsonView(kPurposes)}, "", &found});
  for (const Problem& problem : found) {
    if (problems) *problems += Text(problem.code) + " " + Text(problem.pointer) + "\n";
  }
  return collector;
}

JsonView Happening::Keep(const std::string& text) {
  if (text.empty()) return JsonView();
  texts_.push_back(std::make_unique<std::string>(text));
  return JsonView(std::string_view(*texts_.back()));
}

Happening::Happening(EventType type, const std::string& name, const std::string& text) {
  event_.type = type;
  event_.name = std::string_view(name);
  event_.message_id = "0a1b2c3d-0000-8000-8000-000000000004";
  event_.anonymous_id = Keep(R"("11111111-1111-4111-8111-111111111111")");
  event_.user_id = Keep(R"("u-100")");
  event_.time_ms = 1'793'817'970'000;
  event_.session = Keep(R"({"id":"22222222-2222-4222-8222-222222222222","index":2,"event_index":3,)"
                        R"("started_ms":1793817900000})");
  event_.consent = Keep(R"({"analytics":true,"ads":false})");
  event_.context = Keep(kContext);
  event_.writer = "";
  (type == EventType::kIdentify ? event_.traits : event_.properties) = Keep(text);
}

Happening::Happening(const std::string& name, const std::string& properties)
    : Happening(EventType::kTrack, name, properties) {}

Happening Happening::Page(const std::string& properties) {
  return Happening(EventType::kPage, "", properties);
}

Happening Happening::Screen(const std::string& name) {
  return Happening(EventType::kScreen, name, "");
}

Happening Happening::Identify(const std::string& traits) {
  return Happening(EventType::kIdentify, "", traits);
}

Happening& Happening::Deidentified() {
  event_.deidentified = true;
  event_.anonymous_id = event_.user_id = event_.session = event_.properties = JsonView();
  event_.time_ms -= event_.time_ms % kHourMs;
  event_.context = Keep(R"({"page":{"path":"/p/7"}})");
  return *this;
}

Happening& Happening::Anonymous() {
  event_.user_id = JsonView();
  return *this;
}

Happening& Happening::WithUser(const std::string& id) {
  event_.user_id = Keep(Json(id).dump());
  return *this;
}

Happening& Happening::WithContext(const std::string& context) {
  event_.context = Keep(context);
  return *this;
}

Happening& Happening::WithConsent(const std::string& consent) {
  event_.consent = Keep(consent);
  return *this;
}

std::string Encode(const Collector& collector, const Happening& happening) {
  String body;
  const waymark::Status status = collector.AppendEvent(happening.event(), kSending, &body);
  if (status.ok()) return Text(body);
  return "refused: " + Text(status.problem().pointer) + ": " + Text(status.problem().found) + " (" +
         Text(status.problem().allowed) + ")";
}

Json EncodeJson(const Collector& collector, const Happening& happening) {
  return Json::parse(Encode(collector, happening));
}

std::string EncodeBody(const Collector& collector,
                       const std::vector<const Happening*>& happenings) {
  String body;
  collector.Begin(happenings[0]->event(), kSending, &body);
  const char separator = collector.rules().separator;
  for (size_t i = 0; i < happenings.size(); ++i) {
    if (i > 0 && separator != 0) body.push_back(separator);
    if (!collector.AppendEvent(happenings[i]->event(), kSending, &body).ok()) return "refused";
  }
  collector.End(kSending, &body);
  return Text(body);
}

Json OneCollector(const std::string& protocol, const Json& options) {
  Json config = ShopConfig();
  config["consent"]["purposes"][1]["basis"] = "contract";
  config["collectors"] = {{{"id", "c"},
                           {"protocol", protocol},
                           {"url", "https://c.example"},
                           {"needs", {"analytics"}},
                           {"own_proxy", true},
                           {"options", options}}};
  return config;
}

std::string Fates(const std::string& protocol, const Json& options, const Answer& answer,
                  int events, const Answer& then) {
  FakeHost host(OneCollector(protocol, options));
  int at_first = -1;  // acknowledged by the first answer
  host.network = [&](const Request&) {
    if (host.requests.empty()) return answer;
    if (at_first < 0) at_first = host.View()["collectors"]["c"]["acknowledged"];
    return then;
  };
  host.Settle();
  for (int i = 0; i < events; ++i) host.Track("lamp_rubbed", {{"i", i}});
  host.Send({{"type", "flush"}});
  host.Settle();
  if (host.requests.empty()) throw std::runtime_error("nothing was sent: " + host.View().dump());
  const Json view = host.View();
  const Json& lane = view["collectors"]["c"];
  const int acknowledged = lane["acknowledged"];
  const int again = at_first < 0 ? 0 : acknowledged - at_first;
  std::string fates;
  const auto tell = [&](const std::string& what, int64_t count) {
    if (count == 0) return;
    if (!fates.empty()) fates += ", ";
    fates += what + " " + std::to_string(count);
  };
  tell("acknowledged", acknowledged - again);
  tell("again", again);
  for (const auto& [reason, count] : lane["lost"].items()) tell(reason, count);
  tell("later", view["queue"]["events"]);
  return fates;
}

}  // namespace waymark_test
