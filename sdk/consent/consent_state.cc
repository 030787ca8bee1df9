#include "consent/consent_state.h"

#include "base/json_writer.h"
#include "base/schema.h"

namespace waymark {
namespace {

constexpr int64_t kDayMs = 86'400'000;
constexpr std::string_view kGranted = "granted";
constexpr std::string_view kDenied = "denied";

PurposeSet Bit(int purpose) { return PurposeSet{1} << purpose; }

void SetChoice(ConsentState* state, int purpose, bool granted) {
  const PurposeSet bit = Bit(purpose);
  state->granted = granted ? state->granted | bit : state->granted & ~bit;
  state->denied = granted ? state->denied & ~bit : state->denied | bit;
}

std::string PointerTo(const std::string& purpose) {
  std::string pointer = "/choices";
  AppendPointerStep(&pointer, purpose);
  return pointer;
}

std::string ChoosablePurposes(const Policy& policy, const ConsentState& state) {
  std::string ids;
  for (size_t i = 0; i < policy.purposes.size(); ++i) {
    if (state.always_on >> i & 1) continue;
    ids += (ids.empty() ? "" : ", ") + policy.purposes[i].id;
  }
  return ids;
}

}  // namespace

PurposeState ConsentState::Of(int purpose) const {
  const PurposeSet bit = Bit(purpose);
  if (always_on & bit) return PurposeState::kExempt;
  if (denied & bit) return PurposeState::kDenied;
  return (granted | objectable) & bit ? PurposeState::kGranted : PurposeState::kUnknown;
}

PurposeSet ConsentState::Allowed() const { return always_on | ((granted | objectable) & ~denied); }

ConsentState UndecidedState(const Policy& policy) {
  ConsentState state;
  state.always_on = policy.AlwaysOn();
  for (size_t i = 0; i < policy.purposes.size(); ++i) {
    if (policy.purposes[i].basis == Basis::kLegitimateInterest) {
      state.objectable |= PurposeSet{1} << i;
    }
  }
  return state;
}

StatusOr<ConsentState> Decide(const Policy& policy, const ConsentState& state,
                              const JsonView& choices, const std::string& source, Now now) {
  if (!choices.is(JsonType::kObject)) {
    return Problem{"wrong_type", "/choices", JsonTypeName(choices.type()), "an object"};
  }
  ConsentState next = state;
  for (JsonItems choice(choices); choice.Next();) {
    const int purpose = policy.Find(choice.key());
    if (purpose < 0 || state.always_on & Bit(purpose)) {
      return Problem{"not_allowed", PointerTo(choice.key()),
                     purpose < 0 ? "an undeclared purpose" : "a purpose that is always on",
                     ChoosablePurposes(policy, state)};
    }
    const std::string value = choice.value().AsString();
    if (value != kGranted && value != kDenied) {
      return Problem{"not_allowed", PointerTo(choice.key()), JsonTypeName(choice.value().type()),
                     "\"granted\" or \"denied\""};
    }
    SetChoice(&next, purpose, value == kGranted);
  }
  ++next.generation;
  next.decided_ms = now.wall_ms;
  next.source = source.empty() ? "person" : source;
  return next;
}

std::string WriteConsentRecord(const Policy& policy, const ConsentState& state) {
  std::string json;
  JsonWriter writer(&json);
  writer.Begin('{').Field("version", 1).Field("revision", policy.revision);
  writer.Field("generation", state.generation).Field("time_ms", state.decided_ms);
  writer.Field("source", state.source).Key("choices").Begin('{');
  for (size_t i = 0; i < policy.purposes.size(); ++i) {
    if (state.granted >> i & 1) writer.Field(policy.purposes[i].id, kGranted);
    if (state.denied >> i & 1) writer.Field(policy.purposes[i].id, kDenied);
  }
  writer.End('}');
  if (state.withdrawing) writer.Key("withdrawing").Bool(true);
  writer.End('}');
  return json;
}

ConsentState ReadConsentRecord(const Policy& policy, const JsonView& record, Now now) {
  ConsentState state = UndecidedState(policy);
  const auto decided_ms = record["time_ms"].AsInteger();
  if (record["version"].AsInteger() != 1 || !decided_ms || *decided_ms <= 0) return state;
  state.generation = static_cast<uint32_t>(record["generation"].AsInteger().value_or(0));
  state.withdrawing = record["withdrawing"].AsBool();
  const int64_t age_days = (now.wall_ms - *decided_ms) / kDayMs;
  const bool grants_hold = age_days < policy.granted_days && age_days >= 0 &&
                           record["revision"].AsString() == policy.revision;
  const bool denials_hold = age_days < policy.denied_days;
  for (JsonItems choice(record["choices"]); choice.Next();) {
    const int purpose = policy.Find(choice.key());
    const bool granted = choice.value().AsString() == kGranted;
    if (purpose < 0 || !(granted ? grants_hold : denials_hold)) continue;
    SetChoice(&state, purpose, granted);
  }
  if ((state.granted | state.denied) == 0) return state;
  state.decided_ms = *decided_ms;
  state.source = record["source"].AsString();
  return state;
}

}  // namespace waymark
