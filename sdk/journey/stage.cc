#include "journey/stage.h"

#include "base/name_table.h"

namespace waymark {

Stage StageFrom(std::string_view name) {
  const int place = FindName(kStageNames, name);
  return place < 0 ? Stage::kNone : static_cast<Stage>(place);
}

std::string_view StageText(Stage stage) { return NameAt(kStageNames, static_cast<int>(stage)); }

StageState NextStage(const StageState& now, Stage touchpoint, bool buys, bool changes) {
  if (touchpoint == Stage::kNone) return now;
  StageState next = now;
  const bool after = now.stage == Stage::kPostPurchase || now.bought;
  const bool begins = touchpoint != Stage::kPostPurchase && (after || now.cycle == 0);
  if (begins && changes && now.cycle != 0) return now;
  if (begins) next = {Stage::kNone, false, now.cycle + 1};
  const bool buying = next.stage == Stage::kPurchase && touchpoint == Stage::kPrePurchase;
  if (!buying) next.stage = touchpoint;
  next.bought |= buys;
  return next;
}

}  // namespace waymark
