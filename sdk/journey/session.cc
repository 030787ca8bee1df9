#include "journey/session.h"

#include <algorithm>

#include "base/json_writer.h"
#include "base/limits.h"
#include "base/uuid.h"

namespace waymark {

void Session::Touch(const SessionRules& rules, int64_t time_ms, Prng* prng) {
  const bool over =
      id.empty() || time_ms - last_ms >= rules.idle_ms || time_ms - started_ms >= rules.max_ms;
  if (over) {
    id = RandomUuid(prng);
    ++index;
    event_index = 0;
    started_ms = last_ms = time_ms;
  }
  ++event_index;
  last_ms = std::max(last_ms, time_ms);
}

SessionRules ReadSessionRules(JsonView identity) {
  SessionRules rules;
  rules.idle_ms = identity["session_idle_ms"].IntegerOr(rules.idle_ms);
  rules.max_ms = identity["session_max_ms"].IntegerOr(rules.max_ms);
  return rules;
}

String WriteSession(const Session& session, std::string_view anonymous_id) {
  String json;
  JsonWriter(&json)
      .Begin('{')
      .Field("id", session.id)
      .Field("anonymous_id", anonymous_id)
      .Field("index", session.index)
      .Field("event_index", session.event_index)
      .Field("started_ms", session.started_ms)
      .Field("last_ms", session.last_ms)
      .End('}');
  return json;
}

Session ReadSession(JsonView json) {
  Session session;
  session.id = json["id"].AsName();
  session.index = json["index"].IntegerOr(0);
  session.event_index = json["event_index"].IntegerOr(0);
  session.started_ms = json["started_ms"].IntegerOr(0);
  session.last_ms = json["last_ms"].IntegerOr(0);
  if (session.id.size() > kUserIdBytesMax) return Session();
  return session;
}

}  // namespace waymark
