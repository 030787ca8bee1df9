// Stands before sdk/base/json_walk.h in WebAssembly: the same a byte at a time, where the compiler
// makes of it what was there without it.
#ifndef WAYMARK_BASE_JSON_WALK_H_
#define WAYMARK_BASE_JSON_WALK_H_

#include <cstddef>
#include <string_view>

namespace waymark {

class KnownEnd {
 protected:
  void LearnEnd(std::string_view) {}
  const char* known_end() const { return nullptr; }
};

inline size_t SkipPlain(std::string_view, size_t i) { return i; }

inline size_t SkipUnescaped(std::string_view, size_t i) { return i; }

inline const char* SkipText(const char* at) { return at; }

}  // namespace waymark

#endif  // WAYMARK_BASE_JSON_WALK_H_
