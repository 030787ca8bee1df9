// Delivery: batches, retries, and what an answer means.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/fake_host.h"

namespace waymark_test {
namespace {

TEST(DeliveryTest, WaitsForCompanyThenSendsOneBatch) {
  FakeHost host(SegmentOnly());
  Grant(host);
  host.Track("a");
  host.Advance(500);
  host.Track("b");
  EXPECT_EQ(host.requests.size(), 0u);
  host.Advance(600);
  ASSERT_EQ(host.requests.size(), 1u);
  EXPECT_EQ(host.requests[0].json["batch"].size(), 2u);
  EXPECT_EQ(host.requests[0].json["writeKey"], "K");
  EXPECT_EQ(host.requests[0].url, "https://segment.example/v1/batch");
}

TEST(DeliveryTest, AFullBatchGoesAtTheEndOfTheTask) {
  Json config = SegmentOnly();
  config["delivery"]["batch_events_max"] = 10;
  FakeHost host(config);
  Grant(host);
  for (int i = 0; i < 25; ++i) host.Track("a");
  host.Settle();
  ASSERT_GE(host.requests.size(), 2u);
  for (const Request& request : host.requests) EXPECT_LE(request.json["batch"].size(), 10u);
  host.Advance(5'000);
  EXPECT_EQ(host.Delivered("segment").size(), 25u);
}

TEST(DeliveryTest, BatchesKeepTheirBoundInRealBytes) {
  Json config = SegmentOnly();
  config["delivery"]["batch_bytes_max"] = 20'000;
  config["collectors"][0]["options"]["gzip"] = false;
  FakeHost host(config);
  Grant(host);
  for (int i = 0; i < 40; ++i) host.Track("a", {{"text", std::string(700, 'a') + "\xc3\xa4"}});
  host.Advance(60'000);
  EXPECT_EQ(host.Delivered("segment").size(), 40u);
  for (const Request& request : host.requests) EXPECT_LE(request.body.size(), 20'100u);
}

TEST(DeliveryTest, CompressesWhatIsWorthItAndSaysSo) {
  FakeHost host(SegmentOnly());
  Grant(host);
  host.Track("small");
  host.Advance(2'000);
  for (int i = 0; i < 20; ++i) host.Track("a", {{"text", std::string(100, 'a')}});
  host.Advance(2'000);
  ASSERT_EQ(host.requests.size(), 2u);
  EXPECT_EQ(host.requests[0].headers, Json({{"Content-Type", "text/plain"}}));
  EXPECT_EQ(host.requests[1].headers["Content-Encoding"], "gzip");
  EXPECT_LT(host.requests[1].body.size(), 1'500u);
}

TEST(DeliveryTest, ACollectorThatRefusesCompressionGetsPlainBodies) {
  FakeHost host(SegmentOnly());
  Grant(host);
  host.network = [](const Request& request) {
    return request.headers.contains("Content-Encoding") ? Answer{0, "network", ""} : Answer();
  };
  for (int i = 0; i < 20; ++i) host.Track("a", {{"text", std::string(100, 'a')}});
  host.Advance(20'000);
  // Compressed, one event alone as after every failure; once more to be sure, and then never again.
  EXPECT_EQ(host.requests.size(), 5u);
  EXPECT_TRUE(host.requests[2].headers.contains("Content-Encoding"));
  for (int i = 0; i < 20; ++i) host.Track("a", {{"text", std::string(100, 'a')}});
  host.Advance(20'000);
  EXPECT_EQ(host.requests.size(), 6u);
  EXPECT_FALSE(host.requests[5].headers.contains("Content-Encoding"));
  EXPECT_EQ(host.Delivered("segment").size(), 40u);
}

TEST(DeliveryTest, AnOutageSaysNothingAgainstCompression) {
  FakeHost host(SegmentOnly());
  Grant(host);
  bool down = true;
  host.network = [&](const Request&) { return down ? Answer{0, "network", ""} : Answer(); };
  for (int i = 0; i < 20; ++i) host.Track("a", {{"text", std::string(100, 'a')}});
  host.Advance(3'000);
  down = false;
  host.Advance(20'000);
  EXPECT_TRUE(host.requests.back().headers.contains("Content-Encoding"));
  EXPECT_EQ(host.Delivered("segment").size(), 20u);
}

TEST(DeliveryTest, SnowplowIsNeverCompressed) {
  FakeHost host;
  Grant(host);
  for (int i = 0; i < 50; ++i) host.Track("product_viewed");
  host.Advance(5'000);
  for (const Request& request : host.requests) {
    if (request.url.find("snowplow") == std::string::npos) continue;
    EXPECT_FALSE(request.headers.contains("Content-Encoding"));
    EXPECT_EQ(request.body[0], '{');
  }
}

TEST(DeliveryTest, AnOutageCostsFewRequestsAndNoEvent) {
  FakeHost host(SegmentOnly());
  Grant(host);
  bool down = true;
  host.network = [&](const Request&) { return down ? Answer{503, "", ""} : Answer(); };
  for (int i = 0; i < 100; ++i) {
    host.Track("a");
    host.Advance(200);
  }
  EXPECT_LE(host.requests.size(), 6u);
  down = false;
  host.Advance(5'000);
  EXPECT_EQ(host.Delivered("segment").size(), 100u);
}

TEST(DeliveryTest, ALongOutageIsAskedEverMoreRarely) {
  FakeHost host(SegmentOnly());
  Grant(host);
  host.network = [](const Request&) { return Answer{0, "network", ""}; };
  host.Track("a");
  host.Advance(24 * 3'600'000);
  EXPECT_GT(host.requests.size(), 250u);  // it does not give up
  EXPECT_LT(host.requests.size(), 1'000u);
}

TEST(DeliveryTest, RetryAfterIsHonoured) {
  FakeHost host(SegmentOnly());
  Grant(host);
  host.network = [&](const Request&) {
    return host.requests.empty() ? Answer{429, "", "10"} : Answer();
  };
  host.Track("a");
  host.Advance(10'900);
  EXPECT_EQ(host.requests.size(), 1u);
  host.Advance(200);
  EXPECT_EQ(host.requests.size(), 2u);
}

TEST(DeliveryTest, RetriedEventsKeepTheirIds) {
  FakeHost host(SegmentOnly());
  Grant(host);
  host.network = [&](const Request&) {
    return host.requests.empty() ? Answer{500, "", ""} : Answer();
  };
  host.Track("a");
  host.Advance(20'000);
  ASSERT_EQ(host.requests.size(), 2u);
  EXPECT_EQ(host.requests[0].json["batch"][0]["messageId"],
            host.requests[1].json["batch"][0]["messageId"]);
}

TEST(DeliveryTest, WhatIsRefusedForGoodIsCountedAndReported) {
  FakeHost host(SegmentOnly());
  Grant(host);
  host.network = [](const Request&) { return Answer{401, "", ""}; };
  host.Track("a");
  host.Track("b");
  host.Advance(60'000);
  EXPECT_EQ(host.requests.size(), 1u);
  EXPECT_EQ(host.View()["losses"]["rejected"], 2);
  EXPECT_EQ(host.View()["queue"]["events"], 0);
  ASSERT_EQ(host.problems.size(), 1u);
  EXPECT_EQ(host.problems[0]["pointer"], "/collectors/0");
  EXPECT_EQ(host.problems[0]["found"], "HTTP 401");
}

TEST(DeliveryTest, OnePoisonRecordIsIsolated) {
  FakeHost host(SegmentOnly());
  Grant(host);
  host.network = [](const Request& request) {
    for (const Json& event : request.json["batch"]) {
      if (event["event"] == "poison") return Answer{400, "", ""};
    }
    return Answer();
  };
  for (int i = 0; i < 30; ++i) host.Track(i == 17 ? "poison" : "good");
  host.Advance(60'000);
  EXPECT_EQ(host.Delivered("segment").size(), 29u);
  EXPECT_EQ(host.View()["losses"]["rejected"], 1);
}

TEST(DeliveryTest, TooLargeIsHalved) {
  FakeHost host(SegmentOnly());
  Grant(host);
  host.network = [](const Request& request) {
    return request.json["batch"].size() > 4 ? Answer{413, "", ""} : Answer();
  };
  for (int i = 0; i < 40; ++i) host.Track("a");
  host.Advance(60'000);
  EXPECT_EQ(host.Delivered("segment").size(), 40u);
}

TEST(DeliveryTest, OneDeadCollectorDoesNotHoldUpTheOther) {
  FakeHost host;
  Grant(host);
  host.network = [](const Request& request) {
    return request.url.find("snowplow") == std::string::npos ? Answer() : Answer{0, "network", ""};
  };
  for (int i = 0; i < 10; ++i) {
    host.Track("a");
    host.Advance(2'000);
  }
  EXPECT_EQ(host.Delivered("segment").size(), 10u);
  EXPECT_EQ(host.View()["collectors"]["snowplow"]["state"], "waiting");
  EXPECT_EQ(host.View()["collectors"]["segment"]["state"], "ok");
}

TEST(DeliveryTest, OfflineNothingIsTriedAndBackOnlineAllGoes) {
  FakeHost host(SegmentOnly());
  Grant(host);
  host.Send({{"type", "connectivity"}, {"online", false}});
  host.Track("a");
  host.Advance(60'000);
  EXPECT_EQ(host.requests.size(), 0u);
  host.Send({{"type", "connectivity"}, {"online", true}});
  host.Settle();
  EXPECT_EQ(host.Delivered("segment").size(), 1u);
}

TEST(DeliveryTest, FlushSendsAtOnce) {
  FakeHost host(SegmentOnly());
  Grant(host);
  host.Track("a");
  host.Send({{"type", "flush"}});
  host.Settle();
  EXPECT_EQ(host.Delivered("segment").size(), 1u);
}

TEST(DeliveryTest, AnAnswerForNobodyIsIgnored) {
  FakeHost host(SegmentOnly());
  Grant(host);
  host.Send({{"type", "http_done"}, {"effect_id", 4711}, {"status", 200}});
  host.Send({{"type", "store_done"}, {"effect_id", 4711}});
  host.Send({{"type", "store_read"}, {"effect_id", 4711}, {"entries", Json::array()}});
  host.Track("a");
  host.Advance(5'000);
  EXPECT_EQ(host.Delivered("segment").size(), 1u);
}

TEST(DeliveryTest, TheEngineComesToRest) {
  FakeHost host;
  Grant(host);
  host.Track("a");
  host.Advance(10'000);
  EXPECT_TRUE(host.Send({{"type", "wake"}})["wake_at_ms"].is_null());
}

TEST(DeliveryTest, SameSeedSameBytes) {
  const auto run = [] {
    FakeHost host;
    Grant(host);
    host.network = [&](const Request&) {
      return host.requests.size() % 3 == 0 ? Answer{503, "", ""} : Answer();
    };
    for (int i = 0; i < 200; ++i) {
      host.Track("a", {{"i", i}});
      host.Advance(150);
    }
    std::string all;
    for (const Request& request : host.requests) all += request.body;
    for (const Json& effect : host.effects) all += effect.dump();
    return all;
  };
  EXPECT_EQ(run(), run());
}

TEST(DeliveryTest, AfterAFailureOneEventIsTriedAloneThenTheRestAtOnce) {
  FakeHost host(SegmentOnly());
  Grant(host);
  bool down = true;
  host.network = [&](const Request&) { return down ? Answer{0, "network", ""} : Answer(); };
  for (int i = 0; i < 40; ++i) host.Track("a", {{"i", i}});
  host.Advance(12'000);
  ASSERT_GE(host.requests.size(), 3u);
  EXPECT_EQ(host.requests[0].json["batch"].size(), 40u);
  for (size_t i = 1; i < host.requests.size(); ++i) {
    EXPECT_EQ(host.requests[i].json["batch"].size(), 1u);
  }
  down = false;
  const size_t before = host.requests.size();
  host.Advance(5'000);
  ASSERT_EQ(host.requests.size(), before + 2);
  EXPECT_EQ(host.requests[before + 1].json["batch"].size(), 39u);
  EXPECT_EQ(host.Delivered("segment").size(), 40u);
}

TEST(DeliveryTest, ALostAnswerCostsOneBatchTwiceWithEqualIds) {
  FakeHost host(SegmentOnly());
  Grant(host);
  std::map<std::string, int> taken;
  int answers_lost = 0;
  host.network = [&](const Request& request) {
    for (const Json& event : request.json["batch"]) ++taken[event["messageId"]];
    return ++answers_lost <= 4 ? Answer{0, "network", ""} : Answer();
  };
  for (int i = 0; i < 100; ++i) {
    host.Track("a", {{"i", i}});
    host.Advance(200);
  }
  host.Advance(20'000);
  EXPECT_EQ(taken.size(), 100u);
  int twice = 0;
  for (const auto& [id, times] : taken) twice += times > 1;
  EXPECT_LE(static_cast<size_t>(twice), host.requests[0].json["batch"].size());
}

TEST(DeliveryTest, AnEventThatFailsWhereOthersGoThroughIsGivenUpAndCounted) {
  FakeHost host(SegmentOnly());
  Grant(host);
  host.network = [](const Request& request) {
    for (const Json& event : request.json["batch"]) {
      if (event["event"] == "poison") return Answer{500, "", ""};
    }
    return Answer();
  };
  for (int i = 0; i < 30; ++i) host.Track(i == 17 ? "poison" : "good");
  host.Advance(600'000);
  EXPECT_EQ(host.Delivered("segment").size(), 29u);
  EXPECT_EQ(host.View()["losses"]["retry_exhausted"], 1);
  EXPECT_EQ(host.View()["queue"]["events"], 0);
}

TEST(DeliveryTest, ACollectorThatIsDownLosesNothingHoweverLong) {
  FakeHost host(SegmentOnly());
  Grant(host);
  bool down = true;
  host.network = [&](const Request&) { return down ? Answer{500, "", ""} : Answer(); };
  for (int i = 0; i < 30; ++i) host.Track("a");
  host.Advance(7 * 24 * 3'600'000);
  EXPECT_EQ(host.View()["losses"]["retry_exhausted"], 0);
  down = false;
  host.Advance(600'000);
  EXPECT_EQ(host.Delivered("segment").size(), 30u);
}

TEST(DeliveryTest, RetryAfterAsADateIsHonoured) {
  FakeHost host(SegmentOnly());
  Grant(host);
  host.wall_ms = 1'445'412'470'000;  // ten seconds before the date below
  host.network = [&](const Request&) {
    return host.requests.empty() ? Answer{503, "", "Wed, 21 Oct 2015 07:28:00 GMT"} : Answer();
  };
  host.Track("a");
  host.Advance(9'900);
  EXPECT_EQ(host.requests.size(), 1u);
  host.Advance(300);
  EXPECT_EQ(host.requests.size(), 2u);
}

TEST(DeliveryTest, WithoutAReadableRetryAfterATooManyIsLeftAloneLonger) {
  FakeHost host(SegmentOnly());
  Grant(host);
  host.network = [&](const Request&) {
    return host.requests.empty() ? Answer{429, "", ""} : Answer();
  };
  host.Track("a");
  host.Advance(10'900);
  EXPECT_EQ(host.requests.size(), 1u);
  host.Advance(200);
  EXPECT_EQ(host.requests.size(), 2u);
}

TEST(DeliveryTest, NoMoreEventsASecondThanTheConfigAllows) {
  Json config = SegmentOnly();
  config["delivery"] = {{"events_per_s_max", 10}, {"batch_events_max", 20}, {"flush_ms", 0}};
  FakeHost host(config);
  Grant(host);
  for (int i = 0; i < 100; ++i) host.Track("a");
  host.Advance(1'000);
  EXPECT_LE(host.Delivered("segment").size(), 30u);
  host.Advance(4'000);
  EXPECT_LE(host.Delivered("segment").size(), 70u);
  host.Advance(10'000);
  EXPECT_EQ(host.Delivered("segment").size(), 100u);
}

TEST(DeliveryTest, BulkWaitsWhileTheNetworkCostsMoney) {
  FakeHost host(SegmentOnly());
  Grant(host);
  host.Send({{"type", "connectivity"}, {"online", true}, {"metered", true}});
  host.Send({{"type", "track"}, {"name", "scroll"}, {"priority", "bulk"}});
  host.Track("a");
  host.Advance(60'000);
  ASSERT_EQ(host.Delivered("segment").size(), 1u);
  EXPECT_EQ(host.Delivered("segment")[0]["event"], "a");
  EXPECT_TRUE(host.Send({{"type", "wake"}})["wake_at_ms"].is_null());
  host.Send({{"type", "connectivity"}, {"online", true}, {"metered", false}});
  host.Advance(60'000);
  EXPECT_EQ(host.Delivered("segment").size(), 2u);
}

TEST(DeliveryTest, ACollectorCanWorkOutWhatItNeverGot) {
  Json config = SegmentOnly();
  config["delivery"]["outbox_events_max"] = 10;
  FakeHost host(config);
  Grant(host);
  bool down = true;
  host.network = [&](const Request&) { return down ? Answer{503, "", ""} : Answer(); };
  for (int i = 0; i < 25; ++i) host.Track("a", {{"i", i}});
  host.Advance(2'000);
  down = false;
  host.Advance(10'000);
  host.Track("later");
  host.Advance(5'000);
  const auto events = host.Delivered("segment");
  int64_t last = 0;
  int64_t lost = 0;
  for (const Json& event : events) {
    const Json delivery = event["context"].value("delivery", Json::object());
    const std::string id = event["messageId"];
    last = std::max<int64_t>(last, std::stoll(id.substr(28), nullptr, 16) + 1);
    if (!delivery.contains("lost")) continue;
    for (const auto& [reason, count] : delivery["lost"][delivery["writer"]].items()) {
      EXPECT_EQ(reason, "quota");
      lost = count;
    }
  }
  EXPECT_EQ(last, 26);
  EXPECT_EQ(lost, 15);
  EXPECT_EQ(events.size(), 11u);
  // Once it is known to be known it is not told again.
  EXPECT_FALSE(events.back()["context"].value("delivery", Json::object()).contains("lost"));
}

TEST(DeliveryTest, DeidentifiedEventsCarryNoSequence) {
  Json config = SegmentOnly();
  config["consent"]["purposes"].push_back(
      {{"id", "audience"}, {"basis", "exempt"}, {"mode", "deidentify"}});
  config["collectors"][0]["needs"] = {"audience"};
  FakeHost host(config);
  host.Track("product_viewed");
  host.Advance(5'000);
  ASSERT_EQ(host.Delivered("segment").size(), 1u);
  EXPECT_FALSE(host.Delivered("segment")[0]["context"].contains("delivery"));
}

TEST(DeliveryTest, ALongQueueIsSentInOrderFromMemoryAndStore) {
  FakeHost host(SegmentOnly());
  Grant(host);
  bool down = true;
  host.network = [&](const Request&) { return down ? Answer{503, "", ""} : Answer(); };
  for (int task = 0; task < 400; ++task) {
    for (int i = 0; i < 10; ++i) {
      host.Track("a", {{"i", task * 10 + i}, {"text", std::string(800, 'x')}});
    }
    host.Advance(10);
  }
  EXPECT_EQ(host.View()["queue"]["events"], 4'000);
  down = false;
  host.Advance(60'000);
  const auto events = host.Delivered("segment");
  ASSERT_EQ(events.size(), 4'000u);
  for (int i = 0; i < 4'000; ++i) EXPECT_EQ(events[static_cast<size_t>(i)]["properties"]["i"], i);
  EXPECT_EQ(host.View()["queue"]["events"], 0);
  for (const auto& [key, value] : host.store) EXPECT_NE(key.rfind("outbox/", 0), 0u) << key;
}

// Of two requests at once the second is asked for patience; then the first one ends like this.
void ExpectPatienceAfter(int status) {
  Json config = ShopConfig();
  config["collectors"].erase(1);
  FakeHost host(config);
  host.SetConsent({{"analytics", "granted"}});
  host.network = [](const Request&) { return Answer{0, "", ""}; };  // nothing comes back
  host.Track("a");
  host.Advance(2'000);
  host.Track("b");
  host.Lifecycle("hidden");  // sends beside it
  host.Settle();
  ASSERT_EQ(host.requests.size(), 2u);
  host.Lifecycle("visible");
  host.Send({{"type", "http_done"},
             {"effect_id", host.requests[1].effect_id},
             {"status", 429},
             {"retry_after", "30"}});
  host.Send({{"type", "http_done"}, {"effect_id", host.requests[0].effect_id}, {"status", status}});
  host.Track("c");
  host.Advance(29'000);
  EXPECT_EQ(host.requests.size(), 2u);
  host.Advance(10'000);
  EXPECT_GT(host.requests.size(), 2u);
}

TEST(DeliveryTest, PatienceHoldsWhateverComesOfARequestFromBefore) {
  ExpectPatienceAfter(200);
  ExpectPatienceAfter(500);
}

// It was stepped over until others would show that the collector is well; these were refused.
TEST(DeliveryTest, AnEventThatIsStillToBeJudgedIsTriedAgainWhenItIsAlone) {
  Json config = ShopConfig();
  config["collectors"].erase(1);
  FakeHost host(config);
  host.SetConsent({{"analytics", "granted"}});
  host.network = [](const Request& request) {
    const bool chokes = request.json["batch"][0]["properties"]["text"] == "chokes";
    return chokes || request.json["batch"].size() > 1 ? Answer{500, "", ""} : Answer{400, "", ""};
  };
  host.Track("a", {{"text", "chokes"}});
  host.Track("b", {{"text", "refused"}});
  host.Advance(600'000);
  ASSERT_EQ(host.View()["collectors"]["segment"]["lost"], Json({{"rejected", 1}}));
  host.network = [](const Request&) { return Answer(); };
  host.Advance(3'600'000);
  EXPECT_EQ(host.Delivered("segment").size(), 1u);
}

// Of an event of nobody's no writer is told, so nothing is told with it.
TEST(DeliveryTest, ABatchWithoutIdsDoesNotPassForHavingToldOfLosses) {
  Json config = ShopConfig();
  config["consent"]["purposes"][2]["before_answer"] = "deidentify";
  config["collectors"].erase(1);
  config["collectors"][0]["needs"] = {"marketing"};
  config["delivery"]["outbox_events_max"] = 10;
  FakeHost host(config);
  host.network = [](const Request&) { return Answer{0, "network", ""}; };
  host.Send({{"type", "track"}, {"name", "nobody"}, {"priority", "critical"}});
  host.SetConsent({{"marketing", "granted"}});
  host.Settle();
  for (int i = 0; i < 12; ++i) host.Track("somebody");
  host.Settle();
  host.network = [](const Request&) { return Answer(); };
  host.Advance(600'000);
  int64_t told = 0;
  for (const Json& event : host.Delivered("segment")) {
    const Json delivery = event["context"].value("delivery", Json::object());
    for (const Json& lost : delivery.value("lost", Json::object())) {
      told = std::max(told, lost.value("quota", int64_t{0}));
    }
  }
  EXPECT_EQ(host.Delivered("segment").size(), 10u);
  EXPECT_EQ(told, 3);
}

}  // namespace
}  // namespace waymark_test
