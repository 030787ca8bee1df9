// RudderStack: its own context, its headers, its beacon's address.
#include <gtest/gtest.h>

#include "collector_fixture.h"

namespace waymark_test {
namespace {

constexpr const char* kOptions = R"({"write_key":"K/1"})";

Json HeadersOf(const waymark::Attempt& attempt) {
  const auto request = MakeProtocol("rudderstack", kOptions)->Request(attempt);
  return Json::parse(std::string_view(request.headers));
}

TEST(RudderStackTest, AnEventHasItsOwnContext) {
  const auto rudder = MakeProtocol("rudderstack", kOptions);
  const Json event = EncodeJson(*rudder, Happening("order_completed", R"({"total":4.99})"));
  EXPECT_EQ(event["type"], "track");
  EXPECT_EQ(event["event"], "Order Completed");
  EXPECT_EQ(event["channel"], "web");
  EXPECT_EQ(event["originalTimestamp"], "2026-11-04T18:46:10.000Z");
  EXPECT_FALSE(event.contains("timestamp"));
  EXPECT_EQ(event["userId"], "u-100");
  EXPECT_EQ(event["context"]["sessionId"], 1'793'817'900'000);
  EXPECT_FALSE(event["context"].contains("sessionStart"));
  EXPECT_EQ(event["context"]["campaign"]["source"], "mail");
  EXPECT_EQ(event["context"]["consentManagement"],
            Json::parse(R"({"allowedConsentIds":["analytics"],"deniedConsentIds":["ads"],
                            "provider":"custom","resolutionStrategy":"and"})"));
}

TEST(RudderStackTest, TraitsStandInTheContext) {
  const Json event =
      EncodeJson(*MakeProtocol("rudderstack", kOptions), Happening::Identify(R"({"plan":"gold"})"));
  EXPECT_EQ(event["type"], "identify");
  EXPECT_EQ(event["context"]["traits"], Json::parse(R"({"plan":"gold"})"));
  EXPECT_FALSE(event.contains("traits"));
}

TEST(RudderStackTest, ADeidentifiedEventHasItsOwnIdOnly) {
  const Json event = EncodeJson(*MakeProtocol("rudderstack", kOptions),
                                Happening("product_viewed", R"({"a":1})").Deidentified());
  EXPECT_EQ(event["anonymousId"], event["messageId"]);
  for (const char* absent : {"userId", "properties"}) EXPECT_FALSE(event.contains(absent));
  EXPECT_FALSE(event["context"].contains("sessionId"));
}

TEST(RudderStackTest, RequestsCarryWhatItsOwnClientSends) {
  waymark::Attempt attempt;
  attempt.now = kSending;
  attempt.key = "anon";
  EXPECT_EQ(HeadersOf(attempt), Json::parse(R"({"Content-Type":"application/json",
    "Authorization":"Basic Sy8xOg==","AnonymousId":"YW5vbg==",
    "SentAt":"2026-11-04T18:46:11.000Z"})"));
  attempt.gzip = attempt.recovered = true;
  attempt.failures = 2;
  attempt.last_status = 503;
  attempt.since_last_ms = 4'000;
  attempt.since_first_ms = 9'000;
  const Json headers = HeadersOf(attempt);
  EXPECT_EQ(headers["Content-Encoding"], "gzip");
  EXPECT_EQ(headers["Rsa-Recovered"], "true");
  EXPECT_EQ(headers["Rsa-Retry-Attempt"], "2");
  EXPECT_EQ(headers["Rsa-Since-Last-Attempt"], "4000");
  EXPECT_EQ(headers["Rsa-Since-First-Attempt"], "9000");
  EXPECT_EQ(headers["Rsa-Retry-Reason"], "server-503");
  attempt.last_status = 0;
  EXPECT_EQ(HeadersOf(attempt)["Rsa-Retry-Reason"], "client-network");
  attempt.last_status = -1;
  EXPECT_EQ(HeadersOf(attempt)["Rsa-Retry-Reason"], "client-timeout");
}

TEST(RudderStackTest, WhatMustBeSimpleGoesToTheBeaconsAddress) {
  waymark::Attempt attempt;
  attempt.simple = true;
  const auto request = MakeProtocol("rudderstack", kOptions)->Request(attempt);
  EXPECT_EQ(request.url, "https://c.example/beacon/v1/batch?writeKey=K%2F1");
  EXPECT_EQ(request.headers, R"({"Content-Type":"text/plain"})");
}

TEST(RudderStackTest, OnlyAPageThatLeavesUsesIt) {
  FakeHost host(OneCollector("rudderstack", Json::parse(kOptions)), "https://shop.example");
  host.Track("a");
  host.Advance(5'000);
  host.Track("b");
  host.Lifecycle("closing");
  host.Settle();
  ASSERT_EQ(host.requests.size(), 2u);
  EXPECT_EQ(host.requests[0].url, "https://c.example/v1/batch");
  EXPECT_EQ(host.requests[1].url, "https://c.example/beacon/v1/batch?writeKey=K%2F1");
  EXPECT_EQ(host.requests[1].transport, "beacon");
}

TEST(RudderStackTest, ARetrySaysHowItCameToBeOne) {
  FakeHost host(OneCollector("rudderstack", Json::parse(kOptions)));
  host.network = [&](const Request&) {
    return host.requests.empty() ? Answer{500, "", ""} : Answer();
  };
  host.Track("a");
  host.Advance(20'000);
  ASSERT_EQ(host.requests.size(), 2u);
  const Json& headers = host.requests[1].headers;
  EXPECT_EQ(headers["Rsa-Retry-Attempt"], "1");
  EXPECT_EQ(headers["Rsa-Retry-Reason"], "server-500");
  EXPECT_EQ(headers["Rsa-Since-Last-Attempt"], headers["Rsa-Since-First-Attempt"]);
  EXPECT_FALSE(host.requests[0].headers.contains("Rsa-Retry-Attempt"));
}

TEST(RudderStackTest, AnswersMeanWhatItsServerMeans) {
  const auto fates = [](int status, int then = 200) {
    return Fates("rudderstack", Json::parse(kOptions), {status, "", ""}, 4, {then, "", ""});
  };
  EXPECT_EQ(fates(200), "acknowledged 4");
  for (int status : {429, 500, 503, 504}) EXPECT_EQ(fates(status), "later 4") << status;
  for (int status : {401, 403, 404, 408}) EXPECT_EQ(fates(status), "rejected 4") << status;
  // Empty, not JSON, or an event without an id: halves find the one that spoils the batch.
  EXPECT_EQ(fates(400), "again 4");
  EXPECT_EQ(fates(400, 400), "rejected 4");
  EXPECT_EQ(fates(413), "again 4");
  EXPECT_EQ(fates(413, 413), "oversize 4");
  // Once more without gzip.
  EXPECT_EQ(fates(415), "again 4");
  EXPECT_EQ(fates(415, 415), "rejected 4");
}

}  // namespace
}  // namespace waymark_test
