// gzip for tests, by the library itself and not by code of ours.
#ifndef WAYMARK_SAMPLES_COLLECTOR_TESTS_GZIP_H_
#define WAYMARK_SAMPLES_COLLECTOR_TESTS_GZIP_H_

#include <zlib.h>

#include <string>

namespace waymark::collector {

// `window_bits` as zlib has them: above 15 gzip, 15 zlib, below 0 a bare stream.
inline std::string Deflate(const std::string& text, int window_bits) {
  z_stream stream = {};
  deflateInit2(&stream, 9, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY);
  std::string packed(deflateBound(&stream, text.size()) + 32, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

inline std::string Gzip(const std::string& text) { return Deflate(text, 16 + MAX_WBITS); }

}  // namespace waymark::collector

#endif  // WAYMARK_SAMPLES_COLLECTOR_TESTS_GZIP_H_
