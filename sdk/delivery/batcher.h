// Builds the next batch of a lane: the oldest records that may go, up to the limits in events and
// real bytes.
#ifndef WAYMARK_DELIVERY_BATCHER_H_
#define WAYMARK_DELIVERY_BATCHER_H_

#include <cstdint>

#include "base/list.h"
#include "base/string.h"
#include "consent/consent_gate.h"
#include "delivery/lane.h"
#include "outbox/loss_counters.h"
#include "outbox/outbox.h"
#include "privacy/field_rules.h"

namespace waymark {

struct BatchLimits {
  size_t events_max = 100;
  size_t bytes_max = 65'536;  // of the body before compression
};

struct Batch {
  String body;
  List<uint64_t> record_ids;
  bool deidentified = false;  // all of its records, or none
};

// What the gate needs to judge again.
struct SendRules {
  const Policy* policy;
  const ConsentState* consent;
  const List<FieldRule>* fields;
};

// Whether the record may go to the lane's collector now: the stricter of the consent at capture and
// the consent now.
bool MayGo(const Lane& lane, const Record& record, const SendRules& rules);

// Records that may no longer go, that are too old or too big are settled for this lane
// on the way, and counted. The caller sweeps the outbox.
Batch BuildBatch(const Lane& lane, int lane_index, const BatchLimits& limits,
                 const SendRules& rules, Now now, Outbox* outbox, LossCounters* losses);

// Opens a record for an encoder. `*text` holds what the views look into.
OutgoingEvent OpenRecord(const Record& record, const Outbox& outbox, const SendRules& rules,
                         String* text);

}  // namespace waymark

#endif  // WAYMARK_DELIVERY_BATCHER_H_
