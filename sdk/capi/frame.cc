#include "capi/frame.h"

#include <cstring>
#include <utility>

#include "base/bytes.h"
#include "base/json_check.h"
#include "base/json_writer.h"
#include "base/limits.h"
#include "base/name_table.h"

namespace waymark {
namespace {

constexpr size_t kSizeBytes = 4;

// In the order of InputType.
constexpr const char* kInputTypeNames =
    "track,page,screen,identify,alias,group,reset,set_consent,set_context,flush,forget,narrow,"
    "records,hand_over,accept_hand_over,import_id,refused,wake,http_done,"
    "store_read,store_done,store_failed,store_changed,lifecycle,connectivity,signal,lead";

Status TextStatus(const JsonCheck& check, std::string_view text) {
  const String pointer = PointerAt(text, check.offset);
  if (check.fault == JsonCheck::Fault::kNotUtf8) {
    return NotOk("not_utf8", pointer, "bytes that are not UTF-8", "UTF-8");
  }
  if (check.fault == JsonCheck::Fault::kTooDeep) {
    return NotOk("too_deep", pointer, Numbered("", kJsonDepthMax + 1, " levels"),
                 Numbered("at most ", kJsonDepthMax, " levels"));
  }
  return NotOk("invalid_json", pointer,
               Numbered("no JSON at byte ", static_cast<int64_t>(check.offset)), "JSON");
}

// The problem of bytes that are no frame; fine otherwise.
Status CheckFrame(std::string_view bytes) {
  if (bytes.size() > kFrameBytesMax) {
    return NotOk("too_big", "", "a frame that is too big", "at most 8 MiB");
  }
  if (bytes.size() >= kSizeBytes && ReadU32(bytes, 0) <= bytes.size() - kSizeBytes) {
    return OkStatus();
  }
  return NotOk("invalid_json", "", "a frame that is cut", "a size in 4 bytes, and the text");
}

Input Refuse(Status&& refusal) {
  Input input;
  input.type = InputType::kRefused;
  input.refusal = std::move(refusal);
  return input;
}

Now ReadNow(JsonView json) { return {json["wall_ms"].IntegerOr(0), json["mono_ms"].IntegerOr(0)}; }

}  // namespace

Input ReadInput(std::string_view bytes, String* repaired) {
  if (Status frame = CheckFrame(bytes); !frame.ok()) return Refuse(std::move(frame));
  std::string_view text = bytes.substr(kSizeBytes, ReadU32(bytes, 0));
  const JsonCheck check = CheckJson(text);
  if (check.fault != JsonCheck::Fault::kNone) return Refuse(TextStatus(check, text));
  Input input;
  input.bodies = bytes.substr(kSizeBytes + text.size());
  if (check.lone_surrogate) {
    *repaired = text;
    RepairSurrogates(repaired);
    text = *repaired;
  }
  input.fields = JsonView(text);
  input.now = ReadNow(input.fields["now"]);
  const JsonView type = input.fields["type"];
  const int index = FindName(kInputTypeNames, type.AsName());
  if (index >= 0) {
    input.type = static_cast<InputType>(index);
  } else if (type) {
    input.type = InputType::kRefused;
    input.refusal = NotOk("not_allowed", "/type", "an unknown type", "a type of input.md");
  }
  return input;
}

String FrameWriter::AddBody(std::string_view body) {
  String place;
  JsonWriter(&place)
      .Begin('{')
      .Field("offset", static_cast<int64_t>(bodies_.size()))
      .Field("size", static_cast<int64_t>(body.size()))
      .End('}');
  bodies_ += body;
  return place;
}

String FrameWriter::Finish() {
  String size;
  AppendU32(&size, static_cast<uint32_t>(bytes_.size() - kSizeBytes));
  std::memcpy(bytes_.data(), size.data(), kSizeBytes);
  bytes_ += bodies_;
  return std::move(bytes_);
}

}  // namespace waymark
