// The tracking plan: what an event must have, and what becomes of one that has not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/fake_host.h"

namespace waymark_test {
namespace {

using testing::HasSubstr;
using testing::Not;

Json PlanConfig(const std::string& on_breach = "flag") {
  Json config = ShopConfig();
  config["journey"]["plan"] = Json::parse(R"({
    "properties": {
      "wish": {"type": "text"}, "wishes": {"type": "integer", "minimum": 1, "maximum": 3},
      "metal": {"type": "text", "enum": ["brass", "gold"]}, "made": {"type": "time"},
      "genie": {"type": "object", "of": "genie"}, "lamps": {"type": "list", "of": "lamp"},
      "rate": {"type": "number", "minimum": 0.25, "maximum": 0.75}, "loud": {"type": "boolean"}},
    "objects": {"genie": {"required": ["wish"]}, "lamp": {"required": ["metal"]}},
    "events": [
      {"name": "lamp_rubbed", "required": ["wish", "metal"],
       "optional": ["wishes", "made", "genie", "lamps", "rate", "loud"]},
      {"name": "lamp_sold", "required": ["wish"], "other_properties": false, "on_breach": "drop"},
      {"name": "genie_met", "needs": ["marketing"]},
      {"name": "identify", "required": ["wish"]}]})");
  config["journey"]["plan"]["on_breach"] = on_breach;
  return config;
}

class PlanTest : public testing::Test {
 protected:
  void Open(const Json& config) {
    host_ = std::make_unique<FakeHost>(config);
    host_->SetConsent({{"analytics", "granted"}});
    host_->Settle();
  }

  // "wrong_type /properties/wish" of each problem of a track.
  std::vector<std::string> Broken(const std::string& name, const Json& properties) {
    const size_t before = host_->problems.size();
    host_->Track(name, properties);
    std::vector<std::string> broken;
    for (size_t i = before; i < host_->problems.size(); ++i) {
      const Json& problem = host_->problems[i];
      broken.push_back(problem.value("code", "") + " " + problem.value("pointer", ""));
    }
    return broken;
  }

