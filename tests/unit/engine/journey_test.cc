// The journey in the engine: what is kept under which consent, what the view shows, and that each
// silence is recorded once, whoever decides on it and whenever.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/fake_host.h"

namespace waymark_test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Not;

constexpr int64_t kMinuteMs = 60'000;
constexpr const char* kKey = "state/journey";

Json JourneyConfig() {
  Json config = ShopConfig();
  config["collectors"].erase(1);
  config["collectors"][0]["options"]["gzip"] = false;
  config["journey"] = Json::parse(R"({
    "context": true,
    "silence": [{"name": "checkout_abandoned", "after": "checkout_started",
                 "without": "order_completed", "within_ms": 1800000}],
    "segments": [
      {"id": "buyer", "when": {">=": [{"var": "journey.orders"}, 1]}},
      {"id": "gold", "when": {"==": [{"var": "traits.plan"}, "gold"]}},
      {"id": "sale", "when": {"in": ["/sale", {"var": "context.page.path"}]}}]
  })");
  return config;
}

Json PageContext(const std::string& url, const std::string& referrer = "") {
  return {{"type", "set_context"},
          {"context", {{"page", {{"url", url}, {"path", "/"}, {"referrer", referrer}}}}}};
}

class JourneyEngineTest : public testing::Test {
 protected:
  static void Allow(FakeHost* host) {
    host->SetConsent({{"analytics", "granted"}});
    host->Settle();
  }
  static std::vector<Json> Named(const FakeHost& host, const std::string& name) {
    std::vector<Json> found;
    for (const Json& event : host.Delivered("segment.example")) {
      if (event.value("event", "") == name) found.push_back(event);
    }
    return found;
  }

  FakeHost host_{JourneyConfig()};
};

TEST_F(JourneyEngineTest, TheViewShowsWhereTheCustomerIs) {
  Allow(&host_);
  host_.Send(PageContext("https://shop.example/?utm_source=news&utm_medium=email"));
  host_.Page();
  host_.Track("product_viewed");
  host_.Track("checkout_started", {{"step", 1}});
  host_.Settle();
  Json journey = host_.View()["journey"];
  EXPECT_EQ(journey["stage"], "purchase");
  EXPECT_EQ(journey["first_touch"]["channel"], "email");
  EXPECT_EQ(journey["touchpoint"], "checkout_started");
  host_.Track("order_completed", {{"order_id", "o1"}, {"total", 59.9}, {"currency", "EUR"}});
  host_.Settle();
  journey = host_.View()["journey"];
  EXPECT_EQ(journey["orders"], 1);
  EXPECT_EQ(journey["lifetime_value"], 59.9);
  EXPECT_THAT(host_.View()["segments"], ElementsAre("buyer"));
  EXPECT_EQ(host_.problems, std::vector<Json>());
}

TEST_F(JourneyEngineTest, AConversionTellsOfItAndTheCampaignSurvivesTheScrubber) {
  Json config = JourneyConfig();
  config["privacy"] = {{"url_parameters", Json::array()}};
  FakeHost host(config);
  Allow(&host);
  host.Send(PageContext("https://shop.example/?utm_source=news&utm_medium=email&utm_campaign=may"));
  host.Page();
  host.Track("order_completed", {{"order_id", "o1"}, {"total", 10}, {"currency", "EUR"}});
  host.Settle();
  host.Advance(2'000);
  const std::vector<Json> events = host.Delivered("segment.example");
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[0]["context"]["journey"]["touch"]["channel"], "email");
  EXPECT_EQ(events[0]["context"]["campaign"]["source"], "news");
  EXPECT_EQ(events[0]["context"]["page"]["url"], "https://shop.example/");
  const Json told = events[1]["context"]["journey"];
  EXPECT_EQ(told["attribution_ppm"]["linear"]["email"], 1'000'000);
  EXPECT_EQ(told["orders"], 1);
}

TEST_F(JourneyEngineTest, NothingIsKeptBeforeConsentAndNothingAfterItsEnd) {
  host_.Send(PageContext("https://shop.example/?utm_source=news&utm_medium=email"));
  host_.Page();
  host_.Settle();
  EXPECT_THAT(host_.Kept(), Not(Contains(kKey)));
  EXPECT_TRUE(host_.View()["journey"].empty());
  Allow(&host_);
  host_.Settle();
  EXPECT_THAT(host_.Kept(), Contains(kKey));
  EXPECT_EQ(host_.View()["journey"]["first_touch"]["channel"], "email");
  host_.SetConsent({{"analytics", "denied"}});
  EXPECT_TRUE(host_.View()["journey"].empty());
  host_.Settle();
  EXPECT_THAT(host_.Kept(), Not(Contains(kKey)));
  EXPECT_THAT(host_.View()["segments"], ElementsAre());
}

