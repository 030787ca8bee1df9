#include "codec/base64.h"

#include <cstdint>
#include <utility>

namespace waymark {
namespace {

char Digit(uint32_t value, const char* last_two) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  return value < kDigits.size() ? kDigits[value] : last_two[value - kDigits.size()];
}

String Encode(std::string_view bytes, const char* last_two) {
  String out;
  out.reserve((bytes.size() * 4 + 2) / 3);
  uint32_t bits = 0;
  int held = 0;  // bits that are not written yet
  for (const char c : bytes) {
    bits = bits << 8 | static_cast<uint8_t>(c);
    for (held += 8; held >= 6; held -= 6) {
      out.push_back(Digit(bits >> (held - 6) & 63, last_two));
    }
  }
  if (held > 0) out.push_back(Digit(bits << (6 - held) & 63, last_two));
  return out;
}

// The inverse of Digit(c, "-_"); 64 for what is none.
uint32_t ValueOf(char c) {
  for (uint32_t value = 0; value < 64; ++value) {
    if (Digit(value, "-_") == c) return value;
  }
  return 64;
}

}  // namespace

String Base64(std::string_view bytes) {
  String out = Encode(bytes, "+/");
  while (out.size() % 4 != 0) out.push_back('=');
  return out;
}

String Base64Url(std::string_view bytes) { return Encode(bytes, "-_"); }

String DecodeBase64Url(std::string_view text) {
  String out;
  uint32_t bits = 0;
  int held = 0;  // bits that are not written yet
  for (const char c : text) {
    const uint32_t value = ValueOf(c);
    if (value > 63) return String();
    bits = bits << 6 | value;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    out.push_back(static_cast<char>(bits >> held));
  }
  const bool canonical = held < 6 && (bits & ((1u << held) - 1)) == 0;
  return canonical ? std::move(out) : String();
}

}  // namespace waymark
