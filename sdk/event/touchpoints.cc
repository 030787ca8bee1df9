#include "event/touchpoints.h"

#include "base/name_table.h"

namespace waymark {
namespace {

#include "event/vocabulary_rows.inc"

}  // namespace

int FindAnyTouchpoint(std::string_view name) { return FindName(kTouchpoints, name); }

std::string_view TouchpointStage(int touchpoint) {
  if (touchpoint < 0 || touchpoint >= kStagePlaces[3]) return std::string_view();
  return NameAt("pre_purchase,purchase,post_purchase",
                (touchpoint >= kStagePlaces[1]) + (touchpoint >= kStagePlaces[2]));
}

std::string_view TouchpointRow(int touchpoint) { return kRows[touchpoint]; }

std::string_view TouchpointObject(std::string_view name) {
  const int place = FindName(kObjects, name);
  return place < 0 ? std::string_view() : kObjectRows[place];
}

}  // namespace waymark
