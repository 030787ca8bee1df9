#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "collector_limits.h"
#include "dialect_request.h"
#include "dialects/dialects.h"
#include "event_samples.h"
#include "gzip.h"

namespace waymark::collector {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using Headers = std::map<std::string, std::string>;

const Headers kHeaders = {{"content-type", "application/json"},
                          {"authorization", "Basic a2V5Og=="},
                          {"anonymousid", "YW5vbnltb3VzLTE="},
                          {"sentat", "2026-11-21T18:00:01.000Z"}};

Json Event() {
  Json event = OrderCompleted();
  event["channel"] = "web";
  event["context"] = {
      {"sessionId", 1795284000},
      {"consentManagement", {{"allowedConsentIds", {"analytics"}}, {"deniedConsentIds", {"ads"}}}}};
  return event;
}

Json Body(const Json& event) {
  return {{"batch", Json::array({event})}, {"sentAt", "2026-11-21T18:00:01.000Z"}};
}

Outcome Answer(const Request& request) { return RudderstackDialect().answer(request); }
Outcome Send(const Json& body, const std::string& path = "/v1/batch",
             const Headers& headers = kHeaders) {
  return Answer(PostOf(path, ToText(body), headers));
}

std::string RefusalOf(const Outcome& outcome) {
  EXPECT_THAT(outcome.records, IsEmpty());
  EXPECT_FALSE(outcome.problems.empty());
  return std::to_string(outcome.reply.status) + " " + outcome.reply.content;
}

std::vector<std::string> ProblemsWith(const char* member, const Json& value) {
  Json event = Event();
  event[member] = value;
  return ProblemTexts(Send(Body(event)));
}

std::vector<std::string> ProblemsWithHeader(const char* name, const char* value) {
  Headers headers = kHeaders;
  headers[name] = value;
  return ProblemTexts(Send(Body(Event()), "/v1/batch", headers));
}

TEST(RudderstackTest, ReadsABatch) {
  const Outcome outcome = Send(Body(Event()));
  EXPECT_EQ(outcome.reply.status, 200);
  EXPECT_EQ(outcome.reply.content, "OK");
  ASSERT_THAT(outcome.records, SizeIs(1));
  const ReceivedEvent& event = outcome.records[0].event;
  EXPECT_EQ(event.kind, "track");
  EXPECT_EQ(event.name, "Order Completed");
  EXPECT_EQ(event.order_id, "order-1");
  EXPECT_EQ(event.session_id, "1795284000");
  EXPECT_EQ(event.consent, Json({{"analytics", true}, {"ads", false}}));
  EXPECT_EQ(event.raw, ToText(Event()));
  EXPECT_THAT(ProblemTexts(outcome), IsEmpty());
}

TEST(RudderstackTest, ReadsSingleEventsAndGzip) {
  Request request = PostOf("/v1/page", Gzip(ToText(Event())), kHeaders);
  request.encoding = "gzip";
  EXPECT_EQ(Answer(request).records.at(0).event.kind, "page");
}

TEST(RudderstackTest, ReadsBeacons) {
  const std::string text = ToText(Body(Event()));
  const Headers plain = {{"content-type", "text/plain"}};
  EXPECT_THAT(Answer(PostOf("/beacon/v1/batch?writeKey=k", text, plain)).records, SizeIs(1));
  EXPECT_EQ(RefusalOf(Answer(PostOf("/beacon/v1/batch", text, plain))),
            "401 Failed to read writeKey from Query Params\n");
}

TEST(RudderstackTest, RefusesInTheGatewaysWords) {
  EXPECT_EQ(RefusalOf(Send(Body(Event()), "/v1/batch", {{"content-type", "application/json"}})),
            "401 Failed to read writeKey from header\n");
  EXPECT_EQ(RefusalOf(Answer(PostOf("/v1/batch", "", kHeaders))), "400 Request body is nil\n");
  EXPECT_EQ(RefusalOf(Answer(PostOf("/v1/batch", "{", kHeaders))), "400 Invalid JSON\n");
  EXPECT_EQ(RefusalOf(Send({{"batch", Json::array()}})), "400 Empty batch payload\n");
  EXPECT_EQ(RefusalOf(Send(Body("text"))), "400 Event is not a valid rudder event\n");
  Json nobody = Event();
  nobody.erase("userId");
  nobody.erase("anonymousId");
  EXPECT_EQ(RefusalOf(Send(Body(nobody))), "400 Request neither has anonymousId nor userId\n");
  const std::string large = ToText(Body(Event())) + std::string(kRudderstackBodyBytesMax, ' ');
  EXPECT_EQ(RefusalOf(Answer(PostOf("/v1/batch", large, kHeaders))),
            "413 Request size exceeds max limit\n");
  Request packed = PostOf("/v1/batch", "plain", kHeaders);
  packed.encoding = "gzip";
  EXPECT_EQ(RefusalOf(Answer(packed)), "400 Failed to read body from request\n");
}

TEST(RudderstackTest, NotesWhatTheGatewayLetsPass) {
  EXPECT_THAT(ProblemsWith("type", "purchase"),
              ElementsAre(HasSubstr("/batch/0/type: \"purchase\"")));
  EXPECT_THAT(ProblemsWith("messageId", nullptr), ElementsAre(HasSubstr("/batch/0/messageId")));
  EXPECT_THAT(ProblemsWith("event", ""), ElementsAre(HasSubstr("/batch/0/event: empty text")));
  EXPECT_THAT(ProblemsWith("originalTimestamp", "today"),
              ElementsAre(HasSubstr("/batch/0/originalTimestamp")));
  EXPECT_THAT(ProblemsWith("properties", {{"text", std::string(33000, 'x')}}),
              ElementsAre(HasSubstr("→ at most 32768 bytes")));
}

TEST(RudderstackTest, ChecksItsOwnHeaders) {
  EXPECT_THAT(ProblemsWithHeader("anonymousid", "%%%"),
              ElementsAre("header AnonymousId: \"%%%\" → base64 of the anonymous id"));
  EXPECT_THAT(ProblemsWithHeader("sentat", "now"), ElementsAre(HasSubstr("header SentAt")));
  EXPECT_THAT(ProblemsWithHeader("rsa-retry-attempt", "x"),
              ElementsAre(HasSubstr("header Rsa-Retry-Attempt")));
  EXPECT_THAT(ProblemsWithHeader("rsa-retry-reason", "because"),
              ElementsAre(HasSubstr("header Rsa-Retry-Reason")));
  EXPECT_THAT(ProblemsWithHeader("rsa-retry-reason", "server-503"), IsEmpty());
}

}  // namespace
}  // namespace waymark::collector
