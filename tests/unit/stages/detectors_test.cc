// Personal data goes out of texts, wherever it stands and however it is written.
#include "privacy/detectors.h"

#include <gtest/gtest.h>

#include "base/json_check.h"
#include "codec/sha256.h"
#include "nlohmann/json.hpp"

namespace waymark {
namespace {

constexpr const char* kRedactAll = R"({"redact":["email","phone","card","iban","token"]})";

DetectorRules Rules(const char* privacy) {
  List<Problem> problems;
  DetectorRules rules = ReadDetectors(JsonView(privacy), &problems);
  EXPECT_EQ(problems.size(), 0u) << std::string(std::string_view(problems[0].found));
  return rules;
}

std::string Scrub(const char* privacy, const std::string& object,
                  const ScrubbedPart& part = {"/x"}) {
  const DetectorRules rules = Rules(privacy);
  Redactions redactions;
  String out;
  const bool changed = ScrubData(rules, part, object, &out, &redactions);
  EXPECT_EQ(changed, out.size() > 0);
  const std::string left(changed ? std::string_view(out) : std::string_view(object));
  EXPECT_TRUE(nlohmann::json::accept(left)) << left;
  return left;
}

// What becomes of one text.
std::string Text(const std::string& text, const char* field = "a") {
  const std::string object = nlohmann::json({{field, text}}).dump();
  return nlohmann::json::parse(Scrub(kRedactAll, object))[field];
}

TEST(DetectorsTest, EmailAddresses) {
  EXPECT_EQ(Text("ann@x.de"), "redacted-email");
  EXPECT_EQ(Text("Ask Ann <ann.b+c@mail.x.co.uk>, please."), "Ask Ann <redacted-email>, please.");
  EXPECT_EQ(Text("mailto:ann@x.de?subject=hi"), "mailto:redacted-email?subject=hi");
  EXPECT_EQ(Text("a@x.de,b@y.de;c@z.org."), "redacted-email,redacted-email;redacted-email.");
  EXPECT_EQ(Text("jürgen@müller.de"), "redacted-email");
  EXPECT_EQ(Text("ann.0170-1234567@x.de"), "redacted-email");
  EXPECT_EQ(Text("ann@xn--mller-kva.xn--p1ai"), "redacted-email");
  for (const char* none :
       {"@ann", "ann@", "ann@home", "logo@2x.png", "vue@3.4.1", "a@b@c", "@@@@"}) {
    EXPECT_EQ(Text(none), none);
  }
}

TEST(DetectorsTest, NoEscapeHidesAnAddress) {
  EXPECT_EQ(Scrub(kRedactAll, R"({"a":"ann\u0040x.de"})"), R"({"a":"redacted-email"})");
  EXPECT_EQ(Scrub(kRedactAll, R"({"a":"\u0061nn@x\u002ede!"})"), R"({"a":"redacted-email!"})");
  EXPECT_EQ(Scrub(kRedactAll, R"({"a":"{\"mail\":\"ann\\u0040x.de\"}"})"),
            R"({"a":"{\"mail\":\"redacted-email\"}"})");
  EXPECT_EQ(Text("https://x.de/?m=ann%40x.de&a=1"), "https://x.de/?m=redacted-email&a=1");
  EXPECT_EQ(Text("https://x.de/?next=https%3A%2F%2Fy%2F%3Fm%3Dann%2540x%252Ede%26b"),
            "https://x.de/?next=https%3A%2F%2Fy%2F%3Fm%3Dredacted-email%26b");
  EXPECT_EQ(Text("100% of 40 %"), "100% of 40 %");
}

TEST(DetectorsTest, Numbers) {
  EXPECT_EQ(Text("card 4111 1111 1111 1111, thanks"), "card redacted-card, thanks");
  EXPECT_EQ(Text("4111111111111111"), "redacted-card");
  EXPECT_EQ(Text("4111111111111112"), "4111111111111112");
  EXPECT_EQ(Text("3782-822463-10005"), "redacted-card");
  EXPECT_EQ(Text("DE89 3704 0044 0532 0130 00"), "redacted-iban");
  EXPECT_EQ(Text("de89370400440532013000"), "redacted-iban");
  EXPECT_EQ(Text("DE88370400440532013000"), "DE88370400440532013000");
  EXPECT_EQ(Text("+49 (0)170 1234567"), "redacted-phone");
  EXPECT_EQ(Text("call 030/901820 now"), "call redacted-phone now");
  EXPECT_EQ(Text("(212) 555-0123"), "redacted-phone");
  EXPECT_EQ(Text("tel:5550123"), "tel:redacted-phone");
  EXPECT_EQ(Text("5550123", "phone"), "redacted-phone");
  EXPECT_EQ(Text("5550123", "amount"), "5550123");
  EXPECT_EQ(Text("https://x/?phone=01701234567&a=1"), "https://x/?phone=redacted-phone&a=1");
  EXPECT_EQ(
      Scrub(kRedactAll, R"({"a":4111111111111111,"phone":491701234567,"b":17.4111111111111111})"),
      R"({"a":"redacted-card","phone":"redacted-phone","b":17.4111111111111111})");
}

TEST(DetectorsTest, Tokens) {
  EXPECT_EQ(Text("Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N"),
            "Bearer redacted-token");
  EXPECT_EQ(Text("/reset/q7Zk2VtY9pLw4XbN8sRd3JfH6mCg1Ta0/now"), "/reset/redacted-token/now");
  for (const char* none : {"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                           "550e8400-e29b-41d4-a716-446655440000", "checkoutStepCompletedV2Button",
                           "https://x/?gclid=q7Zk2VtY9pLw4XbN8sRd3JfH6mCg1Ta0"}) {
    EXPECT_EQ(Text(none), none);
  }
  // What the owner keeps in URLs by its name.
  const char* ids =
      R"({"u":"?cid=q7Zk2VtY9pLw4XbN8sRd3JfH6mCg1Ta0","v":"?utm_id=q7Zk2VtY9pLw4XbN8sRd3JfH6"})";
  EXPECT_EQ(Scrub(R"({"redact":["token"],"url_parameters":["cid","utm_*"]})", ids), ids);
}

TEST(DetectorsTest, HashesAreThoseThatOthersMake) {
  const char* hash = R"({"hash":["email","phone","card","iban"]})";
  const auto hashed = [](const char* text) {
    return std::string(std::string_view(Sha256Hex(text)));
  };
  const std::string left =
      Scrub(hash, R"({"a":"Ann@X.de","b":"+49 170 1234567","c":"4111 1111 1111 1111",)"
                  R"("d":"de89 3704 0044 0532 0130 00"})");
  const auto json = nlohmann::json::parse(left);
  EXPECT_EQ(json["a"], hashed("ann@x.de"));
  EXPECT_EQ(json["b"], hashed("+491701234567"));
  EXPECT_EQ(json["c"], hashed("4111111111111111"));
  EXPECT_EQ(json["d"], hashed("DE89370400440532013000"));
}

TEST(DetectorsTest, DropTakesTheFieldAndLeavesTheRestInShape) {
  const char* drop = R"({"drop":["email"]})";
  for (const auto& [object, left] : std::vector<std::pair<const char*, const char*>>{
           {R"({"a":"a@x.de"})", "{}"},
           {R"({"a":"a@x.de","b":1})", R"({"b":1})"},
           {R"({"b":1,"a":"a@x.de"})", R"({"b":1})"},
           {R"({"b":1,"a":"a@x.de","c":2})", R"({"b":1,"c":2})"},
           {R"({"a":"a@x.de","b":"b@x.de","c":"c@x.de"})", "{}"},
           {R"({"a":"a@x.de" , "b" : "b@x.de" , "c" : 1 })", R"({  "c" : 1 })"},
           {R"({"l":["a@x.de",1,"b@x.de",{"c":"d@x.de"},[2,"e@x.de"]]})", R"({"l":[1,{},[2]]})"},
           {R"({"a@x.de":{"b":[1,2]},"c":3})", R"({"c":3})"},
           {R"({"c":3,"a@x.de":{"b":[1,2]}})", R"({"c":3})"},
           {R"({"n":{"a":"x","b":"y a@x.de"},"c":null})", R"({"n":{"a":"x"},"c":null})"}}) {
    EXPECT_EQ(Scrub(drop, object), left) << object;
  }
  // Members of a call stay.
  EXPECT_EQ(Scrub(drop, R"({"name":"mail to a@x.de","properties":{"a":"a@x.de"}})", {}),
            R"({"name":"mail to redacted-email","properties":{}})");
  // After a replacement in the same member.
  EXPECT_EQ(Scrub(R"({"drop":["card"],"redact":["email"]})",
                  R"({"a":{"a@x.de":"4111111111111111","b":1},"l":["a@x.de","4111111111111111"]})"),
            R"({"a":{"b":1},"l":["redacted-email"]})");
}

TEST(DetectorsTest, NamesOfFieldsAreTexts) {
  EXPECT_EQ(Scrub(kRedactAll, R"({"ann@x.de":1,"b":{"mail ann\u0040x.de":2}})"),
            R"({"redacted-email":1,"b":{"mail redacted-email":2}})");
}

TEST(DetectorsTest, WhatOtherRulesSpeakOfIsTheirs) {
  List<String> left;
  left.push_back("/user_id");
  List<String> named;
  named.push_back("/traits/email");
  const ScrubbedPart call{"", &left, &named};
  const std::string object =
      R"({"user_id":"ann@x.de","traits":{"email":" ann@x.de","note":"ann@x.de"}})";
  EXPECT_EQ(Scrub(kRedactAll, object, call),
            R"({"user_id":"ann@x.de","traits":{"email":" ann@x.de","note":"redacted-email"}})");
  EXPECT_EQ(Scrub(kRedactAll, R"({"traits":{"email":"write to ann@x.de"}})", call),
            R"({"traits":{"email":"write to redacted-email"}})");
}

TEST(DetectorsTest, CountsByKind) {
  const DetectorRules rules =
      Rules(R"({"redact":["email"],"patterns":[{"id":"tax_id","pattern":"99 ?999 ?999 ?999"}]})");
  Redactions redactions;
  String out;
  EXPECT_TRUE(ScrubData(rules, {"/x"}, R"({"a":"a@x.de b@x.de","b":"id 12 345 678 901"})", &out,
                        &redactions));
  EXPECT_EQ(std::string_view(out),
            R"({"a":"redacted-email redacted-email","b":"id redacted-tax_id"})");
  String json;
  JsonWriter writer(&json);
  WriteRedactions(rules, redactions, &writer);
  EXPECT_EQ(std::string_view(json), R"({"email":2,"tax_id":1})");
}

size_t Matched(const char* pattern, std::string_view text) {
  const auto read = ReadTextPattern(pattern, "/p");
  EXPECT_TRUE(read.ok()) << pattern;
  return read.ok() ? MatchPattern(*read, text) : 0;
}

TEST(PatternTest, TheLanguage) {
  EXPECT_EQ(Matched("999-99-9999", "078-05-1120 x"), 11u);
  EXPECT_EQ(Matched("999-99-9999", "078-05-11201"), 0u);
  EXPECT_EQ(Matched("AA ?99 ?99 ?99 ?A", "QQ 12 34 56 C"), 13u);
  EXPECT_EQ(Matched("AA ?99 ?99 ?99 ?A", "qq123456c"), 9u);
  EXPECT_EQ(Matched("756.9{4}.9{4}.99", "756.1234.5678.97"), 16u);
  EXPECT_EQ(Matched("9{4,6}", "12345"), 5u);
  EXPECT_EQ(Matched("9{4,6}", "123"), 0u);
  EXPECT_EQ(Matched("9{4,6}", "1234567"), 0u);
  EXPECT_EQ(Matched("K-X{4}", "k-a1B2"), 6u);
  EXPECT_EQ(Matched("\\A\\9999", "A9123"), 5u);
  EXPECT_EQ(Matched("\\A\\9999", "B9123"), 0u);
}

TEST(PatternTest, WhatIsNoPattern) {
  for (const char* wrong : {"", "9", "99?9?9", "?9999", "9{4", "9{}", "9{5,4}", "9{0}9999",
                            "{4}9999", "9999\\", "9{64}", "9{40}9{40}"}) {
    const auto read = ReadTextPattern(wrong, "/privacy/patterns/0/pattern");
    ASSERT_FALSE(read.ok()) << wrong;
    EXPECT_EQ(std::string_view(read.status().problem().pointer), "/privacy/patterns/0/pattern");
  }
}

TEST(PatternTest, ManySignsThatMayBeMissingTakeNoLonger) {
  const std::string text(5'000, '1');
  EXPECT_EQ(Matched("9999 ?9?9?9?9?9?9?9?9?9?9?9?9?9?9?9?9?9?9?9?9?9?9?9?9?", text), 0u);
}

}  // namespace
}  // namespace waymark
