// A set of vendor ids 1 to 65535, one bit each: what a bit field of a TC string is.
#ifndef WAYMARK_CONSENT_IAB_VENDOR_SET_H_
#define WAYMARK_CONSENT_IAB_VENDOR_SET_H_

#include <cstddef>
#include <cstdint>

#include "base/string.h"

namespace waymark {

// Ids from `first` to `last`, both in.
struct IdRange {
  uint16_t first;
  uint16_t last;
};

class VendorSet {
 public:
  // Empties the set and makes room for ids 1 to `max_id`.
  void Resize(uint32_t max_id);
  // Ids above MaxVendorId are not taken.
  void Add(uint32_t first, uint32_t last);

  bool Has(uint32_t id) const {
    return id > 0 && id <= max_id_ && (bytes_[(id - 1) / 8] >> (7 - (id - 1) % 8) & 1) != 0;
  }
  // MaxVendorId, as the string has it.
  uint32_t max_id() const { return max_id_; }
  // The highest id in the set; 0 when it is empty.
  uint32_t last() const;
  // The range of ids that begins at `from` or behind; {0, 0} when there is none.
  IdRange Next(uint32_t from) const;
  // A digit 0 or 1 for each id from 1 to last().
  String Bits() const;
  void Digits(char* digits) const;  // the same, into room for last() of them
  // Id 1 is the highest bit of the first byte; bits behind max_id() are zero.
  char* bytes() { return bytes_.data(); }
  const char* bytes() const { return bytes_.data(); }

 private:
  String bytes_;
  uint32_t max_id_ = 0;
};

}  // namespace waymark

#endif  // WAYMARK_CONSENT_IAB_VENDOR_SET_H_
