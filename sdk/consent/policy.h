// The consent policy as data: purposes, what happens before an answer, how long an answer holds.
#ifndef WAYMARK_CONSENT_POLICY_H_
#define WAYMARK_CONSENT_POLICY_H_

#include <cstdint>
#include <string_view>

#include "base/json_view.h"
#include "base/json_writer.h"
#include "base/list.h"
#include "base/status.h"
#include "base/string.h"
#include "consent/region.h"

namespace waymark {

// Purposes are interned: bit i stands for Policy::purposes[i].
using PurposeSet = uint32_t;

enum class Basis : uint8_t {
  kConsent,             // off until granted
  kLegitimateInterest,  // on until objected to
  kExempt,              // always on: strictly necessary, or exempt audience measurement
  kContract,
  kLegalObligation,
};

enum class BeforeAnswer : uint8_t { kHold, kDrop, kDeidentify };

// What a browser or system says for the person, as bits. In the order of kSignalNames.
using SignalSet = uint8_t;
inline constexpr SignalSet kGpcSignal = 1;  // Global Privacy Control
inline constexpr SignalSet kDntSignal = 2;  // Do Not Track
inline constexpr SignalSet kAttSignal =
    4;  // App Tracking Transparency refused, or ad tracking limited
inline constexpr const char* kSignalNames = "gpc,dnt,att";
// 0 for a name that is none of them.
SignalSet SignalBit(std::string_view name);
std::string_view SignalName(SignalSet signal);
// `signals`, an array of names, in an object that is open; nothing when none is on.
void WriteSignals(SignalSet on, JsonWriter* writer);

// What the policy says of a person of whom it is not known how old they are, or who is too young.
struct AgeRule {
  int64_t minimum = 0;       // years; 0: age does not matter
  bool deny_unknown = true;  // who has not said how old they are counts as too young
};

struct Purpose {
  String id;
  Basis basis = Basis::kConsent;
  BeforeAnswer before_answer = BeforeAnswer::kDrop;
  bool storage = false;     // may keep things on the device
  bool deidentify = false;  // never gets more than the de-identified event
  bool own_ids = false;     // who gets events for it knows people under ids of their own
  bool vendor = false;      // no purpose of the document: one who gets events, on until denied
  SignalSet signals = 0;    // each of these denies it
  PurposeSet needs = 0;     // itself and, transitively, what it requires
  uint32_t meaning = 0;     // changes with what is asked: whoever granted another is asked again
  String exempt_in;         // basis exempt: regions, as an array of JSON text; empty: everywhere
};

// How long answers hold.
struct AnswerDays {
  int64_t granted = 180;
  int64_t denied = 180;
};

struct Policy {
  String revision;
  List<Purpose> purposes;
  String regions;         // the rules, as an array of JSON text; empty: everybody is asked before
  SignalSet honours = 0;  // wherever no region says otherwise
  AgeRule age;
  int64_t storage_days = 390;  // how long an id may stay on the device
  AnswerDays valid_days;       // where no region says otherwise

  // -1 when no purpose has that id.
  int Find(std::string_view id) const;
  // The purposes named in an array of ids, each with what it requires; unknown names count for
  // nothing.
  PurposeSet Closure(JsonView ids) const;
  // The same of an event that may be older than this policy: an unknown name is a need that nothing
  // meets.
  PurposeSet NeedsOf(JsonView ids) const;
  // What needs no answer there: basis exempt, contract and legal obligation.
  PurposeSet AlwaysOn(std::string_view region) const;
  // What is on there until somebody objects: basis legitimate interest, vendors, and all else where
  // nobody has to be asked before.
  PurposeSet OnByDefault(std::string_view region) const;
  // What each of these signals denies.
  PurposeSet DeniedBy(SignalSet signals) const;
  // The signals that are honoured there.
  SignalSet Honoured(std::string_view region) const;
  // Whether it is known which rules hold. Until then the strictest do.
  bool KnowsRules(std::string_view region) const { return regions.empty() || !region.empty(); }
  ConsentModel ModelIn(std::string_view region) const;
  AnswerDays DaysIn(std::string_view region) const;
  // What may keep things on the device.
  PurposeSet WithStorage() const;
};

// Reads the member `consent` of a config that fits the schema. Adds a problem for each purpose that
// is declared twice or requires one that is not declared, for rules that hold nowhere, and for
// refusals that are asked about sooner than acceptances.
Policy ReadPolicy(JsonView consent, List<Problem>* problems);

// Consent by vendor is a purpose of its own, on until denied, called `vendor:` and the vendor's id.
// Its place; -1 when the policy has no room for it.
int AddVendor(Policy* policy, std::string_view vendor);
inline constexpr std::string_view kVendorPrefix = "vendor:";

// Adds a problem for each id of an array that names no purpose. `pointer`: of the array.
void CheckPurposeIds(const Policy& policy, JsonView ids, const String& pointer,
                     List<Problem>* problems);

// The ids of a set as an object of booleans, in the policy's order:
// {"analytics":true,"marketing":false}.
String PurposesAsJson(const Policy& policy, PurposeSet set);
// The inverse: ids that the policy no longer knows count for nothing.
PurposeSet PurposesFromJson(const Policy& policy, JsonView json);

}  // namespace waymark

#endif  // WAYMARK_CONSENT_POLICY_H_
