// The native client as a program uses it: the C interface, a folder, and a collector that listens.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "native/fixture.h"
#include "native/sink.h"

namespace waymark_test {
namespace {

using testing::Contains;
using testing::StartsWith;

class ClientTest : public testing::Test {
 protected:
  TemporaryFolder folder_;
  Sink sink_;
};

TEST_F(ClientTest, DeliversWhatConsentLets) {
  Client client(NativeConfig(sink_.url()), folder_ / "store");
  ASSERT_EQ(client.Open(), WAYMARK_OK);
  client.SetConsent({{"analytics", "granted"}});
  ASSERT_EQ(client.Track("order_completed", {{"order_id", "A-1"}, {"total", 49.5}}), WAYMARK_OK);
  const std::vector<Json> events = sink_.Await(1);
  EXPECT_EQ(events[0].value("event", ""), "Order Completed");
  EXPECT_EQ(events[0].at("properties").value("order_id", ""), "A-1");
  EXPECT_THAT(client.Problems(), testing::IsEmpty());
}

TEST_F(ClientTest, KeepsAndSendsNothingBeforeAnAnswer) {
  Client client(NativeConfig(sink_.url()), folder_ / "store");
  ASSERT_EQ(client.Open(), WAYMARK_OK);
  ASSERT_EQ(client.Track("product_viewed", {{"product_id", "compass"}}), WAYMARK_OK);
  const Json view =
      client.AwaitView([](const Json& now) { return now["queue"].value("held", 0) == 1; });
  EXPECT_EQ(client.Counters().intake_bytes, 0u);
  client.SetConsent({{"analytics", "granted"}});
  EXPECT_EQ(sink_.Await(1)[0].value("event", ""), "Product Viewed");
}

TEST_F(ClientTest, TheViewIsNoOlderThanTheAnswerThatCameBefore) {
  Client client(NativeConfig(sink_.url()), folder_ / "store");
  ASSERT_EQ(client.Open(), WAYMARK_OK);
  for (int held = 1; held <= 20; ++held) {
    client.Track("product_viewed");
    client.Ask(held % 2 == 0 ? Json{{"query", "inventory"}} : Json{{"type", "records"}});
    ASSERT_EQ(client.View()["queue"].value("held", 0), held);
  }
}

TEST_F(ClientTest, DeliversAtTheNextStartWhatWasLeft) {
  sink_.Answer(503);
  {
    Client client(NativeConfig(sink_.url()), folder_ / "store");
    ASSERT_EQ(client.Open(), WAYMARK_OK);
    client.SetConsent({{"analytics", "granted"}});
    for (int i = 0; i < 10; ++i) client.Track("product_viewed", {{"n", i}});
    client.Close();
  }
  sink_.Answer(200);
  Client client(NativeConfig(sink_.url()), folder_ / "store");
  ASSERT_EQ(client.Open(), WAYMARK_OK);
  const std::vector<Json> events = sink_.Await(10);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(events[i].at("properties").value("n", -1), i);
}

TEST_F(ClientTest, IsTheSameVisitorInTheSameSessionAtTheNextStart) {
  const auto visit = [&] {
    Client client(NativeConfig(sink_.url()), folder_ / "store");
    EXPECT_EQ(client.Open(), WAYMARK_OK);
    client.SetConsent({{"analytics", "granted"}});
    client.Track("product_viewed");
    client.AwaitView([](const Json& view) { return view.contains("session"); });
    client.Close();
  };
  visit();
  visit();
  const std::vector<Json> events = sink_.Await(2);
  EXPECT_NE(events[0].value("anonymousId", ""), "");
  EXPECT_EQ(events[0]["anonymousId"], events[1]["anonymousId"]);
  EXPECT_EQ(events[0]["context"]["session"]["id"], events[1]["context"]["session"]["id"]);
}

TEST_F(ClientTest, NobodyElseReadsItsFiles) {
  Client client(NativeConfig(sink_.url()), folder_ / "store");
  ASSERT_EQ(client.Open(), WAYMARK_OK);
  client.SetConsent({{"analytics", "granted"}});
  client.Track("product_viewed");
  sink_.Await(1);
  using std::filesystem::perms;
  size_t files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_ / "store")) {
    const perms others = entry.status().permissions() & (perms::group_all | perms::others_all);
    EXPECT_EQ(others, perms::none) << entry.path();
    files += entry.is_regular_file();
  }
  EXPECT_GE(files, 4u);
}

}  // namespace
}  // namespace waymark_test
