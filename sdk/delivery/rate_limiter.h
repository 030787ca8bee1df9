// A token bucket: how many events may leave now.
#ifndef WAYMARK_DELIVERY_RATE_LIMITER_H_
#define WAYMARK_DELIVERY_RATE_LIMITER_H_

#include <cstdint>

namespace waymark {

class RateLimiter {
 public:
  // At most `events_per_s` in the long run, `burst` at once. Monotonic milliseconds; 0 events a
  // second: no limit.
  int64_t Available(int64_t events_per_s, int64_t burst, int64_t now_ms);
  // May overdraw: what leaves with a page is paid for later.
  void Take(int64_t events) { thousandths_ -= events * 1000; }
  // Milliseconds until `events` are there.
  int64_t WaitMs(int64_t events, int64_t events_per_s) const;

 private:
  int64_t thousandths_ = 0;
  int64_t last_ms_ = -1;  // never asked: full
};

}  // namespace waymark

#endif  // WAYMARK_DELIVERY_RATE_LIMITER_H_
