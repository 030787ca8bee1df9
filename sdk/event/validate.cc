#include "event/validate.h"

#include "base/json_writer.h"
#include "base/limits.h"

namespace waymark {

Status TooBig(const char* pointer, size_t found, size_t allowed) {
  return NotOk("too_big", pointer, Numbered("", static_cast<int64_t>(found), " bytes"),
               Numbered("at most ", static_cast<int64_t>(allowed), " bytes"));
}

namespace {

Status CheckObject(const char* pointer, JsonView view, size_t bytes_max) {
  if (view && !view.is(JsonType::kObject)) {
    return NotOk("wrong_type", pointer, JsonTypeName(view.type()), "an object");
  }
  if (view.text().size() > bytes_max) return TooBig(pointer, view.text().size(), bytes_max);
  return OkStatus();
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

}  // namespace

Status ValidateTexts(JsonView call) {
  for (const char* pointer : {"/name", "/user_id"}) {
    const JsonView text = call[pointer + 1];
    if (text && !text.is(JsonType::kString) && !text.is(JsonType::kNull)) {
      return NotOk("wrong_type", pointer, JsonTypeName(text.type()), "a string");
    }
  }
  return OkStatus();
}

Status ValidateEvent(const Event& event) {
  if (Status name = CheckName(event); !name.ok()) return name;
  if (event.user_id.size() > kUserIdBytesMax) {
    return TooBig("/user_id", event.user_id.size(), kUserIdBytesMax);
  }
  const bool identify = event.type == EventType::kIdentify;
  if (Status properties =
          CheckObject(identify ? "/traits" : "/properties", event.properties, kEventTextBytesMax);
      !properties.ok()) {
    return properties;
  }
  return CheckObject("/context", event.context, kContextBytesMax);
}

}  // namespace waymark
