// The generic collector: whole protocols as data, and what becomes of templates that cannot be.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <random>

#include "collector_fixture.h"

namespace waymark_test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// An entry of `collectors` from docs/generic.
Json Sample(const std::string& name) {
  std::ifstream in(std::string(WAYMARK_GENERIC_SAMPLES) + "/" + name + ".json");
  EXPECT_TRUE(in) << name;
  return Json::parse(in);
}

// A shop with this collector alone.
Json ConfigWith(const Json& entry, const std::string& channel = "web") {
  Json config = OneCollector("segment", {{"write_key", "K"}});
  config["app"]["channel"] = channel;
  config["collectors"][0] = entry;
  return config;
}

Json BuiltIn(const std::string& protocol, const std::string& url, const Json& options) {
  return {{"id", "c"},
          {"protocol", protocol},
          {"url", url},
          {"needs", {"analytics"}},
          {"options", options}};
}

Json Generic(const Json& options) { return BuiltIn("generic", "https://c.example", options); }

// The samples and what they stand for.
struct Twin {
  std::string name;
  Json built_in;
};

std::vector<Twin> Twins() {
  return {{"segment", BuiltIn("segment", "https://c.example", {{"write_key", "K"}})},
          {"rudderstack", BuiltIn("rudderstack", "https://c.example", {{"write_key", "K"}})},
          {"jitsu", BuiltIn("jitsu", "https://c.example", {{"write_key", "K"}})},
          {"cloudevents",
           BuiltIn("cloudevents", "https://c.example/events",
                   {{"source", "https://shop.example/web"},
                    {"type_prefix", "com.example."},
                    {"schemas", {{"order_completed", "https://shop.example/order.json"}}},
                    {"headers", {{"X-Key", "k 1"}}}})}};
}

