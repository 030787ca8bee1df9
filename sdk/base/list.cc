#include "base/list.h"

#include <cstdlib>

namespace waymark {

ListMemory::~ListMemory() { std::free(memory_); }

void* ListMemory::MakeRoom(size_t place, size_t item_bytes) {
  if (size_ == capacity_) {
    capacity_ = capacity_ == 0 ? 4 : 2 * capacity_;
    char* memory = static_cast<char*>(std::malloc(capacity_ * item_bytes));
    if (!memory) std::abort();
    if (size_ > 0) std::memcpy(memory, memory_, size_ * item_bytes);
    std::free(memory_);
    memory_ = memory;
  }
  char* room = memory_ + place * item_bytes;
  std::memmove(room + item_bytes, room, (size_++ - place) * item_bytes);
  return room;
}

}  // namespace waymark
