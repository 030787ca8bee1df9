// GA4: Google's names and bounds, one person a request, and nothing sent twice.
#include <gtest/gtest.h>

#include "collector_fixture.h"

namespace waymark_test {
namespace {

constexpr const char* kOptions = R"({"measurement_id":"G-X"})";

Json Encoded(const Happening& happening, const char* options = kOptions) {
  return EncodeJson(*MakeProtocol("ga4", options), happening);
}

Json BodyOf(const Happening& happening, const char* options = kOptions) {
  return Json::parse(EncodeBody(*MakeProtocol("ga4", options), {&happening}));
}

std::string Named(const std::string& name) {
  const std::string event = Encode(*MakeProtocol("ga4", kOptions), Happening(name));
  return event[0] == '{' ? Json::parse(event)["name"].get<std::string>() : event;
}

TEST(Ga4Test, AnOrderIsAPurchaseWithItems) {
  const Json event = Encoded(Happening("order_completed", R"({"order_id":7,"total":"19.99",
      "currency":"EUR","tax":1.5,"coupon":"C","note":"gift","products":[
        {"product_id":"p","name":"Compass","price":"9.50","quantity":2,"category":"tools"},
        {"colour":"none of an item's"}]})"));
  EXPECT_EQ(event["name"], "purchase");
  EXPECT_EQ(event["timestamp_micros"], "1793817970000000");
  const Json& params = event["params"];
  EXPECT_EQ(params["transaction_id"], "7");
  EXPECT_EQ(params["value"], 19.99);
  EXPECT_EQ(params["currency"], "EUR");
  EXPECT_EQ(params["note"], "gift");
  EXPECT_EQ(params["items"], Json::parse(R"([{"item_id":"p","item_name":"Compass",
      "item_category":"tools","price":9.50,"quantity":2}])"));
  for (const char* absent : {"order_id", "total", "products"})
    EXPECT_FALSE(params.contains(absent));
}

TEST(Ga4Test, AnEventCarriesSessionPageAndCampaign) {
  const Json params = Encoded(Happening("lamp_rubbed"))["params"];
  EXPECT_EQ(params["session_id"], "1793817900");
  EXPECT_EQ(params["engagement_time_msec"], 100);
  EXPECT_EQ(params["page_location"], "https://shop.example/p/7?utm_source=mail");
  EXPECT_EQ(params["campaign"], "spring");
  EXPECT_EQ(params["medium"], "email");
}

TEST(Ga4Test, NamesAreCleanedShortAndNotGooglesOwn) {
  EXPECT_EQ(Named("Lamp rubbed!"), "Lamp_rubbed_");
  EXPECT_EQ(Named("product_viewed"), "view_item");
  EXPECT_EQ(Named(std::string(40, 'n')), std::string(40, 'n'));
  EXPECT_EQ(Named(std::string(41, 'n')), "refused: /name: 41 characters (at most 40 characters)");
  for (const char* name : {"session_start", "first_visit", "error", "ga_x", "google_x",
                           "firebase_x", "_x", "7up", "ärger"}) {
    EXPECT_EQ(Named(name).rfind("refused: /name", 0), 0u) << name;
  }
}

TEST(Ga4Test, ParametersKeepToTheirBounds) {
  Json properties;
  properties["long"] = std::string(150, 'x');
  properties["umlauts"] = [] {
    std::string text;
    for (int i = 0; i < 101; ++i) text += "ä";
    return text;
  }();
  properties["two words"] = 1;
  properties["yes"] = true;
  properties["deep"] = {{"a", 1}};
  properties["nothing"] = nullptr;
  properties["session_id"] = "mine";
  for (int i = 0; i < 30; ++i) properties["p" + std::to_string(i)] = i;
  const Json params = Encoded(Happening("a", properties.dump()))["params"];
  EXPECT_EQ(params.size(), 25u);
  EXPECT_EQ(params["long"], std::string(100, 'x'));
  EXPECT_EQ(params["umlauts"].get<std::string>().size(), 200u);
  EXPECT_EQ(params["two_words"], 1);
  EXPECT_EQ(params["yes"], 1);
  EXPECT_EQ(params["session_id"], "1793817900");
  for (const char* absent : {"deep", "nothing", "p29"}) EXPECT_FALSE(params.contains(absent));
}

TEST(Ga4Test, ARequestSaysWhoAndWhatWasAllowed) {
  const Json body = BodyOf(Happening("a"));
  EXPECT_EQ(body["client_id"], "11111111-1111-4111-8111-111111111111");
  EXPECT_EQ(body["user_id"], "u-100");
  EXPECT_EQ(body["consent"],
            Json::parse(R"({"ad_user_data":"DENIED","ad_personalization":"DENIED"})"));
  const Json granted = BodyOf(Happening("a").WithConsent(R"({"ads":true})"));
  EXPECT_EQ(granted["consent"]["ad_user_data"], "GRANTED");
  const Json app = BodyOf(Happening("a"), R"({"firebase_app_id":"1:2:web:3"})");
  EXPECT_EQ(app["app_instance_id"], "11111111111141118111111111111111");
  EXPECT_FALSE(app.contains("client_id"));
}

TEST(Ga4Test, TraitsAreUserProperties) {
  const Json body = BodyOf(Happening::Identify(
      R"({"plan":"gold","age":7,"google_x":"x","deep":{},"a name that is much too long":"x",
          "text":"0123456789012345678901234567890123456789"})"));
  EXPECT_EQ(body["events"][0]["name"], "identify");
  EXPECT_EQ(body["user_properties"], Json::parse(R"({"plan":{"value":"gold"},"age":{"value":"7"},
                            "text":{"value":"012345678901234567890123456789012345"}})"));
}

TEST(Ga4Test, ADeidentifiedEventIsAClientOfItsOwnAndForNoAdvertising) {
  const Json body =
      BodyOf(Happening("a", R"({"b":1})").WithConsent(R"({"ads":true})").Deidentified());
  EXPECT_EQ(body["client_id"], "0a1b2c3d-0000-8000-8000-000000000004");
  EXPECT_EQ(body["consent"]["ad_user_data"], "DENIED");
  EXPECT_FALSE(body.contains("user_id"));
  EXPECT_EQ(body["events"][0]["params"], Json::parse(R"({"page_location":"/p/7"})"));
}

TEST(Ga4Test, ARequestIsOnePerson) {
  FakeHost host(OneCollector("ga4", Json::parse(kOptions)));
  host.Track("before");
  host.Identify("u1");
  for (int i = 0; i < 30; ++i) host.Track("after");
  host.Advance(10'000);
  std::vector<size_t> sizes;
  for (const Request& request : host.requests) sizes.push_back(request.json["events"].size());
  EXPECT_EQ(sizes, (std::vector<size_t>{1, 25, 6}));
  EXPECT_FALSE(host.requests[0].json.contains("user_id"));
  EXPECT_EQ(host.requests[1].json["user_id"], "u1");
}

TEST(Ga4Test, AStreamIsDemanded) {
  std::string problems;
  EXPECT_EQ(MakeProtocol("ga4", "{}", &problems), nullptr);
  EXPECT_EQ(problems, "required /options\n");
}

TEST(Ga4Test, Statuses) {
  const auto fates = [](const char* options, int status) {
    return Fates("ga4", Json::parse(options), {status, "", ""}, 4);
  };
  EXPECT_EQ(fates(kOptions, 204), "acknowledged 4");
  for (int status : {429, 500, 503}) EXPECT_EQ(fates(kOptions, status), "later 4");
  for (int status : {400, 403, 404}) EXPECT_EQ(fates(kOptions, status), "rejected 4");
  EXPECT_EQ(fates(kOptions, 413), "again 4");
  // A proxy that gave up waiting does not know whether they arrived.
  for (int status : {408, 502, 504}) {
    EXPECT_EQ(fates(kOptions, status), "unanswered 4") << status;
    EXPECT_EQ(fates(R"({"measurement_id":"G-X","unanswered":"again"})", status), "later 4");
  }
}

}  // namespace
}  // namespace waymark_test
