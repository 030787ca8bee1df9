#include "journey/journey.h"

#include <algorithm>
#include <utility>

#include "base/hash.h"
#include "base/json_merge.h"
#include "base/limits.h"
#include "base/name_table.h"
#include "base/time.h"
#include "base/utf8.h"
#include "base/uuid.h"

namespace waymark {
namespace {

constexpr int kAmountDecimals = 3;  // some currencies have so many
constexpr int kMarkDigits = 16;
constexpr size_t kCurrencyBytesMax = 3;
constexpr size_t kStepBytesMax = 64;

constexpr const char* kOrder = "order_completed";
constexpr const char* kRefunds = "order_refunded,order_cancelled";

bool IsRefund(std::string_view name) { return FindName(kRefunds, name) >= 0; }

// A text, or a number as it stands.
String TextOf(JsonView value) {
  if (value.is(JsonType::kNumber)) return String(value.text());
  return value.AsString();
}

// What was paid: Segment's specification has three names for it, and shops write it as text, too.
int64_t AmountOf(JsonView properties, int64_t otherwise) {
  for (const char* name : {"total", "value", "revenue"}) {
    const String text = TextOf(properties[name]);
    const auto amount = ParseFixed(text, kAmountDecimals);
    if (amount && *amount >= 0 && *amount <= kAmountMax) return *amount;
  }
  return otherwise;
}

String MarkOfOrder(JsonView properties) {
  const String id = TextOf(properties["order_id"]);
  String mark;
  if (!id.empty()) AppendHex(&mark, HashOf(id), kMarkDigits);
  return mark;
}

const Deed* FindDeed(const Journey& journey, std::string_view name, std::string_view mark) {
  for (const Deed& deed : journey.deeds) {
    if (!mark.empty() && deed.mark == mark && deed.name == name) return &deed;
  }
  return nullptr;
}

template <typename T>
T* FindNamed(List<T>* list, String T::*key, std::string_view name, size_t size_max) {
  for (T& item : *list) {
    if (item.*key == name) return &item;
  }
  if (list->size() >= size_max) return nullptr;
  T& item = list->emplace_back();
  item.*key = name;
  return &item;
}

void AddDeed(const Deed& deed, Totals* totals) {
  const bool order = deed.name == kOrder;
  const bool refund = IsRefund(deed.name);
  totals->until_ms = std::max(totals->until_ms, deed.time_ms);
  totals->orders += order;
  totals->refunds += refund;
  if (!refund) {
    Count* count = FindNamed(&totals->conversions, &Count::name, deed.name, kConversionNamesMax);
    if (count) ++count->count;
  }
  if (!order && !refund) return;
  CurrencySum* sum =
      FindNamed(&totals->sums, &CurrencySum::currency, deed.currency, kCurrenciesMax);
  if (!sum) return;
  (order ? sum->ordered : sum->refunded) += deed.amount;
}

void BoundDeeds(Journey* journey) {
  List<Deed>& deeds = journey->deeds;
  size_t surplus = deeds.size() > kDeedsMax ? deeds.size() - kDeedsMax : 0;
  deeds.RemoveIf([&](const Deed& deed) {
    if (surplus == 0) return false;
    --surplus;
    AddDeed(deed, &journey->totals);
    return true;
  });
}

// The first one stays: it is what a first-touch model speaks of.
void BoundTouches(Journey* journey) {
  List<Touch>& touches = journey->touches;
  size_t surplus = touches.size() > kTouchesMax ? touches.size() - kTouchesMax : 0;
  journey->touches_before += static_cast<int64_t>(surplus);
  bool first = true;
  touches.RemoveIf([&](const Touch&) {
    const bool goes = !std::exchange(first, false) && surplus > 0;
    surplus -= goes;
    return goes;
  });
}

template <typename T>
void InsertByTime(List<T>* list, T&& item) {
  size_t place = list->size();
  while (place > 0 && (*list)[place - 1].time_ms > item.time_ms) --place;
  list->insert(place, std::move(item));
}

Totals CopyOf(const Totals& totals) {
  Totals copy;
  copy.until_ms = totals.until_ms;
  copy.orders = totals.orders;
  copy.refunds = totals.refunds;
  for (const CurrencySum& sum : totals.sums) copy.sums.push_back(sum);
  for (const Count& count : totals.conversions) copy.conversions.push_back(count);
  return copy;
}

// False: it is an order that was counted before.
bool KeepDeed(const Happening& happening, Journey* journey) {
  Deed deed;
  deed.time_ms = happening.time_ms;
  deed.name = happening.name;
  deed.mark = MarkOfOrder(happening.properties);
  if (deed.name == kOrder && FindDeed(*journey, kOrder, deed.mark)) return false;
  // A refund that says nothing takes all back.
  const Deed* order = IsRefund(deed.name) ? FindDeed(*journey, kOrder, deed.mark) : nullptr;
  deed.amount = AmountOf(happening.properties, order ? order->amount : 0);
  deed.currency = Utf8Prefix(happening.properties["currency"].AsName(), kCurrencyBytesMax);
  if (deed.currency.empty() && order) deed.currency = order->currency;
  InsertByTime(&journey->deeds, std::move(deed));
  BoundDeeds(journey);
  return true;
}

bool IsConversion(std::string_view name, const JourneyRules& rules) {
  for (const String& conversion : rules.conversions) {
    if (conversion == name) return true;
  }
  return false;
}

void TakeAnswer(const Happening& happening, Journey* journey) {
  const int survey = FindName(kSurveyNames, AsciiLowercase(happening.properties["kind"].AsName()));
  if (survey < 0 || !Is(happening.name, "survey_answered")) return;
  const auto score = ParseFixed(TextOf(happening.properties["score"]), kAmountDecimals);
  SurveyAnswer& answer = journey->answers[survey];
  if (score && happening.time_ms >= answer.time_ms) answer = {happening.time_ms, *score};
}

void TakeTraits(const Happening& happening, const JourneyRules& rules, Journey* journey) {
  if (!happening.traits || rules.traits.empty()) return;
  String kept;
  JsonWriter writer(&kept);
  writer.Begin('{');
  for (const String& asked : rules.traits) {
    const JsonView trait = happening.traits[std::string_view(asked)];
    if (trait) writer.Key(asked).Raw(trait.text());
  }
  writer.End('}');
  std::string_view before = journey->traits;
  if (before.empty()) before = "{}";
  String merged = MergeObjects(JsonView(before), JsonView(kept));
  if (merged.size() > kTraitsBytesMax) return;
  journey->traits = std::move(merged);
  journey->traits_ms = happening.time_ms;
}

// Whether a rule waits from this event on.
bool Begins(std::string_view name, const JourneyRules& rules) {
  for (const SilenceRule& rule : rules.silence) {
    if (rule.after == name) return true;
  }
  return false;
}

void ArmSilences(const Happening& happening, const JourneyRules& rules, Journey* journey) {
  for (const SilenceRule& rule : rules.silence) {
    SilenceState* state =
        FindNamed(&journey->silences, &SilenceState::name, rule.name, rules.silence.size());
    if (!state) continue;
    const bool after = rule.after.empty() || rule.after == happening.name;
    if (after) state->after_ms = std::max(state->after_ms, happening.time_ms);
    if (rule.without == happening.name) {
      state->without_ms = std::max(state->without_ms, happening.time_ms);
    }
  }
}

// The one that happened later tells where the customer is.
void MergeLatest(const Journey& other, Journey* journey) {
  journey->stage = other.stage;
  journey->cycle_ms = other.cycle_ms;
  journey->previous_ms = other.previous_ms;
  journey->touchpoint = other.touchpoint;
  journey->step = other.step;
  journey->last_ms = other.last_ms;
}

void MergeTouches(const Journey& other, Journey* journey) {
  journey->touches_before = std::max(journey->touches_before, other.touches_before);
  for (const Touch& touch : other.touches) {
    bool has = false;
    for (const Touch& own : journey->touches) {
      has |= own.time_ms == touch.time_ms && own.source.channel == touch.source.channel &&
             own.source.source == touch.source.source;
    }
    if (!has) InsertByTime(&journey->touches, Touch(touch));
  }
  BoundTouches(journey);
}

// Both add up the oldest first: the one that has added more has what the other one has.
void MergeDeeds(const Journey& other, Journey* journey) {
  if (other.totals.until_ms > journey->totals.until_ms) journey->totals = CopyOf(other.totals);
  for (const Deed& deed : other.deeds) {
    bool has = false;
    for (const Deed& own : journey->deeds) {
      const bool one = deed.mark.empty() ? own.time_ms == deed.time_ms : own.mark == deed.mark;
      has |= one && own.name == deed.name;
    }
    if (!has) InsertByTime(&journey->deeds, Deed(deed));
  }
  const int64_t until_ms = journey->totals.until_ms;
  journey->deeds.RemoveIf([&](const Deed& deed) { return deed.time_ms <= until_ms; });
  BoundDeeds(journey);
}

void MergeSilences(const Journey& other, Journey* journey) {
  for (const SilenceState& state : other.silences) {
    SilenceState* own = FindNamed(&journey->silences, &SilenceState::name, state.name, SIZE_MAX);
    own->after_ms = std::max(own->after_ms, state.after_ms);
    own->without_ms = std::max(own->without_ms, state.without_ms);
    own->recorded_ms = std::max(own->recorded_ms, state.recorded_ms);
  }
}

}  // namespace

bool Happen(const Happening& happening, const JourneyRules& rules, Journey* journey) {
  if (happening.new_visit) {
    journey->previous_ms = journey->last_ms;
    ++journey->visits;
  }
  ComeBack(happening.time_ms, journey);
  const bool order = Is(happening.name, kOrder);
  const bool refund = IsRefund(happening.name);
  const bool known = !order || !FindDeed(*journey, kOrder, MarkOfOrder(happening.properties));
  const bool deed = (order || refund || IsConversion(happening.name, rules)) && known;
  const int64_t cycle = journey->stage.cycle;
  if (known) {
    const bool changes = Is(happening.name, "order_updated");
    journey->stage = NextStage(journey->stage, happening.stage, order, changes);
  }
  if (journey->stage.cycle != cycle) journey->cycle_ms = happening.time_ms;
  if (happening.stage != Stage::kNone) journey->touchpoint = happening.name;
  const String step = TextOf(happening.properties["step"]);
  if (Begins(happening.name, rules)) journey->step.clear();  // of the last time
  if (!step.empty()) journey->step = Utf8Prefix(step, kStepBytesMax);
  if (order) journey->step.clear();
  TakeAnswer(happening, journey);
  TakeTraits(happening, rules, journey);
  ArmSilences(happening, rules, journey);
  return deed && KeepDeed(happening, journey) && !refund && IsConversion(happening.name, rules);
}

void ComeBack(int64_t time_ms, Journey* journey) {
  if (time_ms <= journey->last_ms) return;
  journey->days += journey->last_ms == 0 || time_ms / kDayMs != journey->last_ms / kDayMs;
  if (journey->first_ms == 0) journey->first_ms = time_ms;
  journey->last_ms = time_ms;
}

bool Arrive(const Touch& arrival, bool new_visit, Journey* journey) {
  Touch touch = arrival;
  Source& source = touch.source;
  const bool from_nowhere = source.channel >= Channel::kInternal;
  if (from_nowhere && !new_visit) return false;
  // Back on the site's own page after a pause: nobody knows from where.
  if (from_nowhere) source.channel = Channel::kDirect;
  const Touch* last = journey->touches.empty() ? nullptr : &journey->touches.back();
  const bool same = last && last->source.channel == source.channel &&
                    last->source.source == source.source &&
                    last->source.campaign == source.campaign;
  if (same && !new_visit) return false;  // the page was loaded again
  InsertByTime(&journey->touches, std::move(touch));
  BoundTouches(journey);
  return true;
}

Totals AllTotals(const Journey& journey) {
  Totals all = CopyOf(journey.totals);
  for (const Deed& deed : journey.deeds) AddDeed(deed, &all);
  return all;
}

List<AttributedTouch> CountingTouches(const Journey& journey, const JourneyRules& rules,
                                      int64_t conversion_ms, size_t* first) {
  List<AttributedTouch> touches;
  *first = 0;
  for (const Touch& touch : journey.touches) {
    if (touch.time_ms > conversion_ms) break;
    if (conversion_ms - touch.time_ms > rules.lookback_ms) {
      ++*first;
      continue;
    }
    touches.push_back({touch.time_ms, touch.source.channel == Channel::kDirect});
  }
  return touches;
}

void Merge(const Journey& other, Journey* journey) {
  if (other.empty()) return;
  if (other.last_ms > journey->last_ms) MergeLatest(other, journey);
  const bool first = journey->first_ms == 0 || other.first_ms < journey->first_ms;
  if (first && other.first_ms != 0) journey->first_ms = other.first_ms;
  journey->handed_ms = std::max(journey->handed_ms, other.handed_ms);
  journey->visits = std::max(journey->visits, other.visits);
  journey->days = std::max(journey->days, other.days);
  MergeTouches(other, journey);
  MergeDeeds(other, journey);
  MergeSilences(other, journey);
  for (int i = 0; i < kSurveys; ++i) {
    const bool newer = other.answers[i].time_ms > journey->answers[i].time_ms;
    if (newer) journey->answers[i] = other.answers[i];
  }
  if (other.traits_ms <= journey->traits_ms) return;
  journey->traits_ms = other.traits_ms;
  journey->traits = other.traits;
}

}  // namespace waymark
