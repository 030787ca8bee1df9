#include "event/event.h"

#include "base/name_table.h"

namespace waymark {

std::string_view EventTypeName(EventType type) {
  return NameAt("track,page,screen,identify", static_cast<int>(type));
}

std::string_view SelectorOf(const Event& event) {
  return event.type == EventType::kTrack ? std::string_view(event.name) : EventTypeName(event.type);
}

}  // namespace waymark
