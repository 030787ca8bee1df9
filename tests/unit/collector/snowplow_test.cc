// Snowplow, event by event. Whole batches stand in tests/contract/purchase.jsonl; schemas are
// judged in tests/e2e.
#include <gtest/gtest.h>

#include <map>

#include "collector_fixture.h"

namespace waymark_test {
namespace {

using Entities = std::map<std::string, std::vector<Json>>;

Json Encoded(const std::string& name, const std::string& properties) {
  return EncodeJson(*MakeProtocol("snowplow"), Happening(name, properties));
}

// The e-commerce entities of an event, by name.
Entities EntitiesOf(const std::string& name, const std::string& properties) {
  Entities entities;
  const Json contexts = Json::parse(Encoded(name, properties)["co"].get<std::string>());
  for (const Json& entity : contexts["data"]) {
    const std::string schema = entity["schema"];
    const size_t vendor = schema.find('/');
    const std::string kind = schema.substr(vendor + 1, schema.find('/', vendor + 1) - vendor - 1);
    if (kind != "client_session") entities[kind].push_back(entity["data"]);
  }
  return entities;
}

TEST(SnowplowTest, EveryValueIsAString) {
  const Json event = Encoded("product_viewed", R"({"product_id":1,"price":2,"currency":"EUR"})");
  for (const auto& [key, value] : event.items()) EXPECT_TRUE(value.is_string()) << key;
  EXPECT_EQ(event["dtm"], "1793817970000");
  EXPECT_EQ(event["stm"], "1793817971000");
}

TEST(SnowplowTest, AnOrderBecomesTransactionAndProducts) {
  const Entities entities =
      EntitiesOf("order_completed", R"({"order_id":"A","total":"19.999","currency":"EUR",
        "products":[{"sku":"s","price":1.5,"quantity":2},{"id":7,"price":0},
                    {"name":"no id","price":1}]})");
  ASSERT_EQ(entities.at("transaction").size(), 1u);
  EXPECT_EQ(entities.at("transaction")[0],
            Json::parse(R"json({"transaction_id":"A","revenue":20.00,"currency":"EUR",
              "payment_method":"(not set)","total_quantity":4})json"));
  ASSERT_EQ(entities.at("product").size(), 2u);
  EXPECT_EQ(entities.at("product")[0]["category"], "(not set)");
  EXPECT_EQ(entities.at("product")[1]["id"], "7");
}

TEST(SnowplowTest, AFieldOfTheWrongKindIsLeftOutNotSent) {
  const Entities entities =
      EntitiesOf("product_viewed", R"({"product_id":"p","price":5,"currency":"EUR","quantity":1.5,
        "list_price":-1,"brand":["x"],"position":"3"})");
  EXPECT_EQ(
      entities.at("product")[0],
      Json::parse(R"json({"id":"p","category":"(not set)","price":5.00,"currency":"EUR"})json"));
  EXPECT_TRUE(
      EntitiesOf("order_completed", R"({"order_id":"A","total":1e9,"currency":"EUR"})").empty());
  EXPECT_TRUE(
      EntitiesOf("order_completed", R"({"order_id":"A","total":1,"currency":"Euro"})").empty());
}

TEST(SnowplowTest, AFreeEventIsStructured) {
  const Json event = Encoded("lamp_rubbed", R"({"label":"genie","value":3.5})");
  EXPECT_EQ(event["e"], "se");
  EXPECT_EQ(event["se_ca"], "event");
  EXPECT_EQ(event["se_ac"], "lamp_rubbed");
  EXPECT_EQ(event["se_la"], "genie");
  EXPECT_EQ(event["se_va"], "3.5");
}

TEST(SnowplowTest, GetSendsOneEventAsAQuery) {
  FakeHost host(OneCollector("snowplow", {{"method", "get"}}), "https://shop.example");
  host.Track("lamp_rubbed", {{"label", "a & b"}});
  host.Track("product_added");
  host.Advance(5'000);
  ASSERT_EQ(host.requests.size(), 2u);
  const Request& request = host.requests[0];
  EXPECT_EQ(request.method, "GET");
  EXPECT_EQ(request.url.substr(0, 26), "https://c.example/i?tv=way");
  EXPECT_NE(request.url.find("&se_la=a%20%26%20b&"), std::string::npos) << request.url;
  EXPECT_EQ(request.url.find("&&"), std::string::npos);
  EXPECT_EQ(request.headers, Json::object());
  EXPECT_EQ(request.credentials, "include");
  EXPECT_EQ(request.body, "");
}

TEST(SnowplowTest, JsonIsPackedForGetAndPlainForPostUnlessTheConfigSaysOtherwise) {
  const auto has = [](const char* options, const std::string& key) {
    const std::string text = Encode(*MakeProtocol("snowplow", options), Happening("product_added"));
    return text.find(key) != std::string::npos;
  };
  EXPECT_TRUE(has("{}", R"("co":)"));
  EXPECT_TRUE(has(R"({"base64":true})", R"("cx":)"));
  EXPECT_TRUE(has(R"({"method":"get"})", "&cx="));
  EXPECT_TRUE(has(R"({"method":"get","base64":false})", "&co=%7B%22schema%22"));
}

TEST(SnowplowTest, AQueryThatIsTooLongIsOversize) {
  FakeHost host(OneCollector("snowplow", {{"method", "get"}}));
  host.Track("lamp_rubbed", {{"label", std::string(20'000, 'x')}});
  host.Advance(5'000);
  EXPECT_TRUE(host.requests.empty());
  EXPECT_EQ(host.View()["collectors"]["c"]["lost"], Json({{"oversize", 1}}));
}

TEST(SnowplowTest, ADeidentifiedEventAsksForAnonymity) {
  const auto headers = [](const char* options) {
    waymark::Attempt attempt;
    attempt.deidentified = true;
    const auto request = MakeProtocol("snowplow", options)->Request(attempt);
    EXPECT_FALSE(request.credentials);
    return Json::parse(std::string_view(request.headers));
  };
  EXPECT_EQ(headers("{}")["SP-Anonymous"], "*");
  EXPECT_EQ(headers(R"({"method":"get"})"), Json({{"SP-Anonymous", "*"}}));
}

TEST(SnowplowTest, JudgesAnswersAsItsTrackersDo) {
  for (const char* method : {"post", "get"}) {
    const auto fates = [&](int status, int then = 200) {
      return Fates("snowplow", {{"method", method}}, {status, "", ""}, 4, {then, "", ""});
    };
    const bool get = method == std::string("get");
    for (int status : {200, 204})
      EXPECT_EQ(fates(status), get ? "acknowledged 1, again 3" : "acknowledged 4");
    for (int status : {400, 401, 403, 410, 422}) {
      EXPECT_EQ(fates(status, status), "rejected 4") << method << status;
    }
    for (int status : {302, 404, 408, 429, 500, 503}) EXPECT_EQ(fates(status), "later 4");
    EXPECT_EQ(fates(413, 413), "oversize 4");
    EXPECT_EQ(fates(414, 414), "rejected 4");
    EXPECT_EQ(fates(413), get ? "again 3, oversize 1" : "again 4");
  }
}

}  // namespace
}  // namespace waymark_test
