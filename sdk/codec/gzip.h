// gzip (RFC 1952) around zlib's deflate, fed piece by piece.
//
// The header and the checksum are written here: zlib's gzip layer would cost 5 KB of the page
// module. The header has no time and no system, so equal bodies give equal bytes on every face.
#ifndef WAYMARK_CODEC_GZIP_H_
#define WAYMARK_CODEC_GZIP_H_

#include <cstdint>
#include <memory>
#include <string_view>

#include "base/string.h"

namespace waymark {

class GzipStream {
 public:
  GzipStream();
  GzipStream(GzipStream&&) noexcept;
  GzipStream& operator=(GzipStream&&) noexcept;
  ~GzipStream();

  // Compresses some more. The first piece takes 256 KiB of memory until Finish() or Drop().
  void Write(std::string_view piece);
  // The whole body; nothing was written: of no bytes. Empty when memory was short: the caller then
  // sends the body as it is.
  String Finish();
  void Drop();

  // What has been put out so far; up to 16,000 symbols more are on their way.
  size_t out_bytes() const { return out_.size(); }

 private:
  struct State;  // zlib's

  bool Open();
  bool Run(std::string_view piece, int flush);

  std::unique_ptr<State> state_;
  String out_;
  uint32_t crc_ = 0;
  uint32_t bytes_ = 0;
  bool failed_ = false;
};

// All at once.
String Gzip(std::string_view body);

}  // namespace waymark

#endif  // WAYMARK_CODEC_GZIP_H_
