// Instants as the host gives them. The core never reads a clock.
#ifndef WAYMARK_BASE_TIME_H_
#define WAYMARK_BASE_TIME_H_

#include <cstdint>

#include "base/string.h"

namespace waymark {

// What time it is, on both clocks: every input carries one.
struct Now {
  int64_t wall_ms = 0;  // Unix time; may jump either way; for what people read
  int64_t mono_ms = 0;  // never goes back within one engine; for waiting
};

inline constexpr int64_t kDayMs = 86'400'000;

// "No instant": later than any.
inline constexpr int64_t kNever = INT64_MAX;

// 2026-11-21T18:00:00.000Z. Instants outside the years 1970 to 9999 are moved to the nearer end.
String FormatIso8601(int64_t wall_ms);

// Days since 1970-01-01 of a date of the Gregorian calendar; years before 1970 count as 1970.
int64_t DaysFromDate(int year, int month, int day);

}  // namespace waymark

#endif  // WAYMARK_BASE_TIME_H_
