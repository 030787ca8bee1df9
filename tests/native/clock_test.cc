// Time, in the test's hands: sessions, clocks that are set, days without a network.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "native/fixture.h"
#include "native/sink.h"

namespace waymark_test {
namespace {

class ClockTest : public testing::Test {
 protected:
  void SetUp() override {
    client_ = std::make_unique<Client>(NativeConfig(sink_.url()), folder_ / "store");
    client_->clock = clock_;
    ASSERT_EQ(client_->Open(), WAYMARK_OK);
    client_->SetConsent({{"analytics", "granted"}});
  }
  // Tracks one and returns the session in which it was.
  Json SessionOf(const char* name) {
    client_->Track(name);
    client_->Ask({{"query", "inventory"}});
    const Json view = client_->AwaitView([&](const Json& now) { return now.contains("session"); });
    clock_->Advance(100);  // the view is shown
    return client_->Ask({{"query", "inventory"}}), client_->View()["session"];
  }

  static constexpr int64_t kMinute = 60'000;

  std::shared_ptr<HandClock> clock_ = std::make_shared<HandClock>();
  TemporaryFolder folder_;
  Sink sink_;
  std::unique_ptr<Client> client_;
};

// A peer's was 8.3 hours.
TEST_F(ClockTest, ASessionOfThirtyMinutesIsThirtyMinutes) {
  const Json first = SessionOf("a");
  clock_->Advance(30 * kMinute - 1'000);
  EXPECT_EQ(SessionOf("b")["id"], first["id"]);
  clock_->Advance(30 * kMinute + 1'000);
  const Json second = SessionOf("c");
  EXPECT_NE(second["id"], first["id"]);
  EXPECT_EQ(second["index"], 2);
}

TEST_F(ClockTest, AClockThatIsSetBackLosesNothing) {
  client_->Track("product_viewed", {{"n", 0}});
  client_->Ask({{"query", "inventory"}});
  clock_->wall_ms -= 24 * 60 * kMinute;
  client_->Track("product_viewed", {{"n", 1}});
  client_->Ask({{"query", "inventory"}});
  clock_->Advance(1'000);
  const std::vector<Json> events = sink_.Await(2);
  EXPECT_EQ(events[0].at("properties").value("n", -1), 0);
  EXPECT_EQ(events[1].at("properties").value("n", -1), 1);
}

TEST_F(ClockTest, DaysWithoutANetworkKeepWhatFits) {
  waymark_client_connectivity(client_->get(), 0, 0);
  for (int day = 0; day < 5; ++day) {
    for (int i = 0; i < 20; ++i) client_->Track("product_viewed", {{"n", day * 20 + i}});
    client_->Ask({{"query", "inventory"}});
    clock_->Advance(24 * 60 * kMinute);
  }
  EXPECT_EQ(sink_.requests(), 0u);
  waymark_client_connectivity(client_->get(), 1, 0);
  client_->Ask({{"query", "inventory"}});
  clock_->Advance(1'000);
  EXPECT_EQ(sink_.Await(100).size(), 100u);
}

}  // namespace
}  // namespace waymark_test
