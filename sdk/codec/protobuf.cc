#include "codec/protobuf.h"

#include <algorithm>

namespace waymark {
namespace {

enum WireType : uint64_t { kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5 };

void AppendVarint(String* out, uint64_t value) {
  for (; value >= 0x80; value >>= 7) out->push_back(static_cast<char>(value | 0x80));
  out->push_back(static_cast<char>(value));
}

void AppendTag(String* out, int field, WireType type) {
  AppendVarint(out, static_cast<uint64_t>(field) << 3 | type);
}

constexpr int kDigitsMax = 40;     // further ones are taken for 0: no double is that fine
constexpr int kExponentMax = 400;  // beyond, all is 0 or infinite
constexpr int kWrittenExponentMax = 1'000'000;
constexpr int kLimbs = 52;          // 400 + 40 digits, or those of the scale below
constexpr int kFractionLimbs = 47;  // 10^440 and 64 bits more
constexpr int kMantissaBits = 53;   // of a double
constexpr int kExponentBias = 1023;
constexpr uint64_t kInfinity = uint64_t{0x7ff} << 52;

// A whole number as long as a double's range asks for, the lowest 32 bits first.
class LongNumber {
 public:
  void MultiplyBy10(uint32_t plus) {
    uint64_t carry = plus;
    for (uint32_t& limb : limbs_) {
      carry += uint64_t{limb} * 10;
      limb = static_cast<uint32_t>(carry);
      carry >>= 32;
    }
  }

  void DivideBy10() {
    uint64_t rest = 0;
    for (int i = kLimbs - 1; i >= 0; --i) {
      rest = rest << 32 | limbs_[i];
      limbs_[i] = static_cast<uint32_t>(rest / 10);
      rest %= 10;
    }
    inexact_ |= rest != 0;
  }

  void ShiftLeft(int limbs) {
    for (int i = kLimbs - 1; i >= 0; --i) limbs_[i] = i >= limbs ? limbs_[i - limbs] : 0;
  }

  bool Bit(int at) const { return at >= 0 && (limbs_[at / 32] >> at % 32 & 1) != 0; }

  int HighestBit() const {
    int at = kLimbs * 32 - 1;
    while (at >= 0 && !Bit(at)) --at;
    return at;
  }

  // Whether there is anything below a bit.
  bool AnyBelow(int at) const {
    bool any = inexact_;
    while (--at >= 0) any |= Bit(at);
    return any;
  }

 private:
  uint32_t limbs_[kLimbs] = {};
  bool inexact_ = false;
};

// The number by 2^-scale, rounded to the nearest, halves to the even one.
uint64_t Rounded(const LongNumber& number, int scale) {
  const int highest = number.HighestBit();
  if (highest < 0) return 0;
  const int exponent = highest - scale;
  // Below the smallest normal number there are fewer bits.
  const int missing = std::max(1 - kExponentBias - exponent, 0);
  const int lowest = highest - kMantissaBits + 1 + missing;
  uint64_t bits = 0;
  for (int at = highest; at >= lowest; --at) bits = bits << 1 | (number.Bit(at) ? 1 : 0);
  const bool up = number.Bit(lowest - 1) && ((bits & 1) != 0 || number.AnyBelow(lowest - 1));
  bits += up ? 1 : 0;
  if (missing > 0) return bits;
  // The mantissa's highest bit counts as one in the exponent.
  bits += static_cast<uint64_t>(exponent + kExponentBias - 1) << (kMantissaBits - 1);
  return std::min(bits, kInfinity);
}

}  // namespace

void AppendVarintField(String* message, int field, uint64_t value) {
  AppendTag(message, field, kVarint);
  AppendVarint(message, value);
}

void AppendFixed64Field(String* message, int field, uint64_t value) {
  AppendTag(message, field, kFixed64);
  for (int i = 0; i < 8; ++i, value >>= 8) message->push_back(static_cast<char>(value));
}

void AppendBytesField(String* message, int field, std::string_view bytes) {
  AppendTag(message, field, kBytes);
  AppendVarint(message, bytes.size());
  *message += bytes;
}

uint64_t DoubleBits(std::string_view number) {
  LongNumber digits;
  int count = 0;
  int point = 0;     // the power of ten by which the digits are multiplied
  int exponent = 0;  // behind an e
  bool fraction = false;
  bool behind_e = false;
  bool negative_exponent = false;
  for (const char c : number) {
    if (c == '.') {
      fraction = true;
    } else if ((c | 0x20) == 'e') {
      behind_e = true;
    } else if (c == '-') {
      negative_exponent = behind_e;
    } else if (c >= '0' && c <= '9') {
      if (behind_e) {
        exponent = std::min(exponent * 10 + (c - '0'), kWrittenExponentMax);
        continue;
      }
      if (count > 0 || c != '0') ++count;
      if (count <= kDigitsMax) digits.MultiplyBy10(static_cast<uint32_t>(c - '0'));
      point += (count > kDigitsMax ? 1 : 0) - (fraction ? 1 : 0);
    }
  }
  point += negative_exponent ? -exponent : exponent;
  const uint64_t sign = !number.empty() && number[0] == '-' ? uint64_t{1} << 63 : 0;
  if (point < -kExponentMax || count == 0) return sign;
  if (point > kExponentMax) return sign | kInfinity;
  int scale = 0;
  if (point < 0) {
    digits.ShiftLeft(kFractionLimbs);
    scale = kFractionLimbs * 32;
  }
  for (; point > 0; --point) digits.MultiplyBy10(0);
  for (; point < 0; ++point) digits.DivideBy10();
  return sign | Rounded(digits, scale);
}

bool ProtobufFields::ReadVarint(uint64_t* value) {
  *value = 0;
  for (int shift = 0; shift < 64 && !rest_.empty(); shift += 7) {
    const auto byte = static_cast<uint8_t>(rest_[0]);
    rest_.remove_prefix(1);
    *value |= static_cast<uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) return true;
  }
  return false;
}

bool ProtobufFields::Take(uint64_t size) {
  if (size > rest_.size()) return false;
  bytes_ = rest_.substr(0, static_cast<size_t>(size));
  rest_.remove_prefix(static_cast<size_t>(size));
  return true;
}

bool ProtobufFields::Next() {
  uint64_t tag = 0;
  value_ = 0;
  bytes_ = std::string_view();
  if (!ReadVarint(&tag)) return false;
  number_ = tag >> 3;
  uint64_t size = 0;
  switch (tag & 7) {
    case kVarint:
      return ReadVarint(&value_);
    case kFixed64:
      return Take(8);
    case kBytes:
      return ReadVarint(&size) && Take(size);
    case kFixed32:
      return Take(4);
    default:
      return false;
  }
}

}  // namespace waymark
