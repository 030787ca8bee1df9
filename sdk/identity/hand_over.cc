#include "identity/hand_over.h"

#include <algorithm>

#include "base/hash.h"
#include "base/json_check.h"
#include "base/utf8.h"
#include "base/uuid.h"
#include "codec/base64.h"
#include "event/event.h"
#include "identity/identity.h"

namespace waymark {
namespace {

constexpr std::string_view kMark = "1.";
constexpr std::string_view kMarkToSeal = "2.";
constexpr size_t kTokenCharsMax = 300;
constexpr int64_t kSkewMs = 60'000;  // of two devices' clocks
constexpr size_t kUuidBytes = 16;
constexpr size_t kSumBytes = 4;
constexpr size_t kMarkBytes = kUserMarkDigits / 2;

constexpr uint8_t kKnown = 1;
constexpr uint8_t kForOneBrowser = 2;
constexpr uint8_t kForOneHost = 4;
constexpr uint8_t kHasUser = 8;
constexpr uint8_t kHasSession = 16;
constexpr uint8_t kForeignId = 32;

constexpr uint8_t FlagIf(bool set, uint8_t flag) { return set ? flag : uint8_t{0}; }

uint64_t Low(uint64_t value, size_t bytes) { return value & (~uint64_t{0} >> (64 - 8 * bytes)); }

uint64_t SumOf(std::string_view bytes) {
  const uint64_t hash = HashOf(bytes);
  return Low(hash ^ hash >> 32, kSumBytes);
}

void Append(String* out, uint64_t value, size_t bytes) {
  for (size_t i = bytes; i > 0; --i) out->push_back(static_cast<char>(value >> 8 * (i - 1)));
}

// Takes fields from the front; past the end all is zero, and `whole` false.
class Fields {
 public:
  explicit Fields(std::string_view bytes) : left_(bytes) {}

  std::string_view Bytes(size_t size) {
    whole_ &= size <= left_.size();
    const std::string_view taken = left_.substr(0, size);
    left_ = left_.substr(taken.size());
    return taken;
  }

  uint64_t Number(size_t bytes) {
    uint64_t number = 0;
    for (const char c : Bytes(bytes)) number = number << 8 | static_cast<uint8_t>(c);
    return number;
  }

  int64_t Integer(size_t bytes) { return static_cast<int64_t>(Number(bytes)); }
  std::string_view rest() const { return left_; }
  bool whole() const { return whole_; }

