#include "consent/iab/bit_writer.h"

#include "codec/base64.h"

namespace waymark {

void BitWriter::Write(uint64_t value, int bits) {
  bits_ = bits_ << bits | (value & ((uint64_t{1} << bits) - 1));
  for (held_ += bits; held_ >= 8; held_ -= 8) {
    bytes_.push_back(static_cast<char>(bits_ >> (held_ - 8)));
  }
}

void BitWriter::Fibonacci(uint32_t value) {
  uint32_t numbers[25] = {1, 2};  // the last one above 65535 is the 24th
  int last = 0;
  for (; numbers[last + 1] <= value; ++last) numbers[last + 2] = numbers[last] + numbers[last + 1];
  uint32_t code = 0;  // bit i: whether the number i is in the sum
  for (int i = last; i >= 0; --i) {
    if (numbers[i] > value) continue;
    value -= numbers[i];
    code |= 1u << i;
  }
  for (int i = 0; i <= last; ++i) Write(code >> i & 1, 1);
  Write(1, 1);
}

void BitWriter::Append(const BitWriter& other) {
  for (const char byte : std::string_view(other.bytes_)) Write(static_cast<uint8_t>(byte), 8);
  Write(other.bits_, other.held_);
}

void BitWriter::PadTo(size_t bits) {
  while (size() % bits != 0) Write(0, 1);
}

String BitWriter::Text() {
  const size_t characters = (size() + 5) / 6;
  PadTo(8);
  String text = Base64Url(bytes_);
  text.resize(characters);
  return text;
}

}  // namespace waymark
