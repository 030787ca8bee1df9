// The bounded queue of records, in the order in which they happened.
//
// A record leaves when every collector that wanted it has settled it: acknowledged, refused for
// good, or no longer allowed. Records that were stored lie in segments; a segment leaves the store
// when its last record has left. Invariant: the outbox performs nothing. What must happen in the
// store is taken from it by the engine.
#ifndef WAYMARK_OUTBOX_OUTBOX_H_
#define WAYMARK_OUTBOX_OUTBOX_H_

#include <array>
#include <cstdint>

#include "base/limits.h"
#include "base/list.h"
#include "base/string.h"
#include "outbox/record.h"

namespace waymark {

struct OutboxLimits {
  int64_t events_max = 10'000;
  int64_t bytes_max = 8 * 1024 * 1024;
};

struct Segment {
  uint32_t id = kNoSegment;
  String key;
  String writer;
  int live = 0;         // records still in the queue
  bool shrunk = false;  // lost a record that may not stay on the device: write it anew
};

// Restored records get ids below this one, so that they stand before this run's own.
inline constexpr uint64_t kFirstOwnId = uint64_t{1} << 32;

class Outbox {
 public:
  // Starts the writer's sequence. `writer` names this engine's segments and sorts by time.
  void Start(const OutboxLimits& limits, String writer);

  // Keeps a standing context for the records that follow; the same text as the last one gives the
  // same number.
  uint32_t AddContext(std::string_view text);
  std::string_view ContextOf(const Record& record) const;

  // Queues a record for the collectors of `record.pending`; gives it its id and sequence.
  uint64_t Append(Record&& record);
  // Adds a segment that an earlier run stored, before this run's own records. Records without
  // pending collectors are left out; `rewrite`: one of them may not stay on the device.
  void Restore(std::string_view key, List<Record>&& records, bool rewrite);

  // One collector is done with the record.
  void Settle(Record* record, int collector);
  // Nobody gets the record any more.
  void Discard(Record* record, bool erase_from_store);
  // Takes settled records out. Call after a round of Settle and Discard: pointers to records end
  // here.
  void Sweep();

  // The oldest record that is not on its way, when a bound is passed; null otherwise.
  Record* OverBound();

  // Encodes what waits to be stored as one new segment; an empty key when there is nothing.
  struct NewSegment {
    String key;
    String bytes;
  };
  NewSegment TakeUnstored();
  bool has_unstored() const { return unstored_ > 0; }

  // Segments that have become empty since the last call: to be deleted from the store.
  List<String> TakeDeletions();
  // Segments that must be written anew without their discarded records.
  List<NewSegment> TakeRewrites();

  // Forgets everything, stored or not, without asking for deletions.
  void Clear();

  List<Record>& records() { return records_; }
  Record* Find(uint64_t id);
  // The writer of the segment that holds the record; empty when none does.
  std::string_view WriterOf(const Record& record) const;
  int64_t events() const { return live_; }
  int64_t bytes() const { return bytes_; }
  bool has_segments() const { return !segments_.empty(); }
  bool HasSegmentOf(std::string_view writer) const;
  const String& writer() const { return writer_; }
  int64_t pending(int collector) const { return pending_[static_cast<size_t>(collector)]; }

 private:
  struct Context {
    uint32_t id = 0;
    String text;
  };

  Segment* FindSegment(uint32_t id);
  String Encode(uint32_t segment) const;
  void DropUnusedContexts();
  void Count(const Record& record);

  List<Record> records_;
  List<Segment> segments_;
  List<Context> contexts_;  // by growing id
  int64_t live_ = 0;
  int64_t bytes_ = 0;
  int64_t unstored_ = 0;
  uint64_t next_restored_id_ = 1;
  uint64_t next_id_ = kFirstOwnId;
  uint64_t next_sequence_ = 1;
  uint32_t next_segment_ = 1;
  uint32_t next_context_ = 1;
  OutboxLimits limits_;
  String writer_;
  std::array<int32_t, kCollectorsMax> pending_{};
};

// outbox/<writer>/<sequence>: sorts by writer and then by sequence.
String SegmentKey(const String& writer, uint64_t sequence);
// The writer in a key; empty when the key is none of ours.
String WriterFromKey(std::string_view key);

inline constexpr std::string_view kOutboxPrefix = "outbox/";

}  // namespace waymark

#endif  // WAYMARK_OUTBOX_OUTBOX_H_
