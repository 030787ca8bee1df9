#include "base/time.h"

#include <algorithm>

namespace waymark {
namespace {

constexpr int64_t kYear9999Ms = 253'402'300'799'999;
constexpr int kParts = 7;  // year, month, day, hour, minute, second, millisecond

void AppendDigits(String* out, int value, int width) {
  char digits[8];
  for (int i = width - 1; i >= 0; --i) {
    digits[i] = static_cast<char>('0' + value % 10);
    value /= 10;
  }
  out->append(digits, static_cast<size_t>(width));
}

// Days since 1970-01-01 to year, month, day of the Gregorian calendar. Counting years from March
// puts the leap day last, so that one linear formula gives the month.
void SetDate(int days, int* parts) {
  const int shifted = days + 719'468;  // days from 0000-03-01
  const int era = shifted / 146'097;
  const int day_of_era = shifted % 146'097;
  const int year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int month_from_march = (5 * day_of_year + 2) / 153;
  const int day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
  const int month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
  parts[0] = era * 400 + year_of_era + (month <= 2 ? 1 : 0);
  parts[1] = month;
  parts[2] = day;
}

}  // namespace

String FormatIso8601(int64_t wall_ms) {
  const int64_t ms = std::clamp<int64_t>(wall_ms, 0, kYear9999Ms);
  const int in_day = static_cast<int>(ms % kDayMs);
  int parts[kParts] = {
      0, 0, 0, in_day / 3'600'000, in_day / 60'000 % 60, in_day / 1000 % 60, in_day % 1000};
  SetDate(static_cast<int>(ms / kDayMs), parts);
  String out;
  out.reserve(24);
  for (int i = 0; i < kParts; ++i) {
    AppendDigits(&out, parts[i], "4222223"[i] - '0');
    out.push_back("--T::.Z"[i]);
  }
  return out;
}

int64_t DaysFromDate(int year, int month, int day) {
  // The inverse of SetDate(): years begin in March.
  const int shifted = std::max(year, 1970) - (month <= 2 ? 1 : 0);
  const int month_from_march = month > 2 ? month - 3 : month + 9;
  const int day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
  return int64_t{365} * shifted + shifted / 4 - shifted / 100 + shifted / 400 + day_of_year -
         719'468;
}

}  // namespace waymark
