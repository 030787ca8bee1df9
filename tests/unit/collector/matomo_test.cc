// Matomo: one query an event, the shop's own parameters, and the rule for what got no answer.
#include <gtest/gtest.h>

#include <map>

#include "collector_fixture.h"

namespace waymark_test {
namespace {

using Query = std::map<std::string, std::string>;

constexpr const char* kOptions = R"({"site_id":3})";
constexpr const char* kAgain = R"({"site_id":3,"unanswered":"again"})";

std::string Decoded(const std::string& text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      out += static_cast<char>(std::stoi(text.substr(i + 1, 2), nullptr, 16));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

Query Encoded(const Happening& happening, const char* options = kOptions) {
  const std::string text =
      EncodeJson(*MakeProtocol("matomo", options), happening).get<std::string>();
  EXPECT_EQ(text[0], '?');
  Query query;
  for (size_t at = 1; at < text.size();) {
    const size_t end = std::min(text.find('&', at), text.size());
    const size_t equals = text.find('=', at);
    query[text.substr(at, equals - at)] = Decoded(text.substr(equals + 1, end - equals - 1));
    at = end + 1;
  }
  return query;
}

std::string FatesAfter(const char* options, int status, const std::string& body = "",
                       int then = 200) {
  return Fates("matomo", Json::parse(options), {status, "", "", body}, 4, {then, "", ""});
}

TEST(MatomoTest, AnEventHasVisitorTimeAndPage) {
  const Query query = Encoded(Happening("lamp_rubbed", R"({"label":"a & b","value":2})"));
  EXPECT_EQ(query.at("idsite"), "3");
  EXPECT_EQ(query.at("rec"), "1");
  EXPECT_EQ(query.at("_id"), "1111111111114111");
  EXPECT_EQ(query.at("uid"), "u-100");
  EXPECT_EQ(query.at("cdt"), "1793817970");
  EXPECT_EQ(query.at("url"), "https://shop.example/p/7?utm_source=mail");
  EXPECT_EQ(query.at("urlref"), "https://search.example/");
  EXPECT_EQ(query.at("res"), "1920x1080");
  EXPECT_EQ(query.at("_rcn"), "spring");
  EXPECT_EQ(query.at("ca"), "1");
  EXPECT_EQ(query.at("e_c"), "event");
  EXPECT_EQ(query.at("e_a"), "lamp_rubbed");
  EXPECT_EQ(query.at("e_n"), "a & b");
  EXPECT_EQ(query.at("e_v"), "2");
  EXPECT_FALSE(query.contains("new_visit"));
}

TEST(MatomoTest, PagesScreensAndPeople) {
  EXPECT_EQ(Encoded(Happening::Page()).at("action_name"), "Compass");
  EXPECT_EQ(Encoded(Happening::Screen("Basket")).at("action_name"), "Basket");
  EXPECT_EQ(Encoded(Happening::Screen("Basket").WithContext("{}")).at("url"),
            "https://shop/Basket");
  const Query identify = Encoded(Happening::Identify(R"({"plan":"gold"})"));
  EXPECT_EQ(identify.at("ping"), "1");
  EXPECT_EQ(identify.at("uid"), "u-100");
}

TEST(MatomoTest, AnOrderHasItsOwnParameters) {
  const Query query = Encoded(Happening("order_completed", R"({"order_id":"A","total":"19.99",
      "tax":1,"shipping":2,"discount":3,"subtotal":16,"products":[
        {"sku":"s","name":"n","category":"c","price":"1.50","quantity":2},{"product_id":7},
        {"name":"no id"}]})"));
  EXPECT_EQ(query.at("idgoal"), "0");
  EXPECT_EQ(query.at("ec_id"), "A");
  EXPECT_EQ(query.at("revenue"), "19.99");
  EXPECT_EQ(query.at("ec_tx"), "1");
  EXPECT_EQ(query.at("ec_sh"), "2");
  EXPECT_EQ(query.at("ec_dt"), "3");
  EXPECT_EQ(query.at("ec_st"), "16");
  EXPECT_EQ(query.at("ec_items"), R"([["s","n","c",1.50,2],["7","","",0,1]])");
  EXPECT_FALSE(query.contains("e_c"));
  // Without an id it would be a cart.
  EXPECT_EQ(Encoded(Happening("order_completed", R"({"total":1})")).at("e_a"), "order_completed");
}

TEST(MatomoTest, OtherTouchpoints) {
  const Query search = Encoded(Happening("products_searched", R"({"query":"q","results":3})"));
  EXPECT_EQ(search.at("search"), "q");
  EXPECT_EQ(search.at("search_count"), "3");
  const Query product = Encoded(Happening("product_viewed", R"({"sku":"s","price":5})"));
  EXPECT_EQ(product.at("_pks"), "s");
  EXPECT_EQ(product.at("_pkp"), "5");
  EXPECT_EQ(product.at("e_c"), "pre_purchase");
  const Query cart =
      Encoded(Happening("cart_viewed", R"({"cart_total":5,"products":[{"sku":"s"}]})"));
  EXPECT_EQ(cart.at("idgoal"), "0");
  EXPECT_FALSE(cart.contains("ec_id"));
  EXPECT_EQ(cart.at("revenue"), "5");
  EXPECT_EQ(Encoded(Happening("cart_viewed", R"({"cart_value":6,"products":[]})")).at("revenue"),
            "6");
  const Query clicked = Encoded(Happening("promotion_clicked", R"({"promotion_id":"p"})"));
  EXPECT_EQ(clicked.at("c_n"), "p");
  EXPECT_EQ(clicked.at("c_i"), "click");
  EXPECT_EQ(
      Encoded(Happening("a", R"({"plan":"gold"})"), R"({"site_id":1,"dimensions":{"plan":4}})")
          .at("dimension4"),
      "gold");
}

TEST(MatomoTest, ADeidentifiedEventHasNeitherVisitorNorUser) {
  const Query query = Encoded(Happening("a", R"({"b":1})").Deidentified());
  for (const char* absent : {"_id", "uid", "new_visit", "res", "ua"}) {
    EXPECT_FALSE(query.contains(absent)) << absent;
  }
  EXPECT_EQ(query.at("url"), "https://shop/p/7");
  EXPECT_EQ(query.at("cdt"), "1793815200");
}

TEST(MatomoTest, OldEventsNeedTheToken) {
  EXPECT_EQ(MakeProtocol("matomo", kOptions)->rules().age_ms_max, 23LL * 3'600'000);
  const auto with = MakeProtocol("matomo", R"({"site_id":1,"token_auth":"abc"})");
  EXPECT_EQ(with->rules().age_ms_max, 30LL * 86'400'000);
  EXPECT_EQ(Json::parse(EncodeBody(*with, {&Happening("a").Anonymous()}))["token_auth"], "abc");
}

TEST(MatomoTest, Statuses) {
  for (int status : {200, 204}) EXPECT_EQ(FatesAfter(kOptions, status), "acknowledged 4");
  for (int status : {500, 503, 429}) EXPECT_EQ(FatesAfter(kOptions, status), "later 4");
  for (int status : {400, 401, 403}) EXPECT_EQ(FatesAfter(kOptions, status), "rejected 4");
  EXPECT_EQ(FatesAfter(kOptions, 413), "again 4");
  for (int status : {408, 502, 504}) {
    EXPECT_EQ(FatesAfter(kOptions, status), "unanswered 4");
    EXPECT_EQ(FatesAfter(kAgain, status), "later 4");
  }
}

TEST(MatomoTest, InvalidRequestsAreCountedAndWhereItSaysWhichAreTheOnesThatGo) {
  EXPECT_EQ(FatesAfter(kOptions, 200, R"({"status":"success","tracked":4,"invalid":0})"),
            "acknowledged 4");
  EXPECT_EQ(FatesAfter(kOptions, 200, R"({"status":"success","tracked":3,"invalid":1})"),
            "acknowledged 3, rejected 1");
  EXPECT_EQ(FatesAfter(kOptions, 200,
                       R"({"status":"success","tracked":2,"invalid":2,"invalid_indices":[0,3]})"),
            "acknowledged 2, rejected 2");
}

TEST(MatomoTest, WhatItTookBeforeItFailedIsNotSentAgainWhereNothingIsRolledBack) {
  constexpr const char* kStopped = R"({"status":"error","tracked":2,"invalid":1})";
  EXPECT_EQ(FatesAfter(kOptions, 500, kStopped), "later 4");
  EXPECT_EQ(FatesAfter(R"({"site_id":3,"transactions":false})", 500, kStopped),
            "acknowledged 2, rejected 1, later 1");
}

// What follows holds for every collector that cannot remove doubles.

Json LossesAfter(const char* options, const std::string& error, size_t* requests) {
  FakeHost host(OneCollector("matomo", Json::parse(options)));
  host.network = [&](const Request&) {
    return host.requests.empty() ? Answer{0, error, ""} : Answer();
  };
  host.Track("a");
  host.Advance(60'000);
  *requests = host.requests.size();
  return host.View()["collectors"]["c"]["lost"];
}

TEST(UnansweredTest, WhatNeverGotThereIsSentAgain) {
  size_t requests = 0;
  EXPECT_EQ(LossesAfter(kOptions, "network", &requests), Json::object());
  EXPECT_EQ(requests, 2u);
}

TEST(UnansweredTest, WhatMayHaveArrivedIsNot) {
  size_t requests = 0;
  EXPECT_EQ(LossesAfter(kOptions, "timeout", &requests), Json({{"unanswered", 1}}));
  EXPECT_EQ(requests, 1u);
  EXPECT_EQ(LossesAfter(kAgain, "timeout", &requests), Json::object());
  EXPECT_EQ(requests, 2u);
}

size_t RequestsOfAPageThatLeavesAndComesBack(const char* options, int64_t* unanswered) {
  Json config = OneCollector("matomo", Json::parse(options));
  config["consent"]["purposes"][1]["storage"] = true;
  FakeHost host(config, "https://shop.example");
  host.Settle();
  host.network = [](const Request& request) {
    return request.transport == "beacon" ? Answer{0, "queued", ""} : Answer{0, "", ""};
  };
  host.Track("on its way when the page goes");
  host.Advance(2'000);
  host.Track("goes with the page");
  host.Lifecycle("closing");
  host.Settle();
  EXPECT_EQ(host.requests.size(), 2u);
  EXPECT_EQ(host.requests.back().transport, "beacon");
  host.network = [](const Request&) { return Answer(); };
  host.Restart();
  host.Advance(60'000);
  *unanswered = host.View()["losses"]["unanswered"];
  return host.requests.size() - 2;
}

TEST(UnansweredTest, ABeaconIsNotFollowedByTheSameAgain) {
  int64_t unanswered = 0;
  EXPECT_EQ(RequestsOfAPageThatLeavesAndComesBack(kOptions, &unanswered), 0u);
  EXPECT_EQ(unanswered, 2);
}

TEST(UnansweredTest, UnlessTheOwnerWouldRatherCountTwice) {
  int64_t unanswered = 0;
  EXPECT_EQ(RequestsOfAPageThatLeavesAndComesBack(kAgain, &unanswered), 1u);
  EXPECT_EQ(unanswered, 0);
}

}  // namespace
}  // namespace waymark_test
