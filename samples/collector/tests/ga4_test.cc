#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dialect_request.h"
#include "dialects/dialects.h"

namespace waymark::collector {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kPath[] = "/mp/collect?measurement_id=G-X&api_secret=S";

Json Purchase() {
  return {{"name", "purchase"},
          {"params",
           {{"session_id", "1795284000"},
            {"engagement_time_msec", 100},
            {"transaction_id", "order-1"},
            {"value", 4.99},
            {"currency", "EUR"},
            {"items", Json::array({{{"item_id", "sku-1"}, {"quantity", 1}}})}}}};
}

Json Body(const Json& event) {
  return {{"client_id", "123.456"},
          {"user_id", "user-1"},
          {"timestamp_micros", "1795284000250000"},
          {"consent", {{"ad_user_data", "GRANTED"}, {"ad_personalization", "DENIED"}}},
          {"events", Json::array({event})}};
}

Outcome Send(const Json& body, const std::string& path = kPath) {
  return Ga4Dialect().answer(PostOf(path, ToText(body)));
}

std::vector<std::string> ProblemsOfBody(const char* member, const Json& value) {
  Json body = Body(Purchase());
  body[member] = value;
  return ProblemTexts(Send(body));
}

std::vector<std::string> ProblemsOfParam(const std::string& name, const Json& value) {
  Json event = Purchase();
  event["params"][name] = value;
  return ProblemTexts(Send(Body(event)));
}

std::vector<std::string> ProblemsOfName(const std::string& name) {
  return ProblemTexts(Send(Body({{"name", name}})));
}

TEST(Ga4Test, ReadsAPurchase) {
  const Outcome outcome = Send(Body(Purchase()));
  EXPECT_EQ(outcome.reply.status, 204);
  ASSERT_THAT(outcome.records, SizeIs(1));
  const ReceivedEvent& event = outcome.records[0].event;
  EXPECT_EQ(event.kind, "track");
  EXPECT_EQ(event.name, "purchase");
  EXPECT_EQ(event.message_id, "");
  EXPECT_EQ(event.order_id, "order-1");
  EXPECT_EQ(event.time_ms, 1795284000250);
  EXPECT_EQ(event.anonymous_id, "123.456");
  EXPECT_EQ(event.user_id, "user-1");
  EXPECT_EQ(event.session_id, "1795284000");
  EXPECT_EQ(event.consent["ad_user_data"], "GRANTED");
  EXPECT_EQ(event.raw, ToText(Body(Purchase())));
  EXPECT_EQ(event.event, Body(Purchase()));
  EXPECT_THAT(ProblemTexts(outcome), IsEmpty());
}

TEST(Ga4Test, TheEventsOwnTimeGoesBeforeTheRequests) {
  Json body = Body(Purchase());
  body["events"].push_back({{"name", "page_view"}, {"timestamp_micros", 1795284001000000}});
  const Outcome outcome = Send(body);
  EXPECT_EQ(outcome.records.at(0).event.time_ms, 1795284000250);
  EXPECT_EQ(outcome.records.at(1).event.time_ms, 1795284001000);
  EXPECT_EQ(outcome.records[1].event.kind, "page");
  EXPECT_THAT(outcome.records[1].event.event["events"], SizeIs(1));
}

TEST(Ga4Test, SaysGoodToEverything) {
  for (const char* text : {"", "{", "[]", "{}", R"({"events":[1]})"}) {
    const Outcome outcome = Ga4Dialect().answer(PostOf(kPath, text));
    EXPECT_EQ(outcome.reply.status, 204) << text;
    EXPECT_FALSE(ProblemTexts(outcome).empty()) << text;
  }
  Request packed = PostOf(kPath, ToText(Body(Purchase())));
  packed.encoding = "gzip";
  EXPECT_THAT(ProblemTexts(Ga4Dialect().answer(packed)),
              ElementsAre("header Content-Encoding: gzip → no such header"));
}

TEST(Ga4Test, WantsStreamSecretAndDevice) {
  EXPECT_THAT(ProblemTexts(Send(Body(Purchase()), "/mp/collect")),
              ElementsAre(HasSubstr("query/measurement_id"), HasSubstr("query/api_secret")));
  EXPECT_THAT(ProblemsOfBody("client_id", nullptr), ElementsAre(HasSubstr("/client_id: null")));
  Json app = Body(Purchase());
  app["app_instance_id"] = "a";
  EXPECT_THAT(ProblemTexts(Send(app, "/mp/collect?firebase_app_id=1&api_secret=S")), IsEmpty());
}

TEST(Ga4Test, ChecksTheRequest) {
  EXPECT_THAT(ProblemsOfBody("events", Json::array()),
              ElementsAre("/events: an array of 0 items → an array of at least one event"));
  EXPECT_THAT(ProblemsOfBody("events", std::vector<Json>(26, Purchase())),
              ElementsAre("/events: an array of 26 items → at most 25 events"));
  EXPECT_THAT(ProblemsOfBody("timestamp_micros", "now"),
              ElementsAre(HasSubstr("/timestamp_micros: \"now\"")));
  EXPECT_THAT(ProblemsOfBody("timestamp_micros", "1700000000000000"),
              ElementsAre(HasSubstr("a time of the last 72 hours")));
  EXPECT_THAT(ProblemsOfBody("consent", {{"ad_user_data", true}}),
              ElementsAre("/consent/ad_user_data: true → GRANTED or DENIED"));
  Json large = Body(Purchase());
  large["user_properties"]["p"]["value"] = std::string(130000, 'x');
  EXPECT_THAT(ProblemTexts(Send(large)), ElementsAre(HasSubstr("→ at most 130000 bytes")));
}

TEST(Ga4Test, ChecksUserProperties) {
  const auto problems = [](const Json& properties) {
    return ProblemsOfBody("user_properties", properties);
  };
  EXPECT_THAT(problems({{"tier", {{"value", "gold"}}}}), IsEmpty());
  EXPECT_THAT(problems({{std::string(25, 'x'), {{"value", 1}}}}),
              ElementsAre(HasSubstr("a name of 1 to 24 letters")));
  EXPECT_THAT(problems({{"tier", {{"value", std::string(37, 'x')}}}}),
              ElementsAre(HasSubstr("/user_properties/tier/value: \"xxx")));
  EXPECT_THAT(problems({{"google_x", {{"value", 1}}}}), ElementsAre(HasSubstr("no name that")));
  EXPECT_THAT(problems({{"tier", "gold"}}),
              ElementsAre(HasSubstr("/user_properties/tier/value: nothing")));
  Json many = Json::object();
  for (int i = 0; i < 26; ++i) many["p" + std::to_string(i)]["value"] = 1;
  EXPECT_THAT(problems(many), ElementsAre(HasSubstr("→ at most 25 members")));
}

TEST(Ga4Test, ChecksNames) {
  EXPECT_THAT(ProblemsOfName("page_view"), IsEmpty());
  EXPECT_THAT(ProblemsOfName(std::string(40, 'x')), IsEmpty());
  for (const std::string name : {"", "_x", "1x", "Order Completed", "ä"}) {
    EXPECT_THAT(ProblemsOfName(name), ElementsAre(HasSubstr("1 to 40 letters"))) << name;
  }
  EXPECT_THAT(ProblemsOfName(std::string(41, 'x')),
              ElementsAre("/events/0/name: text of 41 characters → 1 to 40 letters, digits and _, "
                          "a letter first"));
  for (const char* name : {"session_start", "firebase_x", "ga_x"}) {
    EXPECT_THAT(ProblemsOfName(name), ElementsAre(HasSubstr("keeps not for itself"))) << name;
  }
}

TEST(Ga4Test, ChecksParameters) {
  EXPECT_THAT(ProblemsOfParam("bad name", 1), ElementsAre(HasSubstr("a name of 1 to 40 letters")));
  EXPECT_THAT(
      ProblemsOfParam("long", std::string(101, 'x')),
      ElementsAre("/events/0/params/long: text of 101 characters → at most 100 characters"));
  EXPECT_THAT(ProblemsOfParam("page_location", std::string(1000, 'x')), IsEmpty());
  EXPECT_THAT(ProblemsOfParam("page_title", std::string(301, 'x')),
              ElementsAre(HasSubstr("at most 300")));
  EXPECT_THAT(ProblemsOfParam("nested", Json::object()),
              ElementsAre(HasSubstr("text, a number, true or false")));
  Json event = Purchase();
  for (int i = 0; i < 20; ++i) event["params"]["p" + std::to_string(i)] = i;
  EXPECT_THAT(ProblemTexts(Send(Body(event))),
              ElementsAre("/events/0/params: an object of 26 members → at most 25 members"));
  event["params"] = "text";
  EXPECT_THAT(ProblemTexts(Send(Body(event))), ElementsAre(HasSubstr("/params: \"text\"")));
}

TEST(Ga4Test, ChecksCommerce) {
  EXPECT_THAT(ProblemsOfParam("currency", nullptr),
              ElementsAre(HasSubstr("/currency: null → text, a number"),
                          HasSubstr("/currency: null → a currency of 3 letters")));
  EXPECT_THAT(ProblemsOfParam("currency", "Euro"), ElementsAre(HasSubstr("3 letters, such as")));
  EXPECT_THAT(ProblemsOfParam("value", "4.99"), ElementsAre(HasSubstr("/value: \"4.99\"")));
  EXPECT_THAT(ProblemsOfParam("transaction_id", ""),
              ElementsAre(HasSubstr("/transaction_id: empty text")));
  EXPECT_THAT(ProblemsOfParam("items", Json::array()),
              ElementsAre(HasSubstr("/items: an array of 0 items")));
  EXPECT_THAT(
      ProblemsOfParam("items", Json::array({1, {{"quantity", 1}}})),
      ElementsAre(HasSubstr("/items/0: the number 1"), HasSubstr("/items/1/item_id: nothing")));
  EXPECT_THAT(ProblemsOfParam("items", std::vector<Json>(201, {{"item_id", "s"}})),
              ElementsAre(HasSubstr("at most 200 items")));
}

TEST(Ga4Test, TheValidationServerNamesThemAndKeepsNothing) {
  const std::string path = "/debug/mp/collect?measurement_id=G-X&api_secret=S";
  const Outcome good = Send(Body(Purchase()), path);
  EXPECT_EQ(good.reply.content, R"({"validationMessages":[]})");
  EXPECT_THAT(good.records, IsEmpty());
  const Outcome bad = Send(Body({{"name", "_x"}}), path);
  EXPECT_THAT(bad.records, IsEmpty());
  const Json messages = ReplyJson(bad)["validationMessages"];
  ASSERT_THAT(messages, SizeIs(1));
  EXPECT_EQ(messages[0]["fieldPath"], "events.0.name");
  EXPECT_EQ(messages[0]["validationCode"], "NAME_INVALID");
  EXPECT_THAT(Ga4Dialect().answer(PostOf(path, "{")).reply.content, HasSubstr("VALUE_INVALID"));
}

}  // namespace
}  // namespace waymark::collector
