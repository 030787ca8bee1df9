#include "simulation/token.h"

#include <cctype>

namespace waymark_simulation {
namespace {

constexpr std::string_view kMark = "tk";
constexpr std::string_view kNameMark = "visit_";
constexpr size_t kDigits = 6;

std::string WithDigits(std::string_view mark, int token) {
  const std::string digits = std::to_string(token);
  std::string text(mark);
  text.append(kDigits - digits.size(), '0').append(digits);
  return text;
}

// The number in the digits at the beginning of a text; kNoToken when there are not enough.
int LeadingNumber(std::string_view text) {
  if (text.size() < kDigits) return kNoToken;
  int number = 0;
  for (const char c : text.substr(0, kDigits)) {
    if (!std::isdigit(static_cast<unsigned char>(c))) return kNoToken;
    number = number * 10 + (c - '0');
  }
  return number;
}

}  // namespace

std::string TokenText(int token) { return WithDigits(kMark, token); }

std::string TokenName(int token) { return WithDigits(kNameMark, token); }

int FindToken(std::string_view text) {
  for (size_t at = text.find(kMark); at != text.npos; at = text.find(kMark, at + 1)) {
    const int token = LeadingNumber(text.substr(at + kMark.size()));
    if (token != kNoToken) return token;
  }
  return kNoToken;
}

std::set<int> FindTokens(std::string_view text) {
  std::set<int> tokens;
  for (size_t at = text.find(kMark); at != text.npos; at = text.find(kMark, at + 1)) {
    const int token = LeadingNumber(text.substr(at + kMark.size()));
    if (token != kNoToken) tokens.insert(token);
  }
  return tokens;
}

int TokenOfName(std::string_view name) {
  if (name.substr(0, kNameMark.size()) != kNameMark) return kNoToken;
  return LeadingNumber(name.substr(kNameMark.size()));
}

}  // namespace waymark_simulation
