// The tracking plan: which properties an event has, and of what types. The vocabulary's events are
// described in the same way.
//
//   {"properties": {"wish": {"type": "text"}, "wishes": {"type": "integer", "minimum": 1}},
//    "events": [{"name": "lamp_rubbed", "required": ["wish"], "optional": ["wishes"]}],
//    "on_breach": "drop"}
//
// docs/plan.md is for those who write one. Here a row is a text, a line for each property:
//
//   line = name ("!" | ":") type          "!": required
//   type = "t" text | "i" id | "s" scalar | "b" boolean | "u" url | "m" time
//        | ("n" whole number | "d" number) [[least] ".." [most]]
//        | "(" text {"|" text} ")"        one of these
//        | ("l" list | "o" object) [name of an object]
#ifndef WAYMARK_EVENT_PLAN_H_
#define WAYMARK_EVENT_PLAN_H_

#include <string_view>

#include "base/json_view.h"
#include "base/list.h"
#include "base/status.h"
#include "base/string.h"
#include "event/event.h"

namespace waymark {

// What becomes of an event that breaks the plan. In the order of kBreachActions.
enum class BreachAction : uint8_t { kSend, kFlag, kDrop };
inline constexpr const char* kBreachActions = "send,flag,drop";

struct PlannedEvent {
  String name;
  String row;
  String needs;        // purposes besides those of the collectors: an array of ids; empty: none
  bool others = true;  // properties that the row does not name may come, too
  BreachAction on_breach = BreachAction::kFlag;
};

struct PlannedObject {
  String name;
  String row;
};

struct Plan {
  bool given = false;  // there is one
  bool vocabulary = true;
  BreachAction on_breach = BreachAction::kFlag;
  BreachAction unplanned = BreachAction::kSend;
  List<PlannedEvent> events;
  List<PlannedObject> objects;
};

// Reads a document that fits the schema; `pointer`: where it stands.
Plan ReadPlan(JsonView document, std::string_view pointer, List<Problem>* problems);

// The plan's own row of an event; null: it has none.
const PlannedEvent* FindPlanned(const Plan& plan, std::string_view selector);

// Whether the plan or the vocabulary names it.
bool IsPlanned(const Plan& plan, std::string_view selector);

// What breaks the plan, with pointers into the call, and never with a value. Gives what is to
// become of the event; kSend without a problem: it keeps to the plan.
BreachAction CheckPlan(const Plan& plan, const Event& event, List<Problem>* problems);

}  // namespace waymark

#endif  // WAYMARK_EVENT_PLAN_H_
