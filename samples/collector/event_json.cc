#include "event_json.h"

#include "absl/strings/str_cat.h"

namespace waymark::collector {

std::string EventJsonText(const StoredEvent& stored) {
  const ReceivedEvent& event = stored.event;
  const Json head = {{"id", stored.id},
                     {"received_ms", stored.received_ms},
                     {"protocol", event.protocol},
                     {"variant", TextOrNull(event.variant)},
                     {"kind", event.kind},
                     {"name", TextOrNull(event.name)},
                     {"message_id", TextOrNull(event.message_id)},
                     {"order_id", TextOrNull(event.order_id)},
                     {"time_ms", event.time_ms},
                     {"anonymous_id", TextOrNull(event.anonymous_id)},
                     {"user_id", TextOrNull(event.user_id)},
                     {"session_id", TextOrNull(event.session_id)},
                     {"consent", event.consent},
                     {"wire_bytes", event.wire_bytes},
                     {"request_id", stored.request_id},
                     {"encoding", stored.encoding},
                     {"form", event.form},
                     {"duplicates", stored.duplicates},
                     {"problems", ProblemsJson(event.problems)}};
  // The event is already JSON text: it is put in as it is, not parsed and written again.
  std::string text = ToText(head);
  text.pop_back();
  absl::StrAppend(&text, ",\"event\":", stored.event_text, "}");
  return text;
}

std::string RequestJsonText(const StoredRequest& stored) {
  const ReceivedRequest& request = stored.request;
  return ToText({{"id", stored.id},
                 {"received_ms", request.received_ms},
                 {"protocol", request.protocol},
                 {"method", request.method},
                 {"path", request.path},
                 {"status", request.status},
                 {"content_type", request.content_type},
                 {"encoding", request.encoding},
                 {"body_bytes", request.body_bytes},
                 {"events", stored.events},
                 {"rejected", request.rejected},
                 {"retry", request.retry},
                 {"problem", TextOrNull(request.problem)},
                 {"problems", ProblemsJson(request.problems)},
                 {"answer", TextOrNull(request.answer)},
                 {"body", TextOrNull(request.body)}});
}

std::string TotalsJsonText(const Totals& totals) {
  return ToText({{"events", totals.events},
                 {"wire_bytes", totals.wire_bytes},
                 {"duplicates", totals.duplicates},
                 {"problems", totals.problems},
                 {"requests", totals.requests},
                 {"preflights", totals.preflights},
                 {"refused", totals.refused}});
}

}  // namespace waymark::collector
