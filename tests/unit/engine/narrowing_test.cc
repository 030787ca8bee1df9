// The remote document: it can switch off and reduce, and nothing else.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/fake_host.h"

namespace waymark_test {
namespace {

class NarrowingTest : public testing::Test {
 protected:
  NarrowingTest() {
    host_.SetConsent({{"analytics", "granted"}});
    host_.Settle();
  }

  void Narrow(Json document) {
    host_.Send({{"type", "narrow"}, {"document", std::move(document)}});
    host_.Settle();
  }

  size_t Segment() { return host_.Delivered("segment").size(); }
  size_t Snowplow() { return host_.Delivered("snowplow").size(); }

  FakeHost host_;
};

TEST_F(NarrowingTest, TheKillSwitchStopsCaptureAndSendingAndKeepsTheQueue) {
  host_.Track("before");
  host_.Settle();
  Narrow({{"off", true}});
  host_.Track("while");
  host_.Advance(3'600'000);
  EXPECT_TRUE(host_.requests.empty());
  EXPECT_TRUE(host_.View()["off"]);
  EXPECT_EQ(host_.View()["queue"]["events"], 1);
  EXPECT_TRUE(host_.Send({{"type", "wake"}})["wake_at_ms"].is_null());
  Narrow(Json::object());
  host_.Track("after");
  host_.Advance(60'000);
  ASSERT_EQ(Segment(), 2u);
  EXPECT_EQ(host_.Delivered("segment")[0]["event"], "before");
  EXPECT_EQ(host_.Delivered("segment")[1]["event"], "after");
}

TEST_F(NarrowingTest, OneCollectorIsStoppedAndTheOtherGoesOn) {
  Narrow({{"collectors", {{"snowplow", {{"off", true}}}}}});
  host_.Track("a");
  host_.Advance(60'000);
  EXPECT_EQ(Segment(), 1u);
  EXPECT_EQ(Snowplow(), 0u);
  EXPECT_EQ(host_.View()["collectors"]["snowplow"]["state"], "stopped");
  Narrow(Json::object());
  host_.Advance(60'000);
  EXPECT_EQ(Snowplow(), 1u);
}

TEST_F(NarrowingTest, EventsAndFieldsAreLeftOut) {
  Narrow({{"drop_events", {"debug"}}, {"drop_fields", {"/properties/note"}}});
  host_.Track("debug");
  host_.Track("a", {{"note", "x"}, {"kept", 1}});
  host_.Advance(60'000);
  ASSERT_EQ(Segment(), 1u);
  EXPECT_EQ(host_.Delivered("segment")[0]["properties"], Json({{"kept", 1}}));
}

TEST_F(NarrowingTest, ACollectorGetsFewerEventsAlsoAfterARestart) {
  Narrow({{"collectors",
           {{"snowplow", {{"only", {"order_completed"}}}}, {"segment", {{"sample", 0}}}}}});
  host_.network = [](const Request&) { return Answer{503, "", ""}; };
  host_.Track("a");
  host_.Track("order_completed");
  host_.Settle();
  host_.network = [](const Request&) { return Answer(); };
  host_.Restart();
  host_.Advance(60'000);
  EXPECT_EQ(Segment(), 0u);
  EXPECT_EQ(Snowplow(), 1u);
}

TEST_F(NarrowingTest, ItCannotWiden) {
  Json config = ShopConfig();
  config["collectors"][0]["only"] = {"a"};
  config["collectors"][1]["needs"] = {"marketing"};
  FakeHost host(config);
  host.SetConsent({{"analytics", "granted"}, {"marketing", "denied"}});
  host.Send({{"type", "narrow"},
             {"document",
              {{"collectors",
                {{"segment", {{"only", {"a", "b"}}, {"sample", 7}}},
                 {"snowplow", {{"off", false}, {"needs", Json::array()}, {"sample", 1}}}}}}}});
  host.Track("a");
  host.Track("b");
  host.Advance(60'000);
  EXPECT_EQ(host.Delivered("segment").size(), 1u);
  EXPECT_EQ(host.Delivered("snowplow").size(), 0u);
}

TEST_F(NarrowingTest, AnythingElseIsRefusedAndChangesNothing) {
  Narrow({{"off", true}});
  host_.Send({{"type", "narrow"}, {"document", "off"}});
  ASSERT_FALSE(host_.problems.empty());
  EXPECT_EQ(host_.problems.back()["pointer"], "/document");
  EXPECT_TRUE(host_.View()["off"]);
  Narrow({{"collectors", 1}, {"drop_events", {1, nullptr}}, {"drop_fields", "x"}});
  host_.Track("a");
  host_.Advance(60'000);
  EXPECT_EQ(Segment(), 1u);
}

}  // namespace
}  // namespace waymark_test
