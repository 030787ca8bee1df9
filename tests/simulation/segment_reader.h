// What lies in the store, read by the letter of sdk/docs/record.md and apart from the core.
#ifndef WAYMARK_TESTS_SIMULATION_SEGMENT_READER_H_
#define WAYMARK_TESTS_SIMULATION_SEGMENT_READER_H_

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace waymark_simulation {

struct StoredEvent {
  int token = -1;
  bool identified = true;
  std::string message_id;  // only of an event in a segment
  uint64_t sequence = 0;
  std::set<std::string> only;  // collectors that get it; empty: all that want it
  std::string allowed;         // {purpose: whether, when it was admitted}, as it stands there
  size_t begin = 0;            // of its frame in the segment
  size_t end = 0;
};

struct SegmentContents {
  std::vector<StoredEvent> events;  // those that are whole
  bool torn = false;                // something stands behind the last whole frame
};

SegmentContents ReadSegment(std::string_view bytes);

// Events in the value of any key: calls may also wait as JSON, to be judged at the next start.
std::vector<StoredEvent> EventsIn(std::string_view key, std::string_view value);

// The writer in outbox/<writer>/<sequence>; empty for other keys.
std::string SegmentWriter(std::string_view key);

}  // namespace waymark_simulation

#endif  // WAYMARK_TESTS_SIMULATION_SEGMENT_READER_H_
