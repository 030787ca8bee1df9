// The bounded queue of records, in the order in which they happened.
//
// A record leaves when every collector that wanted it has settled it: acknowledged, given up, or no
// longer allowed. Records that were stored lie in segments; a segment leaves the store when its
// last record has left. Of a long queue only the front is in memory with its texts: what was stored
// behind it keeps a place of some 80 bytes here and is read again when its turn comes. Invariant:
// the outbox performs nothing. What must happen in the store is taken from it by the engine.
#ifndef WAYMARK_OUTBOX_OUTBOX_H_
#define WAYMARK_OUTBOX_OUTBOX_H_

#include <cstdint>

#include "base/limits.h"
#include "base/list.h"
#include "base/string.h"
#include "outbox/record.h"
#include "outbox/settlement.h"

namespace waymark {

struct OutboxLimits {
  int64_t events_max = 10'000;
  int64_t bytes_max = 8 * 1024 * 1024;
};

struct Segment {
  uint32_t id = kNoSegment;
  uint32_t writer = 0;
  String key;
  uint32_t bytes = 0;    // in the store, about
  uint32_t dead = 0;     // of these: of events that nobody waits for any more
  int live = 0;          // records still in the queue
  bool stored = false;   // the store has said so
  bool worn = false;     // holds records that have left the queue
  bool shrunk = false;   // write it anew: lost a record that may not stay, or too many
  bool partial = false;  // some of its records are without their texts
  bool left = false;     // was let go of before the store had said whether it has it
};

// Restored records get ids below this one, so that they stand before this run's own.
inline constexpr uint32_t kFirstOwnId = uint32_t{1} << 31;

class Outbox {
 public:
  // `lanes`: how many collectors there are.
  void Start(const OutboxLimits& limits, size_t lanes);

  // Records from here on are written under this name; their sequences begin at 1. Names sort by
  // time.
  void BeginWriter(String name);
  const String& writer() const { return writers_.back().name; }
  // Null when nothing is known of it.
  Writer* FindWriter(std::string_view name);
  // The same; new when nothing was known.
  Writer* AdoptWriter(std::string_view name);
  List<Writer>& writers() { return writers_; }
  const List<Writer>& writers() const { return writers_; }
  Writer* WriterOf(const Record& record);

  // Keeps a standing context for the records that follow; the same text as the last one gives the
  // same number.
  uint32_t AddContext(std::string_view text);
  std::string_view ContextOf(const Record& record) const;

  // Queues a record for the collectors of `record.pending`; gives it its id and sequence.
  uint32_t Append(Record&& record);
  // Adds a segment that an earlier run stored, before this run's own records; returns its id.
  // Records without pending collectors are left out; `rewrite`: one of them may not stay on the
  // device.
  uint32_t Restore(std::string_view key, std::string_view writer, List<Record>&& records,
                   bool rewrite);

  // It is on its way to the collector, and is not any more.
  void Launch(uint32_t id, size_t lane);
  void Land(uint32_t id, size_t lane);

  // The collector has it, or may no longer get it: settled without loss.
  void Settle(Record* record, int lane);
  // The collector never gets it. Counted by Sweep() as soon as the record cannot come back.
  void GiveUp(Record* record, int lane, Loss reason);
  // No collector gets it any more.
  void GiveUpAll(Record* record, Loss reason);
  // It must leave the store, whatever else its segment holds. What is still pending goes on in
  // memory; where its text is not there, nobody gets it any more.
  void TakeFromStore(Record* record);
  // What has left the queue must leave the store, too, also where a neighbour is still waiting.
  void RewriteWorn();
  // When the store holds far more than the queue: what is dead by more than half is written anew.
  void RewriteDead();
  // Takes out what is settled and counts what was given up; true when positions or counts have
  // changed. Call after a round of the above: pointers to records end here.
  bool Sweep();

  // When a bound is passed: the record that matters least and is not on its way, the oldest of its
  // priority; null otherwise.
  Record* OverBound();

  struct NewSegment {
    uint32_t id = kNoSegment;
    String key;
    String bytes;
  };
  // What waits to be stored, as segments of a bounded size.
  List<NewSegment> TakeUnstored();
  bool has_unstored() const { return unstored_ > 0; }
  int64_t unstored() const { return unstored_; }
  // What the store said of a segment. A failed one waits to be stored again; one that was let go of
  // (true) comes back to be sent from memory.
  void OnStored(uint32_t segment);
  bool OnNotStored(uint32_t segment);

  // Segments that have become empty since the last call: to be deleted from the store, as soon as
  // that has said that it has them.
  List<String> TakeDeletions();
  bool has_deletions() const;
  // The store is being cleared: they need not be deleted.
  void ForgetEmptied();
  // Segments that must be written anew without their erased records. Those whose texts are not in
  // memory wait until they were read.
  List<NewSegment> TakeRewrites();
  // A segment that must be written anew and has to be read before; kNoSegment: none.
  uint32_t RewriteToRead() const;
  bool has_rewrites() const;

