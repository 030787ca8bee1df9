// The consent policy as data: purposes, what happens before an answer, how long an answer holds.
#ifndef WAYMARK_CONSENT_POLICY_H_
#define WAYMARK_CONSENT_POLICY_H_

#include <cstdint>
#include <string_view>

#include "base/json_view.h"
#include "base/list.h"
#include "base/status.h"
#include "base/string.h"

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

struct Purpose {
  String id;
  Basis basis = Basis::kConsent;
  BeforeAnswer before_answer = BeforeAnswer::kDrop;
  bool storage = false;     // may keep things on the device
  bool deidentify = false;  // never gets more than the de-identified event
  PurposeSet needs = 0;     // itself and, transitively, what it requires
};

struct Policy {
  String revision;
  List<Purpose> purposes;
  int64_t granted_days = 180;
  int64_t denied_days = 180;

  // -1 when no purpose has that id.
  int Find(std::string_view id) const;
  // The purposes named in an array of ids, each with what it requires; unknown names count for
  // nothing.
  PurposeSet Closure(JsonView ids) const;
  // What needs no answer: basis exempt, contract and legal obligation.
  PurposeSet AlwaysOn() const;
  // What is on until somebody objects: basis legitimate interest.
  PurposeSet Objectable() const;
  // What may keep things on the device.
  PurposeSet WithStorage() const;
};

// Reads the member `consent` of a config that fits the schema. Adds a problem for each purpose that
// is declared twice or requires one that is not declared.
Policy ReadPolicy(JsonView consent, List<Problem>* problems);

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
