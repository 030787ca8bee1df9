// Frames of the C boundary, as a host writes and reads them. An implementation of docs/input.md
// apart from the core's own.
#ifndef WAYMARK_TESTS_FAKES_FRAME_H_
#define WAYMARK_TESTS_FAKES_FRAME_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace waymark_test {

inline std::string MakeFrame(std::string_view json, std::string_view bodies = {}) {
  std::string frame;
  for (int shift = 0; shift < 32; shift += 8) {
    frame.push_back(static_cast<char>(json.size() >> shift & 0xff));
  }
  frame.append(json).append(bodies);
  return frame;
}

struct FrameParts {
  std::string json;
  std::string bodies;
};

// Empty parts for "nothing to do".
inline FrameParts SplitFrame(std::string_view frame) {
  if (frame.size() < 4) return {};
  uint32_t size = 0;
  for (size_t i = 0; i < 4; ++i)
    size |= static_cast<uint32_t>(static_cast<uint8_t>(frame[i])) << (8 * i);
  return {std::string(frame.substr(4, size)), std::string(frame.substr(4 + size))};
}

}  // namespace waymark_test

#endif  // WAYMARK_TESTS_FAKES_FRAME_H_
