// Where the person is, how old, and what their browser says for them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "fakes/fake_host.h"

namespace waymark_test {
namespace {

using testing::IsEmpty;

constexpr int64_t kDayMs = 86'400'000;

// Asks before in the Union, stops when told in California and Colorado, tells elsewhere.
Json WorldConfig() {
  Json config = ShopConfig();
  config["consent"]["regions"] = Json::parse(R"([
    {"match": ["EU", "GB"], "model": "opt_in", "gpc": "ignore"},
    {"match": ["US-CA", "US-CO"], "model": "opt_out", "gpc": "opt_out"},
    {"match": ["*"], "model": "notice"}])");
  config["collectors"][1]["needs"] = {"marketing"};
  return config;
}

void Tell(FakeHost* host, const std::string& name, const Json& value) {
  host->Send({{"type", "signal"}, {"name", name}, {"value", value}, {"source", "test"}});
  host->Settle();
}

Json PurposeOf(FakeHost* host, const std::string& id) {
  return host->View()["consent"]["purposes"][id];
}

size_t CountAt(FakeHost* host, const std::string& collector) {
  host->Advance(10'000);
  return host->Delivered(collector).size();
}

TEST(FactsTest, WhereTheRegionIsNotKnownEverybodyIsAskedBefore) {
  FakeHost host(WorldConfig());
  host.Track("product_viewed");
  host.Settle();
  EXPECT_THAT(host.store, IsEmpty());
  EXPECT_EQ(PurposeOf(&host, "analytics")["state"], "unknown");
}

TEST(FactsTest, TheRegionSaysWhetherSomethingIsOnUnasked) {
  const std::map<std::string, std::string> expected = {
      {"DE", "unknown"},    {"NO", "granted"}, {"GB", "unknown"}, {"US-CA", "granted"},
      {"US-TX", "granted"}, {"FR", "unknown"}, {"", "unknown"}};
  for (const auto& [region, state] : expected) {
    FakeHost host(WorldConfig());
    Tell(&host, "region", region);
    EXPECT_EQ(PurposeOf(&host, "analytics")["state"], state) << region;
    EXPECT_EQ(PurposeOf(&host, "analytics")["why"], "default") << region;
    host.Track("product_viewed");
    EXPECT_EQ(CountAt(&host, "segment"), state == "granted" ? 1u : 0u) << region;
    EXPECT_EQ(host.store.empty(), state != "granted") << region;
    EXPECT_FALSE(host.View()["consent"]["answered"]) << region;
  }
}

TEST(FactsTest, WhereNobodyIsAskedARefusalHolds) {
  FakeHost host(WorldConfig());
  Tell(&host, "region", "US-TX");
  host.Track("a");
  host.SetConsent({{"analytics", "denied"}, {"marketing", "denied"}});
  host.Track("b");
  EXPECT_EQ(CountAt(&host, "segment"), 0u);
  EXPECT_EQ(host.Kept().size(), 1u);
  // Also when it is older than an answer may be: nobody takes a "no" for a "yes".
  host.wall_ms += 400 * kDayMs;
  host.Restart();
  Tell(&host, "region", "US-TX");
  host.Track("c");
  EXPECT_EQ(CountAt(&host, "segment"), 0u);
  EXPECT_EQ(PurposeOf(&host, "analytics")["state"], "denied");
}

TEST(FactsTest, GpcOptsOutWhereItCountsAndStays) {
  FakeHost host(WorldConfig());
  Tell(&host, "gpc", true);
  EXPECT_EQ(PurposeOf(&host, "analytics")["why"], "region");  // it is not known yet
  Tell(&host, "region", "US-CA");
  EXPECT_EQ(PurposeOf(&host, "analytics"), Json({{"state", "denied"}, {"why", "gpc"}}));
  host.Track("product_viewed");
  EXPECT_EQ(CountAt(&host, "segment"), 0u);
  // The opt-out was made: another browser setting does not take it back.
  host.Restart();
  Tell(&host, "region", "US-CA");
  Tell(&host, "gpc", false);
  EXPECT_EQ(PurposeOf(&host, "analytics")["why"], "gpc");
  host.SetConsent({{"analytics", "granted"}});
  EXPECT_EQ(PurposeOf(&host, "analytics")["why"], "person");
}

TEST(FactsTest, GpcWithdrawsWhatWasOnUnasked) {
  FakeHost host(WorldConfig());
  Tell(&host, "region", "US-CA");
  host.network = [](const Request&) { return Answer{503, "", ""}; };
  host.Track("product_viewed");
  host.Settle();
  ASSERT_GT(host.Kept().size(), 1u);
  Tell(&host, "gpc", true);
  EXPECT_EQ(host.Kept().size(), 1u);
  EXPECT_EQ(host.store.count("consent/record"), 1u);
}

TEST(FactsTest, GpcIsNotHeardWhereThePolicyIgnoresIt) {
  FakeHost host(WorldConfig());
  Tell(&host, "gpc", true);
  Tell(&host, "region", "DE");
  EXPECT_EQ(PurposeOf(&host, "analytics")["state"], "unknown");
  EXPECT_THAT(host.store, IsEmpty());
}

TEST(FactsTest, WhoGrantsInSpiteOfASignalIsTakenAtTheirWord) {
  FakeHost host(WorldConfig());
  Tell(&host, "region", "US-CA");
  Tell(&host, "gpc", true);
  host.SetConsent({{"analytics", "granted"}});
  EXPECT_EQ(PurposeOf(&host, "analytics")["state"], "granted");
  EXPECT_EQ(host.View()["consent"]["contradictions"], Json({"analytics"}));
  host.Settle();
  host.Restart();
  Tell(&host, "region", "US-CA");
  Tell(&host, "gpc", true);
  EXPECT_EQ(PurposeOf(&host, "analytics")["state"], "granted");
  EXPECT_EQ(PurposeOf(&host, "marketing")["why"], "gpc");
}

TEST(FactsTest, ASignalAfterAGrantDeniesIt) {
  FakeHost host(WorldConfig());
  Tell(&host, "region", "US-CA");
  host.SetConsent({{"analytics", "granted"}});
  Tell(&host, "gpc", true);
  EXPECT_EQ(PurposeOf(&host, "analytics"), Json({{"state", "denied"}, {"why", "gpc"}}));
}

TEST(FactsTest, APurposeMaySayWhichSignalsConcernIt) {
  Json config = WorldConfig();
  config["consent"]["purposes"][1]["signals"] = {"dnt"};
  config["consent"]["signals"] = {{"dnt", "honour"}};
  FakeHost host(config);
  Tell(&host, "region", "US-CA");
  Tell(&host, "gpc", true);
  EXPECT_EQ(PurposeOf(&host, "analytics")["state"], "granted");
  EXPECT_EQ(PurposeOf(&host, "marketing")["why"], "gpc");
  Tell(&host, "dnt", true);
  EXPECT_EQ(PurposeOf(&host, "analytics")["why"], "dnt");
}

TEST(FactsTest, DntIsHeardOnlyWhereThePolicySaysSo) {
  FakeHost host(WorldConfig());
  Tell(&host, "region", "US-CA");
  Tell(&host, "dnt", true);
  EXPECT_EQ(PurposeOf(&host, "analytics")["state"], "granted");
}

// The system's refusal stands over the person's answer, as long as it stands.
TEST(FactsTest, AttSuspends) {
  FakeHost host;
  host.SetConsent({{"analytics", "granted"}});
  for (const char* refused : {"denied", "restricted", "not_determined"}) {
    Tell(&host, "att", refused);
    EXPECT_EQ(PurposeOf(&host, "analytics"), Json({{"state", "denied"}, {"why", "att"}}));
    host.SetConsent({{"analytics", "granted"}});
    EXPECT_EQ(PurposeOf(&host, "analytics")["state"], "denied");
  }
  EXPECT_EQ(host.Kept().size(), 1u);
  Tell(&host, "att", "authorized");
  EXPECT_EQ(PurposeOf(&host, "analytics")["state"], "granted");
}

Json AgeConfig(const char* unknown) {
  Json config = ShopConfig();
  config["consent"]["age"] = {{"minimum", 16}, {"below", "deny_all"}};
  if (*unknown) config["consent"]["age"]["unknown"] = unknown;
  return config;
}

TEST(FactsTest, WhoIsTooYoungIsNotTrackedWhateverTheyAnswer) {
  FakeHost host(AgeConfig(""));
  host.SetConsent({{"analytics", "granted"}});
  EXPECT_EQ(PurposeOf(&host, "analytics"), Json({{"state", "denied"}, {"why", "age"}}));
  Tell(&host, "age", 15);
  host.Track("a");
  EXPECT_EQ(CountAt(&host, "segment"), 0u);
  EXPECT_EQ(host.Kept().size(), 1u);
  Tell(&host, "age", 16);
  EXPECT_EQ(PurposeOf(&host, "analytics")["state"], "granted");
  host.Track("b");
  EXPECT_EQ(CountAt(&host, "segment"), 1u);
  host.Restart();  // how old somebody is stays known
  EXPECT_EQ(PurposeOf(&host, "analytics")["state"], "granted");
}

TEST(FactsTest, APolicyMayTrustWhoseAgeItDoesNotKnow) {
  FakeHost host(AgeConfig("allow"));
  host.SetConsent({{"analytics", "granted"}});
  host.Track("a");
  host.Settle();
  EXPECT_EQ(PurposeOf(&host, "analytics")["state"], "granted");
  host.network = [](const Request&) { return Answer{503, "", ""}; };
  Tell(&host, "age", 12);
  EXPECT_EQ(PurposeOf(&host, "analytics")["why"], "age");
  EXPECT_EQ(host.Kept().size(), 1u);
}

TEST(FactsTest, WhatAnEarlierPageKeptUnaskedGoesWhereItWouldHaveToAsk) {
  FakeHost host(WorldConfig());
  Tell(&host, "region", "US-TX");
  host.network = [](const Request&) { return Answer{503, "", ""}; };
  host.Track("product_viewed");
  host.Settle();
  ASSERT_GT(host.Kept().size(), 2u);
  host.Restart();
  host.Settle();
  ASSERT_GT(host.Kept().size(),
            2u);  // where they are is not known: nothing is read, nothing deleted
  Tell(&host, "region", "FR");
  EXPECT_EQ(host.Kept().size(), 1u);
  host.Track("product_viewed");
  EXPECT_EQ(CountAt(&host, "segment"), 0u);
}

TEST(FactsTest, TheSameFactsOnTheNextPageAreNoNewDecision) {
  FakeHost host(WorldConfig());
  Tell(&host, "gpc", true);
  Tell(&host, "region", "US-TX");
  const Json before = host.View()["consent"]["generation"];
  const auto store = host.store;
  host.Restart();
  Tell(&host, "gpc", true);
  Tell(&host, "region", "US-TX");
  EXPECT_EQ(host.View()["consent"]["generation"], before);
  EXPECT_EQ(host.store, store);
}

TEST(FactsTest, WhatIsNoFactIsAProblem) {
  FakeHost host(WorldConfig());
  Tell(&host, "moon", true);
  Tell(&host, "region", "Atlantis");
  Tell(&host, "region", 7);
  ASSERT_EQ(host.problems.size(), 3u);
  EXPECT_EQ(host.problems[0]["pointer"], "/name");
  EXPECT_EQ(host.problems[1]["pointer"], "/value");
  EXPECT_EQ(host.problems[1]["found"], "no place");
  EXPECT_EQ(PurposeOf(&host, "analytics")["state"], "unknown");
  EXPECT_FALSE(host.View()["signals"].contains("moon"));
}

// The other tab was told nothing of the browser's signal: it is of this browser all the same.
TEST(FactsTest, WhatATabHearsIsDeniedByTheSignalItKnows) {
  FakeHost host(WorldConfig());
  Tell(&host, "region", "US-CA");
  FakeHost other(WorldConfig());
  other.wall_ms = host.wall_ms;
  Tell(&other, "region", "US-CA");
  Tell(&host, "gpc", true);
  other.SetConsent({{"analytics", "granted"}, {"marketing", "granted"}});
  other.SetConsent({{"analytics", "granted"}, {"marketing", "granted"}});
  other.Settle();
  const std::string record = other.store["consent/record"];
  host.store["consent/record"] = record;
  host.Send({{"type", "store_changed"},
             {"key", "consent/record"},
             {"value", {{"offset", 0}, {"size", record.size()}}}},
            record);
  host.Settle();
  EXPECT_EQ(PurposeOf(&host, "marketing"), Json({{"state", "denied"}, {"why", "gpc"}}));
  EXPECT_EQ(host.Log().back()["type"], "deletion");
  EXPECT_EQ(Json::parse(host.store["consent/record"])["choices"]["marketing"], "denied");
}

// Nobody ever told where the person is: what they deny goes all the same.
TEST(FactsTest, WhatHadLapsedGoesWithTheNextAnswer) {
  for (const char* answer : {"denied", "granted"}) {
    FakeHost host(WorldConfig());
    host.network = [](const Request&) { return Answer{503, "", ""}; };
    host.SetConsent({{"analytics", "granted"}});
    host.Track("xxxx");
    host.Settle();
    const std::string id = host.View()["anonymous_id"];
    host.wall_ms += 500 * kDayMs;
    host.Restart();
    host.Settle();
    host.SetConsent({{"analytics", answer}});
    host.Track("yyyy");
    host.Advance(60'000);
    for (const auto& [key, value] : host.store) {
      EXPECT_EQ(value.find("xxxx"), value.npos) << answer << " " << key;
      EXPECT_EQ(value.find(id), value.npos) << answer << " " << key;
    }
  }
}

// A signal may come alone: what is to be deleted does not wait for ever.
TEST(FactsTest, ADeletionCutShortEndsThoughNobodySaysWhereThePersonIs) {
  FakeHost host(WorldConfig());
  host.SetConsent({{"analytics", "granted"}});
  host.Track("xxxx");
  host.Settle();
  host.store_keeps = "outbox/";
  host.SetConsent({{"analytics", "denied"}});
  host.Settle();
  host.store_keeps.clear();
  host.Restart();
  Tell(&host, "gpc", true);
  host.Advance(60'000);
  EXPECT_FALSE(Json::parse(host.store["consent/record"]).contains("withdrawing"));
  EXPECT_EQ(host.store.count("state/identity"), 0u);
}

TEST(FactsTest, AnOldGrantFromElsewhereUndoesNoRefusal) {
  FakeHost host(WorldConfig());
  Tell(&host, "region", "DE");
  host.SetConsent({{"analytics", "denied"}});
  host.Send({{"type", "set_consent"},
             {"choices", {{"analytics", "granted"}, {"marketing", "granted"}}},
             {"source", "person"},
             {"decided_ms", host.wall_ms - kDayMs}});
  host.Settle();
  EXPECT_EQ(PurposeOf(&host, "analytics")["state"], "denied");
  EXPECT_EQ(PurposeOf(&host, "marketing")["state"], "granted");
}

TEST(FactsTest, AnExemptionHoldsWhereItHolds) {
  Json config = WorldConfig();
  config["consent"]["purposes"].push_back(
      {{"id", "audience"}, {"basis", "exempt"}, {"exempt_in", {"FR"}}, {"mode", "deidentify"}});
  config["collectors"][0]["needs"] = {"audience"};
  for (const char* region : {"FR", "DE", ""}) {
    FakeHost host(config);
    Tell(&host, "region", region);
    host.Track("product_viewed");
    EXPECT_EQ(CountAt(&host, "segment"), std::string(region) == "FR" ? 1u : 0u) << region;
    EXPECT_EQ(PurposeOf(&host, "audience")["state"],
              std::string(region) == "FR" ? "exempt" : "unknown");
  }
}

TEST(FactsTest, AVendorMayBeRefusedAlone) {
  Json config = ShopConfig();
  config["consent"]["vendors"] = {{{"id", "acme"}, {"purposes", {"analytics"}}}};
  config["collectors"][0]["vendor"] = "acme";
  FakeHost host(config);
  host.SetConsent({{"analytics", "granted"}, {"vendor:acme", "denied"}});
  host.Track("a");
  EXPECT_EQ(CountAt(&host, "segment"), 0u);
  EXPECT_EQ(CountAt(&host, "snowplow"), 1u);
  host.SetConsent({{"vendor:acme", "granted"}});
  host.Track("b");
  EXPECT_EQ(CountAt(&host, "segment"), 1u);
  host.network = [](const Request&) { return Answer{503, "", ""}; };
  host.Track("c");
  host.SetConsent({{"vendor:acme", "denied"}});
  host.network = [](const Request&) { return Answer(); };
  host.SetConsent({{"vendor:acme", "granted"}});
  EXPECT_EQ(CountAt(&host, "segment"), 1u);
}

TEST(FactsTest, AnEventMayNeedMoreThanItsCollectors) {
  FakeHost host;
  const auto track = [&](const char* name) {
    host.Send({{"type", "track"}, {"name", name}, {"needs", {"marketing"}}});
  };
  host.SetConsent({{"analytics", "granted"}});
  track("a");
  host.Track("b");
  EXPECT_EQ(CountAt(&host, "segment"), 1u);
  EXPECT_EQ(host.View()["losses"]["consent"], 1);
  host.SetConsent({{"marketing", "granted"}});
  track("c");
  EXPECT_EQ(CountAt(&host, "segment"), 2u);
  // What was stored is read back with its needs.
  host.network = [](const Request&) { return Answer{503, "", ""}; };
  track("d");
  host.Track("e");
  host.Settle();
  host.Restart();
  host.SetConsent({{"marketing", "denied"}});
  host.network = [](const Request&) { return Answer(); };
  host.Advance(600'000);
  EXPECT_EQ(host.Delivered("segment").size(), 3u);
  EXPECT_EQ(host.Delivered("segment").back()["event"], "e");
}

TEST(FactsTest, AnEventThatNeedsWhatThereIsNotIsRefused) {
  FakeHost host;
  host.SetConsent({{"analytics", "granted"}});
  host.Send({{"type", "track"}, {"name", "a"}, {"needs", {"analytics", "marketin"}}});
  EXPECT_EQ(CountAt(&host, "segment"), 0u);
  EXPECT_EQ(host.problems.back()["pointer"], "/needs/1");
  EXPECT_EQ(host.View()["losses"]["invalid"], 1);
}

TEST(FactsTest, AnIdIsNotProlonged) {
  FakeHost host;
  host.SetConsent({{"analytics", "granted"}});
  host.Track("a");
  host.Settle();
  const std::string first = host.View()["anonymous_id"];
  const auto later = [&](int days) {
    host.wall_ms += days * kDayMs;
    host.Restart();
    host.Settle();
    host.SetConsent({{"analytics", "granted"}});
    host.Track("b");
    host.Settle();
    return host.View()["anonymous_id"].get<std::string>();
  };
  EXPECT_EQ(later(150), first);
  EXPECT_EQ(later(150), first);
  EXPECT_NE(later(100), first);  // 400 days after it was made
}

// tests/vectors/iab.json, `secGpc`.
TEST(FactsTest, TheHeaderFieldIsReadAsTheSpecificationHasIt) {
  std::ifstream file(WAYMARK_VECTORS "/iab.json");
  const Json vectors = Json::parse(file);
  ASSERT_GE(vectors["secGpc"].size(), 10u);
  for (const Json& vector : vectors["secGpc"]) {
    FakeHost host(WorldConfig());
    Tell(&host, "region", "US-CA");
    Tell(&host, "gpc", vector["headers"]);
    EXPECT_EQ(PurposeOf(&host, "analytics")["why"] == "gpc", vector["optOut"]) << vector;
  }
}

TEST(FactsTest, AnAccountsAnswerIsMergedWithTheDevices) {
  FakeHost host;
  host.SetConsent({{"analytics", "granted"}});
  host.Send({{"type", "set_consent"},
             {"choices", {{"analytics", "denied"}, {"marketing", "granted"}}},
             {"source", "account"}});
  host.Settle();
  EXPECT_EQ(PurposeOf(&host, "analytics"), Json({{"state", "denied"}, {"why", "account"}}));
  EXPECT_EQ(PurposeOf(&host, "marketing"), Json({{"state", "granted"}, {"why", "account"}}));
  EXPECT_EQ(host.View()["consent"]["conflicts"], Json({"analytics"}));
  host.Restart();
  EXPECT_EQ(host.View()["consent"]["conflicts"], Json({"analytics"}));
  host.SetConsent({{"analytics", "granted"}});
  EXPECT_EQ(PurposeOf(&host, "analytics"), Json({{"state", "granted"}, {"why", "person"}}));
  EXPECT_FALSE(host.View()["consent"].contains("conflicts"));
}

TEST(FactsTest, AnAccountThatGrantsDoesNotOverruleTheDevicesRefusal) {
  FakeHost host;
  host.SetConsent({{"analytics", "denied"}});
  host.Send(
      {{"type", "set_consent"}, {"choices", {{"analytics", "granted"}}}, {"source", "account"}});
  EXPECT_EQ(PurposeOf(&host, "analytics")["state"], "denied");
  EXPECT_EQ(host.View()["consent"]["conflicts"], Json({"analytics"}));
}

}  // namespace
}  // namespace waymark_test
