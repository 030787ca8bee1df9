#include "json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "collector_limits.h"
#include "inflate.h"
#include "iso_time.h"

namespace waymark::collector {
namespace {

using ::testing::HasSubstr;

std::string ErrorOf(const std::string& text) {
  return std::string(ParseJson(text).status().message());
}

std::string Nested(int depth) { return std::string(depth, '[') + std::string(depth, ']'); }

TEST(JsonTest, KeepsTheOrderOfMembers) {
  EXPECT_EQ(ToText(*ParseJson(R"({"z":1,"a":[true,null]})")), R"({"z":1,"a":[true,null]})");
}

TEST(JsonTest, NamesTheByteOfASyntaxError) {
  EXPECT_THAT(ErrorOf(R"({"a":)"), HasSubstr("at byte 6"));
  EXPECT_THAT(ErrorOf(""), HasSubstr("at byte 1"));
}

TEST(JsonTest, RefusesTextThatIsNotUtf8) {
  EXPECT_THAT(ErrorOf("\"\xff\""), HasSubstr("not JSON"));
}

TEST(JsonTest, RefusesNumbersOutOfRange) {
  EXPECT_THAT(ErrorOf("1e999"), HasSubstr("out of range"));
}

TEST(JsonTest, BoundsTheDepth) {
  EXPECT_TRUE(ParseJson(Nested(kJsonDepthMax)).ok());
  EXPECT_THAT(ErrorOf(Nested(kJsonDepthMax + 1)), HasSubstr("nested deeper than 64"));
  EXPECT_THAT(ErrorOf(std::string(1000000, '[')), HasSubstr("nested deeper than 64"));
}

TEST(JsonTest, BoundsTheMembersOfOneObject) {
  Json object = Json::object();
  for (int i = 0; i < kJsonObjectKeysMax; ++i) object["k" + std::to_string(i)] = i;
  EXPECT_TRUE(ParseJson(ToText(object)).ok());
  object["one more"] = 0;
  EXPECT_THAT(ErrorOf(ToText(object)), HasSubstr("more than 2000 members"));
}

TEST(JsonTest, CountsMembersOfEachObjectByItself) {
  const std::string inner = R"({"a":1,"b":2})";
  std::string text = "[" + inner;
  for (int i = 0; i < kJsonObjectKeysMax; ++i) text += "," + inner;
  EXPECT_TRUE(ParseJson(text + "]").ok());
}

TEST(JsonTest, WritesBrokenTextWithAReplacement) {
  EXPECT_EQ(ToText(Json("a\xff")), "\"a\xEF\xBF\xBD\"");
}

TEST(IsoTimeTest, ReadsFullInstants) {
  EXPECT_EQ(*ParseIsoTime("2026-11-21T18:00:00.250Z"), 1795284000250);
  EXPECT_EQ(*ParseIsoTime("2026-11-21T19:00:00+01:00"), 1795284000000);
}

TEST(IsoTimeTest, RefusesEverythingElse) {
  for (const char* text : {"", "yesterday", "2026-11-21", "2026-11-21T18:00:00", "1795284000250",
                           "infinite-future", "2026-13-41T00:00:00Z", "-026-11-21T18:00:00Z"}) {
    EXPECT_FALSE(ParseIsoTime(text).ok()) << text;
  }
}

TEST(InflateTest, RefusesWhatIsNoGzip) {
  EXPECT_THAT(InflateGzip("hello", 100).status().message(), HasSubstr("not gzip"));
  EXPECT_THAT(InflateGzip("", 100).status().message(), HasSubstr("cut short"));
}

}  // namespace
}  // namespace waymark::collector
