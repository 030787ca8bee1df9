// Sessions: events without a long pause between them, 24 hours at the most.
#ifndef WAYMARK_JOURNEY_SESSION_H_
#define WAYMARK_JOURNEY_SESSION_H_

#include <cstdint>

#include "base/json_view.h"
#include "base/prng.h"
#include "base/string.h"

namespace waymark {

struct SessionRules {
  int64_t idle_ms = 30 * 60 * 1000;  // Google Analytics, Snowplow and Matomo: 30 minutes
  int64_t max_ms = 24 * 60 * 60 * 1000;
};

struct Session {
  String id;                // empty: none yet
  int64_t index = 0;        // 1 for the visitor's first session
  int64_t event_index = 0;  // 1 for the session's first event
  int64_t started_ms = 0;   // Unix milliseconds
  int64_t last_ms = 0;      // of the latest event

  // Counts an event at `time_ms`, in a new session where one is due. A clock that went back does
  // not end a session.
  void Touch(const SessionRules& rules, int64_t time_ms, Prng* prng);
};

SessionRules ReadSessionRules(JsonView identity);

// The value of the key `state/session`; with the id whose session it is, since two tabs may put
// down one visitor each.
String WriteSession(const Session& session, std::string_view anonymous_id);
Session ReadSession(JsonView json);

}  // namespace waymark

#endif  // WAYMARK_JOURNEY_SESSION_H_
