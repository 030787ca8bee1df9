// The deterministic generator for ids and jitter: ChaCha20 (RFC 8439) keyed by the platform's
// entropy.
//
// Same entropy, same numbers, on every face: that is what makes a recorded run replay to the byte.
// It is not for secrets that must stay unguessable after this process is observed; those use fresh
// entropy inside their own command and a kept library.
#ifndef WAYMARK_BASE_PRNG_H_
#define WAYMARK_BASE_PRNG_H_

#include <array>
#include <cstdint>
#include <string_view>

namespace waymark {

inline constexpr size_t kEntropyBytes = 32;

class Prng {
 public:
  // `entropy`: 32 bytes; fewer are padded with zeros, more are ignored.
  explicit Prng(std::string_view entropy);

  // Mixes fresh entropy in: later numbers depend on it and on all that came before.
  void Reseed(std::string_view entropy);

  uint64_t Next();

  // Uniform in [0, bound); 0 when bound is 0.
  uint64_t Below(uint64_t bound);

 private:
  void Refill();

  std::array<uint32_t, 8> key_{};
  std::array<uint32_t, 16> block_{};
  uint64_t counter_ = 0;
  int used_ = 16;  // words of block_ that have been given out
};

// One ChaCha20 block. Public so that a test can hold it against the RFC's vectors.
std::array<uint32_t, 16> ChaCha20Block(const std::array<uint32_t, 8>& key, uint32_t counter,
                                       const std::array<uint32_t, 3>& nonce);

}  // namespace waymark

#endif  // WAYMARK_BASE_PRNG_H_
