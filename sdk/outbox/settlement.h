// How far each collector is with what one writer has put into the store, and what it never got.
//
// It is kept beside the segments, so that after a stop nothing is sent twice that was acknowledged
// and nothing is counted twice that was given up. Invariant: a loss is counted here only when the
// record can no longer come back, and both go into the store together.
#ifndef WAYMARK_OUTBOX_SETTLEMENT_H_
#define WAYMARK_OUTBOX_SETTLEMENT_H_

#include <cstdint>

#include "base/json_view.h"
#include "base/json_writer.h"
#include "base/list.h"
#include "base/string.h"
#include "event/event.h"
#include "outbox/loss_counters.h"

namespace waymark {

// One collector and one writer.
struct Settlement {
  // Of each priority every record up to this sequence is settled.
  uint32_t through[kPriorities] = {};
  // Given to the writer's records for this collector, one after the other: what the collector can
  // count. Only for writers of this run.
  uint32_t last_sequence = 0;
  LossCounters lost;
  // When `lost` last grew, and up to when the collector has acknowledged to know: on the outbox's
  // count of changes.
  uint32_t changed = 0;
  uint32_t reported = 0;

  bool unreported() const { return changed > reported; }
};

// Who wrote segments: this engine under one of its names, or an earlier one that has ended.
struct Writer {
  uint32_t id = 0;
  String name;
  bool own = false;
  bool claimed = false;             // its host was asked to hold the name
  List<Settlement> lanes;           // one a collector, in the order of the config
  uint32_t blocked[kPriorities]{};  // while the outbox sweeps
};

// {"<collector>":{"through":[1,2,3],"lost":{…}},…}: without what is all zero.
void WriteSettlements(JsonWriter* writer, const List<Settlement>& lanes,
                      const List<std::string_view>& collectors);
// Adds what was counted, and takes over the positions, which only grow, if they are asked for.
void ReadSettlements(JsonView json, const List<std::string_view>& collectors, bool positions,
                     uint32_t change, List<Settlement>* lanes);

}  // namespace waymark

#endif  // WAYMARK_OUTBOX_SETTLEMENT_H_
