// What the outbox counts as lost.
//
// A record that lies in the store is lost when the store knows: until then it comes back whenever
// somebody else reads it, and is not lost at all.
#include <algorithm>

#include "outbox/outbox.h"

namespace waymark {

void Outbox::CountLost(Writer* writer, size_t lane, Loss reason, int64_t count, uint32_t segment) {
  Settlement& settlement = writer->lanes[lane];
  settlement.lost.Add(reason, count);
  settlement.changed = ++changes_;
  if (segment == kNoSegment) return;
  Revocable& revocable = revocable_.emplace_back();
  revocable.segment = segment;
  revocable.writer = writer->id;
  revocable.count = static_cast<uint32_t>(count);
  revocable.lane = static_cast<uint8_t>(lane);
  revocable.reason = reason;
}

void Outbox::CountLost(const Record& record, Writer* writer) {
  for (size_t i = 0; i < pending_.size(); ++i) {
    if (record.lost >> i & 1) CountLost(writer, i, record.reason, 1, record.segment);
  }
}

void Outbox::LossesTold(int64_t version) {
  for (Revocable& one : revocable_) {
    if (one.told == 0) one.told = version;
  }
}

void Outbox::LossesStored(int64_t version) {
  revocable_.RemoveIf(
      [version](const Revocable& one) { return one.told > 0 && one.told <= version; });
}

Writer* Outbox::WriterOf(const Revocable& one) {
  Writer* writer = FindWriterById(one.writer);
  return writer ? writer : writers_.begin();
}

// A segment that never came into the store brings nothing back.
void Outbox::SettleLosses(uint32_t segment, bool stored) {
  revocable_.RemoveIf([&](const Revocable& one) {
    const bool revoked = one.told == kRevoked;
    if (one.segment != segment || (stored && !revoked)) return false;
    if (!stored && revoked) CountLost(WriterOf(one), one.lane, one.reason, one.count, kNoSegment);
    return true;
  });
}

// Of what is still on its way into the store nobody knows yet whether it comes back.
void Outbox::RevokeLosses(bool told, bool untold) {
  revocable_.RemoveIf([&](Revocable& one) {
    if (one.told == kRevoked || !(one.told != 0 ? told : untold)) return false;
    LossCounters& lost = WriterOf(one)->lanes[one.lane].lost;
    lost.Add(one.reason, -std::min<int64_t>(one.count, lost.Of(one.reason)));
    one.told = kRevoked;
    return !FindSegment(one.segment);
  });
}

LossCounters Outbox::Lost(size_t lane) const {
  LossCounters lost;
  for (const Writer& writer : writers_) lost.Add(writer.lanes[lane].lost);
  for (const Record& record : records_) {
    if (record.lost >> lane & 1) lost.Add(record.reason);
  }
  return lost;
}

}  // namespace waymark
