#include "event/event.h"

#include "base/name_table.h"

namespace waymark {
namespace {

// order_completed, order_refunded …
constexpr char kOrder[] = "order_";

}  // namespace

std::string_view EventTypeName(EventType type) {
  return NameAt("track,page,screen,identify", static_cast<int>(type));
}

std::string_view SelectorOf(const Event& event) {
  return event.type == EventType::kTrack ? std::string_view(event.name) : EventTypeName(event.type);
}

Priority PriorityOf(const Event& event, std::string_view named) {
  const int chosen = FindName("critical,normal,bulk", named);
  if (chosen >= 0) return static_cast<Priority>(chosen);
  const bool order =
      event.type == EventType::kTrack && std::string_view(event.name).starts_with(kOrder);
  return order || event.type == EventType::kIdentify ? Priority::kCritical : Priority::kNormal;
}

}  // namespace waymark
