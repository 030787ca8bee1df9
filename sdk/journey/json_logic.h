// Rules as data: the part of JsonLogic (jsonlogic.com) that segments need. docs/journey.md lists
// it.
//
// A rule is read where it stands in the config, without a tree; CheckLogic() has bounded it before.
// What it says of a customer is what json-logic-js says, which the tests ask.
#ifndef WAYMARK_JOURNEY_JSON_LOGIC_H_
#define WAYMARK_JOURNEY_JSON_LOGIC_H_

#include <string_view>

#include "base/json_view.h"
#include "base/list.h"
#include "base/status.h"
#include "base/string.h"

namespace waymark {

// What `var` reads; each may be missing.
struct LogicData {
  JsonView journey;
  JsonView context;
  JsonView traits;
};

// Whether the rule holds. A rule that CheckLogic() does not pass may hold or not.
bool Holds(JsonView rule, const LogicData& data);

// Adds a problem for each operation, number of operands, depth and name that is not of the subset.
void CheckLogic(JsonView rule, const String& pointer, List<Problem>* problems);

// The paths that a rule reads, each once, in its order.
List<String> PathsOf(JsonView rule);

}  // namespace waymark

#endif  // WAYMARK_JOURNEY_JSON_LOGIC_H_
