// The gate stands first: nothing is kept, made or sent before it admits, and a withdrawal takes
// everything back.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/fake_host.h"

namespace waymark_test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(ConsentTest, BeforeAnAnswerNothingIsStoredSentOrMade) {
  FakeHost host;
  host.Page();
  host.Track("product_viewed", {{"product_id", "compass-01"}});
  host.Identify("u1", {{"email", "a@b.example"}});
  host.Lifecycle("hidden");
  host.Lifecycle("closing");
  host.Advance(3'600'000);
  EXPECT_THAT(host.Kept(), IsEmpty());
  EXPECT_THAT(host.requests, IsEmpty());
  for (const Json& effect : host.effects) EXPECT_EQ(effect["type"], "notify");
  const Json view = host.View();
  EXPECT_EQ(view["queue"]["held"], 3);
  EXPECT_FALSE(view.contains("anonymous_id"));
  EXPECT_FALSE(view.contains("user_id"));
}

TEST(ConsentTest, AGrantReleasesWhatWasHeldWithTheTimesAtWhichItHappened) {
  FakeHost host;
  const int64_t then = host.wall_ms;
  host.Track("product_viewed");
  host.Advance(5'000);
  host.SetConsent({{"analytics", "granted"}});
  host.Advance(5'000);
  const auto events = host.Delivered("snowplow");
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0]["dtm"], std::to_string(then));
}

