#include "event/validate.h"

#include "base/json_writer.h"
#include "base/limits.h"

namespace waymark {

Status TooBig(const char* pointer, size_t found, size_t allowed) {
  return NotOk("too_big", pointer, Numbered("", static_cast<int64_t>(found), " bytes"),
               Numbered("at most ", static_cast<int64_t>(allowed), " bytes"));
}

namespace {

Status CheckObject(const char* pointer, std::string_view text, size_t bytes_max) {
  if (!text.empty() && text[0] != '{') {
    return NotOk("wrong_type", pointer, JsonTypeName(JsonView(text).type()), "an object");
  }
  if (text.size() > bytes_max) return TooBig(pointer, text.size(), bytes_max);
  return OkStatus();
}

// Another type is refused rather than read as "none".
Status CheckText(const char* pointer, JsonView text) {
  if (!text || text.is(JsonType::kString) || text.is(JsonType::kNull)) return OkStatus();
  return NotOk("wrong_type", pointer, JsonTypeName(text.type()), "a string");
}

Status CheckName(const Event& event) {
  const bool needs_name = event.type == EventType::kTrack || event.type == EventType::kScreen;
  if (needs_name && event.name.empty()) {
    return NotOk("required", "/name", "nothing", "a name of 1 to 200 bytes");
  }
  if (event.name.size() > kEventNameBytesMax) {
    return TooBig("/name", event.name.size(), kEventNameBytesMax);
  }
  return OkStatus();
}

// The pointer's text as an id of somebody.
Status CheckId(const char* pointer, JsonView given, const String& id, bool needed) {
  if (Status text = CheckText(pointer, given); !text.ok()) return text;
  if (id.size() > kUserIdBytesMax) return TooBig(pointer, id.size(), kUserIdBytesMax);
  if (id.empty() && !needed) return OkStatus();
  if (id.empty()) return NotOk("required", pointer, "nothing", "an id");
  if (!IsNobody(id)) return OkStatus();
  return NotOk("not_allowed", pointer, "a word that stands for nobody", "the id of one alone");
}

Status CheckIds(const Event& event) {
  const bool alias = event.type == EventType::kAlias;
  if (Status id = CheckId("/user_id", event.given_user_id, event.user_id, alias); !id.ok()) {
    return id;
  }
  const char* other = alias ? "/previous_id" : "/group_id";
  return CheckId(other, event.given_other_id, event.other_id, event.type == EventType::kGroup);
}

}  // namespace

Status ValidateEvent(const Event& event) {
  if (Status text = CheckText("/name", event.given_name); !text.ok()) return text;
  if (Status name = CheckName(event); !name.ok()) return name;
  if (Status ids = CheckIds(event); !ids.ok()) return ids;
  const bool traits = HasTraits(event.type);
  if (Status properties =
          CheckObject(traits ? "/traits" : "/properties", event.properties, kEventTextBytesMax);
      !properties.ok()) {
    return properties;
  }
  return CheckObject("/context", event.context, kContextBytesMax);
}

}  // namespace waymark
