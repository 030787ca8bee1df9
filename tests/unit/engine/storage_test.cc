// The store: what survives a stop, what is read back, and what becomes of bytes that nobody wrote.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <random>

#include "fakes/fake_host.h"

namespace waymark_test {
namespace {

constexpr auto kDown = [](const Request&) { return Answer{503, "", ""}; };
constexpr auto kUp = [](const Request&) { return Answer(); };

std::vector<int> Numbers(const std::vector<Json>& events) {
  std::vector<int> numbers;
  for (const Json& event : events) numbers.push_back(event["properties"]["i"]);
  return numbers;
}

TEST(StorageTest, WhatWasStoredIsDeliveredAfterARestartInOrder) {
  FakeHost host;
  Grant(host);
  host.network = kDown;
  for (int i = 0; i < 6; ++i) {
    host.Track("a", {{"i", i}});
    host.Advance(300);
  }
  host.Restart();
  host.Track("a", {{"i", 6}});
  host.network = kUp;
  host.Advance(60'000);
  EXPECT_THAT(Numbers(host.Delivered("segment")), testing::ElementsAre(0, 1, 2, 3, 4, 5, 6));
  for (const auto& [key, value] : host.store) EXPECT_NE(key.rfind("outbox/", 0), 0u) << key;
}

TEST(StorageTest, IdsAndSessionGoOnAfterARestart) {
  FakeHost host;
  Grant(host);
  host.Identify("u1");
  host.Settle();
  const Json before = host.View();
  host.Restart();
  host.Track("a");
  host.Settle();
  const Json after = host.View();
  EXPECT_EQ(before["anonymous_id"], after["anonymous_id"]);
  EXPECT_EQ(after["user_id"], "u1");
  EXPECT_EQ(before["session"]["id"], after["session"]["id"]);
  EXPECT_EQ(after["session"]["event_index"], 2);
}

TEST(StorageTest, AnIdOfAUserGoesWithNoOtherAlsoWhenItCouldNotBeReadAtWaking) {
  FakeHost host;
  Grant(host);
  host.Identify("u1");
  host.Settle();
  const std::string id = host.View()["anonymous_id"];
  host.Lifecycle("frozen");
  host.Settle();
  host.store["state/identity"] = R"({"anonymous_id":")" + id + R"(","user_id":"u2"})";
  host.store_fails = true;
  host.Lifecycle("resumed");
  host.Settle();
  host.store_fails = false;
  host.Advance(60'000);
  host.Track("a");
  host.Settle();
  EXPECT_NE(host.View()["anonymous_id"], id);
}

TEST(StorageTest, EventsBeforeTheStoreAnsweredGetTheStoredId) {
  FakeHost host;
  Grant(host);
  host.Track("a");
  host.Settle();
  const std::string id = host.View()["anonymous_id"];
  host.Restart();
  host.Track("early");  // the state has been asked for and not come yet
  EXPECT_EQ(host.View()["queue"]["held"], 1);
  host.Advance(5'000);
  for (const Json& event : host.Delivered("segment")) EXPECT_EQ(event["anonymousId"], id);
  EXPECT_EQ(host.Delivered("segment").size(), 2u);
}

TEST(StorageTest, OnlyTheCollectorThatMissedThemGetsThemAfterARestart) {
  FakeHost host;
  Grant(host);
  host.network = [](const Request& request) {
    return request.url.find("snowplow") == std::string::npos ? Answer() : Answer{503, "", ""};
  };
  for (int i = 0; i < 3; ++i) host.Track("a", {{"i", i}});
  host.Advance(3'000);
  ASSERT_EQ(host.Delivered("segment").size(), 3u);
  host.network = kUp;
  host.Restart();
  host.Advance(30'000);
  EXPECT_EQ(host.Delivered("segment").size(), 3u);
  EXPECT_EQ(host.Delivered("snowplow").size(), 3u);
}

TEST(StorageTest, WhatWasAcknowledgedIsNotSentAgainWhileItsSegmentIsThere) {
  Json config = ShopConfig();
  config["collectors"].erase(1);
  config["delivery"]["batch_events_max"] = 5;
  FakeHost host(config);
  Grant(host);
  host.network = [&](const Request&) {
    return host.requests.empty() ? Answer() : Answer{503, "", ""};
  };
  for (int i = 0; i < 8; ++i) host.Track("a", {{"i", i}});
  host.Settle();
  ASSERT_EQ(host.Delivered("segment").size(), 5u);
  host.network = kUp;
  host.Restart();
  host.Advance(30'000);
  EXPECT_THAT(Numbers(host.Delivered("segment")), testing::ElementsAre(0, 1, 2, 3, 4, 5, 6, 7));
}

TEST(StorageTest, HowFarTheCollectorsAreStaysKnownUntilTheirSegmentsAreGone) {
  Json config = ShopConfig();
  config["collectors"].erase(1);
  config["delivery"]["batch_events_max"] = 1;
  FakeHost host(config);
  Grant(host);
  host.network = kDown;
  for (int i = 0; i < 2; ++i) {
    host.Track("a", {{"i", i}});
    host.Settle();
  }
  host.store_keeps = host.store.lower_bound("outbox/")->first;
  host.network = kUp;
  host.Advance(60'000);
  ASSERT_EQ(host.Delivered("segment").size(), 2u);
  host.store_keeps.clear();
  host.Restart();
  host.Advance(30'000);
  EXPECT_THAT(Numbers(host.Delivered("segment")), testing::ElementsAre(0, 1));
}

TEST(StorageTest, DeidentifiedRecordsStayWithThoseThatGetNoMore) {
  Json config = ShopConfig();
  config["consent"]["purposes"].push_back(
      {{"id", "audience"}, {"basis", "exempt"}, {"storage", true}, {"mode", "deidentify"}});
  config["collectors"][1]["needs"] = {"audience"};
  FakeHost host(config);
  Grant(host);
  host.network = kDown;
  host.Track("product_viewed");
  host.Settle();
  host.Restart();
  host.network = kUp;
  host.Advance(30'000);
  EXPECT_EQ(host.Delivered("segment").size(), 1u);
  EXPECT_EQ(host.Delivered("snowplow").size(), 1u);
}

TEST(StorageTest, TheBoundHoldsAndWhatGoesIsCounted) {
  Json config = ShopConfig();
  config["delivery"]["outbox_events_max"] = 50;
  FakeHost host(config);
  Grant(host);
  host.network = kDown;
  for (int i = 0; i < 80; ++i) host.Track("a", {{"i", i}});
  EXPECT_EQ(host.View()["queue"]["events"], 50);
  EXPECT_EQ(host.View()["losses"]["quota"], 60);  // of two collectors
  EXPECT_EQ(host.View()["collectors"]["segment"]["lost"], Json({{"quota", 30}}));
  host.Advance(2'000);
  host.network = kUp;
  host.Advance(60'000);
  EXPECT_EQ(host.Delivered("segment").size(), 50u);
  EXPECT_EQ(host.Delivered("segment").front()["properties"]["i"], 30);
}

TEST(StorageTest, WhatWasGivenUpGoesFromTheStoreThoughItsNeighbourStillWaits) {
  Json config = ShopConfig();
  config["delivery"]["outbox_bytes_max"] = 65'536;
  FakeHost host(config);
  Grant(host);
  host.network = kDown;
  for (int task = 0; task < 40; ++task) {
    host.Track("order_completed", {{"i", task}});
    for (int i = 0; i < 5; ++i) host.Track("a", {{"i", i}, {"x", std::string(3'000, 'x')}});
    host.Advance(100);
  }
  size_t bytes = 0;
  for (const auto& [key, value] : host.store) bytes += key.starts_with("outbox/") * value.size();
  EXPECT_LT(bytes, 3u * 65'536);
  host.network = kUp;
  host.Restart();
  host.Advance(60'000);
  const std::vector<Json> events = host.Delivered("segment");
  const auto is_order = [](const Json& event) { return !event["properties"].contains("x"); };
  EXPECT_EQ(std::count_if(events.begin(), events.end(), is_order), 40);
  const int lost = host.View()["collectors"]["segment"]["lost"]["quota"];
  EXPECT_EQ(events.size() + lost, 40u * 6);
}

Json LossesInTheStore(const FakeHost& host) {
  Json losses;
  for (const auto& [key, value] : host.store) {
    if (key.rfind("state/delivery/", 0) != 0) continue;
    const Json document = Json::parse(value);
    for (const auto& [writer, collectors] : document["writers"].items()) {
      if (collectors.contains("segment") && collectors["segment"].contains("lost")) {
        losses[writer] = collectors["segment"]["lost"]["quota"];
      }
    }
  }
  return losses;
}

TEST(StorageTest, WhatAWriterHasLostStaysUnderItsNameForATabThatSleepsAndMayLoseMore) {
  Json config = ShopConfig();
  config["delivery"]["outbox_events_max"] = 10;
  FakeHost host(config);
  Grant(host);
  for (int page = 0; page < 12; ++page) {
    host.network = kDown;
    for (int i = 0; i <= 10 + page; ++i) host.Track("a");
    host.network = kUp;
    host.Advance(60'000);
    host.Lifecycle("closing");
    host.Settle();
    host.Restart();
    host.Advance(1'000);
  }
  const Json losses = LossesInTheStore(host);
  ASSERT_EQ(losses.size(), 8u);
  EXPECT_EQ(losses[""], 1 + 2 + 3 + 4 + 5);
  EXPECT_EQ(losses.back(), 12);
}

// From here on calls wait for the ids, until the next page has read them.
void OpenWithoutAnswer(FakeHost& host) {
  host.store_answers = false;
  host.Restart();
}

void GoAndComeBack(FakeHost& host) {
  host.Lifecycle("closing");
  host.Settle();
  host.store_answers = true;
  host.Restart();
  host.Advance(60'000);
}

TEST(StorageTest, TheBoundsHoldForWhatWaitsForTheStore) {
  Json config = ShopConfig();
  config["delivery"]["outbox_bytes_max"] = 65'536;
  FakeHost host(config);
  Grant(host);
  OpenWithoutAnswer(host);
  for (int i = 0; i < 40; ++i) host.Track("a", {{"i", i}, {"x", std::string(3'000, 'x')}});
  const int lost = host.View()["losses"]["quota"];
  EXPECT_GE(lost, 40 - 65'536 / 3'000);
  EXPECT_LT(lost, 40 - 65'536 / 4'000);
  GoAndComeBack(host);
  const std::vector<int> numbers = Numbers(host.Delivered("segment"));
  ASSERT_EQ(numbers.size(), 40u - lost);
  EXPECT_EQ(numbers.front(), lost);
}

TEST(StorageTest, ALogoutStaysWhenWhatWaitsForTheStoreIsTooMuch) {
  Json config = ShopConfig();
  config["delivery"]["outbox_events_max"] = 10;
  FakeHost host(config);
  Grant(host);
  host.Identify("u1");
  host.Settle();
  OpenWithoutAnswer(host);
  host.Send({{"type", "reset"}});
  for (int i = 0; i < 12; ++i) host.Track("a", {{"i", i}});
  GoAndComeBack(host);
  const std::vector<Json> events = host.Delivered("segment");
  ASSERT_GE(events.size(), 10u);
  EXPECT_EQ(events.front()["userId"], "u1");
  EXPECT_FALSE(events.back().contains("userId"));
}

TEST(StorageTest, NoCallIsPutDownUnderADecisionThatIsNot) {
  FakeHost host;
  Grant(host);
  OpenWithoutAnswer(host);
  host.Settle();
  host.store_fails = true;
  host.SetConsent({{"marketing", "granted"}});
  host.Settle();
  host.store_fails = false;
  host.Track("early");
  host.Lifecycle("closing");
  host.Settle();
  for (const auto& [key, value] : host.store) EXPECT_EQ(value.find("early"), value.npos) << key;
}

// More than one page may make a record of it: the collector would miss the numbers of the others.
TEST(StorageTest, ACallThatWasPutDownBeforeTheIdsWereReadHasNoNumber) {
  FakeHost host;
  Grant(host);
  OpenWithoutAnswer(host);
  host.Track("early");
  GoAndComeBack(host);
  host.Track("later");
  host.Advance(60'000);
  const std::vector<Json> events = host.Delivered("segment");
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[0]["context"]["delivery"]["sequence"], 0);
  EXPECT_FALSE(events[1]["context"]["delivery"].contains("sequence"));  // the first, as its id says
  EXPECT_EQ(events[1]["messageId"].get<std::string>().substr(28), "00000000");
}

TEST(StorageTest, TornAndCorruptSegmentsGiveWhatIsWhole) {
  FakeHost host;
  Grant(host);
  host.network = kDown;
  for (int i = 0; i < 4; ++i) host.Track("a", {{"i", i}});
  host.Settle();
  for (auto& [key, value] : host.store) {
    if (key.rfind("outbox/", 0) == 0) value.resize(value.size() - 3);
  }
  host.Restart();
  host.network = kUp;
  host.Advance(60'000);
  EXPECT_THAT(Numbers(host.Delivered("segment")), testing::ElementsAre(0, 1, 2));
  EXPECT_EQ(host.View()["collectors"]["segment"]["lost"], Json({{"corrupt", 1}}));
}

TEST(StorageTest, AnyBytesInTheStoreAreSurvived) {
  std::mt19937 random(7);
  for (int round = 0; round < 300; ++round) {
    FakeHost host;
    Grant(host);
    host.network = kDown;
    for (int i = 0; i < 3; ++i) host.Track("a", {{"i", i}});
    host.Settle();
    for (auto& [key, value] : host.store) {
      if (key == "consent/record" || value.empty()) continue;
      for (int flips = 0; flips < 3; ++flips) {
        value[random() % value.size()] = static_cast<char>(random());
      }
    }
    host.Restart();
    host.network = kUp;
    host.Track("after");
    host.Advance(60'000);
    const Json last = host.Delivered("segment").back();
    EXPECT_EQ(last["event"], "after");
  }
}

TEST(StorageTest, AStoreThatFailsLeavesDeliveryWorking) {
  FakeHost host;
  host.store_fails = true;
  Grant(host);
  host.Track("a");
  host.Advance(5'000);
  EXPECT_EQ(host.Delivered("segment").size(), 1u);
  EXPECT_EQ(host.View()["store"], "failed");
  EXPECT_FALSE(host.problems.empty());
  EXPECT_EQ(host.problems[0]["code"], "store_failed");
}

int PutsOfSegments(const FakeHost& host) {
  int puts = 0;
  for (const Json& effect : host.effects) {
    puts +=
        effect["type"] == "store_put" && effect["key"].get<std::string>().starts_with("outbox/");
  }
  return puts;
}

// Tasks of one event each, 10 ms apart.
void Burst(FakeHost& host, int tasks) {
  for (int i = 0; i < tasks; ++i) {
    if (i > 0) host.Advance(10);
    host.Track("a", {{"i", i}});
    host.Settle();
  }
}

TEST(StorageTest, FourTasksAreStoredAtOnceThenOneLotEvery50Ms) {
  FakeHost host;
  Grant(host);
  host.network = kDown;
  host.Advance(1'000);
  host.effects.clear();
  Burst(host, 4);
  EXPECT_EQ(PutsOfSegments(host), 4);
  host.Advance(10);
  Burst(host, 98);  // 40 to 1,010 ms
  EXPECT_EQ(PutsOfSegments(host), 4 + 20);
  host.Advance(40);
  EXPECT_EQ(PutsOfSegments(host), 4 + 21);
  host.Advance(1'000);
  Burst(host, 4);
  EXPECT_EQ(PutsOfSegments(host), 4 + 21 + 4);
}

TEST(StorageTest, NoMoreThan64EventsAreGathered) {
  FakeHost host;
  Grant(host);
  host.network = kDown;
  host.Advance(1'000);
  Burst(host, 4);
  host.Advance(10);
  host.effects.clear();
  for (int i = 0; i < 63; ++i) host.Track("a", {{"i", i}});
  host.Settle();
  EXPECT_EQ(PutsOfSegments(host), 0);
  host.Track("a", {{"i", 63}});
  host.Settle();
  EXPECT_EQ(PutsOfSegments(host), 1);
}

TEST(StorageTest, WhatWasGatheredIsLostInACrashAndNothingElse) {
  FakeHost host;
  Grant(host);
  host.network = kDown;
  Burst(host, 30);
  host.Restart();
  host.network = kUp;
  host.Advance(60'000);
  const auto numbers = Numbers(host.Delivered("segment"));
  ASSERT_GE(numbers.size(), 25u);  // 50 ms
  for (size_t i = 0; i < numbers.size(); ++i) EXPECT_EQ(numbers[i], static_cast<int>(i));
}

TEST(StorageTest, ABurstDoesNotWaitWhenThePageGoesNorWithAnOrder) {
  const std::vector<std::function<void(FakeHost&)>> reasons = {
      [](FakeHost& host) {
        host.Track("order_completed", {{"i", 30}});
      },
      [](FakeHost& host) { host.Lifecycle("hidden"); },
      [](FakeHost& host) { host.Lifecycle("closing"); },
      [](FakeHost& host) { host.Lifecycle("frozen"); },
      [](FakeHost& host) {
        host.Send({{"type", "flush"}});
      },
  };
  for (size_t i = 0; i < reasons.size(); ++i) {
    FakeHost host;
    Grant(host);
    host.network = kDown;
    Burst(host, 30);
    reasons[i](host);
    host.Settle();
    host.Restart();
    host.network = kUp;
    host.Advance(60'000);
    EXPECT_EQ(host.Delivered("segment").size(), i == 0 ? 31u : 30u) << i;
  }
}

TEST(StorageTest, AHiddenPageStoresEveryTask) {
  FakeHost host;
  Grant(host);
  host.network = kDown;
  host.Lifecycle("hidden");
  host.Settle();
  host.effects.clear();
  Burst(host, 30);
  EXPECT_EQ(PutsOfSegments(host), 30);
}

TEST(StorageTest, ALongQueueIsReadInPages) {
  Json config = ShopConfig();
  config["delivery"]["outbox_bytes_max"] = 8 * 1024 * 1024;
  FakeHost host(config);
  Grant(host);
  host.network = kDown;
  for (int task = 0; task < 60; ++task) {
    for (int i = 0; i < 10; ++i) {
      host.Track("a", {{"i", task * 10 + i}, {"text", std::string(2'000, 'x')}});
    }
    host.Advance(50);
  }
  host.effects.clear();
  host.Restart();
  host.network = kUp;
  host.Advance(120'000);
  const auto numbers = Numbers(host.Delivered("segment"));
  ASSERT_EQ(numbers.size(), 600u);
  for (int i = 0; i < 600; ++i) EXPECT_EQ(numbers[i], i);
  int pages = 0;
  for (const Json& effect : host.effects) {
    pages += effect["type"] == "store_get" && effect["prefix"] == "outbox/";
  }
  EXPECT_GT(pages, 3);
}

TEST(StorageTest, AWithdrawalReachesSegmentsThatWereNeverRead) {
  Json config = ShopConfig();
  config["collectors"][1]["needs"] = {"marketing"};
  config["collectors"][1]["only"] = {"ad"};
  config["collectors"][0]["only"] = {"visit"};
  FakeHost host(config);
  host.SetConsent({{"analytics", "granted"}, {"marketing", "granted"}});
  host.Settle();
  host.network = kDown;
  for (int task = 0; task < 80; ++task) {
    for (int i = 0; i < 5; ++i) host.Track("visit", {{"text", std::string(5'000, 'y')}});
    host.Track("ad", {{"text", "xxxx"}});
    host.Advance(50);
  }
  host.Restart();
  host.Settle();
  host.SetConsent({{"marketing", "denied"}});
  host.Settle();
  for (const auto& [key, value] : host.store) {
    EXPECT_EQ(value.find("xxxx"), std::string::npos) << key;
  }
  EXPECT_FALSE(Json::parse(host.store["consent/record"]).contains("withdrawing"));
  host.network = kUp;
  host.Advance(120'000);
  EXPECT_EQ(host.Delivered("segment").size(), 400u);
  EXPECT_TRUE(host.Delivered("snowplow").empty());
}

TEST(StorageTest, EventsOfAPurposeWithdrawnMeanwhileAreDeletedAtTheNextStart) {
  FakeHost host;
  Grant(host);
  host.network = kDown;
  host.Track("a", {{"i", 0}});
  host.Settle();
  host.store["consent/record"] =
      R"({"version":1,"revision":"2026-11-01","generation":9,"time_ms":1793817970000,)"
      R"("source":"person","choices":{"analytics":"denied"},"withdrawing":true,)"
      R"("withdrawn":{"analytics":2}})";
  host.network = kUp;
  host.requests.clear();
  host.Restart();
  host.Advance(60'000);
  EXPECT_TRUE(host.requests.empty());
  EXPECT_EQ(host.Kept().size(), 1u);
}

}  // namespace
}  // namespace waymark_test
