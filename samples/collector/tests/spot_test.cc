#include "spot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "json_items.h"

namespace waymark::collector {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(SpotTest, KnowsWhereItStands) {
  const Json json = {{"a/b", {{"c~d", {1, 2}}}}};
  const Spot spot = Spot(json)["a/b"]["c~d"];
  EXPECT_EQ(spot.where(), "/a~1b/c~0d");
  EXPECT_EQ(spot[1].where(), "/a~1b/c~0d/1");
  EXPECT_EQ(spot[1].text(), "2");
  EXPECT_TRUE(spot[2].absent());
  EXPECT_EQ(spot["x"]["y"].where(), "/a~1b/c~0d/x/y");
  EXPECT_EQ(Spot(json).where(), "body");
}

TEST(SpotTest, SaysWhatStandsThere) {
  const auto found = [](const Json& json) { return Spot(json).Wrong("").found; };
  EXPECT_EQ(found(nullptr), "null");
  EXPECT_EQ(found("short"), "\"short\"");
  EXPECT_EQ(found(""), "empty text");
  EXPECT_EQ(found(std::string(41, 'x')), "text of 41 characters");
  EXPECT_EQ(found(true), "true");
  EXPECT_EQ(found(1.5), "the number 1.5");
  EXPECT_EQ(found(Json::array({1})), "an array of 1 item");
  EXPECT_EQ(found(Json::object()), "an object of 0 members");
  EXPECT_EQ(Spot(Json::object())["a"].Wrong("").found, "nothing");
}

TEST(SpotTest, CountsCharactersAndNotBytes) {
  Problems problems;
  EXPECT_TRUE(NeedText(Spot("äöü€"), 4, problems));
  EXPECT_FALSE(NeedText(Spot("äöü€"), 3, problems));
  EXPECT_EQ(ProblemText(problems.at(0)),
            "body: found \"äöü€\"; allowed: text of 1 to 3 characters.");
}

TEST(SpotTest, ChecksTypes) {
  const Json json = {{"text", "t"},
                     {"time", "2026-11-21T18:00:00Z"},
                     {"null", nullptr},
                     {"flag", true},
                     {"object", Json::object()},
                     {"uuid", "01970000-0000-7000-8000-00000000000A"}};
  const Spot all(json);
  Problems problems;
  EXPECT_TRUE(MayText(all["none"], 1, problems) && MayText(all["null"], 1, problems));
  EXPECT_TRUE(MayText(all["text"], 1, problems) && NeedText(all["text"], 1, problems));
  EXPECT_TRUE(NeedIsoTime(all["time"], problems) && MayIsoTime(all["none"], problems));
  EXPECT_TRUE(NeedObject(all["object"], problems) && MayObject(all["null"], problems));
  EXPECT_TRUE(MayBool(all["flag"], problems) && MayBool(all["none"], problems));
  EXPECT_TRUE(NeedUuid(all["uuid"], problems) && MayUuid(all["none"], problems));
  EXPECT_THAT(problems, IsEmpty());
  EXPECT_FALSE(NeedText(all["null"], 1, problems) || MayText(all["flag"], 1, problems));
  EXPECT_FALSE(NeedIsoTime(all["none"], problems) || MayIsoTime(all["text"], problems));
  EXPECT_FALSE(NeedObject(all["none"], problems) || MayObject(all["text"], problems));
  EXPECT_FALSE(MayBool(all["text"], problems) || MayUuid(all["text"], problems));
  EXPECT_EQ(problems.size(), 8);
  EXPECT_THAT(ProblemsText(problems), HasSubstr(" And 7 more."));
  EXPECT_EQ(ReadProblems(ProblemsJson(problems)), problems);
}

TEST(JsonItemsTest, CutsAsTheTextStands) {
  EXPECT_THAT(JsonItems(R"([ 1 , "a,]\"" ,{"b":[1,{}]}, null ])", {}),
              ElementsAre("1", R"("a,]\"")", R"({"b":[1,{}]})", "null"));
  EXPECT_THAT(JsonItems(R"({"x":{"batch":[9]},"y":"batch","batch": [ {} ,{ } ]})", {"batch"}),
              ElementsAre("{}", "{ }"));
  EXPECT_THAT(JsonItems(R"({"a":{"b":[true]}})", {"a", "b"}), ElementsAre("true"));
}

TEST(JsonItemsTest, IsEmptyWhereThereIsNoSuchArray) {
  for (const char* text :
       {"{}", "[]", R"({"batch":{}})", R"({"batch":1})", "1", "\"x\"", R"({"b\u0061tch":[1]})"}) {
    EXPECT_THAT(JsonItems(text, {"batch"}), IsEmpty()) << text;
  }
}

// Only well-formed text is promised; anything else must at least end.
TEST(JsonItemsTest, EndsOnBrokenText) {
  for (const char* text :
       {"", "[", "[1,", "[\"", "{\"batch\"", "{\"batch\":", "[[[", "]]", "{}}", "[\"\\"}) {
    JsonItems(text, {});
    JsonItems(text, {"batch"});
  }
}

}  // namespace
}  // namespace waymark::collector
