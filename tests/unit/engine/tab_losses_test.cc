// What several engines on one device count as lost: each loss once, by whoever tells of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/fake_host.h"

namespace waymark_test {
namespace {

constexpr auto kDown = [](const Request&) { return Answer{503, "", ""}; };
constexpr auto kUp = [](const Request&) { return Answer(); };
constexpr auto kSilent = [](const Request&) { return Answer{0, "", ""}; };

TEST(TabLossesTest, LossesOfADeadTabAreTakenOverOnce) {
  Json config = SegmentOnly();
  config["delivery"]["outbox_events_max"] = 10;
  FakeHost host(config);
  Grant(host);
  host.network = kDown;
  for (int i = 0; i < 25; ++i) host.Track("a", {{"i", i}});
  host.Settle();
  const Json lost = {{"quota", 15}};
  EXPECT_EQ(host.View()["collectors"]["segment"]["lost"], lost);
  for (int restart = 0; restart < 3; ++restart) {
    host.Restart();
    host.Advance(10'000);
    EXPECT_EQ(host.View()["collectors"]["segment"]["lost"], lost);
  }
  host.network = kUp;
  host.Advance(600'000);
  EXPECT_EQ(host.Delivered("segment").size(), 10u);
  host.Restart();
  host.Advance(10'000);
  EXPECT_EQ(host.View()["collectors"]["segment"]["lost"], lost);
}

// What it took over lies where it lay: it is not also its own.
TEST(TabLossesTest, LossesTakenOverByATabThatSleptBeforeTheStoreHadThemCountOnce) {
  for (const bool answered_before : {true, false}) {
    Json config = SegmentOnly();
    config["delivery"]["outbox_events_max"] = 10;
    FakeHost host(config);
    Grant(host);
    host.network = kDown;
    for (int i = 0; i < 25; ++i) host.Track("a", {{"i", i}});
    host.Settle();
    host.Restart();
    host.store_is_slow = true;
    host.Settle();
    const Json lost = {{"quota", 15}};
    EXPECT_EQ(host.View()["collectors"]["segment"]["lost"], lost);
    host.store_is_slow = false;
    host.store_fails = true;
    if (answered_before) host.Settle();
    host.Lifecycle("frozen");
    host.Lifecycle("resumed");
    host.Settle();
    host.store_fails = false;
    host.Advance(300'000);
    EXPECT_EQ(host.View()["collectors"]["segment"]["lost"], lost) << answered_before;
  }
}

TEST(TabLossesTest, LossesOfATabThatSleepsTwiceWhileTheStoreIsBusyCountOnce) {
  for (const bool fails : {true, false}) {
    Json config = SegmentOnly();
    config["delivery"]["outbox_events_max"] = 10;
    FakeHost host(config);
    Grant(host);
    host.network = kDown;
    for (int i = 0; i < 25; ++i) host.Track("a", {{"i", i}});
    host.Settle();
    host.store_is_slow = true;
    for (int i = 0; i < 2; ++i) {
      for (int more = 0; more < 5; ++more) host.Track("a");
      host.Settle();
      host.Lifecycle("frozen");
      host.Lifecycle("resumed");
      host.Settle();
    }
    host.store_is_slow = false;
    host.store_fails = fails;
    host.Settle();
    host.store_fails = false;
    host.network = kUp;
    host.Advance(600'000);
    const int64_t lost = host.View()["collectors"]["segment"]["lost"]["quota"];
    EXPECT_EQ(host.Delivered("segment").size() + static_cast<size_t>(lost), 35u) << fails;
  }
}

TEST(TabLossesTest, ALossThatTheStoreWasNotToldOfIsNotCountedBesideItsRecord) {
  Json config = SegmentOnly();
  config["delivery"]["outbox_events_max"] = 10;
  FakeHost first(config);
  Grant(first);
  first.network = kDown;
  for (int i = 0; i < 10; ++i) first.Track("a");
  first.Settle();
  first.store_fails = true;
  for (int i = 0; i < 5; ++i) first.Track("b");
  first.Settle();
  EXPECT_EQ(first.View()["collectors"]["segment"]["lost"], Json({{"quota", 5}}));
  first.Lifecycle("frozen");
  first.Settle();
  FakeHost second(config);
  OpenBeside(first, second);
  second.Advance(60'000);
  EXPECT_EQ(second.Delivered("segment").size(), 10u);
  first.store = second.store;
  first.store_fails = first.leads = false;
  first.network = kUp;
  first.Lifecycle("resumed");
  first.Advance(600'000);
  EXPECT_EQ(first.Delivered("segment").size(), 5u);
  EXPECT_EQ(first.View()["collectors"]["segment"]["lost"], Json::object());
}

// Nobody knows while it sleeps whether its segment will ever lie in the store.
TEST(TabLossesTest, LossesOfATabThatSleepsBeforeItsSegmentIsStoredCountOnce) {
  for (const bool fails : {true, false}) {
    for (const bool told : {true, false}) {
      Json config = SegmentOnly();
      config["delivery"]["outbox_events_max"] = 10;
      config["delivery"]["batch_events_max"] = 3;
      FakeHost host(config);
      Grant(host);
      host.network = kSilent;
      host.Track("a");
      host.Advance(10'000);
      host.store_is_slow = true;
      for (int i = 0; i < 12; ++i) host.Track("b");
      host.Settle();
      if (told) host.Advance(1'000);
      for (int i = 0; i < 3; ++i) host.Track("c");
      host.Lifecycle("frozen");
      host.Lifecycle("resumed");
      host.Settle();
      host.store_is_slow = false;
      host.store_fails = fails;
      host.Settle();
      host.store_fails = false;
      host.network = kUp;
      const int64_t sent = host.requests.back().effect_id;
      host.Send({{"type", "http_done"}, {"effect_id", sent}, {"status", 0}, {"error", "network"}});
      host.Advance(600'000);
      const int64_t lost = host.View()["collectors"]["segment"]["lost"].value("quota", 0);
      EXPECT_EQ(host.Delivered("segment").size() + static_cast<size_t>(lost), 16u) << fails << told;
    }
  }
}

}  // namespace
}  // namespace waymark_test
