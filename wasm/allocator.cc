// malloc and free of the page module: a list of free blocks for each size, and new memory behind
// the last block.
//
// The core asks for many short strings and, for a body that is compressed, for five big tables;
// both come back soon and in the same sizes. So blocks are never joined: a size is rounded up by a
// quarter at the most, and what was freed serves the next request of that size. What a list has
// outgrown is never asked for again: before memory grows, a big block that is free is cut up. That
// is 0.6 KB less to download than emmalloc, and quicker (sdk/docs/adr/0003).
#include <cstddef>
#include <cstdint>

extern "C" unsigned char __heap_base;  // set by the linker: where the module's own data ends

namespace {

constexpr size_t kPageBytes = 65'536;
constexpr size_t kSizeClasses = 4 * 30;
constexpr size_t kBlockBytesMin = 32;  // all sizes from here on are multiples of eight
constexpr size_t kBlockBytesMax = size_t{1} << 30;

// Stands before every block. A block that is handed out knows its list, one that is free its
// follower.
struct Header {
  union {
    size_t size_class;
    Header* next;
  };
  size_t unused;  // what the caller gets lies at a multiple of eight
};

// Bigger than any table of the compressor.
constexpr size_t kCutBytesMin = 256 * 1024;

Header* free_blocks[kSizeClasses];
uintptr_t end_of_blocks = 0;
uintptr_t cut_from = 0;  // what is left of a big block
uintptr_t cut_to = 0;

// Four sizes between a power of two and the next: 32, 40, 48, 56, 64, 80 …
size_t ClassOf(size_t bytes) {
  if (bytes < kBlockBytesMin) bytes = kBlockBytesMin;
  const size_t shift = 29 - static_cast<size_t>(__builtin_clzl(bytes - 1));
  return 4 * shift + ((bytes - 1) >> shift);
}

size_t BytesOf(size_t size_class) {
  const size_t shift = size_class / 4 - 1;
  return (size_class % 4 + 5) << shift;
}

void GiveBack(Header* block, size_t size_class) {
  block->next = free_blocks[size_class];
  free_blocks[size_class] = block;
}

// Whether there was a free block that may be cut up and has room for this.
bool TakeBig(size_t bytes) {
  for (size_t i = ClassOf(bytes < kCutBytesMin ? kCutBytesMin : bytes); i < kSizeClasses; ++i) {
    Header* block = free_blocks[i];
    if (!block) continue;
    free_blocks[i] = block->next;
    // What is left of the one before goes to the next smaller size.
    const size_t rest = cut_to - cut_from;
    if (rest > sizeof(Header) + kBlockBytesMin)
      GiveBack(reinterpret_cast<Header*>(cut_from), ClassOf(rest - sizeof(Header) + 1) - 1);
    cut_from = reinterpret_cast<uintptr_t>(block);
    cut_to = cut_from + sizeof(Header) + BytesOf(i);
    return true;
  }
  return false;
}

Header* NewBlock(size_t bytes) {
  if (cut_to - cut_from >= sizeof(Header) + bytes || TakeBig(bytes)) {
    const uintptr_t piece = cut_from;
    cut_from += sizeof(Header) + bytes;
    return reinterpret_cast<Header*>(piece);
  }
  if (end_of_blocks == 0)
    end_of_blocks = (reinterpret_cast<uintptr_t>(&__heap_base) + 7) & ~uintptr_t{7};
  const uintptr_t block = end_of_blocks;
  const uintptr_t end = block + sizeof(Header) + bytes;
  const size_t memory_bytes = __builtin_wasm_memory_size(0) * kPageBytes;
  if (end > memory_bytes) {
    const size_t pages = (end - memory_bytes + kPageBytes - 1) / kPageBytes;
    if (__builtin_wasm_memory_grow(0, pages) == SIZE_MAX) return nullptr;
  }
  end_of_blocks = end;
  return reinterpret_cast<Header*>(block);
}

}  // namespace

extern "C" void* malloc(size_t bytes) {
  if (bytes > kBlockBytesMax) return nullptr;
  const size_t size_class = ClassOf(bytes);
  Header* block = free_blocks[size_class];
  if (block) {
    free_blocks[size_class] = block->next;
  } else {
    block = NewBlock(BytesOf(size_class));
    if (!block) return nullptr;
  }
  block->size_class = size_class;
  return block + 1;
}

extern "C" void free(void* memory) {
  if (!memory) return;
  Header* block = static_cast<Header*>(memory) - 1;
  GiveBack(block, block->size_class);
}
