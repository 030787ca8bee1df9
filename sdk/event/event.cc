#include "event/event.h"

#include "base/name_table.h"
#include "base/utf8.h"

namespace waymark {
namespace {

// order_completed, order_refunded …
constexpr char kOrder[] = "order_";

constexpr const char* kVerbs = "track,page,screen,identify,alias,group";

// Amplitude, Mixpanel and PostHog each refuse most of them.
constexpr const char* kNobody =
    "0,-1,anonymous,anon,guest,nil,none,null,n/a,na,undefined,unknown,true,false,nan,{},[],"
    "[object object],distinct_id,distinctid,id,email,not_authenticated,lmy47d";

}  // namespace

std::string_view EventTypeName(EventType type) { return NameAt(kVerbs, static_cast<int>(type)); }

EventType EventTypeFrom(std::string_view name) {
  const int place = FindName(kVerbs, name);
  return place < 0 ? EventType::kTrack : static_cast<EventType>(place);
}

bool IsNobody(std::string_view id) {
  bool zeros = true;  // of a UUID, a card, a number
  for (const char c : id) zeros &= c == '0' || c == '-' || c == ' ';
  return zeros || FindName(kNobody, AsciiLowercase(id)) >= 0;
}

std::string_view SelectorOf(const Event& event) {
  return event.type == EventType::kTrack ? std::string_view(event.name) : EventTypeName(event.type);
}

Priority PriorityOf(const Event& event, std::string_view named) {
  const int chosen = FindName("critical,normal,bulk", named);
  if (chosen >= 0) return static_cast<Priority>(chosen);
  const bool order =
      event.type == EventType::kTrack && std::string_view(event.name).starts_with(kOrder);
  return order || IsAboutIds(event.type) ? Priority::kCritical : Priority::kNormal;
}

}  // namespace waymark
