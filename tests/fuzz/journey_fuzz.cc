#include "base/json_check.h"
#include "base/limits.h"
#include "fuzz/fuzzer.h"
#include "journey/journey.h"

namespace {

using waymark::Journey;
using waymark::JsonView;

constexpr int64_t kNow = 1'793'817'970'000;

waymark::JourneyRules Rules() {
  waymark::JourneyRules rules;
  rules.conversions.push_back("order_completed");
  rules.lookback_ms = 90 * 86'400'000LL;
  rules.half_life_ms = 7 * 86'400'000LL;
  waymark::SilenceRule& rule = rules.silence.emplace_back();
  rule.name = "left";
  rule.after = "checkout_started";
  rule.within_ms = 60'000;
  return rules;
}

bool IsJson(const waymark::String& text) {
  return nlohmann::json::accept(std::string(std::string_view(text)));
}

std::string Written(const Journey& journey) {
  return std::string(std::string_view(WriteJourney(journey, "a", 1)));
}

void RequireBounds(const Journey& journey) {
  Require(journey.touches.size() <= waymark::kTouchesMax, "touches are bounded");
  Require(journey.deeds.size() <= waymark::kDeedsMax, "deeds are bounded");
  Require(journey.silences.size() <= waymark::kSilencesMax, "silences are bounded");
  Require(journey.totals.sums.size() <= waymark::kCurrenciesMax, "currencies are bounded");
  Require(journey.traits.size() <= waymark::kTraitsBytesMax, "traits are bounded");
}

// All that the engine does with a journey that it found in the store.
void Use(Journey* journey) {
  const waymark::JourneyRules rules = Rules();
  waymark::String view;
  waymark::JsonWriter writer(&view);
  writer.Begin('{');
  WriteJourneyView(*journey, rules, &writer);
  writer.End('}');
  Require(IsJson(view), "the view is JSON");
  NextSilence(*journey, rules);
  for (const waymark::Silence& silence : EndedSilences(*journey, rules, kNow)) {
    NoteRecorded(silence, rules, journey);
  }
  Require(EndedSilences(*journey, rules, kNow).empty(), "a silence is recorded once");
  const JsonView order{std::string_view(R"({"order_id":"T1","total":49.5,"currency":"EUR"})")};
  waymark::Touch touch;
  touch.time_ms = kNow;
  Arrive(touch, true, journey);
  Happen({kNow, "order_completed", waymark::Stage::kPurchase, order, JsonView(), true}, rules,
         journey);
  waymark::String conversion;
  waymark::JsonWriter to(&conversion);
  to.Begin('{');
  WriteConversion(*journey, rules, kNow, &to);
  to.End('}');
  Require(IsJson(conversion), "what a conversion tells is JSON");
  RequireBounds(*journey);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  // What the store gives is checked as JSON before anybody looks into it.
  const std::string_view text = TextOf(bytes, size);
  if (waymark::CheckJson(text).fault != waymark::JsonCheck::Fault::kNone) return 0;
  const Journey read = waymark::ReadJourney(JsonView(text));
  RequireBounds(read);
  const std::string written = Written(read);
  Require(nlohmann::json::accept(written), "what is written is JSON");
  const Journey again = waymark::ReadJourney(JsonView(std::string_view(written)));
  Require(Written(again) == written, "what is read and written again reads the same");
  Journey merged = waymark::ReadJourney(JsonView(text));
  Merge(read, &merged);
  const std::string once = Written(merged);
  Merge(read, &merged);
  Require(Written(merged) == once, "the same version once more changes nothing");
  Use(&merged);
  return 0;
}

void AddSeeds(const nlohmann::json&, std::vector<std::string>* seeds) {
  Journey journey;
  const waymark::JourneyRules rules = Rules();
  seeds->push_back(Written(journey));
  for (int day = 0; day < 4; ++day) {
    const int64_t time_ms = kNow - (9 - day) * 86'400'000LL;
    waymark::Touch touch;
    touch.time_ms = time_ms;
    touch.source.channel = static_cast<waymark::Channel>(day);
    touch.source.source = "news";
    Arrive(touch, true, &journey);
    const JsonView step{std::string_view(R"({"step":"payment","score":9,"kind":"nps"})")};
    Happen({time_ms, "checkout_started", waymark::Stage::kPurchase, step, JsonView(), true}, rules,
           &journey);
    seeds->push_back(Written(journey));
    const JsonView order{std::string_view(R"({"order_id":"A","total":12.5,"currency":"EUR"})")};
    Happen({time_ms + 1000, "order_completed", waymark::Stage::kPurchase, order, JsonView(), false},
           rules, &journey);
    const JsonView traits{std::string_view(R"({"plan":"gold"})")};
    Happen({time_ms + 2000, "identify", waymark::Stage::kNone, JsonView(), traits, false}, rules,
           &journey);
    seeds->push_back(Written(journey));
  }
}
