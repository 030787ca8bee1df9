// The core's JSON against nlohmann/json, the oracle: both must agree on every text, right or wrong.
#include "nlohmann/json.hpp"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstring>
#include <random>
#include <regex>

#include "base/json_check.h"
#include "base/json_merge.h"
#include "base/json_view.h"
#include "base/json_writer.h"
#include "base/schema.h"

namespace waymark {
namespace {

using namespace std::string_view_literals;

using Oracle = nlohmann::json;

std::string Text(std::string_view view) { return std::string(view); }

bool Accepts(const std::string& text) { return CheckJson(text).fault == JsonCheck::Fault::kNone; }

// The core reads a tree as the oracle does.
void ExpectSame(const JsonView& view, const Oracle& oracle) {
  switch (oracle.type()) {
    case Oracle::value_t::object: {
      ASSERT_TRUE(view.is(JsonType::kObject));
      size_t count = 0;
      for (JsonItems item(view); item.Next(); ++count) {
        ExpectSame(item.value(), oracle.at(Text(Unescape(item.key()))));
      }
      EXPECT_EQ(count, oracle.size());
      return;
    }
    case Oracle::value_t::array: {
      ASSERT_TRUE(view.is(JsonType::kArray));
      size_t count = 0;
      for (JsonItems item(view); item.Next(); ++count) ExpectSame(item.value(), oracle.at(count));
      EXPECT_EQ(count, oracle.size());
      return;
    }
    case Oracle::value_t::string:
      EXPECT_EQ(Text(view.AsString()), oracle.get<std::string>());
      return;
    case Oracle::value_t::boolean:
      EXPECT_EQ(view.AsBool(), oracle.get<bool>());
      return;
    case Oracle::value_t::null:
      EXPECT_TRUE(view.is(JsonType::kNull));
      return;
    default:
      EXPECT_TRUE(view.is(JsonType::kNumber));
  }
}

TEST(JsonCheckTest, RefusesWhatIsNotJson) {
  for (const char* wrong :
       {"",           " ",         "{",        "}",   "[1,]",     "{\"a\":1,}", "{a:1}",
        "{\"a\"}",    "{\"a\":}",  "[1 2]",    "01",  "1.",       ".5",         "+1",
        "1e",         "nul",       "True",     "\"",  "\"\\x\"",  "\"\\u12\"",  "\"\t\"",
        "'a'",        "[]]",       "// x\n1",  "NaN", "Infinity", "-",          "1 1",
        "{\"a\":1}{", "[\"a\":1]", "{\"a\",1}"}) {
    EXPECT_FALSE(Accepts(wrong)) << wrong;
    EXPECT_FALSE(Oracle::accept(wrong)) << wrong;
  }
}

TEST(JsonCheckTest, KnowsItsDepth) {
  const std::string fits = std::string(32, '[') + std::string(32, ']');
  EXPECT_TRUE(Accepts(fits));
  EXPECT_EQ(CheckJson("[" + fits + "]").fault, JsonCheck::Fault::kTooDeep);
}

TEST(JsonCheckTest, PointsAtTheFault) {
  const std::string text = R"({"type":"track","properties":{"list":[1,{"a/b":tru}]}})";
  EXPECT_EQ(Text(PointerAt(text, CheckJson(text).offset)), "/properties/list/1/a~1b");
}

TEST(JsonCheckTest, MendsLoneSurrogates) {
  String text(R"({"a":"\ud800 \udc00\ud83d\ude00 \uD83D","b":"\\ud800"})");
  EXPECT_TRUE(CheckJson(text).lone_surrogate);
  RepairSurrogates(&text);
  EXPECT_FALSE(CheckJson(text).lone_surrogate);
  EXPECT_EQ(Text(text), R"({"a":"\ufffd \ufffd\ud83d\ude00 \ufffd","b":"\\ud800"})");
}

bool HasHugeExponent(const std::string& text) {
  return std::regex_search(text, std::regex("[eE][+-]?[0-9]{3}"));
}

// Random texts around JSON's grammar: valid trees, then with bytes changed.
class JsonFuzz {
 public:
  explicit JsonFuzz(unsigned seed) : random_(seed) {}

  std::string Value(int depth) {
    static const char* const kScalars[] = {"null",         "true",
                                           "false",        "0",
                                           "-1.5e+3",      "12345678901234567890",
                                           "\"\"",         "\"\\u00e4\\n\\\"\"",
                                           "\"\xc3\xa4\"", "\"\\ud83d\\ude00\""};
    const int pick = static_cast<int>(random_() % (depth > 4 ? 10 : 14));
    if (pick < 10) return kScalars[pick];
    const bool object = pick < 12;
    std::string text = object ? "{" : "[";
    const int count = static_cast<int>(random_() % 4);
    for (int i = 0; i < count; ++i) {
      if (i > 0) text += ",";
      if (object) text += "\"k" + std::to_string(i) + "\":";
      text += Space() + Value(depth + 1) + Space();
    }
    return text + (object ? "}" : "]");
  }

