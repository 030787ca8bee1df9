// Splits the bytes of a body on the wire among the events in it.
#ifndef WAYMARK_SAMPLES_COLLECTOR_WIRE_SHARE_H_
#define WAYMARK_SAMPLES_COLLECTOR_WIRE_SHARE_H_

#include <cstdint>
#include <vector>

#include "event.h"

namespace waymark::collector {

// Gives each event its share of `wire_bytes`, in proportion to `weights` (one for each event, each
// at least 1). The shares add up to exactly `wire_bytes`.
inline void ShareWireBytes(int64_t wire_bytes, const std::vector<int64_t>& weights,
                           std::vector<ReceivedEvent>& events) {
  int64_t total = 0;
  for (const int64_t weight : weights) total += weight;
  int64_t weight_before = 0;
  int64_t given = 0;
  for (size_t i = 0; i < events.size(); ++i) {
    weight_before += weights[i];
    const int64_t given_until_here = wire_bytes * weight_before / total;
    events[i].wire_bytes = given_until_here - given;
    given = given_until_here;
  }
}

}  // namespace waymark::collector

#endif  // WAYMARK_SAMPLES_COLLECTOR_WIRE_SHARE_H_
