// The names that have a meaning of their own.
#include "event/vocabulary.h"

#include <gtest/gtest.h>

#include "event/touchpoints.h"

namespace waymark {
namespace {

TEST(VocabularyTest, NamesAreSnakeCaseAndFound) {
  for (const char* name :
       {"product_viewed", "order_completed", "order_refunded", "coupon_applied"}) {
    ASSERT_GE(FindTouchpoint(name), 0) << name;
  }
  EXPECT_EQ(FindTouchpoint("Order Completed"), -1);
  EXPECT_EQ(FindTouchpoint(""), -1);
}

// One row of docs/vocabulary.md each.
TEST(VocabularyTest, WhatStandsAtOnePlaceBelongsTogether) {
  struct Row {
    const char* name;
    const char* stage;
    const char* action;
    enum Entities entities;  // a function here has the same name
  };
  for (const Row& row :
       {Row{"products_searched", "pre_purchase", "", Entities::kNone},
        Row{"product_list_viewed", "pre_purchase", "list_view", Entities::kProducts},
        Row{"product_list_filtered", "pre_purchase", "", Entities::kNone},
        Row{"product_clicked", "pre_purchase", "list_click", Entities::kProduct},
        Row{"product_viewed", "pre_purchase", "product_view", Entities::kProduct},
        Row{"promotion_viewed", "pre_purchase", "", Entities::kNone},
        Row{"promotion_clicked", "pre_purchase", "", Entities::kNone},
        Row{"product_added_to_wishlist", "pre_purchase", "", Entities::kNone},
        Row{"product_added", "purchase", "add_to_cart", Entities::kCart},
        Row{"product_removed", "purchase", "remove_from_cart", Entities::kCart},
        Row{"cart_viewed", "purchase", "", Entities::kNone},
        Row{"checkout_started", "purchase", "", Entities::kNone},
        Row{"checkout_step_viewed", "purchase", "checkout_step", Entities::kCheckoutStep},
        Row{"checkout_step_completed", "purchase", "", Entities::kNone},
        Row{"payment_info_entered", "purchase", "", Entities::kNone},
        Row{"coupon_entered", "purchase", "", Entities::kNone},
        Row{"coupon_applied", "purchase", "", Entities::kNone},
        Row{"coupon_denied", "purchase", "", Entities::kNone},
        Row{"coupon_removed", "purchase", "", Entities::kNone},
        Row{"order_updated", "purchase", "", Entities::kNone},
        Row{"order_completed", "purchase", "transaction", Entities::kTransaction},
        Row{"order_refunded", "post_purchase", "refund", Entities::kRefund},
        Row{"order_cancelled", "post_purchase", "", Entities::kNone},
        Row{"product_reviewed", "post_purchase", "", Entities::kNone}}) {
    const int place = FindTouchpoint(row.name);
    ASSERT_GE(place, 0) << row.name;
    EXPECT_EQ(StageName(place), row.stage) << row.name;
    EXPECT_EQ(SnowplowAction(place), row.action) << row.name;
    EXPECT_EQ(EntitiesOf(place), row.entities) << row.name;
  }
}

TEST(VocabularyTest, EveryTouchpointHasAStageAndARow) {
  EXPECT_EQ(TouchpointStage(FindAnyTouchpoint("newsletter_signed_up")), "pre_purchase");
  EXPECT_EQ(TouchpointStage(FindAnyTouchpoint("pickup_collected")), "purchase");
  EXPECT_EQ(TouchpointStage(FindAnyTouchpoint("support_call_solved")), "post_purchase");
  EXPECT_EQ(TouchpointStage(FindAnyTouchpoint("form_abandoned")), "");
  EXPECT_EQ(FindAnyTouchpoint("lamp_rubbed"), -1);
  EXPECT_EQ(TouchpointRow(FindAnyTouchpoint("products_searched")),
            "query!t\nresults:n0..\ncategory:t");
  EXPECT_EQ(TouchpointObject("filter"), "type:t");
  EXPECT_EQ(TouchpointObject("lamp"), "");
}

}  // namespace
}  // namespace waymark
