#include "consent/iab/bit_reader.h"

#include <bit>
#include <cstring>

namespace waymark {
namespace {

constexpr size_t kTailBytes = 8;
constexpr size_t kPaddingBitsMax = 23;  // to a multiple of 24

struct Digits {
  int8_t value[256];
};

constexpr Digits MakeDigits() {
  Digits digits{};
  for (int8_t& value : digits.value) value = -1;
  for (int i = 0; i < 26; ++i) {
    digits.value['A' + i] = static_cast<int8_t>(i);
    digits.value['a' + i] = static_cast<int8_t>(26 + i);
  }
  for (int i = 0; i < 10; ++i) digits.value['0' + i] = static_cast<int8_t>(52 + i);
  digits.value['-'] = 62;
  digits.value['_'] = 63;
  return digits;
}

constexpr Digits kDigits = MakeDigits();

int32_t Digit(char c) { return kDigits.value[static_cast<uint8_t>(c)]; }

}  // namespace

BitReader::BitReader(std::string_view text, size_t at, IabFindings* findings)
    : at_(at), findings_(findings) {
  Decode(text);
}

// Four characters are three bytes; what is no digit is negative, and stays so when shifted.
void BitReader::Decode(std::string_view text) {
  bytes_.resize((text.size() * 6 + 7) / 8 + kTailBytes + 3);
  char* out = bytes_.data();
  int32_t bad = 0;
  const auto group = [&](const char* four) {
    const int32_t digits[] = {Digit(four[0]), Digit(four[1]), Digit(four[2]), Digit(four[3])};
    bad |= digits[0] | digits[1] | digits[2] | digits[3];
    out[0] = static_cast<char>(digits[0] * 4 | (digits[1] & 63) >> 4);
    out[1] = static_cast<char>(digits[1] * 16 | (digits[2] & 63) >> 2);
    out[2] = static_cast<char>(digits[2] * 64 | (digits[3] & 63));
    out += 3;
  };
  size_t i = 0;
  for (; i + 4 <= text.size(); i += 4) group(text.data() + i);
  if (i < text.size()) {
    char four[4] = {'A', 'A', 'A', 'A'};
    std::memcpy(four, text.data() + i, text.size() - i);
    group(four);
  }
  std::memset(out, 0, static_cast<size_t>(bytes_.data() + bytes_.size() - out));
  size_ = text.size() * 6;
  if (bad >= 0) return;
  size_ = 0;
  size_t first = 0;
  while (Digit(text[first]) >= 0) ++first;
  findings_->Fail(IabFault::kNotBase64Url, kNoField, at_ + first);
}

// At least the 57 bits from `position`, at the upper end.
uint64_t BitReader::Peek(size_t position) const {
  const char* from = bytes_.data() + position / 8;
  uint64_t word = 0;
  if constexpr (std::endian::native == std::endian::little) {
    std::memcpy(&word, from, sizeof word);
    word = __builtin_bswap64(word);
  } else {
    std::memcpy(&word, from, sizeof word);
  }
  return word << position % 8;
}

bool BitReader::Expect(size_t bits, uint8_t field) {
  if (bits <= bits_left()) return true;
  findings_->Fail(IabFault::kTruncated, field, at());
  position_ = size_;
  return false;
}

uint64_t BitReader::Read(int bits, uint8_t field) {
  if (!Expect(static_cast<size_t>(bits), field)) return 0;
  const uint64_t word = Peek(position_);
  position_ += static_cast<size_t>(bits);
  return word >> (64 - bits);
}

uint32_t BitReader::Fibonacci(uint8_t field) {
  uint32_t value = 0;
  uint32_t number = 1;  // what a one stands for
  uint32_t next = 2;
  bool before = false;
  while (true) {
    const bool one = Flag(field);
    if (failed()) return 0;
    if (one && before) return value;
    if (one) value += number;
    if (value > UINT16_MAX || number > UINT16_MAX) {
      findings_->Fail(IabFault::kNumberTooLarge, field, at());
      return 0;
    }
    before = one;
    const uint32_t sum = number + next;
    number = next;
    next = sum;
  }
}

void BitReader::Copy(size_t bits, uint8_t field, char* bytes) {
  const size_t size = (bits + 7) / 8;
  if (!Expect(bits, field)) {
    std::memset(bytes, 0, size);
    return;
  }
  const char* from = bytes_.data() + position_ / 8;
  const int shift = static_cast<int>(position_ % 8);
  uint32_t two = static_cast<uint8_t>(*from++);
  for (size_t i = 0; i < size; ++i) {
    two = two << 8 | static_cast<uint8_t>(*from++);
    bytes[i] = static_cast<char>(two >> (8 - shift));
  }
  position_ += bits;
  if (bits % 8 != 0) bytes[size - 1] &= static_cast<char>(0xff00 >> bits % 8);
}

bool BitReader::all_zero_from_here() const {
  for (size_t at = position_; at < size_; at += 32) {
    if (Peek(at) >> 32 != 0) return false;  // behind the text stand zeros
  }
  return true;
}

void BitReader::End() {
  if (failed()) return;
  if (!all_zero_from_here()) {
    findings_->Note(IabFault::kPaddingNotZero, kNoField, at());
  } else if (bits_left() > kPaddingBitsMax) {
    findings_->Note(IabFault::kPaddingTooLong, kNoField, at());
  }
}

}  // namespace waymark
