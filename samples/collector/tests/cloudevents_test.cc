#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dialect_request.h"
#include "dialects/dialects.h"

namespace waymark::collector {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using Headers = std::map<std::string, std::string>;

const Headers kBatch = {{"content-type", "application/cloudevents-batch+json; charset=UTF-8"}};
const Headers kSingle = {{"content-type", "application/cloudevents+json"}};

Json Event() {
  return {{"specversion", "1.0"},
          {"id", "message-1"},
          {"source", "https://shop.example/web"},
          {"type", "com.example.order.completed"},
          {"time", "2026-11-21T18:00:00.250Z"},
          {"subject", "user/user-1"},
          {"datacontenttype", "application/json"},
          {"sessionid", "session-1"},
          {"anonymousid", "anonymous-1"},
          {"data", {{"order_id", "order-1"}, {"consent", {{"analytics", true}}}}}};
}

Outcome Answer(const Request& request) { return CloudeventsDialect().answer(request); }
Outcome Send(const Json& body, const Headers& headers = kBatch) {
  return Answer(PostOf("", ToText(body), headers));
}

// The problems of the sample with one member set; null takes it away.
std::vector<std::string> ProblemsWith(const std::string& member, const Json& value) {
  Json event = Event();
  event[member] = value;
  if (value.is_null()) event.erase(member);
  return ProblemTexts(Send(Json::array({event})));
}

TEST(CloudeventsTest, ReadsABatch) {
  const Outcome outcome = Send(Json::array({Event()}));
  EXPECT_EQ(outcome.reply.status, 204);
  ASSERT_THAT(outcome.records, SizeIs(1));
  const ReceivedEvent& event = outcome.records[0].event;
  EXPECT_EQ(event.kind, "track");
  EXPECT_EQ(event.name, "com.example.order.completed");
  EXPECT_EQ(event.message_id, "message-1");
  EXPECT_EQ(event.order_id, "order-1");
  EXPECT_EQ(event.time_ms, 1795284000250);
  EXPECT_EQ(event.user_id, "user-1");
  EXPECT_EQ(event.anonymous_id, "anonymous-1");
  EXPECT_EQ(event.session_id, "session-1");
  EXPECT_EQ(event.consent, Json({{"analytics", true}}));
  EXPECT_EQ(event.raw, ToText(Event()));
  EXPECT_THAT(ProblemTexts(outcome), IsEmpty());
}

TEST(CloudeventsTest, AnEmptyBatchIsLegal) {
  const Outcome outcome = Send(Json::array());
  EXPECT_EQ(outcome.reply.status, 204);
  EXPECT_THAT(outcome.problems, IsEmpty());
}

TEST(CloudeventsTest, ReadsOneEventStructuredAndBinary) {
  EXPECT_THAT(Send(Event(), kSingle).records, SizeIs(1));
  const Outcome outcome = Answer(PostOf("", R"({"order_id":"order-1"})",
                                        {{"content-type", "application/json"},
                                         {"ce-specversion", "1.0"},
                                         {"ce-id", "message-1"},
                                         {"ce-source", "/web"},
                                         {"ce-type", "caf%C3%A9.page"}}));
  EXPECT_EQ(outcome.reply.status, 204) << outcome.reply.content;
  ASSERT_THAT(outcome.records, SizeIs(1));
  EXPECT_EQ(outcome.records[0].event.name, "café.page");
  EXPECT_EQ(outcome.records[0].event.kind, "page");
  EXPECT_EQ(outcome.records[0].event.order_id, "order-1");
  EXPECT_EQ(outcome.records[0].event.form, "headers");
  EXPECT_THAT(outcome.records[0].event.raw, HasSubstr("ce-id: message-1\n"));
}

TEST(CloudeventsTest, WantsTheFourAttributes) {
  EXPECT_THAT(ProblemsWith("specversion", "0.3"), ElementsAre("/0/specversion: \"0.3\" → \"1.0\""));
  for (const char* name : {"id", "source", "type"}) {
    EXPECT_THAT(ProblemsWith(name, nullptr), ElementsAre(HasSubstr("text that is not empty")));
    EXPECT_THAT(ProblemsWith(name, 1), Contains(HasSubstr("the number 1 → text that is not")));
  }
}

TEST(CloudeventsTest, ChecksTheOthers) {
  EXPECT_THAT(ProblemsWith("source", "with blanks"),
              ElementsAre(HasSubstr("a URI or a reference")));
  EXPECT_THAT(ProblemsWith("dataschema", "relative"), ElementsAre(HasSubstr("→ a URI")));
  EXPECT_THAT(ProblemsWith("time", "2026-11-21"), ElementsAre(HasSubstr("/0/time")));
  EXPECT_THAT(ProblemsWith("subject", ""), ElementsAre(HasSubstr("/0/subject: empty text")));
  EXPECT_THAT(ProblemsWith("datacontenttype", ""), ElementsAre(HasSubstr("/0/datacontenttype")));
  EXPECT_THAT(ProblemsWith("sessionId", "x"), ElementsAre(HasSubstr("lower-case letters a-z")));
  EXPECT_THAT(ProblemsWith("extension", Json::object()),
              ElementsAre(HasSubstr("text, a 32-bit integer, true or false")));
  EXPECT_THAT(ProblemsWith("extension", 2147483648), SizeIs(1));
  EXPECT_THAT(ProblemsWith("extension", -2147483648), IsEmpty());
  EXPECT_THAT(ProblemsWith("data_base64", "%%"),
              ElementsAre(HasSubstr("→ base64"), HasSubstr("nothing beside data_base64")));
}

TEST(CloudeventsTest, NotesWhatMayNotArriveEverywhere) {
  EXPECT_THAT(ProblemsWith("anameoftwentyoneletrs", "x"),
              ElementsAre(HasSubstr("names of at most 20")));
  EXPECT_THAT(ProblemsWith("data", std::string(64 * 1024, 'x')),
              ElementsAre(HasSubstr("→ at most 65536 bytes")));
}

TEST(CloudeventsTest, OneWrongEventRefusesTheBody) {
  Json wrong = Event();
  wrong.erase("id");
  const Outcome outcome = Send(Json::array({Event(), wrong, "text"}));
  EXPECT_EQ(outcome.reply.status, 400);
  EXPECT_THAT(outcome.records, IsEmpty());
  EXPECT_THAT(ProblemTexts(outcome),
              ElementsAre(HasSubstr("/1/id: nothing"), "/2: \"text\" → a JSON object"));
}

TEST(CloudeventsTest, RefusesOtherBodies) {
  EXPECT_EQ(Send(Json::array(), {{"content-type", "application/json"}}).reply.status, 415);
  EXPECT_EQ(Send(Event(), kBatch).reply.status, 400);
  EXPECT_EQ(Send(Json::array(), kSingle).reply.status, 400);
  EXPECT_EQ(Answer(PostOf("", "[", kBatch)).reply.status, 400);
  EXPECT_EQ(Send(std::vector<Json>(10001, Event())).reply.status, 413);
}

}  // namespace
}  // namespace waymark::collector
