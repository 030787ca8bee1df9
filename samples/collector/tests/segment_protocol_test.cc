#include "segment_protocol.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "event_samples.h"

namespace waymark::collector {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr int64_t kReceivedMs = 1795284005000;

absl::StatusOr<std::vector<ReceivedEvent>> Parse(const std::string& text,
                                                 absl::string_view kind = "",
                                                 absl::string_view authorization = "") {
  return ParseSegment({.kind = kind,
                       .authorization = authorization,
                       .text = text,
                       .wire_bytes = static_cast<int64_t>(text.size()),
                       .received_ms = kReceivedMs});
}

std::string RefusalOf(const Json& body, absl::string_view kind = "") {
  return std::string(Parse(ToText(body), kind).status().message());
}

// The refusal of a batch with one event, from which `member` was taken away.
std::string RefusalWithout(const char* member) {
  Json event = OrderCompleted();
  event.erase(member);
  return RefusalOf(BatchOf(event));
}

TEST(SegmentProtocolTest, ReadsAnEventOfABatch) {
  const auto events = Parse(ToText(BatchOf(OrderCompleted())));
  ASSERT_TRUE(events.ok()) << events.status();
  ASSERT_THAT(*events, SizeIs(1));
  const ReceivedEvent& event = events->front();
  EXPECT_EQ(event.kind, "track");
  EXPECT_EQ(event.name, "Order Completed");
  EXPECT_EQ(event.message_id, "message-1");
  EXPECT_EQ(event.time_ms, 1795284000250);
  EXPECT_EQ(event.anonymous_id, "anonymous-1");
  EXPECT_EQ(event.user_id, "user-1");
  EXPECT_EQ(event.session_id, "session-1");
  EXPECT_EQ(event.consent, Json({{"analytics", true}, {"ads", false}}));
  EXPECT_EQ(event.event, OrderCompleted());
  EXPECT_THAT(event.problems, IsEmpty());
}

TEST(SegmentProtocolTest, SharesTheWireBytesWithoutLosingOne) {
  Json body = BatchOf(OrderCompleted());
  Json small = OrderCompleted();
  small.erase("context");
  body["batch"].push_back(small);
  body["batch"].push_back(small);
  const std::string text = ToText(body);
  const auto events = ParseSegment({.kind = "",
                                    .authorization = "",
                                    .text = text,
                                    .wire_bytes = 100,
                                    .received_ms = kReceivedMs});
  ASSERT_TRUE(events.ok());
  EXPECT_EQ((*events)[0].wire_bytes + (*events)[1].wire_bytes + (*events)[2].wire_bytes, 100);
  EXPECT_GT((*events)[0].wire_bytes, (*events)[1].wire_bytes);
}

TEST(SegmentProtocolTest, TakesTheKindFromASingleRoute) {
  Json event = OrderCompleted();
  event.erase("type");
  event["writeKey"] = "key";
  event["name"] = "Home";
  const auto events = Parse(ToText(event), "page");
  ASSERT_TRUE(events.ok()) << events.status();
  EXPECT_EQ(events->front().kind, "page");
  EXPECT_EQ(events->front().name, "Home");
}

TEST(SegmentProtocolTest, TakesTheWriteKeyFromBasicAuthorization) {
  Json body = BatchOf(OrderCompleted());
  body.erase("writeKey");
  EXPECT_TRUE(Parse(ToText(body), "", "Basic a2V5Og==").ok());
  EXPECT_THAT(Parse(ToText(body), "", "Basic Og==").status().message(), HasSubstr("writeKey"));
  EXPECT_THAT(Parse(ToText(body), "", "Basic ???").status().message(), HasSubstr("writeKey"));
  EXPECT_THAT(Parse(ToText(body), "", "Bearer a2V5Og==").status().message(), HasSubstr("writeKey"));
}

TEST(SegmentProtocolTest, ReadsTheSessionInItsOtherPlace) {
  Json event = OrderCompleted();
  event["context"] = {{"sessionId", 1795284000}};
  const auto events = Parse(ToText(BatchOf(event)));
  EXPECT_EQ(events->front().session_id, "1795284000");
  EXPECT_TRUE(events->front().consent.is_null());
}

TEST(SegmentProtocolTest, UsesTheTimeOfReceiptWhereTheEventHasNone) {
  Json event = OrderCompleted();
  event.erase("timestamp");
  EXPECT_EQ(Parse(ToText(BatchOf(event)))->front().time_ms, kReceivedMs);
}

TEST(SegmentProtocolTest, RefusesAMissingMemberByName) {
  EXPECT_EQ(RefusalWithout("messageId"), "batch[0]: messageId is missing.");
  EXPECT_EQ(RefusalWithout("type"), "batch[0]: type is missing.");
  EXPECT_THAT(RefusalWithout("event"), HasSubstr("batch[0]: event, the name of what happened"));
}

TEST(SegmentProtocolTest, NeedsOneOfTheTwoIds) {
  Json event = OrderCompleted();
  event.erase("userId");
  EXPECT_TRUE(Parse(ToText(BatchOf(event))).ok());
  event.erase("anonymousId");
  EXPECT_THAT(RefusalOf(BatchOf(event)), HasSubstr("userId or anonymousId is needed"));
}

TEST(SegmentProtocolTest, RefusesUnknownAndMisplacedTypes) {
  Json event = OrderCompleted();
  event["writeKey"] = "key";
  EXPECT_THAT(RefusalOf(event, "page"), HasSubstr("takes page only"));
  event["type"] = "purchase";
  EXPECT_THAT(RefusalOf(BatchOf(event)), HasSubstr("type is unknown"));
}

TEST(SegmentProtocolTest, RefusesTimesThatAreNotIso) {
  Json event = OrderCompleted();
  event["timestamp"] = 1795284000250;
  EXPECT_THAT(RefusalOf(BatchOf(event)), HasSubstr("timestamp is not an ISO 8601 time"));
  Json body = BatchOf(OrderCompleted());
  body["sentAt"] = "today";
  EXPECT_THAT(RefusalOf(body), HasSubstr("sentAt is not an ISO 8601 time"));
}

TEST(SegmentProtocolTest, NamesThePlaceOfTheWrongEvent) {
  Json body = BatchOf(OrderCompleted());
  body["batch"].push_back(Json("text"));
  EXPECT_EQ(RefusalOf(body), "batch[1]: the event is not a JSON object.");
}

TEST(SegmentProtocolTest, RefusesBodiesWithoutABatch) {
  EXPECT_THAT(RefusalOf({{"writeKey", "key"}}), HasSubstr("batch is missing"));
  EXPECT_THAT(RefusalOf({{"writeKey", "key"}, {"batch", Json::array()}}), HasSubstr("is empty"));
  EXPECT_THAT(RefusalOf(Json::array()), HasSubstr("not a JSON object"));
  EXPECT_THAT(Parse("{").status().message(), HasSubstr("the body cannot be read"));
}

TEST(SegmentProtocolTest, BoundsEventsAndBatches) {
  Json event = OrderCompleted();
  event["properties"]["text"] = std::string(33000, 'x');
  EXPECT_THAT(RefusalOf(BatchOf(event)), HasSubstr("over the limit of 32 KB"));
  EXPECT_THAT(Parse(std::string(513 * 1024, ' ')).status().message(), HasSubstr("limit of 500 KB"));
}

TEST(SegmentProtocolTest, NotesWhatDestinationsStumbleOver) {
  Json event = OrderCompleted();
  event["type"] = "group";
  event["properties"] = "none";
  const auto events = Parse(ToText(BatchOf(event)));
  ASSERT_TRUE(events.ok());
  EXPECT_THAT(events->front().problems,
              ::testing::ElementsAre(HasSubstr("groupId is missing"),
                                     HasSubstr("properties is not a JSON object")));
}

}  // namespace
}  // namespace waymark::collector
