// The decision log: what was decided, when, by whom, and what was deleted because of it. A chain of
// entries of which each names the hash of the one before, so that whoever has the last hash, the
// anchor, can tell whether any of them was removed, changed, moved or cut off. The form of an entry
// is docs/decision_log.md.
//
// Invariant: no personal data but a pseudonymous subject id, which only a grant makes.
#ifndef WAYMARK_CONSENT_DECISION_LOG_H_
#define WAYMARK_CONSENT_DECISION_LOG_H_

#include <cstdint>
#include <string_view>

#include "base/json_view.h"
#include "base/string.h"
#include "consent/consent_state.h"
#include "consent/policy.h"

namespace waymark {

inline constexpr std::string_view kLogPrefix = "consent/log/";

struct LogEntry {
  String key;
  String text;
};

// Closes an entry and moves the head of the chain on. `members`: of the entry, as JSON text without
// braces.
LogEntry AppendToLog(std::string_view members, LogHead* head);

// The entry of a decision. `by`: who or what decided. `shown`: what the person saw, as the caller
// tells it.
String DecisionMembers(const Policy& policy, const ConsentState& state, std::string_view by,
                       JsonView shown, const Now& now);

// What a withdrawal deleted.
struct Deletion {
  int64_t events = 0;          // that were on the way, in memory
  int64_t may_have_left = 0;   // of these, those that were being sent
  int64_t ids = 0;             // identities retired
  bool store_cleared = false;  // all keys of events and ids, known or not
};

// The entry of a deletion that is done.
String DeletionMembers(const Policy& policy, const ConsentState& state, PurposeSet purposes,
                       const Deletion& deletion, const Now& now);

// With an entry of this number the device need not keep those whose keys begin with this; empty: it
// keeps all.
String OutdatedLogPrefix(uint32_t number);

}  // namespace waymark

#endif  // WAYMARK_CONSENT_DECISION_LOG_H_
