// CloudEvents: attributes, both content modes, and what webhooks answer.
#include <gtest/gtest.h>

#include "collector_fixture.h"

namespace waymark_test {
namespace {

constexpr const char* kOptions = R"({"source":"https://shop.example/web",
  "type_prefix":"com.example.","schemas":{"order_completed":"https://shop.example/order.json"},
  "headers":{"X-Key":"k 1"}})";

Json Encoded(const Happening& happening) {
  return EncodeJson(*MakeProtocol("cloudevents", kOptions), happening);
}

Json HeadersOf(const std::string& options, const waymark::Attempt& attempt = {}) {
  const auto request = MakeProtocol("cloudevents", options)->Request(attempt);
  EXPECT_EQ(request.url, "https://c.example/");
  return Json::parse(std::string_view(request.headers));
}

TEST(CloudEventsTest, AnEventHasItsAttributes) {
  Json event = Encoded(Happening("order_completed", R"({"total":4.99})"));
  const Json data = event["data"];
  event.erase("data");
  EXPECT_EQ(event, Json::parse(R"({"specversion":"1.0","datacontenttype":"application/json",
    "source":"https://shop.example/web","type":"com.example.order_completed",
    "id":"0a1b2c3d-0000-8000-8000-000000000004","time":"2026-11-04T18:46:10.000Z",
    "dataschema":"https://shop.example/order.json",
    "sessionid":"22222222-2222-4222-8222-222222222222"})"));
  EXPECT_EQ(data["event"], "Order Completed");
  EXPECT_EQ(data["properties"]["total"], 4.99);
  EXPECT_EQ(data["userId"], "u-100");
  EXPECT_EQ(data["context"]["campaign"]["source"], "mail");
  EXPECT_EQ(data["context"]["consent"]["categoryPreferences"]["ads"], false);
}

TEST(CloudEventsTest, VerbsAreTypes) {
  EXPECT_EQ(Encoded(Happening::Page())["type"], "com.example.page");
  EXPECT_EQ(Encoded(Happening::Screen("Basket"))["type"], "com.example.screen");
  EXPECT_EQ(Encoded(Happening::Screen("Basket"))["data"]["name"], "Basket");
  const Json identify = Encoded(Happening::Identify(R"({"plan":"gold"})"));
  EXPECT_EQ(identify["type"], "com.example.identify");
  EXPECT_EQ(identify["data"]["traits"]["plan"], "gold");
  EXPECT_EQ(EncodeJson(*MakeProtocol("cloudevents"), Happening("a"))["type"], "a");
  EXPECT_EQ(EncodeJson(*MakeProtocol("cloudevents"), Happening("a"))["source"], "shop");
}

TEST(CloudEventsTest, AttributesTellNoPerson) {
  Json event = Encoded(Happening("a", R"({"b":1})"));
  event.erase("data");
  EXPECT_EQ(event.dump().find("u-100"), std::string::npos);
  EXPECT_EQ(event.dump().find("11111111-"), std::string::npos);
}

TEST(CloudEventsTest, ADeidentifiedEventHasItsOwnIdOnly) {
  const Json event = Encoded(Happening("a", R"({"b":1})").Deidentified());
  EXPECT_FALSE(event.contains("sessionid"));
  EXPECT_EQ(event["data"]["anonymousId"], event["id"]);
  for (const char* absent : {"userId", "properties"}) EXPECT_FALSE(event["data"].contains(absent));
}

TEST(CloudEventsTest, BatchesAndSingleEvents) {
  const Happening one("a");
  const Json batch = Json::parse(EncodeBody(*MakeProtocol("cloudevents"), {&one, &one}));
  EXPECT_EQ(batch.size(), 2u);
  EXPECT_EQ(HeadersOf(kOptions), Json::parse(R"({"X-Key":"k 1",
              "Content-Type":"application/cloudevents-batch+json; charset=utf-8"})"));
  const auto single = MakeProtocol("cloudevents", R"({"batch":false})");
  EXPECT_EQ(Json::parse(EncodeBody(*single, {&one}))["type"], "a");
  EXPECT_EQ(single->rules().events_max, 1u);
  waymark::Attempt attempt;
  attempt.gzip = true;
  EXPECT_EQ(HeadersOf(R"({"batch":false})", attempt),
            Json::parse(R"({"Content-Type":"application/cloudevents+json; charset=utf-8",
              "Content-Encoding":"gzip"})"));
}

TEST(CloudEventsTest, AnswersMeanWhatTheyMeanToWebhooks) {
  const auto fates = [](int status, int then = 200) {
    return Fates("cloudevents", Json::object(), {status, "", ""}, 4, {then, "", ""});
  };
  for (int status : {200, 201, 202, 204}) EXPECT_EQ(fates(status), "acknowledged 4");
  for (int status : {408, 429, 500, 503}) EXPECT_EQ(fates(status), "later 4") << status;
  for (int status : {401, 404, 410, 415, 422}) EXPECT_EQ(fates(status), "rejected 4") << status;
  EXPECT_EQ(fates(400), "again 4");
  EXPECT_EQ(fates(400, 400), "rejected 4");
  EXPECT_EQ(fates(413), "again 4");
}

TEST(CloudEventsTest, WhereItIsGoneItIsNotAskedAgainSoon) {
  FakeHost host(OneCollector("cloudevents", Json::object()));
  host.network = [](const Request&) { return Answer{410, "", ""}; };
  host.Track("a");
  host.Advance(5'000);
  host.Track("b");
  host.Advance(3'500'000);
  EXPECT_EQ(host.requests.size(), 1u);
  host.Advance(200'000);
  EXPECT_EQ(host.requests.size(), 2u);
}

}  // namespace
}  // namespace waymark_test
