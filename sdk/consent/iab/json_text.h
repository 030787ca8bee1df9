// JSON put together from small pieces: what JsonWriter is, for documents that list some thousand
// ids. Its calls are inlined, where JsonWriter's and String's are compiled for size.
#ifndef WAYMARK_CONSENT_IAB_JSON_TEXT_H_
#define WAYMARK_CONSENT_IAB_JSON_TEXT_H_

#include <cstring>
#include <string_view>

#include "base/string.h"
#include "consent/iab/vendor_set.h"

namespace waymark {

class JsonText {
 public:
  void Open(char bracket) {
    Comma();
    Put(bracket);
  }
  void Close(char bracket) { Put(bracket); }
  void Name(std::string_view name) {
    Comma();
    Put('"');
    Put(name);
    Put('"');
    Put(':');
  }
  void Number(uint64_t number) {
    char digits[20];
    char* begin = digits + sizeof digits;
    // Most are ids: 32 bits divide faster.
    for (; number > UINT32_MAX; number /= 10) *--begin = static_cast<char>('0' + number % 10);
    uint32_t rest = static_cast<uint32_t>(number);
    for (; rest >= 10; rest /= 10) *--begin = static_cast<char>('0' + rest % 10);
    *--begin = static_cast<char>('0' + rest);
    Word({begin, static_cast<size_t>(digits + sizeof digits - begin)});
  }
  void Bool(bool value) { Word(value ? "true" : "false"); }
  // Of ASCII characters that are no controls.
  void Text(std::string_view text) {
    Comma();
    Put('"');
    for (const char c : text) {
      if (c == '"' || c == '\\') Put('\\');
      Put(c);
    }
    Put('"');
  }
  // "0110…", a digit for each id up to the last one.
  void Digits(const VendorSet& set) {
    Comma();
    Put('"');
    const uint32_t last = set.last();
    set.Digits(Room(last));
    size_ += last;
    Put('"');
  }
  std::string_view text() const { return std::string_view(text_).substr(0, size_); }

 private:
  void Word(std::string_view word) {
    Comma();
    Put(word);
  }
  void Comma() {
    if (size_ == 0) return;
    const char before = text_[size_ - 1];
    if (before != '[' && before != '{' && before != ':') Put(',');
  }
  void Put(char c) {
    *Room(1) = c;
    ++size_;
  }
  void Put(std::string_view piece) {
    std::memcpy(Room(piece.size()), piece.data(), piece.size());
    size_ += piece.size();
  }
  char* Room(size_t bytes) {
    if (size_ + bytes > text_.size()) text_.resize(2 * (size_ + bytes) + kFirstBytes);
    return text_.data() + size_;
  }

  static constexpr size_t kFirstBytes = 2048;  // most documents are no longer

  String text_;  // of which the first size_ bytes are written
  size_t size_ = 0;
};

}  // namespace waymark

#endif  // WAYMARK_CONSENT_IAB_JSON_TEXT_H_
