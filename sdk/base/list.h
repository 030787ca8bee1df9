// A list of items side by side: what std::vector is, for items that may be moved by copying their
// bytes.
//
// All types of the core may be: none of them holds a pointer to itself. So one function makes room
// in every list, where std::vector brings its own for each type: 4 KB of the page module
// (docs/adr/0003). Memory that cannot be had ends the process, as it does for the standard
// containers without exceptions.
#ifndef WAYMARK_BASE_LIST_H_
#define WAYMARK_BASE_LIST_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>
#include <utility>

namespace waymark {

// What does not depend on the type.
class ListMemory {
 public:
  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

 protected:
  ListMemory() = default;
  ListMemory(const ListMemory&) = delete;
  ListMemory& operator=(const ListMemory&) = delete;
  ~ListMemory();

  // Makes room for one item before the one at `place`, and gives its address.
  void* MakeRoom(size_t place, size_t item_bytes);
  void Swap(ListMemory* other) {
    std::swap(memory_, other->memory_);
    std::swap(size_, other->size_);
    std::swap(capacity_, other->capacity_);
  }

  char* memory_ = nullptr;
  uint32_t size_ = 0;
  uint32_t capacity_ = 0;  // in items
};

template <typename T>
class List : public ListMemory {
 public:
  using value_type = T;
  using iterator = T*;
  using const_iterator = const T*;

  List() = default;
  List(List&& other) noexcept { Swap(&other); }
  List& operator=(List&& other) noexcept {
    Swap(&other);
    return *this;
  }
  ~List() { clear(); }

  T* begin() { return reinterpret_cast<T*>(memory_); }
  T* end() { return begin() + size_; }
  const T* begin() const { return reinterpret_cast<const T*>(memory_); }
  const T* end() const { return begin() + size_; }
  T& operator[](size_t i) { return begin()[i]; }
  const T& operator[](size_t i) const { return begin()[i]; }
  T& back() { return end()[-1]; }
  const T& back() const { return end()[-1]; }

  void push_back(T&& item) { insert(size_, std::move(item)); }
  void push_back(const T& item) { insert(size_, T(item)); }
  T& emplace_back() { return *new (MakeRoom(size_, sizeof(T))) T(); }
  // Before the item at `place`.
  void insert(size_t place, T&& item) { new (MakeRoom(place, sizeof(T))) T(std::move(item)); }
  void pop_back() { Shorten(size_ - 1); }
  void clear() { Shorten(0); }

  // Takes out the items for which `predicate` is true; the others keep their order.
  template <typename Predicate>
  void RemoveIf(Predicate predicate) {
    T* kept = begin();
    for (T& item : *this) {
      if (predicate(item)) {
        item.~T();
        continue;
      }
      if (kept != &item)
        std::memcpy(static_cast<void*>(kept), static_cast<void*>(&item), sizeof(T));
      ++kept;
    }
    size_ = static_cast<uint32_t>(kept - begin());
  }

 private:
  void Shorten(size_t size) {
    while (size_ > size) begin()[--size_].~T();
  }
};

}  // namespace waymark

#endif  // WAYMARK_BASE_LIST_H_
