// What was once wrong with taking over: answers of the store that come late, and what two tabs say
// of one writer.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/fake_host.h"

namespace waymark_test {
namespace {

constexpr auto kDown = [](const Request&) { return Answer{503, "", ""}; };

constexpr const char* kDelivery = "state/delivery/";
constexpr const char* kOutbox = "outbox/";

Json SmallQueue() {
  Json config = ShopConfig();
  config["collectors"].erase(1);
  config["delivery"]["outbox_events_max"] = 10;
  return config;
}

Json Lost(FakeHost& host) { return host.View()["collectors"]["segment"]["lost"]; }

// A page that lost 15 of 25 events, and was closed.
void LoseFifteen(FakeHost& host) {
  Grant(host);
  host.network = kDown;
  for (int i = 0; i < 25; ++i) host.Track("a", {{"i", i}});
  host.Settle();
}

// The first key in the store below a prefix under which there is one, and its value.
std::pair<std::string, std::string> FirstBelow(const FakeHost& host, const std::string& prefix) {
  return *host.store.lower_bound(prefix);
}

// The last reading of documents that was asked for.
int64_t ReadingOf(const FakeHost& host) {
  int64_t reading = 0;
  for (const Json& effect : host.effects) {
    if (effect.value("prefix", "") == kDelivery) reading = effect["effect_id"];
  }
  return reading;
}

// A page that is closed before it has read its ids leaves two calls; two others have made records
// of them and stopped before they could delete the calls, the first one in the midst of a write.
void LeaveTwoCallsTwice(FakeHost& host) {
  host.network = kDown;
  Grant(host);
  host.store_answers = false;
  host.Restart();
  host.Track("early");
  host.Track("late");
  host.Lifecycle("closing");
  host.Settle();
  host.store_answers = true;
  const auto called = host.store;
  host.Restart();
  host.Advance(1'000);
  auto torn = FirstBelow(host, kOutbox);
  torn.second.pop_back();
  host.store = called;
  host.Restart();
  host.Advance(1'000);
  host.store.insert(torn);
  host.store.erase(FirstBelow(host, kDelivery).first);
}

// Answers may come in another order than what was asked for was done.
TEST(TakingOverTest, ADocumentThatWasReadAgainBeforeItWasDeletedCountsOnce) {
  FakeHost host(SmallQueue());
  LoseFifteen(host);
  const auto [key, document] = FirstBelow(host, kDelivery);
  host.Restart();
  host.store_is_slow = true;
  host.Settle();  // it has taken over, which the store has not put down yet
  host.Send({{"type", "lead"}, {"live", Json::array()}});
  const int64_t reading = ReadingOf(host);
  host.store_answers = host.store_is_slow = false;
  host.Settle();
  EXPECT_FALSE(host.store.contains(key));
  host.Send({{"type", "store_read"},
             {"effect_id", reading},
             {"entries", {{{"key", key}, {"value", {{"offset", 0}, {"size", document.size()}}}}}},
             {"more", false}},
            document);
  EXPECT_EQ(Lost(host), Json({{"quota", 15}}));
}

TEST(TakingOverTest, ACallOfWhichTwoTabsHadMadeARecordIsNotSentAgainWhenOneOfThemIsDone) {
  Json config = SmallQueue();
  config["delivery"]["batch_events_max"] = 1;
  FakeHost host(config);
  LeaveTwoCallsTwice(host);
  host.network = [](const Request& request) {
    return request.body.find("early") != std::string::npos ? Answer() : Answer{503, "", ""};
  };
  for (int i = 0; i < 2; ++i) {
    host.Restart();
    host.Advance(60'000);
    EXPECT_EQ(host.Delivered("segment").size(), 1u);
  }
}

}  // namespace
}  // namespace waymark_test
