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

}  // namespace
}  // namespace waymark_test
