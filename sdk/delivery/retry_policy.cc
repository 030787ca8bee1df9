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

// The number in `size` digits at `from`; nothing when there is anything else.
std::optional<int64_t> Digits(std::string_view text, size_t from, size_t size) {
  if (size == 0 || size > kDigitsMax || from + size > text.size()) return std::nullopt;
  int64_t number = 0;
  for (const char c : text.substr(from, size)) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + (c - '0');
  }
  return number;
}

// Sun, 06 Nov 1994 08:49:37 GMT as Unix milliseconds.
std::optional<int64_t> ParseHttpDate(std::string_view text) {
  constexpr size_t kSize = 29;
  if (text.size() != kSize || text.substr(kSize - 4) != " GMT") return std::nullopt;
  const int month = FindName("Jan,Feb,Mar,Apr,May,Jun,Jul,Aug,Sep,Oct,Nov,Dec", text.substr(8, 3));
  const auto day = Digits(text, 5, 2);
  const auto year = Digits(text, 12, 4);
  const auto hour = Digits(text, 17, 2);
  const auto minute = Digits(text, 20, 2);
  const auto second = Digits(text, 23, 2);
  if (month < 0 || !day || !year || !hour || !minute || !second) return std::nullopt;
  const int64_t days = DaysFromDate(static_cast<int>(*year), month + 1, static_cast<int>(*day));
  return (((days * 24 + *hour) * 60 + *minute) * 60 + *second) * 1000;
}

}  // namespace

int64_t RetryDelayMs(int64_t outage_ms, int attempt, Prng* prng) {
  if (outage_ms < kPatientMs) return Between(kShortDelayMsMin, kShortDelayMsMax, prng);
  const int doublings = std::clamp(attempt - kShortAttempts, 0, kDoublingsMax);
  const int64_t cap = std::min(kShortDelayMsMax << doublings, kLongDelayMsMax);
  return Between(kLongDelayMsMin, cap, prng);
}

std::optional<int64_t> RetryAfterMs(std::string_view header, int64_t wall_ms) {
  if (const auto seconds = Digits(header, 0, header.size())) {
    return std::min(*seconds, kRetryAfterMsMax / 1000) * 1000;
  }
  const auto date_ms = ParseHttpDate(header);
  if (!date_ms) return std::nullopt;
  return std::clamp<int64_t>(*date_ms - wall_ms, 0, kRetryAfterMsMax);
}

}  // namespace waymark
