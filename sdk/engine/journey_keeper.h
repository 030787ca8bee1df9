// The journey as the engine holds it: the rules, what is known, and what is still to be done.
#ifndef WAYMARK_ENGINE_JOURNEY_KEEPER_H_
#define WAYMARK_ENGINE_JOURNEY_KEEPER_H_

#include <cstdint>

#include "base/list.h"
#include "base/string.h"
#include "base/time.h"
#include "journey/journey.h"
#include "journey/journey_rules.h"

namespace waymark {

struct JourneyKeeper {
  JourneyRules rules;
  Journey journey;
  String of;                // the anonymous id that it was touched with last
  List<Touch> arrivals;     // that no admitted event has followed yet
  List<Silence> ended;      // that lasted long enough before the customer came back
  List<String> segments;    // that hold now
  int64_t due_ms = kNever;  // of the monotonic clock: when the next silence will have lasted
  int64_t reading = 0;      // the effect that asks the store for other tabs' version; 0: none
  bool skips = false;       // the event that is admitted: it is known, or no touchpoint
  bool dirty = false;       // changed since it was put
  bool stale = false;       // what follows from it is to be found anew
  bool fresh = false;       // what the store has was merged, and not touched since
  bool put = false;         // there is one in the store
  bool decides = false;     // what is being read is to decide on silences
};

}  // namespace waymark

#endif  // WAYMARK_ENGINE_JOURNEY_KEEPER_H_
