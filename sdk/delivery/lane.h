// The way to one collector: what is on its way, when to try next, what has been learned about it.
//
// Invariant: at most one batch of a lane is in flight, and batches follow the order of the records.
#ifndef WAYMARK_DELIVERY_LANE_H_
#define WAYMARK_DELIVERY_LANE_H_

#include <cstdint>
#include <memory>
#include <string_view>

#include "base/list.h"
#include "base/string.h"
#include "base/time.h"
#include "collector/collector.h"
#include "consent/collector_policy.h"

namespace waymark {

// Whether the collector takes compressed bodies from this host. A browser reports a refused
// preflight as a network failure, so the next try after such a failure goes uncompressed and
// simple.
enum class GzipTrust : uint8_t { kUntried, kWorks, kRefused };

// How far one writer's records are settled at this collector: kept on the device while another
// collector still needs them.
struct Cursor {
  String writer;
  uint64_t sequence = 0;
};

struct Lane {
  String id;
  CollectorPolicy policy;
  std::unique_ptr<Collector> collector;

  // In flight.
  int64_t effect_id = 0;  // 0: nothing
  List<uint64_t> record_ids;
  int64_t body_bytes = 0;
  bool gzip = false;

  // When to send. On the monotonic clock.
  int64_t due_ms = kNever;     // what waits is sent then
  int64_t retry_ms = 0;        // not before
  uint64_t flush_through = 0;  // records up to this id go without waiting for company

  // What has been learned.
  int64_t failing_since_ms = kNever;
  int attempts = 0;
  size_t events_max = SIZE_MAX;  // lowered by a split, raised again by success
  GzipTrust gzip_trust = GzipTrust::kUntried;

  List<Cursor> cursors;

  // For the view.
  int64_t sent = 0;
  int64_t acknowledged = 0;

  bool busy() const { return effect_id != 0; }
  bool failing() const { return failing_since_ms != kNever; }
  // 0 when nothing of the writer is settled.
  uint64_t SettledOf(std::string_view writer) const;
  void MoveCursor(std::string_view writer, uint64_t sequence);
};

}  // namespace waymark

#endif  // WAYMARK_DELIVERY_LANE_H_
