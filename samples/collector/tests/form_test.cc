#include "form.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "collector_limits.h"

namespace waymark::collector {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

TEST(FormTest, DecodesNamesAndValues) {
  EXPECT_THAT(ParseForm("a=1&b%5B0%5D=x%20y+z&empty=&flag&&=v"),
              ElementsAre(Pair("a", "1"), Pair("b[0]", "x y z"), Pair("empty", ""),
                          Pair("flag", ""), Pair("", "v")));
}

TEST(FormTest, LeavesWhatIsNoEscape) {
  EXPECT_THAT(ParseForm("a=%&b=%4&c=%zz&d=%4a"),
              ElementsAre(Pair("a", "%"), Pair("b", "%4"), Pair("c", "%zz"), Pair("d", "J")));
}

TEST(FormTest, FindsTheFirstOfEqualNames) {
  const Form form = ParseForm("a=1&a=2");
  EXPECT_EQ(FormValue(form, "a"), "1");
  EXPECT_EQ(FormValue(form, "b"), "");
  EXPECT_TRUE(HasField(form, "a"));
  EXPECT_FALSE(HasField(form, "b"));
}

TEST(FormTest, AsJsonIsCleanText) {
  EXPECT_EQ(FormJson(ParseForm("a=%ff&b=%C3%A4")), Json({{"a", "\xEF\xBF\xBD"}, {"b", "ä"}}));
}

TEST(FormTest, IsBounded) {
  std::string text;
  for (size_t i = 0; i <= kFormFieldsMax; ++i) text += "a=1&";
  EXPECT_EQ(ParseForm(text).size(), kFormFieldsMax);
}

}  // namespace
}  // namespace waymark::collector