TEST_F(JourneyEngineTest, ResetAndForgetEndIt) {
  for (const char* how : {"reset", "forget"}) {
    FakeHost host(JourneyConfig());
    Allow(&host);
    host.Track("order_completed", {{"total", 5}});
    host.Settle();
    ASSERT_EQ(host.View()["journey"]["orders"], 1);
    host.Send({{"type", how}});
    host.Settle();
    EXPECT_TRUE(host.View()["journey"].empty()) << how;
    EXPECT_THAT(host.Kept(), Not(Contains(kKey))) << how;
  }
}

TEST_F(JourneyEngineTest, ItsOwnPurposeRulesIt) {
  Json config = JourneyConfig();
  config["journey"]["needs"] = {"marketing"};
  FakeHost host(config);
  Allow(&host);
  host.Track("product_viewed");
  host.Settle();
  EXPECT_TRUE(host.View()["journey"].empty());
  EXPECT_THAT(host.Kept(), Not(Contains(kKey)));
  host.SetConsent({{"marketing", "granted"}});
  host.Settle();
  host.Track("product_viewed");
  host.Settle();
  EXPECT_EQ(host.View()["journey"]["stage"], "pre_purchase");
  EXPECT_THAT(host.Kept(), Contains(kKey));
  const std::string id = host.View()["anonymous_id"];
  host.SetConsent({{"marketing", "denied"}});
  EXPECT_TRUE(host.View()["journey"].empty());
  host.Settle();
  EXPECT_THAT(host.Kept(), Not(Contains(kKey)));
  EXPECT_EQ(host.View()["anonymous_id"], id);  // of the other purpose
}

TEST_F(JourneyEngineTest, ItGoesOnAfterARestart) {
  Allow(&host_);
  host_.Identify("u1", {{"plan", "gold"}, {"email", "a@b.example"}});
  host_.Track("order_completed", {{"order_id", "o1"}, {"total", 5}});
  host_.Settle();
  EXPECT_EQ(host_.store[kKey].find("example"), std::string::npos);
  host_.Restart();
  host_.Settle();
  EXPECT_EQ(host_.View()["journey"]["orders"], 1);
  EXPECT_THAT(host_.View()["segments"], ElementsAre("buyer", "gold"));
}

TEST_F(JourneyEngineTest, ASilenceIsRecordedOnceWithTheTimeAtWhichItBegan) {
  Allow(&host_);
  host_.Track("checkout_started");
  host_.Advance(kMinuteMs);
  host_.Track("checkout_step_viewed", {{"step", 2}});
  host_.Settle();
  const int64_t began_ms = host_.wall_ms;
  host_.Advance(29 * kMinuteMs);
  EXPECT_EQ(Named(host_, "checkout_abandoned").size(), 0u);
  host_.Advance(2 * kMinuteMs);
  ASSERT_EQ(Named(host_, "checkout_abandoned").size(), 1u);
  const Json event = Named(host_, "checkout_abandoned")[0];
  EXPECT_EQ(event["properties"]["step"], "2");
  EXPECT_EQ(event["properties"]["touchpoint"], "checkout_step_viewed");
  EXPECT_EQ(event["timestamp"], host_.Delivered("segment.example")[1]["timestamp"]);
  EXPECT_GT(host_.wall_ms, began_ms);
  host_.Advance(120 * kMinuteMs);
  host_.Restart();
  host_.Settle();
  host_.Track("product_viewed");
  host_.Advance(120 * kMinuteMs);
  EXPECT_EQ(Named(host_, "checkout_abandoned").size(), 1u);
}

