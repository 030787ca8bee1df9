// The pick-up desk: joins a pick-up to its journey, and no two customers to each other.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "native/fixture.h"
#include "native/sink.h"
#include "visit.h"

namespace waymark_test {
namespace {

// The token that the shop puts into its QR code, as another device makes it.
struct Phone {
  Client client;
  std::string token;
  std::string id;

  explicit Phone(const std::string& url) : client(Config(url), "") {
    EXPECT_EQ(client.Open(), WAYMARK_OK);
    client.SetConsent({{"analytics", "granted"}});
    client.Track("order_completed", {{"order_id", "A-1"}});
    token = client.Ask({{"type", "hand_over"}, {"to", ""}}).value("token", "");
    id = client.AwaitView([](const Json& view) { return view.contains("anonymous_id"); })
             .value("anonymous_id", "");
  }
  static Json Config(const std::string& url) {
    Json config = NativeConfig(url);
    config["identity"] = {{"needs", {"analytics"}}};
    return config;
  }
};

TEST(KioskTest, ReadsWhatScannersRead) {
  const kiosk::Scan scan =
      kiosk::ReadScan(" https://shop.example/p?reorder=no&order=A-1#waymark_handover=1.abc_-\r");
  EXPECT_EQ(scan.order_id, "A-1");
  EXPECT_EQ(scan.token, "1.abc_-");
  EXPECT_EQ(kiosk::ReadScan("A-1").order_id, "A-1");
  EXPECT_EQ(kiosk::ReadScan("1.abc").token, "1.abc");
  for (const char* line :
       {"", "  ", "'; DROP TABLE", "https://shop.example/", "javascript:order=1"}) {
    EXPECT_FALSE(kiosk::ReadScan(line).read()) << line;
  }
}

TEST(KioskTest, JoinsThePickUpToTheJourneyAndCustomersNotToEachOther) {
  TemporaryFolder folder;
  Sink sink;
  Phone phone(sink.url());
  ASSERT_NE(phone.token, "");
  kiosk::Spool spool(Phone::Config(sink.url()).dump(), folder / "spool");
  {
    kiosk::Visit visit = spool.NewVisit();
    visit.Answer(true);
    EXPECT_EQ(visit.Join({"A-1", phone.token}), "joined to the visit of the order");
    visit.Collected("A-1");
    EXPECT_TRUE(visit.End(10'000));
  }
  {
    kiosk::Visit visit = spool.NewVisit();
    visit.Answer(true);
    visit.Collected("A-2");
    EXPECT_TRUE(visit.End(10'000));
  }
  {
    kiosk::Visit visit = spool.NewVisit();
    visit.Answer(false);
    visit.Collected("A-3");
    EXPECT_TRUE(visit.End(10'000));
  }
  std::map<std::string, std::string> ids;
  for (const Json& event : sink.Events()) {
    if (event.value("event", "") != "Order Collected" &&
        event.value("event", "") != "order_collected")
      continue;
    ids[event.at("properties").value("order_id", "")] = event.value("anonymousId", "");
  }
  EXPECT_EQ(ids["A-1"], phone.id);
  EXPECT_NE(ids["A-2"], "");
  EXPECT_NE(ids["A-2"], phone.id);
  EXPECT_EQ(ids.count("A-3"), 0u);
}

TEST(KioskTest, WithoutANetworkVisitsWaitAlsoBehindANo) {
  TemporaryFolder folder;
  Sink sink;
  sink.Answer(503);
  kiosk::Spool spool(Phone::Config(sink.url()).dump(), folder / "spool");
  for (const bool allowed : {true, false, true}) {
    kiosk::Visit visit = spool.NewVisit();
    visit.Answer(allowed);
    visit.Collected("A");
    EXPECT_EQ(visit.End(200), !allowed);
  }
  sink.Answer(200);
  while (spool.Deliver(10'000) != 0) {
  }
  EXPECT_EQ(sink.Events().size(), 2u);
}

}  // namespace
}  // namespace waymark_test
