// The same checksum by zlib, which is linked anyway: five times as fast as crc32.cc, and 8 KB
// bigger, so not in the page module. The build links one of the three.
#include <zlib.h>

#include "codec/crc32.h"

namespace waymark {

uint32_t Crc32(std::string_view bytes, uint32_t crc) {
  return static_cast<uint32_t>(
      crc32_z(crc, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

}  // namespace waymark
