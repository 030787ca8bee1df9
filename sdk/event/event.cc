#include "event/event.h"

namespace waymark {

std::string_view EventTypeName(EventType type) {
  static constexpr const char* kNames[] = {"track", "page", "screen", "identify"};
  return kNames[static_cast<int>(type)];
}

std::string_view SelectorOf(const Event& event) {
  return event.type == EventType::kTrack ? std::string_view(event.name) : EventTypeName(event.type);
}

}  // namespace waymark