TEST_F(JourneyEngineTest, ASilenceIsRecordedAtTheNextStartWhenThePageWasClosed) {
  Allow(&host_);
  host_.Track("checkout_started", {{"step", "address"}});
  host_.Settle();
  host_.wall_ms += 24 * 60 * kMinuteMs;
  host_.Restart();
  host_.Page();  // the customer is back, and hides nothing
  host_.Settle();
  host_.Advance(2'000);
  ASSERT_EQ(Named(host_, "checkout_abandoned").size(), 1u);
  const std::vector<Json> events = host_.Delivered("segment.example");
  EXPECT_EQ(Named(host_, "checkout_abandoned")[0]["timestamp"], events[0]["timestamp"]);
  EXPECT_EQ(Named(host_, "checkout_abandoned")[0]["properties"]["step"], "address");
}

TEST_F(JourneyEngineTest, AClosedPageWhoseCustomerIsBackInTimeIsNoSilence) {
  Allow(&host_);
  host_.Track("checkout_started");
  host_.Settle();
  host_.wall_ms += 20 * kMinuteMs;
  host_.Restart();
  host_.Page();
  host_.Settle();
  host_.Advance(20 * kMinuteMs);
  EXPECT_EQ(Named(host_, "checkout_abandoned").size(), 0u);
  host_.Track("order_completed", {{"total", 5}});
  host_.Advance(60 * kMinuteMs);
  EXPECT_EQ(Named(host_, "checkout_abandoned").size(), 0u);
}

// Of two tabs the one that leads decides, with what the other one has put down.
TEST_F(JourneyEngineTest, OfTwoTabsOneRecords) {
  Allow(&host_);
  host_.Track("checkout_started");
  host_.Settle();
  FakeHost other(JourneyConfig());
  other.entropy_seed = 100;
  other.store = host_.store;
  other.leads = false;
  other.wall_ms = host_.wall_ms;
  other.Restart();
  other.Settle();
  EXPECT_EQ(other.View()["journey"]["stage"], "purchase");
  other.Advance(40 * kMinuteMs);
  EXPECT_EQ(Named(other, "checkout_abandoned").size(), 0u);
  host_.live.push_back("somebody");  // there is another tab
  host_.Send({{"type", "lead"}, {"live", host_.live}});
  host_.Advance(40 * kMinuteMs);
  EXPECT_EQ(Named(host_, "checkout_abandoned").size(), 1u);
  // The customer comes back in the other one, which has slept through it.
  other.store = host_.store;
  other.Track("product_viewed");
  other.Settle();
  other.Advance(2'000);
  EXPECT_EQ(Named(other, "checkout_abandoned").size(), 0u);
}

TEST_F(JourneyEngineTest, AnAcceptedHandOverIsComingBack) {
  Json config = JourneyConfig();
  FakeHost phone(config);
  phone.entropy_seed = 50;
  Allow(&phone);
  phone.Track("product_viewed");
  phone.Settle();
  Allow(&host_);
  host_.Track("checkout_started");
  host_.Advance(25 * kMinuteMs);
  phone.wall_ms = host_.wall_ms;
  phone.Send({{"type", "hand_over"}, {"request_id", 1}, {"to", "shop.example"}});
  phone.Settle();
  const std::string token = phone.answer["token"];
  host_.Send({{"type", "accept_hand_over"},
              {"request_id", 2},
              {"token", token},
              {"host", "shop.example"}});
  host_.Settle();
  ASSERT_EQ(host_.answer["accepted"], true) << host_.answer;
  host_.Advance(10 * kMinuteMs);
  EXPECT_EQ(Named(host_, "checkout_abandoned").size(), 0u);
  host_.Advance(25 * kMinuteMs);
  EXPECT_EQ(Named(host_, "checkout_abandoned").size(), 1u);
}

TEST_F(JourneyEngineTest, WhoHandsOverIsSaidToHave) {
  Allow(&host_);
  host_.Track("checkout_started");
  host_.Settle();
  host_.Send({{"type", "hand_over"}, {"request_id", 1}, {"to", "shop.example"}});
  host_.Advance(31 * kMinuteMs);
  ASSERT_EQ(Named(host_, "checkout_abandoned").size(), 1u);
  EXPECT_EQ(Named(host_, "checkout_abandoned")[0]["properties"]["handed_over"], true);
}

TEST_F(JourneyEngineTest, VersionsOfOtherTabsAreMerged) {
  Allow(&host_);
  host_.Track("order_completed", {{"order_id", "o1"}, {"total", 5}});
  host_.Settle();
  FakeHost other(JourneyConfig());
  other.entropy_seed = 100;
  other.store = host_.store;
  other.leads = false;
  other.wall_ms = host_.wall_ms;
  other.Restart();
  other.Settle();
  other.wall_ms += 1;
  other.Track("order_completed", {{"order_id", "o2"}, {"total", 7}});
  other.Settle();
  const std::string theirs = other.store[kKey];
  host_.wall_ms += 2;
  host_.Track("order_completed", {{"order_id", "o3"}, {"total", 11}});
  host_.Settle();
  host_.Send({{"type", "store_changed"},
              {"key", kKey},
              {"value", {{"offset", 0}, {"size", theirs.size()}}}},
             theirs);
  host_.Settle();
  EXPECT_EQ(host_.View()["journey"]["orders"], 3);
  EXPECT_EQ(host_.View()["journey"]["lifetime_value"], 23);
}

TEST_F(JourneyEngineTest, SegmentsFollowTheContext) {
  Allow(&host_);
  host_.Send({{"type", "set_context"}, {"context", {{"page", {{"path", "/sale"}}}}}});
  host_.Track("product_viewed");
  host_.Settle();
  EXPECT_THAT(host_.View()["segments"], ElementsAre("sale"));
}

TEST_F(JourneyEngineTest, LintFindsRulesThatCanNeverComeTrue) {
  Json config = JourneyConfig();
  config["collectors"][0]["only"] = {"order_completed", "lapsed"};
  config["journey"] = Json::parse(R"({
    "silence": [
      {"name": "same", "after": "a", "without": "a", "within_ms": 1000},
      {"name": "late", "within_ms": 34000000000},
      {"name": "unwanted", "within_ms": 1000},
      {"name": "lapsed", "within_ms": 1000}],
    "segments": [
      {"id": "narrow", "when": {"and": [{">": [{"var": "journey.orders"}, 5]},
                                        {"<": [{"var": "journey.orders"}, 6]}]}},
      {"id": "both", "when": {"and": [{"==": [{"var": "traits.plan"}, "gold"]},
                                      {"==": [{"var": "traits.plan"}, "free"]}]}},
      {"id": "negative", "when": {"<": [{"var": "journey.orders"}, 0]}},
      {"id": "stage", "when": {"==": [{"var": "journey.stage"}, "buying"]}},
      {"id": "constant", "when": {"!": [1]}},
      {"id": "between", "when": {"<": [5, {"var": "journey.visits"}, 4]}},
      {"id": "or", "when": {"or": [{"<": [{"var": "journey.orders"}, 0]},
                                   {">": [{"var": "journey.orders"}, 0]}]}},
      {"id": "fine", "when": {"and": [{">=": [{"var": "journey.orders"}, 2]},
                                      {"<": [{"var": "journey.orders"}, 9]}]}}]})");
  const Json answer = host_.Query({{"query", "lint"}, {"config", config}});
  EXPECT_EQ(answer["problems"], Json::array()) << answer;
  std::vector<std::string> pointers;
  for (const Json& finding : answer["findings"]) {
    if (finding["code"] == "never") pointers.push_back(finding["pointer"]);
  }
  // Orders are whole, but no rule says so: between 5 and 6 there is room.
  EXPECT_THAT(pointers,
              ElementsAre("/journey/silence/0", "/journey/silence/1", "/journey/silence/2",
                          "/journey/segments/1", "/journey/segments/2", "/journey/segments/3",
                          "/journey/segments/4", "/journey/segments/5"));
}

TEST_F(JourneyEngineTest, BadRulesAreToldWithTheirPlace) {
  Json config = JourneyConfig();
  config["journey"] = Json::parse(R"({
    "needs": ["nobody"], "lookback": 1,
    "silence": [{"name": "a", "within_ms": 5}],
    "segments": [{"id": "x", "when": {"log": 1}}]})");
  FakeHost first(config);
  std::vector<std::string> pointers;
  for (const Json& problem : first.problems) pointers.push_back(problem["pointer"]);
  EXPECT_THAT(pointers, ElementsAre("/journey/lookback", "/journey/silence/0/within_ms"));
  config["journey"] = Json::parse(R"({
    "needs": ["nobody"],
    "silence": [{"name": "a", "within_ms": 5000}, {"name": "a", "within_ms": 5000}],
    "segments": [{"id": "x", "when": {"log": 1}}, 
                 {"id": "x", "when": {"var": "journey.ordrs"}}]})");
  FakeHost second(config);
  pointers.clear();
  for (const Json& problem : second.problems) pointers.push_back(problem["pointer"]);
  EXPECT_THAT(pointers,
              ElementsAre("/journey/needs/0", "/journey/silence/1/name", "/journey/segments/0/when",
                          "/journey/segments/1/id", "/journey/segments/1/when"));
}

}  // namespace
}  // namespace waymark_test
