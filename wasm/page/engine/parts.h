// Stands before sdk/engine/parts.h where the engine is compiled for the page module, which has no
// part that a page can do without.
//
// The same as constants of the link would leave 0.7 KB more behind: what the compiler keeps because
// of a call that the linker takes away later it does not inline.
#ifndef WAYMARK_ENGINE_PARTS_H_
#define WAYMARK_ENGINE_PARTS_H_

namespace waymark {

inline constexpr bool kHasParts = false;

}  // namespace waymark

#endif  // WAYMARK_ENGINE_PARTS_H_