// What every kind of event becomes: by itself, with a context, without a name, with odd text, many
// at once so that they are compressed, and with losses to tell.
void Live(FakeHost& host) {
  host.Settle();
  host.Send(
      {{"type", "set_context"},
       {"context",
        {{"page", {{"url", "https://shop.example/p/7?q=\"1\""}, {"path", "/p/7"}, {"title", "Ä"}}},
         {"viewport", {{"width", 1200}}},
         {"document", {{"height", 4000}}},
         {"campaign", {{"source", "mail"}}},
         {"locale", "de-DE"}}}});
  host.Page();
  host.Page("Product");
  host.Send({{"type", "page"}, {"properties", {{"title", "own"}, {"path", nullptr}}}});
  host.Send({{"type", "screen"}, {"name", "Basket \n«x»"}});
  host.Identify("u-\"100\"", {{"email", "ann@example.com"}});
  host.Track("lamp_rubbed", {{"wishes", {1, 2.50, nullptr, true}}, {"deep", {{"a", "\u2028"}}}});
  host.Track("product_added_to_wishlist");
  host.Send({{"type", "track"}, {"name", "a"}, {"context", {{"locale", nullptr}, {"x", {1}}}}});
  host.Advance(3'000);
  for (int i = 0; i < 30; ++i) host.Track("order_completed", {{"total", 108.9}, {"i", i}});
  host.Advance(3'000);
  // Too big for the queue: some are lost, and the next one tells it.
  for (int i = 0; i < 60; ++i) host.Track("b", {{"text", std::string(2'000, 'x')}, {"i", i}});
  host.Advance(60'000);
}

std::vector<std::string> RequestsOf(const Json& entry) {
  Json config = ConfigWith(entry);
  config["delivery"]["outbox_bytes_max"] = 65'536;
  FakeHost host(config, "https://shop.example");
  Live(host);
  EXPECT_GT(host.View()["collectors"]["c"]["lost"]["quota"], 0);
  std::vector<std::string> requests;
  for (const Request& request : host.requests) {
    // Headers have no order.
    const auto headers = nlohmann::json::parse(request.headers.dump());
    requests.push_back(request.method + " " + request.url + " " + headers.dump() + "\n" +
                       request.body);
  }
  return requests;
}

TEST(GenericTest, DataMakesTheBytesOfBuiltInEncoders) {
  for (const Twin& twin : Twins()) {
    Json built_in = twin.built_in;
    const std::vector<std::string> ours = RequestsOf(built_in);
    const std::vector<std::string> datas = RequestsOf(Sample(twin.name));
    ASSERT_GE(ours.size(), 3u) << twin.name;
    ASSERT_EQ(ours.size(), datas.size()) << twin.name;
    for (size_t i = 0; i < ours.size(); ++i) EXPECT_EQ(ours[i], datas[i]) << twin.name << " " << i;
  }
}

TEST(GenericTest, DataMakesTheBytesOfDeidentifiedEventsToo) {
  for (const Twin& twin : Twins()) {
    const auto built_in = MakeProtocol(twin.built_in["protocol"], twin.built_in["options"].dump());
    const auto data = MakeProtocol("generic", Sample(twin.name)["options"].dump());
    ASSERT_TRUE(data) << twin.name;
    Happening page = Happening::Page();
    Happening track("order_completed", R"({"total":1})");
    Happening screen = Happening::Screen("Basket");
    for (Happening* one : {&page, &track, &screen}) {
      EXPECT_EQ(Encode(*data, *one), Encode(*built_in, *one)) << twin.name;
      one->Deidentified();
      EXPECT_EQ(Encode(*data, *one), Encode(*built_in, *one)) << twin.name;
    }
    Happening anonymous("a");
    anonymous.Anonymous();
    EXPECT_EQ(Encode(*data, anonymous), Encode(*built_in, anonymous)) << twin.name;
  }
}

// The fault table: data says of every status what the built-in encoder says.
TEST(GenericTest, DataJudgesEveryStatusLikeBuiltInEncoders) {
  for (const Twin& twin : Twins()) {
    const auto built_in = MakeProtocol(twin.built_in["protocol"], twin.built_in["options"].dump());
    const auto data = MakeProtocol("generic", Sample(twin.name)["options"].dump());
    for (int status = 100; status < 600; ++status) {
      const waymark::CollectorAnswer answer{status, 2, "", {}};
      EXPECT_EQ(data->JudgeAnswer(answer).verdict, built_in->JudgeAnswer(answer).verdict)
          << twin.name << " " << status;
    }
  }
}

std::string FatesAt(int status) {
  return Fates("generic",
               {{"event", {{"id", {{"$", "/message_id"}}}}},
                {"answers",
                 {{"accept", {"2xx"}},
                  {"retry", {"429", "50x"}},
                  {"reject", {"501", "299"}},
                  {"split", {"413"}},
                  {"unknown", {"5xx"}}}},
                {"unanswered", "leave"}},
               Answer{status, "", ""});
}

TEST(GenericTest, TheLongestStatusThatMatchesCounts) {
  EXPECT_EQ(FatesAt(204), "acknowledged 4");
  EXPECT_EQ(FatesAt(299), "rejected 4");
  EXPECT_EQ(FatesAt(400), "rejected 4");
  EXPECT_EQ(FatesAt(429), "later 4");
  EXPECT_EQ(FatesAt(501), "rejected 4");
  EXPECT_EQ(FatesAt(503), "later 4");
  EXPECT_EQ(FatesAt(511), "unanswered 4");
  EXPECT_EQ(FatesAt(413), "again 4");  // as halves
}

TEST(GenericTest, WithoutAnswersTheUsualHolds) {
  const auto fates = [](int status) {
    return Fates("generic", {{"event", {{"id", 1}}}}, Answer{status, "", ""});
  };
  EXPECT_EQ(fates(200), "acknowledged 4");
  EXPECT_EQ(fates(302), "rejected 4");
  EXPECT_EQ(fates(404), "rejected 4");
  EXPECT_EQ(fates(408), "later 4");
  EXPECT_EQ(fates(413), "again 4");
  EXPECT_EQ(fates(504), "later 4");
}

// One event in the form of the template.
std::string Written(const Json& event, const Happening& happening = Happening("a")) {
  std::string problems;
  const auto collector = MakeProtocol("generic", Json{{"event", event}}.dump(), &problems);
  EXPECT_EQ(problems, "");
  return collector ? Encode(*collector, happening) : "";
}

Json At(const char* pointer, const Json& more = Json::object()) {
  Json expression = {{"$", pointer}};
  expression.update(more);
  return expression;
}

TEST(GenericTest, EachFilterMakesItsText) {
  const Happening event("a", R"({"id":" Ann@X.de ","n":"19.90","m":7,"bad":"x","o":{"k":[1]},
                                 "t":-1,"ä":"ö"})");
  const auto as = [&](const char* pointer, const Json& filter) {
    return Written({{"v", At(pointer, {{"as", filter}})}}, event);
  };
  EXPECT_EQ(as("/time_ms", "iso"), R"({"v":"2026-11-04T18:46:10.000Z"})");
  EXPECT_EQ(as("/time_ms", "ms"), R"({"v":1793817970000})");
  EXPECT_EQ(as("/time_ms", "s"), R"({"v":1793817970})");
  EXPECT_EQ(as("/time_ms", "us"), R"({"v":1793817970000000})");
  EXPECT_EQ(as("/properties/t", "s"), R"({"v":-1})");
  EXPECT_EQ(as("/time_ms", "string"), R"({"v":"1793817970000"})");
  EXPECT_EQ(as("/properties/o", "string"), R"({"v":"{\"k\":[1]}"})");
  EXPECT_EQ(as("/properties/n", "number"), R"({"v":19.90})");
  EXPECT_EQ(as("/properties/m", "number"), R"({"v":7})");
  EXPECT_EQ(as("/properties/id", "base64"), R"({"v":"IEFubkBYLmRlIA=="})");
  EXPECT_EQ(as("/properties/ä", "base64url"), R"({"v":"w7Y"})");
  // printf ann@x.de | sha256sum
  EXPECT_EQ(as("/properties/id", {"trim", "lowercase", "sha256"}),
            R"({"v":"49b768c9f07f390474472905d9fa79ca0b401c291ec78b680f835aaecd4ec7b9"})");
  // What a filter can make nothing of is left out: here all there is.
  EXPECT_EQ(as("/properties/bad", "number"), "");
  EXPECT_EQ(as("/properties/bad", "iso"), "");
}

TEST(GenericTest, WhatIsNotThereIsLeftOut) {
  const Json event = {{"user", At("/user_id")},
                      {"empty", Json::object()},
                      {"none", nullptr},
                      {"all", {{"gone", At("/properties/x")}}},
                      {"list", {At("/user_id"), At("/name")}},
                      {"or", At("/user_id", {{"else", "nobody"}})},
                      {"$$", "kept"}};
  Happening anonymous("a");
  EXPECT_EQ(Written(event, anonymous.Anonymous()),
            R"({"empty":{},"none":null,"list":["a"],"or":"nobody","$":"kept"})");
  EXPECT_EQ(Written(event), R"({"user":"u-100","empty":{},"none":null,"list":["u-100","a"],)"
                            R"("or":"u-100","$":"kept"})");
  // Nothing left: no place, and no need.
  EXPECT_EQ(Written({{"gone", At("/properties/x")}}), "");
}

TEST(GenericTest, AnEventWithoutAPlaceIsDoneWithoutBeingSent) {
  FakeHost host(ConfigWith(Generic({{"event", At("/type", {{"in", {{"page", {{"p", 1}}}}}})}})));
  host.Settle();
  host.Track("a");
  host.Advance(5'000);
  EXPECT_EQ(host.requests.size(), 0u);
  EXPECT_EQ(host.View()["queue"]["events"], 0);
  host.Page();
  host.Advance(5'000);
  ASSERT_EQ(host.requests.size(), 1u);
  EXPECT_EQ(host.requests[0].body, R"([{"p":1}])");
}

TEST(GenericTest, ListsAreMappedOneByOne) {
  const Happening order("order_completed", R"({"products":[{"product_id":"p1","price":2},
      {"price":"3.5"},{}],"none":null})");
  EXPECT_EQ(
      Written({{"items",
                At("/properties/products",
                   {{"each",
                     {{"id", At("./product_id")}, {"price", At("./price", {{"as", "number"}})}}}})},
               {"first", At("/properties/products/0/product_id")},
               {"no", At("/properties/none", {{"each", 1}})}},
              order),
      R"({"items":[{"id":"p1","price":2},{"price":3.5}],"first":"p1"})");
}

TEST(GenericTest, TextsAreJoinedWhenAllIsThere) {
  const Json event = {{"a", {{"$", "join"}, {"of", {"x-", At("/name"), "-", At("/time_ms")}}}},
                      {"b", {{"$", "join"}, {"of", {"y", At("/properties/x")}}}}};
  EXPECT_EQ(Written(event), R"({"a":"x-a-1793817970000"})");
}

TEST(GenericTest, BatchesHaveTheShapeThatIsAskedFor) {
  const auto body = [](Json options) {
    options["event"] = {{"n", At("/name")}};
    std::string problems;
    const auto collector = MakeProtocol("generic", options.dump(), &problems);
    EXPECT_EQ(problems, "");
    const Happening a("a");
    const Happening b("b");
    return EncodeBody(*collector, {&a, &b});
  };
  EXPECT_EQ(body(Json::object()), R"([{"n":"a"},{"n":"b"}])");
  EXPECT_EQ(body({{"batch", "lines"}}), "{\"n\":\"a\"}\n{\"n\":\"b\"}\n");
  EXPECT_EQ(body({{"body",
                   {{"k", "K"},
                    {"in", {{"list", {{"$", "events"}}}}},
                    {"at", At("/sent_ms", {{"as", "s"}})},
                    {"v", At("/app/version")}}}}),
            R"({"k":"K","in":{"list":[{"n":"a"},{"n":"b"}]},"at":1793817971,"v":"1.2.0"})");
}

TEST(GenericTest, OneEventARequestMayStandInABody) {
  FakeHost host(ConfigWith(Generic({{"event", {{"n", At("/name")}}},
                                    {"batch", "single"},
                                    {"body", {{"payload", {{"$", "events"}}}}}})));
  host.Settle();
  host.Track("a");
  host.Track("b");
  host.Advance(5'000);
  ASSERT_EQ(host.requests.size(), 2u);
  EXPECT_EQ(host.requests[0].body, R"({"payload":{"n":"a"}})");
  EXPECT_EQ(host.requests[1].body, R"({"payload":{"n":"b"}})");
}

TEST(GenericTest, AQueryHoldsTheMembers) {
  FakeHost host(ConfigWith(Generic(
      {{"method", "get"},
       {"batch", "single"},
       {"path", "/i"},
       {"event", {{"e n", At("/name")}, {"p", At("/properties")}, {"no", At("/traits")}}}})));
  host.Settle();
  host.Track("a&b", {{"x", "ä"}});
  host.Advance(5'000);
  ASSERT_EQ(host.requests.size(), 1u);
  EXPECT_EQ(host.requests[0].method, "GET");
  EXPECT_EQ(host.requests[0].body, "");
  EXPECT_EQ(host.requests[0].url, "https://c.example/i?e%20n=a%26b&p=%7B%22x%22%3A%22%C3%A4%22%7D");
  EXPECT_EQ(host.requests[0].headers, Json::object());
}

TEST(GenericTest, UrlAndHeadersBelongToEventsOfEqualValues) {
  FakeHost host(
      ConfigWith(Generic({{"path", {{"$", "join"}, {"of", {"/", At("/properties/shop"), "/in"}}}},
                          {"headers",
                           {{"X-Id", At("/request_id")},
                            {"X-Try", At("/attempt")},
                            {"X-Note", At("/properties/note")}}},
                          {"event", {{"i", At("/properties/i")}}}})));
  host.Settle();
  host.Track("a", {{"i", 1}, {"shop", "b/ü"}});
  host.Track("a", {{"i", 2}, {"shop", "b/ü"}});
  host.Track("a", {{"i", 3}, {"shop", "b/ü"}, {"note", "x\r\nSet-Cookie: ü"}});
  host.Track("a", {{"i", 4}});  // where to?
  host.network = [&](const Request&) {
    return host.requests.empty() ? Answer{503, "", ""} : Answer();
  };
  host.Advance(60'000);
  ASSERT_GE(host.requests.size(), 3u);
  EXPECT_EQ(host.requests[0].url, "https://c.example/b%2F%C3%BC/in");
  EXPECT_EQ(host.requests[0].body, R"([{"i":1},{"i":2}])");
  EXPECT_EQ(host.requests[0].headers["X-Try"], "1");
  EXPECT_FALSE(host.requests[0].headers.contains("X-Note"));
  EXPECT_EQ(host.requests.back().headers["X-Note"], "x%0D%0ASet-Cookie: %C3%BC");
  EXPECT_NE(host.requests[0].headers["X-Id"], host.requests.back().headers["X-Id"]);
  EXPECT_EQ(host.View()["collectors"]["c"]["lost"]["rejected"], 1);
  EXPECT_EQ(host.View()["collectors"]["c"]["acknowledged"], 3);
}

TEST(GenericTest, NoValueOfAnEventBecomesAHost) {
  const auto collector = MakeProtocol("generic", R"({"path":{"$":"/name"},"event":{"a":1}})");
  Happening event(".evil.example/@");
  const waymark::String key = collector->BatchKey(event.event());
  waymark::Attempt attempt;
  attempt.key = key;
  EXPECT_EQ(collector->Request(attempt).url, "https://c.example/.evil.example%2F%40");
}

TEST(GenericTest, WhatIsDemandedMustBeThere) {
  const auto collector =
      MakeProtocol("generic", R"({"event":{"a":1},"demands":["/user_id","/properties/total"]})");
  EXPECT_EQ(Encode(*collector, Happening("a", R"({"total":1})")), R"({"a":1})");
  EXPECT_THAT(Encode(*collector, Happening("a")), HasSubstr("refused: /properties/total: nothing"));
  Happening anonymous("a", R"({"total":1})");
  EXPECT_THAT(Encode(*collector, anonymous.Deidentified()), HasSubstr("refused: /user_id"));
}

TEST(GenericTest, ADeidentifiedEventHoldsWhatItHasAndSendsNoCookies) {
  const Json event = {{"id", At("/message_id")},
                      {"user", At("/user_id")},
                      {"who", At("/anonymous_id")},
                      {"session", At("/session")},
                      {"at", At("/time_ms", {{"as", "iso"}})},
                      {"properties", At("/properties")},
                      {"page", At("/context/page")},
                      {"nobody", At("/deidentified")}};
  Happening happening("a", R"({"secret":1})");
  EXPECT_EQ(Written(event, happening.Deidentified()),
            R"({"id":"0a1b2c3d-0000-8000-8000-000000000004","at":"2026-11-04T18:00:00.000Z",)"
            R"("page":{"path":"/p/7"},"nobody":true})");
  const auto collector = MakeProtocol("generic", R"({"event":{"a":1},"credentials":true})");
  waymark::Attempt attempt;
  EXPECT_TRUE(collector->Request(attempt).credentials);
  attempt.deidentified = true;
  EXPECT_FALSE(collector->Request(attempt).credentials);
}

TEST(GenericTest, OnlyASimpleRequestIsSimple) {
  waymark::Attempt attempt;
  attempt.simple = true;
  EXPECT_EQ(MakeProtocol("generic", R"({"event":{"a":1},"simple":true})")->Request(attempt).headers,
            R"({"Content-Type":"text/plain"})");
  EXPECT_FALSE(MakeProtocol("generic", R"({"event":{"a":1}})")->rules().can_be_simple);
}

// code and pointer of each problem of the options.
std::vector<std::string> ProblemsOf(const Json& options) {
  FakeHost host(ConfigWith(Generic(options)));
  const Json output = host.Send({{"type", "wake"}});
  std::vector<std::string> found;
  if (!output.value("refused", false)) return found;
  for (const Json& problem : output["problems"]) {
    const std::string pointer = problem["pointer"];
    const std::string begin = "/collectors/0/options";
    EXPECT_EQ(pointer.substr(0, begin.size()), begin);
    found.push_back(problem["code"].get<std::string>() + " " + pointer.substr(begin.size()));
    EXPECT_NE(problem["found"], "") << problem;
    EXPECT_NE(problem["allowed"], "") << problem;
  }
  return found;
}

TEST(GenericTest, APointerLeadsIntoTheEvent) {
  const auto problems = [](const std::string& pointer) {
    return ProblemsOf({{"event", {{"a", {{"b", {At(pointer.c_str())}}}}}}});
  };
  for (const char* fits :
       {"/name", "/properties/x/y/0", "/context/page/url", "/session/id", "/consent/analytics",
        "/purposes/allowed", "/delivery", "/delivery/lost", "/app/version", "/sent_ms"}) {
    EXPECT_THAT(problems(fits), ElementsAre()) << fits;
  }
  for (const char* nowhere :
       {"", "name", "/nam", "/name/x", "/session/ids", "/consent/marketin", "/purposes/all",
        "/delivery/x", "/request_id", "/attempt", "./x", "/app/secret", "/", "mergee"}) {
    EXPECT_THAT(problems(nowhere), ElementsAre("not_allowed /event/a/b/0/$")) << nowhere;
  }
}

TEST(GenericTest, WhatCannotBeIsRefusedAtItsPlace) {
  const auto event = [](const Json& expression) {
    return ProblemsOf({{"event", {{"a", expression}}}});
  };
  EXPECT_THAT(event({{"$", "/name"}, {"as", "rot13"}}), ElementsAre("not_allowed /event/a/as"));
  EXPECT_THAT(event({{"$", "/name"}, {"as", {"trim", 7}}}),
              ElementsAre("not_allowed /event/a/as/1"));
  EXPECT_THAT(event({{"$", "/name"}, {"az", "iso"}}), ElementsAre("unknown_key /event/a/az"));
  EXPECT_THAT(event({{"$", 7}}), ElementsAre("not_allowed /event/a/$"));
  EXPECT_THAT(event({{"$", {"/name", "/nam"}}}), ElementsAre("not_allowed /event/a/$/1"));
  EXPECT_THAT(event({{"$", "merge"}}), ElementsAre("required /event/a"));
  EXPECT_THAT(event({{"$", "join"}, {"of", {"x", At("/y")}}}),
              ElementsAre("not_allowed /event/a/of/1/$"));
  EXPECT_THAT(event({{"$", "/type"}, {"in", 7}}), ElementsAre("wrong_type /event/a/in"));
  EXPECT_THAT(event({{"$", "/type"}, {"in", {{"x", At("/y")}}}, {"else", At("/z")}}),
              ElementsAre("not_allowed /event/a/else/$", "not_allowed /event/a/in/x/$"));
  EXPECT_THAT(event({{"$", "/context"}, {"without", {1}}}),
              ElementsAre("wrong_type /event/a/without/0"));
  EXPECT_THAT(event({{"$", "events"}}), ElementsAre("not_allowed /event/a"));
}

TEST(GenericTest, RequestsThatCannotBeAreRefused) {
  const auto with = [](Json options) {
    options["event"] = {{"a", 1}};
    return ProblemsOf(options);
  };
  EXPECT_THAT(ProblemsOf(Json::object()), ElementsAre("required /event"));
  EXPECT_THAT(with({{"body", {{"a", At("/name")}, {"e", {{"$", "events"}}}}}}),
              ElementsAre("not_allowed /body/a/$"));
  EXPECT_THAT(with({{"body", {{"a", 1}}}}), ElementsAre("required /body"));
  EXPECT_THAT(with({{"body", {{{"$", "events"}}, {{"$", "events"}}}}}),
              ElementsAre("not_allowed /body/1"));
  EXPECT_THAT(with({{"body", {{"$", "merge"}, {"of", {{{"$", "events"}}}}}}}),
              ElementsAre("not_allowed /body/of/0"));
  EXPECT_THAT(with({{"batch", "lines"}, {"body", {{"e", {{"$", "events"}}}}}}),
              ElementsAre("conflict /body"));
  EXPECT_THAT(with({{"method", "get"}}), ElementsAre("conflict /batch"));
  EXPECT_THAT(with({{"method", "delete"}}), ElementsAre("not_allowed /method"));
  EXPECT_THAT(with({{"path", "in"}}), ElementsAre("not_allowed /path"));
  EXPECT_THAT(with({{"path", {{"$", "join"}, {"of", {"/", At("/delivery")}}}}}),
              ElementsAre("not_allowed /path/of/1/$"));
  EXPECT_THAT(with({{"demands", {"/user"}}}), ElementsAre("not_allowed /demands/0"));
  EXPECT_THAT(with({{"simple", true}, {"headers", {{"X-Key", "k"}}}}),
              ElementsAre("conflict /simple"));
  EXPECT_THAT(with({{"limits", {{"events_max", 0}}}}),
              ElementsAre("out_of_range /limits/events_max"));
}

TEST(GenericTest, SomeHeadersAreNotTheConfigs) {
  const auto with = [](const std::string& name, const Json& value) {
    return ProblemsOf({{"event", {{"a", 1}}}, {"headers", {{name, value}}}});
  };
  for (const char* name : {"Host", "content-length", "Content-Encoding", "Cookie", "Origin",
                           "Sec-Fetch-Mode", "proxy-x", "Transfer-Encoding"}) {
    EXPECT_THAT(with(name, "x"), ElementsAre("not_allowed /headers/" + std::string(name)));
  }
  EXPECT_THAT(with("X Y", "x"), ElementsAre("not_allowed /headers/X Y"));
  EXPECT_THAT(with("X-Y", "a\r\nb"), ElementsAre("not_allowed /headers/X-Y"));
  EXPECT_THAT(with("X-Y", 7), ElementsAre("wrong_type /headers/X-Y"));
  EXPECT_THAT(with("X-Y", At("/nam")), ElementsAre("not_allowed /headers/X-Y/$"));
  EXPECT_THAT(with("X-Y", At("/name")), ElementsAre());
}

TEST(GenericTest, AnswersAreStatuses) {
  const auto with = [](const Json& answers) {
    return ProblemsOf({{"event", {{"a", 1}}}, {"answers", answers}});
  };
  EXPECT_THAT(with({{"retry", {"5xx"}}}), ElementsAre("required /answers/accept"));
  EXPECT_THAT(with({{"accept", {"2xx"}}, {"again", {"5xx"}}}),
              ElementsAre("unknown_key /answers/again"));
  EXPECT_THAT(with({{"accept", {"2x1", "xxx", "600", "2XX", "20x"}}}),
              ElementsAre("not_allowed /answers/accept/0", "not_allowed /answers/accept/1",
                          "not_allowed /answers/accept/2", "not_allowed /answers/accept/3"));
  EXPECT_THAT(with({{"accept", {"2xx"}}, {"split", {"413", "2xx"}}}),
              ElementsAre("conflict /answers/split/1"));
}

// Puts something else in some place of a document.
void Mutate(Json* json, std::mt19937* random) {
  static const char* const kPieces[] = {
      R"({"$":"/name"})",
      R"({"$":"/properties/products","each":{"i":{"$":"."}}})",
      R"("events")",
      R"({"$":"events"})",
      R"({"$":["/user_id","/traits"],"as":["string","base64"]})",
      "[]",
      "{}",
      "null",
      "7",
      R"("x\u0000\n/")",
      R"({"$":"/type","in":{"page":null}})",
      R"({"$":"merge","of":[]})",
      R"({"$":"join","of":["/",{"$":"/time_ms","as":"iso"}]})",
      R"({"...":{"$":"/context"}})",
      R"({"$":"/properties","without":["products"],"else":[{"$":"/x"}]})",
      R"("/session")",
      R"({"...":7,"$$":true})",
      R"({"$":"/nowhere"})",
      R"("sha256")",
      R"([{"$":"/deidentified"}])"};
  const auto below = [&](size_t size) { return (*random)() % size; };
  if (json->is_structured() && !json->empty() && below(5) != 0) {
    auto item = json->begin();
    std::advance(item, below(json->size()));
    return Mutate(&*item, random);
  }
  *json = Json::parse(kPieces[below(std::size(kPieces))]);
}

// What the checks let pass can be written for any event: bodies and headers that are JSON, URLs of
// the same host.
TEST(GenericTest, WhateverIsAcceptedCanBeWritten) {
  const Happening page = Happening::Page(R"({"total":"1"})");
  const Happening order("order_completed", R"({"products":[{"product_id":1},[],null],"x":null})");
  const Happening identify = Happening::Identify(R"({"email":"a@b.example"})");
  Happening bare("a\r\n\"");
  bare.Deidentified();
  std::mt19937 random(7);
  const std::vector<Twin> twins = Twins();
  int accepted = 0;
  for (int i = 0; i < 4'000; ++i) {
    Json options = Sample(twins[random() % twins.size()].name)["options"];
    for (size_t changes = random() % 4 + 1; changes > 0; --changes) Mutate(&options, &random);
    if (!options.is_object() || !ProblemsOf(options).empty()) continue;
    ++accepted;
    const auto collector = MakeProtocol("generic", options.dump());
    ASSERT_TRUE(collector) << options;
    for (const Happening* one :
         std::initializer_list<const Happening*>{&page, &order, &identify, &bare}) {
      const std::string event = Encode(*collector, *one);
      if (event.empty() || event.rfind("refused", 0) == 0) continue;
      EXPECT_TRUE(Json::accept(event)) << options << "\n" << event;
      EXPECT_TRUE(Json::accept(EncodeBody(*collector, {one}))) << options;
      const waymark::String key = collector->BatchKey(one->event());
      waymark::Attempt attempt;
      attempt.key = key;
      const waymark::CollectorRequest request = collector->Request(attempt);
      EXPECT_TRUE(Json::accept(std::string_view(request.headers))) << options;
      const std::string url(std::string_view(request.url));
      EXPECT_EQ(url.rfind("https://c.example", 0), 0u) << url;
      EXPECT_TRUE(url.size() == 17 || url[17] == '/' || url[17] == '?') << url;
    }
  }
  EXPECT_GT(accepted, 200);
}

}  // namespace
}  // namespace waymark_test
