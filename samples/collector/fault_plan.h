// Which fault the protocol routes show at the moment, so that people can try outages on their SDK.
#ifndef WAYMARK_SAMPLES_COLLECTOR_FAULT_PLAN_H_
#define WAYMARK_SAMPLES_COLLECTOR_FAULT_PLAN_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "dialect.h"

namespace waymark::collector {

enum class FaultMode {
  kNone,
  kDown,     // every connection is closed at once, without an answer; preflights too
  kStatus,   // posts get `status`; preflights are answered as usual
  kDrop,     // the body is read and thrown away, then the connection closes
  kAckLoss,  // the body is read and stored, then the connection closes: the sender never learns of
             // it
  kSlow,     // the answer comes after `delay_ms`
  kPartial,  // every `every`th event that is well is turned away with `verdict`, by protocols whose
             // answers can say so of one event
};

struct Fault {
  FaultMode mode = FaultMode::kNone;
  int status = 503;                   // kStatus
  int64_t retry_after_s = 0;          // kStatus; 0 sends no Retry-After
  bool expose_retry_after = false;    // kStatus; whether a page of another origin may read it
  int64_t delay_ms = 0;               // kSlow
  int64_t every = 2;                  // kPartial
  Verdict verdict = Verdict::kRetry;  // kPartial; kRejected or kRetry
  int64_t for_ms = 0;                 // ends by itself after this long; 0 lasts until it is changed
};

// The text of a mode, as in the JSON.
absl::string_view FaultModeName(FaultMode mode);

// Reads the body of POST /faults. InvalidArgument names the member, what it found and what is
// allowed.
absl::StatusOr<Fault> ParseFault(absl::string_view text);

// Thread rule: every member may be called from any thread.
class FaultPlan {
 public:
  void Set(const Fault& fault, int64_t now_ms);

  // What holds now; kNone once `for_ms` is over.
  Fault Current(int64_t now_ms) const;

  // What becomes of the next event that is well: counts them while kPartial is on.
  Verdict Judge(int64_t now_ms);

  // The current fault as GET /faults shows it: all members, and `until_ms` (null when it has no
  // end).
  std::string Describe(int64_t now_ms) const;

 private:
  mutable absl::Mutex mutex_;
  Fault fault_ ABSL_GUARDED_BY(mutex_);
  int64_t until_ms_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t judged_ ABSL_GUARDED_BY(mutex_) = 0;  // events since Set
};

}  // namespace waymark::collector

#endif  // WAYMARK_SAMPLES_COLLECTOR_FAULT_PLAN_H_
