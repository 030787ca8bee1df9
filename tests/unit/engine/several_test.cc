// Several collectors at once: each has its own purposes, events, fields and place in the queue, of
// which there is one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/fake_host.h"

namespace waymark_test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

Json Collector(const std::string& id) {
  return {{"id", id},
          {"protocol", "segment"},
          {"url", "https://" + id + ".example"},
          {"needs", {"analytics"}},
          {"options", {{"write_key", "K"}, {"gzip", false}}}};
}

Json ConfigWith(const std::vector<Json>& collectors) {
  Json config = ShopConfig();
  config["collectors"] = collectors;
  return config;
}

std::vector<int> Numbers(const FakeHost& host, const std::string& id) {
  std::vector<int> numbers;
  for (const Json& event : host.Delivered(id + ".example")) {
    numbers.push_back(event["properties"]["i"]);
  }
  return numbers;
}

std::vector<int> UpTo(int count) {
  std::vector<int> numbers;
  for (int i = 0; i < count; ++i) numbers.push_back(i);
  return numbers;
}

// `dead` answers 503, `silent` not at all.
Answer Answering(const Request& request) {
  if (request.url.find("dead.") != std::string::npos) return {503, "", ""};
  if (request.url.find("silent.") != std::string::npos) return {0, "", ""};
  return {};
}

// Requests to a collector, by their bodies.
std::vector<std::string> RequestsTo(const FakeHost& host, const std::string& id) {
  std::vector<std::string> bodies;
  for (const Request& request : host.requests) {
    if (request.url.find(id + ".example") != std::string::npos) bodies.push_back(request.body);
  }
  return bodies;
}

