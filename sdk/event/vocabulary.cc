#include "event/vocabulary.h"

#include "base/name_table.h"

namespace waymark {
namespace {

// Texts side by side and no table: what stands at one place belongs together. Pointers would double
// the bytes of the names.
constexpr const char* kNames =
    // before the purchase
    "products_searched,product_list_viewed,product_list_filtered,product_clicked,"
    "product_viewed,promotion_viewed,promotion_clicked,product_added_to_wishlist,"
    // the purchase
    "product_added,product_removed,cart_viewed,checkout_started,"
    "checkout_step_viewed,checkout_step_completed,payment_info_entered,coupon_entered,"
    "coupon_applied,coupon_denied,coupon_removed,order_updated,"
    "order_completed,"
    // after it
    "order_refunded,order_cancelled,product_reviewed";
constexpr int kPurchase = 8;  // the first place of the stage
constexpr int kPostPurchase = 21;

// Snowplow's actions; nothing where there is none.
constexpr const char* kActions =
    ",list_view,,list_click,product_view,,,,"
    "add_to_cart,remove_from_cart,,,checkout_step,,,,,,,,"
    "transaction,"
    "refund,,";

// In the order of Entities.
constexpr char kEntities[] =
    "02011000"
    "3300400000005"
    "600";

}  // namespace

int FindTouchpoint(std::string_view name) { return FindName(kNames, name); }

std::string_view SnowplowAction(int touchpoint) { return NameAt(kActions, touchpoint); }

Entities EntitiesOf(int touchpoint) { return static_cast<Entities>(kEntities[touchpoint] - '0'); }

std::string_view StageName(int touchpoint) {
  return NameAt("pre_purchase,purchase,post_purchase",
                (touchpoint >= kPurchase) + (touchpoint >= kPostPurchase));
}

}  // namespace waymark
