// The journey's pure parts: shares worked out by hand, the table of stages, silences, and that two
// versions become one in whatever order.
#include "journey/journey.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/limits.h"
#include "base/time.h"

namespace waymark {
namespace {

using testing::ElementsAre;

std::vector<int64_t> Shares(AttributionModel model, const std::vector<int64_t>& days,
                            const std::vector<bool>& direct = {}) {
  List<AttributedTouch> touches;
  for (size_t i = 0; i < days.size(); ++i) {
    touches.push_back({days[i] * kDayMs, i < direct.size() && direct[i]});
  }
  const List<int64_t> shares = Attribute(model, touches, 7 * kDayMs);
  return std::vector<int64_t>(shares.begin(), shares.end());
}

TEST(AttributionTest, OneTouchModels) {
  EXPECT_THAT(Shares(AttributionModel::kFirst, {0, 3, 9}), ElementsAre(1'000'000, 0, 0));
  EXPECT_THAT(Shares(AttributionModel::kLast, {0, 3, 9}), ElementsAre(0, 0, 1'000'000));
  EXPECT_THAT(Shares(AttributionModel::kLastNonDirect, {0, 3, 9}, {false, false, true}),
              ElementsAre(0, 1'000'000, 0));
  EXPECT_THAT(Shares(AttributionModel::kLastNonDirect, {0, 3}, {true, true}),
              ElementsAre(0, 1'000'000));
}

// What is left of a millionth goes to the first.
TEST(AttributionTest, LinearSharesAreTheWhole) {
  EXPECT_THAT(Shares(AttributionModel::kLinear, {0, 1, 2}), ElementsAre(333'334, 333'333, 333'333));
  EXPECT_THAT(Shares(AttributionModel::kLinear, {0, 1, 2, 3}),
              ElementsAre(250'000, 250'000, 250'000, 250'000));
}

// 14, 7 and 0 days before the last one: 1/4, 1/2 and 1 of 7/4.
TEST(AttributionTest, TimeDecayHalvesEachHalfLife) {
  EXPECT_THAT(Shares(AttributionModel::kTimeDecay, {0, 7, 14}),
              ElementsAre(142'857, 285'714, 571'429));
  // One day is 2^(-1/7) = 0.905724: 0.475266 and 0.524734 of both.
  EXPECT_THAT(Shares(AttributionModel::kTimeDecay, {0, 1}), ElementsAre(475'265, 524'735));
  EXPECT_THAT(Shares(AttributionModel::kTimeDecay, {0, 400}), ElementsAre(0, 1'000'000));
}

TEST(AttributionTest, PositionGivesTheEndsFortyEach) {
  EXPECT_THAT(Shares(AttributionModel::kPosition, {0}), ElementsAre(1'000'000));
  EXPECT_THAT(Shares(AttributionModel::kPosition, {0, 1}), ElementsAre(500'000, 500'000));
  EXPECT_THAT(Shares(AttributionModel::kPosition, {0, 1, 2}),
              ElementsAre(400'000, 200'000, 400'000));
  EXPECT_THAT(Shares(AttributionModel::kPosition, {0, 1, 2, 3}),
              ElementsAre(400'000, 100'000, 100'000, 400'000));
}

TEST(AttributionTest, SharesOfAnyPathAreTheWhole) {
  EXPECT_TRUE(Shares(AttributionModel::kLast, {}).empty());
  for (int model = 0; model < kAttributionModels; ++model) {
    for (int64_t count = 1; count <= 24; ++count) {
      std::vector<int64_t> days;
      for (int64_t i = 0; i < count; ++i) days.push_back(i * i % 61);
      std::sort(days.begin(), days.end());
      int64_t sum = 0;
      for (const int64_t share : Shares(static_cast<AttributionModel>(model), days)) {
        EXPECT_GE(share, 0);
        sum += share;
      }
      EXPECT_EQ(sum, kWholePpm) << model << ' ' << count;
    }
  }
}

struct StageRow {
  StageState now;
  Stage touchpoint;
  bool buys;
  StageState next;
};

class StageTest : public testing::TestWithParam<StageRow> {};

TEST_P(StageTest, Goes) {
  const StageRow& row = GetParam();
  const StageState next = NextStage(row.now, row.touchpoint, row.buys, false);
  EXPECT_EQ(next.stage, row.next.stage);
  EXPECT_EQ(next.bought, row.next.bought);
  EXPECT_EQ(next.cycle, row.next.cycle);
}

constexpr Stage kPre = Stage::kPrePurchase;
constexpr Stage kBuy = Stage::kPurchase;
constexpr Stage kPost = Stage::kPostPurchase;

INSTANTIATE_TEST_SUITE_P(Journey, StageTest,
                         testing::Values(StageRow{{}, kPre, false, {kPre, false, 1}},
                                         StageRow{{}, kBuy, false, {kBuy, false, 1}},
                                         StageRow{{}, kPost, false, {kPost, false, 0}},
                                         StageRow{{}, Stage::kNone, false, {}},
                                         StageRow{{kPre, false, 1}, kPre, false, {kPre, false, 1}},
                                         StageRow{{kPre, false, 1}, kBuy, false, {kBuy, false, 1}},
                                         StageRow{{kPre, false, 1}, kBuy, true, {kBuy, true, 1}},
                                         StageRow{
                                             {kPre, false, 1}, kPost, false, {kPost, false, 1}},
                                         StageRow{{kBuy, false, 1}, kPre, false, {kBuy, false, 1}},
                                         StageRow{{kBuy, false, 1}, kBuy, true, {kBuy, true, 1}},
                                         StageRow{{kBuy, true, 1}, kPre, false, {kPre, false, 2}},
                                         StageRow{{kBuy, true, 1}, kBuy, false, {kBuy, false, 2}},
                                         StageRow{{kBuy, true, 1}, kPost, false, {kPost, true, 1}},
                                         StageRow{{kPost, true, 1}, kPost, false, {kPost, true, 1}},
                                         StageRow{{kPost, true, 1}, kPre, false, {kPre, false, 2}},
                                         StageRow{{kPost, true, 1}, kBuy, true, {kBuy, true, 2}}));

TEST(StageTest, AnOrderThatIsChangedBeginsNothing) {
  const StageState next = NextStage({kBuy, true, 1}, kBuy, false, true);
  EXPECT_EQ(next.cycle, 1);
  EXPECT_TRUE(next.bought);
}

constexpr const char* kConfig = R"({"journey":{
  "conversions":["order_completed","newsletter_signed_up"],
  "silence":[
    {"name":"checkout_abandoned","after":"checkout_started","without":"order_completed",
     "within_ms":1800000},
    {"name":"payment_abandoned","after":"checkout_started","without":"order_completed",
     "within_ms":1800000,"at_step":"3"},
    {"name":"customer_lapsed","within_ms":2592000000}],
  "segments":[{"id":"gold","when":{"==":[{"var":"traits.plan"},"gold"]}}]}})";

constexpr int64_t kStart = 1'700'000'000'000;
constexpr int64_t kMinuteMs = 60'000;

class JourneyTest : public testing::Test {
 protected:
  JourneyTest() {
    rules_ = ReadJourneyRules(JsonView(std::string_view(kConfig)), Policy(), &problems_);
  }

  bool Do(int64_t minute, const std::string& name, std::string properties = "{}",
          Stage stage = Stage::kPurchase) {
    return Do(&journey_, minute, name, std::move(properties), stage);
  }
  bool Do(Journey* journey, int64_t minute, const std::string& name, std::string properties = "{}",
          Stage stage = Stage::kPurchase) {
    properties += ' ';
    Happening happening;
    happening.time_ms = kStart + minute * kMinuteMs;
    happening.name = name;
    happening.stage = stage;
    happening.properties = JsonView(properties);
    happening.new_visit = journey->empty();
    return Happen(happening, rules_, journey);
  }

  std::vector<std::string> Ended(int64_t minute) {
    std::vector<std::string> names;
    for (const Silence& silence : EndedSilences(journey_, rules_, kStart + minute * kMinuteMs)) {
      names.emplace_back(std::string_view(rules_.silence[silence.rule].name));
    }
    return names;
  }

  static std::string Text(const Journey& journey) {
    return std::string(std::string_view(WriteJourney(journey, "a", 1)));
  }

  std::string View() const {
    String json;
    JsonWriter writer(&json);
    writer.Begin('{');
    WriteJourneyView(journey_, rules_, &writer);
    writer.End('}');
    return std::string(std::string_view(json));
  }

  List<Problem> problems_;
  JourneyRules rules_;
  Journey journey_;
};

TEST_F(JourneyTest, SilenceBeginsWithTheLastThingThatHappened) {
  Do(0, "checkout_started");
  Do(10, "checkout_step_viewed", R"({"step":2})");
  EXPECT_THAT(Ended(39), ElementsAre());
  EXPECT_THAT(Ended(40), ElementsAre("checkout_abandoned"));
  const List<Silence> ended = EndedSilences(journey_, rules_, kStart + 40 * kMinuteMs);
  EXPECT_EQ(ended[0].began_ms, kStart + 10 * kMinuteMs);
  EXPECT_EQ(ended[0].step, "2");
  EXPECT_EQ(ended[0].touchpoint, "checkout_step_viewed");
  EXPECT_EQ(NextSilence(journey_, rules_), kStart + 40 * kMinuteMs);
}

TEST_F(JourneyTest, SilenceIsRecordedOnceUntilItIsArmedAgain) {
  Do(0, "checkout_started");
  const List<Silence> ended = EndedSilences(journey_, rules_, kStart + 30 * kMinuteMs);
  ASSERT_EQ(ended.size(), 1u);
  NoteRecorded(ended[0], rules_, &journey_);
  EXPECT_THAT(Ended(60), ElementsAre());
  Do(70, "product_viewed");
  EXPECT_THAT(Ended(110), ElementsAre());
  Do(120, "checkout_started");
  EXPECT_THAT(Ended(150), ElementsAre("checkout_abandoned"));
}

// Found by fuzzing: it was recorded at every wake.
TEST_F(JourneyTest, SilenceOfADamagedStoreIsRecordedOnce) {
  Do(20, "checkout_started");
  journey_.last_ms = kStart;
  const List<Silence> ended = EndedSilences(journey_, rules_, kStart + 60 * kMinuteMs);
  ASSERT_EQ(ended.size(), 1u);
  NoteRecorded(ended[0], rules_, &journey_);
  EXPECT_THAT(Ended(61), ElementsAre());
}

TEST_F(JourneyTest, SilenceIsMetByWhatItWaitsFor) {
  Do(0, "checkout_started");
  Do(5, "order_completed", R"({"order_id":"o1","total":20})");
  EXPECT_THAT(Ended(60), ElementsAre());
  EXPECT_THAT(Ended(5 + 30 * 24 * 60), ElementsAre("customer_lapsed"));
}

TEST_F(JourneyTest, SilenceAtAStepIsOnlyThere) {
  Do(0, "checkout_started");
  Do(1, "checkout_step_viewed", R"({"step":"3"})");
  EXPECT_THAT(Ended(31), ElementsAre("checkout_abandoned", "payment_abandoned"));
}

TEST_F(JourneyTest, WhoComesBackInTimeIsNotSilent) {
  Do(0, "checkout_started");
  ComeBack(kStart + 29 * kMinuteMs, &journey_);
  EXPECT_THAT(Ended(58), ElementsAre());
  EXPECT_THAT(Ended(59), ElementsAre("checkout_abandoned"));
}

TEST_F(JourneyTest, OrdersCountOnceAndRefundsTakeBack) {
  EXPECT_TRUE(Do(0, "order_completed", R"({"order_id":"o1","total":"59.90","currency":"EUR"})"));
  EXPECT_FALSE(Do(1, "order_completed", R"({"order_id":"o1","total":59.9,"currency":"EUR"})"));
  EXPECT_TRUE(Do(2, "order_completed", R"({"order_id":"o2","revenue":40.1,"currency":"EUR"})"));
  EXPECT_FALSE(Do(3, "order_refunded", R"({"order_id":"o1","total":9.9})", Stage::kPostPurchase));
  EXPECT_FALSE(Do(4, "order_cancelled", R"({"order_id":"o2"})", Stage::kPostPurchase));
  EXPECT_TRUE(Do(5, "newsletter_signed_up", "{}", Stage::kPrePurchase));
  const std::string view = View();
  EXPECT_THAT(view, testing::HasSubstr(R"("orders":2,"refunds":2,"currency":"EUR")"));
  EXPECT_THAT(view, testing::HasSubstr(R"("lifetime_value":50,"order_value":50)"));
  EXPECT_THAT(
      view, testing::HasSubstr(R"("conversions":{"order_completed":2,"newsletter_signed_up":1})"));
}

TEST_F(JourneyTest, MoreOrdersThanAreKeptStillAddUp) {
  for (int i = 0; i < 40; ++i) {
    Do(i, "order_completed",
       R"({"total":1.005,"currency":"EUR","order_id":"o)" + std::to_string(i) + "\"}");
  }
  EXPECT_EQ(journey_.deeds.size(), kDeedsMax);
  EXPECT_THAT(View(), testing::HasSubstr(
                          R"("orders":40,"refunds":0,"currency":"EUR","lifetime_value":40.2,)"));
}

TEST_F(JourneyTest, TwoCurrenciesAreNotAdded) {
  Do(0, "order_completed", R"({"total":10,"currency":"EUR"})");
  Do(1, "order_completed", R"({"total":1000,"currency":"JPY"})");
  EXPECT_THAT(View(), testing::HasSubstr(R"("currency":"JPY","lifetime_value":1000,"values":)"));
  EXPECT_THAT(View(), testing::HasSubstr(R"({"EUR":{"ordered":10,"refunded":0},)"));
  EXPECT_THAT(View(), testing::HasSubstr(R"("JPY":{"ordered":1000,"refunded":0}})"));
}

TEST_F(JourneyTest, AnswersOfSurveysAreTheLatest) {
  Do(0, "survey_answered", R"({"kind":"NPS","score":9})", Stage::kPostPurchase);
  Do(1, "survey_answered", R"({"kind":"csat","score":"4.5"})", Stage::kPostPurchase);
  Do(2, "survey_answered", R"({"kind":"nps","score":3})", Stage::kPostPurchase);
  EXPECT_THAT(View(), testing::HasSubstr(R"("answers":{"nps":{"score":3,)"));
  EXPECT_THAT(View(), testing::HasSubstr(R"("csat":{"score":4.5,)"));
}

TEST_F(JourneyTest, OnlyTraitsThatASegmentAsksForAreKept) {
  Happening happening;
  happening.time_ms = kStart;
  happening.name = "identify";
  happening.traits = JsonView(std::string_view(R"({"email":"a@b.example","plan":"gold"})"));
  Happen(happening, rules_, &journey_);
  EXPECT_EQ(journey_.traits, R"({"plan":"gold"})");
}

TEST_F(JourneyTest, ThePathIsBoundedAndKeepsTheFirstTouch) {
  for (int i = 0; i < 40; ++i) {
    Touch touch;
    touch.time_ms = kStart + i * kMinuteMs;
    touch.source.channel = Channel::kEmail;
    touch.source.campaign = Numbered("c", i);
    EXPECT_TRUE(Arrive(touch, true, &journey_));
  }
  ASSERT_EQ(journey_.touches.size(), kTouchesMax);
  EXPECT_EQ(journey_.touches[0].source.campaign, "c0");
  EXPECT_EQ(journey_.touches.back().source.campaign, "c39");
  EXPECT_EQ(journey_.touches_before, 40 - static_cast<int64_t>(kTouchesMax));
}

TEST_F(JourneyTest, AVisitFromNowhereIsDirectAndAReloadIsNone) {
  Touch touch;
  touch.time_ms = kStart;
  touch.source.channel = Channel::kInternal;
  EXPECT_TRUE(Arrive(touch, true, &journey_));
  EXPECT_EQ(journey_.touches[0].source.channel, Channel::kDirect);
  EXPECT_FALSE(Arrive(touch, false, &journey_));
  touch.source.channel = Channel::kPaid;
  touch.source.source = "google";
  EXPECT_TRUE(Arrive(touch, false, &journey_));
  EXPECT_FALSE(Arrive(touch, false, &journey_));
}

TEST_F(JourneyTest, IsReadBackAsWritten) {
  Do(0, "checkout_started", R"({"step":1})");
  Do(1, "order_completed", R"({"order_id":"o1","total":59.9,"currency":"EUR"})");
  Do(2, "survey_answered", R"({"kind":"nps","score":9})", Stage::kPostPurchase);
  Touch touch;
  touch.time_ms = kStart;
  touch.source.channel = Channel::kPaid;
  touch.source.click_id = "gclid";
  Arrive(touch, true, &journey_);
  const std::string text = Text(journey_);
  EXPECT_EQ(Text(ReadJourney(JsonView(text))), text);
  for (const char* other :
       {"{}", "[]", "7 ", R"({"touches":[1],"deeds":{},"answers":[[],1,2,3,4]})"}) {
    Text(ReadJourney(JsonView(std::string_view(other))));
  }
}

// Two tabs that go on from the same state come to the same one, whoever hears of the other first.
TEST_F(JourneyTest, VersionsOfTwoTabsBecomeOne) {
  Do(0, "checkout_started");
  const std::string before = Text(journey_);
  Journey one = ReadJourney(JsonView(before));
  Journey two = ReadJourney(JsonView(before));
  Do(&one, 1, "order_completed", R"({"order_id":"o1","total":10,"currency":"EUR"})");
  Do(&two, 2, "order_completed", R"({"order_id":"o2","total":20,"currency":"EUR"})");
  Touch touch;
  touch.time_ms = kStart + kMinuteMs;
  touch.source.channel = Channel::kSearch;
  Arrive(touch, true, &two);
  Journey first = ReadJourney(JsonView(Text(one)));
  Merge(two, &first);
  Journey second = ReadJourney(JsonView(Text(two)));
  Merge(one, &second);
  EXPECT_EQ(Text(first), Text(second));
  Merge(two, &first);
  EXPECT_EQ(Text(first), Text(second));
  EXPECT_EQ(AllTotals(first).orders, 2);
  EXPECT_EQ(first.touches.size(), 1u);
}

}  // namespace
}  // namespace waymark
