#include "consent/iab/vendor_set.h"

#include <bit>
#include <cstring>

namespace waymark {

void VendorSet::Resize(uint32_t max_id) {
  max_id_ = max_id;
  bytes_.resize((max_id + 7) / 8);
  if (max_id > 0) std::memset(bytes_.data(), 0, bytes_.size());
}

void VendorSet::Add(uint32_t first, uint32_t last) {
  if (last > max_id_) last = max_id_;
  if (first == 0 || first > last) return;
  char* bytes = bytes_.data();
  const uint32_t from = (first - 1) / 8;
  const uint32_t to = (last - 1) / 8;
  const int head = 0xff >> (first - 1) % 8;
  const int tail = 0xff00 >> ((last - 1) % 8 + 1);
  if (from == to) {
    bytes[from] = static_cast<char>(bytes[from] | (head & tail));
    return;
  }
  bytes[from] = static_cast<char>(bytes[from] | head);
  std::memset(bytes + from + 1, 0xff, to - from - 1);
  bytes[to] = static_cast<char>(bytes[to] | tail);
}

uint32_t VendorSet::last() const {
  size_t size = bytes_.size();
  while (size > 0 && bytes_[size - 1] == 0) --size;
  if (size == 0) return 0;
  uint32_t id = static_cast<uint32_t>(size) * 8;
  while (!Has(id)) --id;
  return id;
}

IdRange VendorSet::Next(uint32_t from) const {
  while (from <= max_id_ && !Has(from)) {
    // A byte of eight ids that are not there is passed over at once.
    from += (from - 1) % 8 == 0 && bytes_[(from - 1) / 8] == 0 ? 8 : 1;
  }
  if (from > max_id_) return {0, 0};
  uint32_t last = from;
  while (Has(last + 1)) ++last;
  return {static_cast<uint16_t>(from), static_cast<uint16_t>(last)};
}

// Eight ids at a time: of eight copies of the byte each keeps one bit, in the order of the digits
// in memory; adding 127 carries what was kept into the highest bit.
void VendorSet::Digits(char* digits) const {
  const uint32_t count = last();
  uint32_t i = 0;
  if constexpr (std::endian::native == std::endian::little) {
    for (; i + 8 <= count; i += 8) {
      const uint64_t copies = static_cast<uint8_t>(bytes_[i / 8]) * 0x0101010101010101u;
      const uint64_t kept = (copies & 0x0102040810204080u) + 0x7f7f7f7f7f7f7f7fu;
      const uint64_t eight = (kept >> 7 & 0x0101010101010101u) + 0x3030303030303030u;
      std::memcpy(digits + i, &eight, sizeof eight);
    }
  }
  for (; i < count; ++i) digits[i] = Has(i + 1) ? '1' : '0';
}

String VendorSet::Bits() const {
  String digits;
  digits.resize(last());
  if (!digits.empty()) Digits(digits.data());
  return digits;
}

}  // namespace waymark
