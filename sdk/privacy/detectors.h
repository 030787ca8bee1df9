// Personal data inside what is recorded: addresses in texts, in URLs, in the names of fields. Each
// kind is redacted, hashed, or dropped with the field that has it, before anything is kept.
//
//   {"redact": ["email", "phone"], "hash": ["iban"], "drop": ["card", "token"],
//    "patterns": [{"id": "tax_id", "pattern": "99 ?999 ?999 ?999", "action": "drop"}]}
//
// docs/privacy.md has the kinds, the language of patterns, and what was measured.
#ifndef WAYMARK_PRIVACY_DETECTORS_H_
#define WAYMARK_PRIVACY_DETECTORS_H_

#include <cstdint>
#include <string_view>

#include "base/json_view.h"
#include "base/json_writer.h"
#include "base/list.h"
#include "base/status.h"
#include "base/string.h"
#include "privacy/detect.h"

namespace waymark {

// What becomes of a finding. In the order of kDataActions.
enum class DataAction : uint8_t {
  kRedact,  // redacted-email
  kHash,    // SHA-256, of contact data as privacy/contacts.h has it
  kDrop,    // the field goes; redacted where that is not a member or an element
};

struct DetectorRules {
  DataKindSet kinds = 0;  // that are looked for; 0: nothing is
  DataAction action[kDataKindsMax] = {};
  List<OwnPattern> patterns;
  List<String> pattern_ids;
  String harmless;  // privacy.url_parameters
};

// How many there were, by kind. Never what they were.
struct Redactions {
  uint32_t count[kDataKindsMax] = {};
};

// Reads what fits the schema.
DetectorRules ReadDetectors(JsonView privacy, List<Problem>* problems);

// Where the text comes from.
struct ScrubbedPart {
  std::string_view at;  // JSON pointer of the object in an event; empty: a whole call
  // Fields of an event that are not looked into, and fields that may be one finding as a whole:
  // what becomes of these, other rules say. JSON lists of pointers.
  const List<String>* left = nullptr;
  const List<String>* named = nullptr;
};

// An object of checked JSON text without what the rules find. False: it stays as it is, and nothing
// is appended.
bool ScrubData(const DetectorRules& rules, const ScrubbedPart& part, std::string_view object,
               String* out, Redactions* redactions);

// {"email": 2}, of what there were any.
void WriteRedactions(const DetectorRules& rules, const Redactions& redactions, JsonWriter* writer);

}  // namespace waymark

#endif  // WAYMARK_PRIVACY_DETECTORS_H_
