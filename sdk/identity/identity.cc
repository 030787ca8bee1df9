#include "identity/identity.h"

#include "base/json_writer.h"
#include "base/limits.h"
#include "base/uuid.h"

namespace waymark {

bool Identity::Ensure(Prng* prng, int64_t now_ms) {
  if (!anonymous_id.empty()) return false;
  anonymous_id = RandomUuid(prng);
  made_ms = now_ms;
  return true;
}

String WriteIdentity(const Identity& identity) {
  String json;
  JsonWriter writer(&json);
  writer.Begin('{').Field("anonymous_id", identity.anonymous_id);
  writer.Field("user_id", identity.user_id).Field("made_ms", identity.made_ms).End('}');
  return json;
}

Identity ReadIdentity(JsonView json) {
  Identity identity;
  identity.anonymous_id = json["anonymous_id"].AsName();
  identity.user_id = json["user_id"].AsString();
  identity.made_ms = json["made_ms"].IntegerOr(0);
  if (identity.anonymous_id.size() > kUserIdBytesMax) identity.anonymous_id.clear();
  if (identity.user_id.size() > kUserIdBytesMax) identity.user_id.clear();
  return identity;
}

}  // namespace waymark
