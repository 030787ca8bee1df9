// What the owner's server is told of decisions, and of what it is to delete.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "fakes/fake_host.h"

namespace waymark_test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr int64_t kDayMs = 86'400'000;

Json OwnerConfig() {
  Json config = ShopConfig();
  config["consent"]["purposes"].push_back(
      {{"id", "records"}, {"basis", "legal_obligation"}, {"storage", true}});
  config["consent"]["records"] = "owner";
  config["collectors"].push_back({{"id", "owner"},
                                  {"protocol", "segment"},
                                  {"url", "https://owner.example"},
                                  {"needs", {"records"}},
                                  {"options", {{"write_key", "O"}}}});
  return config;
}

TEST(OwnerTest, TheOwnerIsToldOfEachDecisionAndAskedToDelete) {
  FakeHost host(OwnerConfig());
  host.SetConsent({{"analytics", "granted"}});
  host.Track("product_viewed");
  host.Advance(5'000);
  const std::string id = host.View()["anonymous_id"];
  host.SetConsent({{"analytics", "denied"}});
  host.Advance(5'000);
  std::vector<std::string> names;
  Json request;
  for (const Json& event : host.Delivered("owner")) {
    names.push_back(event["event"]);
    if (names.back() == "deletion_requested") request = event;
  }
  EXPECT_THAT(names, ElementsAre("consent_decided", "consent_decided", "deletion_requested",
                                 "consent_decided"));
  EXPECT_EQ(request["anonymousId"], id);
  EXPECT_EQ(request["properties"]["purposes"], Json({"analytics"}));
  EXPECT_EQ(request["properties"]["collectors"], Json({"segment", "snowplow"}));
  EXPECT_EQ(host.Delivered("owner")[0]["properties"]["hash"], host.Log()[0]["hash"]);
  EXPECT_FALSE(Json::parse(host.store["consent/record"]).contains("unreported"));
  EXPECT_EQ(host.Delivered("segment").size(), 1u);  // it gets no records
}

TEST(OwnerTest, WhatTheOwnerHasNotHeardIsSentAgainAfterAStop) {
  FakeHost host(OwnerConfig());
  host.SetConsent({{"analytics", "granted"}});
  host.Track("product_viewed");
  host.Advance(5'000);
  host.network = [](const Request&) { return Answer{503, "", ""}; };
  host.SetConsent({{"analytics", "denied"}});
  host.Settle();
  host.Restart();  // the withdrawal may not even be done
  host.Advance(60'000);
  EXPECT_THAT(host.Kept(), ElementsAre("consent/record"));
  host.network = [](const Request&) { return Answer(); };
  host.Restart();
  host.Advance(60'000);
  std::set<std::string> names;
  for (const Json& event : host.Delivered("owner")) names.insert(event["event"]);
  EXPECT_EQ(names.count("deletion_requested"), 1u);
  EXPECT_FALSE(Json::parse(host.store["consent/record"]).contains("unreported"));
  const size_t before = host.requests.size();
  host.Restart();
  host.Advance(60'000);
  EXPECT_EQ(host.requests.size(), before);
}

TEST(OwnerTest, RecordsGoOnlyWhereNobodyHasToBeAsked) {
  Json config = OwnerConfig();
  config["collectors"][2]["needs"] = {"analytics"};
  FakeHost host(config);
  ASSERT_GE(host.problems.size(), 1u);
  EXPECT_EQ(host.problems[0]["pointer"], "/consent/records");
}

std::vector<Json> DeletionsAskedFor(const FakeHost& host) {
  std::vector<Json> asked;
  for (const Json& event : host.Delivered("owner")) {
    if (event["event"] == "deletion_requested") asked.push_back(event);
  }
  return asked;
}

// Another tab that knows nothing of this browser's signal puts its decision down: what the signal
// denies then is withdrawn here, and its id not deleted before the owner is told of it.
TEST(OwnerTest, TheOwnerIsAskedToDeleteWhatASignalEndsThatAnotherTabDoesNotKnow) {
  Json config = OwnerConfig();
  config["consent"]["regions"] =
      Json::parse(R"([{"match": ["*"], "model": "opt_out", "gpc": "opt_out"}])");
  FakeHost host(config);
  const auto tell = [&](const char* name, const Json& value) {
    host.Send({{"type", "signal"}, {"name", name}, {"value", value}, {"source", "page"}});
    host.Settle();
  };
  tell("region", "US-CA");
  tell("gpc", true);
  host.SetConsent({{"analytics", "granted"}});  // despite it
  host.Track("product_viewed");
  host.Advance(5'000);
  const std::string id = host.View()["anonymous_id"];
  ASSERT_FALSE(id.empty());
  Json record = Json::parse(host.store.at("consent/record"));
  record.erase("despite");
  record["generation"] = record["generation"].get<int>() + 1;
  host.store["consent/record"] = record.dump();
  host.Send({{"type", "store_changed"},
             {"key", "consent/record"},
             {"value", {{"offset", 0}, {"size", record.dump().size()}}}},
            record.dump());
  host.Advance(10'000);
  ASSERT_EQ(host.View()["consent"]["purposes"]["analytics"]["state"], "denied");
  const std::vector<Json> asked = DeletionsAskedFor(host);
  ASSERT_EQ(asked.size(), 1u);
  EXPECT_EQ(asked[0]["anonymousId"], id);
  EXPECT_EQ(host.store.count("state/identity"), 0u);
}

// A visitor who granted, was sent under an id, and comes back; what the store has is not read yet.
std::string ComeBack(FakeHost* host) {
  host->SetConsent({{"analytics", "granted"}});
  host->Track("product_viewed");
  host->Advance(5'000);
  const std::string id = host->View()["anonymous_id"];
  host->Restart();
  return id;
}

TEST(OwnerTest, IdsThatWereNotReadYetAreReadBeforeTheyGo) {
  FakeHost host(OwnerConfig());
  const std::string id = ComeBack(&host);
  host.SetConsent({{"analytics", "denied"}});
  host.Advance(10'000);
  const std::vector<Json> asked = DeletionsAskedFor(host);
  ASSERT_EQ(asked.size(), 1u);
  EXPECT_EQ(asked[0]["anonymousId"], id);
  EXPECT_EQ(asked[0]["properties"]["purposes"], Json({"analytics"}));
  EXPECT_THAT(host.Kept(), ElementsAre("consent/record"));
  const Json record = Json::parse(host.store["consent/record"]);
  for (const char* note : {"withdrawing", "unannounced", "unreported"}) {
    EXPECT_FALSE(record.contains(note)) << note;
  }
}

TEST(OwnerTest, APageThatStopsBeforeTheIdsAreReadLeavesThemToTheNext) {
  FakeHost host(OwnerConfig());
  const std::string id = ComeBack(&host);
  host.store_answers = false;
  host.SetConsent({{"analytics", "denied"}});
  host.Settle();
  EXPECT_EQ(Json::parse(host.store["consent/record"])["unannounced"], Json({"analytics"}));
  EXPECT_EQ(host.store.count("state/identity"), 1u);
  host.store_answers = true;
  host.Restart();
  host.Advance(10'000);
  const std::vector<Json> asked = DeletionsAskedFor(host);
  ASSERT_EQ(asked.size(), 1u);
  EXPECT_EQ(asked[0]["anonymousId"], id);
  EXPECT_THAT(host.Kept(), ElementsAre("consent/record"));
}

TEST(OwnerTest, AGrantThatRanOutIsAskedForLikeAWithdrawal) {
  FakeHost host(OwnerConfig());
  host.SetConsent({{"analytics", "granted"}});
  host.Track("product_viewed");
  host.Advance(5'000);
  const std::string id = host.View()["anonymous_id"];
  host.wall_ms += 400 * kDayMs;
  host.Restart();
  host.Advance(10'000);
  const std::vector<Json> asked = DeletionsAskedFor(host);
  ASSERT_EQ(asked.size(), 1u);
  EXPECT_EQ(asked[0]["anonymousId"], id);
  EXPECT_THAT(host.Kept(), ElementsAre("consent/record"));
}

TEST(OwnerTest, WhoIsForgottenIsForgottenByTheOwnerToo) {
  FakeHost host(OwnerConfig());
  host.SetConsent({{"analytics", "granted"}});
  host.Track("product_viewed");
  host.Advance(5'000);
  const std::string id = host.View()["anonymous_id"];
  const std::string subject = host.Log()[0]["subject"];
  host.network = [](const Request&) { return Answer{503, "", ""}; };
  host.Send({{"type", "forget"}});
  host.Settle();
  EXPECT_THAT(host.Log(), IsEmpty());
  EXPECT_THAT(host.Kept(), ElementsAre("consent/record"));  // what is still to be told
  EXPECT_FALSE(host.View()["consent"]["answered"]);
  host.network = [](const Request&) { return Answer(); };
  host.Restart();
  host.Advance(60'000);
  const std::vector<Json> asked = DeletionsAskedFor(host);
  ASSERT_EQ(asked.size(), 1u);
  EXPECT_EQ(asked[0]["anonymousId"], id);
  EXPECT_EQ(asked[0]["properties"]["subject"], subject);
  EXPECT_THAT(host.store, IsEmpty());
}

TEST(OwnerTest, WhoIsForgottenBeforeTheIdsWereReadIsToo) {
  FakeHost host(OwnerConfig());
  const std::string id = ComeBack(&host);
  host.Send({{"type", "forget"}});
  host.Advance(10'000);
  const std::vector<Json> asked = DeletionsAskedFor(host);
  ASSERT_EQ(asked.size(), 1u);
  EXPECT_EQ(asked[0]["anonymousId"], id);
  EXPECT_THAT(host.store, IsEmpty());
}

// An owner who is long away: decisions make room for requests, for they stand in the log.
TEST(OwnerTest, ARequestToDeleteFindsRoom) {
  FakeHost host(OwnerConfig());
  host.network = [](const Request& request) {
    return request.url.find("owner") != std::string::npos ? Answer{503, "", ""} : Answer();
  };
  host.SetConsent({{"analytics", "granted"}});
  host.Track("product_viewed");
  host.Advance(5'000);
  for (int i = 0; i < 30; ++i) {
    host.SetConsent({{"marketing", i % 2 == 0 ? "granted" : "denied"}});
    host.Settle();
  }
  host.Track("product_viewed");
  host.Advance(5'000);
  host.SetConsent({{"analytics", "denied"}});
  host.Settle();
  host.network = [](const Request&) { return Answer(); };
  host.Restart();
  host.Advance(600'000);
  std::set<std::string> purposes;
  for (const Json& event : DeletionsAskedFor(host)) {
    for (const Json& purpose : event["properties"]["purposes"]) purposes.insert(purpose);
  }
  EXPECT_EQ(purposes.count("analytics"), 1u);
}

TEST(OwnerTest, WhoIsForgottenOnceLeavesNothingThoughAnotherTabCame) {
  FakeHost host(OwnerConfig());
  host.SetConsent({{"analytics", "granted"}});
  host.Track("product_viewed");
  host.Advance(5'000);
  host.store_is_slow = true;
  host.Send({{"type", "forget"}});
  host.Settle();
  host.Send({{"type", "lead"}, {"live", {"another"}}});
  host.Send({{"type", "lead"}, {"live", Json::array()}});
  host.Settle();
  host.store_is_slow = false;
  host.Advance(60'000);
  EXPECT_THAT(host.store, IsEmpty());
}

TEST(OwnerTest, WhereNobodyEverDecidedForgettingReadsNothing) {
  FakeHost host(OwnerConfig());
  host.Send({{"type", "forget"}});
  host.Settle();
  for (const Json& effect : host.effects) EXPECT_NE(effect["type"], "store_get");
  EXPECT_THAT(host.store, IsEmpty());
}

TEST(OwnerTest, ACollectorThatGotEventsOrFieldsForAPurposeIsNamed) {
  Json config = OwnerConfig();
  config["collectors"][1]["fields"] =
      Json::parse(R"([{"path": "/traits", "needs": ["marketing"], "otherwise": "drop"}])");
  FakeHost host(config);
  const auto ask = [&](const Json& needs) {
    host.SetConsent({{"analytics", "granted"}, {"marketing", "granted"}});
    Json track = {{"type", "track"}, {"name", "advert_seen"}};
    if (!needs.empty()) track["needs"] = needs;
    host.Send(track);
    host.Advance(5'000);
    host.SetConsent({{"marketing", "denied"}});
    host.Advance(5'000);
    return DeletionsAskedFor(host).back()["properties"]["collectors"];
  };
  EXPECT_EQ(ask({}), Json({"snowplow"}));
  EXPECT_EQ(ask({"marketing"}), Json({"segment", "snowplow"}));
}

}  // namespace
}  // namespace waymark_test
