#include "codec/crc32.h"

#include <cstddef>

namespace waymark {
namespace {

constexpr uint32_t kPolynomial = 0xedb88320;
constexpr int kSlices = 4;

// Four tables of 256 entries, so that four bytes take one step: every byte that is stored or
// compressed passes here. They are worked out when the program is loaded; as data they would be 4
// KB of the page module, which brotli cannot shrink.
struct Tables {
  Tables() {
    for (uint32_t i = 0; i < 256; ++i) {
      uint32_t value = i;
      for (auto& slice : of) {
        for (int bit = 0; bit < 8; ++bit) value = value >> 1 ^ (value & 1 ? kPolynomial : 0);
        // Keeps the compiler from working them out itself.
        asm volatile("" : "+r"(value));
        slice[i] = value;
      }
    }
  }

  uint32_t of[kSlices][256];
};

const Tables kTables;

uint32_t Byte(std::string_view bytes, size_t i) { return static_cast<uint8_t>(bytes[i]); }

}  // namespace

uint32_t Crc32(std::string_view bytes, uint32_t crc) {
  crc = ~crc;
  size_t i = 0;
  for (; i + kSlices <= bytes.size(); i += kSlices) {
    crc ^= Byte(bytes, i) | Byte(bytes, i + 1) << 8 | Byte(bytes, i + 2) << 16 |
           Byte(bytes, i + 3) << 24;
    crc = kTables.of[3][crc & 255] ^ kTables.of[2][crc >> 8 & 255] ^
          kTables.of[1][crc >> 16 & 255] ^ kTables.of[0][crc >> 24];
  }
  for (; i < bytes.size(); ++i) crc = crc >> 8 ^ kTables.of[0][(crc ^ Byte(bytes, i)) & 255];
  return ~crc;
}

}  // namespace waymark