// What a page with these collectors sends to `well` in two visits.
std::vector<std::string> TwoVisits(const std::vector<Json>& collectors) {
  FakeHost host(ConfigWith(collectors));
  host.network = Answering;
  Grant(host);
  for (int i = 0; i < 20; ++i) {
    host.Track("a", {{"i", i}});
    host.Advance(400);
  }
  host.Advance(60'000);
  host.Restart();
  for (int i = 20; i < 30; ++i) host.Track("a", {{"i", i}});
  host.Advance(600'000);
  EXPECT_EQ(Numbers(host, "well"), UpTo(30));
  return RequestsTo(host, "well");
}

// Neither later, nor more often, nor in other batches.
TEST(SeveralTest, ACollectorSeesNothingOfOthersThatAreDeadOrSilent) {
  const auto alone = TwoVisits({Collector("well")});
  const auto among = TwoVisits({Collector("dead"), Collector("well"), Collector("silent")});
  EXPECT_GT(alone.size(), 3u);
  ASSERT_EQ(among.size(), alone.size());
  for (size_t i = 0; i < alone.size(); ++i) {
    const size_t sent_at = alone[i].find("\"sentAt\"");
    EXPECT_EQ(among[i].substr(0, sent_at), alone[i].substr(0, sent_at));
    EXPECT_LE(among[i].substr(sent_at), alone[i].substr(sent_at));  // ISO: later sorts behind
  }
}

TEST(SeveralTest, EachGoesOnFromItsOwnPlaceAfterARestart) {
  FakeHost host(ConfigWith({Collector("dead"), Collector("well"), Collector("silent")}));
  host.network = Answering;
  Grant(host);
  for (int i = 0; i < 12; ++i) host.Track("a", {{"i", i}});
  host.Advance(60'000);
  host.Restart();
  for (int i = 12; i < 15; ++i) host.Track("a", {{"i", i}});
  host.network = [](const Request&) { return Answer(); };
  host.Advance(600'000);
  for (const char* id : {"dead", "well", "silent"}) EXPECT_EQ(Numbers(host, id), UpTo(15)) << id;
  for (const auto& [key, value] : host.store) EXPECT_NE(key.rfind("outbox/", 0), 0u) << key;
}

TEST(SeveralTest, AQueueThatOneDeadCollectorFillsLosesNothingOfTheOthers) {
  Json config = ConfigWith({Collector("dead"), Collector("well")});
  config["delivery"]["outbox_events_max"] = 50;
  FakeHost host(config);
  host.network = Answering;
  Grant(host);
  for (int i = 0; i < 200; ++i) {
    host.Track("a", {{"i", i}});
    host.Advance(1'500);
  }
  EXPECT_EQ(Numbers(host, "well"), UpTo(200));
  const Json view = host.View();
  EXPECT_EQ(view["collectors"]["dead"]["lost"]["quota"], 150);
  EXPECT_EQ(view["collectors"]["well"]["lost"].value("quota", 0), 0);
}

struct Stored {
  size_t kept = 0;     // bytes of events in the store
  size_t written = 0;  // bytes of events that were ever put there
  size_t state = 0;    // bytes of how far the collectors are
};

Stored StoredBy(const std::vector<Json>& collectors) {
  FakeHost host(ConfigWith(collectors));
  host.network = [](const Request&) { return Answer{503, "", ""}; };
  Grant(host);
  for (int i = 0; i < 100; ++i) {
    host.Track("lamp_rubbed", {{"i", i}, {"text", std::string(300, 'x')}});
    host.Advance(100);
  }
  Stored stored;
  for (const auto& [key, value] : host.store) {
    if (key.rfind("outbox/", 0) == 0) stored.kept += value.size();
    if (key.rfind("state/delivery/", 0) == 0) stored.state += value.size();
  }
  for (const Json& effect : host.effects) {
    if (effect["type"] != "store_put") continue;
    const std::string key = effect["key"];
    if (key.rfind("outbox/", 0) == 0) stored.written += effect["value"]["size"].get<size_t>();
  }
  return stored;
}

TEST(SeveralTest, AnEventIsStoredOnceForAll) {
  const Stored one = StoredBy({Collector("a")});
  const Stored three = StoredBy({Collector("a"), Collector("b"), Collector("c")});
  EXPECT_GT(one.kept, 100u * 300);
  EXPECT_EQ(three.kept, one.kept);
  EXPECT_EQ(three.written, one.written);
  EXPECT_EQ(one.written, one.kept);
  EXPECT_LT(three.state, one.state + 200);
}

// The collectors count their events differently then: that costs some bytes, and no second copy.
TEST(SeveralTest, AnEventIsStoredOnceForCollectorsOfDifferentTastes) {
  Json b = Collector("b");
  b["only"] = {"order_completed"};
  Json c = Collector("c");
  c["fields"] = Json::parse(R"([{"path": "/properties/text", "otherwise": "drop"}])");
  const Stored one = StoredBy({Collector("a")});
  const Stored three = StoredBy({Collector("a"), b, c});
  EXPECT_EQ(three.written, three.kept);
  EXPECT_LT(three.kept, one.kept + one.kept / 20);
}

TEST(SeveralTest, EachHasItsOwnPurposesAndEvents) {
  Json ads = Collector("ads");
  ads["needs"] = {"marketing"};
  Json orders = Collector("orders");
  orders["only"] = {"order_completed"};
  FakeHost host(ConfigWith({Collector("all"), ads, orders}));
  host.SetConsent({{"analytics", "granted"}, {"marketing", "denied"}});
  host.Settle();
  host.Track("a", {{"i", 0}});
  host.Track("order_completed", {{"i", 1}});
  host.Advance(5'000);
  host.SetConsent({{"analytics", "granted"}, {"marketing", "granted"}});
  host.Settle();
  host.Track("a", {{"i", 2}});
  host.Advance(5'000);
  EXPECT_THAT(Numbers(host, "all"), ElementsAre(0, 1, 2));
  EXPECT_THAT(Numbers(host, "ads"), ElementsAre(2));
  EXPECT_THAT(Numbers(host, "orders"), ElementsAre(1));
}

TEST(SeveralTest, EachGetsItsOwnFields) {
  Json hashed = Collector("hashed");
  hashed["fields"] = Json::parse(R"([
    {"path": "/user/id", "otherwise": "sha256"},
    {"path": "/user/email", "needs": ["marketing"], "as": "sha256", "otherwise": "drop"},
    {"path": "/context/geo", "otherwise": "coarsen"}])");
  Json bare = Collector("bare");
  bare["fields"] = Json::parse(R"([
    {"path": "/user/id", "otherwise": "drop"},
    {"path": "/traits", "otherwise": "drop"},
    {"path": "/context/geo", "needs": ["analytics", "marketing"], "otherwise": "drop"}])");
  FakeHost host(ConfigWith({Collector("whole"), hashed, bare}));
  host.SetConsent({{"analytics", "granted"}, {"marketing", "denied"}});
  host.Settle();
  host.Send({{"type", "set_context"},
             {"context", {{"geo", {{"country", "DE"}, {"city", "Ulm"}, {"latitude", 48.4}}}}}});
  host.Identify("u-1", {{"email", "ann@x.de"}, {"plan", "gold"}});
  host.Advance(5'000);
  const auto only = [&](const std::string& id) {
    const auto events = host.Delivered(id + ".example");
    return events.size() == 1 ? events[0] : Json();
  };
  EXPECT_EQ(only("whole")["userId"], "u-1");
  // A rule for one collector opens it to no other.
  EXPECT_EQ(only("whole")["traits"]["email"],
            "49b768c9f07f390474472905d9fa79ca0b401c291ec78b680f835aaecd4ec7b9");
  EXPECT_EQ(only("whole")["context"]["geo"]["city"], "Ulm");
  // printf u-1 | sha256sum
  EXPECT_EQ(only("hashed")["userId"],
            "a24a7f55f278dd49fb1f99c5507800cb198a5bfe10fe2126cd0b25672152b0da");
  EXPECT_EQ(only("hashed")["traits"], Json({{"plan", "gold"}}));
  EXPECT_EQ(only("hashed")["context"]["geo"], Json({{"country", "DE"}, {"latitude", 40}}));
  EXPECT_FALSE(only("bare").contains("userId"));
  EXPECT_FALSE(only("bare").contains("traits"));
  EXPECT_FALSE(only("bare")["context"].contains("geo"));
  for (const char* secret : {"ann@x.de", "Ulm", "u-1\""}) {
    EXPECT_THAT(RequestsTo(host, "bare")[0], Not(HasSubstr(secret)));
    EXPECT_THAT(RequestsTo(host, "hashed")[0], Not(HasSubstr(secret)));
  }
}

// A rule for all is applied before anything is kept, and by the consent of the time of sending once
// more.
TEST(SeveralTest, WhatIsHashedForAllIsNowhereInClear) {
  Json config = ConfigWith({Collector("a")});
  config["fields"] = Json::parse(R"([
    {"path": "/user/email", "needs": ["analytics"], "as": "sha256", "otherwise": "drop"}])");
  FakeHost host(config);
  host.network = [](const Request&) { return Answer{503, "", ""}; };
  Grant(host);
  host.Identify("u-1", {{"email", "ann@x.de"}});
  host.Advance(5'000);
  for (const auto& [key, value] : host.store) EXPECT_THAT(value, Not(HasSubstr("ann@x.de"))) << key;
  host.network = [](const Request&) { return Answer(); };
  host.Restart();
  host.Advance(60'000);
  ASSERT_EQ(host.Delivered("a.example").size(), 1u);
  EXPECT_EQ(host.Delivered("a.example")[0]["traits"]["email"],
            "49b768c9f07f390474472905d9fa79ca0b401c291ec78b680f835aaecd4ec7b9");
}

}  // namespace
}  // namespace waymark_test
