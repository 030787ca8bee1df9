// What has been decided so far, and the record of it that outlives the page.
#ifndef WAYMARK_CONSENT_CONSENT_STATE_H_
#define WAYMARK_CONSENT_CONSENT_STATE_H_

#include <cstdint>

#include "base/json_writer.h"
#include "base/limits.h"
#include "base/status.h"
#include "base/string.h"
#include "base/time.h"
#include "consent/policy.h"

namespace waymark {

enum class PurposeState : uint8_t { kUnknown, kGranted, kDenied, kExempt };

enum class AgeFact : uint8_t { kUnknown, kBelow, kReached };

// What the host knows of the person and the law. What it has not told is unknown, and the strictest
// holds.
struct ConsentFacts {
  String region;          // ISO 3166
  SignalSet signals = 0;  // those that are on
  AgeFact age = AgeFact::kUnknown;
};

// Who decides. In the order of kDeciders.
enum class Decider : uint8_t { kPerson, kAccount, kGpc, kDnt };
inline constexpr const char* kDeciders = "person,account,gpc,dnt";

// Why a purpose is as it is. In the order of kReasons, of which the first are kDeciders.
enum class Reason : uint8_t {
  kPerson,
  kAccount,
  kGpc,
  kDnt,
  kAtt,      // the system's refusal, as long as it stands
  kDefault,  // by the policy: nobody has said anything
  kExempt,
  kAge,      // too young, or not known how old
  kRegion,   // a signal, while it is not known whether it counts where the person is
  kExpired,  // an answer that has run out
  kChanged,  // an answer to another question
};
std::string_view ReasonName(Reason reason);
std::string_view StateName(PurposeState state);

// Where the chain of decisions ends: docs/decision_log.md.
struct LogHead {
  uint32_t number = 0;  // of the last entry; 0: there is none
  String hash;
};

struct ConsentState {
  // What follows from the policy and the facts: Reconsider().
  PurposeSet always_on = 0;   // needs no answer
  PurposeSet by_default = 0;  // on until denied
  PurposeSet suspended = 0;   // off, whatever was answered, as long as the facts are as they are
  PurposeSet unsure = 0;     // of these, those that a signal may deny: it is not known where we are
  PurposeSet by_system = 0;  // of these, those that the system does not allow
  bool too_young = false;    // or not known to be old enough
  ConsentFacts facts;

  PurposeSet granted = 0;
  PurposeSet denied = 0;
  PurposeSet despite = 0;  // granted while a signal that denies it was on: it does not count again
  // Answers that do not hold any more. A denial stays where what it denies would be on without it.
  PurposeSet expired = 0;
  PurposeSet changed = 0;    // of another question
  PurposeSet lapsed = 0;     // grants that this reading found to hold no more
  PurposeSet ran_out = 0;    // of those that have expired, what the record did not know of yet
  PurposeSet retired = 0;    // withdrawn after they were allowed: granted again they get new ids
  PurposeSet conflicts = 0;  // an account's answer and the device's differ: denied until decided
  Decider by[kPurposesMax] = {};
  int64_t answered_ms[kPurposesMax] = {};  // Unix time of each answer
  uint32_t refused_in[kPurposesMax] = {};  // generation of each; 0: before that of the record
  // Withdrawn when the person's ids had not been read: the owner is still to be told of them.
  PurposeSet unannounced = 0;
  // What was allowed when the record was put: what is not any more goes from the device.
  PurposeSet effective = 0;
  LogHead log;
  String refused_elsewhere;  // ids that this policy does not have, each as a JSON string
  String salts;              // of ids that a purpose has for itself: identity/own_ids.h
  String subject;            // stands for the person in the log; only a grant makes one
  String unreported;        // events for the owner's records, until they are acknowledged: an array
  String decided_in;        // the region of the last decision
  uint32_t generation = 0;  // grows with every decision; events are stamped with it
  uint32_t recorded = 0;    // the same as the record says it: by this tabs count for each other
  int64_t decided_ms = 0;   // Unix time of the last decision; 0: none
  bool withdrawing = false;  // a withdrawal is put down but not carried out yet
  // The generation in which each purpose was withdrawn last; 0: never. What is older and needs it
  // goes, also when it has been granted again since.
  uint32_t withdrawn_at[kPurposesMax] = {};
  uint32_t last_withdrawn = 0;  // the highest of these
  bool forgetting = false;      // all that is kept is to be deleted, and is not yet

