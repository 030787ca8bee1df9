// Consent in several tabs, and grants that run out while they are open.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "fakes/fake_host.h"

namespace waymark_test {
namespace {

constexpr int64_t kDay = 86'400'000;
constexpr auto kDown = [](const Request&) { return Answer{503, "", ""}; };
constexpr auto kUp = [](const Request&) { return Answer(); };

// Segment needs analytics, Snowplow marketing.
Json Config(const char* before_answer) {
  Json config = ShopConfig();
  config["consent"]["purposes"][1]["before_answer"] = before_answer;
  config["collectors"][1]["needs"] = {"marketing"};
  return config;
}

void Decide(FakeHost& host, const Json& choices) {
  host.SetConsent(choices);
  host.Settle();
}

void Hear(const FakeHost& from, FakeHost& to) {
  const std::string record = from.store.at("consent/record");
  to.Send({{"type", "store_changed"},
           {"key", "consent/record"},
           {"value", {{"offset", 0}, {"size", record.size()}}}},
          record);
  to.Settle();
}

TEST(ConsentTabsTest, AGrantIsNotUndoneBecauseOfARefusalThatBothTabsHadHeardOf) {
  FakeHost first(Config("hold"));
  Decide(first, {{"analytics", "granted"}});
  Decide(first, {{"analytics", "denied"}});
  FakeHost second(Config("hold"));
  OpenBeside(first, second);
  second.Settle();
  first.wall_ms += 60'000;
  Decide(first, {{"marketing", "granted"}});
  Decide(second, {{"analytics", "granted"}});  // had not heard
  Hear(second, first);
  EXPECT_EQ(first.View()["consent"]["purposes"]["analytics"]["state"], "granted");
}

TEST(ConsentTabsTest, ARefusalThatIsRepeatedIsNotUndoneByATabThatHadNotHeard) {
  FakeHost first(Config("hold"));
  Decide(first, {{"analytics", "granted"}});
  Decide(first, {{"analytics", "denied"}});
  FakeHost second(Config("hold"));
  OpenBeside(first, second);
  second.Settle();
  first.wall_ms += 60'000;
  Decide(first, {{"analytics", "denied"}});
  Decide(second, {{"analytics", "granted"}});  // had not heard
  Hear(second, first);
  EXPECT_EQ(first.View()["consent"]["purposes"]["analytics"]["state"], "denied");
}

TEST(ConsentTabsTest, ARefusalStandsAgainstEveryDecisionOfATabThatHasNotHeardOfIt) {
  FakeHost first(Config("hold"));
  Decide(first, {{"analytics", "granted"}});
  FakeHost second(Config("hold"));
  OpenBeside(first, second);
  second.Settle();
  Decide(first, {{"analytics", "denied"}});
  for (const char* choice : {"granted", "denied", "granted"}) {
    Decide(second, {{"marketing", choice}});
    Hear(second, first);
    EXPECT_EQ(first.View()["consent"]["purposes"]["analytics"]["state"], "denied") << choice;
    EXPECT_EQ(first.View()["consent"]["purposes"]["marketing"]["state"], choice);
  }
}

// Its record says that the answers lapsed, and would else stand in the place of the refusal.
TEST(ConsentTabsTest, ARefusalStandsAgainstATabThatOnlyFindsOlderAnswersRunOut) {
  Json config = Config("hold");
  config["consent"]["purposes"][1]["basis"] = "legitimate_interest";
  FakeHost first(config);
  Decide(first, {{"analytics", "granted"}, {"marketing", "granted"}});
  FakeHost second(config);
  second.store = first.store;
  first.wall_ms += 200 * kDay;
  second.wall_ms = first.wall_ms;
  second.entropy_seed = 100;
  Decide(first, {{"analytics", "denied"}, {"marketing", "denied"}});
  second.Restart();
  second.Settle();
  Hear(second, first);
  EXPECT_EQ(first.View()["consent"]["purposes"]["analytics"]["state"], "denied");
  first.Restart();
  first.Settle();
  EXPECT_EQ(first.View()["consent"]["purposes"]["analytics"]["state"], "denied");
  EXPECT_EQ(first.View()["consent"]["answered"], true);
}

// Others may have written under the grant after this one had cleared.
TEST(ConsentTabsTest, ARefusalThatIsPutOverAGrantClearsOnceMore) {
  FakeHost first(Config("hold"));
  Decide(first, {{"analytics", "granted"}, {"marketing", "granted"}});
  FakeHost second(Config("hold"));
  OpenBeside(first, second);
  second.Settle();
  first.store_is_slow = true;
  Decide(first, {{"analytics", "denied"}, {"marketing", "denied"}});
  Json put;
  for (const Json& effect : first.effects) {
    if (effect.value("key", "") == "consent/record") put = effect["effect_id"];
  }
  first.Send({{"type", "store_failed"}, {"effect_id", put}, {"reason", "quota"}});
  first.Settle();                              // clears, and has no answer yet
  Decide(second, {{"analytics", "granted"}});  // had not heard
  const auto heard = static_cast<std::ptrdiff_t>(first.effects.size());
  Hear(second, first);
  first.store_is_slow = false;
  first.Advance(60'000);
  const auto clears = [](const Json& effect) { return effect.value("prefix", "") == "outbox/"; };
  EXPECT_TRUE(std::any_of(first.effects.begin(), first.effects.begin() + heard, clears));
  EXPECT_TRUE(std::any_of(first.effects.begin() + heard, first.effects.end(), clears));
  EXPECT_EQ(first.View()["consent"]["purposes"]["analytics"]["state"], "denied");
}

TEST(ConsentTabsTest, NoDecisionWasMissedBecauseAnOlderOneWasHeardAgain) {
  FakeHost first(Config("hold"));
  Decide(first, {{"analytics", "granted"}});
  FakeHost older(Config("hold"));
  older.store = first.store;
  Decide(first, {{"analytics", "granted"}});
  FakeHost second(Config("hold"));
  OpenBeside(first, second);
  second.Settle();
  second.network = kDown;
  second.Track("lamp_rubbed");
  second.Settle();
  Hear(older, second);
  Decide(first, {{"analytics", "granted"}});
  Hear(first, second);
  second.network = kUp;
  second.Advance(600'000);
  EXPECT_EQ(second.Delivered("segment").size(), 1u);
}

TEST(ConsentTabsTest, WhatWasCalledAfterAGrantHadRunOutOutlivesTheNextOne) {
  FakeHost host(Config("deidentify"));
  Decide(host, {{"analytics", "granted"}});
  host.network = kDown;
  host.wall_ms += 200 * kDay;
  host.Restart();
  host.Track("lamp_rubbed");
  host.Settle();
  Decide(host, {{"analytics", "granted"}});
  host.network = kUp;
  host.Advance(600'000);
  EXPECT_EQ(host.Delivered("segment").size(), 1u);
}

TEST(ConsentTabsTest, NoDecisionWasMissedBecauseAnotherGrantRanOutMeanwhile) {
  FakeHost first(Config("hold"));
  Decide(first, {{"analytics", "granted"}, {"marketing", "granted"}});
  FakeHost second(Config("hold"));
  OpenBeside(first, second);
  second.Settle();
  first.wall_ms += 170 * kDay;
  Decide(first, {{"analytics", "granted"}});
  second.network = kDown;
  second.wall_ms += 190 * kDay;
  second.Track("lamp_rubbed");
  second.Settle();
  Hear(first, second);
  EXPECT_EQ(second.View()["consent"]["purposes"]["marketing"]["why"], "expired");
  second.network = kUp;
  second.Advance(600'000);
  EXPECT_EQ(second.Delivered("segment").size(), 1u);
}

}  // namespace
}  // namespace waymark_test
