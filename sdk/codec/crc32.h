// CRC-32 of ISO 3309, as gzip and the record format use it.
#ifndef WAYMARK_CODEC_CRC32_H_
#define WAYMARK_CODEC_CRC32_H_

#include <cstdint>
#include <string_view>

namespace waymark {

// Continues from `crc`, which is 0 at the start.
uint32_t Crc32(std::string_view bytes, uint32_t crc = 0);

}  // namespace waymark

#endif  // WAYMARK_CODEC_CRC32_H_
