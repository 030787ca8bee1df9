// What is known of a collector that fails, and which records its next request may hold.
//
// After a failure one event is tried alone: a collector that struggles is not hit with full
// batches, and when answers get lost one event arrives twice instead of a hundred. An event that
// fails alone three times is stepped over; when the one behind it goes through and it fails once
// more, it is what the collector chokes on, and is given up. Invariant: plain values; no clock, no
// queue.
#ifndef WAYMARK_DELIVERY_OUTAGE_H_
#define WAYMARK_DELIVERY_OUTAGE_H_

#include <cstddef>
#include <cstdint>

#include "base/time.h"

namespace waymark {

struct Outage {
  int64_t since_ms = kNever;  // on the monotonic clock; kNever: all is well
  int attempts = 0;           // failures in a row
  uint32_t head = 0;          // the event that failed alone
  int head_failures = 0;      // how often, one after the other, with an answer
  uint32_t suspect = 0;       // stepped over; 0: none
  bool verifying = false;     // others went through: the suspect has its last try
  bool probed = false;        // the last success was that of an event alone

  bool failing() const { return since_ms != kNever; }
};

// `answered`: by the collector with a failure of its own, a status of 5xx, rather than not at all.
struct Failure {
  bool answered = false;
  uint32_t first = 0;  // of the records sent
  size_t events = 0;
  bool others = false;  // wait behind it
};

// Takes note of a failure. True: `failure.first` is to be given up.
bool NoteFailure(const Failure& failure, int64_t now_ms, Outage* outage);
void NoteSuccess(uint32_t first, size_t events, Outage* outage);

}  // namespace waymark

#endif  // WAYMARK_DELIVERY_OUTAGE_H_