  std::string Damage(std::string text) {
    static const std::string kBytes = "{}[]\",:\\u0dtrue 1e-.\x80\xc3\xff\x01";
    for (int i = 0; i < 2 && !text.empty(); ++i) {
      text[random_() % text.size()] = kBytes[random_() % kBytes.size()];
    }
    return text;
  }

 private:
  std::string Space() { return random_() % 5 == 0 ? " \n" : ""; }

  std::mt19937 random_;
};

TEST(JsonOracleTest, ReadsWhatTheOracleReads) {
  JsonFuzz fuzz(1);
  for (int i = 0; i < 5'000; ++i) {
    const std::string text = fuzz.Value(0);
    ASSERT_TRUE(Accepts(text)) << text;
    ExpectSame(JsonView(text), Oracle::parse(text));
    if (HasFailure()) FAIL() << text;
  }
}

TEST(JsonOracleTest, RefusesWhatTheOracleRefuses) {
  JsonFuzz fuzz(2);
  int refused = 0;
  for (int i = 0; i < 20'000; ++i) {
    const std::string text = fuzz.Damage(fuzz.Value(0));
    const JsonCheck check = CheckJson(text);
    // The oracle refuses lone surrogates, which are mended here, and numbers that no double holds.
    if (check.lone_surrogate || HasHugeExponent(text)) continue;
    ASSERT_EQ(check.fault == JsonCheck::Fault::kNone, Oracle::accept(text)) << text;
    refused += check.fault != JsonCheck::Fault::kNone;
  }
  EXPECT_GT(refused, 5'000);
}

// Texts are walked in steps of eight bytes: what ends or breaks a string stands at each place of a
// step.
TEST(JsonOracleTest, SeesWhatStandsAtAnyPlaceOfAString) {
  const std::vector<std::string> pieces = {"\"",      "\\",   "\\\"",     "\\\\", "\n",
                                           "\x1f",    "\x7f", "\xc3\xa4", "\xff", "\\u00e4",
                                           "\\ud800", "}",    "]",        "!",    "#"};
  for (const std::string& piece : pieces) {
    for (size_t before = 0; before < 20; ++before) {
      for (size_t behind = 0; behind < 20; ++behind) {
        const std::string inside = std::string(before, 'a') + piece + std::string(behind, 'z');
        const std::string text = "{\"k\":[\"" + inside + "\"],\"l\":7}";
        const bool lone = piece == "\\ud800";  // which only the oracle refuses
        ASSERT_EQ(Accepts(text), lone || Oracle::accept(text)) << text;
        String written;
        AppendJsonString(&written, inside);
        if (Oracle::accept("\"" + inside + "\"") && !lone) {
          ASSERT_EQ(Oracle::parse(Text(written)).get<std::string>(), inside);
          ExpectSame(JsonView(text), Oracle::parse(text));
        }
      }
    }
  }
}

// Nothing is read of the page behind the one that a text ends in.
TEST(JsonViewTest, StaysInItsPage) {
  const auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  auto* pages = static_cast<char*>(
      mmap(nullptr, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  ASSERT_NE(static_cast<void*>(pages), MAP_FAILED);
  ASSERT_EQ(mprotect(pages + page, page, PROT_NONE), 0);
  for (size_t size = 0; size < 40; ++size) {
    const std::string text = "[[\"" + std::string(size, 'x') + "\"]]";
    char* at = pages + page - text.size();
    std::memcpy(at, text.data(), text.size());
    const std::string_view there(at, text.size());
    EXPECT_EQ(CheckJson(there).fault, JsonCheck::Fault::kNone);
    JsonItems item{JsonView(there)};
    ASSERT_TRUE(item.Next());
    EXPECT_EQ(item.text(), there.substr(1, there.size() - 2));
    String written;
    AppendJsonString(&written, there.substr(3));
    EXPECT_EQ(written.size(), size + 6);
  }
  munmap(pages, 2 * page);
}

// A view of one value's text knows its end; space around it is none of it.
TEST(JsonViewTest, EndsWhereItsValueEnds) {
  for (const std::string text : {"{\"a\":[1]}", "[\"]\"]", "\"a\\\"\"", "17"}) {
    EXPECT_EQ(JsonView(text).text(), text);
    EXPECT_EQ(JsonView(" \n" + text + ' ').text(), text);
  }
  EXPECT_EQ(JsonView("").text(), "");
}

TEST(JsonViewTest, FindsMembers) {
  const JsonView view(R"( {"a": {"b": [1, "x"]}, "a": 2, "n": null} )"sv);
  EXPECT_EQ(view["a"]["b"].text(), R"([1, "x"])");
  EXPECT_FALSE(view["c"]["d"]);
  EXPECT_TRUE(view["n"].is(JsonType::kNull));
}

TEST(ParseFixedTest, RoundsHalfAwayFromZero) {
  EXPECT_EQ(ParseFixed("19.99", 2), 1999);
  EXPECT_EQ(ParseFixed("19.995", 2), 2000);
  EXPECT_EQ(ParseFixed("19.990000000000002", 2), 1999);
  EXPECT_EQ(ParseFixed("19.989999999999998", 2), 1999);
  EXPECT_EQ(ParseFixed("-0.5", 0), -1);
  EXPECT_EQ(ParseFixed("7", 2), 700);
  EXPECT_EQ(ParseFixed("0.1", 6), 100'000);
  EXPECT_EQ(ParseFixed("000.25", 2), 25);
  for (const char* other : {"", "-", "1e5", "x", "1.2.3", "12345678901234567"}) {
    EXPECT_FALSE(ParseFixed(other, 2).has_value()) << other;
  }
}

TEST(JsonWriterTest, WritesWhatTheOracleReads) {
  String text;
  JsonWriter writer(&text);
  writer.Begin('{').Field("empty", "").Field("text", "a\"\\\n\x01\xc3\xa4").Field("n", INT64_MIN);
  writer.Key("list").Begin('[').Integer(1).Bool(false).Null().Raw("{}").Begin('[').End(']').End(
      ']');
  writer.Key("o")
      .Begin('{')
      .Members(JsonView(R"({"x":1,"y":[2]})"sv))
      .Members(JsonView("{ }"sv))
      .End('}')
      .End('}');
  const Oracle read = Oracle::parse(Text(text));
  EXPECT_FALSE(read.contains("empty"));
  EXPECT_EQ(read["text"], "a\"\\\n\x01\xc3\xa4");
  EXPECT_EQ(read["n"], INT64_MIN);
  EXPECT_EQ(read["list"].dump(), "[1,false,null,{},[]]");
  EXPECT_EQ(read["o"].dump(), R"({"x":1,"y":[2]})");
}

TEST(JsonMergeTest, ChangesReplaceAddAndRemove) {
  EXPECT_EQ(Text(MergeObjects(JsonView(R"({"a":1,"b":2,"c":3})"sv),
                              JsonView(R"({"b":null,"c":4,"d":5})"sv))),
            R"({"a":1,"c":4,"d":5})");
  EXPECT_EQ(Text(MergeObjects(JsonView(), JsonView())), "{}");
}

TEST(JsonMergeTest, TakesPathsOut) {
  const JsonView value(R"({"a":{"b":1,"bc":2},"l":[1,{"x":1,"y":2}],"a/b":3})"sv);
  EXPECT_EQ(Text(WithoutPath(value, "/a/b")), R"({"a":{"bc":2},"l":[1,{"x":1,"y":2}],"a/b":3})");
  EXPECT_EQ(Text(WithoutPath(value, "/l/1/x")), R"({"a":{"b":1,"bc":2},"l":[1,{"y":2}],"a/b":3})");
  EXPECT_EQ(Text(WithoutPath(value, "/a~1b")), R"({"a":{"b":1,"bc":2},"l":[1,{"x":1,"y":2}]})");
  EXPECT_EQ(Text(WithoutPath(value, "/nowhere/else")), Text(value.text()));
}

std::string Problems(std::string_view value, const char* schema, ChosenSchema chosen = nullptr) {
  std::string text;
  for (const Problem& problem : CheckSchema(JsonView(value), schema, chosen)) {
    text += Text(problem.pointer) + " " + problem.code + ": " + Text(problem.found) + " | " +
            Text(problem.allowed) + "\n";
  }
  return text;
}

TEST(SchemaTest, CountsCharactersNotBytes) {
  EXPECT_EQ(Problems("\"\xc3\xa4\xc3\xa4\"", "s-2,"), "");
  EXPECT_EQ(Problems("\"abc\"", "s-2,"), " out_of_range: 3 characters | at most 2 characters\n");
}

TEST(SchemaTest, KnowsRequiredUnknownAndOtherKeys) {
  const char* schema = "{id!s1-64i,on:b,more:{*:[1-2n0-9#its source#]},any:{*:?}}";
  EXPECT_EQ(Problems(R"({"id":"a","on":true,"more":{"x":[1]},"any":{"y":[{}]}})", schema), "");
  EXPECT_EQ(Problems(R"({"on":"yes","i":1})", schema),
            "/id required: nothing | a value: the key is required\n"
            "/on wrong_type: a string | a boolean\n"
            "/i unknown_key: an unknown key | id, on, more, any\n");
  EXPECT_EQ(Problems(R"({"id":"-","more":{"x":[10,0.5,1]}})", schema),
            "/id not_allowed: \"-\" | letters, digits, _ . - and a letter or digit first\n"
            "/more/x/0 out_of_range: 10 | at least 0, at most 9 (its source)\n"
            "/more/x/1 wrong_type: 0.5 | a whole number\n"
            "/more/x out_of_range: 3 entries | at least 1, at most 2 entries\n");
}

TEST(SchemaTest, AValueMayBeABooleanOrMore) {
  const char* schema = "{a:|{on:b},b:|[-1?]}";
  EXPECT_EQ(Problems(R"({"a":true,"b":false})", schema), "");
  EXPECT_EQ(Problems(R"({"a":{"on":true},"b":[1]})", schema), "");
  EXPECT_EQ(Problems(R"({"a":{"off":1},"b":{}})", schema),
            "/a/off unknown_key: an unknown key | on\n"
            "/b wrong_type: an object | true, false, or an array\n");
  EXPECT_EQ(Problems(R"({"a":1})", schema),
            "/a wrong_type: a number | true, false, or an object\n");
}

TEST(SchemaTest, ComparesChoicesAsTheyStand) {
  const char* schema = R"([("web","app",1)])";
  EXPECT_EQ(Problems(R"(["app","web",1])", schema), "");
  EXPECT_EQ(Problems(R"(["ap","web\",\"app","1"])", schema),
            "/0 not_allowed: \"ap\" | \"web\", \"app\", 1\n"
            "/1 not_allowed: \"web\\\",\\\"app\" | \"web\", \"app\", 1\n"
            "/2 not_allowed: \"1\" | \"web\", \"app\", 1\n");
}

const char* OptionsOfKind(std::string_view kind) {
  if (kind == "a") return "{x!b}";
  return kind == "b" ? "{y:n0-9}" : nullptr;
}

TEST(SchemaTest, OneMemberMayDecideWhatAnotherIs) {
  const auto problems = [](std::string_view value) {
    return Problems(value, R"({kind!("a","b","c"),options:@kind,last:b})", OptionsOfKind);
  };
  EXPECT_EQ(problems(R"({"kind":"a","options":{"x":true},"last":true})"), "");
  EXPECT_EQ(problems(R"({"kind":"b"})"), "");
  EXPECT_EQ(problems(R"({"kind":"a"})"),
            "/options/x required: nothing | a value: the key is required\n");
  EXPECT_EQ(problems(R"({"options":{"x":true,"y":12},"kind":"b"})"),
            "/options/x unknown_key: an unknown key | y\n"
            "/options/y out_of_range: 12 | at least 0, at most 9\n");
  EXPECT_EQ(problems(R"({"kind":"b","options":[]})"),
            "/options wrong_type: an array | an object\n");
  // Nobody knows what this one takes.
  EXPECT_EQ(problems(R"({"kind":"c","options":7})"), "");
  EXPECT_EQ(problems(R"({"kind":"d","options":7})"), R"(/kind not_allowed: "d" | "a", "b", "c")"
                                                     "\n");
}

TEST(SchemaTest, NamesMayHaveToBeIds) {
  const char* schema = "{headers:{+:s-4h}}";
  EXPECT_EQ(Problems(R"({"headers":{"X-Key":"a b~","x":""}})", schema), "");
  EXPECT_EQ(Problems(R"({"headers":{"X Key":"a","X":"a\nb","Y":"\u00e4","Z":7}})", schema),
            "/headers/X Key not_allowed: X Key | letters, digits, _ . - and a letter or digit "
            "first\n"
            "/headers/X not_allowed: \"a\\nb\" | ASCII without control characters\n"
            "/headers/Y not_allowed: \"\\u00e4\" | ASCII without control characters\n"
            "/headers/Z wrong_type: a number | a string\n");
}

TEST(SchemaTest, AUriReferenceHasTheCharactersOfOne) {
  for (const char* fits : {"https://a.example/x?y#z", "urn:uuid:1", "shop", "/a/b%20c"}) {
    EXPECT_EQ(Problems("\"" + std::string(fits) + "\"", "sr,"), "") << fits;
  }
  for (const char* not_one : {"", "a b", "a<b", "\xc3\xa4"}) {
    EXPECT_NE(Problems("\"" + std::string(not_one) + "\"", "sr,"), "") << not_one;
  }
}

TEST(SchemaTest, IsBoundedInWhatItReports) {
  std::string many = "{";
  for (int i = 0; i < 500; ++i) many += (i ? ",\"" : "\"") + std::to_string(i) + "\":1";
  many += "}";
  EXPECT_EQ(CheckSchema(JsonView(many), "{}").size(), kProblemsMax);
}

}  // namespace
}  // namespace waymark
