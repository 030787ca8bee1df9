#include "consent/consent_state.h"

#include <algorithm>

#include "base/json_check.h"
#include "base/json_writer.h"

namespace waymark {
namespace {

constexpr int64_t kDayMs = 86'400'000;
constexpr const char* kGranted = "granted";
constexpr const char* kDenied = "denied";

PurposeSet Bit(int purpose) { return PurposeSet{1} << purpose; }

void SetChoice(ConsentState* state, int purpose, bool granted) {
  const PurposeSet bit = Bit(purpose);
  state->granted = granted ? state->granted | bit : state->granted & ~bit;
  state->denied = granted ? state->denied & ~bit : state->denied | bit;
}

String PointerTo(std::string_view purpose) {
  String pointer = "/choices";
  AppendPointerStep(&pointer, purpose);
  return pointer;
}

}  // namespace

PurposeState ConsentState::Of(int purpose) const {
  const PurposeSet bit = Bit(purpose);
  if (always_on & bit) return PurposeState::kExempt;
  if (denied & bit) return PurposeState::kDenied;
  return (granted | objectable) & bit ? PurposeState::kGranted : PurposeState::kUnknown;
}

PurposeSet ConsentState::Allowed() const { return always_on | ((granted | objectable) & ~denied); }

void ConsentState::Withdraw(PurposeSet purposes, uint32_t of_generation) {
  for (int i = 0; i < kPurposesMax; ++i) {
    if (purposes & Bit(i)) withdrawn_at[i] = std::max(withdrawn_at[i], of_generation);
    last_withdrawn = std::max(last_withdrawn, withdrawn_at[i]);
  }
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
  state.always_on = policy.AlwaysOn();
  state.objectable = policy.Objectable();
  return state;
}

StatusOr<ConsentState> Decide(const Policy& policy, const ConsentState& state, JsonView choices,
                              std::string_view source, const Now& now) {
  if (!choices.is(JsonType::kObject)) {
    return NotOk("wrong_type", "/choices", JsonTypeName(choices.type()), "an object");
  }
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
    SetChoice(&next, purpose, granted);
  }
  ++next.generation;
  next.decided_ms = now.wall_ms;
  next.source = source.empty() ? std::string_view("person") : source;
  return next;
}

String WriteConsentRecord(const Policy& policy, const ConsentState& state, bool spill) {
  String json;
  JsonWriter writer(&json);
  writer.Begin('{').Field("version", 1).Field("revision", policy.revision);
  writer.Field("generation", state.generation).Field("time_ms", state.decided_ms);
  writer.Field("source", state.source).Key("choices").Begin('{');
  for (size_t i = 0; i < policy.purposes.size(); ++i) {
    if (state.granted >> i & 1) writer.Key(policy.purposes[i].id).Text(kGranted);
    if (state.denied >> i & 1) writer.Key(policy.purposes[i].id).Text(kDenied);
  }
  writer.End('}');
  if (spill) writer.FieldBool("spill", true);
  if (state.withdrawing) writer.FieldBool("withdrawing", true);
  if (state.last_withdrawn != 0) {
    writer.Key("withdrawn").Begin('{');
    for (size_t i = 0; i < policy.purposes.size(); ++i) {
      const uint32_t generation = state.withdrawn_at[i];
      if (generation != 0) writer.Key(policy.purposes[i].id).Integer(generation);
    }
    writer.End('}');
  }
  if (state.forgetting) writer.FieldBool("forgetting", true);
  writer.End('}');
  return json;
}

ConsentState ReadConsentRecord(const Policy& policy, JsonView record, const Now& now) {
  ConsentState state = UndecidedState(policy);
  const int64_t decided_ms = record["time_ms"].IntegerOr(0);
  if (record["version"].IntegerOr(0) != 1) return state;
  state.forgetting = record["forgetting"].AsBool();
  state.generation = static_cast<uint32_t>(record["generation"].IntegerOr(0));
  if (decided_ms <= 0) return state;
  state.withdrawing = record["withdrawing"].AsBool();
  for (JsonItems item(record["withdrawn"]); item.Next();) {
    const int purpose = policy.Find(item.key());
    const auto generation = static_cast<uint32_t>(item.value().IntegerOr(0));
    if (purpose >= 0) state.Withdraw(Bit(purpose), generation);
  }
  const int64_t age_days = (now.wall_ms - decided_ms) / kDayMs;
  const bool grants_hold = age_days < policy.granted_days && age_days >= 0 &&
                           record["revision"].AsName() == policy.revision;
  const bool denials_hold = age_days < policy.denied_days;
  bool unknown = false;
  PurposeSet ran_out = 0;
  for (JsonItems choice(record["choices"]); choice.Next();) {
    const int purpose = policy.Find(choice.key());
    const bool granted = choice.value().IsName(kGranted);
    const bool lapsed = granted && !grants_hold;
    unknown |= lapsed && purpose < 0;
    if (purpose < 0) continue;
    if (lapsed) ran_out |= Bit(purpose);
    if (granted ? grants_hold : denials_hold) SetChoice(&state, purpose, granted);
  }
  ran_out &= ~state.Allowed();
  if (unknown || ran_out != 0) {
    state.withdrawing = true;
    state.Withdraw(ran_out, ++state.generation);  // what is called from here on is later
  }
  if ((state.granted | state.denied) == 0) return state;
  state.decided_ms = decided_ms;
  state.source = record["source"].AsName();
  return state;
}

}  // namespace waymark
