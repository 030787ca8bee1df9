// The collector as an SDK and a browser meet it: over HTTP, on a real port.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "running_collector.h"

namespace waymark::collector {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kTp2[] = "/com.snowplowanalytics.snowplow/tp2";
constexpr char kShop[] = "https://shop.example";

using HttpTest = RunningCollector;

TEST_F(HttpTest, TakesASegmentBatch) {
  const auto answer = Post("/v1/batch", ToText(BatchOf(OrderCompleted())));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->body, R"({"success":true})");
  EXPECT_EQ(answer->get_header_value("Access-Control-Allow-Origin"), "*");
  const Json events = Events();
  ASSERT_THAT(events, SizeIs(1));
  EXPECT_EQ(events[0]["name"], "Order Completed");
  EXPECT_EQ(events[0]["event"], OrderCompleted());
}

TEST_F(HttpTest, AnEventHasExactlyThePromisedMembers) {
  Post("/v1/batch", ToText(BatchOf(OrderCompleted())));
  std::vector<std::string> keys;
  const Json events = Events();
  for (const auto& [key, value] : events[0].items()) keys.push_back(key);
  EXPECT_THAT(keys, ElementsAre("id", "received_ms", "protocol", "variant", "kind", "name",
                                "message_id", "order_id", "time_ms", "anonymous_id", "user_id",
                                "session_id", "consent", "wire_bytes", "request_id", "encoding",
                                "form", "duplicates", "problems", "event"));
}

TEST_F(HttpTest, EveryPathOfSegmentWorks) {
  Json event = OrderCompleted();
  event["writeKey"] = "key";
  event.erase("type");
  int sent = 0;
  for (const char* name :
       {"track", "identify", "page", "screen", "group", "alias", "t", "i", "p", "s", "g", "a"}) {
    event["messageId"] = name;
    const auto answer = Post(std::string("/v1/") + name, ToText(event), "text/plain");
    ASSERT_TRUE(answer) << name;
    EXPECT_EQ(answer->status, 200) << name << answer->body;
    ++sent;
  }
  EXPECT_EQ(Events().size(), sent);
}

TEST_F(HttpTest, CountsGzipBytesAsTheyWereOnTheWire) {
  const std::string packed = Gzip(ToText(BatchOf(OrderCompleted())));
  const auto answer = Post("/v1/b", packed, "text/plain", {{"Content-Encoding", "gzip"}});
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200) << answer->body;
  const Json events = Events();
  EXPECT_EQ(events[0]["wire_bytes"], packed.size());
  EXPECT_EQ(events[0]["encoding"], "gzip");
  EXPECT_EQ(Requests()[0]["body_bytes"], packed.size());
}

TEST_F(HttpTest, RefusesWithTheSentenceAndKeepsNothing) {
  Json event = OrderCompleted();
  event.erase("messageId");
  const auto answer = Post("/v1/batch", ToText(BatchOf(event)));
  EXPECT_EQ(answer->status, 400);
  const std::string sentence = "/batch/0/messageId: found nothing; allowed: an id of the message.";
  EXPECT_EQ(*ParseJson(answer->body), Json({{"success", false}, {"message", sentence}}));
  EXPECT_EQ(answer->get_header_value("Access-Control-Allow-Origin"), "*");
  EXPECT_THAT(Events(), IsEmpty());
  const Json request = Requests()[0];
  EXPECT_EQ(request["problem"], sentence);
  EXPECT_EQ(request["problems"], Json::array({{{"where", "/batch/0/messageId"},
                                               {"found", "nothing"},
                                               {"allowed", "an id of the message"}}}));
  EXPECT_EQ(request["answer"], answer->body);
  EXPECT_EQ(request["body"], ToText(BatchOf(event)));
}

TEST_F(HttpTest, CountsDuplicates) {
  for (int i = 0; i < 3; ++i) Post("/v1/batch", ToText(BatchOf(OrderCompleted())));
  const Json events = Events();
  ASSERT_THAT(events, SizeIs(1));
  EXPECT_EQ(events[0]["duplicates"], 2);
}

TEST_F(HttpTest, SnowplowSaysOkToGoodAndBad) {
  for (const std::string& body : {ToText(PayloadOf(TransactionItem())), std::string("nonsense")}) {
    const auto answer = Post(kTp2, body);
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 200);
    EXPECT_EQ(answer->body, "ok");
  }
  const Json events = Events();
  ASSERT_THAT(events, SizeIs(2));
  EXPECT_THAT(events[0]["problems"], IsEmpty());
  EXPECT_EQ(events[1]["kind"], "bad");
  EXPECT_THAT(events[1]["problems"], SizeIs(1));
}

