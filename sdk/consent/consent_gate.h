// Decides whether one event may be kept, and sent to one collector.
//
// The gate is the first stage an event meets; nothing is written before it says kAdmit.
// Invariant: Judge() is a pure function of its arguments. It knows no clock and no store.
#ifndef WAYMARK_CONSENT_CONSENT_GATE_H_
#define WAYMARK_CONSENT_CONSENT_GATE_H_

#include "consent/consent_state.h"
#include "consent/policy.h"

namespace waymark {

// In order of strictness: of two verdicts the later one holds.
enum class GateVerdict : uint8_t {
  kAdmit,
  kDeidentify,  // only without ids, fine time and free text
  kHold,        // in memory only, at most kHeldEventsMax of them, until the visitor answers
  kDrop,
};

std::string_view VerdictName(GateVerdict verdict);

// `needs`: the purposes that must all allow the event, closed under what they require.
[[nodiscard]] GateVerdict Judge(const Policy& policy, const ConsentState& state, PurposeSet needs);

// `because`, in an object that is open: the purposes that decide, those that are as strict as all
// of them together, each with its state and why.
void WriteReasons(const Policy& policy, const ConsentState& state, PurposeSet needs,
                  JsonWriter* writer);

// The same at send time: the stricter of the consent at capture and the consent now. `captured`:
// what was allowed when the event was admitted. Never kHold: what is admitted has been answered
// for.
[[nodiscard]] GateVerdict JudgeAgain(const Policy& policy, const ConsentState& state,
                                     PurposeSet needs, PurposeSet captured);

}  // namespace waymark

#endif  // WAYMARK_CONSENT_CONSENT_GATE_H_
