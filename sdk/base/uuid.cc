#include "base/uuid.h"

namespace waymark {
namespace {

constexpr size_t kUuidSize = 36;
constexpr size_t kCounterDigits = 8;

String Format(uint64_t high, uint64_t low, int version) {
  high = (high & ~uint64_t{0xf000}) | static_cast<uint64_t>(version) << 12;
  return UuidFrom(high, (low & ~(uint64_t{3} << 62)) | uint64_t{2} << 62);
}

}  // namespace

String UuidFrom(uint64_t high, uint64_t low) {
  String out;
  out.reserve(kUuidSize);
  AppendHex(&out, high >> 32, 8);
  out.push_back('-');
  AppendHex(&out, high >> 16, 4);
  out.push_back('-');
  AppendHex(&out, high, 4);
  out.push_back('-');
  AppendHex(&out, low >> 48, 4);
  out.push_back('-');
  AppendHex(&out, low, 12);
  return out;
}

bool IsUuid(std::string_view text) {
  uint64_t high = 0;
  uint64_t low = 0;
  return UuidHalves(text, &high, &low);
}

bool UuidHalves(std::string_view uuid, uint64_t* high, uint64_t* low) {
  if (uuid.size() != kUuidSize) return false;
  String digits;
  for (const char c : uuid) {
    if (c != '-') digits.push_back(c);
  }
  *high = ParseHex(std::string_view(digits).substr(0, 16));
  *low = ParseHex(std::string_view(digits).substr(16));
  return UuidFrom(*high, *low) == uuid;
}

void AppendHex(String* out, uint64_t value, int width) {
  for (int shift = 4 * (width - 1); shift >= 0; shift -= 4) {
    out->push_back("0123456789abcdef"[value >> shift & 15]);
  }
}

uint64_t ParseHex(std::string_view digits) {
  uint64_t number = 0;
  for (const char c : digits) {
    const bool digit = c >= '0' && c <= '9';
    if (!digit && (c < 'a' || c > 'f')) return 0;
    number = number << 4 | static_cast<uint64_t>(digit ? c - '0' : c - 'a' + 10);
  }
  return number;
}

uint32_t CounterOf(std::string_view message_id) {
  if (message_id.size() != kUuidSize) return 0;
  return static_cast<uint32_t>(ParseHex(message_id.substr(kUuidSize - kCounterDigits)));
}

String RandomUuid(Prng* prng) {
  const uint64_t high = prng->Next();
  return Format(high, prng->Next(), 4);
}

String UuidOf(uint64_t hash) { return UuidOf(hash, hash * 0x9e3779b97f4a7c15); }

String UuidOf(uint64_t high, uint64_t low) { return Format(high, low, 8); }

void MessageIds::NewPrefix(Prng* prng) {
  high_ = prng->Next();
  middle_ = static_cast<uint32_t>(prng->Next());
  counter_ = 0;
}

String MessageIds::Next() {
  return Format(high_, static_cast<uint64_t>(middle_) << 32 | counter_++, 8);
}

}  // namespace waymark
