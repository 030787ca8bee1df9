// One event on its way, in memory and as bytes in the store. The byte format is docs/record.md.
#ifndef WAYMARK_OUTBOX_RECORD_H_
#define WAYMARK_OUTBOX_RECORD_H_

#include <cstdint>
#include <string_view>

#include "base/limits.h"
#include "base/list.h"
#include "base/string.h"
#include "consent/policy.h"
#include "event/event.h"
#include "outbox/loss_counters.h"
#include "outbox/record_fields.h"

namespace waymark {

inline constexpr uint32_t kNoSegment = 0;

// A bit for each collector.
using LaneSet = uint16_t;
static_assert(kCollectorsMax <= 16);

inline LaneSet Only(size_t lane) { return static_cast<LaneSet>(1u << lane); }
inline LaneSet With(LaneSet lanes, LaneSet others) { return static_cast<LaneSet>(lanes | others); }
inline LaneSet Without(LaneSet lanes, LaneSet others) {
  return static_cast<LaneSet>(lanes & ~others);
}

// A hundred thousand of them may wait: each field has the size that it needs.
struct Record {
  RecordTime time_ms = 0;           // Unix milliseconds at which it happened
  RecordUptime queued_mono_ms = 0;  // when it came into this queue
  RecordCount writer = 0;           // in the outbox
  RecordCount generation = 0;       // of consent, when the event was admitted
  RecordCount bytes = 0;            // of the event document, also while that is not in memory
  uint32_t id = 0;                  // place in this engine's queue; not stored
  uint32_t sequence = 0;            // of the writer; grows by one with each of its records
  uint32_t segment = kNoSegment;
  uint32_t context = 0;     // standing context at capture, in the outbox; 0: none
  PurposeSet captured = 0;  // what was allowed when the event was admitted
  PurposeSet needs = 0;     // the event's own, besides those of the collectors
  LaneSet pending = 0;      // collectors that have not settled it
  LaneSet in_flight = 0;    // collectors to which it is on its way
  LaneSet lost = 0;         // collectors that never get it, until that is counted
  LaneSet closed = 0;       // collectors that have settled it, or for which it was given up
  Priority priority = Priority::kNormal;
  Loss reason = Loss::kQuota;  // for `lost`
  bool storable = false;       // a purpose that may keep things on the device is behind it
  bool deidentified = false;
  String event;  // the event document; empty while it is only in the store
};

// What a segment says of one record: all that is known without the policy.
struct StoredRecord {
  uint32_t sequence = 0;
  uint32_t generation = 0;
  Priority priority = Priority::kNormal;
  bool deidentified = false;
  String context;
  String event;
};

struct DecodedSegment {
  List<StoredRecord> records;  // all that is whole
  int corrupt = 0;             // frames that were not; a torn end counts once
};

// Appends frames to a segment: a context stands before the records that share it.
void AppendContextFrame(String* segment, std::string_view context);
void AppendEventFrame(String* segment, const Record& record);

// Any bytes are allowed. A frame with a wrong checksum is skipped; one whose size leads outside
// ends the segment.
DecodedSegment DecodeSegment(std::string_view bytes);

}  // namespace waymark

#endif  // WAYMARK_OUTBOX_RECORD_H_
