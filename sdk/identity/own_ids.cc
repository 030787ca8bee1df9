#include "identity/own_ids.h"

#include "base/json_writer.h"
#include "base/uuid.h"
#include "codec/sha256.h"

namespace waymark {
namespace {

constexpr size_t kHalfDigits = 16;  // of a salt of 128 bits, as of an id

}  // namespace

PurposeSet WithOwnIds(const Policy& policy, PurposeSet purposes) {
  PurposeSet set = 0;
  if (!kHasOwnIds) return set;
  for (size_t i = 0; i < policy.purposes.size(); ++i) {
    if (policy.purposes[i].own_ids) set |= purposes & PurposeSet{1} << i;
  }
  return set;
}

String KeepSalts(const Policy& policy, PurposeSet purposes, JsonView salts, Prng* prng) {
  const PurposeSet own = WithOwnIds(policy, purposes);
  String json;
  if (own == 0) return json;
  JsonWriter writer(&json);
  writer.Begin('{');
  for (size_t i = 0; i < policy.purposes.size(); ++i) {
    if (!(own >> i & 1)) continue;
    const std::string_view id = policy.purposes[i].id;
    String salt(salts[id].AsName());
    if (salt.size() != 2 * kHalfDigits) {
      salt.clear();
      AppendHex(&salt, prng->Next(), kHalfDigits);
      AppendHex(&salt, prng->Next(), kHalfDigits);
    }
    writer.Key(id).Text(salt);
  }
  writer.End('}');
  return json;
}

bool HasSalts(const Policy& policy, PurposeSet purposes, JsonView salts) {
  const PurposeSet own = WithOwnIds(policy, purposes);
  bool has = true;
  for (size_t i = 0; i < policy.purposes.size() && own != 0; ++i) {
    if (own >> i & 1) has &= salts[std::string_view(policy.purposes[i].id)].AsName().size() != 0;
  }
  return has;
}

String OwnId(const Policy& policy, PurposeSet needs, JsonView salts, std::string_view id) {
  const PurposeSet own = WithOwnIds(policy, needs);
  if (own == 0 || id.empty()) return {};
  String mixed;
  for (size_t i = 0; i < policy.purposes.size(); ++i) {
    if (own >> i & 1) mixed += salts[std::string_view(policy.purposes[i].id)].AsName();
  }
  mixed += id;
  const String hash = Sha256Hex(mixed);
  const std::string_view digits(hash);
  return UuidOf(ParseHex(digits.substr(0, kHalfDigits)),
                ParseHex(digits.substr(kHalfDigits, kHalfDigits)));
}

}  // namespace waymark
