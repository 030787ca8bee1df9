// Jitsu: an address for each type, the key in a header or the query, and errors that look like
// successes.
#include <gtest/gtest.h>

#include "collector_fixture.h"

namespace waymark_test {
namespace {

const Json kOptions = {{"write_key", "k:s 1"}};
const Json kIp = {{"write_key", "k:s 1"}, {"ip", true}};

waymark::CollectorRequest RequestOf(const Json& options, const waymark::Attempt& attempt) {
  return MakeProtocol("jitsu", options.dump())->Request(attempt);
}

TEST(JitsuTest, AnEventIsSegments) {
  const Json event =
      EncodeJson(*MakeProtocol("jitsu", kOptions.dump()), Happening("order_completed"));
  EXPECT_EQ(event, EncodeJson(*MakeProtocol("segment", R"({"write_key":"K"})"),
                              Happening("order_completed")));
  EXPECT_EQ(event["event"], "Order Completed");
}

TEST(JitsuTest, EachTypeHasItsAddress) {
  FakeHost host(OneCollector("jitsu", kOptions), "https://shop.example");
  host.Page();
  host.Identify("u-1");
  host.Track("a");
  host.Advance(5'000);
  ASSERT_EQ(host.requests.size(), 3u);
  EXPECT_EQ(host.requests[0].url, "https://c.example/api/s/page");
  EXPECT_EQ(host.requests[1].url, "https://c.example/api/s/identify");
  EXPECT_EQ(host.requests[2].url, "https://c.example/api/s/track");
  EXPECT_EQ(host.requests[2].headers, Json::parse(R"({"Content-Type":"application/json",
    "X-Write-Key":"k:s 1","X-IP-Policy":"remove"})"));
  EXPECT_EQ(host.requests[2].json["event"], "a");
}

TEST(JitsuTest, TheKeyStandsInTheQueryWhereAHeaderWouldCostAPreflight) {
  waymark::Attempt attempt;
  attempt.key = "track";
  attempt.simple = true;
  const auto simple = RequestOf(kIp, attempt);
  EXPECT_EQ(simple.url, "https://c.example/api/s/track?writekey=k%3As%201");
  EXPECT_EQ(simple.headers, R"({"Content-Type":"text/plain"})");
  attempt.deidentified = true;
  EXPECT_EQ(Json::parse(std::string_view(RequestOf(kIp, attempt).headers))["X-IP-Policy"],
            "remove");
  FakeHost host(OneCollector("jitsu", kIp), "https://shop.example");
  host.Settle();
  host.Track("a");
  host.Advance(5'000);
  host.Track("b");
  host.Lifecycle("closing");
  host.Settle();
  ASSERT_EQ(host.requests.size(), 2u);
  EXPECT_EQ(host.requests[0].headers["X-Write-Key"], "k:s 1");
  EXPECT_FALSE(host.requests[0].headers.contains("X-IP-Policy"));
  EXPECT_EQ(host.requests[1].transport, "beacon");
}

TEST(JitsuTest, WithoutThePolicyForAddressesNothingIsSimple) {
  FakeHost host(OneCollector("jitsu", kOptions), "https://shop.example");
  host.Settle();
  host.Track("a");
  host.Lifecycle("closing");
  host.Settle();
  ASSERT_EQ(host.requests.size(), 1u);
  EXPECT_EQ(host.requests[0].transport, "keepalive");
  EXPECT_EQ(host.requests[0].headers["X-IP-Policy"], "remove");
}

TEST(JitsuTest, ALongNameIsRefused) {
  const auto jitsu = MakeProtocol("jitsu", kOptions.dump());
  EXPECT_EQ(Encode(*jitsu, Happening(std::string(129, 'n'))),
            "refused: /name: more than 128 bytes (at most 128 bytes)");
  EXPECT_EQ(EncodeJson(*jitsu, Happening(std::string(128, 'n')))["type"], "track");
}

TEST(JitsuTest, Answers) {
  const auto fates = [](int status, const std::string& body = "") {
    return Fates("jitsu", kOptions, {status, "", "", body}, 1);
  };
  EXPECT_EQ(fates(200, R"({"ok":true})"), "acknowledged 1");
  EXPECT_EQ(fates(200, R"({"destinations":[],"ok":true})"), "acknowledged 1");
  EXPECT_EQ(fates(200, R"({"error":"stream not found: for: )" + std::string(5'000, 'x')),
            "rejected 1");
  for (int status : {400, 401, 402, 403}) EXPECT_EQ(fates(status), "rejected 1");
  for (int status : {408, 429, 500, 503}) EXPECT_EQ(fates(status), "later 1");
  EXPECT_EQ(fates(413), "oversize 1");
}

}  // namespace
}  // namespace waymark_test