  std::vector<Json> Sent() {
    host_->Advance(10'000);
    return host_->Delivered("segment");
  }

  std::unique_ptr<FakeHost> host_;
};

TEST_F(PlanTest, WhatKeepsToThePlanGoesAsItIs) {
  Open(PlanConfig());
  const Json lamp = {{"wish", "gold"},   {"metal", "brass"},
                     {"wishes", 3},      {"made", "2026-11-22"},
                     {"rate", 0.5},      {"genie", {{"wish", "peace"}}},
                     {"other", nullptr}, {"lamps", {{{"metal", "gold"}}}}};
  EXPECT_EQ(Broken("lamp_rubbed", lamp), std::vector<std::string>());
  ASSERT_EQ(Sent().size(), 1u);
  EXPECT_EQ(Sent()[0]["properties"], lamp);
  EXPECT_FALSE(Sent()[0]["context"].contains("plan"));
}

TEST_F(PlanTest, EachBrokenPropertyIsNamedByItsPlaceAndNeverByItsValue) {
  Open(PlanConfig());
  EXPECT_EQ(Broken("lamp_rubbed", {{"metal", "tin4711"},
                                   {"wishes", 4},
                                   {"made", "yesterday"},
                                   {"rate", "0.5"},
                                   {"loud", 1},
                                   {"genie", {{"wish", 3}}},
                                   {"lamps", {{{"metal", nullptr}}, 7}}}),
            (std::vector<std::string>{
                "required /properties/wish", "not_allowed /properties/metal",
                "out_of_range /properties/wishes", "wrong_type /properties/made",
                "wrong_type /properties/genie/wish", "required /properties/lamps/0/metal",
                "wrong_type /properties/lamps/1", "wrong_type /properties/rate",
                "wrong_type /properties/loud"}));
  EXPECT_THAT(Json(host_->problems).dump(), Not(HasSubstr("tin4711")));
  EXPECT_THAT(Json(host_->problems).dump(), HasSubstr("one of brass, gold"));
  ASSERT_EQ(Sent().size(), 1u);
  const Json plan = Sent()[0]["context"]["plan"];
  ASSERT_EQ(plan["breaches"].size(), 9u);
  EXPECT_EQ(plan["breaches"][0], Json({{"pointer", "/properties/wish"}, {"code", "required"}}));
}

TEST_F(PlanTest, BoundsMayBeFractions) {
  Open(PlanConfig("send"));
  const auto rated = [](double rate) -> Json {
    return {{"wish", "x"}, {"metal", "gold"}, {"rate", rate}};
  };
  for (const double rate : {0.25, 0.5, 0.75})
    EXPECT_TRUE(Broken("lamp_rubbed", rated(rate)).empty());
  for (const double rate : {0.2, 0.76, 7.0}) {
    EXPECT_EQ(Broken("lamp_rubbed", rated(rate)),
              std::vector<std::string>{"out_of_range /properties/rate"});
  }
}

TEST_F(PlanTest, TheConfigSaysWhatBecomesOfABreach) {
  Open(PlanConfig("send"));
  EXPECT_EQ(Broken("lamp_rubbed", {{"wish", "x"}}).size(), 1u);
  ASSERT_EQ(Sent().size(), 1u);
  EXPECT_FALSE(Sent()[0]["context"].contains("plan"));
  Open(PlanConfig("drop"));
  EXPECT_EQ(Broken("lamp_rubbed", {{"wish", "x"}}).size(), 1u);
  EXPECT_EQ(Sent().size(), 0u);
  EXPECT_EQ(host_->View()["losses"]["invalid"], 1);
  // The event's own word comes first.
  Open(PlanConfig("send"));
  EXPECT_EQ(Broken("lamp_sold", {{"wish", "x"}, {"ann@x.de", 1}}),
            std::vector<std::string>{"unknown_key /properties"});
  EXPECT_THAT(Json(host_->problems).dump(), Not(HasSubstr("ann@x.de")));
  EXPECT_EQ(Sent().size(), 0u);
}

TEST_F(PlanTest, TheVocabularyIsCheckedUnlessThePlanSaysNo) {
  Open(PlanConfig());
  EXPECT_EQ(Broken("product_viewed", {{"price", "19.99"}}),
            (std::vector<std::string>{"required /properties/product_id",
                                      "wrong_type /properties/price"}));
  EXPECT_EQ(Broken("survey_answered", {{"kind", "nps"}, {"score", 9}}), std::vector<std::string>());
  EXPECT_EQ(Broken("order_completed",
                   {{"order_id", 7}, {"currency", "EUR"}, {"products", {{{"price", "x"}}}}}),
            std::vector<std::string>{"wrong_type /properties/products/0/price"});
  Json config = PlanConfig();
  config["journey"]["plan"]["vocabulary"] = false;
  Open(config);
  EXPECT_EQ(Broken("product_viewed", {{"price", "19.99"}}), std::vector<std::string>());
}

TEST_F(PlanTest, EventsThatNobodyPlanned) {
  Open(PlanConfig());
  EXPECT_EQ(Broken("anything", Json::object()), std::vector<std::string>());
  Json config = PlanConfig();
  config["journey"]["plan"]["unplanned"] = "drop";
  Open(config);
  EXPECT_EQ(Broken("anything", Json::object()), std::vector<std::string>{"not_allowed /name"});
  EXPECT_EQ(Broken("signed_out", Json::object()), std::vector<std::string>());
  EXPECT_EQ(Sent().size(), 1u);
}

TEST_F(PlanTest, APlannedEventHasItsOwnPurposes) {
  Open(PlanConfig());
  host_->Track("genie_met");
  EXPECT_EQ(Sent().size(), 0u);
  host_->SetConsent({{"marketing", "granted"}});
  host_->Settle();
  host_->Track("genie_met");
  EXPECT_EQ(Sent().size(), 1u);
}

TEST_F(PlanTest, TraitsHaveARowToo) {
  Open(PlanConfig());
  const Json problems = host_->Identify("u-1", {{"wish", 7}})["problems"];
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_EQ(problems[0]["pointer"], "/traits/wish");
}

TEST_F(PlanTest, WhatWaitsForAnAnswerIsFlaggedOnce) {
  host_ = std::make_unique<FakeHost>(PlanConfig());
  EXPECT_EQ(Broken("lamp_rubbed", {{"wish", "x"}}).size(), 1u);
  host_->SetConsent({{"analytics", "granted"}});
  ASSERT_EQ(Sent().size(), 1u);
  EXPECT_EQ(host_->problems.size(), 1u);
  EXPECT_EQ(Sent()[0]["context"]["plan"]["breaches"].size(), 1u);
}

TEST_F(PlanTest, APlanThatCannotBeIsRefusedByItsPlace) {
  Json config = PlanConfig();
  Json& plan = config["journey"]["plan"];
  plan["events"].push_back({{"name", "lamp_rubbed"}, {"required", {"nothing_of_the_kind"}}});
  plan["events"].push_back({{"name", "x"}, {"needs", {"nobody"}}});
  plan["properties"]["lamps"]["of"] = "candle";
  FakeHost host(config);
  std::vector<std::string> pointers;
  const Json output = host.Send({{"type", "wake"}});
  for (const Json& problem : output["problems"]) pointers.push_back(problem["pointer"]);
  EXPECT_EQ(pointers, (std::vector<std::string>{
                          "/journey/plan/events/4/name", "/journey/plan/events/4/required/0",
                          "/journey/plan/properties/lamps/of", "/journey/plan/events/5/needs/0"}));
  plan = {{"events", {{{"nam", "x"}}}}};
  FakeHost other(config);
  EXPECT_EQ(other.Send({{"type", "wake"}})["problems"].size(), 2u);
}

// "unreachable /journey/silence/0/after" of each finding of lint.
std::vector<std::string> Findings(const Json& config) {
  FakeHost host(config);
  const Json answer = host.Query({{"query", "lint"}, {"config", config}});
  EXPECT_EQ(answer["problems"], Json::array());
  std::vector<std::string> findings;
  for (const Json& finding : answer["findings"]) {
    const std::string pointer = finding["pointer"];
    if (!pointer.starts_with("/consent"))
      findings.push_back(finding.value("code", "") + " " + pointer);
  }
  return findings;
}

Json Silence(const std::string& after, const std::string& without) {
  return {{"name", "quiet_" + after + without},
          {"after", after},
          {"without", without},
          {"within_ms", 60'000}};
}

TEST(PlanLintTest, RulesThatCanNeverFireAreFound) {
  Json config = PlanConfig();
  EXPECT_EQ(Findings(config), std::vector<std::string>());
  config["journey"]["silence"] = {Silence("lamp_rubbed", "lamp_sold"),
                                  Silence("checkout_started", "order_completed"),
                                  Silence("lamp_robbed", "lamp_sold"),
                                  Silence("lamp_rubbed", "lamp_sould"), Silence("page", "page")};
  config["collectors"][0]["only"] = {"lamp_rubbed", "page", "lamp_sould"};
  EXPECT_EQ(Findings(config),
            (std::vector<std::string>{
                "unreachable /journey/silence/2/after", "unreachable /journey/silence/3/without",
                "unreachable /journey/silence/4/without", "unreachable /collectors/0/only/2",
                "never /journey/silence/4"}));
  config["collectors"][1]["only"] = {"page"};
  EXPECT_EQ(Findings(config)[0], "unreachable /journey/silence/1/after");
  // Without a plan any name may be meant.
  config["journey"].erase("plan");
  config["collectors"][0].erase("only");
  EXPECT_EQ(Findings(config), (std::vector<std::string>{"unreachable /journey/silence/4/without",
                                                        "never /journey/silence/4"}));
}

TEST(PlanLintTest, ARequiredPropertyThatIsDroppedAndAPatternTwiceAreFound) {
  Json config = PlanConfig();
  config["fields"] = {
      {{"path", "/properties/metal"}, {"needs", {"marketing"}}, {"otherwise", "drop"}},
      {{"path", "/user/wish"}, {"otherwise", "drop"}},
      {{"path", "/properties/wish"}, {"needs", {"marketing"}}, {"otherwise", "coarsen"}}};
  config["privacy"]["patterns"] = {{{"id", "a"}, {"pattern", "9999"}},
                                   {{"id", "b"}, {"pattern", "9{4}"}}};
  EXPECT_EQ(Findings(config),
            (std::vector<std::string>{"contradiction /journey/plan/events/0/required/1",
                                      "contradiction /journey/plan/events/3/required/0",
                                      "unreachable /privacy/patterns/1/pattern"}));
}

}  // namespace
}  // namespace waymark_test