TEST_F(HttpTest, AFormIsABadRowForOneAndARefusalForTheOther) {
  const httplib::MultipartFormDataItems form = {{"name", "value", "", ""}};
  EXPECT_EQ(Client().Post(kTp2, form)->body, "ok");
  EXPECT_EQ(Client().Post("/v1/batch", form)->status, 400);
  const Json events = Events();
  ASSERT_THAT(events, SizeIs(1));
  EXPECT_EQ(events[0]["problems"][0]["where"], "header Content-Type");
}

TEST_F(HttpTest, SnowplowGetAnswersAPixel) {
  const auto answer = Client().Get("/i?e=pv&p=web&tv=x&page=Hello%20there");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->get_header_value("Content-Type"), "image/gif");
  EXPECT_THAT(answer->body, ::testing::StartsWith("GIF89a"));
  const Json events = Events();
  EXPECT_EQ(events[0]["kind"], "page");
  EXPECT_EQ(events[0]["name"], "Hello there");
}

TEST_F(HttpTest, EveryProtocolStandsBehindItsNameToo) {
  EXPECT_EQ(Post("/segment/v1/batch", ToText(BatchOf(OrderCompleted())))->status, 200);
  EXPECT_EQ(Client().Get("/snowplow/i?e=pv&p=web&tv=x")->status, 200);
  EXPECT_EQ(Client().Get("/nothing/i?e=pv&p=web&tv=x")->status, 404);
  EXPECT_THAT(Events(), SizeIs(2));
}

TEST_F(HttpTest, GivesAnEventAsItWasSent) {
  const std::string event = R"({ "type": "page", "messageId": "m", "userId": "u" })";
  Post("/v1/batch", R"({"writeKey":"k","batch":[)" + event + "]}");
  EXPECT_EQ(Client().Get("/raw?event=1")->body, event);
  EXPECT_EQ(Client().Get("/raw?event=2")->status, 404);
  EXPECT_EQ(Client().Get("/raw?event=x")->status, 400);
  EXPECT_EQ(Client().Get("/raw?event=1", {{"Origin", kShop}})->status, 403);
}

TEST_F(HttpTest, SegmentPreflight) {
  const auto answer = Options("/v1/b", kShop);
  EXPECT_EQ(answer->status, 204);
  EXPECT_EQ(answer->get_header_value("Access-Control-Allow-Origin"), "*");
  EXPECT_EQ(answer->get_header_value("Access-Control-Allow-Headers"),
            "Content-Type, Content-Encoding, Authorization, X-Retry-Count");
  const Json requests = Requests();
  EXPECT_EQ(requests[0]["method"], "OPTIONS");
  EXPECT_EQ(requests[0]["status"], 204);
}

TEST_F(HttpTest, SnowplowPreflightAllowsCredentials) {
  const auto answer = Options(kTp2, kShop);
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->get_header_value("Access-Control-Allow-Origin"), kShop);
  EXPECT_EQ(answer->get_header_value("Access-Control-Allow-Credentials"), "true");
  EXPECT_EQ(answer->get_header_value("Access-Control-Allow-Headers"), "Content-Type, SP-Anonymous");
  EXPECT_EQ(answer->get_header_value("Access-Control-Max-Age"), "3600");
}

struct Preflight {
  const char* path;
  int status;
  const char* origin;   // "" for none
  const char* headers;  // the same
};

TEST_F(HttpTest, EachProtocolAnswersPreflightsAsItsCollectorDoes) {
  constexpr char kAsked[] = "content-type,x-asked";
  for (const Preflight& want : {
           Preflight{"/posthog/batch/", 200, kShop, kAsked},
           Preflight{"/amplitude/2/httpapi", 204, "*", "Content-Type, Content-Encoding"},
           Preflight{"/mixpanel/track/", 204, kShop, "X-Requested-With, Content-Type"},
           Preflight{"/ga4/mp/collect", 405, "", ""},
           Preflight{"/matomo/matomo.php", 204, kShop, "*"},
           Preflight{"/rudderstack/v1/batch", 204, kShop, kAsked},
           Preflight{"/cloudevents", 204, "*", kAsked},
           Preflight{"/otlp/v1/logs", 204, "*", kAsked},
           Preflight{"/umami/api/send", 204, "*", "*"},
           Preflight{"/jitsu/api/s/track", 200, kShop,
                     "x-enable-debug, x-write-key, authorization, content-type, x-ip-policy"},
       }) {
    const auto answer = Client().Options(
        want.path, {{"Origin", kShop}, {"Access-Control-Request-Headers", kAsked}});
    ASSERT_TRUE(answer) << want.path;
    EXPECT_EQ(answer->status, want.status) << want.path;
    EXPECT_EQ(answer->get_header_value("Access-Control-Allow-Origin"), want.origin) << want.path;
    EXPECT_EQ(answer->get_header_value("Access-Control-Allow-Headers"), want.headers) << want.path;
  }
}

