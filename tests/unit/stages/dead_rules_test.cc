// Rules of a journey that can never come true, and those that look like it and can.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "journey/journey_rules.h"

namespace waymark {
namespace {

using Json = nlohmann::json;
using testing::ElementsAre;
using testing::IsEmpty;

// Pointer and reason of each dead rule of a config with this journey.
std::vector<std::string> Dead(const Json& journey, const Json& more = Json::object()) {
  Json config = {{"waymark", 1},
                 {"consent",
                  {{"revision", "1"},
                   {"purposes", {{{"id", "a"}, {"basis", "exempt"}, {"storage", true}}}},
                   {"valid_days", {{"storage", 30}}}}},
                 {"collectors", {{{"id", "c"}, {"needs", {"a"}}}}},
                 {"journey", journey}};
  config.update(more);
  const std::string text = config.dump();
  const JsonView view{std::string_view(text)};
  List<Problem> problems;
  const Policy policy = ReadPolicy(view["consent"], &problems);
  EXPECT_TRUE(problems.empty());
  std::vector<std::string> found;
  for (const DeadRule& rule : FindDeadRules(view, policy)) {
    found.push_back(std::string(std::string_view(rule.pointer)) + ": " +
                    std::string(std::string_view(rule.why)));
  }
  return found;
}

Json Silence(const Json& more) {
  Json rule = {{"name", "left"}, {"after", "checkout_started"}, {"within_ms", 60'000}};
  rule.update(more);
  return {{"silence", {{{"name", "other"}, {"within_ms", 1000}}, rule}}};
}

TEST(DeadRulesTest, ASilenceThatCanBegin) {
  EXPECT_THAT(Dead(Silence({{"without", "order_completed"}, {"at_step", "payment"}})), IsEmpty());
  EXPECT_THAT(Dead(Silence({{"within_ms", 30 * 86'400'000LL}})), IsEmpty());
}

TEST(DeadRulesTest, ASilenceThatWaitsForWhatItBeginsWith) {
  EXPECT_THAT(Dead(Silence({{"without", "checkout_started"}})),
              ElementsAre("/journey/silence/1: what it waits for is what it begins with"));
}

TEST(DeadRulesTest, ASilenceThatOutlastsTheJourney) {
  EXPECT_THAT(Dead(Silence({{"within_ms", 30 * 86'400'000LL + 1}})),
              ElementsAre("/journey/silence/1: the journey is deleted before "
                          "(consent/valid_days/storage)"));
}

TEST(DeadRulesTest, ASilenceThatNoCollectorWants) {
  const auto with = [](const Json& collectors) { return Json{{"collectors", collectors}}; };
  const Json elsewhere = {{"id", "c"}, {"needs", {"a"}}, {"only", {"order_completed", "other"}}};
  EXPECT_THAT(Dead(Silence(Json::object()), with(Json::array({elsewhere}))),
              ElementsAre("/journey/silence/1: no collector wants its name (only)"));
  const Json here = {{"id", "d"}, {"needs", {"a"}}, {"only", {"left"}}};
  EXPECT_THAT(Dead(Silence(Json::object()), with(Json::array({elsewhere, here}))), IsEmpty());
}

struct Row {
  const char* when;
  bool dead;
};

class DeadSegmentTest : public testing::TestWithParam<Row> {};

TEST_P(DeadSegmentTest, IsFoundWhereItIsCertain) {
  const Json segment = {{"id", "s"}, {"when", Json::parse(GetParam().when)}};
  const auto found = Dead({{"segments", {segment}}});
  EXPECT_EQ(found.empty(), !GetParam().dead) << GetParam().when;
  if (GetParam().dead) {
    EXPECT_THAT(found, ElementsAre("/journey/segments/0: its conditions contradict each other"));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Numbers, DeadSegmentTest,
    testing::Values(
        Row{R"({">=":[{"var":"journey.orders"},2]})", false},
        Row{R"({"<":[{"var":"journey.orders"},0]})", true},
        Row{R"({"<":[{"var":"journey.lifetime_value"},0]})", false},
        Row{R"({"==":[{"var":"journey.visits"},-1]})", true},
        Row{R"({">":[0,{"var":"journey.visits"}]})", true},
        Row{R"({"<":[2,{"var":"journey.orders"},1]})", true},
        Row{R"({"<=":[1,{"var":"journey.orders"},1]})", false},
        Row{R"({"and":[{">":[{"var":"journey.orders"},2]},{"<":[{"var":"journey.orders"},2]}]})",
            true},
        Row{R"({"and":[{">":[{"var":"traits.age"},5]},{"<=":[{"var":"traits.age"},5]}]})", true},
        Row{R"({"and":[{">=":[{"var":"traits.age"},5]},{"<=":[{"var":"traits.age"},5]}]})",
            false}));

INSTANTIATE_TEST_SUITE_P(
    TextsAndLogic, DeadSegmentTest,
    testing::Values(
        Row{R"({"==":[{"var":"journey.stage"},"purchase"]})", false},
        Row{R"({"==":[{"var":"journey.stage"},"checkout"]})", true},
        Row{R"({"==":[{"var":"traits.plan"},"anything"]})", false},
        Row{R"({"and":[{"==":[{"var":"traits.plan"},"a"]},{"===":[{"var":"traits.plan"},"b"]}]})",
            true},
        Row{R"({"or":[{"==":[{"var":"journey.stage"},"x"]},{"<":[{"var":"journey.visits"},0]}]})",
            true},
        Row{R"({"or":[{"==":[{"var":"journey.stage"},"x"]},{"var":"journey.orders"}]})", false},
        Row{R"({"!":[{"==":[{"var":"journey.stage"},"x"]}]})", false}, Row{R"({"==":[1,2]})", true},
        Row{R"({"==":[1,1]})", false}, Row{R"({"and":[true,{"!":[true]}]})", true}));

}  // namespace
}  // namespace waymark
