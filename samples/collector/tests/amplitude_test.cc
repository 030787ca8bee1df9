#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "collector_limits.h"
#include "dialect_request.h"
#include "dialects/dialects.h"
#include "gzip.h"

namespace waymark::collector {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

Json Event() {
  return {{"event_type", "Order Completed"},
          {"device_id", "device-1"},
          {"user_id", "user-1"},
          {"time", 1795284000250},
          {"session_id", 1795284000000},
          {"insert_id", "message-1"},
          {"event_properties", {{"order_id", "order-1"}, {"consent", {{"analytics", true}}}}}};
}

Json Body(const Json& event) { return {{"api_key", "key"}, {"events", Json::array({event})}}; }

Outcome Answer(const Request& request) { return AmplitudeDialect().answer(request); }
Outcome Send(const Json& body, const std::string& path = "/2/httpapi") {
  return Answer(PostOf(path, ToText(body)));
}

Outcome SendWith(const char* member, const Json& value) {
  Json event = Event();
  event[member] = value;
  return Send(Body(event));
}

TEST(AmplitudeTest, ReadsAnEvent) {
  const Outcome outcome = Send(Body(Event()));
  EXPECT_EQ(ReplyJson(outcome), Json({{"code", 200},
                                      {"events_ingested", 1},
                                      {"payload_size_bytes", ToText(Body(Event())).size()},
                                      {"server_upload_time", kReceivedMs}}));
  ASSERT_THAT(outcome.records, SizeIs(1));
  const ReceivedEvent& event = outcome.records[0].event;
  EXPECT_EQ(event.kind, "track");
  EXPECT_EQ(event.name, "Order Completed");
  EXPECT_EQ(event.message_id, "message-1");
  EXPECT_EQ(event.order_id, "order-1");
  EXPECT_EQ(event.time_ms, 1795284000250);
  EXPECT_EQ(event.anonymous_id, "device-1");
  EXPECT_EQ(event.user_id, "user-1");
  EXPECT_EQ(event.session_id, "1795284000000");
  EXPECT_EQ(event.consent, Json({{"analytics", true}}));
  EXPECT_EQ(event.raw, ToText(Event()));
  EXPECT_THAT(ProblemTexts(outcome), IsEmpty());
}

TEST(AmplitudeTest, TakesGzipAndTheBatchPath) {
  Request request = PostOf("/batch", Gzip(ToText(Body(Event()))));
  request.encoding = "gzip";
  EXPECT_THAT(Answer(request).records, SizeIs(1));
}

TEST(AmplitudeTest, NamesTheKinds) {
  const auto kind = [](const char* type) {
    return SendWith("event_type", type).records.at(0).event.kind;
  };
  EXPECT_EQ(kind("$identify"), "identify");
  EXPECT_EQ(kind("$groupidentify"), "group");
  EXPECT_EQ(kind("[Amplitude] Page Viewed"), "page");
}

TEST(AmplitudeTest, RefusesRequestsByTheMissingField) {
  EXPECT_EQ(ReplyJson(Send({{"events", Json::array({Event()})}}))["missing_field"], "api_key");
  for (const Json& events : {Json(), Json::array(), Json("x")}) {
    const Outcome outcome = Send({{"api_key", "key"}, {"events", events}});
    EXPECT_EQ(outcome.reply.status, 400);
    EXPECT_EQ(ReplyJson(outcome)["missing_field"], "events");
    EXPECT_THAT(ProblemTexts(outcome), ElementsAre(HasSubstr("/events: ")));
  }
}

TEST(AmplitudeTest, RefusesUnreadableRequests) {
  const std::string text = ToText(Body(Event()));
  EXPECT_EQ(Answer(PostOf("/2/httpapi", text, {{"content-type", "text/plain"}})).reply.status, 400);
  EXPECT_EQ(Answer(PostOf("/2/httpapi", "{")).reply.status, 400);
  EXPECT_EQ(Answer(PostOf("/2/httpapi", "[]")).reply.status, 400);
  Request packed = PostOf("/2/httpapi", text);
  packed.encoding = "br";
  EXPECT_EQ(Answer(packed).reply.status, 400);
}

TEST(AmplitudeTest, BoundsRequests) {
  const std::string large = ToText(Body(Event())) + std::string(kAmplitudeBodyBytesMax, ' ');
  EXPECT_EQ(Answer(PostOf("/2/httpapi", large)).reply.status, 413);
  EXPECT_EQ(Answer(PostOf("/batch", large)).reply.status, 200);
  Json many = Body(Event());
  many["events"] = std::vector<Json>(2001, Event());
  EXPECT_EQ(Send(many, "/batch").reply.status, 413);
}

TEST(AmplitudeTest, ListsWrongEventsAndKeepsNone) {
  Json body = Body(Event());
  Json wrong = Event();
  wrong.erase("event_type");
  wrong["time"] = "now";
  wrong["user_id"] = "u";
  body["events"].push_back(wrong);
  const Outcome outcome = Send(body);
  EXPECT_EQ(outcome.reply.status, 400);
  const Json reply = ReplyJson(outcome);
  EXPECT_EQ(reply["events_with_missing_fields"], Json({{"event_type", {1}}}));
  EXPECT_EQ(reply["events_with_invalid_fields"], Json({{"time", {1}}}));
  EXPECT_EQ(reply["events_with_invalid_id_lengths"], Json({{"user_id", {1}}}));
  EXPECT_THAT(VerdictsOf(outcome), ElementsAre(Verdict::kRetry, Verdict::kRejected));
  EXPECT_THAT(ProblemTexts(outcome),
              ElementsAre("/events/1/event_type: nothing → the type of the event",
                          "/events/1/user_id: \"u\" → at least 5 characters",
                          "/events/1/time: \"now\" → an integer"));
}

TEST(AmplitudeTest, FindsEveryWrongField) {
  const auto invalid = [](const char* member, const Json& value) {
    return ReplyJson(SendWith(member, value))["events_with_invalid_fields"].contains(member);
  };
  EXPECT_TRUE(invalid("user_id", "anonymous"));
  EXPECT_TRUE(invalid("device_id", 12345));
  EXPECT_TRUE(invalid("session_id", 1.5));
  EXPECT_TRUE(invalid("event_properties", "text"));
  EXPECT_TRUE(invalid("price", "4.99"));
  EXPECT_TRUE(invalid("insert_id", Json::array()));
  Json deep = 1;
  for (int i = 0; i < 41; ++i) deep = {{"a", deep}};
  EXPECT_TRUE(invalid("event_properties", deep));
  EXPECT_EQ(Send(Body("text")).reply.status, 400);
}

TEST(AmplitudeTest, NeedsOneIdOfTheLengthThatTheRequestSays) {
  Json event = Event();
  event.erase("user_id");
  EXPECT_EQ(Send(Body(event)).reply.status, 200);
  event["device_id"] = "d";
  EXPECT_EQ(Send(Body(event)).reply.status, 400);
  Json body = Body(event);
  body["options"] = {{"min_id_length", 1}};
  EXPECT_EQ(Send(body).reply.status, 200);
  event.erase("device_id");
  EXPECT_EQ(ReplyJson(Send(Body(event)))["events_with_missing_fields"], Json({{"user_id", {0}}}));
}

TEST(AmplitudeTest, NotesWhatIsCut) {
  EXPECT_THAT(ProblemTexts(SendWith("event_properties", {{"long", std::string(1025, 'x')}})),
              ElementsAre(HasSubstr("/events/0/event_properties/long: text of 1025 characters")));
}

TEST(AmplitudeTest, PartialFaultsSilenceOrThrottle) {
  Json body = Body(Event());
  body["events"].push_back(Event());
  const Request request = PostOf("/2/httpapi", ToText(body));
  Outcome outcome = Answer(WithFault(request, 2, Verdict::kRejected));
  EXPECT_EQ(outcome.reply.status, 400);
  EXPECT_EQ(ReplyJson(outcome)["silenced_events"], Json::array({1}));
  EXPECT_THAT(VerdictsOf(outcome), ElementsAre(Verdict::kRetry, Verdict::kRejected));
  outcome = Answer(WithFault(request, 2, Verdict::kRetry));
  EXPECT_EQ(outcome.reply.status, 429);
  EXPECT_EQ(ReplyJson(outcome)["throttled_events"], Json::array({1}));
  EXPECT_TRUE(ReplyJson(outcome)["throttled_users"].contains("user-1"));
  EXPECT_THAT(VerdictsOf(outcome), Each(Verdict::kRetry));
}

}  // namespace
}  // namespace waymark::collector
