#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dialect_request.h"
#include "dialects/dialects.h"
#include "dialects/otlp_messages.h"
#include "gzip.h"

namespace waymark::collector {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using Headers = std::map<std::string, std::string>;

const Headers kJson = {{"content-type", "application/json"}};
const Headers kProtobuf = {{"content-type", "application/x-protobuf"}};

Json Text(const char* key, const char* value) {
  return {{"key", key}, {"value", {{"stringValue", value}}}};
}

Json LogRecord() {
  const Json consent = {
      {"key", "consent"},
      {"value",
       {{"kvlistValue",
         {{"values", Json::array({{{"key", "analytics"}, {"value", {{"boolValue", true}}}}})}}}}}};
  return {{"timeUnixNano", "1795284000250000000"},
          {"severityNumber", 9},
          {"body", {{"stringValue", "order"}}},
          {"attributes",
           Json::array({Text("log.record.uid", "message-1"), Text("session.id", "session-1"),
                        Text("user.id", "user-1"), Text("order_id", "order-1"), consent})},
          {"traceId", "0123456789ABCDEF0123456789abcdef"},
          {"eventName", "order.completed"}};
}

Json Body(const Json& record) {
  return {
      {"resourceLogs",
       Json::array({{{"resource", {{"attributes", Json::array({Text("service.name", "shop")})}}},
                     {"scopeLogs", Json::array({{{"scope", {{"name", "sdk"}}},
                                                 {"logRecords", Json::array({record})}}})}}})}};
}

Outcome Answer(const Request& request) { return OtlpDialect().answer(request); }
Outcome Send(const Json& body) { return Answer(PostOf("/v1/logs", ToText(body), kJson)); }

Outcome SendWith(const char* member, const Json& value) {
  Json record = LogRecord();
  record[member] = value;
  return Send(Body(record));
}

constexpr char kRecord[] = "/resourceLogs/0/scopeLogs/0/logRecords/0";

TEST(OtlpJsonTest, ReadsARecord) {
  const Outcome outcome = Send(Body(LogRecord()));
  EXPECT_EQ(outcome.reply.content, R"({"partialSuccess":{}})");
  ASSERT_THAT(outcome.records, SizeIs(1));
  const ReceivedEvent& event = outcome.records[0].event;
  EXPECT_EQ(event.kind, "track");
  EXPECT_EQ(event.name, "order.completed");
  EXPECT_EQ(event.message_id, "message-1");
  EXPECT_EQ(event.order_id, "order-1");
  EXPECT_EQ(event.time_ms, 1795284000250);
  EXPECT_EQ(event.user_id, "user-1");
  EXPECT_EQ(event.session_id, "session-1");
  EXPECT_EQ(event.consent, Json({{"analytics", true}}));
  EXPECT_EQ(event.event["logRecord"], LogRecord());
  EXPECT_EQ(event.event["scope"], Json({{"name", "sdk"}}));
  EXPECT_EQ(event.raw, ToText(LogRecord()));
  EXPECT_THAT(ProblemTexts(outcome), IsEmpty());
}

TEST(OtlpJsonTest, TakesNothingAndGzip) {
  EXPECT_EQ(Send(Json::object()).reply.status, 200);
  Request packed = PostOf("/v1/logs", Gzip(ToText(Body(LogRecord()))), kJson);
  packed.encoding = "gzip";
  EXPECT_THAT(Answer(packed).records, SizeIs(1));
}

TEST(OtlpJsonTest, RefusesWhatNoReceiverCanRead) {
  const auto refusal = [](const char* member, const Json& value) {
    const Outcome outcome = SendWith(member, value);
    EXPECT_EQ(outcome.reply.status, 400) << member;
    EXPECT_EQ(ReplyJson(outcome)["code"], 3);
    EXPECT_THAT(outcome.records, IsEmpty());
    return ProblemTexts(outcome).at(0);
  };
  EXPECT_EQ(refusal("timeUnixNano", "soon"),
            std::string(kRecord) +
                "/timeUnixNano: \"soon\" → an unsigned 64-bit integer as "
                "decimal text");
  EXPECT_THAT(refusal("timeUnixNano", "-1"), HasSubstr("unsigned"));
  EXPECT_THAT(refusal("severityNumber", true), HasSubstr("the number of the value"));
  EXPECT_THAT(refusal("eventName", 1), HasSubstr("/eventName: the number 1 → text"));
  EXPECT_THAT(refusal("traceId", "0123"), HasSubstr("32 hexadecimal digits"));
  EXPECT_THAT(refusal("spanId", "zzzzzzzzzzzzzzzz"), HasSubstr("16 hexadecimal digits"));
  EXPECT_THAT(refusal("attributes", Json::object()), HasSubstr("→ an array"));
  EXPECT_THAT(refusal("body", "text"), HasSubstr("/body: \"text\" → a JSON object"));
  EXPECT_THAT(refusal("body", {{"intValue", "1.5"}}), HasSubstr("/body/intValue"));
  EXPECT_THAT(refusal("body", {{"boolValue", "true"}}), HasSubstr("/body/boolValue"));
  EXPECT_THAT(refusal("body", {{"doubleValue", "x"}}), HasSubstr("/body/doubleValue"));
  EXPECT_THAT(refusal("body", {{"bytesValue", "%"}}), HasSubstr("→ base64"));
  EXPECT_THAT(refusal("flags", -1), HasSubstr("unsigned 32-bit"));
  EXPECT_EQ(Send(Json::array()).reply.status, 400);
  EXPECT_EQ(Answer(PostOf("/v1/logs", "{", kJson)).reply.status, 400);
}

TEST(OtlpJsonTest, NotesWhatIsForbiddenAndTaken) {
  EXPECT_THAT(ProblemTexts(SendWith("time_unix_nano", "1")),
              ElementsAre(HasSubstr("snake_case, which is ignored → timeUnixNano")));
  EXPECT_THAT(ProblemTexts(SendWith("timeUnixNano", 1795284000250000000)),
              ElementsAre(HasSubstr("the same as decimal text")));
  EXPECT_THAT(ProblemTexts(SendWith("severityNumber", "SEVERITY_NUMBER_INFO")),
              ElementsAre(HasSubstr("not its name")));
  EXPECT_THAT(ProblemTexts(SendWith("severityNumber", 25)), ElementsAre(HasSubstr("0 to 24")));
  EXPECT_THAT(ProblemTexts(SendWith("timeUnixNano", "0")),
              ElementsAre(HasSubstr("nanoseconds since 1970")));
  EXPECT_THAT(ProblemTexts(SendWith("attributes", Json::array({Text("a", "1"), Text("a", "2")}))),
              ElementsAre(HasSubstr("/attributes/1/key: \"a\" → each key only once")));
  EXPECT_THAT(ProblemTexts(SendWith("attributes", Json::array({Text("", "1")}))),
              ElementsAre(HasSubstr("a name that is not empty")));
  const Json both = {{"key", "k"}, {"value", {{"stringValue", "a"}, {"boolValue", true}}}};
  EXPECT_THAT(ProblemTexts(SendWith("attributes", Json::array({both}))),
              ElementsAre(HasSubstr("one of stringValue")));
  EXPECT_THAT(ProblemTexts(SendWith("unknownField", 1)), IsEmpty());
}

TEST(OtlpTest, TakesTwoMediaTypesOnly) {
  EXPECT_EQ(Answer(PostOf("/v1/logs", "{}", {{"content-type", "text/plain"}})).reply.status, 415);
}

TEST(OtlpTest, PartialFaultsRejectRecords) {
  Json body = Body(LogRecord());
  body["resourceLogs"].push_back(body["resourceLogs"][0]);
  const Request request = PostOf("/v1/logs", ToText(body), kJson);
  const Outcome outcome = Answer(WithFault(request, 2, Verdict::kRejected));
  EXPECT_EQ(outcome.reply.status, 200);
  EXPECT_EQ(ReplyJson(outcome)["partialSuccess"]["rejectedLogRecords"], "1");
  EXPECT_THAT(VerdictsOf(outcome), ElementsAre(Verdict::kAccepted, Verdict::kRejected));
  EXPECT_THAT(VerdictsOf(Answer(WithFault(request, 1, Verdict::kRetry))),
              ElementsAre(Verdict::kAccepted, Verdict::kAccepted));
}

// --- protobuf -----------------------------------------------------------------------------------

std::string Varint(uint64_t value) {
  std::string bytes;
  while (value >= 128) {
    bytes += static_cast<char>(value % 128 + 128);
    value /= 128;
  }
  return bytes + static_cast<char>(value);
}

std::string Len(int number, const std::string& value) {
  return Varint(number * 8 + 2) + Varint(value.size()) + value;
}

std::string Int(int number, uint64_t value) { return Varint(number * 8) + Varint(value); }

std::string Fixed(int number, uint64_t value, size_t bytes) {
  std::string text = Varint(number * 8 + (bytes == 8 ? 1 : 5));
  for (size_t i = 0; i < bytes; ++i) text += static_cast<char>(value >> (8 * i));
  return text;
}

std::string Attribute(const std::string& key, const std::string& value) {
  return Len(6, Len(1, key) + Len(2, value));
}

// The same record as above, and one value of each other type.
std::string RecordBytes() {
  const std::string consent = Len(6, Len(1, Len(1, "analytics") + Len(2, Int(2, 1))));
  return Fixed(1, 1795284000250000000, 8) + Int(2, 9) + Len(5, Len(1, "order")) +
         Attribute("log.record.uid", Len(1, "message-1")) +
         Attribute("order_id", Len(1, "order-1")) + Attribute("consent", consent) +
         Attribute("negative", Int(3, static_cast<uint64_t>(-2))) +
         Attribute("half", Fixed(4, 0x3FE0000000000000, 8)) +
         Attribute("list", Len(5, Len(1, Len(1, "a")) + Len(1, Int(2, 0)))) +
         Attribute("bytes", Len(7, std::string("\x00\xff", 2))) + Fixed(8, 1, 4) +
         Len(9, std::string(16, '\x0a')) + Len(12, "order.completed");
}

std::string BodyBytes(const std::string& record) {
  const std::string resource = Len(1, Len(1, Len(1, "service.name") + Len(2, Len(1, "shop"))));
  return Len(1, resource + Len(2, Len(1, Len(1, "sdk")) + Len(2, record)));
}

Outcome SendBytes(const std::string& bytes) { return Answer(PostOf("/v1/logs", bytes, kProtobuf)); }

TEST(OtlpProtobufTest, ReadsARecord) {
  const Outcome outcome = SendBytes(BodyBytes(RecordBytes()));
  EXPECT_EQ(outcome.reply.status, 200);
  EXPECT_EQ(outcome.reply.content, Len(1, ""));
  EXPECT_EQ(outcome.reply.content_type, "application/x-protobuf");
  ASSERT_THAT(outcome.records, SizeIs(1));
  const ReceivedEvent& event = outcome.records[0].event;
  EXPECT_EQ(event.name, "order.completed");
  EXPECT_EQ(event.message_id, "message-1");
  EXPECT_EQ(event.order_id, "order-1");
  EXPECT_EQ(event.time_ms, 1795284000250);
  EXPECT_EQ(event.consent, Json({{"analytics", true}}));
  EXPECT_EQ(event.form, "protobuf");
  EXPECT_EQ(event.raw, RecordBytes());
  EXPECT_THAT(ProblemTexts(outcome), IsEmpty());
}

TEST(OtlpProtobufTest, GivesTheTreeOfTheJsonEncoding) {
  const auto message = ReadOtlpProtobuf(BodyBytes(RecordBytes()));
  ASSERT_TRUE(message.ok()) << message.status();
  Problems hard;
  Problems soft;
  CheckOtlpJson(Spot(message->json), hard, soft);
  EXPECT_THAT(hard, IsEmpty());
  EXPECT_THAT(soft, IsEmpty());
  const Json& record = message->json["resourceLogs"][0]["scopeLogs"][0]["logRecords"][0];
  EXPECT_EQ(record["timeUnixNano"], "1795284000250000000");
  EXPECT_EQ(record["severityNumber"], 9);
  EXPECT_EQ(record["flags"], 1);
  EXPECT_EQ(record["traceId"], "0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a");
  const Json& attributes = record["attributes"];
  EXPECT_EQ(attributes[3]["value"], Json({{"intValue", "-2"}}));
  EXPECT_EQ(attributes[4]["value"], Json({{"doubleValue", 0.5}}));
  EXPECT_EQ(attributes[5]["value"],
            Json::parse(R"({"arrayValue":{"values":[{"stringValue":"a"},{"boolValue":false}]}})"));
  EXPECT_EQ(attributes[6]["value"], Json({{"bytesValue", "AP8="}}));
}

TEST(OtlpProtobufTest, SkipsUnknownFieldsAndTakesNothing) {
  const std::string unknown = Int(99, 1) + Len(98, "x") + Fixed(97, 1, 8) + Fixed(96, 1, 4);
  EXPECT_THAT(SendBytes(BodyBytes(RecordBytes() + unknown) + unknown).records, SizeIs(1));
  EXPECT_EQ(SendBytes("").reply.status, 200);
}

TEST(OtlpProtobufTest, RefusesBrokenBytes) {
  const std::string good = BodyBytes(RecordBytes());
  const auto refusal = [](const std::string& bytes) {
    const Outcome outcome = SendBytes(bytes);
    EXPECT_EQ(outcome.reply.status, 400);
    EXPECT_EQ(outcome.reply.content_type, "application/x-protobuf");
    return outcome.problems.empty() ? std::string() : outcome.problems[0].found;
  };
  EXPECT_THAT(refusal(good.substr(0, good.size() - 1)), HasSubstr("breaks off"));
  EXPECT_THAT(refusal("\x0a"), HasSubstr("breaks off or is malformed, at byte 0"));
  EXPECT_THAT(refusal(Int(0, 1)), HasSubstr("malformed"));
  EXPECT_THAT(refusal("\x0b"), HasSubstr("malformed"));  // a group
  EXPECT_THAT(refusal(Varint(8) + std::string(10, '\xff') + "\x01"), HasSubstr("malformed"));
  EXPECT_THAT(refusal(Varint(8) + std::string(9, '\xff') + "\x02"), HasSubstr("malformed"));
  EXPECT_THAT(refusal(Int(1, 1)), HasSubstr("resourceLogs has wire type 0"));
  EXPECT_THAT(refusal(BodyBytes(Len(12, "\xff"))), HasSubstr("eventName is not UTF-8"));
  EXPECT_THAT(refusal(BodyBytes(Len(9, "x"))), HasSubstr("traceId has 1 bytes instead of 16"));
  std::string deep = Len(1, "x");
  for (int i = 0; i < 100; ++i) deep = Len(5, Len(1, deep));
  EXPECT_THAT(refusal(BodyBytes(Len(5, deep))), HasSubstr("nested too deep"));
}

TEST(OtlpProtobufTest, NamesTheByte) {
  EXPECT_THAT(SendBytes(Len(50, "abc") + Int(1, 1)).problems[0].found, HasSubstr("at byte 6"));
}

TEST(OtlpProtobufTest, CutShortAnywhereNeverReadsOn) {
  const std::string good = BodyBytes(RecordBytes());
  for (size_t size = 0; size < good.size(); ++size) SendBytes(good.substr(0, size));
  std::string damaged = good;
  for (size_t i = 0; i < good.size(); ++i) {
    damaged[i] = static_cast<char>(good[i] ^ 0x81);
    SendBytes(damaged);
    damaged[i] = good[i];
  }
}

TEST(OtlpProtobufTest, AnswersPartialSuccess) {
  const std::string body = BodyBytes(RecordBytes());
  const Outcome outcome =
      Answer(WithFault(PostOf("/v1/logs", body, kProtobuf), 1, Verdict::kRejected));
  EXPECT_EQ(outcome.reply.content,
            Len(1, Int(1, 1) + Len(2, "the fault partial rejects some records")));
}

}  // namespace
}  // namespace waymark::collector
