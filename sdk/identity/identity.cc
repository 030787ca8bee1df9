#include "identity/identity.h"

#include "base/hash.h"
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

String UserMark(std::string_view user_id) {
  String mark;
  if (!user_id.empty()) AppendHex(&mark, HashOf(user_id), kUserMarkDigits);
  return mark;
}

String WriteIdentity(const Identity& identity, const List<String>& used, int64_t parted_ms) {
  String json;
  JsonWriter writer(&json);
  writer.Begin('{').Field("anonymous_id", identity.anonymous_id);
  if (!used.empty()) {
    writer.Key("used").Begin('[');
    for (const String& mark : used) writer.Text(mark);
    writer.End(']');
  }
  if (parted_ms != 0) writer.Field("parted_ms", parted_ms);
  writer.Field("user_mark", identity.user_mark);
  writer.Field("user_id", identity.user_id).Field("group_id", identity.group_id);
  writer.Field("made_ms", identity.made_ms).End('}');
  return json;
}

Identity ReadIdentity(JsonView json) {
  Identity identity;
  identity.anonymous_id = json["anonymous_id"].AsString();
  identity.user_mark = json["user_mark"].AsName();
  identity.user_id = json["user_id"].AsString();
  identity.group_id = json["group_id"].AsString();
  identity.made_ms = json["made_ms"].IntegerOr(0);
  if (identity.anonymous_id.size() > kUserIdBytesMax) identity.anonymous_id.clear();
  if (identity.user_id.size() > kUserIdBytesMax) identity.user_id.clear();
  if (identity.group_id.size() > kUserIdBytesMax) identity.group_id.clear();
  return identity;
}

}  // namespace waymark
