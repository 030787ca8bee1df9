// Ids that a purpose has for itself: docs/identity.md.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "fakes/fake_host.h"

namespace waymark_test {
namespace {

// The warehouse needs analytics, the ads marketing, the insights both.
Json OwnIdsConfig() {
  Json config = ShopConfig();
  const auto segment = [](const char* id, Json needs) {
    return Json{{"id", id},
                {"protocol", "segment"},
                {"url", std::string("https://") + id + ".example"},
                {"needs", std::move(needs)},
                {"options", {{"write_key", "K"}}}};
  };
  config["consent"]["purposes"] = {
      {{"id", "analytics"}, {"basis", "consent"}, {"storage", true}},
      {{"id", "marketing"}, {"basis", "consent"}, {"storage", true}, {"ids", "own"}},
      {{"id", "records"}, {"basis", "legal_obligation"}, {"storage", true}}};
  config["consent"]["records"] = "owner";
  config["collectors"] = {segment("warehouse", {"analytics"}), segment("ads", {"marketing"}),
                          segment("insights", {"analytics", "marketing"}),
                          segment("owner", {"records"})};
  return config;
}

class OwnIdsTest : public testing::Test {
 protected:
  void Choose(const std::string& analytics, const std::string& marketing) {
    host_.SetConsent({{"analytics", analytics}, {"marketing", marketing}});
    host_.Settle();
  }

