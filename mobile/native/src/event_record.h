// An event as a caller left it: its texts behind one another, not yet looked at.
//
//   record = u8 type, u8 priority (0: none named, else 1 + its number), u16 size of name, user id,
//            other id, u32 size of properties, context, needs; then these texts
//
// Binary, so that a caller escapes nothing, and no text of an event can be taken for its frame.
#ifndef WAYMARK_MOBILE_NATIVE_EVENT_RECORD_H_
#define WAYMARK_MOBILE_NATIVE_EVENT_RECORD_H_

#include <cstddef>
#include <string_view>

#include "base/string.h"
#include "waymark/c.h"
#include "waymark/input.h"

namespace waymark::native {

struct EventTexts {
  waymark_event_type type = WAYMARK_TRACK;
  int priority = 0;
  std::string_view name;
  std::string_view user_id;
  std::string_view other_id;
  std::string_view properties;
  std::string_view context;
  std::string_view needs;
};

// What the caller gave, with the sizes that it left open; or why it cannot be taken.
waymark_status ReadEvent(const waymark_event& event, EventTexts* texts);

size_t RecordBytes(const EventTexts& texts);
// Writes RecordBytes() bytes.
size_t WriteRecord(const EventTexts& texts, char* to);

// The input that the engine gets; `text` holds what it points at. What is no JSON, no UTF-8 or no
// record becomes a refused call that says so.
Input InputFrom(std::string_view record, String* text);

}  // namespace waymark::native

#endif  // WAYMARK_MOBILE_NATIVE_EVENT_RECORD_H_
