// The page module is called through the C boundary (sdk/include/waymark/abi.h). Here stands what
// Emscripten's libraries would ask the host for, so that the module imports nothing at all:
// imports.txt.
#include <cstddef>
#include <cstdlib>
#include <new>

#include "waymark/abi.h"

// Memory is short, or an invariant is broken: the call ends in a trap, which the host sees as an
// exception.
// (`abort` and `exit` of the C library end here.)
extern "C" [[noreturn]] void __wasi_proc_exit(int) { __builtin_trap(); }

void* operator new(size_t bytes) {
  void* memory = std::malloc(bytes);
  if (!memory) std::abort();
  return memory;
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, size_t) noexcept { std::free(memory); }
