// Where a customer is in the journey: before, in or after a purchase.
#ifndef WAYMARK_JOURNEY_STAGE_H_
#define WAYMARK_JOURNEY_STAGE_H_

#include <cstdint>
#include <string_view>

namespace waymark {

// In the order of kStageNames.
enum class Stage : uint8_t { kNone, kPrePurchase, kPurchase, kPostPurchase };
inline constexpr const char* kStageNames = "none,pre_purchase,purchase,post_purchase";

// kNone for any other name.
Stage StageFrom(std::string_view name);
std::string_view StageText(Stage stage);

struct StageState {
  Stage stage = Stage::kNone;
  bool bought = false;  // in this cycle
  int64_t cycle = 0;    // 1 for the first way to a purchase
};

// What a touchpoint of the stage makes of the state; `buys`: it is an order.
//
//   now              pre_purchase        purchase            post_purchase
//   none             pre, cycle 1        purchase, cycle 1   post
//   pre_purchase     pre                 purchase            post
//   purchase         purchase            purchase            post
//    … and bought    pre, next cycle     next cycle [1]      post
//   post_purchase    pre, next cycle     next cycle          post
//
// Whoever looks at another product with a full cart is still buying. [1] An order that is changed
// after it was placed begins nothing: `changes`.
StageState NextStage(const StageState& now, Stage touchpoint, bool buys, bool changes);

}  // namespace waymark

#endif  // WAYMARK_JOURNEY_STAGE_H_
