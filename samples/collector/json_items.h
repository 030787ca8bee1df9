// Finds the items of a JSON array in its text, so that each can be shown as it was sent: a tree
// forgets blanks, escapes and how a number was written.
#ifndef WAYMARK_SAMPLES_COLLECTOR_JSON_ITEMS_H_
#define WAYMARK_SAMPLES_COLLECTOR_JSON_ITEMS_H_

#include <vector>

#include "absl/strings/string_view.h"

namespace waymark::collector {

// The texts of the items of the array that stands under the members `keys` of `text`, one inside
// the other. `text` must have passed ParseJson. Empty when there is no such array.
std::vector<absl::string_view> JsonItems(absl::string_view text,
                                         const std::vector<absl::string_view>& keys);

}  // namespace waymark::collector

#endif  // WAYMARK_SAMPLES_COLLECTOR_JSON_ITEMS_H_
