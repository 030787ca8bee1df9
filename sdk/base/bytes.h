// Little-endian numbers in byte strings, for the frame, the records and gzip.
#ifndef WAYMARK_BASE_BYTES_H_
#define WAYMARK_BASE_BYTES_H_

#include <cstdint>
#include <string_view>

#include "base/string.h"

namespace waymark {

template <typename T>
void AppendLittleEndian(String* out, T value) {
  for (size_t i = 0; i < sizeof(T); ++i) out->push_back(static_cast<char>(value >> (8 * i)));
}

// `bytes` must hold sizeof(T) bytes from `offset`.
template <typename T>
T ReadLittleEndian(std::string_view bytes, size_t offset) {
  T value = 0;
  for (size_t i = 0; i < sizeof(T); ++i) {
    value |= static_cast<T>(static_cast<T>(static_cast<uint8_t>(bytes[offset + i])) << (8 * i));
  }
  return value;
}

inline void AppendU32(String* out, uint32_t value) { AppendLittleEndian(out, value); }
inline uint32_t ReadU32(std::string_view bytes, size_t offset) {
  return ReadLittleEndian<uint32_t>(bytes, offset);
}

}  // namespace waymark

#endif  // WAYMARK_BASE_BYTES_H_
