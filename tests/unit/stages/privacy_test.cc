// What nobody asked for goes out of URLs, and fields without their purpose out of events.
#include <gtest/gtest.h>

#include "privacy/field_rules.h"
#include "privacy/url_scrub.h"

namespace waymark {
namespace {

using namespace std::string_view_literals;

std::string Scrub(const char* names, const char* url) {
  const std::string config = std::string(R"({"url_parameters":)") + names + "}";
  return std::string(std::string_view(ScrubUrl(ReadUrlRules(JsonView(config)), url)));
}

TEST(UrlScrubTest, KeepsOnlyNamedParameters) {
  EXPECT_EQ(Scrub(R"(["utm_*","q"])", "https://a/b?utm_source=x&token=1&q=2"),
            "https://a/b?utm_source=x&q=2");
  EXPECT_EQ(Scrub("[]", "https://a/b?x=1#frag"), "https://a/b");
  EXPECT_EQ(Scrub(R"(["q"])", "?q"), "?q");
  EXPECT_EQ(Scrub(R"(["q"])", "https://a/?&&q=1&"), "https://a/?q=1");
  EXPECT_EQ(Scrub(R"(["q"])", "https://a/#x?q=1"), "https://a/");
  EXPECT_EQ(Scrub(R"(["q"])", ""), "");
}

TEST(UrlScrubTest, WithoutTheKeyAllStays) {
  EXPECT_EQ(ScrubUrl(ReadUrlRules(JsonView("{}"sv)), "https://a/?x=1#y"), "https://a/?x=1#y");
}

TEST(FieldRulesTest, KnowsWhereTheRecordKeepsTheUser) {
  List<Problem> problems;
  const Policy policy = ReadPolicy(
      JsonView(R"({"revision":"1","purposes":[{"id":"a","basis":"consent"}]})"sv), &problems);
  const auto rules =
      ReadFieldRules(policy, JsonView(R"([{"path":"/user/id","needs":["a"],"otherwise":"drop"},
                           {"path":"/user/email","needs":["a"],"otherwise":"drop","as":"sha256"},
                           {"path":"/context/geo","needs":["b"],"otherwise":"drop"}])"sv),
                     &problems);
  ASSERT_EQ(rules.size(), 3u);
  EXPECT_EQ(rules[0].path, "/user_id");
  EXPECT_EQ(rules[1].path, "/traits/email");
  EXPECT_EQ(rules[1].needs, ~PurposeSet{0});  // hashing is not there yet: always dropped
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_EQ(problems[0].pointer, "/fields/2/needs/0");
  String event(R"({"user_id":"u","traits":{"email":"e","plan":"p"}})");
  ApplyFieldRules(rules, 1, &event);
  EXPECT_EQ(event, R"({"user_id":"u","traits":{"plan":"p"}})");
  ApplyFieldRules(rules, 0, &event);
  EXPECT_EQ(event, R"({"traits":{"plan":"p"}})");
}

}  // namespace
}  // namespace waymark
