// The one stage before the gate: does the call fit? It has no side effect and keeps nothing.
#ifndef WAYMARK_EVENT_VALIDATE_H_
#define WAYMARK_EVENT_VALIDATE_H_

#include "base/status.h"
#include "event/event.h"

namespace waymark {

// Names, sizes and types by base/limits.h. The text of the event has passed CheckJson.
Status ValidateEvent(const Event& event);

// "N bytes" found where "at most M bytes" are allowed.
Status TooBig(const char* pointer, size_t found, size_t allowed);

}  // namespace waymark

#endif  // WAYMARK_EVENT_VALIDATE_H_
