#include "delivery/rate_limiter.h"

#include <algorithm>

namespace waymark {
namespace {

constexpr int64_t kNoLimit = INT32_MAX;

}  // namespace

int64_t RateLimiter::Available(int64_t events_per_s, int64_t burst, int64_t now_ms) {
  if (events_per_s == 0) return kNoLimit;
  const int64_t full = burst * 1000;
  const int64_t passed_ms = last_ms_ < 0 ? full : std::clamp<int64_t>(now_ms - last_ms_, 0, full);
  thousandths_ = std::min(thousandths_ + passed_ms * events_per_s, full);
  last_ms_ = now_ms;
  return std::max<int64_t>(thousandths_ / 1000, 0);
}

int64_t RateLimiter::WaitMs(int64_t events, int64_t events_per_s) const {
  if (events_per_s == 0) return 0;
  const int64_t missing = events * 1000 - thousandths_;
  return std::max<int64_t>((missing + events_per_s - 1) / events_per_s, 0);
}

}  // namespace waymark
