// How many events were given up, by reason. Nothing accepted is lost without standing here.
#ifndef WAYMARK_OUTBOX_LOSS_COUNTERS_H_
#define WAYMARK_OUTBOX_LOSS_COUNTERS_H_

#include <cstdint>

#include "base/json_view.h"
#include "base/string.h"

namespace waymark {

enum class Loss : uint8_t {
  kQuota,           // the outbox or the held list was at its bound
  kAge,             // too old for any collector
  kOversize,        // too big for a collector
  kRejected,        // refused by a collector for good
  kRetryExhausted,  // fails wherever it stands, while others go through
  kCorrupt,         // unreadable in the store
  kUnanswered,      // sent once, without an answer, to a collector that cannot remove doubles
  kConsent,         // not allowed, or no longer
  kInvalid,         // a call that did not fit
};
inline constexpr int kLossReasons = 9;

// Those above kConsent may be told to a collector; how often consent was missing stays on the
// device.
inline constexpr int kReportedLossReasons = static_cast<int>(Loss::kConsent);

class LossCounters {
 public:
  void Add(Loss reason, int64_t count = 1) { counts_[static_cast<size_t>(reason)] += count; }
  void Add(const LossCounters& others);
  int64_t Of(Loss reason) const { return counts_[static_cast<size_t>(reason)]; }
  bool empty() const;

  // {"quota":3}: what was counted, of the first `reasons`; with `zeros` also what was not.
  String Json(int reasons = kLossReasons, bool zeros = false) const;
  // Adds what an earlier run had counted.
  void AddFrom(JsonView json);
  // Takes away what somebody else counts; from `rest` what is not found here.
  void Subtract(JsonView json, LossCounters* rest);

 private:
  int64_t counts_[kLossReasons] = {};
};

}  // namespace waymark

#endif  // WAYMARK_OUTBOX_LOSS_COUNTERS_H_
