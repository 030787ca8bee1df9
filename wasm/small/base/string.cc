#include "base/string.h"

#include <cstdlib>
#include <cstring>

namespace waymark {

String::~String() { std::free(data_); }

String& String::operator=(std::string_view text) {
  // Text of our own may move when memory grows, but not when it becomes shorter.
  const bool own = text.data() >= data_ && text.data() < data_ + size_;
  if (own) {
    std::memmove(data_, text.data(), text.size());
    size_ = text.size();
    return *this;
  }
  clear();
  return append(text);
}

void String::Swap(String& other) {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  std::swap(capacity_, other.capacity_);
}

String& String::append(std::string_view text) {
  const size_t before = size_;
  resize(before + text.size());
  if (!text.empty()) std::memcpy(data_ + before, text.data(), text.size());
  return *this;
}

void String::push_back(char c) {
  resize(size_ + 1);
  data_[size_ - 1] = c;
}

void String::resize(size_t size) {
  if (size > capacity_) reserve(size < 2 * capacity_ ? 2 * capacity_ : size);
  size_ = size;
}

void String::reserve(size_t capacity) {
  if (capacity <= capacity_) return;
  // Not realloc(): emmalloc's is 1 KB of the page module, and it copies as well.
  char* memory = static_cast<char*>(std::malloc(capacity));
  if (!memory) std::abort();
  if (size_ > 0) std::memcpy(memory, data_, size_);
  std::free(data_);
  data_ = memory;
  capacity_ = capacity;
}

String operator+(std::string_view a, std::string_view b) {
  String text;
  text.reserve(a.size() + b.size());
  text.append(a).append(b);
  return text;
}

}  // namespace waymark
