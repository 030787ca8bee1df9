// The decision table of a policy: what each collector gets, for each region, signal, age and
// choice. For tools, not for pages.
//
// The table is made with the same gate, facts and rules for fields as the engine uses, and it is
// whole: of the choices only those that a collector's needs depend on make a difference to it.
#ifndef WAYMARK_ENGINE_POLICY_TABLE_H_
#define WAYMARK_ENGINE_POLICY_TABLE_H_

#include <functional>
#include <string_view>

#include "base/json_writer.h"
#include "base/list.h"
#include "consent/consent_gate.h"
#include "consent/consent_state.h"
#include "engine/config.h"

namespace waymark {

// One line of the table.
struct PolicyCase {
  std::string_view region;  // as the policy names it; empty: not known
  std::string_view age;     // unknown, below, reached
  SignalSet signals = 0;
  const Lane* lane = nullptr;
  const ConsentState* state = nullptr;  // after the choices
  PurposeSet chosen = 0;                // the purposes that were answered; the others were not
  GateVerdict verdict = GateVerdict::kDrop;
};

// Calls `take` for each case, until it says no. False: there are more cases than anybody would read
// (kPolicyCasesMax), and the rest was left out.
bool EachCase(const Config& config, JsonView consent,
              const std::function<bool(const PolicyCase&)>& take);

// The line as members of an object that is open.
void WriteCase(const Config& config, const PolicyCase& policy_case, JsonWriter* writer);

// No event with this field as it is reaches that collector without that purpose.
struct PolicyClaim {
  std::string_view field;      // JSON pointer, as in the config's `fields`; empty: no event at all
  std::string_view collector;  // its id
  std::string_view without;    // a purpose's id
};

// Whether the claim holds in every case. When not, the first one in which it does not is written as
// members of an object that is open. `cases`: how many were looked at.
bool Proves(const Config& config, JsonView consent, const PolicyClaim& claim, int64_t* cases,
            JsonWriter* counterexample);

}  // namespace waymark

#endif  // WAYMARK_ENGINE_POLICY_TABLE_H_
