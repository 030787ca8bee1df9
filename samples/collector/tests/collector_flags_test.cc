#include "collector_flags.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace waymark::collector {
namespace {

using ::testing::HasSubstr;

std::string RefusalOf(const std::vector<std::string>& arguments) {
  return std::string(ReadCommandLine(arguments).status().message());
}

TEST(CollectorFlagsTest, ReadsBothForms) {
  const auto line = ReadCommandLine({"--port=0", "--events-max", "5", "--database=x.db"});
  ASSERT_TRUE(line.ok()) << line.status();
  EXPECT_EQ(line->options.port, 0);
  EXPECT_EQ(line->options.events_max, 5);
  EXPECT_EQ(line->options.database, "x.db");
  EXPECT_FALSE(line->options.allow_remote);
}

TEST(CollectorFlagsTest, RefusesWithASentence) {
  EXPECT_THAT(RefusalOf({"--prot=1"}), HasSubstr("there is no flag --prot"));
  EXPECT_THAT(RefusalOf({"--port=many"}), HasSubstr("--port does not take \"many\""));
  EXPECT_THAT(RefusalOf({"--port=70000"}), HasSubstr("out of range"));
  EXPECT_THAT(RefusalOf({"--port"}), HasSubstr("needs a value"));
  EXPECT_THAT(RefusalOf({"8802"}), HasSubstr("is not a flag"));
  EXPECT_THAT(RefusalOf({"--port=0", "--events_max=0"}),
              HasSubstr("--events_max=0 is out of range"));
}

TEST(CollectorFlagsTest, HelpNamesEveryFlag) {
  EXPECT_TRUE(ReadCommandLine({"--help"})->help);
  for (const char* name : {"--port", "--host", "--allow_remote", "--database", "--events_max"}) {
    EXPECT_THAT(HelpText(), HasSubstr(name));
  }
}

}  // namespace
}  // namespace waymark::collector