TEST(ConsentTest, ADenialDropsWhatWasHeldAndMakesNoIdentifier) {
  FakeHost host;
  host.Track("product_viewed");
  host.SetConsent({{"analytics", "denied"}});
  host.Advance(60'000);
  host.Track("product_viewed");
  host.Advance(60'000);
  EXPECT_THAT(host.Kept(), ElementsAre("consent/record"));
  EXPECT_THAT(host.requests, IsEmpty());
  EXPECT_EQ(host.View()["losses"]["consent"], 2);
  EXPECT_EQ(host.store["consent/record"].find("anonymous"), std::string::npos);
}

TEST(ConsentTest, DropBeforeAnswerIsNotReplayedByALaterGrant) {
  Json config = ShopConfig();
  config["collectors"][0]["needs"] = {"marketing"};  // before_answer: drop
  config["collectors"].erase(1);
  FakeHost host(config);
  host.Track("product_viewed");
  host.SetConsent({{"marketing", "granted"}});
  host.Track("product_added");
  host.Advance(5'000);
  const auto events = host.Delivered("segment");
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0]["event"], "Product Added");
}

TEST(ConsentTest, WithdrawalPutsItDownThenDeletesEverything) {
  FakeHost host;
  host.SetConsent({{"analytics", "granted"}});
  host.Settle();
  host.network = [](const Request&) { return Answer{503, "", ""}; };
  host.Track("product_viewed");
  host.Settle();
  ASSERT_GT(host.store.size(), 3u);

  const size_t before = host.effects.size();
  const Json output = host.SetConsent({{"analytics", "denied"}});
  ASSERT_EQ(output["effects"].size(), 3u);  // nothing is deleted before
  EXPECT_EQ(output["effects"][0]["type"], "store_put");
  EXPECT_EQ(output["effects"][0]["key"].get<std::string>().substr(0, 12), "consent/log/");
  EXPECT_EQ(output["effects"][1]["type"], "store_put");
  EXPECT_EQ(output["effects"][1]["key"], "consent/record");
  host.Settle();
  EXPECT_THAT(host.Kept(), ElementsAre("consent/record"));
  const Json record = Json::parse(host.store["consent/record"]);
  EXPECT_FALSE(record.contains("withdrawing"));
  EXPECT_EQ(record["choices"]["analytics"], "denied");
  host.Advance(3'600'000);
  for (size_t i = before; i < host.effects.size(); ++i) {
    EXPECT_NE(host.effects[i]["type"], "http_send");
  }
}

TEST(ConsentTest, AWithdrawalThatWasCutShortIsFinishedAtTheNextStart) {
  FakeHost host;
  host.SetConsent({{"analytics", "granted"}});
  host.network = [](const Request&) { return Answer{503, "", ""}; };
  host.Track("product_viewed");
  host.Settle();
  const auto stored = host.store;
  host.SetConsent({{"analytics", "denied"}});
  // The page dies when the decision is on the device and nothing else is done.
  host.store = stored;
  host.store["consent/record"] =
      R"({"version":1,"revision":"2026-11-01","generation":2,"time_ms":1793817970000,)"
      R"("source":"person","choices":{"analytics":"denied"},"withdrawing":true,)"
      R"("withdrawn":{"analytics":2}})";
  host.requests.clear();
  host.Restart();
  host.Advance(60'000);
  EXPECT_THAT(host.Kept(), ElementsAre("consent/record"));
  EXPECT_THAT(host.requests, IsEmpty());
}

TEST(ConsentTest, TheNoteOfAWithdrawalStaysUntilTheDeletionsAreDone) {
  FakeHost host;
  host.SetConsent({{"analytics", "granted"}});
  host.network = [](const Request&) { return Answer{503, "", ""}; };
  host.Track("product_viewed");
  host.Settle();
  host.SetConsent({{"analytics", "denied"}});
  host.store_keeps = "state/";  // what is to be deleted there cannot be
  host.Settle();
  EXPECT_TRUE(Json::parse(host.store["consent/record"]).contains("withdrawing"));
  host.store_keeps.clear();
  host.Restart();
  host.Settle();
  EXPECT_THAT(host.Kept(), ElementsAre("consent/record"));
  EXPECT_FALSE(Json::parse(host.store["consent/record"]).contains("withdrawing"));
}

TEST(ConsentTest, WhatWasKeptWithALapsedConsentGoesAtTheNextStart) {
  FakeHost host;
  host.SetConsent({{"analytics", "granted"}});
  host.network = [](const Request&) { return Answer{503, "", ""}; };
  host.Track("product_viewed");
  host.Settle();
  const std::string id = host.View()["anonymous_id"];
  host.wall_ms += int64_t{181} * 86'400'000;
  host.Restart();
  host.Settle();
  EXPECT_THAT(host.Kept(), ElementsAre("consent/record"));
  host.SetConsent({{"analytics", "granted"}});
  host.Track("product_viewed");
  host.Settle();
  EXPECT_NE(host.View()["anonymous_id"], id);
}

TEST(ConsentTest, WhatMayGoAfterALapseGoesAlsoWhileTheStoreCannotBeCleared) {
  Json config = ShopConfig();
  config["consent"]["purposes"][1]["before_answer"] = "deidentify";
  FakeHost host(config);
  host.SetConsent({{"analytics", "granted"}});
  host.Settle();
  host.wall_ms += int64_t{181} * 86'400'000;
  host.store_fails = true;
  host.Restart();
  host.Track("product_viewed");
  host.Advance(2'000);
  EXPECT_EQ(host.Delivered("segment").size(), 1u);
}

TEST(ConsentTest, AGrantBringsNoCallBackThatWasDeniedWhileTheStateWasRead) {
  Json config = ShopConfig();
  config["collectors"][1]["needs"] = {"marketing"};
  FakeHost host(config);
  host.SetConsent({{"analytics", "granted"}, {"marketing", "granted"}});
  host.Settle();
  host.store_answers = false;
  host.Restart();
  host.Track("early");
  host.SetConsent({{"analytics", "denied"}});
  host.Settle();
  host.SetConsent({{"analytics", "granted"}});
  host.Settle();
  for (const Json& effect : std::vector<Json>(host.effects)) {
    if (effect.value("prefix", "") != "state/") continue;
    host.Send({{"type", "store_read"}, {"effect_id", effect["effect_id"]}, {"more", false}});
  }
  host.Advance(60'000);
  EXPECT_TRUE(host.Delivered("segment").empty());
  EXPECT_EQ(host.Delivered("snowplow").size(), 1u);
}

TEST(ConsentTest, ForgetWhileTheStateIsBeingReadBringsNobodyBack) {
  Json config = ShopConfig();
  config["consent"]["purposes"][1]["basis"] = "legitimate_interest";
  FakeHost host(config);
  host.Identify("bob");
  host.Settle();
  host.Restart();  // the state has been asked for
  host.Send({{"type", "forget"}});
  host.Settle();
  EXPECT_FALSE(host.View().contains("user_id"));
  EXPECT_FALSE(host.View().contains("anonymous_id"));
}

TEST(ConsentTest, NothingIsStoredForAPurposeThatNobodyGranted) {
  Json config = ShopConfig();
  config["consent"]["purposes"][1]["before_answer"] = "deidentify";
  FakeHost host(config);
  host.Track("product_viewed");
  host.Advance(5'000);
  EXPECT_THAT(host.Kept(), IsEmpty());
  EXPECT_EQ(host.Delivered("segment").size(), 1u);
}

TEST(ConsentTest, ARecordThatReadsTheSameChangesNothing) {
  FakeHost host;
  host.SetConsent({{"analytics", "granted"}});
  host.Settle();
  const std::string record = host.store["consent/record"];
  const size_t before = host.effects.size();
  host.Send({{"type", "store_changed"},
             {"key", "consent/record"},
             {"value", {{"offset", 0}, {"size", record.size()}}}},
            record);
  EXPECT_EQ(host.effects.size(), before);
  EXPECT_EQ(host.View()["consent"]["generation"], 1);
}

TEST(ConsentTest, AWithdrawalAbortsWhatIsOnItsWay) {
  FakeHost host;
  host.SetConsent({{"analytics", "granted"}});
  host.network = [](const Request&) { return Answer{0, "", ""}; };  // no answer comes
  host.Track("product_viewed");
  host.Advance(2'000);
  ASSERT_EQ(host.requests.size(), 2u);
  host.SetConsent({{"analytics", "denied"}});
  host.Settle();
  int aborts = 0;
  for (const Json& effect : host.effects) aborts += effect["type"] == "http_abort";
  EXPECT_EQ(aborts, 2);
  EXPECT_EQ(host.View()["queue"]["events"], 0);
}

TEST(ConsentTest, ALaterGrantMakesNewIdentifiers) {
  FakeHost host;
  host.SetConsent({{"analytics", "granted"}});
  host.Track("product_viewed");
  host.Settle();
  const std::string first = host.View()["anonymous_id"];
  host.SetConsent({{"analytics", "denied"}});
  host.Settle();
  EXPECT_FALSE(host.View().contains("anonymous_id"));
  host.SetConsent({{"analytics", "granted"}});
  host.Track("product_viewed");
  host.Settle();
  EXPECT_NE(host.View()["anonymous_id"], first);
}

TEST(ConsentTest, OnePurposeWithdrawnLeavesTheOtherCollectorItsEvents) {
  Json config = ShopConfig();
  config["collectors"][1]["needs"] = {"marketing"};
  FakeHost host(config);
  host.SetConsent({{"analytics", "granted"}, {"marketing", "granted"}});
  host.Settle();
  host.network = [](const Request&) { return Answer{503, "", ""}; };
  host.Track("product_viewed");
  host.Settle();
  host.SetConsent({{"marketing", "denied"}});
  host.Settle();
  host.network = [](const Request&) { return Answer(); };
  host.Advance(60'000);
  EXPECT_EQ(host.Delivered("segment").size(), 1u);
  EXPECT_THAT(host.Delivered("snowplow"), IsEmpty());
}

// One copy lies there for all: a collector that alone could have nothing kept shares it.
TEST(ConsentTest, ARefusalOfOneThingDoesNotTakeAnothersEventsOutOfTheStore) {
  Json config = ShopConfig();
  config["consent"]["purposes"][1]["storage"] = false;
  config["collectors"][0]["needs"] = {"necessary"};
  FakeHost host(config);
  host.network = [](const Request& request) {
    return request.url.find("segment") != std::string::npos ? Answer() : Answer{503, "", ""};
  };
  host.SetConsent({{"analytics", "granted"}, {"marketing", "granted"}});
  for (int i = 0; i < 2; ++i) {
    host.Track("product_viewed");
    host.Advance(2'000);
    if (i == 0) host.Restart();  // also what the last page had put down as done for one of them
  }
  ASSERT_EQ(host.Delivered("segment").size(), 2u);
  host.SetConsent({{"marketing", "denied"}});
  host.Settle();
  host.Restart();
  host.network = [](const Request&) { return Answer(); };
  host.Advance(60'000);
  EXPECT_EQ(host.Delivered("snowplow").size(), 2u);
  EXPECT_EQ(host.Delivered("segment").size(), 2u);
}

TEST(ConsentTest, ADecisionOutlivesARestart) {
  FakeHost host;
  host.SetConsent({{"analytics", "granted"}, {"marketing", "denied"}});
  host.Settle();
  host.Restart();
  host.Settle();
  const Json purposes = host.View()["consent"]["purposes"];
  EXPECT_EQ(purposes["analytics"]["state"], "granted");
  EXPECT_EQ(purposes["marketing"]["state"], "denied");
  EXPECT_EQ(purposes["necessary"]["state"], "exempt");
}

TEST(ConsentTest, AnAnswerRunsOut) {
  FakeHost host;
  host.SetConsent({{"analytics", "granted"}});
  host.Settle();
  host.wall_ms += int64_t{181} * 86'400'000;
  host.Restart();
  host.Settle();
  EXPECT_EQ(host.View()["consent"]["purposes"]["analytics"]["state"], "unknown");
}

// The same device under another document.
Json PurposesUnder(const Json& config, const FakeHost& first) {
  FakeHost second(config);
  second.store = first.store;
  second.Restart();
  second.Settle();
  return second.View()["consent"]["purposes"];
}

TEST(ConsentTest, AnotherQuestionIsAskedAgainForItsGrantsAlone) {
  Json config = ShopConfig();
  FakeHost first(config);
  first.SetConsent({{"analytics", "granted"}, {"marketing", "granted"}});
  first.Settle();
  config["consent"]["revision"] = "2027-01-01";
  config["consent"]["purposes"][1]["before_answer"] = "drop";  // the person is not asked about that
  EXPECT_EQ(PurposesUnder(config, first)["analytics"]["state"], "granted");
  for (const Json& change : {Json({{"version", 2}}), Json({{"requires", {"marketing"}}}),
                             Json({{"tcf", {1, 7}}}), Json({{"basis", "legitimate_interest"}})}) {
    Json changed = config;
    changed["consent"]["purposes"][1].update(change);
    const Json purposes = PurposesUnder(changed, first);
    const bool asked = !change.contains("basis");  // of which nobody is asked before
    EXPECT_EQ(purposes["analytics"]["state"], asked ? "unknown" : "granted") << change;
    EXPECT_EQ(purposes["analytics"]["why"], asked ? "changed" : "default") << change;
    EXPECT_EQ(purposes["marketing"]["state"], "granted") << change;
  }
}

TEST(ConsentTest, WhoeverActsForAPurposeIsPartOfTheQuestion) {
  Json config = ShopConfig();
  config["consent"]["vendors"] = {{{"id", "v"}, {"purposes", {"analytics"}}}};
  FakeHost first(config);
  first.SetConsent({{"analytics", "granted"}});
  first.Settle();
  EXPECT_EQ(PurposesUnder(config, first)["analytics"]["state"], "granted");
  config["consent"]["vendors"].push_back({{"id", "w"}, {"purposes", {"analytics"}}});
  EXPECT_EQ(PurposesUnder(config, first)["analytics"]["state"], "unknown");
}

TEST(ConsentTest, ARefusalOutlivesTheQuestion) {
  Json config = ShopConfig();
  FakeHost first(config);
  first.SetConsent({{"analytics", "denied"}});
  first.Settle();
  config["consent"]["purposes"][1]["version"] = 2;
  EXPECT_EQ(PurposesUnder(config, first)["analytics"]["state"], "denied");
}

TEST(ConsentTest, UnknownPurposesAndValuesAreRefusedWithAPointer) {
  FakeHost host;
  host.SetConsent({{"analytcs", "granted"}});
  host.SetConsent({{"analytics", "yes"}});
  host.SetConsent({{"necessary", "denied"}});
  ASSERT_EQ(host.problems.size(), 3u);
  EXPECT_EQ(host.problems[0]["pointer"], "/choices/analytcs");
  EXPECT_EQ(host.problems[1]["pointer"], "/choices/analytics");
  EXPECT_EQ(host.problems[2]["pointer"], "/choices/necessary");
  EXPECT_EQ(host.View()["consent"]["answered"], false);
}

TEST(ConsentTest, ForgetDeletesEveryKeyAndAsksAgain) {
  FakeHost host;
  host.SetConsent({{"analytics", "granted"}});
  host.Track("product_viewed");
  host.Settle();
  ASSERT_FALSE(host.store.empty());
  host.Send({{"type", "forget"}});
  host.Settle();
  EXPECT_THAT(host.Kept(), IsEmpty());
  EXPECT_EQ(host.View()["consent"]["answered"], false);
  EXPECT_EQ(host.View()["queue"]["events"], 0);
  EXPECT_FALSE(host.View().contains("anonymous_id"));
}

TEST(ConsentTest, AnotherTabsDecisionHoldsHere) {
  FakeHost host;
  host.SetConsent({{"analytics", "granted"}});
  host.network = [](const Request&) { return Answer{503, "", ""}; };
  host.Track("product_viewed");
  host.Settle();
  const std::string record =
      R"({"version":1,"revision":"2026-11-01","generation":7,"time_ms":1793817970000,)"
      R"("source":"person","choices":{"analytics":"denied"}})";
  host.Send({{"type", "store_changed"},
             {"key", "consent/record"},
             {"value", {{"offset", 0}, {"size", record.size()}}}},
            record);
  host.Settle();
  EXPECT_EQ(host.View()["consent"]["purposes"]["analytics"]["state"], "denied");
  EXPECT_EQ(host.View()["queue"]["events"], 0);
  EXPECT_FALSE(host.View().contains("anonymous_id"));
}

TEST(ConsentTest, DeidentifiedEventsCarryNoIdsNoFineTimeNoText) {
  Json config = ShopConfig();
  config["consent"]["purposes"].push_back(
      {{"id", "audience"}, {"basis", "exempt"}, {"storage", false}, {"mode", "deidentify"}});
  config["collectors"][0]["needs"] = {"audience"};
  config["collectors"][1]["needs"] = {"audience"};
  FakeHost host(config);
  host.Send(
      {{"type", "set_context"},
       {"context",
        {{"page",
          {{"url", "https://shop.example/p?token=s3cret"}, {"path", "/p"}, {"title", "Jane Doe"}}},
         {"userAgent", "UA"}}}});
  host.Track("product_viewed", {{"name", "Jane Doe"}, {"price", 4.5}});
  host.Identify("jane@example.com");
  host.Advance(5'000);
  ASSERT_EQ(host.requests.size(), 2u);
  for (const Request& request : host.requests) {
    for (const char* secret : {"s3cret", "Jane", "UA\"", "session", "4.5", "jane@"}) {
      EXPECT_EQ(Inflate(request.body).find(secret), std::string::npos) << secret;
    }
  }
  const Json segment = host.Delivered("segment")[0];
  EXPECT_EQ(segment["anonymousId"], segment["messageId"]);
  EXPECT_EQ(segment["timestamp"], "2026-11-04T18:00:00.000Z");
  EXPECT_EQ(host.requests[1].headers["SP-Anonymous"], "*");
  EXPECT_EQ(host.requests[1].credentials, "omit");
  EXPECT_THAT(host.Kept(), IsEmpty());
}

TEST(ConsentTest, LegitimateInterestIsOnUntilObjectedTo) {
  Json config = ShopConfig();
  config["consent"]["purposes"][1]["basis"] = "legitimate_interest";
  FakeHost host(config);
  host.Track("product_viewed");
  host.Advance(5'000);
  EXPECT_EQ(host.Delivered("segment").size(), 1u);
  host.SetConsent({{"analytics", "denied"}});
  host.Track("product_viewed");
  host.Advance(5'000);
  EXPECT_EQ(host.Delivered("segment").size(), 1u);
}

TEST(ConsentTest, RequiredPurposesCount) {
  Json config = ShopConfig();
  config["consent"]["purposes"][2]["requires"] = {"analytics"};
  config["collectors"][0]["needs"] = {"marketing"};
  FakeHost host(config);
  host.SetConsent({{"marketing", "granted"}, {"analytics", "denied"}});
  host.Track("product_viewed");
  host.Advance(5'000);
  EXPECT_THAT(host.requests, IsEmpty());
}

TEST(ConsentTest, ADecisionThatCouldNotBePutDownIsPutDownLaterAndNothingIsKeptBefore) {
  FakeHost host;
  host.store_fails = true;
  host.SetConsent({{"analytics", "granted"}});
  host.Settle();
  host.store_fails = false;
  host.Track("a");
  host.Settle();
  EXPECT_TRUE(host.store.empty());
  host.Advance(10'000);
  EXPECT_TRUE(host.store.contains("consent/record"));
  host.Restart();
  EXPECT_EQ(host.View()["consent"]["purposes"]["analytics"]["state"], "granted");
}

// Two withdrawals that the store does not let end, and a grant between them.
TEST(ConsentTest, WhatWasGrantedAgainStaysWhenSomethingElseIsWithdrawn) {
  FakeHost host;
  host.SetConsent({{"analytics", "granted"}, {"marketing", "granted"}});
  host.Settle();
  host.network = [](const Request&) { return Answer{503, "", ""}; };
  host.store_fails = true;
  host.Track("product_viewed");
  host.Settle();
  host.SetConsent({{"analytics", "denied"}});
  host.Settle();
  host.SetConsent({{"analytics", "granted"}});
  host.Settle();
  host.Track("product_added");
  host.Settle();
  host.SetConsent({{"marketing", "denied"}});
  host.Settle();
  host.store_fails = false;
  host.network = [](const Request&) { return Answer(); };
  host.Advance(3'600'000);
  ASSERT_EQ(host.Delivered("segment").size(), 1u);
  EXPECT_EQ(host.Delivered("segment")[0]["event"], "Product Added");
}

// A copy that lies there for a collector that may have it says nothing of one that lost its grant.
TEST(ConsentTest, AGrantAfterAWithdrawalBringsNothingBackThatLayThereBefore) {
  Json config = ShopConfig();
  config["collectors"][0]["needs"] = {"necessary"};
  FakeHost host(config);
  host.SetConsent({{"analytics", "granted"}});
  host.network = [](const Request&) { return Answer{503, "", ""}; };
  host.Settle();
  host.Track("product_viewed");
  host.Settle();
  host.store_answers = false;
  host.Restart();
  host.Track("product_added");  // waits in the store as a call
  host.Lifecycle("closing");
  host.Settle();
  host.store_answers = true;
  host.store["consent/record"] =
      R"({"version":1,"revision":"2026-11-01","generation":3,"time_ms":1793817970000,)"
      R"("source":"person","choices":{"analytics":"granted"},"withdrawn":{"analytics":2}})";
  host.network = [](const Request&) { return Answer(); };
  host.Restart();
  host.Advance(60'000);
  EXPECT_EQ(host.Delivered("segment").size(), 2u);
  EXPECT_THAT(host.Delivered("snowplow"), IsEmpty());
}

TEST(ConsentTest, TheRecordKeepsWhenSomethingWasWithdrawn) {
  FakeHost host;
  host.SetConsent({{"analytics", "granted"}});
  host.Settle();
  host.Track("product_viewed");
  host.Settle();
  host.SetConsent({{"analytics", "denied"}});
  host.Settle();
  const Json record = Json::parse(host.store["consent/record"]);
  EXPECT_FALSE(record.contains("withdrawing"));
  EXPECT_EQ(record["withdrawn"], Json({{"analytics", 2}}));
}

TEST(ConsentTest, WhatAnotherTabsDecisionTakesAwayGoesAlsoWhenTheStoreRefusesAtFirst) {
  FakeHost host;
  host.SetConsent({{"analytics", "granted"}});
  host.network = [](const Request&) { return Answer{503, "", ""}; };
  host.Track("product_viewed");
  host.Settle();
  const std::string record =
      R"({"version":1,"revision":"2026-11-01","generation":2,"time_ms":1793817970000,)"
      R"("source":"person","choices":{"analytics":"denied"}})";
  host.store_fails = true;
  host.Send({{"type", "store_changed"},
             {"key", "consent/record"},
             {"value", {{"offset", 0}, {"size", record.size()}}}},
            record);
  host.Settle();
  host.store_fails = false;
  host.store["consent/record"] = record;
  host.Advance(60'000);
  EXPECT_THAT(host.Kept(), ElementsAre("consent/record"));
}

// The tab that was told to forget may go before it has deleted anything.
TEST(ConsentTest, WhatThisTabWroteGoesWhenItHearsThatAnotherOneForgets) {
  FakeHost host;
  host.SetConsent({{"analytics", "granted"}});
  host.network = [](const Request&) { return Answer{503, "", ""}; };
  host.Track("product_viewed");
  host.Settle();
  const std::string record =
      R"({"version":1,"revision":"2026-11-01","generation":2,"time_ms":0,"choices":{},)"
      R"("forgetting":true})";
  host.store["consent/record"] = record;
  host.Send({{"type", "store_changed"},
             {"key", "consent/record"},
             {"value", {{"offset", 0}, {"size", record.size()}}}},
            record);
  host.Settle();
  EXPECT_THAT(host.Kept(), ElementsAre("consent/record"));
}

}  // namespace
}  // namespace waymark_test
