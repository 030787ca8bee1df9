#include "base/name_table.h"

namespace waymark {

std::string_view NameAt(const char* names, int place) {
  for (; place > 0; ++names) place -= *names == ',';
  const char* end = names;
  while (*end != ',' && *end != '\0') ++end;
  return std::string_view(names, static_cast<size_t>(end - names));
}

int FindName(const char* names, std::string_view name) {
  for (int place = 0;; ++place) {
    const std::string_view at = NameAt(names, 0);
    if (at == name) return place;
    names = at.data() + at.size();
    if (*names++ == '\0') return -1;
  }
}

bool Is(std::string_view text, const char* name) {
  for (const char c : text) {
    if (*name == '\0' || *name++ != c) return false;
  }
  return *name == '\0';
}

}  // namespace waymark
