// The journey as text: as pages see it, as conversions tell of it, and as it is kept.
#include <algorithm>

#include "base/json_writer.h"
#include "base/limits.h"
#include "base/name_table.h"
#include "base/time.h"
#include "journey/journey.h"

namespace waymark {
namespace {

constexpr int kDecimals = 3;

void WriteFixed(const char* key, int64_t units, JsonWriter* writer) {
  String text;
  AppendFixed(&text, units, kDecimals);
  std::string_view number = text;
  while (number.ends_with('0')) number.remove_suffix(1);  // as every face writes it
  if (number.ends_with('.')) number.remove_suffix(1);
  writer->FieldRaw(key, number);
}

// The currency of the latest order; empty: there was none, or it had none.
std::string_view CurrencyOf(const Journey& journey, const Totals& totals) {
  for (size_t i = journey.deeds.size(); i > 0; --i) {
    if (!journey.deeds[i - 1].currency.empty()) return journey.deeds[i - 1].currency;
  }
  return totals.sums.empty() ? std::string_view() : std::string_view(totals.sums[0].currency);
}

// Amounts of two currencies do not add up: those of the latest order's are told first, all below.
void WriteValues(const Journey& journey, const Totals& totals, JsonWriter* writer) {
  const std::string_view currency = CurrencyOf(journey, totals);
  int64_t ordered = 0;
  int64_t refunded = 0;
  for (const CurrencySum& sum : totals.sums) {
    if (!(sum.currency == currency)) continue;
    ordered = sum.ordered;
    refunded = sum.refunded;
  }
  writer->Field("orders", totals.orders).Field("refunds", totals.refunds);
  if (totals.orders + totals.refunds == 0) return;
  writer->Field("currency", currency);
  WriteFixed("lifetime_value", ordered - refunded, writer);
  // With one currency, which nearly everybody has, the orders are all its own.
  const bool one = totals.sums.size() == 1 && totals.orders > 0;
  if (one) WriteFixed("order_value", ordered / totals.orders, writer);
  if (totals.sums.size() < 2) return;
  writer->Key("values").Begin('{');
  for (const CurrencySum& sum : totals.sums) {
    writer->Key(sum.currency.empty() ? "none" : std::string_view(sum.currency)).Begin('{');
    WriteFixed("ordered", sum.ordered, writer);
    WriteFixed("refunded", sum.refunded, writer);
    writer->End('}');
  }
  writer->End('}');
}

void WriteAnswers(const Journey& journey, JsonWriter* writer) {
  bool any = false;
  for (const SurveyAnswer& answer : journey.answers) any |= answer.time_ms != 0;
  if (!any) return;
  writer->Key("answers").Begin('{');
  for (int i = 0; i < kSurveys; ++i) {
    const SurveyAnswer& answer = journey.answers[i];
    if (answer.time_ms == 0) continue;
    writer->Key(NameAt(kSurveyNames, i)).Begin('{');
    WriteFixed("score", answer.score, writer);
    writer->Field("time_ms", answer.time_ms).End('}');
  }
  writer->End('}');
}

void WriteCounts(const char* key, const List<Count>& counts, JsonWriter* writer) {
  if (counts.empty()) return;
  writer->Key(key).Begin('{');
  for (const Count& count : counts) {
    String name;
    AppendJsonString(&name, count.name);
    writer->Key(std::string_view(name).substr(1, name.size() - 2)).Integer(count.count);
  }
  writer->End('}');
}

// What each channel has earned, by each model.
void WriteShares(const Journey& journey, const JourneyRules& rules, int64_t time_ms,
                 JsonWriter* writer) {
  size_t first = 0;
  const List<AttributedTouch> touches = CountingTouches(journey, rules, time_ms, &first);
  if (touches.empty()) return;
  writer->Key("attribution_ppm").Begin('{');
  for (int model = 0; model < kAttributionModels; ++model) {
    const List<int64_t> shares =
        Attribute(static_cast<AttributionModel>(model), touches, rules.half_life_ms);
    int64_t by_channel[static_cast<int>(Channel::kDirect) + 1] = {};
    for (size_t i = 0; i < shares.size(); ++i) {
      by_channel[static_cast<int>(journey.touches[first + i].source.channel)] += shares[i];
    }
    writer->Key(NameAt(kAttributionModelNames, model)).Begin('{');
    for (int channel = 0; channel <= static_cast<int>(Channel::kDirect); ++channel) {
      if (by_channel[channel] == 0) continue;
      writer->Key(NameAt(kChannelNames, channel)).Integer(by_channel[channel]);
    }
    writer->End('}');
  }
  writer->End('}');
}

// How often and how lately: what tells a regular from a stranger.
void WriteHabits(const Journey& journey, JsonWriter* writer) {
  writer->Field("stage", StageText(journey.stage.stage)).Field("cycle", journey.stage.cycle);
  writer->Field("visits", journey.visits).Field("active_days", journey.days);
  if (journey.previous_ms != 0) {
    const int64_t since_ms = std::max<int64_t>(journey.last_ms - journey.previous_ms, 0);
    writer->Field("days_since_last_visit", since_ms / kDayMs);
  }
}

void WriteEnds(const Journey& journey, JsonWriter* writer) {
  if (journey.touches.empty()) return;
  writer->Key("first_touch");
  WriteTouch(journey.touches[0], writer);
  writer->Key("last_touch");
  WriteTouch(journey.touches.back(), writer);
}

void WriteDeeds(const List<Deed>& deeds, JsonWriter* writer) {
  writer->Key("deeds").Begin('[');
  for (const Deed& deed : deeds) {
    writer->Begin('{').Field("time_ms", deed.time_ms).Field("name", deed.name);
    writer->Field("mark", deed.mark).Field("amount", deed.amount);
    writer->Field("currency", deed.currency).End('}');
  }
  writer->End(']');
}

void WriteTotals(const Totals& totals, JsonWriter* writer) {
  if (totals.until_ms == 0) return;
  writer->Key("totals").Begin('{').Field("until_ms", totals.until_ms);
  writer->Field("orders", totals.orders).Field("refunds", totals.refunds);
  writer->Key("sums").Begin('[');
  for (const CurrencySum& sum : totals.sums) {
    writer->Begin('{').Field("currency", sum.currency).Field("ordered", sum.ordered);
    writer->Field("refunded", sum.refunded).End('}');
  }
  writer->End(']').Key("conversions").Begin('[');
  for (const Count& count : totals.conversions) {
    writer->Begin('{').Field("name", count.name).Field("count", count.count).End('}');
  }
  writer->End(']').End('}');
}

void WriteSilences(const List<SilenceState>& silences, JsonWriter* writer) {
  writer->Key("silences").Begin('[');
  for (const SilenceState& state : silences) {
    writer->Begin('{').Field("name", state.name).Field("after_ms", state.after_ms);
    writer->Field("without_ms", state.without_ms).Field("recorded_ms", state.recorded_ms);
    writer->End('}');
  }
  writer->End(']');
}

int64_t Number(JsonView json, const char* key) {
  const int64_t number = json[key].IntegerOr(0);
  return number < 0 || number > kAmountMax * 1000 ? 0 : number;
}

// A channel that this version does not know is another one.
Channel ChannelFrom(JsonView name) {
  const int place = FindName(kChannelNames, name.AsName());
  return place < 0 ? Channel::kOther : static_cast<Channel>(place);
}

void ReadTouches(JsonView list, List<Touch>* touches) {
  for (JsonItems item(list); item.Next() && touches->size() < kTouchesMax;) {
    const JsonView json = item.value();
    Touch& touch = touches->emplace_back();
    touch.time_ms = Number(json, "time_ms");
    touch.source.channel = ChannelFrom(json["channel"]);
    touch.source.source = json["source"].AsString();
    touch.source.medium = json["medium"].AsString();
    touch.source.campaign = json["campaign"].AsString();
    touch.source.click_id = json["click_id"].AsString();
  }
}

void ReadDeeds(JsonView list, List<Deed>* deeds) {
  for (JsonItems item(list); item.Next() && deeds->size() < kDeedsMax;) {
    const JsonView json = item.value();
    Deed& deed = deeds->emplace_back();
    deed.time_ms = Number(json, "time_ms");
    deed.name = json["name"].AsString();
    deed.mark = json["mark"].AsName();
    deed.amount = std::min(Number(json, "amount"), kAmountMax);
    deed.currency = json["currency"].AsName();
  }
}

void ReadTotals(JsonView json, Totals* totals) {
  totals->until_ms = Number(json, "until_ms");
  totals->orders = Number(json, "orders");
  totals->refunds = Number(json, "refunds");
  for (JsonItems item(json["sums"]); item.Next() && totals->sums.size() < kCurrenciesMax;) {
    CurrencySum& sum = totals->sums.emplace_back();
    sum.currency = item.value()["currency"].AsName();
    sum.ordered = Number(item.value(), "ordered");
    sum.refunded = Number(item.value(), "refunded");
  }
  for (JsonItems item(json["conversions"]); item.Next();) {
    if (totals->conversions.size() >= kConversionNamesMax) break;
    Count& count = totals->conversions.emplace_back();
    count.name = item.value()["name"].AsString();
    count.count = Number(item.value(), "count");
  }
}

void ReadSilences(JsonView list, List<SilenceState>* silences) {
  for (JsonItems item(list); item.Next() && silences->size() < kSilencesMax;) {
    SilenceState& state = silences->emplace_back();
    state.name = item.value()["name"].AsString();
    state.after_ms = Number(item.value(), "after_ms");
    state.without_ms = Number(item.value(), "without_ms");
    state.recorded_ms = Number(item.value(), "recorded_ms");
  }
}

}  // namespace

bool IsJourneyMember(std::string_view name) { return FindName(kJourneyMembers, name) >= 0; }

void WriteTouch(const Touch& touch, JsonWriter* writer) {
  writer->Begin('{').Field("channel", ChannelText(touch.source.channel));
  writer->Field("source", touch.source.source).Field("medium", touch.source.medium);
  writer->Field("campaign", touch.source.campaign).Field("click_id", touch.source.click_id);
  writer->Field("time_ms", touch.time_ms).End('}');
}

void WriteJourneyView(const Journey& journey, const JourneyRules& rules, JsonWriter* writer) {
  if (journey.empty()) return;
  const Totals totals = AllTotals(journey);
  WriteHabits(journey, writer);
  WriteValues(journey, totals, writer);
  WriteCounts("conversions", totals.conversions, writer);
  WriteAnswers(journey, writer);
  writer->Field("touchpoint", journey.touchpoint).Field("step", journey.step);
  writer->Field("first_ms", journey.first_ms).Field("last_ms", journey.last_ms);
  WriteEnds(journey, writer);
  const auto kept = static_cast<int64_t>(journey.touches.size());
  writer->Field("touch_count", kept + journey.touches_before);
  writer->Key("touches").Begin('[');
  for (const Touch& touch : journey.touches) WriteTouch(touch, writer);
  writer->End(']');
  WriteShares(journey, rules, journey.last_ms, writer);
}

void WriteConversion(const Journey& journey, const JourneyRules& rules, int64_t time_ms,
                     JsonWriter* writer) {
  WriteHabits(journey, writer);
  WriteValues(journey, AllTotals(journey), writer);
  if (journey.cycle_ms != 0) writer->Field("since_cycle_ms", time_ms - journey.cycle_ms);
  writer->Field("since_first_ms", time_ms - journey.first_ms);
  WriteEnds(journey, writer);
  WriteShares(journey, rules, time_ms, writer);
}

String WriteJourney(const Journey& journey, std::string_view anonymous_id, uint32_t generation) {
  String json;
  JsonWriter writer(&json);
  writer.Begin('{').Field("anonymous_id", anonymous_id);
  writer.Field("generation", static_cast<int64_t>(generation));
  writer.Field("stage", StageText(journey.stage.stage)).FieldBool("bought", journey.stage.bought);
  writer.Field("cycle", journey.stage.cycle).Field("cycle_ms", journey.cycle_ms);
  writer.Field("first_ms", journey.first_ms).Field("last_ms", journey.last_ms);
  writer.Field("previous_ms", journey.previous_ms).Field("handed_ms", journey.handed_ms);
  writer.Field("visits", journey.visits).Field("days", journey.days);
  writer.Field("touchpoint", journey.touchpoint).Field("step", journey.step);
  writer.Field("touches_before", journey.touches_before);
  writer.Key("touches").Begin('[');
  for (const Touch& touch : journey.touches) WriteTouch(touch, &writer);
  writer.End(']');
  WriteDeeds(journey.deeds, &writer);
  WriteTotals(journey.totals, &writer);
  writer.Key("answers").Begin('[');
  for (const SurveyAnswer& answer : journey.answers) {
    writer.Begin('{').Field("time_ms", answer.time_ms).Field("score", answer.score).End('}');
  }
  writer.End(']');
  WriteSilences(journey.silences, &writer);
  if (!journey.traits.empty()) {
    writer.Field("traits_ms", journey.traits_ms).FieldRaw("traits", journey.traits);
  }
  writer.End('}');
  return json;
}

Journey ReadJourney(JsonView json) {
  Journey journey;
  journey.stage.stage = StageFrom(json["stage"].AsName());
  journey.stage.bought = json["bought"].AsBool();
  journey.stage.cycle = Number(json, "cycle");
  journey.cycle_ms = Number(json, "cycle_ms");
  journey.first_ms = Number(json, "first_ms");
  journey.last_ms = Number(json, "last_ms");
  journey.previous_ms = Number(json, "previous_ms");
  journey.handed_ms = Number(json, "handed_ms");
  journey.visits = Number(json, "visits");
  journey.days = Number(json, "days");
  journey.touchpoint = json["touchpoint"].AsString();
  journey.step = json["step"].AsString();
  journey.touches_before = Number(json, "touches_before");
  ReadTouches(json["touches"], &journey.touches);
  ReadDeeds(json["deeds"], &journey.deeds);
  ReadTotals(json["totals"], &journey.totals);
  for (JsonItems item(json["answers"]); item.Next() && item.index() < kSurveys;) {
    const JsonView score = item.value()["score"];
    journey.answers[item.index()] = {Number(item.value(), "time_ms"), score.IntegerOr(0)};
  }
  ReadSilences(json["silences"], &journey.silences);
  const JsonView traits = json["traits"];
  if (traits.is(JsonType::kObject) && traits.text().size() <= kTraitsBytesMax) {
    journey.traits_ms = Number(json, "traits_ms");
    journey.traits = traits.text();
  }
  return journey;
}

}  // namespace waymark
