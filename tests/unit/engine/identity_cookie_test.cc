// One visitor on all hosts of a domain: the key that a page keeps as a cookie.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/fake_host.h"

namespace waymark_test {
namespace {

constexpr const char* kCookie = "state/cookie";

Json SharingConfig() {
  Json config = ShopConfig();
  config["identity"] = {{"cookie_domain", "shop.example"}};
  return config;
}

// A host of the domain: its own store, and the cookie of all.
struct Site {
  explicit Site(int seed) : host(SharingConfig()) { host.entropy_seed = seed; }

  void Visit(const std::string& cookie = "") {
    if (!cookie.empty()) host.store[kCookie] = cookie;
    host.SetConsent({{"analytics", "granted"}});
    host.Track("product_viewed");
    host.Advance(1'000);
  }
  void Again(const std::string& cookie) {
    host.store[kCookie] = cookie;
    host.Restart();
    host.Track("product_viewed");
    host.Advance(1'000);
  }
  std::string Cookie() { return host.store[kCookie]; }
  std::string Id() { return host.View().value("anonymous_id", ""); }
  int Puts() const {
    int count = 0;
    for (const Json& effect : host.effects) count += effect.value("key", "") == kCookie;
    return count;
  }
  std::vector<std::string> Joined() {
    host.Advance(10'000);
    std::vector<std::string> previous;
    for (const Json& event : host.Delivered("segment")) {
      if (event["type"] == "alias") previous.push_back(event["previousId"]);
    }
    return previous;
  }

  FakeHost host;
};

TEST(IdentityCookieTest, AnotherHostOfTheDomainSeesTheSameVisitorAndSession) {
  Site www(1);
  www.Visit();
  EXPECT_LE(www.Cookie().size(), 400u);
  Site shop(2);
  shop.Visit(www.Cookie());
  EXPECT_EQ(shop.Id(), www.Id());
  EXPECT_EQ(shop.host.View()["session"]["id"], www.host.View()["session"]["id"]);
  EXPECT_EQ(shop.host.View()["session"]["event_index"], 2);
}

TEST(IdentityCookieTest, NothingIsReadOrPutBeforeTheGateAdmitsIt) {
  Site www(1);
  www.Visit();
  Site shop(2);
  shop.host.store[kCookie] = www.Cookie();
  shop.host.Track("product_viewed");
  shop.host.Settle();
  EXPECT_EQ(shop.Id(), "");
  for (const Json& effect : shop.host.effects) EXPECT_NE(effect.value("type", ""), "store_get");
  EXPECT_EQ(shop.Puts(), 0);
}

TEST(IdentityCookieTest, ItIsWrittenOnceAMinuteAtMost) {
  Site www(1);
  www.Visit();
  for (int i = 0; i < 50; ++i) {
    www.host.Track("product_viewed");
    www.host.Advance(1'000);
  }
  EXPECT_EQ(www.Puts(), 1);
  www.host.Advance(10'000);
  www.host.Track("product_viewed");
  www.host.Advance(1'000);
  EXPECT_EQ(www.Puts(), 2);
}

TEST(IdentityCookieTest, OfTwoUnknownVisitorsTheOlderIsBoth) {
  Site www(1);
  Site shop(2);
  www.Visit();
  shop.host.Advance(5'000);
  shop.Visit();
  const std::string younger = shop.Id();
  shop.Again(www.Cookie());
  EXPECT_EQ(shop.Id(), www.Id());
  EXPECT_THAT(shop.Joined(), testing::ElementsAre(younger));
}

TEST(IdentityCookieTest, TwoUsersStayApart) {
  Site www(1);
  Site shop(2);
  www.host.SetConsent({{"analytics", "granted"}});
  www.host.Identify("u1");
  www.Visit();
  shop.host.Advance(5'000);
  shop.host.SetConsent({{"analytics", "granted"}});
  shop.host.Identify("u2");
  shop.Visit();
  const std::string own = shop.Id();
  shop.Again(www.Cookie());
  EXPECT_EQ(shop.Id(), own);
  EXPECT_NE(shop.Id(), www.Id());
  EXPECT_THAT(shop.Joined(), testing::IsEmpty());
  EXPECT_EQ(shop.Cookie().find("u2"), std::string::npos) << "the cookie names nobody";
}

// The cookie says that somebody is known by this id, not who: no other user goes with it.
TEST(IdentityCookieTest, AnotherUserBeginsWithAnIdOfTheirOwn) {
  Site www(1);
  www.host.SetConsent({{"analytics", "granted"}});
  www.host.Identify("u1");
  www.Visit();
  for (const char* user : {"u1", "u2"}) {
    Site shop(2);
    shop.Visit(www.Cookie());
    ASSERT_EQ(shop.Id(), www.Id());
    shop.host.Restart();
    shop.host.Identify(user);
    shop.host.Settle();
    EXPECT_EQ(shop.Id() == www.Id(), std::string(user) == "u1");
    EXPECT_EQ(shop.host.View()["user_id"], user);
  }
}

// Another host of the domain has not heard of it, and puts the old id down again.
TEST(IdentityCookieTest, WhoHasLeftDoesNotComeBackByTheCookie) {
  const Json denied = {{"type", "set_consent"}, {"choices", {{"analytics", "denied"}}}};
  const Json granted = {{"type", "set_consent"}, {"choices", {{"analytics", "granted"}}}};
  for (const std::vector<Json>& calls :
       {std::vector<Json>{{{"type", "reset"}}}, std::vector<Json>{denied, granted}}) {
    Site shop(1);
    shop.Visit();
    const std::string old = shop.Cookie();
    const std::string left = shop.Id();
    shop.host.Advance(5'000);
    for (const Json& call : calls) {
      shop.host.Send(call);
      shop.host.Settle();
    }
    shop.Again(old);
    EXPECT_NE(shop.Id(), left) << calls[0].dump();
    shop.Again(old);
    EXPECT_NE(shop.Id(), left) << calls[0].dump();
    EXPECT_THAT(shop.Joined(), testing::IsEmpty());
  }
}

TEST(IdentityCookieTest, ItNeedsThePurposesOfStitching) {
  Json config = SharingConfig();
  config["identity"]["needs"] = {"marketing"};
  FakeHost host(config);
  host.SetConsent({{"analytics", "granted"}, {"marketing", "denied"}});
  host.Track("product_viewed");
  host.Settle();
  EXPECT_EQ(host.store.count(kCookie), 0u);
  host.SetConsent({{"marketing", "granted"}});
  host.Track("product_viewed");
  host.Advance(70'000);
  host.Track("product_viewed");
  host.Advance(1'000);
  EXPECT_EQ(host.store.count(kCookie), 1u);
  host.SetConsent({{"marketing", "denied"}});
  host.Advance(1'000);
  EXPECT_EQ(host.store.count(kCookie), 0u);
}

TEST(IdentityCookieTest, AResetAWithdrawalAndForgetDeleteIt) {
  const std::vector<Json> ends = {{{"type", "reset"}},
                                  {{"type", "set_consent"}, {"choices", {{"analytics", "denied"}}}},
                                  {{"type", "forget"}}};
  for (const Json& end : ends) {
    Site www(1);
    www.Visit();
    ASSERT_NE(www.Cookie(), "");
    www.host.Send(end);
    www.host.Advance(1'000);
    EXPECT_EQ(www.host.store.count(kCookie), 0u) << end.dump();
  }
}

TEST(IdentityCookieTest, WhatNobodyWroteIsNoCookie) {
  for (const char* text : {"", "1", "2~abc", "1~", "1~a~~9381797017938170~s~1~1~-9~1",
                           "1~a b~~1~s~1~1~1~1", "{}", "1~\"x\"", "1~x~~zz"}) {
    Site shop(2);
    shop.Visit(text);
    EXPECT_NE(shop.Id(), "");
  }
}

TEST(IdentityCookieTest, ItStandsInTheInventory) {
  Site www(1);
  www.Visit();
  EXPECT_NE(www.host.Query({{"query", "inventory"}}).dump().find(kCookie), std::string::npos);
}

}  // namespace
}  // namespace waymark_test
