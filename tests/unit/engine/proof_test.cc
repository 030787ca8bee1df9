// What was decided and deleted can be proved: the log and its chain.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "fakes/fake_host.h"

namespace waymark_test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Json Verify(FakeHost* host, const Json& records) {
  return host->Query({{"query", "verify_records"}, {"records", records}});
}

// A device on which something was granted, withdrawn and granted again.
void Decide(FakeHost* host) {
  host->SetConsent({{"analytics", "granted"}});
  host->Settle();
  host->Track("product_viewed");
  host->Settle();
  host->SetConsent({{"analytics", "denied"}});
  host->Settle();
  host->SetConsent({{"analytics", "granted"}, {"marketing", "denied"}});
  host->Settle();
}

TEST(ProofTest, EveryDecisionAndEveryDeletionIsAnEntry) {
  FakeHost host;
  Decide(&host);
  const std::vector<Json> log = host.Log();
  ASSERT_EQ(log.size(), 4u);
  EXPECT_EQ(log[0]["type"], "decision");
  EXPECT_EQ(log[0]["by"], "person");
  EXPECT_EQ(log[0]["revision"], "2026-11-01");
  EXPECT_EQ(log[0]["purposes"]["analytics"], Json({{"state", "granted"}, {"why", "person"}}));
  EXPECT_EQ(log[0]["purposes"]["marketing"]["state"], "unknown");
  EXPECT_EQ(log[1]["purposes"]["analytics"]["state"], "denied");
  EXPECT_EQ(log[2]["type"], "deletion");
  EXPECT_EQ(log[2]["purposes"], Json({"analytics"}));
  EXPECT_EQ(log[2]["events"], 2 - 1);  // one record, for both collectors
  EXPECT_EQ(log[2]["ids"], 1);
  EXPECT_EQ(log[2]["store_cleared"], true);
  for (size_t i = 0; i < log.size(); ++i) {
    EXPECT_EQ(log[i]["number"], i + 1);
    EXPECT_EQ(log[i].value("previous", ""), i == 0 ? "" : log[i - 1].value("hash", ""));
  }
}

