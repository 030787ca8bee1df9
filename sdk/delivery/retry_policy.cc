#include "delivery/retry_policy.h"

#include <algorithm>

#include "base/json_view.h"
#include "base/utf8.h"

namespace waymark {
namespace {

constexpr int64_t kPatientMs = 30'000;
constexpr int64_t kShortDelayMsMin = 3'500;
constexpr int64_t kShortDelayMsMax = 5'000;
constexpr int64_t kLongDelayMsMin = 1'000;
constexpr int64_t kLongDelayMsMax = 300'000;
constexpr int kShortAttempts = 6;  // as many as fit into kPatientMs
constexpr int kDoublingsMax = 6;   // 5 s doubled six times passes kLongDelayMsMax
constexpr int64_t kRetryAfterMsMax = 86'400'000;

int64_t Between(int64_t least, int64_t most, Prng* prng) {
  return least + static_cast<int64_t>(prng->Below(static_cast<uint64_t>(most - least + 1)));
}

}  // namespace

int64_t RetryDelayMs(int64_t outage_ms, int attempt, Prng* prng) {
  if (outage_ms < kPatientMs) return Between(kShortDelayMsMin, kShortDelayMsMax, prng);
  const int doublings = std::clamp(attempt - kShortAttempts, 0, kDoublingsMax);
  const int64_t cap = std::min(kShortDelayMsMax << doublings, kLongDelayMsMax);
  return Between(kLongDelayMsMin, cap, prng);
}

std::optional<int64_t> RetryAfterMs(std::string_view header) {
  const auto seconds = ParseFixed(header, 0);
  if (!seconds || *seconds < 0 || IndexOf(header, '.') < header.size()) return std::nullopt;
  return std::min(*seconds, kRetryAfterMsMax / 1000) * 1000;
}

}  // namespace waymark
