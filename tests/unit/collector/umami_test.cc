// Umami: views, events with data, people; and its joke for robots.
#include <gtest/gtest.h>

#include "collector_fixture.h"

namespace waymark_test {
namespace {

constexpr const char* kSite = "9c1a2f6e-3b7d-4a58-8f0e-5d6c7b8a9012";
const Json kOptions = {{"website_id", kSite}};
const Json kAgain = {{"website_id", kSite}, {"unanswered", "again"}};

Json Encoded(const Happening& happening, const Json& options = kOptions) {
  return EncodeJson(*MakeProtocol("umami", options.dump()), happening);
}

TEST(UmamiTest, AViewHasNoName) {
  EXPECT_EQ(Encoded(Happening::Page()), Json::parse(R"({"type":"event","payload":{
    "website":"9c1a2f6e-3b7d-4a58-8f0e-5d6c7b8a9012",
    "url":"https://shop.example/p/7?utm_source=mail","hostname":"shop.example",
    "screen":"1920x1080","language":"de-DE","title":"Compass",
    "referrer":"https://search.example/","id":"u-100","timestamp":1793817970}})"));
  EXPECT_EQ(Encoded(Happening::Screen("My Basket"))["payload"]["url"],
            "https://shop.example/My%20Basket");
  const Json screen = Encoded(Happening::Screen("My Basket").WithContext("{}"));
  EXPECT_EQ(screen["payload"]["url"], "https://shop/My%20Basket");
  EXPECT_EQ(screen["payload"]["hostname"], "shop");
  const Json named =
      Encoded(Happening::Page(), {{"website_id", kSite}, {"hostname", "h"}, {"tag", "t"}});
  EXPECT_EQ(named["payload"]["hostname"], "h");
  EXPECT_EQ(named["payload"]["tag"], "t");
}

TEST(UmamiTest, AnEventHasNameAndData) {
  const Json event = Encoded(Happening("product_added", R"({"price":1.5,"deep":{"a":[1]}})"));
  EXPECT_EQ(event["type"], "event");
  EXPECT_EQ(event["payload"]["name"], "Product Added");
  EXPECT_EQ(event["payload"]["data"], Json::parse(R"({"price":1.5,"deep":{"a":[1]}})"));
  const Json order =
      Encoded(Happening("order_completed", R"({"total":"19.99","currency":"EUR","tax":1})"));
  EXPECT_EQ(order["payload"]["data"],
            Json::parse(R"({"total":"19.99","tax":1,"revenue":19.99,"currency":"EUR"})"));
  EXPECT_FALSE(Encoded(Happening("a"))["payload"].contains("data"));
}

TEST(UmamiTest, APersonIsWhoIsKnown) {
  const Json identify = Encoded(Happening::Identify(R"({"plan":"gold"})"));
  EXPECT_EQ(identify["type"], "identify");
  EXPECT_EQ(identify["payload"]["id"], "u-100");
  EXPECT_EQ(identify["payload"]["data"]["plan"], "gold");
  const std::string anonymous = "11111111-1111-4111-8111-111111111111";
  EXPECT_EQ(Encoded(Happening("a").Anonymous())["payload"]["id"], anonymous);
  EXPECT_EQ(Encoded(Happening("a").WithUser("null"))["payload"]["id"], anonymous);
  EXPECT_EQ(Encoded(Happening("a").WithUser(std::string(51, 'x')))["payload"]["id"], anonymous);
  EXPECT_EQ(Encoded(Happening("a").WithUser(std::string(50, 'x')))["payload"]["id"],
            std::string(50, 'x'));
}

TEST(UmamiTest, ADeidentifiedEventHasNoId) {
  const Json event = Encoded(Happening("a", R"({"b":1})").Deidentified());
  EXPECT_EQ(event["payload"], Json::parse(R"({"website":"9c1a2f6e-3b7d-4a58-8f0e-5d6c7b8a9012",
    "url":"https://shop/p/7","hostname":"shop","timestamp":1793815200,"name":"a"})"));
}

TEST(UmamiTest, OneEventARequestWithoutAPreflight) {
  FakeHost host(OneCollector("umami", kOptions), "https://shop.example");
  host.Settle();
  host.Track("a");
  host.Lifecycle("closing");
  host.Settle();
  ASSERT_EQ(host.requests.size(), 1u);
  EXPECT_EQ(host.requests[0].url, "https://c.example/api/send");
  EXPECT_EQ(host.requests[0].headers, Json({{"Content-Type", "text/plain"}}));
  EXPECT_EQ(host.requests[0].transport, "beacon");
}

TEST(UmamiTest, AnswersOfOneThatCannotRemoveDoubles) {
  const auto fates = [](const Json& options, int status, const std::string& body = "") {
    return Fates("umami", options, {status, "", "", body}, 1);
  };
  EXPECT_EQ(fates(kOptions, 200, R"({"cache":"x","sessionId":"y","visitId":"z"})"),
            "acknowledged 1");
  EXPECT_EQ(fates(kOptions, 200, R"({"beep":"boop"})"), "rejected 1");
  for (int status : {400, 401, 403, 405}) EXPECT_EQ(fates(kOptions, status), "rejected 1");
  for (int status : {429, 500, 503}) EXPECT_EQ(fates(kOptions, status), "later 1");
  EXPECT_EQ(fates(kOptions, 413), "oversize 1");
  for (int status : {408, 502, 504}) {
    EXPECT_EQ(fates(kOptions, status), "unanswered 1");
    EXPECT_EQ(fates(kAgain, status), "later 1");
  }
}

}  // namespace
}  // namespace waymark_test
