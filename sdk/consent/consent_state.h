// What has been decided so far, and the record of it that outlives the page.
#ifndef WAYMARK_CONSENT_CONSENT_STATE_H_
#define WAYMARK_CONSENT_CONSENT_STATE_H_

#include <cstdint>

#include "base/limits.h"
#include "base/status.h"
#include "base/string.h"
#include "base/time.h"
#include "consent/policy.h"

namespace waymark {

enum class PurposeState : uint8_t { kUnknown, kGranted, kDenied, kExempt };

struct ConsentState {
  PurposeSet always_on = 0;   // needs no answer
  PurposeSet objectable = 0;  // legitimate interest: on until denied
  PurposeSet granted = 0;
  PurposeSet denied = 0;
  uint32_t generation = 0;   // grows with every decision; events are stamped with it
  int64_t decided_ms = 0;    // Unix time of the last decision; 0: none
  String source;             // who decided: person
  bool withdrawing = false;  // a withdrawal is put down but not carried out yet
  // The generation in which each purpose was withdrawn last; 0: never. What is older and needs it
  // goes, also when it has been granted again since.
  uint32_t withdrawn_at[kPurposesMax] = {};
  uint32_t last_withdrawn = 0;  // the highest of these
  bool forgetting = false;      // all that is kept is to be deleted, and is not yet

  bool answered() const { return decided_ms != 0; }
  void Withdraw(PurposeSet purposes, uint32_t of_generation);
  // For what is of this generation.
  PurposeSet Withdrawn(uint32_t of_generation) const;
  PurposeState Of(int purpose) const;
  // Every purpose that events may be used for now.
  PurposeSet Allowed() const;
};

// The state before anybody answered.
ConsentState UndecidedState(const Policy& policy);

// The state after a decision. `choices`: {purpose: "granted" | "denied"}; a problem for other
// names, other values and purposes that are not anybody's choice.
StatusOr<ConsentState> Decide(const Policy& policy, const ConsentState& state, JsonView choices,
                              std::string_view source, const Now& now);

// The record kept under the key `consent/record`. `spill`: what a page could not hand to the engine
// may wait on the device.
String WriteConsentRecord(const Policy& policy, const ConsentState& state, bool spill);

// Reads it back. Answers that have run out, and grants to another revision of the policy, are
// unknown again: a new question is due, and what was kept with such a grant goes as if it had been
// withdrawn. Anything unreadable counts as never asked.
ConsentState ReadConsentRecord(const Policy& policy, JsonView record, const Now& now);

}  // namespace waymark

#endif  // WAYMARK_CONSENT_CONSENT_STATE_H_
