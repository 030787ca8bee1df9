#include "outbox/outbox.h"

#include <algorithm>

#include "base/utf8.h"
#include "base/uuid.h"

namespace waymark {
namespace {

bool WaitsForStore(const Record& record) {
  return record.storable && record.segment == kNoSegment && record.pending != 0;
}

}  // namespace

String SegmentKey(const String& writer, uint64_t sequence) {
  String key(kOutboxPrefix);
  key += writer;
  key.push_back('/');
  AppendHex(&key, sequence, 12);
  return key;
}

String WriterFromKey(std::string_view key) {
  if (key.substr(0, kOutboxPrefix.size()) != kOutboxPrefix) return String();
  key.remove_prefix(kOutboxPrefix.size());
  const size_t slash = IndexOf(key, '/');
  return slash == key.size() ? String() : String(key.substr(0, slash));
}

void Outbox::Start(const OutboxLimits& limits, String writer) {
  limits_ = limits;
  writer_ = std::move(writer);
}

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

void Outbox::Count(const Record& record) {
  ++live_;
  bytes_ += static_cast<int64_t>(record.bytes());
  for (int i = 0; i < kCollectorsMax; ++i)
    pending_[static_cast<size_t>(i)] += record.pending >> i & 1;
}

uint64_t Outbox::Append(Record&& record) {
  record.id = next_id_++;
  record.sequence = next_sequence_++;
  Count(record);
  if (WaitsForStore(record)) ++unstored_;
  records_.push_back(std::move(record));
  return records_.back().id;
}

void Outbox::Restore(std::string_view key, List<Record>&& records, bool rewrite) {
  Segment& segment = segments_.emplace_back();
  segment.id = next_segment_++;
  segment.key = key;
  segment.writer = WriterFromKey(key);
  segment.shrunk = rewrite;
  size_t place = 0;  // of the first of this run's own
  while (place < records_.size() && records_[place].id < kFirstOwnId) ++place;
  for (Record& record : records) {
    if (record.pending == 0) continue;
    record.id = next_restored_id_++;
    record.segment = segment.id;
    ++segment.live;
    Count(record);
    records_.insert(place++, std::move(record));
  }
}

void Outbox::Settle(Record* record, int collector) {
  const uint32_t bit = 1u << collector;
  record->in_flight &= ~bit;
  if (!(record->pending & bit)) return;
  if (record->pending == bit && WaitsForStore(*record)) --unstored_;
  record->pending &= ~bit;
  --pending_[static_cast<size_t>(collector)];
  if (record->pending != 0) return;
  --live_;
  bytes_ -= static_cast<int64_t>(record->bytes());
}

void Outbox::Discard(Record* record, bool erase_from_store) {
  for (int i = 0; i < kCollectorsMax; ++i) Settle(record, i);
  Segment* segment = FindSegment(record->segment);
  if (segment && erase_from_store) segment->shrunk = true;
}

void Outbox::Sweep() {
  const size_t before = records_.size();
  records_.RemoveIf([this](const Record& record) {
    if (record.pending != 0) return false;
    if (Segment* segment = FindSegment(record.segment)) --segment->live;
    return true;
  });
  if (records_.size() != before) DropUnusedContexts();
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
  if (live_ <= limits_.events_max && bytes_ <= limits_.bytes_max) {
    return nullptr;
  }
  for (Record& record : records_) {
    if (record.in_flight == 0 && record.pending != 0) return &record;
  }
  return nullptr;
}

String Outbox::Encode(uint32_t segment) const {
  String bytes;
  uint32_t context = 0;
  for (const Record& record : records_) {
    if (record.segment != segment) continue;
    if (record.context != 0 && record.context != context) {
      context = record.context;
      AppendContextFrame(&bytes, ContextOf(record));
    }
    AppendEventFrame(&bytes, record);
  }
  return bytes;
}

Outbox::NewSegment Outbox::TakeUnstored() {
  if (unstored_ == 0) return {};
  unstored_ = 0;
  Segment& segment = segments_.emplace_back();
  segment.id = next_segment_++;
  segment.writer = writer_;
  for (Record& record : records_) {
    if (!WaitsForStore(record)) continue;
    if (segment.live == 0) segment.key = SegmentKey(writer_, record.sequence);
    record.segment = segment.id;
    ++segment.live;
  }
  return {segment.key, Encode(segment.id)};
}

List<String> Outbox::TakeDeletions() {
  List<String> keys;
  segments_.RemoveIf([&keys](Segment& segment) {
    if (segment.live > 0) return false;
    keys.push_back(std::move(segment.key));
    return true;
  });
  return keys;
}

List<Outbox::NewSegment> Outbox::TakeRewrites() {
  List<NewSegment> rewrites;
  for (Segment& segment : segments_) {
    if (!segment.shrunk || segment.live == 0) continue;
    segment.shrunk = false;
    NewSegment& rewrite = rewrites.emplace_back();
    rewrite.key = segment.key;
    rewrite.bytes = Encode(segment.id);
  }
  return rewrites;
}

void Outbox::Clear() {
  records_.clear();
  segments_.clear();
  contexts_.clear();
  pending_.fill(0);
  live_ = 0;
  bytes_ = 0;
  unstored_ = 0;
}

Record* Outbox::Find(uint64_t id) {
  Record* at =
      std::lower_bound(records_.begin(), records_.end(), id,
                       [](const Record& record, uint64_t wanted) { return record.id < wanted; });
  return at != records_.end() && at->id == id ? at : nullptr;
}

std::string_view Outbox::WriterOf(const Record& record) const {
  for (const Segment& segment : segments_) {
    if (segment.id == record.segment) return segment.writer;
  }
  return std::string_view();
}

bool Outbox::HasSegmentOf(std::string_view writer) const {
  for (const Segment& segment : segments_) {
    if (segment.writer == writer) return true;
  }
  return false;
}

Segment* Outbox::FindSegment(uint32_t id) {
  if (id == kNoSegment) return nullptr;
  // Mostly asked for one of the latest or the first: a list of a few hundred, walked rarely.
  for (Segment& segment : segments_) {
    if (segment.id == id) return &segment;
  }
  return nullptr;
}

}  // namespace waymark
