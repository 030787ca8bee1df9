#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/escaping.h"
#include "collector_limits.h"
#include "dialect_request.h"
#include "dialects/dialects.h"
#include "gzip.h"

namespace waymark::collector {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using Headers = std::map<std::string, std::string>;

constexpr char kUuid[] = "019a0000-0000-7000-8000-000000000001";
constexpr char kOther[] = "019a0000-0000-7000-8000-000000000002";

Json OrderEvent(const std::string& uuid = kUuid) {
  return {{"event", "Order Completed"},
          {"uuid", uuid},
          {"timestamp", "2026-11-21T18:00:00.250Z"},
          {"distinct_id", "anonymous-1"},
          {"properties", {{"order_id", "order-1"}, {"$session_id", "session-1"}}}};
}

Json Batch(const Json& event) { return {{"api_key", "phc_x"}, {"batch", Json::array({event})}}; }

Outcome Answer(const Request& request) { return PosthogDialect().answer(request); }
Outcome SendV0(const Json& body, const std::string& path = "/batch/") {
  return Answer(PostOf(path, ToText(body)));
}

std::vector<std::string> ProblemsWith(const char* member, const Json& value) {
  Json event = OrderEvent();
  event[member] = value;
  return ProblemTexts(SendV0(Batch(event)));
}

TEST(PosthogV0Test, ReadsABatch) {
  const Outcome outcome = SendV0(Batch(OrderEvent()));
  EXPECT_EQ(outcome.reply.status, 200);
  EXPECT_EQ(outcome.reply.content, R"({"status":1})");
  ASSERT_THAT(outcome.records, SizeIs(1));
  const ReceivedEvent& event = outcome.records[0].event;
  EXPECT_EQ(event.kind, "track");
  EXPECT_EQ(event.name, "Order Completed");
  EXPECT_EQ(event.message_id, kUuid);
  EXPECT_EQ(event.order_id, "order-1");
  EXPECT_EQ(event.time_ms, 1795284000250);
  EXPECT_EQ(event.anonymous_id, "anonymous-1");
  EXPECT_EQ(event.session_id, "session-1");
  EXPECT_EQ(event.raw, ToText(OrderEvent()));
  EXPECT_THAT(ProblemTexts(outcome), IsEmpty());
}

TEST(PosthogV0Test, ReadsAnArrayAndASingleEvent) {
  Json event = OrderEvent();
  event["api_key"] = "phc_x";
  EXPECT_THAT(SendV0(event, "/e/").records, SizeIs(1));
  EXPECT_THAT(SendV0(Json::array({event, event}), "/i/v0/e/").records, SizeIs(2));
  Json by_token = OrderEvent();
  by_token["properties"]["token"] = "phc_x";
  EXPECT_THAT(SendV0(by_token, "/capture").records, SizeIs(1));
}

TEST(PosthogV0Test, NamesTheKinds) {
  const auto kind = [](const char* name) {
    Json event = OrderEvent();
    event["event"] = name;
    return SendV0(Batch(event)).records.at(0).event.kind;
  };
  EXPECT_EQ(kind("$pageview"), "page");
  EXPECT_EQ(kind("$screen"), "screen");
  EXPECT_EQ(kind("$create_alias"), "alias");
  EXPECT_EQ(kind("$groupidentify"), "group");
  EXPECT_EQ(kind("$pageleave"), "track");
}

TEST(PosthogV0Test, TellsPersonsFromDevices) {
  Json event = OrderEvent();
  event["event"] = "$identify";
  event["distinct_id"] = "user-1";
  event["properties"]["$anon_distinct_id"] = "anonymous-1";
  const ReceivedEvent read = SendV0(Batch(event)).records.at(0).event;
  EXPECT_EQ(read.kind, "identify");
  EXPECT_EQ(read.user_id, "user-1");
  EXPECT_EQ(read.anonymous_id, "anonymous-1");
  event["event"] = "Order Completed";
  event["properties"]["$device_id"] = "anonymous-1";
  EXPECT_EQ(SendV0(Batch(event)).records.at(0).event.user_id, "user-1");
  event["distinct_id"] = "anonymous-1";
  EXPECT_EQ(SendV0(Batch(event)).records.at(0).event.user_id, "");
}

TEST(PosthogV0Test, SniffsGzipWhateverTheRequestSays) {
  const std::string packed = Gzip(ToText(Batch(OrderEvent())));
  for (const char* path : {"/e/", "/e/?compression=gzip-js", "/batch/?compression=base64"}) {
    const Outcome outcome = Answer(PostOf(path, packed, {{"content-type", "text/plain"}}));
    EXPECT_THAT(outcome.records, SizeIs(1)) << path;
  }
}

TEST(PosthogV0Test, ReadsFormsAndBase64) {
  const std::string base64 = absl::Base64Escape(ToText(Batch(OrderEvent())));
  const Headers form = {{"content-type", "application/x-www-form-urlencoded"}};
  std::string escaped;
  for (const char c : base64) {
    escaped += c == '+' ? "%2B" : c == '/' ? "%2F" : c == '=' ? "%3D" : std::string(1, c);
  }
  EXPECT_THAT(Answer(PostOf("/e/", "compression=base64&data=" + escaped, form)).records, SizeIs(1));
  EXPECT_THAT(Answer(PostOf("/e/?compression=base64", base64)).records, SizeIs(1));
}

TEST(PosthogV0Test, AnswersABeaconWithNothing) {
  const Outcome outcome = SendV0(Batch(OrderEvent()), "/e/?beacon=1");
  EXPECT_EQ(outcome.reply.status, 204);
  EXPECT_THAT(outcome.records, SizeIs(1));
}

TEST(PosthogV0Test, RefusesWrongEventsAsAWhole) {
  const auto refusal = [](const char* member, const Json& value) {
    Json body = Batch(OrderEvent(kOther));
    Json event = OrderEvent();
    event[member] = value;
    body["batch"].push_back(event);
    const Outcome outcome = SendV0(body);
    EXPECT_THAT(outcome.records, IsEmpty());
    EXPECT_EQ(outcome.reply.status, 400);
    return outcome.reply.content + " / " + ProblemTexts(outcome).at(0);
  };
  EXPECT_EQ(refusal("event", ""),
            "event submitted with an empty event name / "
            "/batch/1/event: empty text → the name of the event");
  EXPECT_EQ(refusal("distinct_id", nullptr),
            "event submitted without a distinct_id / "
            "/batch/1/distinct_id: null → an id, here or in properties");
  EXPECT_EQ(refusal("uuid", "12"), "failed to parse request / /batch/1/uuid: \"12\" → a UUID");
  EXPECT_EQ(refusal("properties", 1),
            "failed to parse request / /batch/1/properties: the number 1 → a JSON object");
}

TEST(PosthogV0Test, RefusesBodiesThatHoldNoEvent) {
  EXPECT_THAT(ProblemTexts(SendV0({{"api_key", "phc_x"}, {"batch", Json::array()}})),
              ElementsAre("/batch: an array of 0 items → at least one event"));
  EXPECT_THAT(ProblemTexts(SendV0(Json::array({1}))), ElementsAre(HasSubstr("/api_key: nothing")));
  EXPECT_THAT(ProblemTexts(Answer(PostOf("/e/", "{"))), ElementsAre(HasSubstr("body: not JSON")));
  EXPECT_THAT(ProblemTexts(Answer(PostOf("/e/", "%%%"))),
              ElementsAre(HasSubstr("JSON, gzip of JSON, or base64 of either")));
  EXPECT_THAT(ProblemTexts(Answer(PostOf("/e/", "\x1f\x8b\x08garbage"))),
              ElementsAre(HasSubstr("one gzip stream")));
  EXPECT_THAT(ProblemTexts(Answer(PostOf("/e/?compression=lz64", "x"))),
              ElementsAre(HasSubstr("query/compression: lz64")));
}

TEST(PosthogV0Test, WantsOneToken) {
  const auto status = [](const Json& body) { return SendV0(body).reply.status; };
  EXPECT_EQ(status({{"batch", Json::array({OrderEvent()})}}), 401);
  EXPECT_EQ(status({{"api_key", "phx_secret"}, {"batch", Json::array({OrderEvent()})}}), 401);
  EXPECT_EQ(status({{"api_key", std::string(65, 'a')}, {"batch", Json::array({OrderEvent()})}}),
            401);
  Json other = OrderEvent();
  other["api_key"] = "phc_y";
  const Outcome outcome = SendV0(Batch(other));
  EXPECT_EQ(outcome.reply.status, 401);
  EXPECT_THAT(ProblemTexts(outcome),
              ElementsAre("/batch/0/api_key: another token → one token in a body"));
}

TEST(PosthogV0Test, NotesWhatTheServerChanges) {
  EXPECT_THAT(ProblemsWith("distinct_id", std::string(201, 'x')),
              ElementsAre(HasSubstr("/batch/0/distinct_id: text of 201 characters")));
  EXPECT_THAT(ProblemsWith("timestamp", "today"), ElementsAre(HasSubstr("/batch/0/timestamp")));
}

TEST(PosthogV0Test, BoundsTheBodyByPath) {
  const std::string large = ToText(Batch(OrderEvent())) + std::string(2 * 1024 * 1024, ' ');
  EXPECT_EQ(Answer(PostOf("/e/", large)).reply.status, 413);
  EXPECT_EQ(Answer(PostOf("/batch/", large)).reply.status, 200);
}

// --- version 1 ----------------------------------------------------------------------------------

Headers V1Headers() {
  return {{"authorization", "Bearer phc_x"},
          {"content-type", "application/json"},
          {"user-agent", "test"},
          {"posthog-sdk-info", "waymark/1.0.0"},
          {"posthog-attempt", "1"},
          {"posthog-request-id", kOther},
          {"posthog-request-timestamp", "2026-11-21T18:00:01Z"}};
}

Json V1Event(const std::string& uuid = kUuid) {
  Json event = OrderEvent(uuid);
  event["session_id"] = "session-1";
  event["properties"].erase("$session_id");
  return event;
}

Json V1Batch(const Json& event) {
  return {{"created_at", "2026-11-21T18:00:01Z"}, {"batch", Json::array({event})}};
}

Request V1Request(const Json& body, const Headers& headers = V1Headers()) {
  return PostOf("/i/v1/analytics/events", ToText(body), headers);
}

Outcome SendV1(const Json& body) { return Answer(V1Request(body)); }

// "drop missing_event_name" of the sample with one member set.
std::string ResultWith(const char* member, const Json& value) {
  Json event = V1Event();
  event[member] = value;
  const Outcome outcome = SendV1(V1Batch(event));
  EXPECT_EQ(outcome.reply.status, 200) << outcome.reply.content;
  const Json reply = ReplyJson(outcome);
  const Json* result = Find(reply["results"], kUuid);
  return FindText(*result, "result") + " " + FindText(*result, "details");
}

// "400 empty_batch" of a refused request.
std::string RefusalOf(const Request& request) {
  const Outcome outcome = Answer(request);
  EXPECT_THAT(outcome.records, IsEmpty());
  EXPECT_FALSE(outcome.problems.empty());
  return std::to_string(outcome.reply.status) + " " + FindText(ReplyJson(outcome), "error");
}

std::string RefusalWithHeader(const char* name, const char* value) {
  Headers headers = V1Headers();
  headers[name] = value;
  return RefusalOf(V1Request(V1Batch(V1Event()), headers));
}

TEST(PosthogV1Test, ReadsABatchAndAnswersByUuid) {
  const Outcome outcome = SendV1(V1Batch(V1Event()));
  EXPECT_EQ(ReplyJson(outcome), Json({{"results", {{kUuid, {{"result", "ok"}}}}}}));
  ASSERT_THAT(outcome.records, SizeIs(1));
  EXPECT_EQ(outcome.records[0].event.session_id, "session-1");
  EXPECT_EQ(outcome.records[0].event.order_id, "order-1");
  EXPECT_THAT(ProblemTexts(outcome), IsEmpty());
}

TEST(PosthogV1Test, WantsEveryHeader) {
  for (const auto& [name, value] : V1Headers()) {
    Headers headers = V1Headers();
    headers.erase(name);
    const std::string want =
        name == "authorization" ? "401 missing_authorization" : "400 missing_required_headers";
    EXPECT_EQ(RefusalOf(V1Request(V1Batch(V1Event()), headers)), want) << name;
  }
  EXPECT_EQ(RefusalWithHeader("authorization", "Basic x"), "400 invalid_header_value");
  EXPECT_EQ(RefusalWithHeader("authorization", "Bearer phx_x"), "401 invalid_api_token");
  EXPECT_EQ(RefusalWithHeader("content-type", "text/plain"), "415 unsupported_content_type");
  EXPECT_EQ(RefusalWithHeader("posthog-attempt", "0"), "400 invalid_header_value");
  EXPECT_EQ(RefusalWithHeader("posthog-request-id", "1"), "400 invalid_header_value");
  EXPECT_EQ(RefusalWithHeader("posthog-request-timestamp", "1"), "400 invalid_header_value");
}

TEST(PosthogV1Test, UnpacksGzipAndBothKindsOfDeflate) {
  const std::string text = ToText(V1Batch(V1Event()));
  const auto send = [](const std::string& body, const char* encoding) {
    Request request = PostOf("/i/v1/analytics/events", body, V1Headers());
    request.encoding = encoding;
    return request;
  };
  EXPECT_EQ(Answer(send(Gzip(text), "gzip")).records.size(), 1);
  EXPECT_EQ(Answer(send(Deflate(text, MAX_WBITS), "deflate")).records.size(), 1);
  EXPECT_EQ(Answer(send(Deflate(text, -MAX_WBITS), "deflate")).records.size(), 1);
  EXPECT_EQ(RefusalOf(send(text, "gzip")), "400 request_decoding_error");
  EXPECT_EQ(RefusalOf(send(text, "deflate")), "400 request_decoding_error");
  EXPECT_EQ(RefusalOf(send(text, "br")), "415 unsupported_encoding");
}

TEST(PosthogV1Test, RefusesBrokenBatches) {
  const auto refusal = [](const Json& body) { return RefusalOf(V1Request(body)); };
  EXPECT_EQ(refusal(Json::array()), "400 request_parsing_error");
  EXPECT_EQ(refusal({{"created_at", "2026-11-21T18:00:01Z"}, {"batch", Json::array()}}),
            "400 empty_batch");
  Json undated = V1Batch(V1Event());
  undated["created_at"] = "now";
  EXPECT_EQ(refusal(undated), "400 invalid_batch");
  EXPECT_EQ(refusal(V1Batch(V1Event("12"))), "400 invalid_event_uuid");
  Json twice = V1Batch(V1Event());
  twice["batch"].push_back(V1Event());
  EXPECT_EQ(refusal(twice), "400 duplicate_event_uuid");
  Json nameless = V1Event();
  nameless.erase("event");
  EXPECT_EQ(refusal(V1Batch(nameless)), "400 request_parsing_error");
  EXPECT_EQ(RefusalOf(PostOf("/i/v1/analytics/events", "", V1Headers())), "400 empty_body");
  EXPECT_EQ(RefusalOf(PostOf("/i/v1/analytics/events", "{", V1Headers())),
            "400 request_parsing_error");
  EXPECT_EQ(RefusalOf(PostOf("/i/v1/analytics/events", std::string(kPosthogV1BodyBytesMax + 1, ' '),
                             V1Headers())),
            "413 payload_too_large");
}

TEST(PosthogV1Test, DropsWrongEventsByTag) {
  EXPECT_EQ(ResultWith("event", ""), "drop missing_event_name");
  EXPECT_EQ(ResultWith("event", std::string(201, 'x')), "drop event_name_too_long");
  EXPECT_EQ(ResultWith("distinct_id", " "), "drop missing_distinct_id");
  EXPECT_EQ(ResultWith("distinct_id", std::string(201, 'x')), "drop distinct_id_too_large");
  EXPECT_EQ(ResultWith("timestamp", "2026-11-21"), "drop invalid_event_timestamp");
  EXPECT_EQ(ResultWith("properties", Json::array()), "drop malformed_event_properties");
  EXPECT_EQ(ResultWith("options", {{"cookieless_mode", "maybe"}}), "drop invalid_options");
  EXPECT_EQ(ResultWith("options", Json::array()), "drop invalid_options");
  EXPECT_EQ(ResultWith("options", {{"cookieless_mode", "true"}, {"product_tour_id", 7}}), "ok ");
}

TEST(PosthogV1Test, TakesAnIdOfEverybodyWithoutAProfile) {
  Json event = V1Event();
  event["distinct_id"] = "NULL";
  const Outcome outcome = SendV1(V1Batch(event));
  EXPECT_THAT(VerdictsOf(outcome), ElementsAre(Verdict::kAccepted));
  EXPECT_THAT(ProblemTexts(outcome), ElementsAre(HasSubstr("/batch/0/distinct_id: \"NULL\"")));
  EXPECT_THAT(outcome.reply.content, HasSubstr("person_processing_disabled"));
}

TEST(PosthogV1Test, PartialFaultsGiveTheirVerdicts) {
  Json body = V1Batch(V1Event());
  body["batch"].push_back(V1Event(kOther));
  Outcome outcome = Answer(WithFault(V1Request(body), 2, Verdict::kRetry));
  EXPECT_THAT(VerdictsOf(outcome), ElementsAre(Verdict::kAccepted, Verdict::kRetry));
  EXPECT_EQ(ReplyJson(outcome)["results"][kOther],
            Json({{"result", "retry"}, {"details", "not_persisted"}}));
  EXPECT_THAT(outcome.reply.headers,
              ElementsAre(std::pair<std::string, std::string>("Retry-After", "1")));
  outcome = Answer(WithFault(V1Request(body), 1, Verdict::kRejected));
  EXPECT_THAT(VerdictsOf(outcome), ElementsAre(Verdict::kRejected, Verdict::kRejected));
  EXPECT_THAT(outcome.reply.headers, IsEmpty());
}

}  // namespace
}  // namespace waymark::collector
