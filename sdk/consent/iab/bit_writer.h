// Writes numbers of any number of bits, most significant first, as base64url text.
#ifndef WAYMARK_CONSENT_IAB_BIT_WRITER_H_
#define WAYMARK_CONSENT_IAB_BIT_WRITER_H_

#include <cstddef>
#include <cstdint>

#include "base/string.h"

namespace waymark {

class BitWriter {
 public:
  // The lowest `bits` of a value; at most 57.
  void Write(uint64_t value, int bits);
  void Fibonacci(uint32_t value);  // 1 to 65535
  void Append(const BitWriter& other);
  // Zeros up to a multiple of `bits`.
  void PadTo(size_t bits);

  size_t size() const { return bytes_.size() * 8 + static_cast<size_t>(held_); }
  // The text; a last group of less than six bits is filled with zeros. The writer is then done.
  String Text();

 private:
  String bytes_;
  uint64_t bits_ = 0;  // what is no whole byte yet
  int held_ = 0;       // how many bits these are
};

}  // namespace waymark

#endif  // WAYMARK_CONSENT_IAB_BIT_WRITER_H_
