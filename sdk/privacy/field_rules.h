// Fields of an event that may only be kept or sent as they are with a purpose of their own.
//
//   {"path": "/traits/email", "needs": ["marketing"], "as": "sha256", "otherwise": "drop"}
//
// A rule holds for all that is kept (the config's `fields`), or for what one collector gets (its
// own). Both are applied again when an event is sent, by the consent of then, so what a rule makes
// of a value it makes of it only once: what is coarse stays as it is, and so does a hash.
#ifndef WAYMARK_PRIVACY_FIELD_RULES_H_
#define WAYMARK_PRIVACY_FIELD_RULES_H_

#include "base/json_view.h"
#include "base/list.h"
#include "base/status.h"
#include "base/string.h"
#include "consent/policy.h"

namespace waymark {

// What becomes of a field. In the order of kFieldChanges.
enum class FieldChange : uint8_t {
  kDrop,
  kCoarsen,
  kHash,  // 64 hexadecimal digits of SHA-256
  kKeep,
};

struct FieldRule {
  String path;           // JSON pointer into the event as docs/record.md has it
  PurposeSet needs = 0;  // these must all allow it; 0: nothing does
  FieldChange allowed = FieldChange::kKeep;
  FieldChange otherwise = FieldChange::kDrop;
};

// Where the record keeps what a rule calls `/user/id`, `/user/<trait>` or by its own name. Empty:
// it leads nowhere.
String ToRecordPath(std::string_view path);

// What stands at such a path; its steps need no escapes.
JsonView FieldAt(JsonView event, std::string_view path);

// Reads a list of rules that fits the schema; `pointer`: of the list. `/user/id` and
// `/user/<trait>` are taken to the places where the record keeps them. Adds a problem for a path
// that leads nowhere, and for purposes that there are not.
List<FieldRule> ReadFieldRules(const Policy& policy, JsonView fields, std::string_view pointer,
                               List<Problem>* problems);

// Changes the fields of an event document as the rules say when these purposes are allowed.
void ApplyFieldRules(const List<FieldRule>& rules, PurposeSet allowed, String* event);

// Appends less of a value: of a number its first digit, of a date its year, of a URL its origin, of
// a code such as DE-BE the country; of objects and lists what their members leave. False: nothing
// is left. docs/collectors.md has the table.
bool AppendCoarse(JsonView value, const String*, String* out);

}  // namespace waymark

#endif  // WAYMARK_PRIVACY_FIELD_RULES_H_
