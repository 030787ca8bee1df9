// The small language in which a config describes numbers of its own: national ids, customer cards.
//
//   9 a digit   A a letter   X a letter or a digit   \c the sign c itself
//   any other sign stands for itself, letters in either case
//   behind one of these:  ? it may be missing   {n} n times   {n,m} n to m times
//
//   999-99-9999        a Social Security number of the United States
//   99 ?999 ?999 ?999  a German tax id, with blanks or without
//
// A match begins and ends at the border of a word: no letter and no digit stands beside it. There
// are no alternatives, groups or classes, so that matching takes at most kPatternSignsMax steps a
// place, whatever the text.
#ifndef WAYMARK_PRIVACY_PATTERN_H_
#define WAYMARK_PRIVACY_PATTERN_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/limits.h"
#include "base/status.h"

namespace waymark {

// A place of a pattern may be filled, and where one may be one is all there is to know: bits of
// words. Nothing in it needs to be freed.
struct TextPattern {
  uint8_t signs = 0;
  char sign[kPatternSignsMax] = {};           // the sign itself, or what kind
  uint64_t kinds = 0;                         // bits of places that stand for a kind
  uint64_t after[kPatternSignsMax + 1] = {};  // where one may stand when that many are filled
};

// Reads a pattern; `not_allowed` says what of it is no pattern, or matches too much.
StatusOr<TextPattern> ReadTextPattern(std::string_view text, std::string_view pointer);

// How many bytes of the text the pattern takes, from its start and as many as it can; 0: it is not
// there. `text` begins at the border of a word.
size_t MatchPattern(const TextPattern& pattern, std::string_view text);

}  // namespace waymark

#endif  // WAYMARK_PRIVACY_PATTERN_H_
