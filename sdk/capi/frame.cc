#include "capi/frame.h"

#include "base/bytes.h"
#include "base/json_check.h"
#include "base/json_writer.h"
#include "base/limits.h"

namespace waymark {
namespace {

constexpr size_t kSizeBytes = 4;

Problem TextProblem(const JsonCheck& check, std::string_view text) {
  std::string pointer = PointerAt(text, check.offset);
  switch (check.fault) {
    case JsonCheck::Fault::kNotUtf8:
      return {"not_utf8", std::move(pointer), "bytes that are not UTF-8", "UTF-8"};
    case JsonCheck::Fault::kTooDeep:
      return {"too_deep", std::move(pointer), std::to_string(kJsonDepthMax + 1) + " levels",
              "at most " + std::to_string(kJsonDepthMax) + " levels"};
    default:
      return {"invalid_json", std::move(pointer),
              "no JSON at byte " + std::to_string(check.offset), "JSON"};
  }
}

}  // namespace

std::string_view Frame::Body(const JsonView& place) const {
  const auto offset = place["offset"].AsInteger();
  const auto size = place["size"].AsInteger();
  const int64_t all = static_cast<int64_t>(bodies.size());
  if (!offset || !size || *offset < 0 || *size < 0 || *offset > all || *size > all - *offset) {
    return std::string_view();
  }
  return bodies.substr(static_cast<size_t>(*offset), static_cast<size_t>(*size));
}

StatusOr<Frame> ReadFrame(std::string_view bytes, std::string* repaired) {
  if (bytes.size() > kFrameBytesMax) {
    return Problem{"too_big", "", std::to_string(bytes.size()) + " bytes",
                   "at most " + std::to_string(kFrameBytesMax) + " bytes"};
  }
  const bool whole =
      bytes.size() >= kSizeBytes && ReadU32(bytes, 0) <= bytes.size() - kSizeBytes;
  if (!whole) {
    return Problem{"invalid_json", "", "a frame that is cut", "a size in 4 bytes and as much text"};
  }
  std::string_view text = bytes.substr(kSizeBytes, ReadU32(bytes, 0));
  const JsonCheck check = CheckJson(text);
  if (check.fault != JsonCheck::Fault::kNone) return TextProblem(check, text);
  Frame frame;
  frame.bodies = bytes.substr(kSizeBytes + text.size());
  if (check.lone_surrogate) {
    *repaired = text;
    RepairSurrogates(repaired);
    text = *repaired;
  }
  frame.json = JsonView(text);
  return frame;
}

std::string FrameWriter::AddBody(std::string_view body) {
  std::string place;
  JsonWriter(&place)
      .Begin('{')
      .Field("offset", static_cast<int64_t>(bodies_.size()))
      .Field("size", static_cast<int64_t>(body.size()))
      .End('}');
  bodies_ += body;
  return place;
}

std::string FrameWriter::Finish() {
  std::string size;
  AppendU32(&size, static_cast<uint32_t>(bytes_.size() - kSizeBytes));
  bytes_.replace(0, kSizeBytes, size);
  bytes_ += bodies_;
  return std::move(bytes_);
}

}  // namespace waymark
