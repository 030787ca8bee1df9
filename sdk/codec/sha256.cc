#include "codec/sha256.h"

#include <crypto_hash_sha256.h>

#include "base/uuid.h"

namespace waymark {

String Sha256Hex(std::string_view text) {
  uint8_t hash[crypto_hash_sha256_BYTES];
  crypto_hash_sha256(hash, reinterpret_cast<const uint8_t*>(text.data()), text.size());
  String digits;
  for (const uint8_t byte : hash) AppendHex(&digits, byte, 2);
  return digits;
}

}  // namespace waymark
