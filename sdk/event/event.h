// What happened: the plain data that passes from stage to stage.
//
// Views point into the input that brought the event; what has to outlive it is copied by whoever
// keeps it.
#ifndef WAYMARK_EVENT_EVENT_H_
#define WAYMARK_EVENT_EVENT_H_

#include <cstdint>
#include <string_view>

#include "base/json_view.h"
#include "base/string.h"

namespace waymark {

// From kIdentify on they say who somebody is.
enum class EventType : uint8_t { kTrack, kPage, kScreen, kIdentify, kAlias, kGroup };

// What goes first when not all can, and stays longest when not all may.
enum class Priority : uint8_t { kCritical, kNormal, kBulk };
inline constexpr int kPriorities = 3;

// "track", "page", "screen", "identify", "alias", "group": the verbs of the Segment specification.
std::string_view EventTypeName(EventType type);
EventType EventTypeFrom(std::string_view name);  // kTrack when it is none

struct Event {
  EventType type = EventType::kTrack;
  String name;                  // empty where the verb needs none
  String user_id;               // identify and alias
  String other_id;              // alias: the previous id; group: the group's
  std::string_view properties;  // traits for identify and group; an object of JSON text, or empty
  std::string_view context;     // members that override the standing context: the same
  std::string_view needs;  // purposes besides those of the collectors: an array of ids, or empty
  JsonView given_name;     // as the call has them; something else than strings is refused
  JsonView given_user_id;
  JsonView given_other_id;
  int64_t time_ms = 0;  // Unix milliseconds at which it happened
  Priority priority = Priority::kNormal;
  std::string_view evidence;    // why an alias of a stranger's id is known, as members of JSON text
  std::string_view message_id;  // that it has already; empty: it gets one
};

// Whose traits it brings.
inline bool HasTraits(EventType type) {
  return type == EventType::kIdentify || type == EventType::kGroup;
}

// Whether it says who somebody is, so that without ids nothing is left of it.
inline bool IsAboutIds(EventType type) { return type >= EventType::kIdentify; }

// Words that stand for nobody: whoever takes one for a person joins all of them.
bool IsNobody(std::string_view id);

// The priority by its name; orders and identities are critical when the caller names none.
Priority PriorityOf(const Event& event, std::string_view named);

// The name by which a collector's `only` and a tracking plan know it: the name of a track, else the
// verb.
std::string_view SelectorOf(const Event& event);

}  // namespace waymark

#endif  // WAYMARK_EVENT_EVENT_H_
