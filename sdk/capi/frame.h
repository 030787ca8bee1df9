// The frame at the boundary: size of the JSON text, the text, raw bodies. See docs/input.md.
#ifndef WAYMARK_CAPI_FRAME_H_
#define WAYMARK_CAPI_FRAME_H_

#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "base/string.h"
#include "waymark/input.h"

namespace waymark {

// Reads an input: commands, facts, or (without a type) a start or a query. It lives as long as the
// bytes it was read from, or as `repaired` where the text had to be mended. What is no frame, not
// UTF-8, not JSON or too deep becomes a kRefused whose problem says where.
Input ReadInput(std::string_view bytes, String* repaired);

// Gathers JSON and bodies of a frame to be returned.
class FrameWriter {
 public:
  FrameWriter() { AppendU32(&bytes_, 0); }  // the size, once it is known

  String* json() { return &bytes_; }
  // Puts a body aside and returns {"offset": n, "size": n} for it.
  String AddBody(std::string_view body);
  String Finish();

 private:
  String bytes_;
  String bodies_;
};

}  // namespace waymark

#endif  // WAYMARK_CAPI_FRAME_H_
