#include "delivery/retry_policy.h"

#include <algorithm>

#include "base/name_table.h"
#include "base/time.h"

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
constexpr size_t kDigitsMax = 12;  // of a number of seconds

int64_t Between(int64_t least, int64_t most, Prng* prng) {
  return least + static_cast<int64_t>(prng->Below(static_cast<uint64_t>(most - least + 1)));
}

// The number in `size` digits at `from`; -1 when there is anything else.
int64_t Digits(std::string_view text, size_t from, size_t size) {
  if (size == 0 || size > kDigitsMax || from + size > text.size()) return -1;
  int64_t number = 0;
  for (size_t i = from; i < from + size; ++i) {
    if (text[i] < '0' || text[i] > '9') return -1;
    number = number * 10 + (text[i] - '0');
  }
  return number;
}

// Sun, 06 Nov 1994 08:49:37 GMT as Unix milliseconds.
std::optional<int64_t> ParseHttpDate(std::string_view text) {
  constexpr size_t kSize = 29;
  if (text.size() != kSize || !Is(text.substr(kSize - 4), " GMT")) return std::nullopt;
  const int month = FindName("Jan,Feb,Mar,Apr,May,Jun,Jul,Aug,Sep,Oct,Nov,Dec", text.substr(8, 3));
  const int64_t day = Digits(text, 5, 2);
  const int64_t year = Digits(text, 12, 4);
  const int64_t hour = Digits(text, 17, 2);
  const int64_t minute = Digits(text, 20, 2);
  const int64_t second = Digits(text, 23, 2);
  if ((month | day | year | hour | minute | second) < 0) return std::nullopt;
  const int64_t days = DaysFromDate(static_cast<int>(year), month + 1, static_cast<int>(day));
  return (((days * 24 + hour) * 60 + minute) * 60 + second) * 1000;
}

}  // namespace

int64_t RetryDelayMs(int64_t outage_ms, int attempt, Prng* prng) {
  if (outage_ms < kPatientMs) return Between(kShortDelayMsMin, kShortDelayMsMax, prng);
  const int doublings = std::clamp(attempt - kShortAttempts, 0, kDoublingsMax);
  const int64_t cap = std::min(kShortDelayMsMax << doublings, kLongDelayMsMax);
  return Between(kLongDelayMsMin, cap, prng);
}

std::optional<int64_t> RetryAfterMs(std::string_view header, int64_t wall_ms) {
  const int64_t seconds = Digits(header, 0, header.size());
  if (seconds >= 0) return std::min(seconds, kRetryAfterMsMax / 1000) * 1000;
  const auto date_ms = ParseHttpDate(header);
  if (!date_ms) return std::nullopt;
  return std::clamp<int64_t>(*date_ms - wall_ms, 0, kRetryAfterMsMax);
}

}  // namespace waymark
