// The gate as a pure function: every basis, state and kind of purpose.
#include <gtest/gtest.h>

#include "consent/collector_policy.h"
#include "consent/consent_gate.h"

namespace waymark {
namespace {

using namespace std::string_view_literals;

constexpr const char* kPolicy = R"({"revision":"r1","purposes":[
  {"id":"necessary","basis":"exempt"},
  {"id":"held","basis":"consent","before_answer":"hold"},
  {"id":"dropped","basis":"consent","before_answer":"drop"},
  {"id":"coarse","basis":"consent","before_answer":"deidentify"},
  {"id":"interest","basis":"legitimate_interest"},
  {"id":"contract","basis":"contract"},
  {"id":"audience","basis":"exempt","mode":"deidentify"},
  {"id":"linked","basis":"consent","before_answer":"hold","requires":["held"]}]})";

class GateTest : public testing::Test {
 protected:
  GateTest()
      : policy_(ReadPolicy(JsonView(std::string_view(kPolicy)), &problems_)),
        state_(UndecidedState(policy_)) {}

  GateVerdict Verdict(const char* ids) {
    return Judge(policy_, state_, policy_.Closure(JsonView(std::string_view(ids))));
  }

  void Decides(const char* choices) {
    const auto decided =
        Decide(policy_, state_, JsonView(std::string_view(choices)), "person", 1000, {1000, 0});
    ASSERT_TRUE(decided.ok());
    state_ = *decided;
  }

  List<Problem> problems_;
  Policy policy_;
  ConsentState state_;
};

TEST_F(GateTest, BeforeAnAnswerEachPurposeSaysWhatHappens) {
  EXPECT_TRUE(problems_.empty());
  EXPECT_EQ(Verdict(R"(["necessary"])"), GateVerdict::kAdmit);
  EXPECT_EQ(Verdict(R"(["held"])"), GateVerdict::kHold);
  EXPECT_EQ(Verdict(R"(["dropped"])"), GateVerdict::kDrop);
  EXPECT_EQ(Verdict(R"(["coarse"])"), GateVerdict::kDeidentify);
  EXPECT_EQ(Verdict(R"(["interest"])"), GateVerdict::kAdmit);
  EXPECT_EQ(Verdict(R"(["contract"])"), GateVerdict::kAdmit);
  EXPECT_EQ(Verdict(R"(["audience"])"), GateVerdict::kDeidentify);
}

TEST_F(GateTest, OfSeveralNeedsTheStrictestHolds) {
  EXPECT_EQ(Verdict(R"(["necessary","held"])"), GateVerdict::kHold);
  EXPECT_EQ(Verdict(R"(["held","coarse"])"), GateVerdict::kHold);
  EXPECT_EQ(Verdict(R"(["held","dropped"])"), GateVerdict::kDrop);
  EXPECT_EQ(Verdict(R"(["interest","audience"])"), GateVerdict::kDeidentify);
}

TEST_F(GateTest, NoNeedsMeansNoWay) { EXPECT_EQ(Verdict("[]"), GateVerdict::kDrop); }

TEST_F(GateTest, DecisionsOpenAndClose) {
  Decides(R"({"held":"granted","interest":"denied"})");
  EXPECT_EQ(Verdict(R"(["held"])"), GateVerdict::kAdmit);
  EXPECT_EQ(Verdict(R"(["interest"])"), GateVerdict::kDrop);
  Decides(R"({"held":"denied"})");
  EXPECT_EQ(Verdict(R"(["held"])"), GateVerdict::kDrop);
  EXPECT_EQ(state_.generation, 2u);
}

