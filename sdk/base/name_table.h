// Names in one text, "consent,contract,exempt": how words of the config and of inputs become
// enumerators, and the other way.
//
// One text instead of an array of them: pointers do not compress.
#ifndef WAYMARK_BASE_NAME_TABLE_H_
#define WAYMARK_BASE_NAME_TABLE_H_

#include <string_view>

namespace waymark {

// The place of a name, from 0; -1 when the names do not have it. Names hold no comma.
int FindName(const char* names, std::string_view name);

// The name at a place that the names have.
std::string_view NameAt(const char* names, int place);

// Whether the text is `name`. Shorter to call than the comparison of two views.
bool Is(std::string_view text, const char* name);

}  // namespace waymark

#endif  // WAYMARK_BASE_NAME_TABLE_H_
