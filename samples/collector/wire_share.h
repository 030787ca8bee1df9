// Splits the bytes of a body on the wire among the records in it.
#ifndef WAYMARK_SAMPLES_COLLECTOR_WIRE_SHARE_H_
#define WAYMARK_SAMPLES_COLLECTOR_WIRE_SHARE_H_

#include <cstdint>
#include <vector>

#include "dialect.h"

namespace waymark::collector {

// Gives each record its share of `wire_bytes`, in proportion to the length of its text. The shares
// add up to exactly `wire_bytes`.
inline void ShareWireBytes(int64_t wire_bytes, std::vector<Record>& records) {
  // One more for each: a record without text would leave nothing to divide by.
  const auto weight = [](const Record& record) {
    return static_cast<int64_t>(record.event.raw.size()) + 1;
  };
  int64_t total = 0;
  for (const Record& record : records) total += weight(record);
  int64_t weight_before = 0;
  int64_t given = 0;
  for (Record& record : records) {
    weight_before += weight(record);
    const int64_t given_until_here = wire_bytes * weight_before / total;
    record.event.wire_bytes = given_until_here - given;
    given = given_until_here;
  }
}

}  // namespace waymark::collector

#endif  // WAYMARK_SAMPLES_COLLECTOR_WIRE_SHARE_H_