TEST_F(GateTest, WhatWasDecidedElsewhereHoldsFromThenOn) {
  constexpr int64_t kDayMs = 86'400'000;
  const Now now{400 * kDayMs, 0};
  const auto decide = [&](const char* choices, int64_t decided_ms) {
    return Decide(policy_, state_, JsonView(std::string_view(choices)), "person", decided_ms, now);
  };
  const auto decided = decide(R"({"held":"granted"})", 300 * kDayMs);
  ASSERT_TRUE(decided.ok());
  const String record = WriteConsentRecord(policy_, *decided, false);
  const int held = policy_.Find("held");
  const auto on_day = [&](int64_t day) {
    return ReadConsentRecord(policy_, JsonView(record), {day * kDayMs, 0}).Of(held);
  };
  EXPECT_EQ(on_day(479), PurposeState::kGranted);
  EXPECT_EQ(on_day(480), PurposeState::kUnknown);
  EXPECT_FALSE(decide(R"({"held":"granted"})", 220 * kDayMs).ok());
  EXPECT_FALSE(decide(R"({"held":"granted"})", INT64_MIN).ok());
  EXPECT_TRUE(decide(R"({"held":"denied"})", 220 * kDayMs).ok());
  // Nothing is decided in the future.
  EXPECT_EQ((*decide(R"({"held":"granted"})", INT64_MAX)).answered_ms[held], now.wall_ms);
}

TEST_F(GateTest, ARequiredPurposeIsPartOfTheNeed) {
  Decides(R"({"linked":"granted"})");
  EXPECT_EQ(Verdict(R"(["linked"])"), GateVerdict::kHold);
  Decides(R"({"held":"denied"})");
  EXPECT_EQ(Verdict(R"(["linked"])"), GateVerdict::kDrop);
}

TEST_F(GateTest, AtSendTimeTheStricterOfThenAndNowHolds) {
  const PurposeSet held = policy_.Closure(JsonView(R"(["held"])"sv));
  EXPECT_EQ(JudgeAgain(policy_, state_, held, held), GateVerdict::kDrop);  // unknown now
  Decides(R"({"held":"granted"})");
  EXPECT_EQ(JudgeAgain(policy_, state_, held, held), GateVerdict::kAdmit);
  EXPECT_EQ(JudgeAgain(policy_, state_, held, 0), GateVerdict::kDeidentify);  // not allowed then
  Decides(R"({"held":"denied"})");
  EXPECT_EQ(JudgeAgain(policy_, state_, held, held), GateVerdict::kDrop);
}

TEST_F(GateTest, TheRecordKeepsTheDecision) {
  Decides(R"({"held":"granted","dropped":"denied"})");
  const String record = WriteConsentRecord(policy_, state_, false);
  const ConsentState read = ReadConsentRecord(policy_, JsonView(record), {2000, 0});
  EXPECT_EQ(read.granted, state_.granted);
  EXPECT_EQ(read.denied, state_.denied);
  EXPECT_EQ(read.generation, 1u);
  for (const char* rubbish :
       {"{}", "[]", "3", R"({"version":2,"time_ms":1})", R"({"version":1,"time_ms":-4})"}) {
    EXPECT_FALSE(
        ReadConsentRecord(policy_, JsonView(std::string_view(rubbish)), {2000, 0}).answered())
        << rubbish;
  }
}

TEST_F(GateTest, AGrantFromTheFutureDoesNotCount) {
  Decides(R"({"held":"granted"})");
  const String record = WriteConsentRecord(policy_, state_, false);
  EXPECT_FALSE(ReadConsentRecord(policy_, JsonView(record), {1000 - 3 * 86'400'000, 0}).answered());
}

TEST(CollectorPolicyTest, SamplesAboutItsShareAlways) {
  CollectorPolicy policy;
  policy.sample_ppm = 100'000;
  int in = 0;
  for (int i = 0; i < 10'000; ++i) {
    const std::string id = "1b9d6bcd-bbfd-8b2d-9b5d-ab8d" + std::to_string(10'000'000 + i);
    const std::string visitor = R"("anonymous_id":")" + id + R"("})";
    const std::string first = R"({"message_id":"1",)" + visitor;
    const std::string second = R"({"message_id":"2",)" + visitor;
    in += policy.Samples(JsonView(first));
    EXPECT_EQ(policy.Samples(JsonView(first)), policy.Samples(JsonView(second)));
  }
  EXPECT_NEAR(in, 1'000, 150);
  EXPECT_FALSE(policy.Samples(JsonView()));
  policy.sample_ppm = 0;
  EXPECT_FALSE(policy.Samples(JsonView(R"({"message_id":"x"})")));
}

}  // namespace
}  // namespace waymark
