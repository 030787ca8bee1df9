// Fields of an event that may only be kept or sent with a purpose of their own.
#ifndef WAYMARK_PRIVACY_FIELD_RULES_H_
#define WAYMARK_PRIVACY_FIELD_RULES_H_

#include <string>
#include <string_view>
#include <vector>

#include "base/json_view.h"
#include "base/status.h"
#include "consent/policy.h"

namespace waymark {

struct FieldRule {
  std::string path;  // JSON pointer into the event as docs/record.md has it
  PurposeSet needs = 0;
};

// Reads the member `fields` of a config that fits the schema. `/user/id` and `/user/<trait>` are taken to the places where
// the record keeps them. Until coarsening and hashing exist, such rules drop the field: the stricter choice.
std::vector<FieldRule> ReadFieldRules(const Policy& policy, const JsonView& fields,
                                      std::vector<Problem>* problems);

// The rules that take their field away when only `allowed` may be used.
std::vector<std::string_view> DroppedPaths(const std::vector<FieldRule>& rules, PurposeSet allowed);

// `object` without what the pointers name. `pointers` are relative to it.
std::string DropPaths(const JsonView& object, const std::vector<std::string_view>& pointers);

}  // namespace waymark

#endif  // WAYMARK_PRIVACY_FIELD_RULES_H_