TEST_F(HttpTest, APathOfTwoProtocolsBelongsToTheEarlierOne) {
  const Json empty = Json::object();
  Post("/batch", ToText(empty));
  Post("/amplitude/batch", ToText(empty));
  Post("/v1/batch", ToText(empty));
  Post("/rudderstack/v1/batch", ToText(empty));
  std::vector<std::string> protocols;
  const Json requests = Requests();
  for (const Json& request : requests) protocols.push_back(request["protocol"]);
  EXPECT_THAT(protocols, ElementsAre("posthog", "amplitude", "segment", "rudderstack"));
}

TEST_F(HttpTest, FaultPartialTurnsAwaySomeEventsAndKeepsTheOthers) {
  SetFault({{"mode", "partial"}, {"every", 2}, {"verdict", "drop"}});
  const std::string record = R"({"timeUnixNano":"1","eventName":"e"})";
  const std::string body = R"({"resourceLogs":[{"scopeLogs":[{"logRecords":[)" + record + "," +
                           record + "," + record + "]}]}]}";
  const auto answer = Post("/otlp/v1/logs", body);
  EXPECT_EQ((*ParseJson(answer->body))["partialSuccess"]["rejectedLogRecords"], "1");
  EXPECT_THAT(Events(), SizeIs(2));
  const Json request = Requests()[0];
  EXPECT_EQ(request["status"], 200);
  EXPECT_EQ(request["events"], 2);
  EXPECT_EQ(request["rejected"], 1);
  EXPECT_EQ(request["retry"], 0);
  EXPECT_THAT(request["problem"].get<std::string>(), HasSubstr("1 of 3 events were turned away"));
  // The count goes on over requests: the next one is the fourth.
  Post("/otlp/v1/logs", body);
  EXPECT_EQ(Requests()[1]["rejected"], 2);
}

TEST_F(HttpTest, FaultStatusSpeaksTheProtocolsOwnForm) {
  SetFault({{"mode", "status"}, {"status", 429}});
  const auto body = [this](const char* path) { return Post(path, "{}")->body; };
  EXPECT_THAT(body("/amplitude/2/httpapi"), HasSubstr(R"({"code":429,"error":)"));
  EXPECT_THAT(body("/otlp/v1/logs"), HasSubstr(R"({"code":8,"message":)"));
  EXPECT_THAT(body("/rudderstack/v1/batch"), ::testing::StartsWith("Fault status"));
}

TEST_F(HttpTest, AfterAndLimit) {
  for (const char* id : {"a", "b", "c"}) {
    Json event = OrderCompleted();
    event["messageId"] = id;
    Post("/v1/batch", ToText(BatchOf(event)));
  }
  const auto page = ParseJson(Client().Get("/events.json?after=1&limit=1")->body);
  ASSERT_THAT(*page, SizeIs(1));
  EXPECT_EQ((*page)[0]["message_id"], "b");
  EXPECT_EQ(Client().Get("/events.json?after=x")->status, 400);
  EXPECT_EQ(Client().Get("/events.json?limit=-1")->status, 400);
}

TEST_F(HttpTest, ForeignPagesSeeAndChangeNothing) {
  const httplib::Headers foreign = {{"Origin", kShop}};
  EXPECT_EQ(Client().Get("/events.json", foreign)->status, 403);
  EXPECT_EQ(Post("/reset", "", "text/plain", foreign)->status, 403);
  EXPECT_EQ(Post("/faults", R"({"mode":"down"})", "text/plain", foreign)->status, 403);
  EXPECT_EQ(Client().Get("/events.json", {{"Host", "evil.example"}})->status, 403);
  const auto local = Client().Get("/events.json", {{"Origin", "http://localhost:3000"}});
  EXPECT_EQ(local->status, 200);
  EXPECT_EQ(local->get_header_value("Access-Control-Allow-Origin"), "http://localhost:3000");
}

TEST_F(HttpTest, ResetEmptiesAll) {
  Post("/v1/batch", ToText(BatchOf(OrderCompleted())));
  EXPECT_EQ(Post("/reset", "")->status, 200);
  EXPECT_THAT(Events(), IsEmpty());
  EXPECT_THAT(Requests(), IsEmpty());
}

TEST_F(HttpTest, FaultDownClosesAndKeepsNothing) {
  SetFault({{"mode", "down"}});
  EXPECT_FALSE(Post("/v1/batch", ToText(BatchOf(OrderCompleted()))));
  EXPECT_FALSE(Options("/v1/batch", kShop));
  EXPECT_THAT(Events(), IsEmpty());
  EXPECT_EQ(Requests()[0]["status"], 0);
  SetFault({{"mode", "none"}});
  EXPECT_TRUE(Post("/v1/batch", ToText(BatchOf(OrderCompleted()))));
}

