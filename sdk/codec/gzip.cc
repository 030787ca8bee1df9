#include "codec/gzip.h"

#include <zlib.h>

#include <algorithm>
#include <new>
#include <utility>

#include "base/bytes.h"
#include "codec/crc32.h"

namespace waymark {
namespace {

constexpr int kLevel = 6;  // 225 to 285 us for 24 KB in wasm; level 9 gains 1 % for twice the time
constexpr int kWindowBits = -15;  // raw deflate
constexpr int kMemoryLevel = 8;   // zlib's default: 256 KiB while a body is compressed
constexpr size_t kRoomBytes = 4096;
constexpr std::string_view kHeader("\x1f\x8b\x08\0\0\0\0\0\0\xff", 10);

}  // namespace

// Ends with whoever has it last, also when another stream is moved over this one.
struct GzipStream::State {
  ~State() { deflateEnd(&stream); }

  z_stream stream{};
};

GzipStream::GzipStream() = default;
GzipStream::GzipStream(GzipStream&&) noexcept = default;
GzipStream& GzipStream::operator=(GzipStream&&) noexcept = default;
GzipStream::~GzipStream() = default;

void GzipStream::Drop() {
  state_.reset();
  out_.clear();
  crc_ = bytes_ = 0;
  failed_ = false;
}

bool GzipStream::Run(std::string_view piece, int flush) {
  z_stream& stream = state_->stream;
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(piece.data()));
  stream.avail_in = static_cast<uInt>(piece.size());
  int result = Z_OK;
  do {
    const size_t before = out_.size();
    out_.resize(before + kRoomBytes);
    stream.next_out = reinterpret_cast<Bytef*>(out_.data() + before);
    stream.avail_out = kRoomBytes;
    result = deflate(&stream, flush);
    out_.resize(before + kRoomBytes - stream.avail_out);
  } while (stream.avail_out == 0);
  return result == (flush == Z_FINISH ? Z_STREAM_END : Z_OK);
}

bool GzipStream::Open() {
  if (state_ || failed_) return !failed_;
  state_.reset(new (std::nothrow) State);
  failed_ = !state_ || deflateInit2(&state_->stream, kLevel, Z_DEFLATED, kWindowBits, kMemoryLevel,
                                    Z_DEFAULT_STRATEGY) != Z_OK;
  out_ = kHeader;
  return !failed_;
}

void GzipStream::Write(std::string_view piece) {
  if (!Open() || piece.empty()) return;
  crc_ = Crc32(piece, crc_);
  bytes_ += static_cast<uint32_t>(piece.size());
  failed_ = !Run(piece, Z_NO_FLUSH);
}

String GzipStream::Finish() {
  String body;
  if (Open() && Run({}, Z_FINISH)) {
    AppendU32(&out_, crc_);
    AppendU32(&out_, bytes_);
    body = std::move(out_);
  }
  Drop();
  return body;
}

String Gzip(std::string_view body) {
  GzipStream stream;
  stream.Write(body);
  return stream.Finish();
}

}  // namespace waymark
