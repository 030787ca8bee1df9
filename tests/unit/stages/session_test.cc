#include "journey/session.h"

#include <gtest/gtest.h>

namespace waymark {
namespace {

using namespace std::string_view_literals;

constexpr int64_t kMinuteMs = 60'000;

class SessionTest : public testing::Test {
 protected:
  std::string Touch(int64_t time_ms) {
    session_.Touch(SessionRules(), time_ms, &prng_);
    return std::string(std::string_view(session_.id));
  }

  Prng prng_{std::string(32, 's')};
  Session session_;
};

TEST_F(SessionTest, APauseOfHalfAnHourEndsIt) {
  const std::string first = Touch(0);
  EXPECT_EQ(Touch(30 * kMinuteMs - 1), first);
  EXPECT_NE(Touch(60 * kMinuteMs - 1), first);
  EXPECT_EQ(session_.index, 2);
}

TEST_F(SessionTest, ADayEndsItAlsoWithoutAPause) {
  const std::string first = Touch(0);
  for (int i = 1; i < 24 * 4; ++i) EXPECT_EQ(Touch(i * 15 * kMinuteMs), first);
  EXPECT_NE(Touch(24 * 60 * kMinuteMs), first);
}

TEST_F(SessionTest, AClockThatGoesBackDoesNot) {
  const std::string first = Touch(1'000 * kMinuteMs);
  EXPECT_EQ(Touch(10), first);
  EXPECT_EQ(Touch(1'001 * kMinuteMs), first);
  EXPECT_EQ(session_.event_index, 3);
}

TEST_F(SessionTest, IsReadBackAsWritten) {
  Touch(5'000);
  const Session read = ReadSession(JsonView(WriteSession(session_, "a")));
  EXPECT_EQ(read.id, session_.id);
  EXPECT_EQ(read.index, 1);
  EXPECT_EQ(read.last_ms, 5'000);
  EXPECT_TRUE(ReadSession(JsonView("[]"sv)).id.empty());
}

}  // namespace
}  // namespace waymark
