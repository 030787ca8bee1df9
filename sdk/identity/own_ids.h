// An anonymous id of its own for what a purpose gets, where the policy asks for that.
//
// Who gets events for such a purpose knows a person under an id that is mixed of the anonymous id
// and a random salt, which is drawn when the purpose becomes allowed and lies in the consent
// record. A withdrawal takes the salt away, so one purpose ends, and begins anew, without touching
// the ids of the others; and from the id of one nobody comes to those of the others.
//
// Invariant: an id is never sent in the place of one that has no salt.
#ifndef WAYMARK_IDENTITY_OWN_IDS_H_
#define WAYMARK_IDENTITY_OWN_IDS_H_

#include <string_view>

#include "base/json_view.h"
#include "base/prng.h"
#include "base/string.h"
#include "consent/policy.h"

namespace waymark {

// Whether this build has them (engine/parts.h).
extern const bool kHasOwnIds;

// The purposes among these that have ids of their own.
PurposeSet WithOwnIds(const Policy& policy, PurposeSet purposes);

// The salts of these purposes, {"marketing":"<32 digits>"}: those that there are, and new ones.
// What is not among the purposes has none any more. Empty: no salts.
String KeepSalts(const Policy& policy, PurposeSet purposes, JsonView salts, Prng* prng);

// Whether there is a salt for each purpose among these that needs one.
bool HasSalts(const Policy& policy, PurposeSet purposes, JsonView salts);

// What stands for `id` towards who needs these purposes; empty: the id itself does.
String OwnId(const Policy& policy, PurposeSet needs, JsonView salts, std::string_view id);

}  // namespace waymark

#endif  // WAYMARK_IDENTITY_OWN_IDS_H_
