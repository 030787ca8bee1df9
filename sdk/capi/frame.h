// The frame at the boundary: size of the JSON text, the text, raw bodies. See docs/input.md.
#ifndef WAYMARK_CAPI_FRAME_H_
#define WAYMARK_CAPI_FRAME_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "base/json_view.h"
#include "base/status.h"

namespace waymark {

// A frame that has been checked once. Lives as long as the bytes it was read from, or as `repaired` where the text had to
// be mended.
struct Frame {
  JsonView json;
  std::string_view bodies;

  // The raw body that {"offset": n, "size": n} points at; empty when it leads outside.
  std::string_view Body(const JsonView& place) const;
};

// Problems: frame too big or cut, not UTF-8, not JSON, too deep. The pointer of a text fault says where it is.
StatusOr<Frame> ReadFrame(std::string_view bytes, std::string* repaired);

// Gathers JSON and bodies of a frame to be returned.
class FrameWriter {
 public:
  FrameWriter() : bytes_(4, '\0') {}

  std::string* json() { return &bytes_; }
  // Puts a body aside and returns {"offset": n, "size": n} for it.
  std::string AddBody(std::string_view body);
  std::string Finish();

 private:
  std::string bytes_;
  std::string bodies_;
};

}  // namespace waymark

#endif  // WAYMARK_CAPI_FRAME_H_
