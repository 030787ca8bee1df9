#include "event/vocabulary.h"

#include "base/name_table.h"

namespace waymark {
namespace {

// Texts side by side and no table: what stands at one place belongs together. Pointers would double
// the bytes of the names.
#include "event/vocabulary_names.inc"

}  // namespace

int FindTouchpoint(std::string_view name) { return FindName(kNames, name); }

std::string_view SnowplowAction(int touchpoint) { return NameAt(kActions, touchpoint); }

Entities EntitiesOf(int touchpoint) { return static_cast<Entities>(kEntities[touchpoint] - '0'); }

std::string_view StageName(int touchpoint) {
  return NameAt("pre_purchase,purchase,post_purchase",
                (touchpoint >= kPurchase) + (touchpoint >= kPostPurchase));
}

}  // namespace waymark
