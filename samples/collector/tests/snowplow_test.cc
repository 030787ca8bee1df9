#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dialect_request.h"
#include "dialects/dialects.h"
#include "dialects/snowplow_decode.h"
#include "event_samples.h"

namespace waymark::collector {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kTp2[] = "/com.snowplowanalytics.snowplow/tp2";

Outcome Send(const std::string& text) { return SnowplowDialect().answer(PostOf(kTp2, text)); }

ReceivedEvent ParseItem(const Json& item) {
  return Send(ToText(PayloadOf(item))).records.at(0).event;
}

std::vector<std::string> ProblemsOf(const Json& item) {
  return ProblemTexts(Send(ToText(PayloadOf(item))));
}

// The problems of the sample after one member was set to another value.
std::vector<std::string> ProblemsWith(const char* field, const Json& value) {
  Json item = TransactionItem();
  item[field] = value;
  return ProblemsOf(item);
}

TEST(SnowplowTest, ReadsAnEcommerceAction) {
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

TEST(SnowplowTest, ReadsThePlainFormToo) {
  Json item = TransactionItem();
  item.erase("ue_px");
  item["ue_pr"] = ToText(TransactionEnvelope());
  EXPECT_EQ(ParseItem(item).event["ue"], TransactionEnvelope());
}

TEST(SnowplowTest, TakesSessionAndConsentFromEntities) {
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

TEST(SnowplowTest, NamesEachKind) {
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

TEST(SnowplowTest, EveryValueMustBeAString) {
  EXPECT_THAT(ProblemsWith("vid", 3),
              ElementsAre("/data/0/vid: the number 3 → text, as for every field"));
}

TEST(SnowplowTest, OnlyKnownFieldsAreAllowed) {
  EXPECT_THAT(ProblemsWith("colour", "red"),
              ElementsAre("/data/0/colour: a field of its own → the fields of payload_data 1-0-4"));
}

TEST(SnowplowTest, RequiresTheThreeFields) {
  EXPECT_THAT(ProblemsOf(Json::object()), ElementsAre("/data/0/tv: nothing → text; it is required",
                                                      "/data/0/p: nothing → text; it is required",
                                                      "/data/0/e: nothing → text; it is required"));
}

TEST(SnowplowTest, FindsWrongFields) {
  EXPECT_THAT(ProblemsWith("eid", "12"), ElementsAre("/data/0/eid: \"12\" → a UUID"));
  EXPECT_THAT(ProblemsWith("dtm", "soon"),
              ElementsAre("/data/0/dtm: \"soon\" → milliseconds since 1970 as digits"));
  EXPECT_THAT(ProblemsWith("e", "xx"), ElementsAre("/data/0/e: \"xx\" → pv, pp, ue, se, tr or ti"));
  EXPECT_THAT(ProblemsWith("e", "se"), ElementsAre(HasSubstr("/data/0/se_ca: nothing"),
                                                   HasSubstr("/data/0/se_ac: nothing")));
}

TEST(SnowplowTest, FindsWrongSelfDescribingEvents) {
  EXPECT_THAT(ProblemsWith("ue_px", "%%%"), ElementsAre("/data/0/ue_px: \"%%%\" → base64url"));
  EXPECT_THAT(ProblemsWith("ue_px", Base64Url("text").substr(0, 4)),
              ElementsAre(HasSubstr("/data/0/ue_px: not JSON")));
  EXPECT_THAT(ProblemsWith("ue_px", Base64Url(SelfDescribing("iglu:a/b/jsonschema/1-0-0", 1))),
              ElementsAre(HasSubstr("/data/0/ue_px/schema: \"iglu:a/b"),
                          "/data/0/ue_px/data: the number 1 → a JSON object"));
  Json item = TransactionItem();
  item.erase("ue_px");
  EXPECT_THAT(ProblemsOf(item), ElementsAre(HasSubstr("the event, here or in ue_pr")));
}

TEST(SnowplowTest, FindsWrongContexts) {
  EXPECT_THAT(ProblemsWith("cx", Base64Url(ContextsOf(SelfDescribing("iglu:a/b/1-0-0", 1)))),
              ElementsAre(HasSubstr("/data/0/cx/data/0/schema: \"iglu:a/b/1-0-0\" → iglu:vendor"),
                          HasSubstr("/data/0/cx/data/0/data: the number 1")));
  EXPECT_THAT(ProblemsWith("co", "[]"),
              ElementsAre(HasSubstr("/data/0/co/schema: nothing"),
                          HasSubstr("/data/0/co/data: nothing → an array")));
}

TEST(SnowplowTest, TakesTheOrderFromTheTransaction) {
  Json item = TransactionItem();
  item["co"] = ToText(ContextsOf(
      SelfDescribing("iglu:com.snowplowanalytics.snowplow.ecommerce/transaction/jsonschema/1-0-0",
                     {{"transaction_id", "order-1"}})));
  EXPECT_EQ(ParseItem(item).order_id, "order-1");
  EXPECT_EQ(ParseItem({{"e", "tr"}, {"tr_id", "order-2"}}).order_id, "order-2");
}

TEST(SnowplowTest, UnreadableBodiesBecomeOneBadRow) {
  for (const char* text : {"", "{", "[]", "\xff\xfe", R"({"schema":"iglu:x","data":[{}]})"}) {
    const Outcome outcome = Send(text);
    EXPECT_EQ(outcome.reply.content, "ok");
    ASSERT_THAT(outcome.records, SizeIs(1)) << text;
    EXPECT_EQ(outcome.records[0].event.kind, "bad");
    EXPECT_THAT(outcome.records[0].event.problems, SizeIs(1));
    EXPECT_THAT(outcome.problems, IsEmpty());
  }
}

TEST(SnowplowTest, TakesNoGzipAndNoOtherContentType) {
  const std::string text = ToText(PayloadOf(TransactionItem()));
  Request request = PostOf(kTp2, text);
  request.encoding = "gzip";
  EXPECT_THAT(ProblemTexts(SnowplowDialect().answer(request)),
              ElementsAre("header Content-Encoding: gzip → no such header"));
  request = PostOf(kTp2, text, {{"content-type", "text/plain"}});
  EXPECT_THAT(ProblemTexts(SnowplowDialect().answer(request)),
              ElementsAre("header Content-Type: text/plain → application/json"));
}

TEST(SnowplowTest, BoundsThePayload) {
  EXPECT_THAT(ProblemTexts(Send(std::string(1024 * 1024 + 1, ' '))),
              ElementsAre("body: 1048577 bytes → at most 1048576 bytes"));
  Json payload = PayloadOf(Json::object());
  payload["data"] = std::vector<Json>(10001, Json::object());
  EXPECT_THAT(ProblemTexts(Send(ToText(payload))),
              ElementsAre(HasSubstr("/data: an array of 10001 items → an array of 1 to 10000")));
}

TEST(SnowplowTest, ItemsThatAreNoObjectsAreBadRows) {
  EXPECT_EQ(ParseItem(42).kind, "bad");
  EXPECT_THAT(ProblemsOf(42), Contains("/data/0: the number 42 → a JSON object"));
}

TEST(SnowplowTest, ReadsTheFieldsOfAGet) {
  const std::string query = "stm=1&e=pv&p=web&tv=x&page=Hello%20there&vid=3&colour=red";
  const Outcome outcome = SnowplowDialect().answer(GetOf("/i?" + query));
  EXPECT_EQ(outcome.reply.content_type, "image/gif");
  ASSERT_THAT(outcome.records, SizeIs(1));
  const ReceivedEvent& event = outcome.records[0].event;
  EXPECT_EQ(event.kind, "page");
  EXPECT_EQ(event.name, "Hello there");
  EXPECT_EQ(event.form, "query");
  EXPECT_EQ(event.raw, query);
  EXPECT_THAT(ProblemTexts(outcome), ElementsAre(HasSubstr("query/colour: a field of its own")));
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
