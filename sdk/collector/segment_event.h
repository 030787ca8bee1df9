// An event in the form of the Segment specification, which RudderStack, Jitsu and others take, too.
#ifndef WAYMARK_COLLECTOR_SEGMENT_EVENT_H_
#define WAYMARK_COLLECTOR_SEGMENT_EVENT_H_

#include "base/json_writer.h"
#include "collector/collector.h"

namespace waymark {

// Who takes it.
enum class SegmentDialect : uint8_t {
  kSegment,
  kRudderStack,  // consent and session under its own names, traits in the context
};

class SegmentEvents {
 public:
  SegmentEvents(const SenderFacts& sender, SegmentDialect dialect);

  // Appends one event as an object.
  void Append(const OutgoingEvent& event, String* body) const;

 private:
  bool IsRudderStack() const;
  void WriteContext(JsonWriter* writer, const OutgoingEvent& event) const;
  static void WriteRudderStack(JsonWriter* writer, const OutgoingEvent& event);

  SegmentDialect dialect_;
  String channel_;  // a member of the event; empty: none
  String sender_;   // members of the context that are the same for all events
};

}  // namespace waymark

#endif  // WAYMARK_COLLECTOR_SEGMENT_EVENT_H_
