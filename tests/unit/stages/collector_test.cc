// The encoders, event by event. Whole batches stand in tests/contract/purchase.jsonl; schemas are
// judged in tests/e2e.
#include "collector/collector.h"

#include <gtest/gtest.h>

#include "event/vocabulary.h"
#include "nlohmann/json.hpp"

namespace waymark {
namespace {

using namespace std::string_view_literals;

using Json = nlohmann::json;

constexpr const char* kApp = R"({"id":"shop","version":"1","channel":"web"})";
constexpr const char* kSdk = R"({"name":"waymark-web","version":"0.1.0"})";

std::unique_ptr<Collector> Make(const std::string& protocol, const std::string& options) {
  const std::string entry = R"({"id":"c","protocol":")" + protocol +
                            R"(","url":"https://c.example/","options":)" + options + "}";
  List<Problem> problems;
  return MakeCollector(
      JsonView(entry),
      {JsonView(std::string_view(kApp)), JsonView(std::string_view(kSdk)), JsonView()},
      "/collectors/0", &problems);
}

Json Encode(const Collector& collector, const char* name, const char* properties) {
  OutgoingEvent event;
  event.name = name;
  event.message_id = "00000000-0000-8000-8000-000000000001";
  event.anonymous_id = JsonView(R"("11111111-1111-4111-8111-111111111111")"sv);
  event.time_ms = 5;
  event.properties = JsonView(std::string_view(properties));
  event.context = JsonView("{}"sv);
  String body;
  EXPECT_TRUE(collector.AppendEvent(event, {7, 0}, &body).ok());
  return Json::parse(std::string(std::string_view(body)));
}

Verdict Judge(const Collector& collector, int status) {
  CollectorAnswer answer;
  answer.status = status;
  answer.events = 2;
  return collector.JudgeAnswer(answer).verdict;
}

// The entities of a Snowplow event, by name.
std::map<std::string, std::vector<Json>> Entities(const Json& event) {
  std::map<std::string, std::vector<Json>> entities;
  if (!event.contains("co")) return entities;
  const Json contexts = Json::parse(event["co"].get<std::string>());
  for (const Json& entity : contexts["data"]) {
    const std::string schema = entity["schema"];
    const size_t vendor = schema.find('/');
    entities[schema.substr(vendor + 1, schema.find('/', vendor + 1) - vendor - 1)].push_back(
        entity["data"]);
  }
  return entities;
}

class SnowplowTest : public testing::Test {
 protected:
  std::unique_ptr<Collector> snowplow_ = Make("snowplow", "{}");
};

TEST_F(SnowplowTest, EveryValueIsAString) {
  const Json event =
      Encode(*snowplow_, "product_viewed", R"({"product_id":1,"price":2,"currency":"EUR"})");
  for (const auto& [key, value] : event.items()) EXPECT_TRUE(value.is_string()) << key;
  EXPECT_EQ(event["dtm"], "5");
  EXPECT_EQ(event["stm"], "7");
}

TEST_F(SnowplowTest, AnOrderBecomesTransactionAndProducts) {
  const auto entities = Entities(
      Encode(*snowplow_, "order_completed", R"({"order_id":"A","total":"19.999","currency":"EUR",
    "products":[{"sku":"s","price":1.5,"quantity":2},{"id":7,"price":0},
      {"name":"no id","price":1}]})"));
  ASSERT_EQ(entities.at("transaction").size(), 1u);
  EXPECT_EQ(entities.at("transaction")[0],
            Json::parse(R"json({"transaction_id":"A","revenue":20.00,"currency":"EUR",
    "payment_method":"(not set)","total_quantity":4})json"));
  ASSERT_EQ(entities.at("product").size(), 2u);
  EXPECT_EQ(entities.at("product")[0]["category"], "(not set)");
  EXPECT_EQ(entities.at("product")[1]["id"], "7");
}

TEST_F(SnowplowTest, AFieldOfTheWrongKindIsLeftOutNotSent) {
  const auto entities = Entities(
      Encode(*snowplow_, "product_viewed",
             R"({"product_id":"p","price":5,"currency":"EUR","quantity":1.5,"list_price":-1,
          "brand":["x"],"position":"3"})"));
  EXPECT_EQ(
      entities.at("product")[0],
      Json::parse(R"json({"id":"p","category":"(not set)","price":5.00,"currency":"EUR"})json"));
  EXPECT_TRUE(Entities(Encode(*snowplow_, "order_completed",
                              R"({"order_id":"A","total":1e9,"currency":"EUR"})"))
                  .empty());
  EXPECT_TRUE(Entities(Encode(*snowplow_, "order_completed",
                              R"({"order_id":"A","total":1,"currency":"Euro"})"))
                  .empty());
}

TEST_F(SnowplowTest, AFreeEventIsStructured) {
  const Json event = Encode(*snowplow_, "lamp_rubbed", R"({"label":"genie","value":3.5})");
  EXPECT_EQ(event["e"], "se");
  EXPECT_EQ(event["se_ca"], "event");
  EXPECT_EQ(event["se_ac"], "lamp_rubbed");
  EXPECT_EQ(event["se_la"], "genie");
  EXPECT_EQ(event["se_va"], "3.5");
}

TEST_F(SnowplowTest, JudgesAnswersAsItsTrackersDo) {
  for (int status : {200, 204}) EXPECT_EQ(Judge(*snowplow_, status), Verdict::kAccepted);
  for (int status : {400, 401, 403, 410, 422})
    EXPECT_EQ(Judge(*snowplow_, status), Verdict::kRejected);
  for (int status : {302, 404, 408, 429, 500, 503})
    EXPECT_EQ(Judge(*snowplow_, status), Verdict::kRetry);
  EXPECT_EQ(Judge(*snowplow_, 413), Verdict::kSplit);
}

TEST(SegmentTest, JudgesAnswersAsItsLibrariesDo) {
  const auto segment = Make("segment", R"({"write_key":"K"})");
  EXPECT_EQ(Judge(*segment, 200), Verdict::kAccepted);
  for (int status : {408, 410, 429, 460, 500, 502, 599})
    EXPECT_EQ(Judge(*segment, status), Verdict::kRetry);
  for (int status : {301, 401, 403, 404, 501, 505, 511})
    EXPECT_EQ(Judge(*segment, status), Verdict::kRejected);
  for (int status : {400, 413}) EXPECT_EQ(Judge(*segment, status), Verdict::kSplit);
}

TEST(SegmentTest, KeepsFreeNamesAndTranslatesTheVocabulary) {
  const auto segment = Make("segment", R"({"write_key":"K"})");
  EXPECT_EQ(Encode(*segment, "lamp_rubbed", "{}")["event"], "lamp_rubbed");
  EXPECT_EQ(Encode(*segment, "order_completed", "{}")["event"], "Order Completed");
  EXPECT_EQ(Encode(*segment, "product_added_to_wishlist", "{}")["event"],
            "Product Added to Wishlist");
  EXPECT_FALSE(Encode(*segment, "x", "").contains("properties"));
}

TEST(CollectorTest, WithoutAWriteKeyThereIsNoSegment) { EXPECT_EQ(Make("segment", "{}"), nullptr); }

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

}  // namespace
}  // namespace waymark
