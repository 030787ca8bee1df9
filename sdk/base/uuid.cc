#include "base/uuid.h"

namespace waymark {
namespace {

String Format(uint64_t high, uint64_t low, int version) {
  high = (high & ~uint64_t{0xf000}) | static_cast<uint64_t>(version) << 12;
  low = (low & ~(uint64_t{3} << 62)) | uint64_t{2} << 62;
  String out;
  out.reserve(36);
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

}  // namespace

void AppendHex(String* out, uint64_t value, int width) {
  for (int shift = 4 * (width - 1); shift >= 0; shift -= 4) {
    out->push_back("0123456789abcdef"[value >> shift & 15]);
  }
}

String RandomUuid(Prng* prng) {
  const uint64_t high = prng->Next();
  return Format(high, prng->Next(), 4);
}

void MessageIds::NewPrefix(Prng* prng) {
  high_ = prng->Next();
  middle_ = static_cast<uint32_t>(prng->Next());
  counter_ = 0;
}

String MessageIds::Next() {
  return Format(high_, static_cast<uint64_t>(middle_) << 32 | counter_++, 8);
}

}  // namespace waymark
