// PostHog, both generations: names, ids, and what its answers do to each record.
#include <gtest/gtest.h>

#include "collector_fixture.h"

namespace waymark_test {
namespace {

constexpr const char* kV0 = R"({"api_key":"phc_x"})";
constexpr const char* kV1 = R"({"api_key":"phc_x","version":"v1"})";

Json V0(const Happening& happening) { return EncodeJson(*MakeProtocol("posthog", kV0), happening); }
Json V1(const Happening& happening) { return EncodeJson(*MakeProtocol("posthog", kV1), happening); }

// Track()'s message ids, as this host draws them: the v1 answers are by id.
std::string Results(const Request& request, const std::vector<std::string>& words) {
  Json results = Json::object();
  for (size_t i = 0; i < words.size(); ++i) {
    results[request.json["batch"][i]["uuid"].get<std::string>()] = {{"result", words[i]},
                                                                    {"details", nullptr}};
  }
  return Json({{"results", results}}).dump();
}

TEST(PostHogTest, EventsHaveItsNames) {
  EXPECT_EQ(V0(Happening::Page())["event"], "$pageview");
  EXPECT_EQ(V0(Happening::Page())["properties"]["$current_url"],
            "https://shop.example/p/7?utm_source=mail");
  EXPECT_EQ(V0(Happening::Screen("Basket"))["event"], "$screen");
  EXPECT_EQ(V0(Happening::Screen("Basket"))["properties"]["$screen_name"], "Basket");
  EXPECT_EQ(V0(Happening("order_completed"))["event"], "Order Completed");
  EXPECT_EQ(V0(Happening("lamp_rubbed"))["event"], "lamp_rubbed");
}

TEST(PostHogTest, APersonIsWhoIsKnown) {
  EXPECT_EQ(V0(Happening("a"))["distinct_id"], "u-100");
  EXPECT_EQ(V0(Happening("a").Anonymous())["distinct_id"], "11111111-1111-4111-8111-111111111111");
  const Json identify = V0(Happening::Identify(R"({"plan":"gold"})"));
  EXPECT_EQ(identify["event"], "$identify");
  EXPECT_EQ(identify["properties"]["$anon_distinct_id"], "11111111-1111-4111-8111-111111111111");
  EXPECT_EQ(identify["properties"]["$set"]["plan"], "gold");
  const Json traits = V0(Happening::Identify(R"({"plan":"gold"})").Anonymous());
  EXPECT_EQ(traits["event"], "$set");
  EXPECT_FALSE(traits["properties"].contains("$anon_distinct_id"));
}

TEST(PostHogTest, AnIdThatOnlySaysThatThereIsNoneJoinsNobody) {
  for (const char* id : {"null", "Anonymous", "0", "undefined", "[object Object]"}) {
    EXPECT_EQ(V0(Happening("a").WithUser(id))["distinct_id"],
              "11111111-1111-4111-8111-111111111111")
        << id;
  }
}

TEST(PostHogTest, AnIdThatItWouldCutIsRefused) {
  EXPECT_EQ(Encode(*MakeProtocol("posthog", kV0), Happening("a").WithUser(std::string(201, 'x'))),
            "refused: /user_id: more than 200 characters (at most 200 characters)");
  EXPECT_EQ(V0(Happening("a").WithUser(std::string(200, 'x')))["distinct_id"],
            std::string(200, 'x'));
}

TEST(PostHogTest, ASessionIsAnIdOfVersion7ThatBeginsWithItsStart) {
  const std::string id = V0(Happening("a"))["properties"]["$session_id"];
  EXPECT_EQ(id, "01a1a7e0-f3e0-7222-8222-222222222222");
  EXPECT_EQ(std::stoll(id.substr(0, 8) + id.substr(9, 4), nullptr, 16), 1'793'817'900'000);
}

TEST(PostHogTest, V1TakesSessionAndOptionsOutOfTheProperties) {
  const Json event = V1(Happening("a", R"({"b":1})"));
  EXPECT_EQ(event["session_id"], "01a1a7e0-f3e0-7222-8222-222222222222");
  EXPECT_EQ(event["options"], Json::object());
  EXPECT_EQ(event["properties"]["b"], 1);
  for (const char* absent : {"$session_id", "$lib", "$lib_version"}) {
    EXPECT_FALSE(event["properties"].contains(absent)) << absent;
  }
}

TEST(PostHogTest, ADeidentifiedEventMakesNoPerson) {
  const Json v0 = V0(Happening("a", R"({"b":1})").Deidentified());
  EXPECT_EQ(v0["distinct_id"], v0["uuid"]);
  EXPECT_EQ(v0["properties"]["$process_person_profile"], false);
  EXPECT_EQ(v0["properties"]["$geoip_disable"], true);
  for (const char* absent : {"b", "$session_id", "$current_url"}) {
    EXPECT_FALSE(v0["properties"].contains(absent)) << absent;
  }
  const Json v1 = V1(Happening("a").Deidentified());
  EXPECT_EQ(v1["options"]["process_person_profile"], false);
  EXPECT_FALSE(v1.contains("session_id"));
}

TEST(PostHogTest, V0IsSimpleAlsoWhenCompressed) {
  waymark::Attempt attempt;
  attempt.simple = attempt.gzip = true;
  const auto request = MakeProtocol("posthog", kV0)->Request(attempt);
  EXPECT_EQ(request.url, "https://c.example/batch/?ver=0.1.0&compression=gzip-js");
  EXPECT_EQ(request.headers, R"({"Content-Type":"text/plain"})");
}

TEST(PostHogTest, V1CountsItsTriesUnderOneRequestId) {
  FakeHost host(OneCollector("posthog", Json::parse(kV1)));
  host.network = [&](const Request&) {
    return host.requests.empty() ? Answer{503, "", ""} : Answer();
  };
  host.Track("a");
  host.Advance(20'000);
  ASSERT_EQ(host.requests.size(), 2u);
  const Json& first = host.requests[0].headers;
  const Json& second = host.requests[1].headers;
  EXPECT_EQ(first["Authorization"], "Bearer phc_x");
  EXPECT_EQ(first["PostHog-Attempt"], "1");
  EXPECT_EQ(second["PostHog-Attempt"], "2");
  EXPECT_EQ(first["PostHog-Request-Id"], second["PostHog-Request-Id"]);
  EXPECT_NE(first["PostHog-Request-Timestamp"], second["PostHog-Request-Timestamp"]);
  EXPECT_EQ(host.requests[0].json["created_at"], host.requests[1].json["created_at"]);
}

TEST(PostHogTest, V1GivesEachEventItsResult) {
  FakeHost host(OneCollector("posthog", Json::parse(kV1)));
  host.network = [&](const Request& request) {
    const size_t events = request.json["batch"].size();
    if (!host.requests.empty()) return Answer{200, "", "", Results(request, {"ok"})};
    EXPECT_EQ(events, 4u);
    return Answer{200, "", "", Results(request, {"ok", "retry", "drop", "warning"})};
  };
  for (int i = 0; i < 4; ++i) host.Track("a", {{"i", i}});
  host.Advance(2'000);
  EXPECT_EQ(host.View()["collectors"]["c"]["acknowledged"], 2);
  EXPECT_EQ(host.View()["collectors"]["c"]["lost"]["rejected"], 1);
  EXPECT_EQ(host.View()["queue"]["events"], 1);
  host.Advance(20'000);
  ASSERT_EQ(host.requests.size(), 2u);
  ASSERT_EQ(host.requests[1].json["batch"].size(), 1u);
  EXPECT_EQ(host.requests[1].json["batch"][0]["properties"]["i"], 1);
  EXPECT_EQ(host.View()["queue"]["events"], 0);
}

TEST(PostHogTest, V1LeavesOutWhatItTookWithoutAWord) {
  const auto fates = [](const char* body) {
    return Fates("posthog", Json::parse(kV1), {200, "", "", body}, 4);
  };
  EXPECT_EQ(fates(R"({"results":{}})"), "acknowledged 4");
  EXPECT_EQ(fates(R"({"results":{"00000000-0000-0000-0000-000000000000":{"result":"drop"}}})"),
            "acknowledged 4");
}

TEST(PostHogTest, AnEventThatIsAlwaysWantedLaterIsGivenUpWhileOthersGoThrough) {
  FakeHost host(OneCollector("posthog", Json::parse(kV1)));
  host.network = [&](const Request& request) {
    std::vector<std::string> words;
    for (const Json& event : request.json["batch"]) {
      words.push_back(event["event"] == "poison" ? "retry" : "ok");
    }
    return Answer{200, "", "", Results(request, words)};
  };
  host.Track("poison");
  for (int i = 0; i < 20; ++i) {
    host.Track("good");
    host.Advance(5'000);
  }
  host.Advance(600'000);
  EXPECT_EQ(host.View()["collectors"]["c"]["acknowledged"], 20);
  EXPECT_EQ(host.View()["collectors"]["c"]["lost"]["retry_exhausted"], 1);
}

TEST(PostHogTest, V0AnswersForTheWholeBatch) {
  const auto fates = [](int status, const char* body = "", int then = 200) {
    return Fates("posthog", Json::parse(kV0), {status, "", "", body}, 4, {then, "", ""});
  };
  EXPECT_EQ(fates(200, R"({"status":1})"), "acknowledged 4");
  EXPECT_EQ(fates(204), "acknowledged 4");
  EXPECT_EQ(fates(200, R"({"status":"Ok","quota_limited":["recordings"]})"), "acknowledged 4");
  EXPECT_EQ(fates(200, R"({"status":1,"quota_limited":["events"]})"), "rejected 4");
  EXPECT_EQ(fates(401), "rejected 4");
  for (int status : {402, 403, 404}) EXPECT_EQ(fates(status), "rejected 4") << status;
  for (int status : {408, 429, 500, 502, 503, 504}) EXPECT_EQ(fates(status), "later 4") << status;
  EXPECT_EQ(fates(400), "again 4");
  EXPECT_EQ(fates(400, "", 400), "rejected 4");
  EXPECT_EQ(fates(413), "again 4");
  EXPECT_EQ(fates(413, "", 413), "oversize 4");
}

TEST(PostHogTest, AnExhaustedQuotaIsLeftAloneForAMinute) {
  FakeHost host(OneCollector("posthog", Json::parse(kV0)));
  host.network = [&](const Request&) {
    return Answer{200, "", "", host.requests.empty() ? R"({"quota_limited":["events"]})" : ""};
  };
  host.Track("a");
  host.Advance(2'000);
  host.Track("b");
  host.Advance(56'000);
  EXPECT_EQ(host.requests.size(), 1u);
  host.Advance(5'000);
  EXPECT_EQ(host.requests.size(), 2u);
}

TEST(PostHogTest, V1Statuses) {
  const auto fates = [](int status, int then = 200) {
    return Fates("posthog", Json::parse(kV1), {status, "", ""}, 4, {then, "", ""});
  };
  EXPECT_EQ(fates(415), "again 4");  // without gzip
  EXPECT_EQ(fates(415, 415), "rejected 4");
  EXPECT_EQ(fates(200), "acknowledged 4");  // an answer that cannot be read is an answer
  for (int status : {404, 408, 429, 500, 502, 503, 504}) EXPECT_EQ(fates(status), "later 4");
  for (int status : {400, 401, 402, 501}) EXPECT_EQ(fates(status), "rejected 4");
  EXPECT_EQ(fates(413), "again 4");
}

}  // namespace
}  // namespace waymark_test
