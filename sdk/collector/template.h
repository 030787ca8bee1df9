// JSON with expressions in it, which stand for what an event holds: how a config says what a
// collector gets (docs/collectors.md, generic).
//
//   {"event": {"$": "/name"}, "at": {"$": "/time_ms", "as": "iso"}, "kind": "web"}
//
// An expression is an object with the member "$": a JSON pointer, or several of which the first
// counts that leads to something; or one of the words merge, join and events. What leads to nothing
// is left out, with the member or the element that it is; so is an object of whose members nothing
// is left.
//
// Invariant: a template that CheckTemplate() has passed can be written for any event.
#ifndef WAYMARK_COLLECTOR_TEMPLATE_H_
#define WAYMARK_COLLECTOR_TEMPLATE_H_

#include <string_view>

#include "base/json_view.h"
#include "base/list.h"
#include "base/status.h"
#include "base/string.h"

namespace waymark {

// Where a template stands, and so what there is to point at.
enum class TemplatePlace : uint8_t {
  kEvent = 1,
  kBody = 2,     // around the events of a request
  kRequest = 4,  // its URL and headers
};

// What a template asks for.
struct TemplateUse {
  List<String> pointers;  // each once
  int events = 0;         // how often {"$": "events"} stands in it
};

// Adds a problem for whatever cannot be: a pointer that leads out of the event, an unknown filter
// or member. `pointer`: of the template. `purposes`: those of the config.
TemplateUse CheckTemplate(JsonView json, TemplatePlace place, JsonView purposes,
                          std::string_view pointer, List<Problem>* problems);

// Adds a problem unless the pointer leads into the event.
void CheckEventPointer(std::string_view event_pointer, JsonView purposes, std::string_view pointer,
                       List<Problem>* problems);

// What templates look into.
class TemplateSource {
 public:
  virtual ~TemplateSource() = default;

  // What the pointer leads to. `*made` may hold it, and lives as long as the view is used.
  virtual JsonView Find(std::string_view pointer, String* made) const = 0;
};

// The value below `value`. A step names a member as it stands in the text, or counts elements.
JsonView AtPointer(JsonView value, std::string_view pointer);

// Writes the template. False: there is nothing of it, and nothing was written. `*events_at`: where
// {"$": "events"} stands in what was written; may be null.
bool WriteTemplate(JsonView json, const TemplateSource& source, String* out,
                   size_t* events_at = nullptr);

// The same as text: a string without its quotes, other values as JSON. With `url` what comes from
// an expression is percent-encoded; what the template says itself is not.
bool WriteTemplateText(JsonView json, const TemplateSource& source, bool url, String* out);

}  // namespace waymark

#endif  // WAYMARK_COLLECTOR_TEMPLATE_H_
