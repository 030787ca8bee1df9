#include "fault_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace waymark::collector {
namespace {

using ::testing::HasSubstr;

TEST(FaultPlanTest, ReadsAllMembers) {
  const auto fault =
      ParseFault(R"({"mode":"status","status":429,"retry_after_s":7,"expose_retry_after":true,)"
                 R"("delay_ms":5,"for_ms":9})");
  ASSERT_TRUE(fault.ok()) << fault.status();
  EXPECT_EQ(fault->mode, FaultMode::kStatus);
  EXPECT_EQ(fault->status, 429);
  EXPECT_EQ(fault->retry_after_s, 7);
  EXPECT_TRUE(fault->expose_retry_after);
  EXPECT_EQ(fault->delay_ms, 5);
  EXPECT_EQ(fault->for_ms, 9);
}

TEST(FaultPlanTest, ModesKeepTheirNames) {
  for (const char* name : {"none", "down", "status", "drop", "ackloss", "slow", "partial"}) {
    const auto fault = ParseFault(std::string(R"({"mode":")") + name + "\"}");
    ASSERT_TRUE(fault.ok());
    EXPECT_EQ(FaultModeName(fault->mode), name);
  }
}

TEST(FaultPlanTest, RefusesWrongMembersByName) {
  const auto refusal = [](const std::string& text) {
    return std::string(ParseFault(text).status().message());
  };
  EXPECT_THAT(refusal("{}"), HasSubstr("/mode must be one of"));
  EXPECT_THAT(refusal(R"({"mode":"up"})"), HasSubstr("/mode must be one of"));
  EXPECT_THAT(refusal(R"({"mode":"status","status":99})"), HasSubstr("/status must be"));
  EXPECT_THAT(refusal(R"({"mode":"status","status":"503"})"), HasSubstr("/status must be"));
  EXPECT_THAT(refusal(R"({"mode":"slow","delay_ms":-1})"), HasSubstr("/delay_ms must be"));
  EXPECT_THAT(refusal(R"({"mode":"slow","delay_ms":18446744073709551615})"),
              HasSubstr("/delay_ms"));
  EXPECT_THAT(refusal(R"({"mode":"partial","every":0})"), HasSubstr("/every must be"));
  EXPECT_THAT(refusal(R"({"mode":"partial","verdict":"ok"})"), HasSubstr("drop or retry"));
  EXPECT_THAT(refusal(R"({"mode":"down","expose_retry_after":1})"), HasSubstr("true or false"));
  EXPECT_THAT(refusal("[]"), HasSubstr("not a JSON object"));
}

TEST(FaultPlanTest, EndsWhenItsTimeIsOver) {
  FaultPlan plan;
  plan.Set({.mode = FaultMode::kDown, .for_ms = 100}, 1000);
  EXPECT_EQ(plan.Current(1099).mode, FaultMode::kDown);
  EXPECT_THAT(plan.Describe(1099), HasSubstr(R"("until_ms":1100)"));
  EXPECT_EQ(plan.Current(1100).mode, FaultMode::kNone);
  EXPECT_THAT(plan.Describe(1100), HasSubstr(R"("mode":"none")"));
}

TEST(FaultPlanTest, JudgesEveryNthEventWhilePartialIsOn) {
  FaultPlan plan;
  EXPECT_EQ(plan.Judge(0), Verdict::kAccepted);
  const auto fault = ParseFault(R"({"mode":"partial","every":3,"verdict":"drop","for_ms":100})");
  ASSERT_TRUE(fault.ok()) << fault.status();
  plan.Set(*fault, 1000);
  std::vector<Verdict> verdicts;
  for (int i = 0; i < 6; ++i) verdicts.push_back(plan.Judge(1000));
  constexpr Verdict kOk = Verdict::kAccepted, kDrop = Verdict::kRejected;
  EXPECT_THAT(verdicts, ::testing::ElementsAre(kOk, kOk, kDrop, kOk, kOk, kDrop));
  EXPECT_EQ(plan.Judge(1100), kOk);
  EXPECT_THAT(plan.Describe(1000), HasSubstr(R"("verdict":"drop")"));
}

TEST(FaultPlanTest, LastsWithoutATime) {
  FaultPlan plan;
  plan.Set({.mode = FaultMode::kDrop}, 1000);
  EXPECT_EQ(plan.Current(INT64_MAX).mode, FaultMode::kDrop);
}

}  // namespace
}  // namespace waymark::collector
