#include "snowplow_protocol.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "event_samples.h"
#include "snowplow_decode.h"

namespace waymark::collector {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::vector<ReceivedEvent> Parse(const std::string& text) {
  return ParseSnowplowPost({.content_type = "application/json; charset=UTF-8",
                            .encoding = "identity",
                            .text = text,
                            .received_ms = 7});
}

ReceivedEvent ParseItem(const Json& item) { return Parse(ToText(PayloadOf(item))).at(0); }

// The problems of the sample after one member was set to another value.
std::vector<std::string> ProblemsWith(const char* field, const Json& value) {
  Json item = TransactionItem();
  item[field] = value;
  return ParseItem(item).problems;
}

TEST(SnowplowProtocolTest, ReadsAnEcommerceAction) {
  const ReceivedEvent event = ParseItem(TransactionItem());
  EXPECT_THAT(event.problems, IsEmpty());
  EXPECT_EQ(event.kind, "track");
  EXPECT_EQ(event.name, "transaction");
  EXPECT_EQ(event.message_id, "3b8e3a4e-0a7c-4d0e-9b8e-0f5a3e6d7c11");
  EXPECT_EQ(event.time_ms, 1793817970000);
  EXPECT_EQ(event.anonymous_id, "device-1");
  EXPECT_EQ(event.user_id, "user-1");
  EXPECT_EQ(event.session_id, "session-1");
  EXPECT_TRUE(event.consent.is_null());
  EXPECT_EQ(event.event["ue"], TransactionEnvelope());
  EXPECT_FALSE(event.event.contains("ue_px"));
}

TEST(SnowplowProtocolTest, ReadsThePlainFormToo) {
  Json item = TransactionItem();
  item.erase("ue_px");
  item["ue_pr"] = ToText(TransactionEnvelope());
  EXPECT_EQ(ParseItem(item).event["ue"], TransactionEnvelope());
}

TEST(SnowplowProtocolTest, TakesSessionAndConsentFromEntities) {
  Json item = TransactionItem();
  item.erase("sid");
  item["co"] = ToText(ContextsOf(
      SelfDescribing("iglu:com.snowplowanalytics.snowplow/client_session/jsonschema/1-0-2",
                     {{"sessionId", "from the entity"}})));
  EXPECT_EQ(ParseItem(item).session_id, "from the entity");
  item["co"] =
      ToText(ContextsOf(SelfDescribing("iglu:com.snowplowanalytics.snowplow/gdpr/jsonschema/1-0-0",
                                       {{"basisForProcessing", "consent"}})));
  EXPECT_EQ(ParseItem(item).consent, Json({{"basisForProcessing", "consent"}}));
}

TEST(SnowplowProtocolTest, NamesEachKind) {
  const Json base = {
      {"tv", "x"}, {"p", "web"}, {"page", "Home"}, {"se_ca", "c"}, {"se_ac", "added"}};
  const auto read = [&base](const char* code) {
    Json item = base;
    item["e"] = code;
    const ReceivedEvent event = ParseItem(item);
    return event.kind + " " + event.name;
  };
  EXPECT_EQ(read("pv"), "page Home");
  EXPECT_EQ(read("pp"), "ping Home");
  EXPECT_EQ(read("se"), "track added");
  EXPECT_EQ(read("tr"), "track transaction");
  EXPECT_EQ(read("ti"), "track transaction_item");
}

TEST(SnowplowProtocolTest, EveryValueMustBeAString) {
  EXPECT_THAT(ProblemsWith("vid", 3), ElementsAre("Field vid is not a string."));
}

TEST(SnowplowProtocolTest, OnlyKnownFieldsAreAllowed) {
  EXPECT_THAT(ProblemsWith("colour", "red"),
              ElementsAre("Field colour is not in payload_data 1-0-4."));
}

TEST(SnowplowProtocolTest, RequiresTheThreeFields) {
  EXPECT_THAT(ParseItem(Json::object()).problems,
              ElementsAre("Field tv is required and missing.", "Field p is required and missing.",
                          "Field e is required and missing."));
}

TEST(SnowplowProtocolTest, FindsWrongFields) {
  EXPECT_THAT(ProblemsWith("eid", "12"), ElementsAre("Field eid is not a UUID."));
  EXPECT_THAT(ProblemsWith("dtm", "soon"), ElementsAre("Field dtm is not a time in milliseconds."));
  EXPECT_THAT(ProblemsWith("e", "xx"), ElementsAre("Field e is none of pv, pp, ue, se, tr, ti."));
  EXPECT_THAT(ProblemsWith("e", "se"), ElementsAre("Field se_ca is required and missing.",
                                                   "Field se_ac is required and missing."));
}

TEST(SnowplowProtocolTest, FindsWrongSelfDescribingEvents) {
  EXPECT_THAT(ProblemsWith("ue_px", "%%%"), ElementsAre("ue_px is not base64url."));
  EXPECT_THAT(ProblemsWith("ue_px", Base64Url("text").substr(0, 4)),
              ElementsAre(HasSubstr("ue_px cannot be read")));
  EXPECT_THAT(ProblemsWith("ue_px", Base64Url(SelfDescribing("iglu:a/b/jsonschema/1-0-0", 1))),
              ElementsAre(HasSubstr("envelope's schema"), "The event is not a JSON object."));
  Json item = TransactionItem();
  item.erase("ue_px");
  EXPECT_THAT(ParseItem(item).problems, ElementsAre(HasSubstr("both are missing")));
}

TEST(SnowplowProtocolTest, FindsWrongContexts) {
  EXPECT_THAT(ProblemsWith("cx", Base64Url(ContextsOf(SelfDescribing("iglu:a/b/1-0-0", 1)))),
              ElementsAre(HasSubstr("Context 0: schema does not read iglu:"),
                          HasSubstr("Context 0: data is missing")));
  EXPECT_THAT(ProblemsWith("co", "[]"),
              ElementsAre(HasSubstr("envelope's schema"), "The contexts are not an array."));
}

TEST(SnowplowProtocolTest, UnreadableBodiesBecomeOneBadRow) {
  for (const char* text : {"", "{", "[]", "\xff\xfe", R"({"schema":"iglu:x","data":[{}]})"}) {
    const auto events = Parse(text);
    ASSERT_THAT(events, SizeIs(1)) << text;
    EXPECT_EQ(events[0].kind, "bad");
    EXPECT_THAT(events[0].problems, SizeIs(1));
  }
}

TEST(SnowplowProtocolTest, TakesNoGzipAndNoOtherContentType) {
  const std::string text = ToText(PayloadOf(TransactionItem()));
  SnowplowBody body = {
      .content_type = "application/json", .encoding = "gzip", .text = text, .received_ms = 7};
  EXPECT_THAT(ParseSnowplowPost(body)[0].problems, ElementsAre(HasSubstr("Content-Encoding")));
  body.encoding = "identity";
  body.content_type = "text/plain";
  EXPECT_THAT(ParseSnowplowPost(body)[0].problems, ElementsAre(HasSubstr("Content-Type")));
}

TEST(SnowplowProtocolTest, BoundsThePayload) {
  EXPECT_THAT(Parse(std::string(1024 * 1024 + 1, ' '))[0].problems,
              ElementsAre(HasSubstr("size violation")));
  Json payload = PayloadOf(Json::object());
  payload["data"] = std::vector<Json>(10001, Json::object());
  EXPECT_THAT(Parse(ToText(payload))[0].problems, ElementsAre(HasSubstr("more than 10000 events")));
}

TEST(SnowplowProtocolTest, ItemsThatAreNoObjectsAreBadRows) {
  const ReceivedEvent event = ParseItem(42);
  EXPECT_EQ(event.kind, "bad");
  EXPECT_THAT(event.problems, Contains("The item is not a JSON object."));
}

TEST(IgluUriTest, ReadsItsParts) {
  const auto uri = ParseIgluUri("iglu:com.acme/product_viewed/jsonschema/2-0-13");
  ASSERT_TRUE(uri.ok());
  EXPECT_EQ(uri->vendor, "com.acme");
  EXPECT_EQ(uri->name, "product_viewed");
  EXPECT_EQ(uri->version, "2-0-13");
}

TEST(IgluUriTest, RefusesEverythingElse) {
  for (const char* uri : {"", "iglu:", "com.acme/a/jsonschema/1-0-0", "iglu:com.acme/a/avro/1-0-0",
                          "iglu:com.acme/a/jsonschema/0-0-1", "iglu:com.acme/a/jsonschema/1-0",
                          "iglu:com.acme/a/jsonschema/1-00-0", "iglu:com.acme/a b/jsonschema/1-0-0",
                          "iglu:com.acme/a/jsonschema/1-0-0/x", "iglu:/a/jsonschema/1-0-0"}) {
    EXPECT_FALSE(ParseIgluUri(uri).ok()) << uri;
  }
}

}  // namespace
}  // namespace waymark::collector
