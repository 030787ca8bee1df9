#include "iso_time.h"

#include <string>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/time/time.h"

namespace waymark::collector {
namespace {

// absl::ParseTime also takes "infinite-future", signed years and years of any length; this does
// not.
bool StartsWithDate(absl::string_view text) {
  constexpr absl::string_view kShape = "0000-00-00T";
  if (text.size() < kShape.size()) return false;
  for (size_t i = 0; i < kShape.size(); ++i) {
    const bool digit = absl::ascii_isdigit(static_cast<unsigned char>(text[i]));
    if (kShape[i] == '0' ? !digit : text[i] != kShape[i]) return false;
  }
  return true;
}

}  // namespace

absl::StatusOr<int64_t> ParseIsoTime(absl::string_view text) {
  constexpr size_t kTextBytesMax = 40;
  absl::Time time;
  std::string error;
  if (text.size() > kTextBytesMax || !StartsWithDate(text) ||
      !absl::ParseTime(absl::RFC3339_full, text, &time, &error)) {
    return absl::InvalidArgumentError("not an ISO 8601 time with a zone");
  }
  return absl::ToUnixMillis(time);
}

}  // namespace waymark::collector
