// The encryption seam, as the stores use it: names what is sealed, and counts what does not open.
#ifndef WAYMARK_MOBILE_NATIVE_CIPHER_H_
#define WAYMARK_MOBILE_NATIVE_CIPHER_H_

#include <optional>
#include <string>
#include <string_view>

#include "waymark/c.h"

namespace waymark::native {

class Cipher {
 public:
  // Without one, bytes are put down as they are.
  Cipher() = default;
  explicit Cipher(const waymark_cipher& cipher) : cipher_(cipher) {}

  bool seals() const { return cipher_.seal != nullptr && cipher_.open != nullptr; }
  size_t overhead() const { return seals() ? cipher_.overhead_bytes : 0; }

  // Writes what is to be put down into `out`, which has room for size + overhead(). 0: it cannot be
  // sealed.
  size_t Seal(const char* name, std::string_view bytes, char* out) const {
    return Checked(cipher_.seal(cipher_.context, name, Bytes(bytes), bytes.size(), Bytes(out)),
                   bytes.size() + cipher_.overhead_bytes);
  }
  std::optional<std::string> Seal(const std::string& name, std::string_view bytes) const {
    if (!seals()) return std::string(bytes);
    std::string out(bytes.size() + cipher_.overhead_bytes, '\0');
    out.resize(Seal(name.c_str(), bytes, out.data()));
    return out.empty() ? std::nullopt : std::optional(std::move(out));
  }
  // Nothing: these bytes are not of that name, or of another key.
  std::optional<std::string> Open(const std::string& name, std::string_view bytes) const {
    if (!seals()) return std::string(bytes);
    std::string out(bytes.size() + cipher_.overhead_bytes, '\0');
    const size_t size = Checked(
        cipher_.open(cipher_.context, name.c_str(), Bytes(bytes), bytes.size(), Bytes(out.data())),
        out.size());
    if (size == 0) return std::nullopt;
    out.resize(size);
    return out;
  }

 private:
  static size_t Checked(size_t size, size_t room) { return size <= room ? size : 0; }
  static const uint8_t* Bytes(std::string_view text) {
    return reinterpret_cast<const uint8_t*>(text.data());
  }
  static uint8_t* Bytes(char* text) { return reinterpret_cast<uint8_t*>(text); }

  waymark_cipher cipher_ = {};
};

}  // namespace waymark::native

#endif  // WAYMARK_MOBILE_NATIVE_CIPHER_H_
