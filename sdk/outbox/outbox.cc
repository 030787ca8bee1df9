#include "outbox/outbox.h"

#include <algorithm>

#include "base/utf8.h"
#include "base/uuid.h"

namespace waymark {
namespace {

bool WaitsForStore(const Record& record) {
  return record.storable && record.segment == kNoSegment && record.pending != 0;
}

// Writers that are done with and keep their losses to themselves: a tab that sleeps may have more
// of them.
constexpr size_t kLossyWritersMax = 8;

bool HasLosses(const Writer& writer) {
  for (const Settlement& settlement : writer.lanes) {
    if (!settlement.lost.empty()) return true;
  }
  return false;
}

}  // namespace

String SegmentKey(std::string_view writer, uint32_t sequence) {
  String key(kOutboxPrefix);
  key += writer;
  key.push_back('/');
  AppendHex(&key, sequence, 12);
  return key;
}

String WriterFromKey(std::string_view key) {
  if (!key.starts_with(kOutboxPrefix)) return String();
  key.remove_prefix(kOutboxPrefix.size());
  const size_t slash = IndexOf(key, '/');
  return slash == key.size() ? String() : String(key.substr(0, slash));
}

void Outbox::Start(const OutboxLimits& limits, size_t lanes) {
  limits_ = limits;
  for (size_t i = 0; i < lanes; ++i) pending_.emplace_back();
  BeginWriter(String());
}

void Outbox::BeginWriter(String name) {
  Writer& writer = writers_.emplace_back();
  writer.id = next_writer_++;
  writer.name = std::move(name);
  writer.own = true;
  for (size_t i = 0; i < pending_.size(); ++i) writer.lanes.emplace_back();
  next_sequence_ = 1;
}

Writer* Outbox::FindWriter(std::string_view name) {
  for (Writer& writer : writers_) {
    if (writer.name == name) return &writer;
  }
  return nullptr;
}

Writer* Outbox::AdoptWriter(std::string_view name) {
  if (Writer* known = FindWriter(name)) return known;
  Writer writer;
  writer.id = next_writer_++;
  writer.name = name;
  for (size_t i = 0; i < pending_.size(); ++i) writer.lanes.emplace_back();
  const size_t place = writers_.size() - 1;  // the current one stays last
  writers_.insert(place, std::move(writer));
  return &writers_[place];
}

Writer* Outbox::FindWriterById(uint32_t id) {
  for (Writer& writer : writers_) {
    if (writer.id == id) return &writer;
  }
  return nullptr;
}

Writer* Outbox::WriterOf(const Record& record) { return FindWriterById(record.writer); }

uint32_t Outbox::AddContext(std::string_view text) {
  if (contexts_.empty() || contexts_.back().text != text) {
    Context& context = contexts_.emplace_back();
    context.id = next_context_++;
    context.text = text;
  }
  return contexts_.back().id;
}

std::string_view Outbox::ContextOf(const Record& record) const {
  for (const Context& context : contexts_) {
    if (context.id == record.context) return context.text;
  }
  return "{}";
}

int64_t Outbox::pending(size_t lane, bool bulk) const {
  const int32_t* of = pending_[lane].of;
  return of[0] + of[1] + (bulk ? of[2] : 0);
}

void Outbox::Count(const Record& record) {
  ++live_;
  bytes_ += record.bytes;
  memory_bytes_ += static_cast<int64_t>(record.event.size());
  for (size_t i = 0; i < pending_.size(); ++i) {
    pending_[i].of[static_cast<size_t>(record.priority)] += record.pending >> i & 1;
  }
}

uint32_t Outbox::Append(Record&& record) {
  record.id = next_id_++;
  record.sequence = next_sequence_++;
  record.writer = writers_.back().id;
  record.bytes = static_cast<uint32_t>(record.event.size());
  // It was written piece by piece, and may have taken twice the memory that it needs.
  record.event = String(std::string_view(record.event));
  Count(record);
  if (WaitsForStore(record)) ++unstored_;
  records_.push_back(std::move(record));
  return records_.back().id;
}

uint32_t Outbox::Restore(std::string_view key, std::string_view writer, List<Record>&& records,
                         bool rewrite) {
  const uint32_t writer_id = AdoptWriter(writer)->id;
  Segment& segment = segments_.emplace_back();
  segment.id = next_segment_++;
  segment.writer = writer_id;
  segment.key = key;
  segment.stored = true;
  segment.shrunk = rewrite;
  size_t place = 0;  // of the first of this run's own
  while (place < records_.size() && records_[place].id < kFirstOwnId) ++place;
  for (Record& record : records) {
    record.bytes = static_cast<uint32_t>(record.event.size());
    segment.bytes += record.bytes;
    if (record.pending == 0) {
      segment.worn = true;
      segment.dead += record.bytes;
      continue;
    }
    record.id = next_restored_id_++;
    record.writer = writer_id;
    if (record.storable) {
      record.segment = segment.id;
      ++segment.live;
    }
    Count(record);
    records_.insert(place++, std::move(record));
  }
  for (uint32_t& from : evict_from_) from = 0;
  unswept_ = true;
  DropTextsBeyondWindow(&segment);
  return segment.id;
}

void Outbox::DropText(Record* record) {
  memory_bytes_ -= static_cast<int64_t>(record->event.size());
  const String gone = std::move(record->event);  // frees it here
}

// The front of the queue goes next, so what lies behind it can wait in the store.
void Outbox::DropTextsBeyondWindow(Segment* segment) {
  if (!window_full()) return;
  for (Record& record : records_) {
    if (record.segment == segment->id && record.in_flight == 0) {
      DropText(&record);
      record.context = 0;
      segment->partial = true;
    }
  }
  DropUnusedContexts();
}

void Outbox::Launch(uint32_t id, size_t lane) {
  if (Record* record = Find(id)) record->in_flight = With(record->in_flight, Only(lane));
}

void Outbox::Land(uint32_t id, size_t lane) {
  Record* record = Find(id);
  const Segment* segment = record ? FindSegment(record->segment) : nullptr;
  const bool in_limbo = segment && segment->left;
  if (record && !in_limbo) record->in_flight = Without(record->in_flight, Only(lane));
  for (uint32_t& from : evict_from_) from = 0;
}

void Outbox::Close(Record* record, int lane) {
  const LaneSet bit = Only(static_cast<size_t>(lane));
  record->in_flight = Without(record->in_flight, bit);
  if (record->pending == bit && WaitsForStore(*record)) --unstored_;
  record->pending = Without(record->pending, bit);
  record->closed = With(record->closed, bit);
  ++closings_;
  --pending_[static_cast<size_t>(lane)].of[static_cast<size_t>(record->priority)];
  unswept_ = true;
  if (record->pending != 0) return;
  --live_;
  bytes_ -= record->bytes;
  DropText(record);
  if (Segment* segment = FindSegment(record->segment)) segment->dead += record->bytes;
}

void Outbox::Settle(Record* record, int lane) {
  if (record->pending >> lane & 1) Close(record, lane);
}

void Outbox::GiveUp(Record* record, int lane, Loss reason) {
  if (!(record->pending >> lane & 1)) return;
  record->lost = With(record->lost, Only(static_cast<size_t>(lane)));
  record->reason = reason;
  Close(record, lane);
}

void Outbox::GiveUpAll(Record* record, Loss reason) {
  for (size_t i = 0; i < pending_.size(); ++i) GiveUp(record, static_cast<int>(i), reason);
}

void Outbox::TakeFromStore(Record* record) {
  if (WaitsForStore(*record)) --unstored_;
  record->storable = false;
  Segment* segment = FindSegment(record->segment);
  if (!segment || segment->left) return;
  segment->shrunk = true;
  if (record->pending != 0 && record->event.empty()) {
    for (size_t i = 0; i < pending_.size(); ++i) Settle(record, static_cast<int>(i));
  }
  if (record->pending == 0) return;
  --segment->live;
  record->segment = kNoSegment;
}

void Outbox::RewriteWorn() {
  Sweep();
  for (Segment& segment : segments_) segment.shrunk |= segment.worn && !segment.left;
}

void Outbox::RewriteDead() {
  int64_t bytes = 0;
  for (const Segment& segment : segments_) bytes += segment.bytes;
  if (bytes <= 2 * limits_.bytes_max) return;
  for (Segment& segment : segments_) {
    segment.shrunk |= segment.stored && !segment.left && segment.dead > segment.bytes / 2;
  }
}

// What is settled for a collector with nothing open before it can be told by one number, and so
// does not come back. False while there is something open before it.
bool Outbox::Cover(Record* record, Writer* writer) {
  uint32_t& blocked = writer->blocked[static_cast<size_t>(record->priority)];
  // A position speaks of what lies in the store. Of what only this engine has it says nothing: its
  // neighbours may have been let go of.
  const bool lies = record->storable && record->segment != kNoSegment;
  for (size_t i = 0; lies && i < pending_.size(); ++i) {
    const LaneSet bit = Only(i);
    if ((record->pending | blocked) & bit) continue;
    uint32_t& through = writer->lanes[i].through[static_cast<size_t>(record->priority)];
    through = std::max(through, record->sequence);
    if (!(record->lost & bit)) continue;
    CountLost(writer, i, record->reason, 1, record->segment);
    record->lost = Without(record->lost, bit);
  }
  const bool covered = (record->closed & blocked) == 0;
  // Nor does it wait for what never lies there.
  if (record->storable) blocked |= record->pending;
  return covered && (record->pending | record->lost) == 0;
}

bool Outbox::Sweep() {
  if (!unswept_) return false;
  unswept_ = false;
  const size_t before = records_.size();
  for (Writer& writer : writers_) {
    for (uint32_t& blocked : writer.blocked) blocked = 0;
  }
  Writer* writer = nullptr;
  records_.RemoveIf([&](Record& record) {
    if (!writer || writer->id != record.writer) writer = WriterOf(record);
    // What was never stored cannot come back.
    if (record.segment == kNoSegment && record.pending == 0) {
      CountLost(record, writer);
      return true;
    }
    if (!Cover(&record, writer)) return false;
    if (Segment* segment = FindSegment(record.segment)) {
      --segment->live;
      segment->worn = true;
    }
    return true;
  });
  for (uint32_t& from : evict_from_) from = 0;
  if (records_.size() != before) DropUnusedContexts();
  return true;
}

// Contexts are made in the order of the records, so those before the first one in use are done
// with. Restored records have theirs among the later ones: nothing goes while any is left.
void Outbox::DropUnusedContexts() {
  uint32_t oldest = contexts_.empty() ? 0 : contexts_.back().id;
  for (const Record& record : records_) {
    if (record.context != 0 && record.context < oldest) oldest = record.context;
  }
  contexts_.RemoveIf([oldest](const Context& context) { return context.id < oldest; });
}

Record* Outbox::OverBound() {
  if (live_ <= limits_.events_max && bytes_ <= limits_.bytes_max) return nullptr;
  for (int priority = kPriorities - 1; priority >= 0; --priority) {
    for (uint32_t& i = evict_from_[priority]; i < records_.size(); ++i) {
      Record& record = records_[i];
      const bool candidate = record.pending != 0 && record.in_flight == 0;
      if (candidate && static_cast<int>(record.priority) == priority) return &record;
    }
  }
  return nullptr;
}

void Outbox::AppendRecord(const Record& record, uint32_t* context, String* bytes) const {
  if (record.context != 0 && record.context != *context) {
    *context = record.context;
    AppendContextFrame(bytes, ContextOf(record));
  }
  AppendEventFrame(bytes, record);
}

List<Outbox::NewSegment> Outbox::TakeUnstored() {
  List<NewSegment> taken;
  if (unstored_ == 0) return taken;
  uint32_t context = 0;
  bool open = false;  // the last segment takes more
  Record* record =
      std::lower_bound(records_.begin(), records_.end(), first_unstored_id_,
                       [](const Record& one, uint32_t wanted) { return one.id < wanted; });
  for (; record != records_.end(); ++record) {
    if (!WaitsForStore(*record)) {
      // Segments are read back one after the other: none reaches around what is stored already.
      open &= record->segment == kNoSegment;
      continue;
    }
    open = open && segments_.back().writer == record->writer &&
           taken.back().bytes.size() < kSegmentBytesMax;
    if (!open) {
      open = true;
      Segment& segment = segments_.emplace_back();
      segment.id = next_segment_++;
      segment.writer = record->writer;
      segment.key = SegmentKey(WriterOf(*record)->name, record->sequence);
      NewSegment& next = taken.emplace_back();
      next.id = segment.id;
      next.key = segment.key;
      context = 0;
    }
    record->segment = segments_.back().id;
    ++segments_.back().live;
    unswept_ |= record->closed != 0;  // from here on a position may speak of it
    AppendRecord(*record, &context, &taken.back().bytes);
    segments_.back().bytes = static_cast<uint32_t>(taken.back().bytes.size());
  }
  unstored_ = 0;
  first_unstored_id_ = next_id_;
  return taken;
}

void Outbox::OnStored(uint32_t id) {
  Segment* segment = FindSegment(id);
  if (!segment) return;
  if (segment->left) return DropSegment(id, true, true);
  segment->stored = true;
  unswept_ |= segment->live == 0;
  DropTextsBeyondWindow(segment);
}

bool Outbox::OnNotStored(uint32_t id) {
  Segment* segment = FindSegment(id);
  if (!segment) return false;
  const bool left = segment->left;
  if (!left && segment->stored) {  // it was written anew
    segment->shrunk = true;
    return false;
  }
  DropSegment(id, left, false);
  return left;
}

List<String> Outbox::TakeDeletions() {
  List<String> keys;
  segments_.RemoveIf([&keys](Segment& segment) {
    if (segment.live > 0 || !segment.stored) return false;
    keys.push_back(std::move(segment.key));
    return true;
  });
  return keys;
}

bool Outbox::has_live_segments() const {
  for (const Segment& segment : segments_) {
    if (segment.live > 0 || !(segment.stored || segment.left)) return true;
  }
  return false;
}

void Outbox::ForgetEmptied() {
  segments_.RemoveIf([](const Segment& segment) { return segment.live == 0; });
}

bool Outbox::has_deletions() const {
  for (const Segment& segment : segments_) {
    if (segment.live == 0 && !segment.left) return true;
  }
  return false;
}

bool Outbox::has_rewrites() const {
  for (const Segment& segment : segments_) {
    if (segment.shrunk && segment.live > 0) return true;
  }
  return false;
}

uint32_t Outbox::RewriteToRead() const {
  for (const Segment& segment : segments_) {
    if (segment.shrunk && segment.partial && segment.live > 0) return segment.id;
  }
  return kNoSegment;
}

List<Outbox::NewSegment> Outbox::TakeRewrites() {
  List<NewSegment> rewrites;
  for (Segment& segment : segments_) {
    // Not before the store has said that it has the first version: it may still refuse that.
    if (!segment.shrunk || segment.partial || !segment.stored || segment.live == 0) continue;
    segment.shrunk = segment.worn = false;
    segment.dead = 0;
    NewSegment& rewrite = rewrites.emplace_back();
    rewrite.id = segment.id;
    rewrite.key = segment.key;
    uint32_t context = 0;
    for (Record& record : records_) {
      if (record.segment != segment.id) continue;
      if (record.pending != 0) {
        AppendRecord(record, &context, &rewrite.bytes);
        continue;
      }
      // Left out here, it is gone for good.
      CountLost(record, WriterOf(record));
      record.lost = record.closed = 0;
      unswept_ = true;
    }
    segment.bytes = static_cast<uint32_t>(rewrite.bytes.size());
  }
  return rewrites;
}

void Outbox::Fill(uint32_t id, DecodedSegment* decoded) {
  FindSegment(id)->partial = false;
  for (Record& record : records_) {
    if (record.segment != id || record.pending == 0 || !record.event.empty()) continue;
    for (StoredRecord& stored : decoded->records) {
      if (stored.sequence != record.sequence) continue;
      record.event = std::move(stored.event);
      if (!stored.context.empty()) record.context = AddContext(stored.context);
      memory_bytes_ += static_cast<int64_t>(record.event.size());
      break;
    }
    if (record.event.empty()) GiveUpAll(&record, Loss::kCorrupt);
  }
}

std::string_view Outbox::KeyBefore(const Segment& segment) const {
  std::string_view before;
  for (const Segment& other : segments_) {
    if (other.writer != segment.writer || std::string_view(other.key) >= segment.key) continue;
    if (std::string_view(other.key) > before) before = other.key;
  }
  return before;
}

void Outbox::LetGoOfStored() {
  // Of what is on its way into the store nobody knows yet where it will be: until then it goes to
  // no collector.
  for (Segment& segment : segments_) segment.left |= !segment.stored;
  for (Record& record : records_) {
    const Segment* segment = FindSegment(record.segment);
    if (!segment || record.pending == 0) continue;
    if (segment->left)
      record.in_flight = record.pending;
    else
      for (size_t i = 0; i < pending_.size(); ++i) Settle(&record, static_cast<int>(i));
  }
  segments_.RemoveIf([](const Segment& segment) { return !segment.left; });
  records_.RemoveIf([this](const Record& record) {
    return record.segment != kNoSegment && !FindSegment(record.segment);
  });
  // What could not be stored so far stays in memory: its name is given up.
  for (Record& record : records_) record.storable = false;
  unstored_ = 0;
  // Its names are given up: what stands under them is anybody's, also this engine's again; and how
  // far that is, only the store can say.
  for (Writer& writer : writers_) {
    writer.own = false;
    for (Settlement& settlement : writer.lanes) {
      for (uint32_t& through : settlement.through) through = 0;
    }
  }
  DropUnusedContexts();
  for (uint32_t& from : evict_from_) from = 0;
  unswept_ = true;
}

void Outbox::DropSegment(uint32_t id, bool left, bool stored) {
  SettleLosses(id, stored);
  for (Record& record : records_) {
    if (record.segment != id) continue;
    record.segment = kNoSegment;
    if (left) record.in_flight = 0;
    if (WaitsForStore(record)) ++unstored_;
    if (stored) record.lost = 0;  // whoever takes it over tries again
    for (size_t i = 0; stored && i < pending_.size(); ++i) Settle(&record, static_cast<int>(i));
  }
  first_unstored_id_ = 0;
  unswept_ = true;
  segments_.RemoveIf([id](const Segment& one) { return one.id == id; });
}

void Outbox::Clear() {
  for (size_t i = 0; i < pending_.size(); ++i) writers_[0].lanes[i].lost = Lost(i);
  const uint32_t nameless = writers_[0].id;
  writers_.RemoveIf([nameless](const Writer& writer) { return writer.id != nameless; });
  records_.clear();
  segments_.clear();
  contexts_.clear();
  revocable_.clear();
  ++closings_;
  for (Pending& pending : pending_) pending = Pending();
  live_ = 0;
  bytes_ = 0;
  memory_bytes_ = 0;
  unstored_ = 0;
}

void Outbox::DropDoneWriters(uint32_t telling, bool lossy) {
  const uint32_t current = writers_.back().id;
  size_t with_losses = 0;
  for (const Writer& writer : writers_) with_losses += HasLosses(writer);
  writers_.RemoveIf([&](Writer& writer) {
    if (writer.id == current || writer.name.empty()) return false;
    for (const Segment& segment : segments_) {
      if (segment.writer == writer.id) return false;
    }
    for (const Record& record : records_) {
      if (record.writer == writer.id) return false;
    }
    for (size_t i = 0; i < writer.lanes.size(); ++i) {
      if (writer.lanes[i].unreported() && telling >> i & 1) return false;
    }
    if (!HasLosses(writer)) return true;
    if (!lossy || with_losses <= kLossyWritersMax) return false;
    --with_losses;
    for (size_t i = 0; i < writer.lanes.size(); ++i) {
      writers_[0].lanes[i].lost.Add(writer.lanes[i].lost);
    }
    return true;
  });
}

Record* Outbox::Find(uint32_t id) {
  Record* at =
      std::lower_bound(records_.begin(), records_.end(), id,
                       [](const Record& record, uint32_t wanted) { return record.id < wanted; });
  return at != records_.end() && at->id == id ? at : nullptr;
}

Segment* Outbox::FindSegment(uint32_t id) {
  if (id == kNoSegment) return nullptr;
  // Mostly asked for one of the latest or the first: a list of a few hundred, walked rarely.
  for (Segment& segment : segments_) {
    if (segment.id == id) return &segment;
  }
  return nullptr;
}

Segment* Outbox::FindSegment(std::string_view key) {
  for (Segment& segment : segments_) {
    if (segment.key == key) return &segment;
  }
  return nullptr;
}

}  // namespace waymark
