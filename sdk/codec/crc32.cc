#include "codec/crc32.h"

#include <array>

namespace waymark {
namespace {

// A table of 16 entries: zlib's own are 8 KB of the page module, which brotli cannot shrink.
constexpr std::array<uint32_t, 16> kTable = [] {
  std::array<uint32_t, 16> table{};
  for (uint32_t i = 0; i < 16; ++i) {
    uint32_t value = i;
    for (int bit = 0; bit < 4; ++bit) value = value >> 1 ^ (value & 1 ? 0xedb88320 : 0);
    table[i] = value;
  }
  return table;
}();

}  // namespace

uint32_t Crc32(std::string_view bytes, uint32_t crc) {
  crc = ~crc;
  for (const char c : bytes) {
    crc ^= static_cast<uint8_t>(c);
    crc = crc >> 4 ^ kTable[crc & 15];
    crc = crc >> 4 ^ kTable[crc & 15];
  }
  return ~crc;
}

}  // namespace waymark
