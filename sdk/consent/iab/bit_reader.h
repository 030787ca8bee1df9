// Reads numbers of any number of bits, most significant first, out of base64url text.
//
// Padding of any length is taken: to 6, 8 or 24 bits. What goes wrong is told to the findings, with
// the character; from then on everything reads as 0, so that callers may ask once, at the end.
#ifndef WAYMARK_CONSENT_IAB_BIT_READER_H_
#define WAYMARK_CONSENT_IAB_BIT_READER_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/string.h"
#include "consent/iab/finding.h"

namespace waymark {

class BitReader {
 public:
  // `text` stands at character `at` of the whole string.
  BitReader(std::string_view text, size_t at, IabFindings* findings);

  // 1 to 57 bits. `field` is what a finding would name.
  uint64_t Read(int bits, uint8_t field);
  bool Flag(uint8_t field) { return Read(1, field) != 0; }
  // A Fibonacci code, at least 1; more than 65535 is a failure.
  uint32_t Fibonacci(uint8_t field);
  // The next `bits` into whole bytes, the last one filled with zeros.
  void Copy(size_t bits, uint8_t field, char* bytes);
  // Fails when so many bits are not left.
  bool Expect(size_t bits, uint8_t field);
  // To be called behind the last field: notes what is there besides padding.
  void End();

  size_t bits_left() const { return size_ - position_; }
  bool all_zero_from_here() const;
  size_t at() const { return at_ + position_ / 6; }  // character of the whole string
  IabFindings* findings() const { return findings_; }
  bool failed() const { return findings_->failed(); }

 private:
  void Decode(std::string_view text);
  uint64_t Peek(size_t position) const;

  String bytes_;         // decoded, and eight zeros behind, so that Peek() may look further
  size_t size_ = 0;      // in bits
  size_t position_ = 0;  // in bits
  size_t at_;
  IabFindings* findings_;
};

}  // namespace waymark

#endif  // WAYMARK_CONSENT_IAB_BIT_READER_H_
