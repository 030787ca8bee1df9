// Plausible: page views and goals, and nothing that knows anybody.
#include <gtest/gtest.h>

#include "collector_fixture.h"

namespace waymark_test {
namespace {

constexpr const char* kOptions = R"({"domain":"shop.example"})";
constexpr const char* kAgain = R"({"domain":"shop.example","unanswered":"again"})";

Json Encoded(const Happening& happening) {
  return EncodeJson(*MakeProtocol("plausible", kOptions), happening);
}

TEST(PlausibleTest, PagesAndScreensAreViews) {
  EXPECT_EQ(Encoded(Happening::Page()), Json::parse(R"({"n":"pageview",
    "u":"https://shop.example/p/7?utm_source=mail","d":"shop.example",
    "r":"https://search.example/"})"));
  EXPECT_EQ(Encoded(Happening::Screen("My Basket"))["u"], "https://shop.example/My%20Basket");
  EXPECT_EQ(Encoded(Happening::Screen("My Basket").WithContext("{}")),
            Json::parse(R"({"n":"pageview","u":"https://shop.example/My%20Basket",
                            "d":"shop.example"})"));
}

TEST(PlausibleTest, OtherEventsAreGoalsWithPlainProperties) {
  const Json event = Encoded(Happening("product_added", R"({"name":"ä","price":1.5,"new":true,
    "tags":["a"],"deep":{"a":1},"none":null})"));
  EXPECT_EQ(event["n"], "Product Added");
  EXPECT_EQ(event["p"], Json::parse(R"({"name":"ä","price":1.5,"new":true})"));
  EXPECT_FALSE(Encoded(Happening("a", R"({"tags":[1]})")).contains("p"));
  EXPECT_FALSE(event.contains("$"));
}

TEST(PlausibleTest, AnOrderHasRevenue) {
  const auto revenue = [](const char* properties) {
    return Encoded(Happening("order_completed", properties)).value("$", Json());
  };
  EXPECT_EQ(revenue(R"({"total":"19.99","currency":"EUR"})"),
            Json::parse(R"({"amount":19.99,"currency":"EUR"})"));
  EXPECT_EQ(revenue(R"({"total":1})"), Json());
  EXPECT_EQ(revenue(R"({"currency":"EUR"})"), Json());
}

TEST(PlausibleTest, NobodyIsTold) {
  const std::string text =
      Encode(*MakeProtocol("plausible", kOptions), Happening("a", R"({"b":1})"));
  for (const char* id : {"u-100", "11111111-", "22222222-", "0a1b2c3d-"}) {
    EXPECT_EQ(text.find(id), std::string::npos) << id;
  }
  EXPECT_EQ(Encode(*MakeProtocol("plausible", kOptions), Happening::Identify(R"({"a":1})")), "");
  EXPECT_EQ(Encoded(Happening::Page().Deidentified()),
            Json::parse(R"({"n":"pageview","u":"https://shop.example/p/7","d":"shop.example"})"));
}

TEST(PlausibleTest, IdentifyIsSettledWithoutALoss) {
  FakeHost host(OneCollector("plausible", Json::parse(kOptions)));
  host.Identify("u-1");
  host.Track("a");
  host.Advance(5'000);
  EXPECT_EQ(host.requests.size(), 1u);
  EXPECT_EQ(host.View()["queue"]["events"], 0);
  EXPECT_EQ(host.View()["collectors"]["c"]["lost"], Json::object());
}

TEST(PlausibleTest, WhatIsTooLongIsCutOrRefused) {
  Json many = Json::object();
  for (int i = 0; i < 40; ++i) many["p" + std::to_string(i)] = i;
  EXPECT_EQ(Encoded(Happening("a", many.dump()))["p"].size(), 30u);
  const Json text = {{"t", std::string(3'000, 'x')}, {std::string(301, 'k'), 1}};
  const Json cut = Encoded(Happening("a", text.dump()))["p"];
  EXPECT_EQ(cut.size(), 1u);
  EXPECT_EQ(cut["t"].get<std::string>().size(), 2'000u);
  const Json page = {{"page", {{"url", "https://shop.example/a?" + std::string(2'000, 'x')}}}};
  EXPECT_EQ(Encoded(Happening::Page().WithContext(page.dump()))["u"], "https://shop.example/a");
  EXPECT_EQ(Encode(*MakeProtocol("plausible", kOptions), Happening(std::string(121, 'n'))),
            "refused: /name: more than 120 characters (at most 120 characters)");
}

TEST(PlausibleTest, OneEventARequestWithoutAPreflight) {
  FakeHost host(OneCollector("plausible", Json::parse(kOptions)), "https://shop.example");
  host.Settle();
  host.Track("a");
  host.Track("b");
  host.Lifecycle("closing");
  host.Settle();
  ASSERT_EQ(host.requests.size(), 2u);
  EXPECT_EQ(host.requests[0].url, "https://c.example/api/event");
  EXPECT_EQ(host.requests[0].headers, Json({{"Content-Type", "text/plain"}}));
  EXPECT_EQ(host.requests[0].json["n"], "a");
  EXPECT_EQ(host.requests[1].transport, "beacon");
}

TEST(PlausibleTest, AnswersOfOneThatCannotRemoveDoubles) {
  const auto fates = [](const char* options, int status) {
    return Fates("plausible", Json::parse(options), {status, "", ""}, 1);
  };
  for (int status : {200, 202}) EXPECT_EQ(fates(kOptions, status), "acknowledged 1");
  for (int status : {400, 401, 403, 404}) EXPECT_EQ(fates(kOptions, status), "rejected 1");
  for (int status : {429, 500, 503}) EXPECT_EQ(fates(kOptions, status), "later 1");
  EXPECT_EQ(fates(kOptions, 413), "oversize 1");
  for (int status : {408, 502, 504}) {
    EXPECT_EQ(fates(kOptions, status), "unanswered 1");
    EXPECT_EQ(fates(kAgain, status), "later 1");
  }
}

TEST(PlausibleTest, WhatWaitedForADayIsNotCountedOnAWrongOne) {
  FakeHost host(OneCollector("plausible", Json::parse(kOptions)));
  host.network = [](const Request&) { return Answer{503, "", ""}; };
  host.Track("a");
  host.Advance(25 * 3'600'000);
  EXPECT_EQ(host.View()["collectors"]["c"]["lost"], Json({{"age", 1}}));
}

}  // namespace
}  // namespace waymark_test
