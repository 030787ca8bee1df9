#include "sealer.h"

#include <sodium.h>

#include <algorithm>
#include <cctype>
#include <utility>

namespace waymark::hand_over {
namespace {

constexpr size_t kHead = 1;
constexpr size_t kNonce = crypto_aead_chacha20poly1305_IETF_NPUBBYTES;
constexpr size_t kTag = crypto_aead_chacha20poly1305_IETF_ABYTES;
constexpr size_t kTokenBytesMax = 300;
constexpr size_t kTokenTextMax = 400;
constexpr size_t kAudiencesMax = 64;
constexpr int kVariant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
static_assert(kNonce == 12 && kTag == 16);
static_assert(std::tuple_size_v<Key> == crypto_aead_chacha20poly1305_IETF_KEYBYTES);

std::string TextOf(const unsigned char* bytes, size_t size) {
  std::string text(sodium_base64_encoded_len(size, kVariant), '\0');
  sodium_bin2base64(text.data(), text.size(), bytes, size, kVariant);
  text.pop_back();  // the zero at its end
  return text;
}

std::string AudienceText(std::string_view audience) {
  return "waymark-hand-over-1:" + std::string(audience);
}

const unsigned char* RawOf(const std::string& text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

// Bytes of base64url as it is written: one text for the same bytes.
std::optional<Bytes> BytesOf(std::string_view text) {
  if (text.empty() || text.size() > kTokenTextMax) return std::nullopt;
  Bytes bytes(text.size());
  size_t size = 0;
  const char* end = nullptr;
  // Refuses what has bits left over, so that no second text stands for the same bytes.
  if (sodium_base642bin(bytes.data(), bytes.size(), text.data(), text.size(), nullptr, &size, &end,
                        kVariant) != 0 ||
      end != text.data() + text.size() || size == 0 || size > kTokenBytesMax) {
    return std::nullopt;
  }
  bytes.resize(size);
  return bytes;
}

// A token of the engine: its form, one character, and bytes. Both are sealed as bytes.
std::optional<Bytes> Packed(std::string_view token) {
  if (token.size() < 3 || !std::isalnum(static_cast<unsigned char>(token[0])) || token[1] != '.') {
    return std::nullopt;
  }
  std::optional<Bytes> bytes = BytesOf(token.substr(2));
  if (bytes) bytes->insert(bytes->begin(), static_cast<unsigned char>(token[0]));
  return bytes;
}

std::string Unpacked(const Bytes& bytes) {
  return std::string(1, static_cast<char>(bytes[0])) + "." + TextOf(&bytes[1], bytes.size() - 1);
}

int64_t ExpiryOf(const Bytes& sealed) {
  int64_t expiry_s = 0;
  for (size_t at = kHead; at < kHead + 4; ++at) expiry_s = expiry_s << 8 | sealed[at];
  return expiry_s;
}

}  // namespace

std::string_view WordOf(Refusal refusal) {
  switch (refusal) {
    case Refusal::kForeign:
      return "token_foreign";
    case Refusal::kExpired:
      return "token_expired";
    case Refusal::kUsed:
      return "token_used";
    case Refusal::kBusy:
      return "busy";
    case Refusal::kNone:
    case Refusal::kInvalid:
      break;
  }
  return "token_invalid";
}

Sealer::Sealer(Keys keys, SealerOptions options) : keys_(std::move(keys)), options_(options) {}

std::optional<std::string> Sealer::Seal(std::string_view token, std::string_view to,
                                        int64_t now_s) {
  const std::optional<Bytes> bytes = Packed(token);
  const auto key = keys_.keys.find(keys_.seal_with);
  if (!bytes || key == keys_.keys.end()) return std::nullopt;
  Bytes sealed(kHead + kNonce + bytes->size() + kTag);
  sealed[0] = keys_.seal_with;
  const uint32_t expiry_s = static_cast<uint32_t>(now_s) + options_.ttl_s;
  for (size_t i = 0; i < 4; ++i) {
    sealed[kHead + i] = static_cast<unsigned char>(expiry_s >> (8 * (3 - i)));
  }
  randombytes_buf(&sealed[kHead + 4], kNonce - 4);
  const std::string audience = AudienceText(to);
  crypto_aead_chacha20poly1305_ietf_encrypt(&sealed[kHead + kNonce], nullptr, bytes->data(),
                                            bytes->size(), RawOf(audience), audience.size(),
                                            nullptr, &sealed[kHead], key->second.data());
  Remember(to);
  return "s." + TextOf(sealed.data(), sealed.size());
}

Opened Sealer::Open(std::string_view sealed, std::string_view host, int64_t now_s) {
  if (!sealed.starts_with("s.")) return {.why = Refusal::kInvalid};
  const std::optional<Bytes> bytes = BytesOf(sealed.substr(2));
  if (!bytes || bytes->size() < kHead + kNonce + kTag + 2) return {.why = Refusal::kInvalid};
  const auto key = keys_.keys.find(bytes->front());
  if (key == keys_.keys.end()) return {.why = Refusal::kInvalid};
  std::optional<Bytes> token = Decrypt(key->second, *bytes, host);
  if (!token) token = Decrypt(key->second, *bytes, "");
  if (!token) {
    const bool foreign = std::ranges::any_of(audiences_, [&](const std::string& audience) {
      return Decrypt(key->second, *bytes, audience).has_value();
    });
    return {.why = foreign ? Refusal::kForeign : Refusal::kInvalid};
  }
  const int64_t expiry_s = ExpiryOf(*bytes);
  if (now_s >= expiry_s) return {.why = Refusal::kExpired};
  const Refusal why = Use(*bytes, expiry_s, now_s);
  if (why != Refusal::kNone) return {.why = why};
  return {.token = Unpacked(*token)};
}

std::optional<Bytes> Sealer::Decrypt(const Key& key, const Bytes& sealed,
                                     std::string_view audience) const {
  const std::string text = AudienceText(audience);
  Bytes token(sealed.size() - kHead - kNonce - kTag);
  const int failed = crypto_aead_chacha20poly1305_ietf_decrypt(
      token.data(), nullptr, nullptr, &sealed[kHead + kNonce], token.size() + kTag, RawOf(text),
      text.size(), &sealed[kHead], key.data());
  if (failed) return std::nullopt;
  return token;
}

// Where there is no room to remember one more nothing is opened: a token must not be good twice.
Refusal Sealer::Use(const Bytes& sealed, int64_t expiry_s, int64_t now_s) {
  std::array<unsigned char, kHead + kNonce> nonce;
  std::copy_n(sealed.begin(), nonce.size(), nonce.begin());
  if (used_.contains(nonce)) return Refusal::kUsed;
  if (used_.size() >= options_.used_max) {
    std::erase_if(used_, [&](const auto& used) { return used.second <= now_s; });
  }
  if (used_.size() >= options_.used_max) return Refusal::kBusy;
  used_.emplace(nonce, expiry_s);
  return Refusal::kNone;
}

void Sealer::Remember(std::string_view audience) {
  std::erase(audiences_, audience);
  audiences_.emplace_back(audience);
  if (audiences_.size() > kAudiencesMax) audiences_.pop_front();
}

}  // namespace waymark::hand_over