TEST(ProofTest, ADeletionCountsWhatMayHaveLeft) {
  FakeHost host;
  host.network = [](const Request&) { return Answer{0, "", ""}; };  // no answer yet
  host.SetConsent({{"analytics", "granted"}});
  host.Track("product_viewed");
  host.Advance(5'000);
  ASSERT_EQ(host.requests.size(), 2u);
  host.SetConsent({{"analytics", "denied"}});
  host.Settle();
  EXPECT_EQ(host.Log().back()["may_have_left"], 2);
}

TEST(ProofTest, ARefusalMakesNoSubjectAndAGrantMakesOne) {
  FakeHost host;
  host.SetConsent({{"analytics", "denied"}});
  host.Settle();
  EXPECT_FALSE(host.Log()[0].contains("subject"));
  host.SetConsent({{"analytics", "granted"}});
  host.SetConsent({{"analytics", "denied"}});
  host.Settle();
  const std::string subject = host.Log()[1]["subject"];
  EXPECT_EQ(host.Log()[2]["subject"], subject);
  host.Track("product_viewed");
  host.Advance(5'000);
  EXPECT_EQ(host.Log()[1].dump().find(host.View().value("anonymous_id", "none")),
            std::string::npos);
}

TEST(ProofTest, WhatThePersonSawIsPartOfTheEntry) {
  FakeHost host;
  const Json shown = {{"text", "sha256:0f"}, {"language", "de"}, {"layer", 1}, {"control", "all"}};
  host.Send({{"type", "set_consent"}, {"choices", {{"analytics", "granted"}}}, {"shown", shown}});
  host.Settle();
  EXPECT_EQ(host.Log()[0]["shown"], shown);
  host.Send({{"type", "set_consent"},
             {"choices", {{"analytics", "denied"}}},
             {"shown", {{"text", std::string(2'000, 'x')}}}});
  host.Settle();
  EXPECT_FALSE(host.Log()[1].contains("shown"));
  EXPECT_EQ(host.problems.back()["pointer"], "/shown");
}

TEST(ProofTest, AnAnswerThatRanOutIsAnEntryOnce) {
  FakeHost host;
  host.SetConsent({{"analytics", "granted"}});
  host.Settle();
  host.wall_ms += int64_t{181} * 86'400'000;
  for (int i = 0; i < 3; ++i) {
    host.Restart();
    host.Settle();
  }
  const std::vector<Json> log = host.Log();
  ASSERT_EQ(log.size(), 3u);
  EXPECT_EQ(log[1]["by"], "expiry");
  EXPECT_EQ(log[1]["purposes"]["analytics"], Json({{"state", "unknown"}, {"why", "expired"}}));
  EXPECT_EQ(log[2]["type"], "deletion");
  EXPECT_EQ(host.View()["consent"]["due"], Json({"analytics", "marketing"}));
}

TEST(ProofTest, ARefusalThatRanOutIsAnEntryOnceAndWithdrawsNothing) {
  FakeHost host;
  host.SetConsent({{"analytics", "denied"}});
  host.Settle();
  host.wall_ms += 400 * 86'400'000LL;
  for (int start = 0; start < 2; ++start) {
    host.Restart();
    host.Settle();
    ASSERT_EQ(host.Log().size(), 2u);
    EXPECT_EQ(host.Log()[1]["by"], "expiry");
    EXPECT_EQ(host.Log()[1]["purposes"]["analytics"],
              Json({{"state", "unknown"}, {"why", "expired"}}));
  }
}

TEST(ProofTest, TheLogIsAnsweredAndItsChainHolds) {
  FakeHost host;
  Decide(&host);
  const Json records = host.Records();
  EXPECT_EQ(records["entries"].size(), 4u);
  EXPECT_EQ(records["anchor"], host.Log().back()["hash"]);
  const Json verdict = Verify(&host, records);
  EXPECT_THAT(verdict["problems"], IsEmpty());
  EXPECT_EQ(verdict["entries"], 4);
  EXPECT_EQ(verdict["first"], 1);
  EXPECT_EQ(verdict["anchored"], 4);
}

std::vector<std::string> Codes(FakeHost* host, const Json& records) {
  std::vector<std::string> codes;
  const Json verdict = Verify(host, records);
  for (const Json& problem : verdict["problems"]) codes.push_back(problem["code"]);
  return codes;
}

TEST(ProofTest, EveryTamperingIsFound) {
  FakeHost host;
  Decide(&host);
  const Json whole = host.Records();
  for (size_t i = 0; i < 4; ++i) {
    Json changed = whole;
    changed["entries"][i]["time_ms"] = 1;
    EXPECT_THAT(Codes(&host, changed), testing::Contains("changed")) << i;
    Json removed = whole;
    removed["entries"].erase(i);
    EXPECT_THAT(Codes(&host, removed), testing::Not(IsEmpty())) << i;
    for (size_t j = 0; j < i; ++j) {
      Json moved = whole;
      std::swap(moved["entries"][i], moved["entries"][j]);
      EXPECT_THAT(Codes(&host, moved), testing::Not(IsEmpty())) << i << j;
    }
  }
  Json cut = whole;
  cut["entries"].erase(3);
  EXPECT_THAT(Codes(&host, cut), ElementsAre("cut"));
  FakeHost other;
  other.entropy_seed = 100;
  other.wall_ms += 1;
  Decide(&other);
  Json rewritten = other.Records();
  rewritten["anchor"] = whole["anchor"];
  EXPECT_THAT(Codes(&host, rewritten), ElementsAre("cut"));
}

TEST(ProofTest, AnOldAnchorHoldsForALongerLog) {
  FakeHost host;
  Decide(&host);
  const Json before = host.Records();
  host.SetConsent({{"marketing", "granted"}});
  host.Settle();
  Json after = host.Records();
  after["anchor"] = before["anchor"];
  EXPECT_THAT(Codes(&host, after), IsEmpty());
  EXPECT_EQ(Verify(&host, after)["anchored"], 4);
}

TEST(ProofTest, TheDeviceKeepsTheLastEntries) {
  FakeHost host;
  for (int i = 0; i < 210; ++i) {
    host.SetConsent({{"marketing", i % 2 == 0 ? "denied" : "granted"}});
    host.Settle();
  }
  const Json records = host.Records();
  EXPECT_LE(records["entries"].size(), 201u);
  EXPECT_GE(records["entries"].size(), 199u);
  EXPECT_THAT(Codes(&host, records), IsEmpty());
}

TEST(ProofTest, TwoTabsThatDecideAtOnceMakeAForkAndNoBreak) {
  FakeHost first;
  Decide(&first);
  FakeHost second;
  second.entropy_seed = 50;
  second.store = first.store;
  second.Restart();
  first.SetConsent({{"marketing", "granted"}});
  first.Settle();
  second.SetConsent({{"analytics", "denied"}});
  second.Settle();
  for (const auto& [key, value] : first.store) second.store.emplace(key, value);
  second.SetConsent({{"analytics", "granted"}});
  second.Settle();
  const Json records = second.Records();
  EXPECT_THAT(Codes(&second, records), IsEmpty());
  EXPECT_EQ(Verify(&second, records)["forks"], 1);
}

TEST(ProofTest, ForgettingTakesTheLogWithIt) {
  FakeHost host;
  Decide(&host);
  host.Send({{"type", "forget"}});
  host.Settle();
  EXPECT_THAT(host.Log(), IsEmpty());
  host.SetConsent({{"analytics", "denied"}});
  host.Settle();
  ASSERT_EQ(host.Log().size(), 1u);
  EXPECT_EQ(host.Log()[0]["number"], 1);
}

TEST(ProofTest, TheAnchorTravelsWithTheFirstEventOfABatch) {
  FakeHost host;
  host.SetConsent({{"analytics", "granted"}});
  host.Track("a");
  host.Track("b");
  host.Advance(5'000);
  const auto events = host.Delivered("segment");
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[0]["context"]["delivery"]["decisions"], host.Log()[0]["hash"]);
  EXPECT_FALSE(events[1]["context"].contains("delivery"));
}

// What is told is what is there: every key, and none that is not.
TEST(ProofTest, TheInventoryNamesEveryKeyAndItsPurposes) {
  FakeHost host;
  const auto inventory = [&] { return host.Query({{"query", "inventory"}})["entries"]; };
  EXPECT_THAT(inventory(), IsEmpty());
  host.SetConsent({{"analytics", "granted"}});
  host.network = [](const Request&) { return Answer{503, "", ""}; };
  host.Track("product_viewed");
  host.Settle();
  const auto covered = [&](const Json& entries) {
    for (const auto& [key, value] : host.store) {
      const auto names = [&key = key](const Json& entry) {
        return key.rfind(entry["key"].get<std::string>(), 0) == 0;
      };
      if (std::none_of(entries.begin(), entries.end(), names)) return false;
    }
    return true;
  };
  Json entries = inventory();
  EXPECT_TRUE(covered(entries)) << entries;
  EXPECT_EQ(entries.size(), 5u) << entries;
  for (const Json& entry : entries) {
    const bool proof = entry["key"].get<std::string>().rfind("consent/", 0) == 0;
    EXPECT_EQ(entry.value("purposes", Json()), proof ? Json() : Json({"analytics"})) << entry;
  }
  host.SetConsent({{"analytics", "denied"}});
  host.Settle();
  entries = inventory();
  EXPECT_TRUE(covered(entries));
  EXPECT_EQ(entries.size(), 2u);
}

TEST(ProofTest, ExplainNamesThePurposesThatDecide) {
  Json config = ShopConfig();
  config["collectors"][1]["needs"] = {"analytics", "marketing"};
  config["collectors"][1]["only"] = {"order_completed"};
  FakeHost host(config);
  const Json event = {{"type", "track"}, {"name", "product_viewed"}};
  Json answer = host.Query({{"query", "explain"}, {"event", event}});
  EXPECT_EQ(answer["collectors"]["segment"]["verdict"], "hold");
  EXPECT_EQ(answer["collectors"]["snowplow"]["wanted"], false);
  EXPECT_EQ(answer["collectors"]["snowplow"]["verdict"], "drop");
  EXPECT_EQ(answer["collectors"]["snowplow"]["because"],
            Json::parse(R"([{"purpose":"marketing","state":"unknown","why":"default"}])"));
  host.SetConsent({{"analytics", "granted"}});
  answer = host.Query({{"query", "explain"}, {"event", event}});
  EXPECT_EQ(answer["collectors"]["segment"]["verdict"], "admit");
  EXPECT_EQ(answer["collectors"]["segment"]["because"],
            Json::parse(R"([{"purpose":"analytics","state":"granted","why":"person"}])"));
}

}  // namespace
}  // namespace waymark_test
