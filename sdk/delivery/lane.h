// The way to one collector: what is on its way, when to try next, what has been learned about it.
//
// Invariant: at most one batch of a lane is in flight, and batches follow the order of the records
// of each writer and priority; only a page that is leaving sends a second one beside it.
#ifndef WAYMARK_DELIVERY_LANE_H_
#define WAYMARK_DELIVERY_LANE_H_

#include <cstdint>
#include <memory>

#include "base/list.h"
#include "base/string.h"
#include "base/time.h"
#include "codec/gzip.h"
#include "collector/collector.h"
#include "consent/collector_policy.h"
#include "delivery/outage.h"
#include "delivery/rate_limiter.h"
#include "privacy/field_rules.h"

namespace waymark {

// Whether the collector takes compressed bodies from this host. A browser reports a refused
// preflight as a network failure, so the next try after such a failure goes uncompressed and
// simple.
enum class GzipTrust : uint8_t {
  kUntried,
  kWorks,
  kOnTrial,  // a plain body went through since: once more, to tell a refusal from an outage
  kDoubted,  // the first one failed without an answer: plain until one goes through
  kRefused,  // for good
};

// A batch in the making. A compressed one is fed in slices while the page is idle, so that sending
// it costs no more than its end.
struct Batch {
  List<uint32_t> record_ids;
  String body;               // when it is not compressed
  GzipStream stream;         // when it is
  String key;                // that its events share
  uint64_t fingerprint = 0;  // of its message ids
  size_t raw_bytes = 0;      // before compression, with what ends it
  uint32_t told = 0;         // losses that it tells: up to this change of the outbox
  uint32_t closings = 0;     // of the outbox, when its records were last looked at
  bool open = false;         // begun
  bool gzip = false;
  bool deidentified = false;  // all of its records, or none
  bool full = false;
};

struct Flight {
  int64_t effect_id = 0;
  List<uint32_t> record_ids;
  int64_t body_bytes = 0;
  uint32_t told = 0;
  bool gzip = false;
  bool simple = false;
  bool aborted = false;
};

// How often the last batch was tried, as it is, in this run.
struct Tries {
  uint64_t fingerprint = 0;  // of the batch
  int failures = 0;
  int last_status = 0;   // of the last failure: HTTP's, 0 without an answer, -1 after a timeout
  int64_t first_ms = 0;  // on the monotonic clock
  int64_t last_ms = 0;
};

struct Lane {
  String id;
  CollectorPolicy policy;
  CollectorPolicy narrowed;  // what a remote document leaves of it
  List<FieldRule> fields;    // besides those of the config
  std::unique_ptr<Collector> collector;
  bool cross_origin = false;
  bool off = false;          // switched off from afar
  bool for_records = false;  // gets the records of consent, and nothing else
  PurposeSet sent_for = 0;   // of events that it was sent, besides those that it needs itself

  List<Flight> flights;
  Batch draft;

  // When to send. On the monotonic clock.
  int64_t due_ms = kNever;     // what waits is sent then
  int64_t retry_ms = 0;        // not before
  int64_t asked_until_ms = 0;  // the collector said so
  int64_t feed_ms = kNever;    // what waits is fed to the draft then
  uint32_t flush_through = 0;  // records up to this id go without waiting for company

  // What has been learned.
  Outage outage;
  Tries tries;
  size_t events_max = SIZE_MAX;  // lowered by a split, raised again by success
  GzipTrust gzip_trust = GzipTrust::kUntried;
  int64_t gzip_ratio = 7;  // raw bytes for one compressed byte, of the last body
  int64_t preflight_until_ms = 0;
  int refusals = 0;  // of the platform, one after the other, while the page leaves
  RateLimiter rate;

  // For the view.
  int64_t sent = 0;
  int64_t acknowledged = 0;

  bool busy() const { return !flights.empty(); }
  bool failing() const { return outage.failing(); }
};

}  // namespace waymark

#endif  // WAYMARK_DELIVERY_LANE_H_
