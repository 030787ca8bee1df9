#include "base/prng.h"

#include <algorithm>
#include <bit>

namespace waymark {
namespace {

void QuarterRound(uint32_t& a, uint32_t& b, uint32_t& c, uint32_t& d) {
  a += b, d = std::rotl(d ^ a, 16);
  c += d, b = std::rotl(b ^ c, 12);
  a += b, d = std::rotl(d ^ a, 8);
  c += d, b = std::rotl(b ^ c, 7);
}

void DoubleRound(std::array<uint32_t, 16>& x) {
  for (int i = 0; i < 4; ++i) QuarterRound(x[i], x[4 + i], x[8 + i], x[12 + i]);
  for (int i = 0; i < 4; ++i) {
    QuarterRound(x[i], x[4 + (i + 1) % 4], x[8 + (i + 2) % 4], x[12 + (i + 3) % 4]);
  }
}

}  // namespace

std::array<uint32_t, 16> ChaCha20Block(const std::array<uint32_t, 8>& key, uint32_t counter,
                                       const std::array<uint32_t, 3>& nonce) {
  std::array<uint32_t, 16> start = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574};
  std::copy(key.begin(), key.end(), start.begin() + 4);
  start[12] = counter;
  std::copy(nonce.begin(), nonce.end(), start.begin() + 13);
  std::array<uint32_t, 16> x = start;
  for (int i = 0; i < 10; ++i) DoubleRound(x);
  for (int i = 0; i < 16; ++i) x[i] += start[i];
  return x;
}

Prng::Prng(std::string_view entropy) { Reseed(entropy); }

void Prng::Reseed(std::string_view entropy) {
  const size_t size = std::min(entropy.size(), kEntropyBytes);
  for (size_t i = 0; i < size; ++i) {
    key_[i / 4] ^= static_cast<uint32_t>(static_cast<uint8_t>(entropy[i])) << (8 * (i % 4));
  }
  used_ = 16;
}

void Prng::Refill() {
  block_ = ChaCha20Block(key_, static_cast<uint32_t>(counter_),
                         {static_cast<uint32_t>(counter_ >> 32), 0, 0});
  ++counter_;
  used_ = 0;
}

uint64_t Prng::Next() {
  if (used_ >= 16) Refill();
  const uint64_t low = block_[used_];
  const uint64_t high = block_[used_ + 1];
  used_ += 2;
  return high << 32 | low;
}

uint64_t Prng::Below(uint64_t bound) {
  if (bound == 0) return 0;
  // Numbers below `skip` would make the first remainders likelier than the last.
  const uint64_t skip = (0 - bound) % bound;
  uint64_t number = Next();
  while (number < skip) number = Next();
  return number % bound;
}

}  // namespace waymark
