// Opening: what a config must be, and how a person learns what is wrong with it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/fake_host.h"

namespace waymark_test {
namespace {

using testing::ElementsAre;

// code and pointer of each problem of a config.
std::vector<std::string> ProblemsOf(const Json& config) {
  FakeHost host(config);
  const Json output = host.Send({{"type", "wake"}});
  std::vector<std::string> found;
  if (!output.value("refused", false)) return found;
  for (const Json& problem : output["problems"]) {
    found.push_back(problem["code"].get<std::string>() + " " +
                    problem["pointer"].get<std::string>());
    EXPECT_NE(problem["found"], "") << problem;
    EXPECT_NE(problem["allowed"], "") << problem;
  }
  return found;
}

TEST(StartTest, TakesTheShopConfig) { EXPECT_THAT(ProblemsOf(ShopConfig()), ElementsAre()); }

TEST(StartTest, RefusesAnEmptyConfig) {
  EXPECT_THAT(ProblemsOf(Json::object()), ElementsAre("required /waymark", "required /app",
                                                      "required /consent", "required /collectors"));
}

TEST(StartTest, RefusesAConfigThatIsNoObject) {
  EXPECT_THAT(ProblemsOf(Json::array()), ElementsAre("wrong_type "));
}

TEST(StartTest, NamesUnknownKeys) {
  Json config = ShopConfig();
  config["delivery"]["flush_after"] = 5;
  config["a/b"] = 1;
  EXPECT_THAT(ProblemsOf(config),
              ElementsAre("unknown_key /delivery/flush_after", "unknown_key /a~1b"));
}

TEST(StartTest, NamesValuesOutsideTheirBounds) {
  Json config = ShopConfig();
  config["consent"]["valid_days"] = {{"granted", 4000}};
  config["delivery"]["batch_events_max"] = 0;
  config["collectors"][0]["sample"] = 1.5;
  config["collectors"][1]["url"] = "ftp://x";
  EXPECT_THAT(
      ProblemsOf(config),
      ElementsAre("out_of_range /consent/valid_days/granted", "out_of_range /collectors/0/sample",
                  "not_allowed /collectors/1/url", "out_of_range /delivery/batch_events_max"));
}

TEST(StartTest, SaysWhereABoundComesFrom) {
  Json config = ShopConfig();
  config["consent"]["valid_days"] = {{"storage", 400}};
  FakeHost host(config);
  const Json output = host.Send({{"type", "wake"}});
  EXPECT_THAT(output["problems"][0]["allowed"].get<std::string>(), testing::HasSubstr("CNIL"));
}

TEST(StartTest, NamesReferencesToNothing) {
  Json config = ShopConfig();
  config["collectors"][0]["needs"] = {"analytcs"};
  config["consent"]["purposes"][2]["requires"] = {"nobody"};
  EXPECT_THAT(ProblemsOf(config), ElementsAre("not_allowed /consent/purposes/2/requires/0",
                                              "not_allowed /collectors/0/needs/0"));
}

TEST(StartTest, NamesAVendorThatNobodyDeclared) {
  Json config = ShopConfig();
  config["consent"]["vendors"] = Json::parse(R"([{"id": "google", "purposes": ["marketing"]}])");
  config["collectors"][0]["vendor"] = "google";
  EXPECT_THAT(ProblemsOf(config), ElementsAre());
  config["collectors"][1]["vendor"] = "gogle";
  EXPECT_THAT(ProblemsOf(config), ElementsAre("not_allowed /collectors/1/vendor"));
  config["consent"].erase("vendors");
  EXPECT_EQ(ProblemsOf(config).size(), 2u);
}

TEST(StartTest, NamesFieldsOfACollectorThatCannotBe) {
  Json config = ShopConfig();
  config["collectors"][1]["fields"] = Json::parse(R"([
    {"path": "/user/id", "needs": ["marketing"], "otherwise": "coarsen"},
    {"path": "/usr/id", "needs": ["marketing"], "otherwise": "drop"},
    {"path": "/user/id", "needs": ["nobody"], "otherwise": "drop"}])");
  EXPECT_THAT(ProblemsOf(config), ElementsAre("not_allowed /collectors/1/fields/1/path",
                                              "not_allowed /collectors/1/fields/2/needs/0"));
  config["collectors"][1]["fields"] = Json::parse(R"([{"path": "user", "otherwise": "blur"}])");
  EXPECT_THAT(ProblemsOf(config), ElementsAre("not_allowed /collectors/1/fields/0/path",
                                              "not_allowed /collectors/1/fields/0/otherwise"));
}

TEST(StartTest, RefusesCollectorsWithoutNeeds) {
  Json config = ShopConfig();
  config["collectors"][0]["needs"] = Json::array();
  EXPECT_THAT(ProblemsOf(config), ElementsAre("out_of_range /collectors/0/needs"));
}

TEST(StartTest, RefusesTwoOfOneName) {
  Json config = ShopConfig();
  config["collectors"][1]["id"] = "segment";
  config["consent"]["purposes"][2]["id"] = "analytics";
  EXPECT_THAT(ProblemsOf(config),
              ElementsAre("conflict /consent/purposes/2/id", "conflict /collectors/1/id"));
}

TEST(StartTest, NamesUrlsThatAreNone) {
  for (const char* url : {"", "c.example", "https://", "https:///x", "ftp://c.example",
                          "https://c example", "https://c.example/#x", "https://ann:pw@c.example",
                          "javascript:alert(1)", "https://c.example/{id}", "//c.example"}) {
    for (const char* protocol : {"segment", "generic"}) {
      Json config = ShopConfig();
      config["collectors"][0]["url"] = url;
      if (protocol == std::string("generic")) {
        config["collectors"][0].update(
            {{"protocol", protocol}, {"options", {{"event", {{"a", 1}}}}}});
      }
      EXPECT_THAT(ProblemsOf(config), ElementsAre("not_allowed /collectors/0/url")) << url;
    }
  }
}

TEST(StartTest, WantsWhatEachProtocolNeeds) {
  const std::pair<const char*, std::vector<std::string>> needs[] = {{"segment", {"write_key"}},
                                                                    {"rudderstack", {"write_key"}},
                                                                    {"posthog", {"api_key"}},
                                                                    {"amplitude", {"api_key"}},
                                                                    {"mixpanel", {"token"}},
                                                                    {"matomo", {"site_id"}},
                                                                    {"plausible", {"domain"}},
                                                                    {"umami", {"website_id"}},
                                                                    {"jitsu", {"write_key"}},
                                                                    {"generic", {"event"}},
                                                                    {"snowplow", {}},
                                                                    {"cloudevents", {}},
                                                                    {"otlp", {}}};
  for (const auto& [protocol, keys] : needs) {
    Json config = ShopConfig();
    config["collectors"] = {{{"id", "c"},
                             {"protocol", protocol},
                             {"url", "https://c.example"},
                             {"needs", {"analytics"}}}};
    std::vector<std::string> expected;
    for (const std::string& key : keys) {
      expected.push_back("required /collectors/0/options/" + key);
    }
    EXPECT_EQ(ProblemsOf(config), expected) << protocol;
  }
}

TEST(StartTest, RefusesClearTextToOtherMachines) {
  const auto with = [](const std::string& url) {
    Json config = ShopConfig();
    config["collectors"][0]["url"] = url;
    return ProblemsOf(config);
  };
  for (const char* url : {"http://127.0.0.1:9090/x", "http://localhost", "http://[::1]:80",
                          "http://shop.localhost:8080", "https://c.example"}) {
    EXPECT_THAT(with(url), ElementsAre()) << url;
  }
  for (const char* url : {"http://c.example", "http://localhost.example", "http://128.0.0.1",
                          "http://c.example/localhost", "http://127.c.example",
                          "http://[::1].c.example", "http://127.0.0.1.c.example:80/"}) {
    EXPECT_THAT(with(url), ElementsAre("not_allowed /collectors/0/url")) << url;
  }
  Json config = ShopConfig();
  config["collectors"][0]["url"] = "http://c.example";
  config["collectors"][0]["allow_http"] = true;
  EXPECT_THAT(ProblemsOf(config), ElementsAre());
}

TEST(StartTest, RefusesASecretInAPage) {
  const std::pair<const char*, Json> secrets[] = {
      {"api_secret",
       {{"protocol", "ga4"}, {"options", {{"measurement_id", "G-X"}, {"api_secret", "s"}}}}},
      {"secret",
       {{"protocol", "mixpanel"},
        {"options", {{"token", "t"}, {"api", "import"}, {"secret", "s"}}}}},
      {"token_auth", {{"protocol", "matomo"}, {"options", {{"site_id", 1}, {"token_auth", "s"}}}}},
  };
  for (const auto& [name, entry] : secrets) {
    Json config = ShopConfig();
    config["collectors"][1].update(entry);
    EXPECT_THAT(ProblemsOf(config),
                ElementsAre("not_allowed /collectors/1/options/" + std::string(name)));
    config["app"].erase("channel");
    EXPECT_EQ(ProblemsOf(config).size(), 1u) << name;
    config["app"]["channel"] = "server";
    EXPECT_THAT(ProblemsOf(config), ElementsAre()) << name;
    config["app"]["channel"] = "web";
    config["collectors"][1]["own_proxy"] = true;
    EXPECT_THAT(ProblemsOf(config), ElementsAre()) << name;
  }
}

TEST(StartTest, RefusesGooglesAddressInAPage) {
  Json config = ShopConfig();
  config["collectors"][1].update({{"protocol", "ga4"},
                                  {"url", "https://region1.google-analytics.com"},
                                  {"options", {{"measurement_id", "G-X"}}}});
  EXPECT_THAT(ProblemsOf(config), ElementsAre("not_allowed /collectors/1/url"));
  config["app"]["channel"] = "app";
  EXPECT_THAT(ProblemsOf(config), ElementsAre());
}

TEST(StartTest, AKindOfCaptureIsOnOffOrHasOptions) {
  Json config = ShopConfig();
  config["capture"] = {{"page_views", {{"hash", true}, {"needs", {"analytics"}}}},
                       {"clicks", {{"text", true}}},
                       {"scroll", {{"percents", {50, 90}}}},
                       {"bots", {{"webdriver", "drop"}}},
                       {"forms", false}};
  EXPECT_THAT(ProblemsOf(config), ElementsAre());
  config["capture"] = {{"clicks", "yes"},
                       {"taps", true},
                       {"scroll", {{"percents", {0}}}},
                       {"bots", {{"webdriver", "hide"}}}};
  EXPECT_THAT(ProblemsOf(config),
              ElementsAre("wrong_type /capture/clicks", "unknown_key /capture/taps",
                          "out_of_range /capture/scroll/percents/0",
                          "not_allowed /capture/bots/webdriver"));
  config["capture"] = {{"errors", {{"needs", {"performance"}}}}};
  EXPECT_THAT(ProblemsOf(config), ElementsAre("not_allowed /capture/errors/needs/0"));
}

TEST(StartTest, AnOptionOfAnotherProtocolIsNoOption) {
  Json config = ShopConfig();
  config["collectors"][0]["options"]["measurement_id"] = "G-X";
  config["collectors"][1]["protocol"] = "telegraph";  // there is none
  EXPECT_THAT(ProblemsOf(config), ElementsAre("unknown_key /collectors/0/options/measurement_id",
                                              "not_allowed /collectors/1/protocol"));
}

TEST(StartTest, ARefusedEngineAnswersEverythingAndDoesNothing) {
  FakeHost host(Json::object());
  host.Track("product_viewed");
  host.SetConsent({{"analytics", "granted"}});
  host.Advance(60'000);
  EXPECT_TRUE(host.effects.empty());
  EXPECT_TRUE(host.store.empty());
  EXPECT_EQ(host.View()["refused"], true);
}

TEST(StartTest, WrongBytesAreAnsweredNeverFatal) {
  FakeHost host;
  EXPECT_EQ(host.SendText("{\"type\":")["problems"][0]["code"], "invalid_json");
  EXPECT_EQ(host.SendText("{\"type\":\"\xff\"}")["problems"][0]["code"], "not_utf8");
  EXPECT_EQ(host.SendText("{\"type\":\"dance\"}")["problems"][0]["pointer"], "/type");
  EXPECT_EQ(host.SendText(std::string(100'000, '['))["problems"][0]["code"], "too_deep");
  EXPECT_EQ(host.View()["losses"]["invalid"], 4);
}

TEST(StartTest, NullHandlesAndNullBytesAreAnswered) {
  EXPECT_EQ(waymark_handle(nullptr, nullptr, 0), nullptr);
  EXPECT_EQ(waymark_result_size(nullptr), 0u);
  waymark_close(nullptr);
  waymark_engine* engine = waymark_open(nullptr, 0);
  ASSERT_NE(engine, nullptr);
  EXPECT_NE(waymark_handle(engine, nullptr, 0), nullptr);
  EXPECT_GT(waymark_result_size(engine), 0u);
  waymark_close(engine);
}

TEST(StartTest, TwoEnginesShareNothing) {
  FakeHost one;
  FakeHost two;
  one.SetConsent({{"analytics", "granted"}});
  one.Settle();
  EXPECT_EQ(one.View()["consent"]["answered"], true);
  EXPECT_EQ(two.View()["consent"]["answered"], false);
}

}  // namespace
}  // namespace waymark_test
