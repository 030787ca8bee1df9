// What goes when the page goes: which events, in which form, by which way.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/fake_host.h"

namespace waymark_test {
namespace {

TEST(LeavingTest, HidingThePageSendsWithKeepalive) {
  FakeHost host;
  Grant(host);
  host.Track("a");
  const Json output = host.Lifecycle("hidden");
  int sends = 0;
  for (const Json& effect : output["effects"]) {
    if (effect["type"] != "http_send") continue;
    ++sends;
    EXPECT_EQ(effect["transport"], "keepalive");
  }
  EXPECT_EQ(sends, 2);
}

TEST(LeavingTest, AClosingPageHandsOverInTheSameCallAndKeepsTheRecords) {
  FakeHost host;
  Grant(host);
  host.network = [](const Request& request) {
    return request.transport == "beacon" ? Answer{0, "queued", ""} : Answer{0, "", ""};
  };
  host.Track("a");
  const Json output = host.Lifecycle("closing");
  std::vector<std::string> transports;
  bool stored = false;
  for (const Json& effect : output["effects"]) {
    if (effect["type"] == "http_send") transports.push_back(effect["transport"]);
    stored |= effect["type"] == "store_put";
  }
  EXPECT_THAT(transports, testing::ElementsAre("beacon", "keepalive"));
  EXPECT_TRUE(stored);
  host.Settle();
  // A beacon is no acceptance: the next page sends it again, with the same id.
  const Json first = host.requests.at(0).json["batch"][0];
  host.network = [](const Request&) { return Answer(); };
  host.Restart();
  host.Advance(5'000);
  ASSERT_EQ(host.Delivered("segment").size(), 1u);
  EXPECT_EQ(host.Delivered("segment")[0]["messageId"], first["messageId"]);
}

TEST(LeavingTest, WhatLeavesWithThePageKeepsTheBrowsersBudget) {
  Json config = SegmentOnly();
  config["collectors"][0]["options"]["gzip"] = false;
  FakeHost host(config);
  Grant(host);
  host.network = [](const Request&) { return Answer{0, "", ""}; };
  for (int i = 0; i < 90; ++i) host.Track("a", {{"text", std::string(900, 'a')}});
  const Json output = host.Lifecycle("closing");
  size_t bytes = 0;
  for (const Json& effect : output["effects"]) {
    if (effect["type"] == "http_send") bytes += effect["body"]["size"].get<size_t>();
  }
  EXPECT_GT(bytes, 40'000u);
  EXPECT_LE(bytes, 65'536u);
}

TEST(LeavingTest, APageThatGoesSendsFirstWhatMattersMost) {
  Json config = SegmentOnly();
  config["collectors"][0]["options"]["gzip"] = false;
  config["delivery"]["flush_ms"] = 600'000;
  config["delivery"]["batch_bytes_max"] = 500'000;
  FakeHost host(config);
  Grant(host);
  const std::string text(1'500, 'a');
  for (int i = 0; i < 60; ++i) {
    host.Send({{"type", "track"},
               {"name", "scroll"},
               {"priority", "bulk"},
               {"properties", {{"text", text}}}});
  }
  host.Track("order_completed", {{"text", text}});
  host.Settle();
  host.network = [](const Request&) { return Answer{0, "queued", ""}; };
  host.Lifecycle("closing");
  host.Settle();
  ASSERT_EQ(host.requests.size(), 1u);
  const Json& batch = host.requests[0].json["batch"];
  EXPECT_GT(host.requests[0].body.size(), 60'000u);
  EXPECT_LE(host.requests[0].body.size(), 65'536u);
  // In the order in which they happened.
  EXPECT_EQ(batch.back()["event"], "Order Completed");
  EXPECT_EQ(batch[0]["event"], "scroll");
}

TEST(LeavingTest, ABeaconThatIsRefusedIsHalvedThenFetched) {
  FakeHost host(SegmentOnly(), "https://shop.example");
  Grant(host);
  host.network = [](const Request& request) {
    return request.transport == "beacon" ? Answer{0, "refused", ""} : Answer{0, "", ""};
  };
  for (int i = 0; i < 8; ++i) host.Track("a", {{"text", std::string(100, 'a')}});
  host.Lifecycle("closing");
  host.Settle();
  ASSERT_EQ(host.requests.size(), 3u);
  EXPECT_EQ(host.requests[0].json["batch"].size(), 8u);
  EXPECT_EQ(host.requests[1].json["batch"].size(), 4u);
  EXPECT_EQ(host.requests[2].json["batch"].size(), 2u);
  EXPECT_EQ(host.requests[2].transport, "keepalive");
}

TEST(LeavingTest, WhatLeavesBesideABatchInFlightIsTheRest) {
  FakeHost host(SegmentOnly());
  Grant(host);
  host.network = [](const Request&) { return Answer{0, "", ""}; };
  for (int i = 0; i < 5; ++i) host.Track("a", {{"i", i}});
  host.Advance(2'000);
  for (int i = 5; i < 8; ++i) host.Track("a", {{"i", i}});
  host.Lifecycle("closing");
  host.Settle();
  ASSERT_EQ(host.requests.size(), 2u);
  EXPECT_EQ(host.requests[1].json["batch"].size(), 3u);
  EXPECT_EQ(host.requests[1].json["batch"][0]["properties"]["i"], 5);
}

TEST(LeavingTest, AcrossOriginsAClosingPageSendsPlainUnlessThePreflightIsKnown) {
  Json config = SegmentOnly();
  config["delivery"]["flush_ms"] = 600'000;
  FakeHost host(config, "https://shop.example");
  Grant(host);
  const auto leave = [&] {
    for (int i = 0; i < 30; ++i) host.Track("a", {{"text", std::string(100, 'a')}});
    host.requests.clear();
    host.Lifecycle("closing");
    host.Settle();
    host.Lifecycle("visible");
    host.Advance(2'000);
    return host.requests.at(0).headers;
  };
  EXPECT_EQ(leave()["Content-Type"], "text/plain");
  // A compressed one has just gone through.
  for (int i = 0; i < 30; ++i) host.Track("a", {{"text", std::string(100, 'a')}});
  host.Send({{"type", "flush"}});
  host.Settle();
  EXPECT_EQ(leave()["Content-Encoding"], "gzip");
}

TEST(LeavingTest, WithinItsOriginAClosingPageSendsCompressed) {
  FakeHost host(SegmentOnly(), "https://segment.example");
  Grant(host);
  for (int i = 0; i < 30; ++i) host.Track("a", {{"text", std::string(100, 'a')}});
  host.Lifecycle("closing");
  host.Settle();
  ASSERT_EQ(host.requests.size(), 1u);
  EXPECT_EQ(host.requests[0].headers["Content-Encoding"], "gzip");
  EXPECT_EQ(host.requests[0].transport, "keepalive");
}

// The note of a call that the store refused while the page slept comes back before what was called
// since.
TEST(LeavingTest, ACallThatCouldNotBePutDownGoesBeforeThoseAfterIt) {
  FakeHost host;
  Grant(host);
  host.store_answers = false;
  host.Restart();
  host.Settle();
  host.store_is_slow = true;
  host.Track("early");
  host.Lifecycle("closing");
  host.Settle();
  host.Lifecycle("visible");
  host.Track("later");
  host.store_is_slow = false;
  host.store_fails = true;
  host.Settle();
  host.store_fails = false;
  host.store_answers = true;
  host.Advance(60'000);
  const std::vector<Json> delivered = host.Delivered("segment");
  ASSERT_EQ(delivered.size(), 2u);
  EXPECT_EQ(delivered[0]["event"], "early");
  EXPECT_EQ(delivered[1]["event"], "later");
}

}  // namespace
}  // namespace waymark_test
