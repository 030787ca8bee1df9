// Moments of silence: when one has begun, and whether it was recorded.
//
// A rule is armed from its `after` on until its `without`, or until a silence of it is recorded.
// While it is armed every event of the customer begins the wait anew: who is here is not silent.
#include <algorithm>

#include "base/time.h"
#include "journey/journey.h"

namespace waymark {
namespace {

const SilenceState* StateOf(const Journey& journey, const SilenceRule& rule) {
  for (const SilenceState& state : journey.silences) {
    if (state.name == rule.name) return &state;
  }
  return nullptr;
}

bool IsArmed(const Journey& journey, const SilenceRule& rule) {
  const SilenceState* state = StateOf(journey, rule);
  if (!state || state->after_ms == 0) return false;
  if (!rule.at_step.empty() && !(rule.at_step == journey.step)) return false;
  return state->after_ms > state->recorded_ms &&
         (rule.without.empty() || state->after_ms > state->without_ms);
}

}  // namespace

List<Silence> EndedSilences(const Journey& journey, const JourneyRules& rules, int64_t now_ms) {
  List<Silence> ended;
  for (size_t i = 0; i < rules.silence.size(); ++i) {
    const SilenceRule& rule = rules.silence[i];
    if (now_ms - journey.last_ms < rule.within_ms || !IsArmed(journey, rule)) continue;
    Silence& silence = ended.emplace_back();
    silence.rule = i;
    silence.began_ms = journey.last_ms;
    silence.step = journey.step;
    silence.touchpoint = journey.touchpoint;
  }
  return ended;
}

int64_t NextSilence(const Journey& journey, const JourneyRules& rules) {
  int64_t next_ms = kNever;
  for (const SilenceRule& rule : rules.silence) {
    if (IsArmed(journey, rule)) next_ms = std::min(next_ms, journey.last_ms + rule.within_ms);
  }
  return next_ms;
}

void NoteRecorded(const Silence& silence, const JourneyRules& rules, Journey* journey) {
  for (SilenceState& state : journey->silences) {
    const bool same = state.name == rules.silence[silence.rule].name;
    if (!same) continue;
    // In a damaged store the last event may be older than the one that armed the rule.
    state.recorded_ms = std::max({state.recorded_ms, silence.began_ms, state.after_ms});
  }
}

}  // namespace waymark
