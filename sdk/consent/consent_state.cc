#include "consent/consent_state.h"

#include <algorithm>
#include <utility>

#include "base/json_check.h"
#include "base/json_writer.h"
#include "base/name_table.h"

namespace waymark {
namespace {

constexpr const char* kGranted = "granted";
constexpr const char* kDenied = "denied";

PurposeSet Bit(int purpose) { return PurposeSet{1} << purpose; }

void SetChoice(ConsentState* state, int purpose, bool granted, Decider by, int64_t at_ms) {
  const PurposeSet bit = Bit(purpose);
  state->granted = granted ? state->granted | bit : state->granted & ~bit;
  state->denied = granted ? state->denied & ~bit : state->denied | bit;
  state->despite &= ~bit;
  state->expired &= ~bit;
  state->changed &= ~bit;
  state->conflicts &= ~bit;
  state->by[purpose] = by;
  state->answered_ms[purpose] = at_ms;
  state->refused_in[purpose] = state->generation + 1;  // the decision that this belongs to
}

// True, or a header field as it came: exactly "1", alone or as one of several.
bool IsOn(JsonView value) {
  bool on = value.AsBool() || value.IsName("1");
  if (value.is(JsonType::kArray)) {
    for (JsonItems field(value); field.Next();) on |= field.value().IsName("1");
  }
  return on;
}

Decider DeciderOf(SignalSet signal) { return signal == kGpcSignal ? Decider::kGpc : Decider::kDnt; }

PurposeSet DenyAll(PurposeSet purposes, Decider by, const Now& now, ConsentState* state) {
  for (int i = 0; i < kPurposesMax; ++i) {
    if (purposes & Bit(i)) SetChoice(state, i, false, by, now.wall_ms);
  }
  return purposes;
}

void NoteDecision(ConsentState* state, const Now& now) {
  ++state->generation;
  state->decided_ms = now.wall_ms;
  state->decided_in = state->facts.region;
}

// What the person says holds. What the account brings holds where the device has no answer that
// says otherwise.
void Choose(const Policy& policy, int purpose, bool granted, Decider by, int64_t at_ms,
            ConsentState* next) {
  const PurposeSet bit = Bit(purpose);
  const bool here = (next->granted | (next->denied & ~next->expired)) & bit;
  const bool differs = here && (next->granted & bit) != (granted ? bit : 0);
  if (by != Decider::kPerson && here && !differs) return;
  const bool conflict = by != Decider::kPerson && differs;
  SetChoice(next, purpose, granted && !conflict, by, at_ms);
  if (conflict) next->conflicts |= bit;
  const SignalSet heard = policy.Honoured(next->facts.region) & ~kAttSignal;
  const SignalSet on = next->facts.signals & heard;
  if (granted && by == Decider::kPerson) next->despite |= bit & policy.DeniedBy(on);
}

// The sets that the record keeps beside the choices, as arrays of ids.
struct SetName {
  const char* name;
  PurposeSet ConsentState::*set;
};
constexpr SetName kSets[] = {
    {"despite", &ConsentState::despite},         {"expired", &ConsentState::expired},
    {"changed", &ConsentState::changed},         {"conflicts", &ConsentState::conflicts},
    {"retired", &ConsentState::retired},         {"effective", &ConsentState::effective},
    {"unannounced", &ConsentState::unannounced},
};
constexpr const char* kAges = "unknown,below,reached";

PurposeSet ReadSet(const Policy& policy, JsonView ids) {
  PurposeSet set = 0;
  for (JsonItems id(ids); id.Next();) {
    const int purpose = policy.Find(id.value().AsName());
    if (purpose >= 0) set |= Bit(purpose);
  }
  return set;
}

// {purpose: number} of those in the set whose number is not 0.
template <typename Number>
void WriteNumbers(const Policy& policy, PurposeSet set, const char* name, JsonWriter* writer,
                  Number number_of) {
  bool begun = false;
  for (size_t i = 0; i < policy.purposes.size(); ++i) {
    const int64_t number = set >> i & 1 ? number_of(i) : 0;
    if (number == 0) continue;
    if (!begun) writer->Key(name).Begin('{');
    begun = true;
    writer->Key(policy.purposes[i].id).Integer(number);
  }
  if (begun) writer->End('}');
}

// Whether a grant was given to what the policy asks for now.
bool IsSameQuestion(const Policy& policy, JsonView record, size_t purpose) {
  const JsonView asked = record["asked"];
  if (!asked) return record["revision"].AsName() == policy.revision;
  const Purpose& now = policy.purposes[purpose];
  return asked[std::string_view(now.id)].IntegerOr(0) == static_cast<int64_t>(now.meaning);
}

// A refusal of what this policy does not have stands for the pages of others, within a bound.
void CarryRefusal(std::string_view id, String* ids) {
  if (ids->size() + id.size() > kRefusedElsewhereBytesMax) return;
  if (!ids->empty()) ids->push_back(',');
  ids->append("\"").append(id).append("\"");
}

void ReadChoices(const Policy& policy, JsonView record, const Now& now, ConsentState* state) {
  const int64_t decided_ms = record["time_ms"].IntegerOr(0);
  const String region(record["region"].AsName());
  const AnswerDays days = policy.DaysIn(region);
  const JsonView by = record["by"];
  const JsonView at = record["at"];
  const PurposeSet despite = state->despite;
  const PurposeSet conflicts = state->conflicts;
  const PurposeSet known = state->expired;
  PurposeSet expired = known;
  PurposeSet changed = state->changed;
  PurposeSet ran_out = 0;
  bool unknown = false;
  for (JsonItems choice(record["choices"]); choice.Next();) {
    const int purpose = policy.Find(choice.key());
    const bool granted = choice.value().IsName(kGranted);
    const int64_t at_ms = at[choice.key()].IntegerOr(decided_ms);
    const int64_t age_days = (now.wall_ms - at_ms) / kDayMs;
    const bool fresh = age_days < (granted ? days.granted : days.denied) && decided_ms > 0 &&
                       (age_days >= 0 || !granted);
    if (purpose < 0) {
      unknown |= granted;  // of a purpose that there is no more
      if (!granted) CarryRefusal(choice.key(), &state->refused_elsewhere);
      continue;
    }
    const bool same = !granted || IsSameQuestion(policy, record, static_cast<size_t>(purpose));
    if (!fresh) expired |= Bit(purpose);
    if (!same) changed |= Bit(purpose);
    if (granted && !(fresh && same)) {
      ran_out |= Bit(purpose);
      continue;
    }
    SetChoice(state, purpose, granted,
              static_cast<Decider>(std::clamp<int64_t>(by[choice.key()].IntegerOr(0), 0, 3)),
              at_ms);
    state->refused_in[purpose] = at_ms == decided_ms ? state->generation : 0;
  }
  state->despite = despite & state->granted;
  state->conflicts = conflicts & state->denied;
  state->ran_out = expired & ~known;
  state->expired = expired;
  state->changed = changed;
  state->lapsed = ran_out;
  if (unknown) {
    state->withdrawing = true;
    ++state->generation;
  }
  if ((state->granted | (state->denied & ~expired)) == 0) return;
  state->decided_ms = decided_ms;
  state->decided_in = region;
}

String PointerTo(std::string_view purpose) {
  String pointer = "/choices";
  AppendPointerStep(&pointer, purpose);
  return pointer;
}

}  // namespace

std::string_view ReasonName(Reason reason) {
  return NameAt("person,account,gpc,dnt,att,default,exempt,age,region,expired,changed",
                static_cast<int>(reason));
}

std::string_view StateName(PurposeState state) {
  return NameAt("unknown,granted,denied,exempt", static_cast<int>(state));
}

PurposeState ConsentState::Of(int purpose) const {
  const PurposeSet bit = Bit(purpose);
  if (always_on & bit) return PurposeState::kExempt;
  if ((suspended | (denied & ~expired) | (denied & by_default)) & bit) return PurposeState::kDenied;
  return (granted | by_default) & bit ? PurposeState::kGranted : PurposeState::kUnknown;
}

Reason ConsentState::Why(int purpose) const {
  const PurposeSet bit = Bit(purpose);
  if (always_on & bit) return Reason::kExempt;
  if (suspended & bit) {
    if (too_young) return Reason::kAge;
    return by_system & bit ? Reason::kAtt : Reason::kRegion;
  }
  if (Of(purpose) == PurposeState::kUnknown && (expired | changed) & bit) {
    return expired & bit ? Reason::kExpired : Reason::kChanged;
  }
  return (granted | denied) & bit ? static_cast<Reason>(by[purpose]) : Reason::kDefault;
}

Reason ConsentState::WhoDenied(PurposeSet purposes) const {
  int first = 0;
  while (first < kPurposesMax - 1 && !(purposes & Bit(first))) ++first;
  return static_cast<Reason>(by[first]);
}

PurposeSet ConsentState::Allowed() const {
  return always_on | ((granted | by_default) & ~denied & ~suspended);
}

void ConsentState::Withdraw(PurposeSet purposes, uint32_t of_generation) {
  for (int i = 0; i < kPurposesMax; ++i) {
    if (purposes & Bit(i)) withdrawn_at[i] = std::max(withdrawn_at[i], of_generation);
    last_withdrawn = std::max(last_withdrawn, withdrawn_at[i]);
  }
}

void ConsentState::WithdrawLapsed() {
  const PurposeSet gone = std::exchange(lapsed, 0) & ~Allowed();
  if (gone == 0) return;
  withdrawing = true;
  Withdraw(gone, ++generation);  // what is called from here on is later
}

PurposeSet ConsentState::Withdrawn(uint32_t of_generation) const {
  PurposeSet purposes = 0;
  if (of_generation >= last_withdrawn) return purposes;
  for (int i = 0; i < kPurposesMax; ++i) {
    if (withdrawn_at[i] > of_generation) purposes |= Bit(i);
  }
  return purposes;
}

ConsentState UndecidedState(const Policy& policy) {
  ConsentState state;
  Reconsider(policy, &state, Now());
  return state;
}

std::string_view TakeFact(const Policy& policy, std::string_view name, JsonView value,
                          ConsentFacts* facts) {
  if (Is(name, "region")) {
    if (!value.is(JsonType::kString)) return "/value";
    const std::string_view region = value.AsName();
    facts->region = IsPlace(region) ? region : std::string_view();
    return region == std::string_view(facts->region) ? "" : "/value";
  }
  if (Is(name, "age")) {
    const bool reached = value.AsBool() || value.IntegerOr(0) >= policy.age.minimum;
    facts->age = reached ? AgeFact::kReached : AgeFact::kBelow;
    if (value.is(JsonType::kNull)) facts->age = AgeFact::kUnknown;
    return "";
  }
  const SignalSet signal = SignalBit(name);
  // Who may still be asked has refused nothing yet, and allowed nothing.
  const bool att = signal == kAttSignal && value.is(JsonType::kString);
  const bool on = att ? !value.IsName("authorized") : IsOn(value);
  facts->signals = static_cast<SignalSet>(on ? facts->signals | signal : facts->signals & ~signal);
  return signal != 0 ? "" : "/name";
}

PurposeSet Reconsider(const Policy& policy, ConsentState* state, const Now& now) {
  const ConsentFacts& facts = state->facts;
  state->always_on = policy.AlwaysOn(facts.region);
  state->by_default = policy.OnByDefault(facts.region);
  state->too_young =
      policy.age.minimum > 0 &&
      (facts.age == AgeFact::kBelow || (facts.age == AgeFact::kUnknown && policy.age.deny_unknown));
  state->suspended = state->too_young ? ~state->always_on : 0;
  const SignalSet on = facts.signals & policy.Honoured(facts.region);
  state->by_system = policy.DeniedBy(on & kAttSignal);
  state->suspended |= state->by_system;
  state->unsure = 0;
  PurposeSet denied = 0;
  for (const SignalSet signal : {kGpcSignal, kDntSignal}) {
    const PurposeSet asked = policy.DeniedBy(on & signal) & ~state->always_on & ~state->despite;
    // It may be that it does not count where the person is.
    if (!policy.KnowsRules(facts.region))
      state->unsure |= asked;
    else
      denied |= DenyAll(asked & ~(state->denied & ~state->expired), DeciderOf(signal), now, state);
  }
  state->suspended |= state->unsure;
  if (denied != 0) NoteDecision(state, now);
  return denied;
}

StatusOr<ConsentState> Decide(const Policy& policy, const ConsentState& state, JsonView choices,
                              std::string_view source, int64_t decided_ms, const Now& now) {
  if (!choices.is(JsonType::kObject)) {
    return NotOk("wrong_type", "/choices", JsonTypeName(choices.type()), "an object");
  }
  const int by = source.empty() ? 0 : FindName(kDeciders, source);
  if (by < 0) return NotOk("not_allowed", "/source", "another source", kDeciders);
  const int64_t at_ms = std::max<int64_t>(1, std::min(decided_ms, now.wall_ms));
  const int64_t age_days = (now.wall_ms - at_ms) / kDayMs;
  const int64_t granted_days = policy.DaysIn(state.facts.region).granted;
  ConsentState next = state;
  for (JsonItems choice(choices); choice.Next();) {
    const int purpose = policy.Find(choice.key());
    if (purpose < 0 || state.always_on & Bit(purpose)) {
      return NotOk("not_allowed", PointerTo(choice.key()), "a purpose that nobody can choose",
                   PurposesAsJson(policy, ~state.always_on));
    }
    const bool granted = choice.value().IsName(kGranted);
    if (!granted && !choice.value().IsName(kDenied)) {
      return NotOk("not_allowed", PointerTo(choice.key()), JsonTypeName(choice.value().type()),
                   "\"granted\" or \"denied\"");
    }
    if (granted && age_days >= granted_days) {
      return NotOk("out_of_range", "/decided_ms", Numbered("", age_days, " days ago"),
                   Numbered("less than ", granted_days, " days ago, for a grant"));
    }
    // What comes from elsewhere does not undo what was answered here since.
    const bool travelled = at_ms < now.wall_ms;
    const bool refused = (state.denied & Bit(purpose)) && state.answered_ms[purpose] >= at_ms;
    if (granted && travelled && refused) continue;
    Choose(policy, purpose, granted, static_cast<Decider>(by), at_ms, &next);
  }
  NoteDecision(&next, now);
  return next;
}

bool KeepRefusals(const ConsentState& other, ConsentState* state) {
  const PurposeSet refused = other.denied & ~other.expired & ~state->denied;
  const bool older = state->recorded < other.recorded;  // and nobody knows what of it was heard
  bool kept = false;
  for (int i = 0; i < kPurposesMax; ++i) {
    const bool unheard = older || other.refused_in[i] >= state->recorded;
    if (!(refused & Bit(i)) || !unheard) continue;
    kept = true;
    SetChoice(state, i, false, other.by[i], other.answered_ms[i]);
    if (!state->answered()) state->decided_ms = other.decided_ms;
    state->refused_in[i] = other.generation + 1;  // as which it is put down anew
  }
  return kept;
}

PurposeSet DueQuestions(const Policy& policy, const ConsentState& state) {
  PurposeSet due = 0;
  for (size_t i = 0; i < policy.purposes.size(); ++i) {
    const int purpose = static_cast<int>(i);
    if (state.Of(purpose) == PurposeState::kUnknown) due |= Bit(purpose);
  }
  return due;
}

PurposeSet Contradictions(const Policy& policy, const ConsentState& state) {
  const SignalSet on = state.facts.signals & policy.Honoured(state.facts.region);
  return state.granted & policy.DeniedBy(on) & ~state.always_on;
}

void WriteStanding(const ConsentState& state, size_t purpose, JsonWriter* writer) {
  const int place = static_cast<int>(purpose);
  writer->Field("state", StateName(state.Of(place))).Field("why", ReasonName(state.Why(place)));
}

void WritePurposes(const Policy& policy, const ConsentState& state, JsonWriter* writer) {
  writer->Key("purposes").Begin('{');
  for (size_t i = 0; i < policy.purposes.size(); ++i) {
    writer->Key(policy.purposes[i].id).Begin('{');
    WriteStanding(state, i, writer);
    writer->End('}');
  }
  writer->End('}');
}

void WriteSet(const Policy& policy, PurposeSet set, const char* name, JsonWriter* writer) {
  if (set == 0) return;
  writer->Key(name).Begin('[');
  for (size_t i = 0; i < policy.purposes.size(); ++i) {
    if (set >> i & 1) writer->Text(policy.purposes[i].id);
  }
  writer->End(']');
}

String WriteConsentRecord(const Policy& policy, const ConsentState& state, bool spill) {
  String json;
  JsonWriter writer(&json);
  writer.Begin('{').Field("version", 1).Field("revision", policy.revision);
  writer.Field("generation", state.generation).Field("time_ms", state.decided_ms);
  writer.Field("region", state.decided_in);
  if (state.facts.age != AgeFact::kUnknown) {
    writer.Field("age", NameAt(kAges, static_cast<int>(state.facts.age)));
  }
  if (state.facts.age == AgeFact::kReached) writer.Field("age_minimum", policy.age.minimum);
  if (state.facts.signals & kAttSignal) writer.FieldBool("att", true);
  writer.Key("choices").Begin('{');
  for (size_t i = 0; i < policy.purposes.size(); ++i) {
    if (state.granted >> i & 1) writer.Key(policy.purposes[i].id).Text(kGranted);
    if (state.denied >> i & 1) writer.Key(policy.purposes[i].id).Text(kDenied);
  }
  String elsewhere = "[";
  elsewhere.append(state.refused_elsewhere).push_back(']');
  for (JsonItems id((JsonView(elsewhere))); id.Next();) {
    writer.Key(id.value().AsName()).Text(kDenied);
  }
  writer.End('}');
  WriteNumbers(policy, state.granted, "asked", &writer,
               [&](size_t i) { return static_cast<int64_t>(policy.purposes[i].meaning); });
  WriteNumbers(policy, state.granted | state.denied, "by", &writer,
               [&](size_t i) { return static_cast<int64_t>(state.by[i]); });
  WriteNumbers(policy, state.granted | state.denied, "at", &writer, [&](size_t i) {
    return state.answered_ms[i] == state.decided_ms ? 0 : state.answered_ms[i];
  });
  for (const SetName& set : kSets) WriteSet(policy, state.*set.set, set.name, &writer);
  writer.FieldRaw("id_salts", state.salts);
  writer.Field("subject", state.subject);
  if (state.log.number != 0) {
    writer.Key("log").Begin('{').Field("number", state.log.number);
    writer.Field("hash", state.log.hash).End('}');
  }
  writer.FieldRaw("unreported", state.unreported);
  if (spill) writer.FieldBool("spill", true);
  if (state.withdrawing) writer.FieldBool("withdrawing", true);
  WriteNumbers(policy, ~PurposeSet{0}, "withdrawn", &writer,
               [&](size_t i) { return static_cast<int64_t>(state.withdrawn_at[i]); });
  if (state.forgetting) writer.FieldBool("forgetting", true);
  writer.End('}');
  return json;
}

ConsentState ReadConsentRecord(const Policy& policy, JsonView record, const Now& now) {
  ConsentState state = UndecidedState(policy);
  if (record["version"].IntegerOr(0) != 1) return state;
  state.forgetting = record["forgetting"].AsBool();
  state.withdrawing = record["withdrawing"].AsBool();
  state.generation = static_cast<uint32_t>(record["generation"].IntegerOr(0));
  state.recorded = state.generation;
  state.subject = record["subject"].AsName();
  state.salts = record["id_salts"].text();
  state.log.number = static_cast<uint32_t>(record["log"]["number"].IntegerOr(0));
  state.log.hash = record["log"]["hash"].AsName();
  const JsonView unreported = record["unreported"];
  if (unreported.is(JsonType::kArray)) state.unreported = unreported.text();
  const int age = FindName(kAges, record["age"].AsName());
  if (age > 0) state.facts.age = static_cast<AgeFact>(age);
  // Old enough for less is not old enough for more.
  const bool more = policy.age.minimum > record["age_minimum"].IntegerOr(0);
  if (state.facts.age == AgeFact::kReached && more) state.facts.age = AgeFact::kUnknown;
  if (record["att"].AsBool()) state.facts.signals = kAttSignal;
  for (const SetName& set : kSets) state.*set.set = ReadSet(policy, record[set.name]);
  for (JsonItems item(record["withdrawn"]); item.Next();) {
    const int purpose = policy.Find(item.key());
    const auto generation = static_cast<uint32_t>(item.value().IntegerOr(0));
    if (purpose >= 0) state.Withdraw(Bit(purpose), generation);
  }
  Reconsider(policy, &state, now);
  ReadChoices(policy, record, now, &state);
  return state;
}

}  // namespace waymark
