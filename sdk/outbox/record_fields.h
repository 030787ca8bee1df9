// How much memory the numbers of a record take: a hundred thousand of them may wait. The page
// module, where code counts by its bytes, has wasm/small/outbox/record_fields.h in its place.
#ifndef WAYMARK_OUTBOX_RECORD_FIELDS_H_
#define WAYMARK_OUTBOX_RECORD_FIELDS_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>

namespace waymark {

// A whole number of so many bytes, at any address. One that is bigger becomes the biggest.
template <typename T, size_t kBytes>
class Packed {
 public:
  Packed(T value = 0) {  // NOLINT: a number like others
    value = std::clamp<T>(value, kLeast, kMost);
    std::memcpy(bytes_, &value, kBytes);
  }
  operator T() const {  // NOLINT: the same
    T value = 0;
    std::memcpy(&value, bytes_, kBytes);
    constexpr int kUnused = 8 * static_cast<int>(sizeof(T) - kBytes);
    return static_cast<T>(value << kUnused) >> kUnused;  // with its sign
  }

 private:
  static constexpr T kMost = std::numeric_limits<T>::max() >> 8 * (sizeof(T) - kBytes);
  static constexpr T kLeast = std::numeric_limits<T>::min() >> 8 * (sizeof(T) - kBytes);

  uint8_t bytes_[kBytes];
};

using RecordTime = Packed<int64_t, 6>;    // Unix milliseconds up to the year 6429
using RecordUptime = Packed<int64_t, 5>;  // milliseconds of a clock that ran for 17 years
using RecordCount = Packed<uint32_t, 3>;  // 16 million writers, decisions, bytes of an event

}  // namespace waymark

#endif  // WAYMARK_OUTBOX_RECORD_FIELDS_H_
