// Seals tokens of the engine and opens them, with libsodium: the same bytes as server/sealer.mjs.
//
//     "s." base64url( key id 1 | expiry 4, seconds, big-endian | random 8 | ciphertext | tag 16 )
//
// Expiry and random are the nonce, so both are authenticated and no nonce comes twice. The host
// that may open it is authenticated with it and takes no room: "" is any. Not for several threads
// at once.
#ifndef WAYMARK_SAMPLES_HAND_OVER_SEALER_H_
#define WAYMARK_SAMPLES_HAND_OVER_SEALER_H_

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace waymark::hand_over {

using Bytes = std::vector<unsigned char>;
using Key = std::array<unsigned char, 32>;

// Sealed with one, opened with all: a rotation leaves no token behind that is still on its way.
struct Keys {
  uint8_t seal_with = 0;
  std::map<uint8_t, Key> keys;
};

enum class Refusal { kNone, kInvalid, kForeign, kExpired, kUsed, kBusy };

// The word for the page: "token_invalid", …
std::string_view WordOf(Refusal refusal);

struct Opened {
  std::string token;
  Refusal why = Refusal::kNone;
};

struct SealerOptions {
  uint32_t ttl_s = 120;
  size_t used_max = 100'000;
};

class Sealer {
 public:
  // Call sodium_init before.
  Sealer(Keys keys, SealerOptions options);

  void SetKeys(Keys keys) { keys_ = std::move(keys); }
  // Nothing for what is no token of the engine's.
  std::optional<std::string> Seal(std::string_view token, std::string_view to, int64_t now_s);
  Opened Open(std::string_view sealed, std::string_view host, int64_t now_s);

 private:
  std::optional<Bytes> Decrypt(const Key& key, const Bytes& sealed,
                               std::string_view audience) const;
  Refusal Use(const Bytes& sealed, int64_t expiry_s, int64_t now_s);
  void Remember(std::string_view audience);

  Keys keys_;
  const SealerOptions options_;
  // By what was opened, until it would have run out anyway.
  std::map<std::array<unsigned char, 13>, int64_t> used_;
  // For whom: to say "of another host" instead of "damaged".
  std::deque<std::string> audiences_;
};

}  // namespace waymark::hand_over

#endif  // WAYMARK_SAMPLES_HAND_OVER_SEALER_H_
