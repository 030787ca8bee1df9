// Plausible, Umami and Jitsu: one event in a request.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dialect_request.h"
#include "dialects/dialects.h"
#include "event_samples.h"

namespace waymark::collector {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using Headers = std::map<std::string, std::string>;

const Headers kPlain = {{"content-type", "text/plain"}};
const Headers kJson = {{"content-type", "application/json"}};

// --- Plausible ----------------------------------------------------------------------------------

Json PlausibleOrder() {
  return {{"n", "Order Completed"},
          {"u", "https://shop.example/thanks"},
          {"d", "shop.example"},
          {"p", {{"order_id", "order-1"}}},
          {"$", {{"amount", 4.99}, {"currency", "EUR"}}}};
}

Outcome SendPlausible(const Json& body) {
  return PlausibleDialect().answer(PostOf("/api/event", ToText(body), kPlain));
}

Outcome PlausibleWith(const char* member, const Json& value) {
  Json body = PlausibleOrder();
  body[member] = value;
  return SendPlausible(body);
}

// "url is required" of a refused event.
std::string PlausibleError(const char* member, const Json& value) {
  const Outcome outcome = PlausibleWith(member, value);
  EXPECT_EQ(outcome.reply.status, 400);
  EXPECT_THAT(outcome.records, IsEmpty());
  const Json errors = ReplyJson(outcome)["errors"];
  for (const auto& [field, words] : errors.items()) {
    return field + " " + words[0].get<std::string>();
  }
  return "";
}

TEST(PlausibleTest, ReadsAnEvent) {
  const Outcome outcome = SendPlausible(PlausibleOrder());
  EXPECT_EQ(outcome.reply.status, 202);
  EXPECT_EQ(outcome.reply.content, "ok");
  ASSERT_THAT(outcome.records, SizeIs(1));
  const ReceivedEvent& event = outcome.records[0].event;
  EXPECT_EQ(event.kind, "track");
  EXPECT_EQ(event.name, "Order Completed");
  EXPECT_EQ(event.order_id, "order-1");
  EXPECT_EQ(event.time_ms, kReceivedMs);
  EXPECT_EQ(event.raw, ToText(PlausibleOrder()));
  EXPECT_THAT(ProblemTexts(outcome), IsEmpty());
}

TEST(PlausibleTest, ReadsLongNamesPageViewsAndEngagement) {
  Outcome outcome = SendPlausible({{"name", "pageview"}, {"url", "https://x/"}, {"domain", "x"}});
  EXPECT_EQ(outcome.records.at(0).event.kind, "page");
  outcome = SendPlausible(
      {{"n", "engagement"}, {"u", "https://x/"}, {"d", "x"}, {"sd", 80}, {"e", 1200}});
  EXPECT_EQ(outcome.records.at(0).event.kind, "ping");
  EXPECT_THAT(ProblemTexts(outcome), IsEmpty());
}

TEST(PlausibleTest, RefusesByField) {
  EXPECT_EQ(PlausibleError("n", " "), "event_name can't be blank");
  EXPECT_THAT(PlausibleError("n", std::string(121, 'x')), HasSubstr("event_name should be"));
  EXPECT_EQ(PlausibleError("u", nullptr), "url is required");
  EXPECT_EQ(PlausibleError("u", 1), "url must be a string");
  EXPECT_EQ(PlausibleError("u", "data:text/html,x"), "url scheme is not allowed");
  EXPECT_THAT(PlausibleError("u", "https://x/" + std::string(2000, 'x')), HasSubstr("pathname"));
  EXPECT_EQ(PlausibleError("d", ""), "domain can't be blank");
  EXPECT_THAT(PlausibleError("r", std::string(2001, 'x')), HasSubstr("referrer should be"));
  for (const char* text : {"", "[]", "{"}) {
    const Outcome outcome = PlausibleDialect().answer(PostOf("/api/event", text, kPlain));
    EXPECT_EQ(outcome.reply.status, 400);
    EXPECT_THAT(outcome.reply.content, HasSubstr("Unable to parse request body as json"));
    EXPECT_THAT(ProblemTexts(outcome), SizeIs(1));
  }
}

TEST(PlausibleTest, NotesWhatIsLeftOutOrCut) {
  const auto problems = [](const char* member, const Json& value) {
    return ProblemTexts(PlausibleWith(member, value));
  };
  EXPECT_THAT(problems("p", {{"list", Json::array()}}), ElementsAre(HasSubstr("/p/list")));
  EXPECT_THAT(problems("p", {{"empty", ""}}), ElementsAre(HasSubstr("/p/empty: empty text")));
  EXPECT_THAT(problems("p", {{"long", std::string(2001, 'x')}}),
              ElementsAre(HasSubstr("at most 2000")));
  EXPECT_THAT(problems("p", {{std::string(301, 'x'), 1}}), ElementsAre(HasSubstr("at most 300")));
  EXPECT_THAT(problems("p", 1), ElementsAre(HasSubstr("/p: the number 1 → a JSON object")));
  Json many = Json::object();
  for (int i = 0; i < 31; ++i) many["p" + std::to_string(i)] = 1;
  EXPECT_THAT(problems("p", many), ElementsAre(HasSubstr("at most 30 members")));
  EXPECT_THAT(problems("$", {{"amount", true}, {"currency", "Euro"}}),
              ElementsAre(HasSubstr("/$/currency"), HasSubstr("/$/amount")));
  EXPECT_THAT(problems("i", "no"), ElementsAre(HasSubstr("/i: \"no\" → true or false")));
  Json engagement = PlausibleOrder();
  engagement["n"] = "engagement";
  engagement["sd"] = 256;
  EXPECT_THAT(ProblemTexts(SendPlausible(engagement)),
              ElementsAre(HasSubstr("/sd: the number 256"), HasSubstr("/e: nothing")));
}

// --- Umami --------------------------------------------------------------------------------------

constexpr char kWebsite[] = "01970000-0000-7000-8000-000000000001";

Json UmamiOrder() {
  return {{"type", "event"},
          {"payload",
           {{"website", kWebsite},
            {"hostname", "shop.example"},
            {"url", "/thanks"},
            {"title", "Thanks"},
            {"id", "user-1"},
            {"name", "Order Completed"},
            {"data", {{"order_id", "order-1"}}}}}};
}

Outcome SendUmami(const Json& body, const Headers& headers = kJson) {
  return UmamiDialect().answer(PostOf("/api/send", ToText(body), headers));
}

std::vector<std::string> UmamiProblemsWith(const char* member, const Json& value, int status) {
  Json body = UmamiOrder();
  body["payload"][member] = value;
  const Outcome outcome = SendUmami(body);
  EXPECT_EQ(outcome.reply.status, status);
  return ProblemTexts(outcome);
}

TEST(UmamiTest, ReadsAnEventAndGivesAToken) {
  const Outcome outcome = SendUmami(UmamiOrder());
  EXPECT_EQ(outcome.reply.status, 200);
  ASSERT_THAT(outcome.records, SizeIs(1));
  const ReceivedEvent& event = outcome.records[0].event;
  EXPECT_EQ(event.kind, "track");
  EXPECT_EQ(event.name, "Order Completed");
  EXPECT_EQ(event.user_id, "user-1");
  EXPECT_EQ(event.order_id, "order-1");
  EXPECT_THAT(ProblemTexts(outcome), IsEmpty());
  const std::string token = FindText(ReplyJson(outcome), "cache");
  EXPECT_FALSE(token.empty());
  Headers again = kJson;
  again["x-umami-cache"] = token;
  EXPECT_THAT(ProblemTexts(SendUmami(UmamiOrder(), again)), IsEmpty());
  again["x-umami-cache"] = "x";
  EXPECT_THAT(ProblemTexts(SendUmami(UmamiOrder(), again)),
              ElementsAre(HasSubstr("header x-umami-cache")));
}

TEST(UmamiTest, NamesTheKinds) {
  Json body = UmamiOrder();
  body["payload"].erase("name");
  body["payload"]["timestamp"] = 1795284000;
  ReceivedEvent event = SendUmami(body).records.at(0).event;
  EXPECT_EQ(event.kind + " " + event.name, "page Thanks");
  EXPECT_EQ(event.time_ms, 1795284000000);
  body["type"] = "identify";
  EXPECT_EQ(SendUmami(body).records.at(0).event.kind, "identify");
}

TEST(UmamiTest, Refuses) {
  Json body = UmamiOrder();
  body["type"] = "purchase";
  EXPECT_EQ(ReplyJson(SendUmami(body))["error"]["status"], 400);
  EXPECT_THAT(ProblemTexts(SendUmami(body)), ElementsAre(HasSubstr("/type: \"purchase\"")));
  EXPECT_THAT(ProblemTexts(SendUmami({{"type", "event"}})), ElementsAre(HasSubstr("/payload")));
  EXPECT_THAT(ProblemTexts(SendUmami(Json::array())), ElementsAre(HasSubstr("body: an array")));
  EXPECT_THAT(UmamiProblemsWith("website", "1", 400), ElementsAre(HasSubstr("→ a UUID")));
  EXPECT_THAT(UmamiProblemsWith("link", kWebsite, 400), ElementsAre(HasSubstr("one UUID")));
  EXPECT_THAT(UmamiProblemsWith("name", "=1+1", 400), ElementsAre(HasSubstr("does not begin")));
  EXPECT_THAT(UmamiProblemsWith("url", "thanks", 400), ElementsAre(HasSubstr("a path, or")));
  EXPECT_THAT(UmamiProblemsWith("title", 1, 400), ElementsAre(HasSubstr("/payload/title")));
  EXPECT_THAT(UmamiProblemsWith("data", 1, 400), ElementsAre(HasSubstr("/payload/data")));
  EXPECT_THAT(UmamiProblemsWith("timestamp", "x", 400), ElementsAre(HasSubstr("/timestamp")));
}

TEST(UmamiTest, NotesWhatIsCut) {
  EXPECT_THAT(UmamiProblemsWith("name", std::string(51, 'x'), 200),
              ElementsAre(HasSubstr("at most 50")));
}

// --- Jitsu --------------------------------------------------------------------------------------

const Headers kKey = {{"content-type", "application/json"}, {"x-write-key", "key"}};

Outcome SendJitsu(const Json& body, const std::string& path = "/api/s/track",
                  const Headers& headers = kKey) {
  return JitsuDialect().answer(PostOf(path, ToText(body), headers));
}

std::string JitsuError(const Json& body, const std::string& path = "/api/s/track") {
  const Outcome outcome = SendJitsu(body, path);
  EXPECT_EQ(outcome.reply.status, 200);
  EXPECT_THAT(outcome.records, IsEmpty());
  EXPECT_FALSE(outcome.problems.empty());
  return FindText(ReplyJson(outcome), "error");
}

TEST(JitsuTest, ReadsAnEvent) {
  for (const char* path : {"/api/s/track", "/api/s/t", "/api/s/event", "/api/s/s2s/track"}) {
    const Outcome outcome = SendJitsu(OrderCompleted(), path);
    EXPECT_EQ(outcome.reply.content, R"({"ok":true})");
    ASSERT_THAT(outcome.records, SizeIs(1)) << path;
    EXPECT_EQ(outcome.records[0].event.kind, "track");
    EXPECT_EQ(outcome.records[0].event.order_id, "order-1");
    EXPECT_THAT(ProblemTexts(outcome), IsEmpty());
  }
}

TEST(JitsuTest, SaysWhatIsWrongWithAGoodStatus) {
  Json event = OrderCompleted();
  event["event"] = "";
  EXPECT_THAT(JitsuError(event), HasSubstr("/event: found empty text"));
  event["event"] = std::string(65, 'x');
  EXPECT_THAT(JitsuError(event), HasSubstr("at most 64 bytes"));
  event["event"] = "a; drop";
  EXPECT_THAT(JitsuError(event), HasSubstr("without --, ;"));
  event["type"] = "purchase";
  EXPECT_THAT(JitsuError(event, "/api/s/event"), HasSubstr("/type: found \"purchase\""));
  EXPECT_THAT(JitsuError(Json::array()), HasSubstr("body: found an array"));
  EXPECT_THAT(FindText(ReplyJson(JitsuDialect().answer(PostOf("/api/s/track", "{"))), "error"),
              HasSubstr("error parsing message"));
}

TEST(JitsuTest, RefusesOtherContentTypes) {
  EXPECT_EQ(
      SendJitsu(OrderCompleted(), "/api/s/track", {{"content-type", "text/html"}}).reply.status,
      400);
}

TEST(JitsuTest, NotesWhatIsFilledIn) {
  Json event = OrderCompleted();
  event.erase("messageId");
  EXPECT_THAT(ProblemTexts(SendJitsu(event)), ElementsAre(HasSubstr("/messageId: nothing")));
  event["messageId"] = "m";
  event["timestamp"] = "today";
  EXPECT_THAT(ProblemTexts(SendJitsu(event)), ElementsAre(HasSubstr("/timestamp: \"today\"")));
  EXPECT_THAT(ProblemTexts(SendJitsu(OrderCompleted(), "/api/s/track", kJson)),
              ElementsAre(HasSubstr("header X-Write-Key")));
}

}  // namespace
}  // namespace waymark::collector
