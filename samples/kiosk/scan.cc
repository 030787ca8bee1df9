#include "scan.h"

#include <algorithm>

namespace kiosk {
namespace {

constexpr size_t kTokenCharsMax = 512;
constexpr size_t kOrderCharsMax = 40;
constexpr std::string_view kToken = "waymark_handover=";
constexpr std::string_view kOrder = "order=";

bool IsName(std::string_view text, std::string_view also, size_t chars_max) {
  const bool named = std::all_of(text.begin(), text.end(), [also](char c) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    return letter || also.find(c) != std::string_view::npos;
  });
  return named && !text.empty() && text.size() <= chars_max;
}

bool IsToken(std::string_view text) {
  const bool marked = text.starts_with("1.") || text.starts_with("s.");
  return marked && IsName(text, "._-", kTokenCharsMax);
}

bool IsOrder(std::string_view text) { return IsName(text, "-", kOrderCharsMax); }

// The value of a parameter, wherever in the address it stands; empty: there is none.
std::string_view Parameter(std::string_view address, std::string_view name) {
  size_t at = address.find(name);
  while (at != std::string_view::npos && at > 0 &&
         std::string_view("?&#").find(address[at - 1]) == std::string_view::npos) {
    at = address.find(name, at + 1);
  }
  if (at == std::string_view::npos || at == 0) return {};
  const std::string_view rest = address.substr(at + name.size());
  return rest.substr(0, rest.find_first_of("&#"));
}

}  // namespace

Scan ReadScan(std::string_view line) {
  const size_t first = line.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  line = line.substr(first, line.find_last_not_of(" \t\r") - first + 1);
  Scan scan;
  if (IsToken(line)) {
    scan.token = line;
  } else if (IsOrder(line)) {
    scan.order_id = line;
  } else if (line.starts_with("https://") || line.starts_with("http://")) {
    const std::string_view token = Parameter(line, kToken);
    const std::string_view order = Parameter(line, kOrder);
    if (IsToken(token)) scan.token = token;
    if (IsOrder(order)) scan.order_id = order;
  }
  return scan;
}

}  // namespace kiosk