TEST_F(HttpTest, FaultStatusAnswersItButNotThePreflight) {
  SetFault(
      {{"mode", "status"}, {"status", 429}, {"retry_after_s", 7}, {"expose_retry_after", true}});
  const auto answer = Post("/v1/batch", ToText(BatchOf(OrderCompleted())));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 429);
  EXPECT_EQ(answer->get_header_value("Retry-After"), "7");
  EXPECT_EQ(answer->get_header_value("Access-Control-Expose-Headers"), "Retry-After");
  EXPECT_EQ(Options("/v1/batch", kShop)->status, 204);
  EXPECT_THAT(Events(), IsEmpty());
}

TEST_F(HttpTest, FaultStatusHidesRetryAfterUnlessAsked) {
  SetFault({{"mode", "status"}, {"status", 503}, {"retry_after_s", 7}});
  const auto answer = Post(kTp2, ToText(PayloadOf(TransactionItem())));
  EXPECT_EQ(answer->get_header_value("Retry-After"), "7");
  EXPECT_FALSE(answer->has_header("Access-Control-Expose-Headers"));
}

TEST_F(HttpTest, FaultDropForgetsAndFaultAckLossKeeps) {
  SetFault({{"mode", "drop"}});
  EXPECT_FALSE(Post("/v1/batch", ToText(BatchOf(OrderCompleted()))));
  EXPECT_THAT(Events(), IsEmpty());
  SetFault({{"mode", "ackloss"}});
  EXPECT_FALSE(Post("/v1/batch", ToText(BatchOf(OrderCompleted()))));
  EXPECT_THAT(Events(), SizeIs(1));
  EXPECT_EQ(Requests()[1]["status"], 0);
}

TEST_F(HttpTest, FaultSlowStillAnswers) {
  SetFault({{"mode", "slow"}, {"delay_ms", 30}});
  const auto before = std::chrono::steady_clock::now();
  EXPECT_EQ(Post("/v1/batch", ToText(BatchOf(OrderCompleted())))->status, 200);
  EXPECT_GE(std::chrono::steady_clock::now() - before, std::chrono::milliseconds(30));
}

TEST_F(HttpTest, FaultsAreShownAndWrongOnesRefused) {
  SetFault({{"mode", "slow"}, {"delay_ms", 5}});
  EXPECT_EQ((*ParseJson(Client().Get("/faults")->body))["mode"], "slow");
  const auto answer = Post("/faults", R"({"mode":"sideways"})");
  EXPECT_EQ(answer->status, 400);
  EXPECT_THAT(answer->body, HasSubstr("/mode must be one of"));
  EXPECT_EQ((*ParseJson(Client().Get("/faults")->body))["mode"], "slow");
}

TEST_F(HttpTest, TheLiveStreamTellsWhatIsThereAndWhatComes) {
  Post("/v1/batch", ToText(BatchOf(OrderCompleted())));
  std::string text;
  bool sent_second = false;
  auto client = Client();
  client.Get("/stream", [&](const char* data, size_t size) {
    text.append(data, size);
    if (!sent_second && text.find("Order Completed") != std::string::npos) {
      sent_second = true;
      Post("/v1/batch", "{}");
    }
    return text.find("event: refused") == std::string::npos;
  });
  EXPECT_THAT(text, ::testing::StartsWith("event: reset\n"));
  EXPECT_THAT(text, HasSubstr("event: totals\n"));
  EXPECT_THAT(text, HasSubstr("event: refused\n"));
}

TEST_F(HttpTest, ThePageIsServedWithAStrictPolicy) {
  const auto page = Client().Get("/");
  ASSERT_TRUE(page);
  EXPECT_EQ(page->status, 200);
  EXPECT_THAT(page->body, HasSubstr("Waymark"));
  const std::string policy = page->get_header_value("Content-Security-Policy");
  EXPECT_THAT(policy, HasSubstr("default-src 'none'"));
  EXPECT_THAT(policy, ::testing::Not(HasSubstr("unsafe")));
  EXPECT_EQ(Client().Get("/page/main.js")->status, 200);
  EXPECT_EQ(Client().Get("/page/../server.cc")->status, 404);
}

TEST(ServerOpenTest, RefusesRemoteHostsUnlessAllowed) {
  const auto server = Server::Open({.host = "0.0.0.0"});
  EXPECT_TRUE(absl::IsInvalidArgument(server.status()));
  EXPECT_THAT(server.status().message(), HasSubstr("--allow-remote"));
  EXPECT_TRUE(Server::Open({.host = "0.0.0.0", .allow_remote = true}).ok());
}

TEST(ServerOpenTest, NoticesAPortInUse) {
  const auto first = Server::Open({});
  ASSERT_TRUE(first.ok());
  const auto second = Server::Open({.port = (*first)->port()});
  EXPECT_TRUE(absl::IsUnavailable(second.status())) << second.status();
}

}  // namespace
}  // namespace waymark::collector
