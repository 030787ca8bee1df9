// The place of a name in a table of names: how words of the config and of inputs become enumerators.
#ifndef WAYMARK_BASE_NAME_TABLE_H_
#define WAYMARK_BASE_NAME_TABLE_H_

#include <cstddef>
#include <cstring>
#include <string_view>

namespace waymark {

// -1 when the table does not have it.
inline int FindName(const char* const* names, int count, std::string_view name) {
  for (int i = 0; i < count; ++i) {
    if (name == names[i]) return i;
  }
  return -1;
}

template <int kCount>
int FindName(const char* const (&names)[kCount], std::string_view name) {
  return FindName(names, kCount, name);
}

}  // namespace waymark

#endif  // WAYMARK_BASE_NAME_TABLE_H_
