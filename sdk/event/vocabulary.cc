#include "event/vocabulary.h"

#include "base/name_table.h"

namespace waymark {
namespace {

constexpr Stage kPre = Stage::kPrePurchase;
constexpr Stage kBuy = Stage::kPurchase;
constexpr Stage kPost = Stage::kPostPurchase;

constexpr Touchpoint kTouchpoints[] = {
    {"products_searched", nullptr, kPre, Entities::kNone},
    {"product_list_viewed", "list_view", kPre, Entities::kProducts},
    {"product_list_filtered", nullptr, kPre, Entities::kNone},
    {"product_clicked", "list_click", kPre, Entities::kProduct},
    {"product_viewed", "product_view", kPre, Entities::kProduct},
    {"promotion_viewed", nullptr, kPre, Entities::kNone},
    {"promotion_clicked", nullptr, kPre, Entities::kNone},
    {"product_added_to_wishlist", nullptr, kPre, Entities::kNone},
    {"product_added", "add_to_cart", kBuy, Entities::kCart},
    {"product_removed", "remove_from_cart", kBuy, Entities::kCart},
    {"cart_viewed", nullptr, kBuy, Entities::kNone},
    {"checkout_started", nullptr, kBuy, Entities::kNone},
    {"checkout_step_viewed", "checkout_step", kBuy, Entities::kCheckoutStep},
    {"checkout_step_completed", nullptr, kBuy, Entities::kNone},
    {"payment_info_entered", nullptr, kBuy, Entities::kNone},
    {"coupon_entered", nullptr, kBuy, Entities::kNone},
    {"coupon_applied", nullptr, kBuy, Entities::kNone},
    {"coupon_denied", nullptr, kBuy, Entities::kNone},
    {"coupon_removed", nullptr, kBuy, Entities::kNone},
    {"order_updated", nullptr, kBuy, Entities::kNone},
    {"order_completed", "transaction", kBuy, Entities::kTransaction},
    {"order_refunded", "refund", kPost, Entities::kRefund},
    {"order_cancelled", nullptr, kPost, Entities::kNone},
    {"product_reviewed", nullptr, kPost, Entities::kNone},
};

}  // namespace

const Touchpoint* FindTouchpoint(std::string_view name) {
  for (const Touchpoint& touchpoint : kTouchpoints) {
    if (Is(name, touchpoint.name)) return &touchpoint;
  }
  return nullptr;
}

std::string_view StageName(Stage stage) {
  return NameAt("pre_purchase,purchase,post_purchase", static_cast<int>(stage));
}

}  // namespace waymark
