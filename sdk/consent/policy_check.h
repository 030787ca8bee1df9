// What is wrong with a policy that an engine would obey all the same, on its strict side: for
// tools, not for pages.
#ifndef WAYMARK_CONSENT_POLICY_CHECK_H_
#define WAYMARK_CONSENT_POLICY_CHECK_H_

#include "base/json_view.h"
#include "base/list.h"
#include "base/status.h"

namespace waymark {

// Adds a finding for each contradiction of a config that the engine takes: rules that never hold,
// purposes nobody needs, refusals that are asked about sooner than acceptances, collectors whose
// vendor is not declared for what they need, signals that the law does not let a page ignore.
void CheckPolicy(JsonView config, List<Problem>* findings);

}  // namespace waymark

#endif  // WAYMARK_CONSENT_POLICY_CHECK_H_
