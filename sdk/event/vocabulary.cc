#include "event/vocabulary.h"

#include "base/name_table.h"

namespace waymark {
namespace {

constexpr Stage kPre = Stage::kPrePurchase;
constexpr Stage kBuy = Stage::kPurchase;
constexpr Stage kPost = Stage::kPostPurchase;

constexpr Touchpoint kTouchpoints[] = {
    {"products_searched", "Products Searched", nullptr, kPre, Entities::kNone},
    {"product_list_viewed", "Product List Viewed", "list_view", kPre, Entities::kProducts},
    {"product_list_filtered", "Product List Filtered", nullptr, kPre, Entities::kNone},
    {"product_clicked", "Product Clicked", "list_click", kPre, Entities::kProduct},
    {"product_viewed", "Product Viewed", "product_view", kPre, Entities::kProduct},
    {"promotion_viewed", "Promotion Viewed", nullptr, kPre, Entities::kNone},
    {"promotion_clicked", "Promotion Clicked", nullptr, kPre, Entities::kNone},
    {"product_added_to_wishlist", "Product Added to Wishlist", nullptr, kPre, Entities::kNone},
    {"product_added", "Product Added", "add_to_cart", kBuy, Entities::kCart},
    {"product_removed", "Product Removed", "remove_from_cart", kBuy, Entities::kCart},
    {"cart_viewed", "Cart Viewed", nullptr, kBuy, Entities::kNone},
    {"checkout_started", "Checkout Started", nullptr, kBuy, Entities::kNone},
    {"checkout_step_viewed", "Checkout Step Viewed", "checkout_step", kBuy,
     Entities::kCheckoutStep},
    {"checkout_step_completed", "Checkout Step Completed", nullptr, kBuy, Entities::kNone},
    {"payment_info_entered", "Payment Info Entered", nullptr, kBuy, Entities::kNone},
    {"coupon_entered", "Coupon Entered", nullptr, kBuy, Entities::kNone},
    {"coupon_applied", "Coupon Applied", nullptr, kBuy, Entities::kNone},
    {"coupon_denied", "Coupon Denied", nullptr, kBuy, Entities::kNone},
    {"coupon_removed", "Coupon Removed", nullptr, kBuy, Entities::kNone},
    {"order_updated", "Order Updated", nullptr, kBuy, Entities::kNone},
    {"order_completed", "Order Completed", "transaction", kBuy, Entities::kTransaction},
    {"order_refunded", "Order Refunded", "refund", kPost, Entities::kRefund},
    {"order_cancelled", "Order Cancelled", nullptr, kPost, Entities::kNone},
    {"product_reviewed", "Product Reviewed", nullptr, kPost, Entities::kNone},
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