  bool answered() const { return decided_ms != 0; }
  // Also when all answers have lapsed since; not when they were forgotten.
  bool ever_answered() const { return (decided_ms | expired | changed) != 0; }
  void Withdraw(PurposeSet purposes, uint32_t of_generation);
  // What lapsed goes as if it had been withdrawn, where it is not on without an answer.
  void WithdrawLapsed();
  // For what is of this generation.
  PurposeSet Withdrawn(uint32_t of_generation) const;
  PurposeState Of(int purpose) const;
  Reason Why(int purpose) const;
  // Who denied the first of these.
  Reason WhoDenied(PurposeSet purposes) const;
  // Every purpose that events may be used for now.
  PurposeSet Allowed() const;
};

// The state before anybody answered.
ConsentState UndecidedState(const Policy& policy);

// Takes over what the host tells: `region` (ISO 3166), `age` (years, or true for old enough),
// `gpc`, `dnt` (true or false), `att` (as the system calls it). Points to what it cannot be: a name
// of no fact, a value of a wrong type; and a region that is no place, which counts as unknown.
inline constexpr const char* kFactNames = "region,age,gpc,dnt,att";
std::string_view TakeFact(const Policy& policy, std::string_view name, JsonView value,
                          ConsentFacts* facts);

// Works out anew what follows from the facts, and denies what signals deny: that is a decision, and
// stays when the signal goes. Gives the purposes that it denied.
PurposeSet Reconsider(const Policy& policy, ConsentState* state, const Now& now);

// The state after a decision. `choices`: {purpose: "granted" | "denied"}; a problem for other
// names, other values and purposes that are not anybody's choice, and for a source that is no
// decider. An account's choices are merged with those of the device: where they differ the purpose
// is denied until the person decides. `decided_ms`: Unix time; what was decided before, elsewhere,
// holds from then on, and a grant that has run out since is a problem.
StatusOr<ConsentState> Decide(const Policy& policy, const ConsentState& state, JsonView choices,
                              std::string_view source, int64_t decided_ms, const Now& now);

// Adds what another state of the same person refuses and this one had not heard of; whether there
// was something.
bool KeepRefusals(const ConsentState& other, ConsentState* state);

// The purposes about which a question is due: those that nobody has answered, or whose answer has
// run out or was given to another question, where people are asked before. Why() says which.
PurposeSet DueQuestions(const Policy& policy, const ConsentState& state);

// The purposes of which a signal says no, where it counts, and the person yes.
PurposeSet Contradictions(const Policy& policy, const ConsentState& state);

// `state` and `why` of a purpose, in an object that is open.
void WriteStanding(const ConsentState& state, size_t purpose, JsonWriter* writer);
// `purposes`: {id: {`state`, `why`}}, in an object that is open.
void WritePurposes(const Policy& policy, const ConsentState& state, JsonWriter* writer);

// The ids of a set as an array in an object that is open; an empty set writes nothing.
void WriteSet(const Policy& policy, PurposeSet set, const char* name, JsonWriter* writer);

// The record kept under the key `consent/record`. `spill`: what a page could not hand to the engine
// may wait on the device.
String WriteConsentRecord(const Policy& policy, const ConsentState& state, bool spill);

// Reads it back. Answers that have run out, and grants that were given to another question, are
// unknown again: a new one is due, and what was kept with such a grant is to go (WithdrawLapsed)
// when it is known by which rules. Anything unreadable counts as never asked.
ConsentState ReadConsentRecord(const Policy& policy, JsonView record, const Now& now);

}  // namespace waymark

#endif  // WAYMARK_CONSENT_CONSENT_STATE_H_
