// Builds the batches of a lane, event by event: the oldest records that may go, up to the limits in
// events and real bytes; or, for a page that is leaving, those that matter most.
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
  size_t events_max = 250;
  size_t bytes_max = 65'536;  // of the body as it is sent
};

// What the gate needs to judge again.
struct SendRules {
  const Policy* policy;
  const ConsentState* consent;
  const List<FieldRule>* fields;
  bool bulk_waits;  // the network costs money
};

// One lane's view of the queue.
struct LaneQueue {
  const Lane* lane;
  int index;
  const SendRules* rules;
  Now now;
  Outbox* outbox;
  LossCounters* losses;     // for what consent no longer allows
  List<Problem>* problems;  // for what the collector cannot carry
};

// Whether what is of this generation of consent may not go to the collector, whatever was granted
// since: a withdrawal is not carried out yet.
bool IsWithdrawn(PurposeSet needs, uint32_t generation, const ConsentState& consent);

// Whether the record may go to the lane's collector now: the stricter of the consent at capture and
// the consent now.
bool MayGo(const Lane& lane, const Record& record, const SendRules& rules);

// Why a batch took no more.
struct Filled {
  bool full = false;              // by a limit
  uint32_t to_read = kNoSegment;  // the next record's text lies in the store
};

// Lets go of what is in it.
void DropBatch(Batch* batch);

// Begins an empty batch that tells the losses so far.
void OpenBatch(const LaneQueue& queue, bool gzip, Batch* batch);

// Adds to an open batch what may go of the records behind its last one, at most `events_max` in
// this call. Records that may no longer go, that are too old or too big, or that the collector
// cannot carry leave the lane on the way, and are counted. `raw_bytes_max`: of the body before
// compression. The caller sweeps the outbox.
Filled FillBatch(const LaneQueue& queue, size_t raw_bytes_max, size_t events_max, Batch* batch);

// Ends the batch and gives its body.
String CloseBatch(const LaneQueue& queue, Batch* batch);

// A batch of the records that matter most and fit into `raw_bytes_max`, in their order.
void PackBatch(const LaneQueue& queue, size_t raw_bytes_max, size_t events_max, bool gzip,
               Batch* batch);

// Whether every record of the batch is still to be sent. Consent is not asked: a change of it drops
// all drafts.
bool IsCurrent(const LaneQueue& queue, Batch* batch);

// Opens a record for an encoder. `*text` holds what the views look into.
OutgoingEvent OpenRecord(const Record& record, const Lane& lane, Outbox* outbox,
                         const SendRules& rules, String* text);

}  // namespace waymark

#endif  // WAYMARK_DELIVERY_BATCHER_H_