 private:
  std::string_view left_;
  bool whole_ = true;
};

void AppendId(String* out, std::string_view id, bool foreign) {
  if (foreign) {
    Append(out, id.size(), 1);
    *out += id;
    return;
  }
  uint64_t high = 0;
  uint64_t low = 0;
  UuidHalves(id, &high, &low);
  Append(out, high, 8);
  Append(out, low, 8);
}

String ReadId(Fields* fields, bool foreign) {
  if (foreign) return fields->Bytes(static_cast<size_t>(fields->Number(1)));
  const uint64_t high = fields->Number(8);
  return UuidFrom(high, fields->Number(8));
}

int64_t Clamped(int64_t value, size_t bytes) {
  return std::clamp<int64_t>(value, 0, static_cast<int64_t>(Low(~uint64_t{0}, bytes)));
}

void AppendInteger(String* out, int64_t value, size_t bytes) {
  Append(out, static_cast<uint64_t>(Clamped(value, bytes)), bytes);
}

// Of the fields before the checksum.
bool ReadFields(std::string_view bytes, bool sealed, HandOver* read, uint64_t* host,
                uint64_t* browser) {
  Fields fields(bytes);
  const uint64_t flags = fields.Number(1);
  read->known = flags & kKnown;
  read->issued_ms = fields.Integer(4) * 1'000;
  read->ttl_s = kHandOverSecondsMax;
  if (!sealed) {
    read->ttl_s = fields.Integer(2);
    read->nonce = fields.Number(8);
  }
  read->consent = fields.Number(6);
  if (flags & kForOneHost) *host = fields.Number(4);
  if (flags & kForOneBrowser) *browser = fields.Number(2);
  if (flags & kHasUser) AppendHex(&read->user_mark, fields.Number(kMarkBytes), kUserMarkDigits);
  read->anonymous_id = ReadId(&fields, flags & kForeignId);
  if (flags & kHasSession) {
    read->session_id = ReadId(&fields, false);
    read->session_index = fields.Integer(2);
    read->event_index = fields.Integer(2);
    read->session_started_ms = fields.Integer(4) * 1'000;
  }
  read->carry = fields.rest();
  const bool carries =
      read->carry.empty() || (read->carry.size() <= kCarryBytesMax && read->carry[0] == '{' &&
                              CheckJson(read->carry).fault == JsonCheck::Fault::kNone);
  // An id goes into documents and requests as it is.
  const std::string_view id = read->anonymous_id;
  const bool plain = IndexOf(id, '\\') == id.size() && !IsNobody(id) &&
                     CheckJson("\"" + String(id) + "\"").fault == JsonCheck::Fault::kNone;
  const bool fits =
      read->ttl_s <= kHandOverSecondsMax && (IsUuid(id) || id.size() <= kForeignIdBytesMax);
  return fields.whole() && carries && plain && fits && flags < 64;
}

}  // namespace

String WriteHandOver(const HandOver& given, const Bearer& bearer) {
  const bool foreign = !IsUuid(given.anonymous_id);
  const bool session = IsUuid(given.session_id);
  if (foreign && given.anonymous_id.size() > kForeignIdBytesMax) return String();
  if (given.anonymous_id.empty() || given.carry.size() > kCarryBytesMax) return String();
  const bool bare = !bearer.sealed;
  const bool for_host = bare && !bearer.host.empty();
  const bool user = !bare && !given.user_mark.empty();
  String bytes;
  Append(&bytes,
         FlagIf(given.known, kKnown) | FlagIf(!bearer.browser.empty(), kForOneBrowser) |
             FlagIf(for_host, kForOneHost) | FlagIf(user, kHasUser) | FlagIf(session, kHasSession) |
             FlagIf(foreign, kForeignId),
         1);
  AppendInteger(&bytes, given.issued_ms / 1'000, 4);
  if (bare) {
    AppendInteger(&bytes, given.ttl_s, 2);
    Append(&bytes, given.nonce, 8);
  }
  Append(&bytes, Low(given.consent, 6), 6);
  if (for_host) Append(&bytes, SumOf(bearer.host), 4);
  // With the token's own number: nobody can follow a browser by it.
  const uint64_t seed = bare ? given.nonce : 0;
  if (!bearer.browser.empty()) Append(&bytes, HashOf(bearer.browser, seed), 2);
  if (user) Append(&bytes, ParseHex(given.user_mark), kMarkBytes);
  AppendId(&bytes, given.anonymous_id, foreign);
  if (session) {
    AppendId(&bytes, given.session_id, false);
    AppendInteger(&bytes, given.session_index, 2);
    AppendInteger(&bytes, given.event_index, 2);
    AppendInteger(&bytes, given.session_started_ms / 1'000, 4);
  }
  bytes += given.carry;
  if (bare) Append(&bytes, SumOf(bytes), kSumBytes);
  return (bare ? kMark : kMarkToSeal) + Base64Url(bytes);
}

const char* ReadHandOver(std::string_view token, const Bearer& bearer, int64_t now_ms,
                         HandOver* read) {
  constexpr const char* kInvalid = "token_invalid";
  const std::string_view mark = bearer.sealed ? kMarkToSeal : kMark;
  if (token.size() > kTokenCharsMax || !token.starts_with(mark)) return kInvalid;
  const String decoded = DecodeBase64Url(token.substr(mark.size()));
  std::string_view bytes = decoded;
  if (bytes.size() < kUuidBytes) return kInvalid;
  if (!bearer.sealed) {
    const size_t content = bytes.size() - kSumBytes;
    const uint64_t sum = Fields(bytes.substr(content)).Number(kSumBytes);
    bytes = bytes.substr(0, content);
    if (sum != SumOf(bytes)) return kInvalid;
  }
  const uint64_t any = ~uint64_t{0};
  uint64_t host = any;
  uint64_t browser = any;
  if (!ReadFields(bytes, bearer.sealed, read, &host, &browser)) return kInvalid;
  if (host != any && host != SumOf(bearer.host)) return "token_foreign";
  if (browser != any && browser != Low(HashOf(bearer.browser, read->nonce), 2)) {
    return "token_browser";
  }
  if (bearer.sealed) read->nonce = HashOf(token);
  const int64_t age_ms = now_ms - read->issued_ms;
  const bool young = age_ms >= -kSkewMs && age_ms <= read->ttl_s * 1'000;
  return young ? nullptr : "token_expired";
}

}  // namespace waymark
