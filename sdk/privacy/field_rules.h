// Fields of an event that may only be kept or sent with a purpose of their own.
#ifndef WAYMARK_PRIVACY_FIELD_RULES_H_
#define WAYMARK_PRIVACY_FIELD_RULES_H_

#include "base/json_view.h"
#include "base/list.h"
#include "base/status.h"
#include "base/string.h"
#include "consent/policy.h"

namespace waymark {

struct FieldRule {
  String path;  // JSON pointer into the event as docs/record.md has it
  PurposeSet needs = 0;
};

// Reads the member `fields` of a config that fits the schema. `/user/id` and `/user/<trait>` are
// taken to the places where the record keeps them. Until coarsening and hashing exist, such rules
// always drop the field: the stricter choice.
List<FieldRule> ReadFieldRules(const Policy& policy, JsonView fields, List<Problem>* problems);

// Takes the fields away whose purposes are not all `allowed`. `event`: an event document.
void ApplyFieldRules(const List<FieldRule>& rules, PurposeSet allowed, String* event);

}  // namespace waymark

#endif  // WAYMARK_PRIVACY_FIELD_RULES_H_
