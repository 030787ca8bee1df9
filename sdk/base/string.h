// A string of bytes that owns its memory, and is one pointer long: its sizes stand before its
// bytes. An event in the queue has a string also while its text lies in the store only.
//
// WebAssembly has wasm/small/base/string.h in its place, which takes fewer bytes of code. Contents
// are not terminated. Memory that cannot be had, and more than 4 GiB, end the process, as the
// former does for the standard containers without exceptions.
#ifndef WAYMARK_BASE_STRING_H_
#define WAYMARK_BASE_STRING_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
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
  String(String&& other) noexcept { std::swap(data_, other.data_); }
  ~String();

  String& operator=(std::string_view text);
  String& operator=(const char* text) { return *this = std::string_view(text); }
  String& operator=(const String& other) { return *this = std::string_view(other); }
  String& operator=(String&& other) noexcept {
    std::swap(data_, other.data_);
    return *this;
  }

  operator std::string_view() const { return {data_, size()}; }  // NOLINT: by design

  const char* data() const { return data_; }
  char* data() { return data_; }
  size_t size() const { return data_ ? sizes()->used : 0; }
  bool empty() const { return size() == 0; }
  char operator[](size_t i) const { return data_[i]; }
  char& operator[](size_t i) { return data_[i]; }

  String& append(std::string_view text);
  String& append(const char* bytes, size_t size) { return append(std::string_view(bytes, size)); }
  String& operator+=(std::string_view text) { return append(text); }
  void push_back(char c);
  void clear() { resize(0); }
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
  struct Sizes {
    uint32_t used;
    uint32_t room;
  };
  Sizes* sizes() const { return reinterpret_cast<Sizes*>(data_) - 1; }

  char* data_ = nullptr;
};

// In line: a document is written in some hundred small pieces.
inline void String::resize(size_t size) {
  const size_t room = data_ ? sizes()->room : 0;
  if (size > room) [[unlikely]]
    reserve(size < 2 * room ? 2 * room : size);
  if (data_) sizes()->used = static_cast<uint32_t>(size);
}

inline String& String::append(std::string_view text) {
  const size_t before = size();
  resize(before + text.size());
  if (!text.empty()) std::memcpy(data_ + before, text.data(), text.size());
  return *this;
}

inline void String::push_back(char c) {
  const size_t before = size();
  resize(before + 1);
  data_[before] = c;
}

}  // namespace waymark

#endif  // WAYMARK_BASE_STRING_H_
