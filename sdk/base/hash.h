// A number that stands for a text: for choosing a share of many, and for telling things apart that
// nobody wants to confuse. Not for secrets.
#ifndef WAYMARK_BASE_HASH_H_
#define WAYMARK_BASE_HASH_H_

#include <cstdint>
#include <string_view>

namespace waymark {

inline constexpr uint64_t kHashSeed = 0xcbf29ce484222325;

// FNV-1a, finished by a multiplication that spreads the counter at the end of message ids over all
// bits. `seed`: the hash of what stands before the text.
uint64_t HashOf(std::string_view text, uint64_t seed = kHashSeed);

}  // namespace waymark

#endif  // WAYMARK_BASE_HASH_H_
