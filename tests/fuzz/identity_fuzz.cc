#include "base/hash.h"
#include "codec/base64.h"
#include "fuzz/fuzzer.h"
#include "identity/hand_over.h"
#include "journey/id_cookie.h"

namespace {

constexpr int64_t kNow = 1'793'817'970'000;

// The bytes as a token whose checksum is right: what is wrong with them is left to be found.
std::string TokenOf(std::string_view bytes) {
  const uint64_t hash = waymark::HashOf(bytes);
  std::string whole(bytes);
  for (int shift = 24; shift >= 0; shift -= 8) {
    whole.push_back(static_cast<char>((hash ^ hash >> 32) >> shift));
  }
  return "1." + std::string(std::string_view(waymark::Base64Url(whole)));
}

void CheckToken(const std::string& token, bool sealed) {
  waymark::HandOver read;
  const waymark::Bearer bearer = {"", "", sealed};
  const char* why = waymark::ReadHandOver(token, bearer, kNow, &read);
  if (why) return;
  Require(!read.anonymous_id.empty() && read.anonymous_id.size() <= 36, "an id is bounded");
  Require(read.carry.size() <= waymark::kCarryBytesMax, "what is carried is bounded");
  Require(read.ttl_s <= waymark::kHandOverSecondsMax, "no token is good for longer than an hour");
  waymark::HandOver again;
  const waymark::String written = waymark::WriteHandOver(read, bearer);
  Require(written.size() <= 300, "a token has 300 characters at most");
  Require(!waymark::ReadHandOver(written, bearer, kNow, &again) &&
              again.anonymous_id == read.anonymous_id && again.session_id == read.session_id &&
              again.carry == read.carry && (sealed || again.nonce == read.nonce),
          "what is read and written again reads the same");
}

void CheckCookie(std::string_view text) {
  const waymark::IdCookie read = waymark::ReadIdCookie(text);
  if (read.identity.anonymous_id.empty()) return;
  const waymark::String written = waymark::WriteIdCookie(read.identity, read.session);
  const waymark::IdCookie again = waymark::ReadIdCookie(written);
  Require(written.size() <= waymark::kIdCookieBytesMax, "a cookie has 400 bytes at most");
  Require(again.identity.anonymous_id == read.identity.anonymous_id &&
              again.identity.user_mark == read.identity.user_mark &&
              again.session.id == read.session.id,
          "what is read and written again reads the same");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  CheckToken(TokenOf(TextOf(bytes, size)), false);
  CheckToken("2." + std::string(std::string_view(waymark::Base64Url(TextOf(bytes, size)))), true);
  CheckCookie(TextOf(bytes, size));
  return 0;
}

void AddSeeds(const nlohmann::json&, std::vector<std::string>* seeds) {
  waymark::HandOver given;
  given.issued_ms = kNow;
  given.ttl_s = 120;
  given.nonce = 7;
  for (const char* id : {"5e0f43c1-1111-4222-8333-444455556666", "1234567890.1793817970"}) {
    given.anonymous_id = id;
    for (const char* carry : {"", R"({"cart":"K-1"})"}) {
      given.carry = carry;
      const waymark::String token = waymark::WriteHandOver(given, {});
      const waymark::String whole = waymark::DecodeBase64Url(std::string_view(token).substr(2));
      seeds->emplace_back(std::string_view(whole).substr(0, whole.size() - 4));
    }
    given.session_id = "00000001-2222-4333-8444-555566667777";
  }
  seeds->push_back(
      "1~5e0f43c1-1111-4222-8333-444455556666~a1b2c3d4~1793817970~"
      "00000001-2222-4333-8444-555566667777~3~12~1793817000~1793817970");
}
