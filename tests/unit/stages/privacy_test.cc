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

class FieldRulesTest : public testing::Test {
 protected:
  FieldRulesTest()
      : policy_(ReadPolicy(JsonView(R"({"revision":"1","purposes":[
            {"id":"a","basis":"consent"},{"id":"b","basis":"consent"}]})"sv),
                           &problems_)) {}

  List<FieldRule> Read(std::string_view json) {
    return ReadFieldRules(policy_, JsonView(json), "/fields", &problems_);
  }

  // The event document as one rule leaves it while these purposes are allowed.
  std::string Apply(std::string_view rule, PurposeSet allowed, std::string_view event) {
    const std::string json = "[" + std::string(rule) + "]";
    const List<FieldRule> rules = Read(json);
    String text = event;
    ApplyFieldRules(rules, allowed, &text);
    const String once = text;
    ApplyFieldRules(rules, allowed, &text);
    EXPECT_EQ(once, text) << "a second time makes something else of it";
    return std::string(std::string_view(text));
  }

  // code, pointer and what is allowed.
  std::string Problem() {
    if (problems_.size() != 1) return std::to_string(problems_.size()) + " problems";
    const waymark::Problem& problem = problems_[0];
    return problem.code + (" " + std::string(std::string_view(problem.pointer)));
  }

  List<waymark::Problem> problems_;
  Policy policy_;
};

TEST_F(FieldRulesTest, KnowsWhereTheRecordKeepsTheUser) {
  const auto rules = Read(R"([{"path":"/user/id","needs":["a"],"otherwise":"drop"},
                              {"path":"/user/email","needs":["a"],"otherwise":"drop"}])");
  ASSERT_EQ(rules.size(), 2u);
  EXPECT_EQ(rules[0].path, "/user_id");
  EXPECT_EQ(rules[1].path, "/traits/email");
  String event(R"({"user_id":"u","traits":{"email":"e","plan":"p"}})");
  ApplyFieldRules(rules, 1, &event);
  EXPECT_EQ(event, R"({"user_id":"u","traits":{"email":"e","plan":"p"}})");
  ApplyFieldRules(rules, 2, &event);
  EXPECT_EQ(event, R"({"traits":{"plan":"p"}})");
}

TEST_F(FieldRulesTest, APurposeSaysWhatBecomesOfAField) {
  const char* rule = R"({"path":"/user/email","needs":["a"],"as":"sha256","otherwise":"drop"})";
  const char* event = R"({"traits":{"email":"ann@x.de","plan":"p"}})";
  // printf ann@x.de | sha256sum
  EXPECT_EQ(
      Apply(rule, 1, event),
      R"({"traits":{"email":"49b768c9f07f390474472905d9fa79ca0b401c291ec78b680f835aaecd4ec7b9",)"
      R"("plan":"p"}})");
  EXPECT_EQ(Apply(rule, 0, event), R"({"traits":{"plan":"p"}})");
  // What was hashed while it was allowed goes when it no longer is.
  EXPECT_EQ(Apply(R"({"path":"/user/email","needs":["a"],"as":"sha256","otherwise":"coarsen"})", 2,
                  Apply(rule, 1, event)),
            R"({"traits":{"plan":"p"}})");
  EXPECT_EQ(Apply(R"({"path":"/user/id","needs":["a","b"],"otherwise":"sha256"})", 1,
                  R"({"user_id":"a"})"),
            R"({"user_id":"ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"})");
}

TEST_F(FieldRulesTest, WithoutNeedsARuleAlwaysHolds) {
  EXPECT_EQ(Apply(R"({"path":"/properties/note","otherwise":"drop"})", ~PurposeSet{0},
                  R"({"properties":{"note":1,"kept":2}})"),
            R"({"properties":{"kept":2}})");
}

TEST_F(FieldRulesTest, CoarseIsLess) {
  const auto coarse = [this](const std::string& value) {
    return Apply(R"({"path":"/context/x","needs":["a"],"otherwise":"coarsen"})", 0,
                 R"({"context":{"x":)" + value + "}}");
  };
  const auto becomes = [](const std::string& value) {
    return R"({"context":{"x":)" + value + "}}";
  };
  EXPECT_EQ(coarse("52.5243"), becomes("50"));
  EXPECT_EQ(coarse("-13.4"), becomes("-10"));
  EXPECT_EQ(coarse("8"), becomes("8"));
  EXPECT_EQ(coarse("0.7"), becomes("0"));
  EXPECT_EQ(coarse("1234567"), becomes("1000000"));
  EXPECT_EQ(coarse(R"("1984-05-17T10:00:00Z")"), becomes(R"("1984-01-01")"));
  EXPECT_EQ(coarse(R"("https://a.example:8080/p?q=1#f")"), becomes(R"("https://a.example:8080")"));
  EXPECT_EQ(coarse(R"("https://a.example?q")"), becomes(R"("https://a.example")"));
  EXPECT_EQ(coarse(R"("DE")"), becomes(R"("DE")"));
  EXPECT_EQ(coarse(R"("US-CA")"), becomes(R"("US")"));
  EXPECT_EQ(coarse(R"({"country":"DE","city":"Ulm","latitude":48.4,"zip":{"code":"89073"}})"),
            becomes(R"({"country":"DE","latitude":40})"));
  EXPECT_EQ(coarse(R"([19.5,"x",true])"), becomes("[10]"));
  for (const char* all : {R"("Ulm")", R"("ann@x.de")", R"("0049-731-12")", R"("37")", "true",
                          "null", "1e5", R"("https://ann:pw@a.example/")", R"({"city":"Ulm"})",
                          R"("D")", R"("")", "[]", R"("DEAR")"}) {
    EXPECT_EQ(coarse(all), R"({"context":{}})") << all;
  }
}

TEST_F(FieldRulesTest, APathLeadsIntoTheEvent) {
  for (const char* path : {"/user", "/users/id", "/message_id", "/time_ms", "/consent/a", "/"}) {
    problems_.clear();
    Read(R"([{"path":")" + std::string(path) + R"(","needs":["a"],"otherwise":"drop"}])");
    EXPECT_EQ(Problem(), "not_allowed /fields/0/path") << path;
  }
  for (const char* path :
       {"/user/x", "/properties/a/b", "/context/geo", "/session", "/traits/x", "/anonymous_id"}) {
    problems_.clear();
    Read(R"([{"path":")" + std::string(path) + R"(","needs":["a"],"otherwise":"drop"}])");
    EXPECT_EQ(Problem(), "0 problems") << path;
  }
}

TEST_F(FieldRulesTest, NamesPurposesThatThereAreNot) {
  Read(R"([{"path":"/user/id","needs":["c"],"otherwise":"drop"}])");
  EXPECT_EQ(Problem(), "not_allowed /fields/0/needs/0");
  problems_.clear();
  Read(R"([{"path":"/user/id","as":"sha256","otherwise":"drop"}])");
  EXPECT_EQ(Problem(), "required /fields/0/needs");
}

}  // namespace
}  // namespace waymark
