// Three faults of other trackers, each of which sends on a later grant what was refused before.
#include <gtest/gtest.h>

#include "fakes/fake_host.h"

namespace waymark_test {
namespace {

size_t Arrived(FakeHost* host) {
  host->Advance(60'000);
  return host->Delivered("segment").size() + host->Delivered("snowplow").size();
}

// Matomo keeps requests that were made without consent, also those after a refusal, and sends all
// of them when consent is given (matomo-org/matomo #17183).
TEST(ReplayTest, WhatWasRefusedIsNotSentOnALaterGrant) {
  FakeHost host;
  host.Track("before");
  host.SetConsent({{"analytics", "denied"}});
  host.Track("refused");
  host.Identify("u1");
  host.SetConsent({{"analytics", "granted"}});
  EXPECT_EQ(Arrived(&host), 0u);
  host.Track("after");
  EXPECT_EQ(Arrived(&host), 2u);
}

// Snowplow flushes its queue, with ids from before, when its anonymous mode ends.
TEST(ReplayTest, WhatWasDeidentifiedGetsNoIdWhenIdsAreAllowed) {
  Json config = ShopConfig();
  config["consent"]["purposes"][1]["before_answer"] = "deidentify";
  FakeHost host(config);
  host.network = [](const Request&) { return Answer{503, "", ""}; };
  host.Track("product_viewed", {{"email", "a@b.example"}});
  host.Settle();
  host.SetConsent({{"analytics", "granted"}});
  host.network = [](const Request&) { return Answer(); };
  host.Track("product_added");
  host.Advance(60'000);
  const std::string id = host.View()["anonymous_id"];
  for (const Json& event : host.Delivered("segment")) {
    const bool named = event["event"] == "Product Added";
    EXPECT_EQ(event["anonymousId"] == id, named) << event;
    EXPECT_EQ(event.dump().find("a@b.example"), std::string::npos);
  }
  // And the other way round: ids that were allowed are in no event after a withdrawal.
  host.SetConsent({{"analytics", "denied"}});
  host.SetConsent({{"analytics", "granted"}});
  host.Track("product_viewed");
  host.Advance(60'000);
  EXPECT_NE(host.View()["anonymous_id"], id);
}

TEST(ReplayTest, WhoGrantsAgainWhatWasWithdrawnGetsNewIds) {
  Json config = ShopConfig();
  config["collectors"][1]["needs"] = {"marketing"};
  FakeHost host(config);
  host.SetConsent({{"analytics", "granted"}, {"marketing", "granted"}});
  host.Track("a");
  host.Advance(60'000);
  const std::string first = host.View()["anonymous_id"];
  host.SetConsent({{"marketing", "denied"}});
  host.Track("b");
  host.Advance(60'000);
  EXPECT_EQ(host.View()["anonymous_id"], first);  // analytics goes on
  host.Restart();
  host.Settle();
  host.SetConsent({{"marketing", "granted"}});
  host.Track("c");
  host.Advance(60'000);
  EXPECT_NE(host.View()["anonymous_id"], first);
  const auto events = host.Delivered("snowplow");
  EXPECT_NE(events.front()["duid"], events.back()["duid"]);
}

// RudderStack keeps what was captured before consent by default, and sends it once there is one.
TEST(ReplayTest, WhatCameBeforeConsentIsSentOnlyWhereThePolicyHoldsIt) {
  for (const std::string before : {"hold", "drop"}) {
    Json config = ShopConfig();
    config["consent"]["purposes"][1]["before_answer"] = before;
    FakeHost host(config);
    host.Track("product_viewed");
    host.Restart();  // what is held is held by the page, and by no other
    host.Track("product_added");
    host.SetConsent({{"analytics", "granted"}});
    EXPECT_EQ(Arrived(&host), before == "hold" ? 2u : 0u) << before;
  }
}

}  // namespace
}  // namespace waymark_test
