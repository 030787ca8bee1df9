// How a batch is made for protocols that differ from Segment: what does not go together, what a
// target has no place for, what it cannot carry.
#include "delivery/batcher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace waymark {
namespace {

using namespace std::string_view_literals;
using testing::ElementsAre;

constexpr int64_t kDayMs = 86'400'000;

// Carries all but "refused"; has no place for "ignored"; one user a request; a body "(user|a;b)".
class Words final : public Collector {
 public:
  Words() {
    rules_.separator = ';';
    rules_.age_ms_max = kDayMs;
    rules_.event_bytes_max = 20;
  }

  String BatchKey(const OutgoingEvent& event) const override { return event.user_id.AsString(); }

  void Begin(const OutgoingEvent& first, const Now&, String* body) const override {
    *body += "(" + first.user_id.AsString() + "|";
  }

  Status AppendEvent(const OutgoingEvent& event, const Now&, String* body) const override {
    if (event.name == "refused") return NotOk("rejected", "/name", "a long one", "a short one");
    if (event.name != "ignored") *body += event.name;
    return OkStatus();
  }

  void End(const Now&, String* body) const override { *body += ")"; }
  CollectorRequest Request(const Attempt&) const override { return CollectorRequest(); }
};

class BatcherTest : public testing::Test {
 protected:
  BatcherTest() {
    List<Problem> none;
    policy_ = ReadPolicy(JsonView(R"({"revision":"1","purposes":[{"id":"a","basis":"exempt"}]})"sv),
                         &none);
    state_ = ReadConsentRecord(policy_, JsonView(), now_);
    lane_.policy.needs = 1;
    lane_.collector = std::make_unique<Words>();
    outbox_.Start({100, 1'000'000}, 1);
    outbox_.BeginWriter("w");
  }

  void Add(const std::string& name, const std::string& user = "u", int64_t age_ms = 0) {
    Record record;
    record.event = R"({"type":"track","name":")" + name + R"(","message_id":")" + name +
                   R"(","user_id":")" + user + R"("})";
    record.pending = 1;
    record.captured = 1;
    record.queued_mono_ms = now_.mono_ms - age_ms;
    outbox_.Append(std::move(record));
  }

  LaneQueue Queue() { return {&lane_, 0, &rules_, now_, &outbox_, &losses_, &problems_}; }

  // The bodies of all batches, one after the other.
  std::vector<std::string> Bodies(size_t bytes_max = 1'000, size_t events_max = 100) {
    std::vector<std::string> bodies;
    for (;;) {
      Batch batch;
      OpenBatch(Queue(), false, &batch);
      FillBatch(Queue(), bytes_max, events_max, &batch);
      if (batch.record_ids.empty()) break;
      fingerprints_.push_back(batch.fingerprint);
      const size_t bytes = batch.raw_bytes;
      for (const uint32_t id : batch.record_ids) outbox_.Settle(outbox_.Find(id), 0);
      bodies.emplace_back(std::string_view(CloseBatch(Queue(), &batch)));
      EXPECT_EQ(bodies.back().size(), bytes);
    }
    outbox_.Sweep();
    return bodies;
  }

  int64_t Lost(Loss reason) const { return outbox_.Lost(0).Of(reason); }

  const Now now_{1'793'817'970'000, 10 * kDayMs};
  Policy policy_;
  ConsentState state_;
  List<FieldRule> fields_;
  SendRules rules_{&policy_, &state_, &fields_, false};
  Lane lane_;
  Outbox outbox_;
  LossCounters losses_;
  List<Problem> problems_;
  std::vector<uint64_t> fingerprints_;
};

TEST_F(BatcherTest, TheProtocolSaysWhatStandsAroundAndBetweenEvents) {
  for (const char* name : {"a", "b", "c"}) Add(name);
  EXPECT_THAT(Bodies(), ElementsAre("(u|a;b;c)"));
}

TEST_F(BatcherTest, OnlyEventsOfOneKeyShareARequest) {
  Add("a", "u");
  Add("b", "u");
  Add("c", "v");
  Add("d", "u");
  EXPECT_THAT(Bodies(), ElementsAre("(u|a;b)", "(v|c)", "(u|d)"));
}

TEST_F(BatcherTest, BytesAreBoundedWithAllThatStandsAround) {
  for (const char* name : {"aaaa", "bbbb", "cccc"}) Add(name);
  EXPECT_THAT(Bodies(13), ElementsAre("(u|aaaa;bbbb)", "(u|cccc)"));
}

TEST_F(BatcherTest, WhatHasNoPlaceIsSettledWithoutALoss) {
  for (const char* name : {"ignored", "a", "ignored", "b"}) Add(name);
  EXPECT_THAT(Bodies(), ElementsAre("(u|a;b)"));
  EXPECT_EQ(outbox_.events(), 0);
  EXPECT_TRUE(outbox_.Lost(0).empty());
}

TEST_F(BatcherTest, WhatCannotBeCarriedIsCountedAndSaid) {
  for (const char* name : {"a", "refused", "b"}) Add(name);
  EXPECT_THAT(Bodies(), ElementsAre("(u|a;b)"));
  EXPECT_EQ(Lost(Loss::kRejected), 1);
  ASSERT_EQ(problems_.size(), 1u);
  EXPECT_EQ(std::string_view(problems_[0].code), "rejected");
  EXPECT_EQ(problems_[0].pointer, "/collectors/0");
  EXPECT_EQ(problems_[0].found, "/name: a long one");
  EXPECT_EQ(problems_[0].allowed, "a short one");
}

TEST_F(BatcherTest, AnEventTooBigForTheTargetIsGivenUp) {
  Add("twenty-one characters");
  Add("a");
  EXPECT_THAT(Bodies(), ElementsAre("(u|a)"));
  EXPECT_EQ(Lost(Loss::kOversize), 1);
}

TEST_F(BatcherTest, TheTargetSaysHowOldAnEventMayBe) {
  Add("old", "u", kDayMs + 1);
  Add("young", "u", kDayMs);
  EXPECT_THAT(Bodies(), ElementsAre("(u|young)"));
  EXPECT_EQ(Lost(Loss::kAge), 1);
}

TEST_F(BatcherTest, TheSameEventsMakeTheSameFingerprint) {
  for (int round = 0; round < 2; ++round) {
    Add("a");
    Add("b");
    Bodies();
  }
  Add("b");
  Add("a");
  Bodies();
  ASSERT_EQ(fingerprints_.size(), 3u);
  EXPECT_EQ(fingerprints_[0], fingerprints_[1]);
  EXPECT_NE(fingerprints_[0], fingerprints_[2]);
}

TEST_F(BatcherTest, APageThatLeavesPacksEventsOfOneKey) {
  Add("a", "u");
  Add("b", "v");
  Add("c", "u");
  Add("refused", "u");
  Batch batch;
  PackBatch(Queue(), 1'000, 100, false, &batch);
  EXPECT_EQ(CloseBatch(Queue(), &batch), "(u|a;c)");
  EXPECT_TRUE(problems_.empty());
}

}  // namespace
}  // namespace waymark
