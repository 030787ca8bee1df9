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
  kConsent,         // not allowed, or no longer; this count stays on the device
  kOversize,        // too big for a collector
  kRejected,        // refused by a collector for good
  kRetryExhausted,  // tried as often as allowed
  kCorrupt,         // unreadable in the store
  kInvalid,         // a call that did not fit
};
inline constexpr int kLossReasons = 8;

class LossCounters {
 public:
  void Add(Loss reason, int64_t count = 1) { counts_[static_cast<size_t>(reason)] += count; }
  int64_t Of(Loss reason) const { return counts_[static_cast<size_t>(reason)]; }

  // {"quota":0,"age":0,…}: for the view and the store.
  String Json() const;
  // Adds what an earlier run had counted.
  void AddFrom(JsonView json);

 private:
  int64_t counts_[kLossReasons] = {};
};

}  // namespace waymark

#endif  // WAYMARK_OUTBOX_LOSS_COUNTERS_H_
