// Mixpanel: forms and imports, ids, depth, and records that failed among good ones.
#include <gtest/gtest.h>

#include "collector_fixture.h"

namespace waymark_test {
namespace {

constexpr const char* kTrack = R"({"token":"T"})";
constexpr const char* kImport =
    R"({"token":"T","api":"import","project_id":42,"username":"svc","secret":"s3"})";

std::string Decoded(const std::string& form) {
  std::string text;
  for (size_t i = 0; i < form.size(); ++i) {
    if (form[i] != '%') {
      text += form[i];
    } else {
      text += static_cast<char>(std::stoi(form.substr(i + 1, 2), nullptr, 16));
      i += 2;
    }
  }
  return text;
}

Json Imported(const Happening& happening) {
  return EncodeJson(*MakeProtocol("mixpanel", kImport), happening);
}

waymark::CollectorRequest RequestOf(const char* options, const std::string& key = "",
                                    bool deidentified = false) {
  waymark::Attempt attempt;
  attempt.key = key;
  attempt.deidentified = deidentified;
  return MakeProtocol("mixpanel", options)->Request(attempt);
}

std::string FatesAfter(const char* options, int status, const std::string& body = "",
                       int then = 200) {
  return Fates("mixpanel", Json::parse(options), {status, "", "", body}, 4, {then, "", ""});
}

TEST(MixpanelTest, TrackIsAForm) {
  const auto mixpanel = MakeProtocol("mixpanel", kTrack);
  const Happening one("lamp_rubbed", R"({"wish":"ä & b"})");
  const Happening two("order_completed");
  const std::string body = EncodeBody(*mixpanel, {&one, &two});
  EXPECT_EQ(body.find_first_of("\"{} &+"), std::string::npos);
  ASSERT_EQ(body.rfind("data=", 0), 0u);
  const Json events = Json::parse(Decoded(body.substr(5)));
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[0]["event"], "lamp_rubbed");
  EXPECT_EQ(events[0]["properties"]["wish"], "ä & b");
  EXPECT_EQ(events[0]["properties"]["time"], 1'793'817'970.0);
  EXPECT_EQ(events[1]["event"], "Order Completed");
  EXPECT_EQ(RequestOf(kTrack).headers, R"({"Content-Type":"application/x-www-form-urlencoded"})");
  EXPECT_TRUE(mixpanel->rules().can_be_simple);
}

TEST(MixpanelTest, ImportIsJsonWithASecret) {
  const auto request = RequestOf(kImport);
  EXPECT_EQ(request.url, "https://c.example/import?strict=1&project_id=42");
  EXPECT_EQ(Json::parse(std::string_view(request.headers))["Authorization"], "Basic c3ZjOnMz");
  EXPECT_EQ(Json::parse(std::string_view(
                RequestOf(R"({"token":"T","api":"import"})").headers))["Authorization"],
            "Basic VDo=");
  EXPECT_EQ(Imported(Happening("a"))["properties"]["time"], 1'793'817'970'000);
  EXPECT_FALSE(MakeProtocol("mixpanel", kImport)->rules().can_be_simple);
}

TEST(MixpanelTest, ADeviceIsNoUser) {
  const Json known = Imported(Happening("a"))["properties"];
  EXPECT_EQ(known["distinct_id"], "u-100");
  EXPECT_EQ(known["$user_id"], "u-100");
  EXPECT_EQ(known["$device_id"], "11111111-1111-4111-8111-111111111111");
  const Json unknown = Imported(Happening("a").Anonymous())["properties"];
  EXPECT_EQ(unknown["distinct_id"], "$device:11111111-1111-4111-8111-111111111111");
  EXPECT_FALSE(unknown.contains("$user_id"));
}

TEST(MixpanelTest, OurIdsHoldAgainstPropertiesOfThatName) {
  const Json event =
      Imported(Happening("a", R"({"token":"X","distinct_id":"X","$insert_id":"X","time":1})"));
  EXPECT_EQ(event["properties"]["token"], "T");
  EXPECT_EQ(event["properties"]["distinct_id"], "u-100");
  EXPECT_EQ(event["properties"]["$insert_id"], "0a1b2c3d-0000-8000-8000-000000000004");
}

TEST(MixpanelTest, WhatIsNestedTooDeepBecomesText) {
  const Json properties =
      Imported(Happening("a", R"({"two":{"a":{"b":1}},"three":{"a":{"b":{"c":"\"x"}}},
                                  "list":[{"a":1}]})"))["properties"];
  EXPECT_EQ(properties["two"]["a"]["b"], 1);
  EXPECT_EQ(properties["list"][0]["a"], 1);
  ASSERT_TRUE(properties["three"].is_string());
  EXPECT_EQ(Json::parse(properties["three"].get<std::string>())["a"]["b"]["c"], "\"x");
}

