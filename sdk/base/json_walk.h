// The innermost loops over JSON text, eight bytes a step. The page module, where code counts by its
// bytes, has wasm/small/base/json_walk.h in its place; what they find is the same.
#ifndef WAYMARK_BASE_JSON_WALK_H_
#define WAYMARK_BASE_JSON_WALK_H_

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace waymark {

// Eight bytes of text; the first is the lowest: all targets are little-endian.
class EightBytes {
 public:
  explicit EightBytes(const char* at) { std::memcpy(&bytes_, at, sizeof bytes_); }
  explicit EightBytes(uint64_t bytes) : bytes_(bytes) {}

  // The high bit of each byte that is so. A byte behind one that is so may be marked without being
  // it; the first mark is always true.
  uint64_t Are(char c) const { return Zeros(bytes_ ^ kOnes * static_cast<uint8_t>(c)); }
  uint64_t AreControls() const { return (bytes_ - kOnes * 0x20) & ~bytes_ & kHighs; }
  uint64_t AreNotAscii() const { return bytes_ & kHighs; }

  // The place of the first mark; 8: there is none.
  static size_t First(uint64_t marks) { return static_cast<size_t>(std::countr_zero(marks)) / 8; }

 private:
  static constexpr uint64_t kOnes = 0x0101010101010101;
  static constexpr uint64_t kHighs = 0x8080808080808080;

  static uint64_t Zeros(uint64_t bytes) { return (bytes - kOnes) & ~bytes & kHighs; }

  uint64_t bytes_;
};

// Where a view's object ends, when the view was made of just its text: then nobody walks over it to
// find out.
class KnownEnd {
 protected:
  void LearnEnd(std::string_view object) {
    if (object.back() == '}') end_ = object.data() + object.size();  // else there is space behind
  }
  const char* known_end() const { return end_; }

 private:
  const char* end_ = nullptr;  // null: not known
};

// The first place from `i` on where a byte stands that needs a look inside a JSON string: a quote,
// a backslash, a control character, a byte of another alphabet. May stop before it.
inline size_t SkipPlain(std::string_view text, size_t i) {
  while (i + 8 <= text.size()) {
    const EightBytes bytes(text.data() + i);
    const uint64_t marks =
        bytes.Are('"') | bytes.Are('\\') | bytes.AreControls() | bytes.AreNotAscii();
    i += EightBytes::First(marks);
    if (marks != 0) break;
  }
  return i;
}

// The same for what has to be escaped where a string is written.
inline size_t SkipUnescaped(std::string_view text, size_t i) {
  while (i + 8 <= text.size()) {
    const EightBytes bytes(text.data() + i);
    const uint64_t marks = bytes.Are('"') | bytes.Are('\\') | bytes.AreControls();
    i += EightBytes::First(marks);
    if (marks != 0) break;
  }
  return i;
}

// The first quote or backslash from `at` on, of which there is one; may stop before it. Whole words
// are read, also where the text begins or ends inside of one: no word lies in two pages, nor in two
// of the 16-byte places that have tags of their own on some phones. Hence the sanitizers' leave.
__attribute__((no_sanitize("address"), no_sanitize("thread"))) inline const char* SkipText(
    const char* at) {
  using Word __attribute__((may_alias)) = uint64_t;
  const size_t before = reinterpret_cast<uintptr_t>(at) % 8;
  uint64_t not_before = ~uint64_t{0} << 8 * before;
  for (const char* word = at - before;; word += 8, not_before = ~uint64_t{0}) {
    const EightBytes bytes(*reinterpret_cast<const Word*>(word));  // here: the leave is no callee's
    const uint64_t marks = (bytes.Are('"') | bytes.Are('\\')) & not_before;
    if (marks != 0) return word + EightBytes::First(marks);
  }
}

}  // namespace waymark

#endif  // WAYMARK_BASE_JSON_WALK_H_
