#include "inflate.h"

#include <zlib.h>

#include <algorithm>
#include <array>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace waymark::collector {
namespace {

constexpr int kGzipOnly = 16 + MAX_WBITS;

// Owns a z_stream.
class Inflater {
 public:
  explicit Inflater(absl::string_view input) {
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(input.data()));
    stream_.avail_in = static_cast<uInt>(input.size());
    ready_ = inflateInit2(&stream_, kGzipOnly) == Z_OK;
  }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  ~Inflater() {
    if (ready_) inflateEnd(&stream_);
  }

  // Appends the next piece to `output`; the result is zlib's.
  int Step(std::string& output) {
    if (!ready_) return Z_MEM_ERROR;
    std::array<Bytef, 16384> piece;
    stream_.next_out = piece.data();
    stream_.avail_out = piece.size();
    const int result = inflate(&stream_, Z_NO_FLUSH);
    output.append(reinterpret_cast<char*>(piece.data()), piece.size() - stream_.avail_out);
    return result;
  }

  bool drained() const { return stream_.avail_in == 0; }

 private:
  z_stream stream_ = {};
  bool ready_ = false;
};

}  // namespace

absl::StatusOr<std::string> InflateGzip(absl::string_view compressed, size_t bytes_max) {
  Inflater inflater(compressed);
  std::string output;
  int result = Z_OK;
  while (result == Z_OK) {
    result = inflater.Step(output);
    if (output.size() > bytes_max) {
      return absl::ResourceExhaustedError(
          absl::StrCat("the gzip body inflates to more than ", bytes_max, " bytes"));
    }
  }
  if (result == Z_BUF_ERROR) return absl::InvalidArgumentError("the gzip body is cut short");
  if (result != Z_STREAM_END) return absl::InvalidArgumentError("the body is not gzip");
  if (!inflater.drained())
    return absl::InvalidArgumentError("bytes follow the end of the gzip body");
  return output;
}

}  // namespace waymark::collector
