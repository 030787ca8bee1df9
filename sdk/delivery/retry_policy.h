// How long to wait before the next try.
#ifndef WAYMARK_DELIVERY_RETRY_POLICY_H_
#define WAYMARK_DELIVERY_RETRY_POLICY_H_

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/prng.h"

namespace waymark {

// Milliseconds. In the first 30 s of an outage uniform in 3.5 to 5 s: a short one is bridged within
// 5 s of its end with few requests. After that full jitter under a cap that doubles up to 5 min,
// never less than 1 s: retries never spin. `outage_ms`: since the first failure; `attempt`:
// failures so far, at least 1.
int64_t RetryDelayMs(int64_t outage_ms, int attempt, Prng* prng);

// The Retry-After header as milliseconds from `wall_ms` on, 0 to a day: whole seconds, or a date in
// the form that RFC 9110 asks senders for. Nothing for other texts.
std::optional<int64_t> RetryAfterMs(std::string_view header, int64_t wall_ms);

}  // namespace waymark

#endif  // WAYMARK_DELIVERY_RETRY_POLICY_H_
