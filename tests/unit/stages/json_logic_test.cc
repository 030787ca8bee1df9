// Rules of segments. That they hold where json-logic-js says so is asked in
// js/tests/json_logic.test.ts.
#include "journey/json_logic.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace waymark {
namespace {

bool HoldsText(const std::string& rule) {
  const LogicData data = {
      JsonView(std::string_view(R"({"stage":"purchase","orders":2,"lifetime_value":120.5,)"
                                R"("touches":[{"channel":"email"},{"channel":"paid"}]})")),
      JsonView(std::string_view(R"({"locale":"de-DE","page":{"path":"/sale"}})")),
      JsonView(std::string_view(R"({"plan":"gold","age":"41","vip":true,"tags":[]})"))};
  return Holds(JsonView(rule), data);
}

TEST(JsonLogicTest, Holds) {
  for (const char* rule :
       {R"({">=":[{"var":"journey.orders"},2]})",
        R"({"<":[100,{"var":"journey.lifetime_value"},120.501]})",
        R"({"and":[{"==":[{"var":"traits.plan"},"gold"]},{"in":["de",{"var":"context.locale"}]}]})",
        R"({"in":[{"var":"journey.stage"},["purchase","post_purchase"]]})",
        R"({"some":[{"var":"journey.touches"},{"==":[{"var":"channel"},"email"]}]})",
        R"({"none":[{"var":"journey.touches"},{"==":[{"var":"channel"},"sms"]}]})",
        R"({"all":[{"var":"journey.touches"},{"!!":[{"var":"channel"}]}]})",
        R"({"==":[{"var":"journey.touches.1.channel"},"paid"]})",
        R"({"==":[{"var":"traits.age"},41]})", R"({">":[{"var":"traits.age"},40]})",
        R"({"==":[{"var":["journey.refunds",0]},0]})", R"({"!":{"var":"traits.tags"}})",
        R"({"if":[{"var":"traits.vip"},true,false]})", R"({"!==":[{"var":"traits.age"},41]})",
        R"({"or":[false,{"var":"traits.vip"}]})", R"({"<":[{"var":"journey.nothing"},1]})"}) {
    EXPECT_TRUE(HoldsText(rule)) << rule;
  }
}

TEST(JsonLogicTest, HoldsNot) {
  for (const char* rule :
       {R"({">":[{"var":"journey.orders"},2]})", R"({"===":[{"var":"traits.age"},41]})",
        R"({"==":[{"var":"journey.nothing"},0]})", R"({"all":[{"var":"traits.tags"},true]})",
        R"({"some":[{"var":"journey.nothing"},true]})", R"({">":[{"var":"traits.plan"},1]})",
        R"({"and":[]})", R"({"in":["x",{"var":"journey.nothing"}]})", R"({"var":"journey"})"}) {
    const bool object = std::string(rule) == R"({"var":"journey"})";
    EXPECT_EQ(HoldsText(rule), object) << rule;
  }
}

std::vector<std::string> Pointers(const std::string& rule) {
  List<Problem> problems;
  CheckLogic(JsonView(rule), "/when", &problems);
  std::vector<std::string> pointers;
  for (const Problem& problem : problems) pointers.emplace_back(std::string_view(problem.pointer));
  return pointers;
}

TEST(JsonLogicTest, WhatIsNotOfTheSubsetIsToldWithItsPlace) {
  using testing::ElementsAre;
  EXPECT_THAT(Pointers(R"({"and":[true,{"log":"x"}]})"), ElementsAre("/when/and/1"));
  EXPECT_THAT(Pointers(R"({"==":[{"var":"secret.x"},1]})"), ElementsAre("/when/==/0/var"));
  EXPECT_THAT(Pointers(R"({"==":[1]})"), ElementsAre("/when/=="));
  EXPECT_THAT(Pointers(R"({"<":[1,2,3,4]})"), ElementsAre("/when/<"));
  EXPECT_THAT(Pointers(R"({"==":[1e3,1]})"), ElementsAre("/when/==/0"));
  EXPECT_THAT(Pointers(R"({"in":[1,[{"var":"journey.x"}]]})"), ElementsAre("/when/in/1"));
  EXPECT_THAT(Pointers(R"({"a":1,"b":2})"), ElementsAre("/when"));
  EXPECT_THAT(Pointers(R"({"some":[{"var":"journey.touches"},{"some":[[1],true]}]})"),
              ElementsAre("/when/some/1/some"));
  EXPECT_THAT(Pointers(R"({"some":[{"var":"journey.touches"},{"var":"channel"}]})"), ElementsAre());
  std::string deep = "true";
  for (int i = 0; i < 20; ++i) deep = R"({"!":[)" + deep + "]}";
  EXPECT_EQ(Pointers(deep).size(), 1u);
  EXPECT_THAT(Pointers("{\"==\":[1,\"" + std::string(5'000, 'x') + "\"]}"), ElementsAre("/when"));
}

}  // namespace
}  // namespace waymark