  // Gives the texts of a segment back to its records; those that it does not have are lost.
  void Fill(uint32_t segment, DecodedSegment* decoded);
  // Whether as many texts are in memory as may be.
  bool window_full() const { return memory_bytes_ > static_cast<int64_t>(kOutboxWindowBytesMax); }
  // Null when the queue has no such segment.
  Segment* FindSegment(uint32_t id);
  Segment* FindSegment(std::string_view key);
  // The key of the same writer that comes before it; empty: it is the first.
  std::string_view KeyBefore(const Segment& segment) const;

  // Others may have taken over what is stored: it leaves the queue, and stays in the store; so does
  // what is on its way there, as soon as it has arrived. A new writer must begin.
  void LetGoOfStored();
  // Forgets everything, stored or not, without asking for deletions; a writer must begin anew.
  void Clear();
  // Writers of which nothing is left to store or to tell go. `telling`: collectors that can be
  // told, one bit each; `lossy`: also those that have losses, save the last few; they leave them to
  // the writer without a name.
  void DropDoneWriters(uint32_t telling, bool lossy);

  List<Record>& records() { return records_; }
  const List<Record>& records() const { return records_; }
  Record* Find(uint32_t id);
  int64_t events() const { return live_; }
  int64_t bytes() const { return bytes_; }
  // Whether the store holds anything that is still to be sent.
  bool has_live_segments() const;
  // How many records the collector has yet to get; with `bulk` false those of that priority do not
  // count.
  int64_t pending(size_t lane, bool bulk = true) const;

  // What the collector never got, of all writers there ever were.
  LossCounters Lost(size_t lane) const;
  // Grows whenever a collector is done with a record.
  uint32_t closings() const { return closings_; }
  // Grows whenever a loss is counted.
  uint32_t changes() const { return changes_; }
  uint32_t NextChange() { return ++changes_; }
  // `segment`: where it lies in the store, and comes back from as long as nothing there says that
  // it is settled.
  void CountLost(Writer* writer, size_t lane, Loss reason, int64_t count, uint32_t segment);
  // Losses of records that lie in the store stand when the store has a version of the delivery
  // document that tells of them: this version tells of all that no earlier one did; the store has
  // this one; it has none that tells of them (`told`: by a version, `untold`: by none), so they are
  // no losses, and come back.
  void LossesTold(int64_t version);
  void LossesStored(int64_t version);
  void RevokeLosses(bool told, bool untold);

 private:
  struct Context {
    uint32_t id = 0;
    String text;
  };
  struct Pending {
    int32_t of[kPriorities] = {};
  };
  // A loss of a record that lies in the store, until the store also knows that it is lost.
  struct Revocable {
    int64_t told = 0;  // version of the delivery document that told of it first; 0: none yet;
                       // kRevoked: it counts only if its segment never comes into the store
    uint32_t segment = 0;
    uint32_t writer = 0;
    uint32_t count = 0;
    uint8_t lane = 0;
    Loss reason = Loss::kQuota;
  };

  static constexpr int64_t kRevoked = -1;

  Writer* FindWriterById(uint32_t id);
  Writer* WriterOf(const Revocable& one);
  void CountLost(const Record& record, Writer* writer);
  bool Cover(Record* record, Writer* writer);
  void Close(Record* record, int lane);
  void DropText(Record* record);
  // What is asked of the store for a segment has come to its end. `left`: it was let go of
  // meanwhile, so what the store has of it is no longer this queue's.
  void DropSegment(uint32_t id, bool left, bool stored);
  void SettleLosses(uint32_t segment, bool stored);
  void DropTextsBeyondWindow(Segment* segment);
  void DropUnusedContexts();
  void Count(const Record& record);
  void AppendRecord(const Record& record, uint32_t* context, String* bytes) const;

  List<Record> records_;
  List<Segment> segments_;
  List<Context> contexts_;  // by growing id
  List<Writer> writers_;    // first the one without a name, last the current one
  List<Pending> pending_;   // one a collector
  List<Revocable> revocable_;
  int64_t live_ = 0;
  int64_t bytes_ = 0;
  int64_t memory_bytes_ = 0;  // of the texts that are here
  int64_t unstored_ = 0;
  uint32_t first_unstored_id_ = 0;
  uint32_t next_restored_id_ = 1;
  uint32_t next_id_ = kFirstOwnId;
  uint32_t next_sequence_ = 1;
  uint32_t next_segment_ = 1;
  uint32_t next_context_ = 1;
  uint32_t next_writer_ = 1;
  uint32_t changes_ = 0;
  uint32_t closings_ = 0;
  uint32_t evict_from_[kPriorities] = {};  // no evictable record of the priority stands before
  bool unswept_ = false;
  OutboxLimits limits_;
};

// outbox/<writer>/<sequence>: sorts by writer and then by sequence.
String SegmentKey(std::string_view writer, uint32_t sequence);
// The writer in a key; empty when the key is none of ours.
String WriterFromKey(std::string_view key);

inline constexpr std::string_view kOutboxPrefix = "outbox/";

}  // namespace waymark

#endif  // WAYMARK_OUTBOX_OUTBOX_H_
