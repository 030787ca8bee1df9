// What vendors are to be told, all of it worked out from one state of consent: Google's Consent
// Mode, TC, GPP, US Privacy and Additional Consent strings. And the other way: whether what is told
// contradicts that state.
//
// Invariant: nothing is told to be allowed that the state does not allow.
#ifndef WAYMARK_CONSENT_IAB_DERIVE_H_
#define WAYMARK_CONSENT_IAB_DERIVE_H_

#include <string_view>

#include "base/json_view.h"
#include "base/json_writer.h"
#include "base/list.h"
#include "base/status.h"
#include "consent/consent_mode.h"
#include "consent/consent_state.h"
#include "consent/policy.h"

namespace waymark {

// What the strings are made of.
struct SignalSource {
  JsonView consent;  // the config's member
  const Policy* policy = nullptr;
  const ConsentState* state = nullptr;
  int64_t vendor_list_version = 0;  // of the vendor list that the person was shown; 0: none was
  int64_t now_ms = 0;               // for a string that is made before anybody has decided
  std::string_view language = {};   // in which the person was asked; empty: English
};

// Writes, into the object that is open: `consent_mode`, and of `tc`, `gpp`, `usp` and
// `additional_consent` those that the policy and the region ask for. Notes as problems what keeps a
// string from being made.
void WriteSignalsOf(const SignalSource& source, JsonWriter* writer, List<Problem>* problems);

// Google's part of it alone.
ConsentMode ConsentModeOf(const SignalSource& source);

// For the interfaces that vendors ask on a page: `gdpr_applies` (missing: not known yet), `tc`,
// `gpp`, `additional_consent`, and what stands in the first two, `tc_fields` and `gpp_sections`, as
// documents have it.
//
// A vendor of the config may say `declares`, of `consent`, `legitimate_interest` and
// `special_purposes` what the vendor list has of it; one that says nothing declares the first two.
void WriteSignalsForPage(const SignalSource& source, JsonWriter* writer, List<Problem>* problems);

// The keys that an app keeps of these strings in its default preferences, {"IABTCF_TCString": "C…",
// "IABTCF_gdprApplies": 1, …}; where nobody has to be asked before, that no TC string applies.
String InAppKeysOf(const SignalSource& source);

// The same, in a module that can: null in those for pages (docs/adr/0008).
using InAppKeysMaker = String (*)(const SignalSource& source);
extern const InAppKeysMaker kInAppKeysMaker;

// Compares what is told elsewhere, {"tc", "gpp", "usp", "additional_consent", "consent_mode"}, with
// the state: a problem `more` for each that says yes where the state says no, `less` for the other
// way, with the name of the signal and its field as pointer.
void CheckSignals(const SignalSource& source, JsonView told, List<Problem>* problems);

}  // namespace waymark

#endif  // WAYMARK_CONSENT_IAB_DERIVE_H_
