// A text as a person would read it: the escapes of JSON and of URLs undone, as often as they were
// laid over each other. What hides behind \u0040 or %2540 is an @ all the same.
#ifndef WAYMARK_PRIVACY_PLAIN_TEXT_H_
#define WAYMARK_PRIVACY_PLAIN_TEXT_H_

#include <cstdint>
#include <string_view>

#include "base/list.h"
#include "base/string.h"

namespace waymark {

struct PlainText {
  String text;
  // Where each byte stood before, and one place more: the size of what was read.
  List<uint32_t> place;
};

// `escaped`: as it stands between the quotes of checked JSON text. Time grows as it does.
void ReadPlainText(std::string_view escaped, PlainText* plain);

}  // namespace waymark

#endif  // WAYMARK_PRIVACY_PLAIN_TEXT_H_
