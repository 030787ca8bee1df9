#include "base/string.h"

#include <cstdint>
#include <cstdlib>
#include <cstring>

namespace waymark {

String::~String() {
  if (data_) std::free(sizes());
}

String& String::operator=(std::string_view text) {
  // Text of our own may move when memory grows, but not when it becomes shorter.
  const bool own = text.data() >= data_ && text.data() < data_ + size();
  if (own) {
    std::memmove(data_, text.data(), text.size());
    resize(text.size());
    return *this;
  }
  clear();
  return append(text);
}

void String::reserve(size_t capacity) {
  const size_t used = size();
  if (data_ && capacity <= sizes()->room) return;
  if (capacity == 0) return;
  if (capacity > UINT32_MAX - sizeof(Sizes)) std::abort();
  char* memory = static_cast<char*>(std::malloc(sizeof(Sizes) + capacity));
  if (!memory) std::abort();
  memory += sizeof(Sizes);
  if (used > 0) std::memcpy(memory, data_, used);
  if (data_) std::free(sizes());
  data_ = memory;
  *sizes() = {static_cast<uint32_t>(used), static_cast<uint32_t>(capacity)};
}

String operator+(std::string_view a, std::string_view b) {
  String text;
  text.reserve(a.size() + b.size());
  text.append(a).append(b);
  return text;
}

}  // namespace waymark
