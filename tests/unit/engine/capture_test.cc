// Calls: what is taken, what is refused, and what the event carries.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/fake_host.h"

namespace waymark_test {
namespace {

class CaptureTest : public testing::Test {
 protected:
  void SetUp() override {
    host_.SetConsent({{"analytics", "granted"}});
    host_.Settle();
  }

  // A call as text, for what a JSON library would write otherwise.
  void SendAndWake(const std::string& text) {
    host_.SendText(text);
    host_.Send({{"type", "wake"}});
  }

  // The events as Segment got them.
  std::vector<Json> Deliver() {
    host_.Advance(10'000);
    return host_.Delivered("segment");
  }

  FakeHost host_;
};

TEST_F(CaptureTest, ATrackCarriesNameTimeIdsSessionConsentAndContext) {
  host_.Send({{"type", "set_context"},
              {"context", {{"page", {{"url", "https://shop.example/"}}}, {"locale", "de"}}}});
  host_.Track("order_completed", {{"order_id", "A1"}, {"total", 12.5}});
  const Json event = Deliver().at(0);
  EXPECT_EQ(event["type"], "track");
  EXPECT_EQ(event["event"], "Order Completed");
  EXPECT_EQ(event["properties"]["total"], 12.5);
  EXPECT_EQ(event["timestamp"], "2026-11-04T18:46:10.000Z");
  EXPECT_EQ(event["anonymousId"], host_.View()["anonymous_id"]);
  EXPECT_EQ(event["context"]["locale"], "de");
  EXPECT_EQ(event["context"]["library"]["name"], "waymark-test");
  EXPECT_EQ(event["context"]["app"]["version"], "1.2.0");
  EXPECT_EQ(event["context"]["session"]["index"], 1);
  EXPECT_EQ(event["context"]["consent"]["categoryPreferences"]["analytics"], true);
  EXPECT_EQ(event["context"]["consent"]["categoryPreferences"]["marketing"], false);
}

TEST_F(CaptureTest, PropertiesAreSplicedNotRebuilt) {
  SendAndWake(R"({"type":"track","now":{"wall_ms":1793817970000,"mono_ms":1000},"name":"x",)"
              R"("properties":{"a":1.50,"b":"\u00e4\/","c":[1e3, {"d":null}]}})");
  host_.Advance(10'000);
  EXPECT_NE(Inflate(host_.requests.at(0).body)
                .find(R"("properties":{"a":1.50,"b":"\u00e4\/","c":[1e3, {"d":null}]})"),
            std::string::npos);
}

TEST_F(CaptureTest, EscapedLoneSurrogatesBecomeReplacementCharacters) {
  SendAndWake(R"({"type":"track","now":{"wall_ms":1793817970000,"mono_ms":1000},"name":"x",)"
              R"("properties":{"lone":"\ud800!","pair":"\ud83d\ude00"}})");
  const Json properties = Deliver().at(0)["properties"];
  EXPECT_EQ(properties["lone"], "\xef\xbf\xbd!");
  EXPECT_EQ(properties["pair"], "\xf0\x9f\x98\x80");
}

TEST_F(CaptureTest, ContextOfOneCallOverridesTheStandingOne) {
  host_.Send({{"type", "set_context"}, {"context", {{"locale", "de"}, {"timezone", "UTC"}}}});
  host_.Send({{"type", "track"}, {"name", "a"}, {"context", {{"locale", "en"}}}});
  host_.Send({{"type", "set_context"}, {"context", {{"timezone", nullptr}}}});
  host_.Track("b");
  const auto events = Deliver();
  EXPECT_EQ(events.at(0)["context"]["locale"], "en");
  EXPECT_EQ(events.at(0)["context"]["timezone"], "UTC");
  EXPECT_EQ(events.at(1)["context"]["locale"], "de");
  EXPECT_FALSE(events.at(1)["context"].contains("timezone"));
}

TEST_F(CaptureTest, PagesCarryTheirAddressAsProperties) {
  host_.Send({{"type", "set_context"},
              {"context", {{"page", {{"url", "https://shop.example/a"}, {"path", "/a"}}}}}});
  host_.Send({{"type", "page"}, {"properties", {{"path", "/mine"}}}});
  const Json event = Deliver().at(0);
  EXPECT_EQ(event["type"], "page");
  EXPECT_EQ(event["properties"]["url"], "https://shop.example/a");
  EXPECT_EQ(event["properties"]["path"], "/mine");
}

TEST_F(CaptureTest, IdentifyNamesTheUserOfItAndOfWhatFollows) {
  host_.Track("a");
  host_.Identify("u1", {{"plan", "gold"}});
  host_.Track("b");
  const auto events = Deliver();
  EXPECT_FALSE(events.at(0).contains("userId"));
  EXPECT_EQ(events.at(1)["traits"]["plan"], "gold");
  EXPECT_EQ(events.at(1)["userId"], "u1");
  EXPECT_EQ(events.at(2)["userId"], "u1");
}

TEST_F(CaptureTest, TwoKnownUsersAreNeverJoined) {
  host_.Identify("u1");
  host_.Identify("u2");
  const auto events = Deliver();
  EXPECT_NE(events.at(0)["anonymousId"], events.at(1)["anonymousId"]);
  EXPECT_NE(events.at(0)["context"]["session"]["id"], events.at(1)["context"]["session"]["id"]);
}

TEST_F(CaptureTest, ResetPartsFromThePersonButKeepsTheChoice) {
  host_.Identify("u1");
  host_.Settle();
  host_.Send({{"type", "reset"}});
  host_.Track("b");
  const auto events = Deliver();
  EXPECT_FALSE(events.at(1).contains("userId"));
  EXPECT_NE(events.at(0)["anonymousId"], events.at(1)["anonymousId"]);
  EXPECT_EQ(host_.View()["consent"]["purposes"]["analytics"]["state"], "granted");
  EXPECT_EQ(host_.store["state/identity"].find("u1"), std::string::npos);
}

TEST_F(CaptureTest, SessionsEndAfterHalfAnHourAndADay) {
  host_.Track("a");
  host_.Advance(29 * 60'000);
  host_.Track("b");
  host_.Advance(30 * 60'000);
  host_.Track("c");
  const auto events = Deliver();
  const auto session = [&](size_t i) { return events.at(i)["context"]["session"]; };
  EXPECT_EQ(session(0)["id"], session(1)["id"]);
  EXPECT_FALSE(session(1).contains("event_index"));  // the message id counts
  EXPECT_NE(session(1)["id"], session(2)["id"]);
  EXPECT_EQ(session(2)["index"], 2);
}

TEST_F(CaptureTest, CallsThatDoNotFitAreNamedCountedAndTheNextOneWorks) {
  const auto problem = [this](Json input) {
    host_.problems.clear();
    host_.Send(std::move(input));
    return host_.problems.empty() ? Json("none") : host_.problems[0];
  };
  EXPECT_EQ(problem({{"type", "track"}})["pointer"], "/name");
  EXPECT_EQ(problem({{"type", "track"}, {"name", std::string(201, 'x')}})["code"], "too_big");
  EXPECT_EQ(problem({{"type", "track"}, {"name", "x"}, {"properties", {1}}})["code"], "wrong_type");
  EXPECT_EQ(problem({{"type", "identify"}, {"user_id", Json::object()}})["pointer"], "/user_id");
  EXPECT_EQ(problem({{"type", "track"}, {"name", 7}})["found"], "a number");
  const Json big = problem(
      {{"type", "track"}, {"name", "x"}, {"properties", {{"secret", std::string(33'000, 'y')}}}});
  EXPECT_EQ(big["pointer"], "/properties");
  EXPECT_EQ(big.dump().find("yyy"), std::string::npos);
  Json deep = 1;
  for (int i = 0; i < 40; ++i) deep = Json{{"a", deep}};
  const Json too_deep = problem({{"type", "track"}, {"name", "x"}, {"properties", deep}});
  EXPECT_EQ(too_deep["code"], "too_deep");
  EXPECT_EQ(too_deep["pointer"].get<std::string>().substr(0, 15), "/properties/a/a");
  EXPECT_EQ(problem({{"type", "refused"},
                     {"call", "track"},
                     {"pointer", "/properties/me"},
                     {"found", "a cycle"},
                     {"allowed", "JSON"}})["pointer"],
            "/properties/me");
  EXPECT_EQ(host_.View()["losses"]["invalid"], 8);
  host_.Track("fine");
  EXPECT_EQ(Deliver().size(), 1u);
}

TEST_F(CaptureTest, MostCallsAskForNothing) {
  EXPECT_FALSE(host_.Track("first").is_null());  // asks to be woken at the end of the task
  for (int i = 0; i < 50; ++i) EXPECT_TRUE(host_.Track("more").is_null());
}

TEST_F(CaptureTest, OneTaskIsStoredAsOneSegment) {
  for (int i = 0; i < 50; ++i) host_.Track("burst");
  host_.Settle();
  int puts = 0;
  for (const Json& effect : host_.effects) {
    puts +=
        effect["type"] == "store_put" && effect["key"].get<std::string>().rfind("outbox/", 0) == 0;
  }
  EXPECT_EQ(puts, 1);
}

TEST_F(CaptureTest, MessageIdsAreUuidsOfVersionEightThatCount) {
  host_.Track("a");
  host_.Track("b");
  const auto events = Deliver();
  const std::string a = events.at(0)["messageId"];
  const std::string b = events.at(1)["messageId"];
  EXPECT_THAT(a, testing::MatchesRegex("[0-9a-f]+-[0-9a-f]+-8[0-9a-f]+-[89ab][0-9a-f]+-[0-9a-f]+"));
  EXPECT_EQ(a.substr(0, 28), b.substr(0, 28));
  EXPECT_NE(a, b);
}

TEST(CaptureWithRulesTest, UrlParametersNobodyNamedGo) {
  Json config = ShopConfig();
  config["privacy"] = {{"url_parameters", {"utm_*", "q"}}};
  FakeHost host(config);
  host.SetConsent({{"analytics", "granted"}});
  host.Settle();
  host.Send({{"type", "set_context"},
             {"context",
              {{"page",
                {{"url", "https://s.example/?utm_source=a&email=x%40y&q=1#t"},
                 {"search", "?email=x%40y"}}}}}});
  host.Track("a");
  host.Advance(5'000);
  const Json page = host.Delivered("segment").at(0)["context"]["page"];
  EXPECT_EQ(page["url"], "https://s.example/?utm_source=a&q=1");
  EXPECT_EQ(page["search"], "");
}

TEST(CaptureWithRulesTest, FieldsWithoutTheirPurposeAreNeitherStoredNorSent) {
  Json config = ShopConfig();
  config["fields"] = Json::parse(R"([
    {"path": "/user/id", "needs": ["marketing"], "otherwise": "drop"},
    {"path": "/user/email", "needs": ["marketing"], "otherwise": "drop"},
    {"path": "/context/geo", "needs": ["marketing"], "otherwise": "drop"},
    {"path": "/properties/note", "needs": ["analytics"], "otherwise": "drop"}])");
  FakeHost host(config);
  host.SetConsent({{"analytics", "granted"}});
  host.Settle();
  host.network = [](const Request&) { return Answer{503, "", ""}; };
  host.Send({{"type", "set_context"}, {"context", {{"geo", {{"city", "Ulm"}}}, {"locale", "de"}}}});
  host.Identify("user-77", {{"email", "a@b.example"}, {"plan", "gold"}});
  host.Track("x", {{"note", "kept"}});
  host.Advance(5'000);
  for (const auto& [key, value] : host.store) {
    if (key.rfind("outbox/", 0) != 0) continue;
    for (const char* secret : {"user-77", "a@b.example", "Ulm"}) {
      EXPECT_EQ(value.find(secret), std::string::npos) << secret;
    }
    EXPECT_NE(value.find("kept"), std::string::npos);
    EXPECT_NE(value.find("gold"), std::string::npos);
  }
  ASSERT_FALSE(host.requests.empty());
  EXPECT_EQ(Inflate(host.requests[0].body).find("user-77"), std::string::npos);
}

TEST(CaptureWithRulesTest, CollectorsGetOnlyTheirEvents) {
  Json config = ShopConfig();
  config["collectors"][0]["only"] = {"order_completed", "page"};
  FakeHost host(config);
  host.SetConsent({{"analytics", "granted"}});
  for (int i = 0; i < 10; ++i) host.Track("product_viewed");
  host.Track("order_completed");
  host.Page();
  host.Advance(60'000);
  EXPECT_EQ(host.Delivered("segment").size(), 2u);
  EXPECT_EQ(host.Delivered("snowplow").size(), 12u);
}

TEST(CaptureWithRulesTest, AVisitorIsInASampleWithAllEventsAndInEveryBiggerOne) {
  constexpr int kVisitors = 400;
  constexpr size_t kEvents = 3;
  Json config = ShopConfig();
  config["collectors"][0]["sample"] = 0.5;
  config["collectors"][1]["sample"] = 0.25;
  int in_half = 0;
  int in_quarter = 0;
  for (int visitor = 0; visitor < kVisitors; ++visitor) {
    FakeHost host(config);
    host.entropy_seed = visitor * 7;
    host.SetConsent({{"analytics", "granted"}});
    host.Settle();
    host.Track("a");
    host.Advance(2'000);
    host.Restart();
    for (size_t i = 1; i < kEvents; ++i) host.Track("a");
    host.Advance(10'000);
    const size_t half = host.Delivered("segment").size();
    const size_t quarter = host.Delivered("snowplow").size();
    ASSERT_TRUE(half == 0 || half == kEvents) << half;
    ASSERT_TRUE(quarter == 0 || quarter == kEvents) << quarter;
    ASSERT_LE(quarter, half);
    in_half += half != 0;
    in_quarter += quarter != 0;
  }
  EXPECT_NEAR(in_half, kVisitors / 2, 40);
  EXPECT_NEAR(in_quarter, kVisitors / 4, 40);
}

}  // namespace
}  // namespace waymark_test
