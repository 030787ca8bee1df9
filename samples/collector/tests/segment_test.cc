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

Outcome Send(const Json& body, const std::string& path = "/v1/batch",
             const Headers& headers = {{"content-type", "application/json"}}) {
  return SegmentDialect().answer(PostOf(path, ToText(body), headers));
}

std::vector<std::string> ProblemsWith(const std::string& member, const Json& value) {
  Json event = OrderCompleted();
  event[member] = value;
  return ProblemTexts(Send(BatchOf(event)));
}

std::vector<std::string> ProblemsWithout(const std::string& member) {
  Json event = OrderCompleted();
  event.erase(member);
  return ProblemTexts(Send(BatchOf(event)));
}

TEST(SegmentTest, ReadsAnEventOfABatch) {
  const Outcome outcome = Send(BatchOf(OrderCompleted()));
  EXPECT_EQ(outcome.reply.status, 200);
  EXPECT_EQ(outcome.reply.content, R"({"success":true})");
  ASSERT_THAT(outcome.records, SizeIs(1));
  const ReceivedEvent& event = outcome.records[0].event;
  EXPECT_EQ(event.kind, "track");
  EXPECT_EQ(event.name, "Order Completed");
  EXPECT_EQ(event.message_id, "message-1");
  EXPECT_EQ(event.order_id, "order-1");
  EXPECT_EQ(event.time_ms, 1795284000250);
  EXPECT_EQ(event.anonymous_id, "anonymous-1");
  EXPECT_EQ(event.user_id, "user-1");
  EXPECT_EQ(event.session_id, "session-1");
  EXPECT_EQ(event.consent, Json({{"analytics", true}, {"ads", false}}));
  EXPECT_EQ(event.event, OrderCompleted());
  EXPECT_EQ(event.raw, ToText(OrderCompleted()));
  EXPECT_THAT(event.problems, IsEmpty());
}

TEST(SegmentTest, KeepsTheTextAsItWasSent) {
  const std::string event = R"({ "type":"track", "messageId":"m", "userId":"u",
      "event":"Bl\u00e4tter", "properties":{"total": 4.90} })";
  const std::string body = R"({"writeKey":"k","batch":[)" + event + "]}";
  const Outcome outcome = SegmentDialect().answer(PostOf("/v1/batch", body));
  ASSERT_THAT(outcome.records, SizeIs(1));
  EXPECT_EQ(outcome.records[0].event.raw, event);
}

TEST(SegmentTest, TakesTheKindFromASingleRoute) {
  Json event = OrderCompleted();
  event.erase("type");
  event["writeKey"] = "key";
  event["name"] = "Home";
  for (const char* path : {"/v1/page", "/v1/p"}) {
    const Outcome outcome = Send(event, path);
    ASSERT_THAT(outcome.records, SizeIs(1)) << outcome.reply.content;
    EXPECT_EQ(outcome.records[0].event.kind, "page");
    EXPECT_EQ(outcome.records[0].event.name, "Home");
  }
}

TEST(SegmentTest, TakesTheWriteKeyFromBasicAuthorization) {
  Json body = BatchOf(OrderCompleted());
  body.erase("writeKey");
  const auto send = [&body](const std::string& authorization) {
    return Send(body, "/v1/batch",
                {{"content-type", "text/plain"}, {"authorization", authorization}});
  };
  EXPECT_THAT(ProblemTexts(send("Basic a2V5Og==")), IsEmpty());
  for (const char* wrong : {"Basic Og==", "Basic ???", "Bearer a2V5Og=="}) {
    EXPECT_THAT(ProblemTexts(send(wrong)),
                ElementsAre("/writeKey: nothing → the write key, here or as Basic authorization"));
  }
}

TEST(SegmentTest, ReadsTheSessionInItsOtherPlace) {
  Json event = OrderCompleted();
  event["context"] = {{"sessionId", 1795284000}};
  const Outcome outcome = Send(BatchOf(event));
  EXPECT_EQ(outcome.records.at(0).event.session_id, "1795284000");
  EXPECT_TRUE(outcome.records[0].event.consent.is_null());
}

TEST(SegmentTest, UsesTheTimeOfReceiptWhereTheEventHasNone) {
  Json event = OrderCompleted();
  event.erase("timestamp");
  EXPECT_EQ(Send(BatchOf(event)).records.at(0).event.time_ms, kReceivedMs);
}

TEST(SegmentTest, RefusesAMissingMemberByName) {
  EXPECT_THAT(ProblemsWithout("messageId"),
              ElementsAre("/batch/0/messageId: nothing → an id of the message"));
  EXPECT_THAT(ProblemsWithout("type"), ElementsAre(HasSubstr("/batch/0/type: nothing → track, ")));
  EXPECT_THAT(ProblemsWithout("event"),
              ElementsAre("/batch/0/event: nothing → the name of what happened"));
}

