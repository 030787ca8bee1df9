// Forgetting and withdrawing among several tabs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/fake_host.h"

namespace waymark_test {
namespace {

// Another tab has put the record down.
void Hear(FakeHost& host, const std::string& record) {
  host.store["consent/record"] = record;
  host.Send({{"type", "store_changed"},
             {"key", "consent/record"},
             {"value", {{"offset", 0}, {"size", record.size()}}}},
            record);
  host.Settle();
}

std::string Forgetting(int generation) {
  return R"({"version":1,"revision":"2026-11-01","generation":)" + std::to_string(generation) +
         R"(,"time_ms":0,"choices":{},"forgetting":true})";
}

TEST(ForgetTest, WhoIsToldToForgetByTabsThatCountAlikeForgetsEachTime) {
  FakeHost host;
  Hear(host, Forgetting(2));
  Hear(host, Forgetting(1));  // of a tab that had not heard of the first
  const int generation = host.View()["consent"]["generation"];
  host.Track("a");
  Hear(host, Forgetting(1));  // the same once more
  EXPECT_EQ(host.View()["queue"]["held"], 1);
  Hear(host, Forgetting(generation));
  EXPECT_EQ(host.View()["queue"]["held"], 0);
}

TEST(ForgetTest, WhatATabWroteThatNeverHeardOfAWithdrawalGoesAtTheNextStart) {
  FakeHost host;
  host.SetConsent({{"analytics", "granted"}});
  host.network = [](const Request&) { return Answer{503, "", ""}; };
  host.Track("xxxx");
  host.Settle();
  const auto written = host.store;
  host.SetConsent({{"analytics", "denied"}});
  host.Settle();
  EXPECT_EQ(host.Kept().size(), 1u);
  for (const auto& [key, value] : written) host.store.emplace(key, value);
  host.Restart();
  host.Settle();
  EXPECT_EQ(host.Kept().size(), 1u);
}

TEST(ForgetTest, WhatIsToBeForgottenGoesThoughSomebodyDecidesWhoHasNotHeardOfIt) {
  FakeHost host;
  host.SetConsent({{"analytics", "granted"}});
  host.network = [](const Request&) { return Answer{503, "", ""}; };
  host.Track("xxxx");
  host.Settle();
  const std::string id = host.View()["anonymous_id"];
  const std::string granted = host.store["consent/record"];
  host.store_fails = true;
  host.Send({{"type", "forget"}});
  host.Settle();
  host.store_fails = false;
  Hear(host,
       std::string(granted).replace(granted.find(R"("generation":1)"), 14, R"("generation":2)"));
  host.Advance(60'000);
  for (const auto& [key, value] : host.store) {
    EXPECT_EQ(value.find("xxxx"), value.npos) << key;
    EXPECT_EQ(value.find(id), value.npos) << key;
  }
  EXPECT_FALSE(Json::parse(host.store["consent/record"]).contains("withdrawing"));
  EXPECT_EQ(host.View()["consent"]["purposes"]["analytics"]["state"], "granted");
}

// It wrote under a grant, went, and only then the tab that leads comes to hear of the grant.
TEST(ForgetTest, WhatATabLeftThatWasGrantedUnheardIsTakenOver) {
  FakeHost first;
  first.leads = false;
  first.Track("waits");
  first.Send({{"type", "lead"}, {"live", {"others"}}});
  FakeHost second;
  second.entropy_seed = 100;
  second.leads = false;
  second.network = [](const Request&) { return Answer{503, "", ""}; };
  second.SetConsent({{"analytics", "granted"}});
  second.Track("xxxx");
  second.Settle();
  first.store = second.store;
  first.leads = true;
  first.Send({{"type", "lead"}, {"live", Json::array()}});
  first.Advance(10'000);
  ASSERT_EQ(first.Delivered("segment").size(), 2u);
}

TEST(ForgetTest, WhatATabLeftThatHadNotHeardOfARefusalGoes) {
  FakeHost first;
  first.SetConsent({{"analytics", "denied"}});
  first.Settle();
  first.Send({{"type", "lead"}, {"live", {"another"}}});
  first.Settle();
  first.store["outbox/another/000000000001"] = "xxxx";
  first.Send({{"type", "lead"}, {"live", Json::array()}});
  first.Settle();
  EXPECT_THAT(first.Kept(), testing::ElementsAre("consent/record"));
}

// A tab that closed before it had read the ids; nobody has taken over what it left.
TEST(ForgetTest, AWithdrawalReachesCallsThatAnotherTabLeftToBeJudged) {
  Json config = ShopConfig();
  config["collectors"][0]["only"] = {"visit"};
  config["collectors"][1]["only"] = {"advert"};
  config["collectors"][1]["needs"] = {"marketing"};
  FakeHost host(config);
  host.leads = false;
  host.SetConsent({{"analytics", "granted"}, {"marketing", "granted"}});
  host.Settle();
  host.store_answers = false;
  host.Restart();
  host.Track("visit");
  host.Track("advert");
  host.Lifecycle("closing");
  host.Settle();
  host.store_answers = true;
  host.Restart();
  host.Settle();
  host.SetConsent({{"analytics", "denied"}});
  host.Settle();
  std::string all;
  for (const auto& [key, value] : host.store) all += value;
  EXPECT_THAT(all, testing::HasSubstr("advert"));
  EXPECT_THAT(all, testing::Not(testing::HasSubstr("visit")));
  EXPECT_FALSE(Json::parse(host.store["consent/record"]).contains("withdrawing"));
}

}  // namespace
}  // namespace waymark_test
