// Amplitude: revenue, ids, and answers that name events by their places.
#include <gtest/gtest.h>

#include "collector_fixture.h"

namespace waymark_test {
namespace {

constexpr const char* kOptions = R"({"api_key":"K"})";

Json Encoded(const Happening& happening, const char* options = kOptions) {
  return EncodeJson(*MakeProtocol("amplitude", options), happening);
}

std::string FatesAfter(int status, const std::string& body = "", int then = 200) {
  return Fates("amplitude", Json::parse(kOptions), {status, "", "", body}, 4, {then, "", ""});
}

TEST(AmplitudeTest, AnEventHasItsIdsAndItsSession) {
  const Json event = Encoded(Happening("lamp_rubbed", R"({"a":1})"));
  EXPECT_EQ(event["event_type"], "lamp_rubbed");
  EXPECT_EQ(event["device_id"], "11111111-1111-4111-8111-111111111111");
  EXPECT_EQ(event["user_id"], "u-100");
  EXPECT_EQ(event["insert_id"], "0a1b2c3d-0000-8000-8000-000000000004");
  EXPECT_EQ(event["session_id"], 1'793'817'900'000);
  EXPECT_EQ(event["event_id"], 3);
  EXPECT_EQ(event["event_properties"]["a"], 1);
  EXPECT_EQ(event["event_properties"]["utm_campaign"], "spring");
  EXPECT_EQ(event["event_properties"]["consent"], Json({"analytics"}));
  EXPECT_FALSE(event.contains("ip"));
  EXPECT_EQ(Encoded(Happening("a"), R"({"api_key":"K","ip":true})")["ip"], "$remote");
}

TEST(AmplitudeTest, OnlyWhatIsPaidIsRevenue) {
  const Json order = Encoded(Happening("order_completed", R"({"total":"9.99","currency":"EUR"})"));
  EXPECT_EQ(order["revenue"], 9.99);
  EXPECT_EQ(order["revenueType"], "purchase");
  EXPECT_EQ(order["currency"], "EUR");
  EXPECT_EQ(Encoded(Happening("order_refunded", R"({"total":5})"))["revenue"], -5);
  EXPECT_EQ(Encoded(Happening("order_refunded", R"({"total":-5})"))["revenue"], -5);
  for (const char* properties : {"{}", R"({"total":"much"})"}) {
    const Json unpaid = Encoded(Happening("order_completed", properties));
    EXPECT_FALSE(unpaid.contains("revenue")) << properties;
  }
  const Json added = Encoded(Happening("product_added", R"({"price":3,"quantity":2})"));
  for (const char* absent : {"price", "quantity", "revenue"}) EXPECT_FALSE(added.contains(absent));
}

TEST(AmplitudeTest, PagesScreensAndPeopleHaveItsNames) {
  const Json page = Encoded(Happening::Page());
  EXPECT_EQ(page["event_type"], "[Amplitude] Page Viewed");
  EXPECT_EQ(page["event_properties"]["[Amplitude] Page Domain"], "shop.example");
  EXPECT_EQ(page["event_properties"]["[Amplitude] Page URL"], "https://shop.example/p/7");
  EXPECT_EQ(page["event_properties"]["[Amplitude] Page Title"], "Compass");
  const Json identify = Encoded(Happening::Identify(R"({"plan":"gold"})"));
  EXPECT_EQ(identify["event_type"], "$identify");
  EXPECT_EQ(identify["user_properties"]["$set"], Json({{"plan", "gold"}}));
  EXPECT_FALSE(identify.contains("event_properties"));
}

TEST(AmplitudeTest, ADeidentifiedEventIsADeviceOfItsOwn) {
  const Json event =
      Encoded(Happening("a", R"({"b":1})").Deidentified(), R"({"api_key":"K","ip":true})");
  EXPECT_EQ(event["device_id"], event["insert_id"]);
  EXPECT_EQ(event["session_id"], -1);
  for (const char* absent : {"user_id", "event_id", "ip"}) EXPECT_FALSE(event.contains(absent));
}

TEST(AmplitudeTest, TheWholeBodyHasKeyTimeAndOptions) {
  const Json body =
      Json::parse(EncodeBody(*MakeProtocol("amplitude", R"({"api_key":"K","min_id_length":5})"),
                             {&Happening("a").Anonymous()}));
  EXPECT_EQ(body["api_key"], "K");
  EXPECT_EQ(body["options"]["min_id_length"], 5);
  EXPECT_EQ(body["client_upload_time"], "2026-11-04T18:46:11.000Z");
  EXPECT_EQ(MakeProtocol("amplitude", kOptions)->rules().url, "https://c.example/2/httpapi");
  EXPECT_EQ(MakeProtocol("amplitude", R"({"api_key":"K","api":"batch"})")->rules().url,
            "https://c.example/batch");
}

TEST(AmplitudeTest, Statuses) {
  EXPECT_EQ(FatesAfter(200), "acknowledged 4");
  for (int status : {408, 500, 502, 503, 504}) EXPECT_EQ(FatesAfter(status), "later 4") << status;
  EXPECT_EQ(FatesAfter(403), "rejected 4");
  EXPECT_EQ(FatesAfter(413), "again 4");
  EXPECT_EQ(FatesAfter(413, "", 413), "oversize 4");
}

TEST(AmplitudeTest, A400DropsWhatItNamesAndTheRestGoesAtOnce) {
  EXPECT_EQ(FatesAfter(400, R"({"code":400,"error":"Invalid field values on some events",
      "events_with_invalid_fields":{"time":[3],"price":[0,3]},
      "events_with_missing_fields":{"event_type":[1]},"silenced_events":[]})"),
            "again 1, rejected 3");
  EXPECT_EQ(FatesAfter(400, R"({"silenced_events":[2]})"), "again 3, rejected 1");
  EXPECT_EQ(FatesAfter(400, R"({"events_with_invalid_id_lengths":{"user_id":[0,1,2,3]}})"),
            "rejected 4");
}

TEST(AmplitudeTest, A400AgainstTheRequestDropsAll) {
  EXPECT_EQ(FatesAfter(400, R"({"error":"Invalid API key: K"})"), "rejected 4");
  EXPECT_EQ(FatesAfter(400, R"({"error":"Missing","missing_field":"api_key"})"), "rejected 4");
}

TEST(AmplitudeTest, A400ThatSaysNothingIsSearchedByHalves) {
  EXPECT_EQ(FatesAfter(400, "not json"), "again 4");
  EXPECT_EQ(FatesAfter(400, R"({"missing_field":null,"error":"?"})", 400), "rejected 4");
}

TEST(AmplitudeTest, WhoIsThrottledWaitsHalfAMinute) {
  FakeHost host(OneCollector("amplitude", Json::parse(kOptions)));
  host.network = [&](const Request&) {
    if (!host.requests.empty()) return Answer();
    return Answer{429, "", "", R"({"eps_threshold":30,"throttled_events":[0,1]})"};
  };
  host.Track("a");
  host.Track("b");
  host.Advance(30'500);
  EXPECT_EQ(host.requests.size(), 1u);
  EXPECT_EQ(host.View()["queue"]["events"], 2);
  host.Advance(1'000);
  EXPECT_EQ(host.View()["collectors"]["c"]["acknowledged"], 2);
}

TEST(AmplitudeTest, WhoseDailyQuotaIsUsedUpIsDropped) {
  FakeHost host(OneCollector("amplitude", Json::parse(kOptions)));
  host.network = [&](const Request& request) {
    if (!host.requests.empty()) return Answer();
    EXPECT_EQ(request.json["events"].size(), 3u);
    return Answer{429, "", "", R"({"exceeded_daily_quota_users":{"u \"1\"":1}})"};
  };
  host.Track("before");
  host.Identify("u \"1\"");
  host.Track("after");
  host.Advance(2'000);
  EXPECT_EQ(host.View()["collectors"]["c"]["lost"]["rejected"], 2);
  EXPECT_EQ(host.problems.back()["found"], "HTTP 429 for exceeded_daily_quota_users");
  host.Advance(60'000);
  EXPECT_EQ(host.View()["collectors"]["c"]["acknowledged"], 1);
}

TEST(AmplitudeTest, WhatWasWrongIsNamedWhenItLooksLikeAName) {
  const auto found = [](const std::string& key) {
    FakeHost host(OneCollector("amplitude", Json::parse(kOptions)));
    host.network = [&](const Request&) {
      return Answer{400, "", "", R"({"events_with_invalid_fields":{")" + key + R"(":[0]}})"};
    };
    host.Track("a");
    host.Advance(2'000);
    return host.problems.back()["found"].get<std::string>();
  };
  EXPECT_EQ(found("event_properties.price"), "HTTP 400 for event_properties.price");
  EXPECT_EQ(found("ann@example.com"), "HTTP 400");
  EXPECT_EQ(found(std::string(65, 'x')), "HTTP 400");
}

}  // namespace
}  // namespace waymark_test