TEST(SegmentTest, AnswersARefusalWithTheSentence) {
  Json event = OrderCompleted();
  event.erase("messageId");
  const Outcome outcome = Send(BatchOf(event));
  EXPECT_EQ(outcome.reply.status, 400);
  EXPECT_EQ(ReplyJson(outcome)["message"],
            "/batch/0/messageId: found nothing; allowed: an id of the message.");
  EXPECT_THAT(outcome.records, IsEmpty());
}

TEST(SegmentTest, NeedsOneOfTheTwoIds) {
  Json event = OrderCompleted();
  event.erase("userId");
  EXPECT_THAT(ProblemTexts(Send(BatchOf(event))), IsEmpty());
  event.erase("anonymousId");
  EXPECT_THAT(ProblemTexts(Send(BatchOf(event))), ElementsAre(HasSubstr("/batch/0/anonymousId")));
}

TEST(SegmentTest, RefusesUnknownAndMisplacedTypes) {
  EXPECT_THAT(ProblemsWith("type", "purchase"),
              ElementsAre(HasSubstr("/batch/0/type: \"purchase\" → track, identify")));
  EXPECT_THAT(ProblemsWith("type", "t"), ElementsAre(HasSubstr("/batch/0/type")));
  Json event = OrderCompleted();
  event["writeKey"] = "key";
  EXPECT_THAT(ProblemTexts(Send(event, "/v1/page")),
              ElementsAre("/type: \"track\" → page, as the path says"));
}

TEST(SegmentTest, RefusesTimesThatAreNotIso) {
  EXPECT_THAT(ProblemsWith("timestamp", 1795284000250),
              ElementsAre(HasSubstr("/batch/0/timestamp: the number 1795284000250 → an ISO 8601")));
  Json body = BatchOf(OrderCompleted());
  body["sentAt"] = "today";
  EXPECT_THAT(ProblemTexts(Send(body)), ElementsAre(HasSubstr("/sentAt: \"today\"")));
}

TEST(SegmentTest, OneWrongEventRefusesTheBody) {
  Json body = BatchOf(OrderCompleted());
  body["batch"].push_back(Json("text"));
  const Outcome outcome = Send(body);
  EXPECT_THAT(ProblemTexts(outcome), ElementsAre("/batch/1: \"text\" → a JSON object"));
  EXPECT_THAT(outcome.records, IsEmpty());
}

TEST(SegmentTest, RefusesBodiesWithoutABatch) {
  EXPECT_THAT(ProblemTexts(Send({{"writeKey", "key"}})), ElementsAre(HasSubstr("/batch: nothing")));
  EXPECT_THAT(ProblemTexts(Send({{"writeKey", "key"}, {"batch", Json::array()}})),
              ElementsAre(HasSubstr("/batch: an array of 0 items")));
  EXPECT_THAT(ProblemTexts(Send(Json::array())), ElementsAre(HasSubstr("body: an array")));
  EXPECT_THAT(ProblemTexts(SegmentDialect().answer(PostOf("/v1/b", "{"))),
              ElementsAre(HasSubstr("body: not JSON")));
}

TEST(SegmentTest, RefusesOtherContentTypesAndEncodings) {
  const std::string text = ToText(BatchOf(OrderCompleted()));
  Request request = PostOf("/v1/b", text, {{"content-type", "text/html; charset=utf-8"}});
  EXPECT_THAT(ProblemTexts(SegmentDialect().answer(request)),
              ElementsAre("header Content-Type: text/html → application/json or text/plain"));
  request = PostOf("/v1/b", text);
  request.encoding = "br";
  EXPECT_THAT(ProblemTexts(SegmentDialect().answer(request)),
              ElementsAre("header Content-Encoding: br → gzip, or no such header"));
}

TEST(SegmentTest, BoundsEventsAndBatches) {
  EXPECT_THAT(ProblemsWith("properties", {{"text", std::string(33000, 'x')}}),
              ElementsAre(HasSubstr("→ at most 32768 bytes")));
  const Outcome outcome = SegmentDialect().answer(PostOf("/v1/b", std::string(513 * 1024, ' ')));
  EXPECT_THAT(ProblemTexts(outcome), ElementsAre("body: 525312 bytes → at most 512000 bytes"));
}

TEST(SegmentTest, NotesWhatDestinationsStumbleOver) {
  Json event = OrderCompleted();
  event["type"] = "group";
  event["properties"] = "none";
  const Outcome outcome = Send(BatchOf(event));
  EXPECT_EQ(outcome.reply.status, 200);
  EXPECT_THAT(ProblemTexts(outcome), ElementsAre("/batch/0/groupId: nothing → the id of the group",
                                                 "/batch/0/properties: \"none\" → a JSON object"));
}

}  // namespace
}  // namespace waymark::collector
