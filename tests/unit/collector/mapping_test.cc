// The maps from our places to a target's names, and what else encoders share.
#include "collector/mapping.h"

#include <gtest/gtest.h>

#include "collector_fixture.h"

namespace waymark {
namespace {

std::string Mapped(const std::string& object, const char* map, size_t characters_max = SIZE_MAX) {
  String json;
  JsonWriter writer(&json);
  writer.Begin('{');
  WriteMapped(&writer, JsonView(object), map, characters_max);
  writer.End('}');
  return std::string(std::string_view(json));
}

TEST(MappingTest, TakesTheFirstPlaceThatHoldsSomething) {
  constexpr const char* kMap = "a/b|c>x d>y";
  EXPECT_EQ(Mapped(R"({"a":{"b":1},"c":2})", kMap), R"({"x":1})");
  EXPECT_EQ(Mapped(R"({"a":{"b":null},"c":2,"d":true})", kMap), R"({"x":2,"y":true})");
  EXPECT_EQ(Mapped(R"({"a":5,"c":{"deep":1},"d":[1]})", kMap), "{}");
  EXPECT_EQ(Mapped("[]", kMap), "{}");
}

TEST(MappingTest, SignsSayWhatTheTargetTakes) {
  constexpr const char* kMap = "t>t\" n>n# r>r";
  EXPECT_EQ(Mapped(R"({"t":7,"n":"19.99","r":"7"})", kMap), R"({"t":"7","n":19.99,"r":"7"})");
  EXPECT_EQ(Mapped(R"({"t":"7","n":19.99,"r":7})", kMap), R"({"t":"7","n":19.99,"r":7})");
  for (const char* text : {"", ".", ".5", "5.", "007", "1e3", "-", "much", "true", " 1"}) {
    EXPECT_EQ(Mapped(R"({"n":")" + std::string(text) + R"("})", kMap), "{}") << text;
  }
}

TEST(MappingTest, TextIsCutByCharactersAndEscapedAgain) {
  EXPECT_EQ(Mapped(R"({"a":"\"äöü\""})", "a>x", 3), R"({"x":"\"äö"})");
}

TEST(MappingTest, NamesHaveNames) {
  EXPECT_EQ(MappedName("ab>x a>y", "a"), "y");
  EXPECT_EQ(MappedName("ab>x a>y", "b"), "");
  EXPECT_EQ(MappedName("", ""), "");
}

TEST(MappingTest, HostsComeOutOfAddresses) {
  EXPECT_EQ(HostOf("https://shop.example:8080/a/b?c=https://other"), "shop.example:8080");
  EXPECT_EQ(HostOf("https://shop.example?q"), "shop.example");
  EXPECT_EQ(HostOf("https://shop.example"), "shop.example");
  for (const char* none : {"", "/path", "mailto:a@b", "https"}) EXPECT_EQ(HostOf(none), "");
}

TEST(MappingTest, AnAddressIsMadeWhereThereIsNone) {
  using waymark_test::Happening;
  const auto address = [](const Happening& happening) {
    return std::string(std::string_view(AddressOf(happening.event(), "shop")));
  };
  EXPECT_EQ(address(Happening::Page()), "https://shop.example/p/7?utm_source=mail");
  EXPECT_EQ(address(Happening("a").Deidentified()), "https://shop/p/7");
  EXPECT_EQ(address(Happening::Screen("a/b")), "https://shop/a%2Fb");
}

TEST(MappingTest, SizesAreTextWhenBothAreWholeNumbers) {
  const auto size = [](const char* json) { return SizeText(JsonView(std::string_view(json))); };
  EXPECT_EQ(size(R"({"width":1920,"height":1080,"density":2})"), "1920x1080");
  for (const char* none : {"", "{}", "[]", R"({"width":1})", R"({"width":1.5,"height":1})"}) {
    EXPECT_EQ(size(none), "") << none;
  }
}

TEST(MappingTest, QueriesArePercentEncoded) {
  String query;
  AppendQuery(&query, "a", "ä b&c=d/~-._");
  AppendQuery(&query, "none", "");
  EXPECT_EQ(query, "&a=%C3%A4%20b%26c%3Dd%2F~-._");
}

TEST(MappingTest, DepthIsCountedInBrackets) {
  const auto depth = [](const char* json) { return DepthOf(JsonView(std::string_view(json))); };
  EXPECT_EQ(depth("1 "), 0);
  EXPECT_EQ(depth(R"("{[")"), 0);
  EXPECT_EQ(depth("{}"), 1);
  EXPECT_EQ(depth(R"([1,{"a":[]},{}])"), 3);
}

}  // namespace
}  // namespace waymark