TEST(MixpanelTest, TooManyPropertiesAreRefused) {
  const auto with = [](int count) {
    Json properties;
    for (int i = 0; i < count; ++i) properties["p" + std::to_string(i)] = i;
    return Encode(*MakeProtocol("mixpanel", kImport), Happening("a", properties.dump()));
  };
  EXPECT_EQ(with(254).rfind("refused", 0), std::string::npos);
  EXPECT_EQ(with(255), "refused: /properties: 255 members (at most 254)");
}

TEST(MixpanelTest, TraitsGoToPeopleInARequestOfTheirOwn) {
  FakeHost host(OneCollector("mixpanel", Json::parse(kTrack)));
  host.Track("before");
  host.Identify("u1", {{"plan", "gold"}});
  host.Track("after");
  host.Advance(10'000);
  ASSERT_EQ(host.requests.size(), 3u);
  EXPECT_EQ(host.requests[0].url, "https://c.example/track/?verbose=1&ip=0");
  EXPECT_EQ(host.requests[1].url, "https://c.example/engage/?verbose=1&ip=0");
  const Json person = Json::parse(Decoded(host.requests[1].body.substr(5)))[0];
  EXPECT_EQ(person, Json::parse(R"({"$token":"T","$distinct_id":"u1","$set":{"plan":"gold"}})"));
}

TEST(MixpanelTest, ADeidentifiedEventBelongsToNobody) {
  const Json event = Imported(Happening("a", R"({"b":1})").Deidentified())["properties"];
  EXPECT_EQ(event["distinct_id"], "");
  for (const char* absent : {"$device_id", "$user_id", "session_id", "b"}) {
    EXPECT_FALSE(event.contains(absent)) << absent;
  }
  constexpr const char* kWithIp = R"({"token":"T","ip":true})";
  EXPECT_EQ(RequestOf(kWithIp).url, "https://c.example/track/?verbose=1&ip=1");
  EXPECT_EQ(RequestOf(kWithIp, "", true).url, "https://c.example/track/?verbose=1&ip=0");
}

TEST(MixpanelTest, TrackTakesFiveDays) {
  EXPECT_EQ(MakeProtocol("mixpanel", kTrack)->rules().age_ms_max, 5LL * 86'400'000);
  EXPECT_EQ(MakeProtocol("mixpanel", kImport)->rules().age_ms_max, 30LL * 86'400'000);
}

TEST(MixpanelTest, TrackSaysOneOrZero) {
  EXPECT_EQ(FatesAfter(kTrack, 200, "1"), "acknowledged 4");
  EXPECT_EQ(FatesAfter(kTrack, 200, R"({"status":1,"error":null})"), "acknowledged 4");
  EXPECT_EQ(FatesAfter(kTrack, 200, "0"), "again 4");
  EXPECT_EQ(FatesAfter(kTrack, 200, R"({"status":0,"error":"bad"})"), "again 4");
  for (int status : {429, 500, 502, 503}) EXPECT_EQ(FatesAfter(kTrack, status), "later 4");
  for (int status : {401, 403}) EXPECT_EQ(FatesAfter(kTrack, status), "rejected 4");
  EXPECT_EQ(FatesAfter(kTrack, 413), "again 4");
}

TEST(MixpanelTest, ImportNamesTheRecordsThatFailed) {
  EXPECT_EQ(FatesAfter(kImport, 200, R"({"code":200,"num_records_imported":4,"status":"OK"})"),
            "acknowledged 4");
  EXPECT_EQ(FatesAfter(kImport, 400, R"({"code":400,"failed_records":[
      {"index":0,"$insert_id":"x","field":"properties.time","message":"too old"},
      {"index":3,"insert_id":"y","field":"event","message":"m"}],"num_records_imported":2})"),
            "acknowledged 2, rejected 2");
  EXPECT_EQ(FatesAfter(kImport, 400, R"({"code":400,"error":"request is not json"})", 400),
            "rejected 4");
  EXPECT_EQ(FatesAfter(kImport, 400, R"({"code":400,"failed_records":[]})"), "again 4");
  for (int status : {408, 429, 500, 502, 503}) EXPECT_EQ(FatesAfter(kImport, status), "later 4");
  for (int status : {401, 403, 404}) EXPECT_EQ(FatesAfter(kImport, status), "rejected 4");
  EXPECT_EQ(FatesAfter(kImport, 413, R"({"code":413})"), "again 4");
  EXPECT_EQ(FatesAfter(kImport, 413, R"({"code":413})", 413), "oversize 4");
}

}  // namespace
}  // namespace waymark_test
