#include "origin.h"

#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace waymark::collector {
namespace {

bool IsByte(absl::string_view text) {
  int value = 0;
  return text.size() <= 3 && absl::SimpleAtoi(text, &value) && value >= 0 && value <= 255;
}

bool IsLoopbackAddress(absl::string_view host) {
  const std::vector<absl::string_view> parts = absl::StrSplit(host, '.');
  if (parts.size() != 4 || parts[0] != "127") return false;
  return IsByte(parts[1]) && IsByte(parts[2]) && IsByte(parts[3]);
}

// Cuts ":8802" off, and leaves the colons of a bracketed address alone.
absl::string_view WithoutPort(absl::string_view text) {
  const size_t colon = text.rfind(':');
  const size_t bracket = text.rfind(']');
  const bool has_port =
      colon != absl::string_view::npos && (bracket == absl::string_view::npos || bracket < colon);
  return has_port ? text.substr(0, colon) : text;
}

}  // namespace

bool IsLoopbackHost(absl::string_view host) {
  if (absl::ConsumePrefix(&host, "[") && !absl::ConsumeSuffix(&host, "]")) return false;
  return host == "::1" || absl::EqualsIgnoreCase(host, "localhost") ||
         absl::EndsWithIgnoreCase(host, ".localhost") || IsLoopbackAddress(host);
}

bool IsLoopbackHostHeader(absl::string_view host_and_port) {
  return IsLoopbackHost(WithoutPort(host_and_port));
}

bool IsLoopbackOrigin(absl::string_view origin) {
  if (!absl::ConsumePrefix(&origin, "http://") && !absl::ConsumePrefix(&origin, "https://")) {
    return false;
  }
  return IsLoopbackHostHeader(origin);
}

}  // namespace waymark::collector
