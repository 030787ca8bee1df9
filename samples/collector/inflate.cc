#include "inflate.h"

#include <zlib.h>

#include <algorithm>
#include <array>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace waymark::collector {
namespace {

// What zlib calls window bits names the wrapping too.
constexpr int kGzip = 16 + MAX_WBITS;
constexpr int kZlib = MAX_WBITS;
constexpr int kBare = -MAX_WBITS;

// Owns a z_stream.
class Inflater {
 public:
  Inflater(absl::string_view input, int wrapping) {
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(input.data()));
    stream_.avail_in = static_cast<uInt>(input.size());
    ready_ = inflateInit2(&stream_, wrapping) == Z_OK;
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

absl::StatusOr<std::string> InflateAll(absl::string_view compressed, int wrapping,
                                       absl::string_view name, size_t bytes_max) {
  Inflater inflater(compressed, wrapping);
  std::string output;
  int result = Z_OK;
  while (result == Z_OK) {
    result = inflater.Step(output);
    if (output.size() > bytes_max) {
      return absl::ResourceExhaustedError(
          absl::StrCat("the ", name, " body inflates to more than ", bytes_max, " bytes"));
    }
  }
  if (result == Z_BUF_ERROR) {
    return absl::InvalidArgumentError(absl::StrCat("the ", name, " body is cut short"));
  }
  if (result != Z_STREAM_END) {
    return absl::InvalidArgumentError(absl::StrCat("the body is not ", name));
  }
  if (inflater.drained()) return output;
  return absl::InvalidArgumentError(absl::StrCat("bytes follow the end of the ", name, " body"));
}

}  // namespace

absl::StatusOr<std::string> InflateGzip(absl::string_view compressed, size_t bytes_max) {
  return InflateAll(compressed, kGzip, "gzip", bytes_max);
}

absl::StatusOr<std::string> InflateDeflate(absl::string_view compressed, size_t bytes_max) {
  absl::StatusOr<std::string> text = InflateAll(compressed, kZlib, "deflate", bytes_max);
  if (text.ok() || absl::IsResourceExhausted(text.status())) return text;
  return InflateAll(compressed, kBare, "deflate", bytes_max);
}

}  // namespace waymark::collector
