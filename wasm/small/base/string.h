// Stands before sdk/base/string.h in WebAssembly. A string of bytes that owns its memory: what
// std::string is, without its small-string form.
//
// In the page module every read of a std::string's data or size first asks which of two forms it
// has; that question, written out some hundred times, was worth several kilobytes of the download
// (docs/adr/0003). Here both are plain loads. Contents are not terminated. Memory that cannot be
// had ends the process, as it does for the standard containers without exceptions.
#ifndef WAYMARK_BASE_STRING_H_
#define WAYMARK_BASE_STRING_H_

#include <cstddef>
#include <string_view>
#include <utility>

namespace waymark {

class String {
 public:
  String() = default;
  String(std::string_view text) {
    append(text);
  }                                           // NOLINT: a view is a string that somebody else owns
  String(const char* text) { append(text); }  // NOLINT: so is a literal
  String(const String& other) { append(other); }
  String(String&& other) noexcept { Swap(other); }
  ~String();

  String& operator=(std::string_view text);
  String& operator=(const char* text) { return *this = std::string_view(text); }
  String& operator=(const String& other) { return *this = std::string_view(other); }
  String& operator=(String&& other) noexcept {
    Swap(other);
    return *this;
  }

  operator std::string_view() const { return {data_, size_}; }  // NOLINT: by design

  const char* data() const { return data_; }
  char* data() { return data_; }
  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  char operator[](size_t i) const { return data_[i]; }
  char& operator[](size_t i) { return data_[i]; }

  String& append(std::string_view text);
  String& append(const char* bytes, size_t size) { return append(std::string_view(bytes, size)); }
  String& operator+=(std::string_view text) { return append(text); }
  void push_back(char c);
  void clear() { size_ = 0; }
  // New bytes are not set.
  void resize(size_t size);
  void reserve(size_t capacity);

  // The two behind one another.
  friend String operator+(std::string_view a, std::string_view b);

  friend bool operator==(const String& a, std::string_view b) { return std::string_view(a) == b; }
  friend bool operator==(const String& a, const String& b) {
    return std::string_view(a) == std::string_view(b);
  }
  friend bool operator==(const String& a, const char* b) {
    return std::string_view(a) == std::string_view(b);
  }

 private:
  // Out of line: every place that hands a string on would be 60 bytes longer.
  void Swap(String& other);

  char* data_ = nullptr;
  size_t size_ = 0;
  size_t capacity_ = 0;
};

}  // namespace waymark

#endif  // WAYMARK_BASE_STRING_H_
