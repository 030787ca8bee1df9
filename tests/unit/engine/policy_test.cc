// What can be said of a policy without an event: its contradictions, its decision table, proofs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/fake_host.h"

namespace waymark_test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Json WorldConfig() {
  Json config = ShopConfig();
  config["consent"]["regions"] = Json::parse(R"([
    {"match": ["EU"], "model": "opt_in"},
    {"match": ["US-CA"], "model": "opt_out", "gpc": "opt_out"},
    {"match": ["*"], "model": "notice", "gpc": "ignore"}])");
  config["consent"]["purposes"][2]["requires"] = {"analytics"};
  config["collectors"][1]["needs"] = {"marketing"};
  config["fields"] = Json::parse(R"([
    {"path": "/properties/email", "needs": ["marketing"], "otherwise": "drop"},
    {"path": "/user/id", "needs": ["marketing"], "otherwise": "coarsen"}])");
  return config;
}

Json Ask(const Json& question) { return FakeHost().Query(question); }

std::vector<std::string> Findings(const Json& config) {
  const Json answer = Ask({{"query", "lint"}, {"config", config}});
  std::vector<std::string> findings;
  for (const Json& finding : answer["findings"]) {
    findings.push_back(finding["code"].get<std::string>() + " " +
                       finding["pointer"].get<std::string>());
  }
  return findings;
}

TEST(PolicyTest, ASoundPolicyHasNoFindings) { EXPECT_THAT(Findings(WorldConfig()), IsEmpty()); }

TEST(PolicyTest, ContradictionsAreFoundWithTheirPlace) {
  const std::vector<std::pair<std::string, std::string>> changes = {
      {R"([{"op":"add","path":"/consent/regions/3",
            "value":{"match":["DE","US-CA"],"model":"notice"}}])",
       "unreachable /consent/regions/3/match/1"},
      {R"([{"op":"add","path":"/consent/regions/0/match/0","value":"Germany"}])",
       "not_allowed /consent/regions/0/match/0"},
      {R"([{"op":"add","path":"/consent/valid_days","value":{"granted":180,"denied":90}}])",
       "conflict /consent/valid_days/denied"},
      {R"([{"op":"add","path":"/consent/regions/0/valid_days","value":{"denied":30}}])",
       "conflict /consent/regions/0/valid_days/denied"},
      {R"([{"op":"replace","path":"/consent/regions/1/gpc","value":"ignore"}])",
       "unlawful /consent/regions/1/gpc"},
      {R"([{"op":"add","path":"/consent/purposes/3","value":{"id":"spare","basis":"consent"}}])",
       "unused /consent/purposes/3/id"},
      {R"([{"op":"add","path":"/consent/purposes/3","value":{"id":"audience","basis":"exempt"}}])",
       "required /consent/purposes/3/exemption"},
      {R"([{"op":"add","path":"/consent/purposes/1/tcf","value":[1]},
           {"op":"replace","path":"/consent/purposes/1/basis","value":"legitimate_interest"}])",
       "conflict /consent/purposes/1/basis"},
      {R"([{"op":"add","path":"/consent/vendors","value":[{"id":"v","purposes":["ads"]}]}])",
       "not_allowed /consent/vendors/0/purposes/0"},
      {R"([{"op":"add","path":"/consent/vendors","value":[{"id":"v","purposes":["analytics"]}]},
           {"op":"add","path":"/collectors/1/vendor","value":"v"}])",
       "conflict /collectors/1/needs/0"},
      {R"([{"op":"add","path":"/consent/age","value":{"minimum":16}}])",
       "required /consent/age/unknown"}};
  for (const auto& [change, finding] : changes) {
    EXPECT_THAT(Findings(WorldConfig().patch(Json::parse(change))), ElementsAre(finding)) << change;
  }
}

// Each line again by an engine that is told the facts and the choices, and an event.
TEST(PolicyTest, TheTableSaysWhatTheEngineDoes) {
  const Json config = WorldConfig();
  const Json table = Ask({{"query", "table"}, {"config", config}});
  EXPECT_EQ(table["whole"], true);
  ASSERT_GT(table["cases"].size(), 50u);
  const std::map<std::string, std::string> places = {{"EU", "DE"}, {"*", "BR"}, {"unknown", ""}};
  for (const Json& line : table["cases"]) {
    FakeHost host(config);
    const auto tell = [&](const std::string& name, const Json& value) {
      host.Send({{"type", "signal"}, {"name", name}, {"value", value}, {"source", "test"}});
    };
    for (const Json& signal : line.value("signals", Json::array())) tell(signal, true);
    const std::string region = line["region"];
    const auto place = places.find(region);
    tell("region", place == places.end() ? region : place->second);
    for (const auto& [purpose, choice] : line["choices"].items()) {
      host.SetConsent({{purpose, choice}});
    }
    host.Track("product_viewed");
    host.Advance(10'000);
    const std::string collector = line["collector"];
    const size_t expected = line["verdict"] == "admit" ? 1 : 0;
    EXPECT_EQ(host.Delivered(collector).size(), expected) << line;
  }
}

TEST(PolicyTest, AProofHoldsOrGivesACounterexample) {
  const Json config = WorldConfig();
  const auto prove = [&](const std::string& field, const std::string& collector,
                         const std::string& without) {
    return Ask({{"query", "prove"},
                {"config", config},
                {"field", field},
                {"collector", collector},
                {"without", without}});
  };
  EXPECT_EQ(prove("/properties/email", "segment", "marketing")["holds"], true);
  EXPECT_EQ(prove("/user/id", "segment", "marketing")["holds"], true);
  EXPECT_EQ(prove("", "snowplow", "marketing")["holds"], true);
  EXPECT_EQ(prove("", "snowplow", "analytics")["holds"], true);  // marketing requires it
  const Json open = prove("/properties/name", "segment", "marketing");
  EXPECT_EQ(open["holds"], false);
  EXPECT_EQ(open["counterexample"]["collector"], "segment");
  EXPECT_EQ(open["counterexample"]["verdict"], "admit");
  EXPECT_EQ(prove("", "nobody", "marketing")["problems"][0]["pointer"], "/collector");
  EXPECT_EQ(prove("", "segment", "nothing")["problems"][0]["pointer"], "/without");
  EXPECT_EQ(prove("/nowhere", "segment", "marketing")["problems"][0]["pointer"], "/field");
}

}  // namespace
}  // namespace waymark_test