  // Under which id, and which session, each collector gets an event now.
  Json Ids(const std::string& name) {
    host_.Track(name);
    host_.Advance(10'000);
    Json ids = Json::object();
    for (const char* collector : {"warehouse", "ads", "insights"}) {
      for (const Json& event : host_.Delivered(collector)) {
        if (event.value("event", "") != name) continue;
        ids[collector] = event["anonymousId"];
        ids[std::string(collector) + "/session"] = event["context"]["session"]["id"];
      }
    }
    return ids;
  }

  FakeHost host_{OwnIdsConfig()};
};

TEST_F(OwnIdsTest, EachPurposeKnowsThePersonUnderAnotherId) {
  Choose("granted", "granted");
  const Json ids = Ids("a");
  std::set<std::string> different;
  for (const auto& [who, id] : ids.items()) different.insert(id.dump());
  EXPECT_EQ(ids["warehouse"], host_.View()["anonymous_id"]);
  EXPECT_EQ(ids["ads"], ids["insights"]);  // both are of the one purpose
  EXPECT_EQ(different.size(), 4u) << ids;  // two ids, two sessions
  EXPECT_EQ(host_.View()["own_ids"], Json({{"ads", ids["ads"]}, {"insights", ids["insights"]}}));
}

TEST_F(OwnIdsTest, TheyStayWhenThePageComesBack) {
  Choose("granted", "granted");
  const Json ids = Ids("a");
  host_.Restart();
  EXPECT_EQ(Ids("b"), ids);
}

TEST_F(OwnIdsTest, WithdrawingOneTouchesNoOther) {
  Choose("granted", "granted");
  const Json before = Ids("a");
  Choose("granted", "denied");
  EXPECT_EQ(Json::parse(host_.store["consent/record"]).value("id_salts", Json()), Json());
  const Json between = Ids("b");
  EXPECT_EQ(between.size(), 2u);
  EXPECT_EQ(between["warehouse"], before["warehouse"]);
  Choose("granted", "granted");
  const Json after = Ids("c");
  EXPECT_EQ(after["warehouse"], before["warehouse"]);
  EXPECT_EQ(after["warehouse/session"], before["warehouse/session"]);
  EXPECT_NE(after["ads"], before["ads"]);
}

TEST_F(OwnIdsTest, AWithdrawalAndAGrantInOneTaskDrawAnother) {
  Choose("granted", "granted");
  const Json before = Ids("a");
  host_.SetConsent({{"analytics", "granted"}, {"marketing", "denied"}});
  host_.SetConsent({{"analytics", "granted"}, {"marketing", "granted"}});
  const Json after = Ids("b");
  EXPECT_NE(after["ads"], before["ads"]);
  EXPECT_EQ(after["warehouse"], before["warehouse"]);
}

TEST_F(OwnIdsTest, WithdrawingWhatHasNoneBeginsAllAnew) {
  Choose("granted", "granted");
  const Json before = Ids("a");
  Choose("denied", "granted");
  Choose("granted", "granted");
  const Json after = Ids("b");
  for (const auto& [who, id] : before.items()) EXPECT_NE(after[who], id) << who;
}

TEST_F(OwnIdsTest, SomebodyElseHasOthers) {
  Choose("granted", "granted");
  const Json before = Ids("a");
  host_.Reset();
  const Json after = Ids("b");
  for (const auto& [who, id] : before.items()) EXPECT_NE(after[who], id) << who;
}

TEST_F(OwnIdsTest, NoneIsMadeForWhatIsRefused) {
  Choose("granted", "denied");
  Ids("a");
  EXPECT_FALSE(host_.View().contains("own_ids"));
  EXPECT_FALSE(Json::parse(host_.store["consent/record"]).contains("id_salts"));
}

TEST_F(OwnIdsTest, TheOwnerIsToldUnderWhichToDelete) {
  Choose("granted", "granted");
  const Json ids = Ids("a");
  Choose("granted", "denied");
  host_.Advance(10'000);
  Json asked;
  for (const Json& event : host_.Delivered("owner")) {
    if (event["event"] == "deletion_requested") asked = event["properties"]["own_ids"];
  }
  EXPECT_EQ(asked, Json({{"ads", ids["ads"]}, {"insights", ids["insights"]}}));
}

TEST_F(OwnIdsTest, AnAliasNamesTheIdThatTheCollectorKnows) {
  Choose("granted", "granted");
  const Json ids = Ids("a");
  host_.Alias("u1", host_.View()["anonymous_id"]);
  host_.Advance(10'000);
  for (const char* collector : {"warehouse", "ads"}) {
    const Json alias = host_.Delivered(collector).back();
    EXPECT_EQ(alias["type"], "alias");
    EXPECT_EQ(alias["previousId"], ids[collector]) << collector;
  }
}

// They are nobody's there who has an id of its own.
TEST_F(OwnIdsTest, AnotherDevicesIdIsToldToThoseWhoShareThis) {
  Choose("granted", "granted");
  Ids("a");
  host_.Send({{"type", "import_id"}, {"source", "ga"}, {"id", "12345.67890"}});
  host_.Advance(10'000);
  const auto aliases = [&](const char* collector) {
    int count = 0;
    for (const Json& event : host_.Delivered(collector)) count += event["type"] == "alias";
    return count;
  };
  EXPECT_EQ(aliases("warehouse"), 1);
  EXPECT_EQ(aliases("ads"), 0);
  EXPECT_EQ(aliases("insights"), 0);
}

// What another tab has put down counts here at once.
TEST_F(OwnIdsTest, AnotherTabsAreTaken) {
  Choose("granted", "granted");
  Ids("a");
  Json record = Json::parse(host_.store["consent/record"]);
  record["id_salts"]["marketing"] = std::string(32, '1');
  const std::string text = record.dump();
  host_.store["consent/record"] = text;
  host_.Send({{"type", "store_changed"},
              {"key", "consent/record"},
              {"value", {{"offset", 0}, {"size", text.size()}}}},
             text);
  const Json ids = Ids("b");
  EXPECT_EQ(ids["ads"], host_.View()["own_ids"]["ads"]);
  host_.Restart();
  EXPECT_EQ(Ids("c"), ids);
}

TEST(OwnIdsConfigTest, APurposeWithoutStorageCanHaveNone) {
  Json config = OwnIdsConfig();
  config["consent"]["purposes"][1]["storage"] = false;
  FakeHost host(config);
  EXPECT_TRUE(host.View()["refused"].get<bool>());
  ASSERT_FALSE(host.problems.empty());
  EXPECT_EQ(host.problems[0]["pointer"], "/consent/purposes/1/ids");
}

// On until objected to: nothing is answered, and the id is drawn when there is something to send.
TEST(OwnIdsConfigTest, WhatNeedsNoAnswerHasOneWithTheFirstEvent) {
  Json config = OwnIdsConfig();
  config["consent"]["purposes"][1]["basis"] = "legitimate_interest";
  FakeHost host(config);
  host.Settle();
  EXPECT_FALSE(host.View().contains("own_ids"));
  host.Track("a");
  host.Advance(10'000);
  const auto events = host.Delivered("ads");
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0]["anonymousId"], host.View()["own_ids"]["ads"]);
  EXPECT_NE(events[0]["anonymousId"], host.View()["anonymous_id"]);
  host.Restart();
  host.Track("b");
  host.Advance(10'000);
  EXPECT_EQ(host.Delivered("ads").back()["anonymousId"], events[0]["anonymousId"]);
}

}  // namespace
}  // namespace waymark_test
