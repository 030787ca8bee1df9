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

Json Event() {
  return {{"event", "Order Completed"},
          {"properties",
           {{"token", "t"},
            {"time", 1795284000.25},
            {"distinct_id", "user-1"},
            {"$device_id", "device-1"},
            {"$user_id", "user-1"},
            {"$insert_id", "message-1"},
            {"order_id", "order-1"}}}};
}

Json With(const char* property, const Json& value) {
  Json event = Event();
  event["properties"][property] = value;
  return event;
}

Outcome Answer(const Request& request) { return MixpanelDialect().answer(request); }

std::string Escaped(const std::string& text) {
  std::string escaped;
  for (const unsigned char c : text) {
    escaped += absl::StrCat("%", absl::Hex(c, absl::kZeroPad2));
  }
  return escaped;
}

Outcome Track(const Json& data, const std::string& path = "/track/?verbose=1") {
  return Answer(PostOf(path, "data=" + Escaped(ToText(data)),
                       {{"content-type", "application/x-www-form-urlencoded"}}));
}

TEST(MixpanelTrackTest, ReadsAForm) {
  const Outcome outcome = Track(Json::array({Event()}));
  EXPECT_EQ(outcome.reply.content, R"({"status":1,"error":null})");
  ASSERT_THAT(outcome.records, SizeIs(1));
  const ReceivedEvent& event = outcome.records[0].event;
  EXPECT_EQ(event.kind, "track");
  EXPECT_EQ(event.name, "Order Completed");
  EXPECT_EQ(event.message_id, "message-1");
  EXPECT_EQ(event.order_id, "order-1");
  EXPECT_EQ(event.time_ms, 1795284000250);
  EXPECT_EQ(event.anonymous_id, "device-1");
  EXPECT_EQ(event.user_id, "user-1");
  EXPECT_EQ(event.form, "form");
  EXPECT_EQ(event.raw, ToText(Event()));
  EXPECT_THAT(ProblemTexts(outcome), IsEmpty());
}

TEST(MixpanelTrackTest, ReadsEveryOtherWay) {
  const std::string text = ToText(Event());
  const std::string base64 = absl::Base64Escape(text);
  EXPECT_THAT(Answer(PostOf("/track", text)).records, SizeIs(1));
  EXPECT_THAT(Answer(PostOf("/track", "data=" + Escaped(base64),
                            {{"content-type", "application/x-www-form-urlencoded"}}))
                  .records,
              SizeIs(1));
  EXPECT_THAT(Answer(GetOf("/track/?data=" + Escaped(base64))).records, SizeIs(1));
}

TEST(MixpanelTrackTest, AnswersOneOrZero) {
  EXPECT_EQ(Track(Event(), "/track/").reply.content, "1");
  EXPECT_EQ(Track(Json::array({1}), "/track/").reply.content, "0");
  EXPECT_EQ(Answer(PostOf("/track", "")).reply.content, "0");
  EXPECT_THAT(Answer(PostOf("/track?verbose=1", "")).reply.content,
              HasSubstr("data, missing or empty"));
}

TEST(MixpanelTrackTest, OneGoodEventMakesAGoodAnswer) {
  Json tokenless = Event();
  tokenless["properties"].erase("token");
  const Outcome outcome = Track(Json::array({tokenless, Event(), "text", {{"event", "x"}}}));
  EXPECT_EQ(ReplyJson(outcome)["status"], 1);
  EXPECT_THAT(VerdictsOf(outcome), ElementsAre(Verdict::kRejected, Verdict::kAccepted,
                                               Verdict::kRejected, Verdict::kRejected));
  EXPECT_THAT(
      ProblemTexts(outcome),
      ElementsAre("/0/properties/token: nothing → the token of the project",
                  "/2: \"text\" → a JSON object", "/3/properties: nothing → a JSON object"));
}

TEST(MixpanelTrackTest, NotesWhatIsCutOrThrownAway) {
  EXPECT_THAT(ProblemTexts(Track(With("$insert_id", "no_underscore"))),
              ElementsAre(HasSubstr("/properties/$insert_id: \"no_underscore\"")));
  EXPECT_THAT(ProblemTexts(Track(With("time", 1700000000))),
              ElementsAre(HasSubstr("a time of the last 5 days")));
  EXPECT_THAT(ProblemTexts(Track(With("long", std::string(256, 'x')))),
              ElementsAre(HasSubstr("/properties/long: text of 256 characters")));
}

TEST(MixpanelTrackTest, BoundsTheBatch) {
  EXPECT_EQ(Track(std::vector<Json>(2001, Event())).reply.status, 413);
}

TEST(MixpanelProfilesTest, ReadUpdates) {
  const Json person = {{"$token", "t"}, {"$distinct_id", "user-1"}, {"$set", Json::object()}};
  Outcome outcome = Track(Json::array({person}), "/engage/?verbose=1");
  EXPECT_EQ(outcome.records.at(0).event.kind, "identify");
  EXPECT_EQ(outcome.records[0].event.user_id, "user-1");
  const Json group = {
      {"$token", "t"}, {"$group_key", "company"}, {"$group_id", "c-1"}, {"$set", Json::object()}};
  outcome = Track(group, "/groups");
  EXPECT_EQ(outcome.records.at(0).event.kind, "group");
  EXPECT_EQ(outcome.reply.content, "1");
}

TEST(MixpanelProfilesTest, WantWhoAndWhat) {
  EXPECT_THAT(ProblemTexts(Track(Json::object(), "/engage")),
              ElementsAre(HasSubstr("/$distinct_id: nothing"), HasSubstr("/$token: nothing"),
                          HasSubstr("/$set: nothing → an operation")));
  EXPECT_THAT(ProblemTexts(Track(Json::object(), "/groups/")),
              ElementsAre(HasSubstr("/$group_key"), HasSubstr("/$group_id"), HasSubstr("/$token"),
                          HasSubstr("/$set")));
}

// --- /import ------------------------------------------------------------------------------------

const Headers kImport = {{"content-type", "application/json"}, {"authorization", "Basic dDo="}};

Outcome Import(const Json& events, const std::string& path = "/import?strict=1&project_id=1") {
  return Answer(PostOf(path, ToText(events), kImport));
}

// The failed field of the sample with one property set.
std::string FailedField(const char* property, const Json& value) {
  const Outcome outcome = Import(Json::array({With(property, value)}));
  const Json reply = ReplyJson(outcome);
  return reply.contains("failed_records") ? FindText(reply["failed_records"][0], "field") : "";
}

TEST(MixpanelImportTest, ReadsAnArray) {
  const Outcome outcome = Import(Json::array({Event(), Event()}));
  EXPECT_EQ(ReplyJson(outcome),
            Json({{"code", 200}, {"num_records_imported", 2}, {"status", "OK"}}));
  EXPECT_THAT(outcome.records, SizeIs(2));
}

TEST(MixpanelImportTest, ReadsLinesAndGzip) {
  const std::string lines = ToText(Event()) + "\n" + ToText(Event()) + "\n";
  Headers headers = kImport;
  headers["content-type"] = "application/x-ndjson";
  Request request = PostOf("/import?strict=1", Gzip(lines), headers);
  request.encoding = "gzip";
  EXPECT_EQ(ReplyJson(Answer(request))["num_records_imported"], 2);
  EXPECT_EQ(Answer(PostOf("/import?strict=1", "{\n", headers)).reply.status, 400);
}

TEST(MixpanelImportTest, TakesTheGoodOnesAndNamesTheOthers) {
  const Outcome outcome = Import(Json::array({Event(), With("time", "now"), Event()}));
  EXPECT_EQ(outcome.reply.status, 400);
  const Json reply = ReplyJson(outcome);
  EXPECT_EQ(reply["num_records_imported"], 2);
  ASSERT_THAT(reply["failed_records"], SizeIs(1));
  EXPECT_EQ(reply["failed_records"][0]["index"], 1);
  EXPECT_EQ(reply["failed_records"][0]["insert_id"], "message-1");
  EXPECT_EQ(reply["failed_records"][0]["field"], "properties.time");
  EXPECT_THAT(VerdictsOf(outcome),
              ElementsAre(Verdict::kAccepted, Verdict::kRejected, Verdict::kAccepted));
}

TEST(MixpanelImportTest, ChecksEveryField) {
  EXPECT_EQ(FailedField("time", 31535999), "properties.time");
  EXPECT_EQ(FailedField("time", (kReceivedMs + 3600001) / 1000.0), "properties.time");
  EXPECT_EQ(FailedField("time", 1795284000250), "");
  EXPECT_EQ(FailedField("$insert_id", std::string(37, 'x')), "properties.$insert_id");
  EXPECT_EQ(FailedField("$insert_id", ""), "properties.$insert_id");
  EXPECT_EQ(FailedField("distinct_id", "Anonymous"), "properties.distinct_id");
  EXPECT_EQ(FailedField("distinct_id", 1), "properties.distinct_id");
  EXPECT_EQ(FailedField("distinct_id", ""), "");
  EXPECT_EQ(FailedField("deep", Json::parse(R"({"a":{"b":{"c":1}}})")), "");
  EXPECT_EQ(FailedField("deep", Json::parse(R"({"a":{"b":{"c":{"d":1}}}})")), "properties");
  const Json large = With("large", std::string(kMixpanelEventBytesMax, 'x'));
  EXPECT_THAT(ProblemTexts(Import(Json::array({large}))),
              ElementsAre(HasSubstr("→ at most 1048576 bytes")));
  Json wide = Json::object();
  for (int i = 0; i < 256; ++i) wide[std::to_string(i)] = 1;
  Json event = Event();
  event["properties"].update(wide);
  EXPECT_EQ(Import(Json::array({event})).reply.status, 400);
}

TEST(MixpanelImportTest, WithoutStrictNothingFails) {
  const Outcome outcome = Import(Json::array({With("time", "now")}), "/import?project_id=1");
  EXPECT_EQ(outcome.reply.status, 200);
  EXPECT_THAT(VerdictsOf(outcome), ElementsAre(Verdict::kAccepted));
  EXPECT_THAT(ProblemTexts(outcome), SizeIs(1));
}

TEST(MixpanelImportTest, RefusesRequests) {
  const std::string text = ToText(Json::array({Event()}));
  EXPECT_EQ(Answer(PostOf("/import", text)).reply.status, 401);
  Headers plain = kImport;
  plain["content-type"] = "text/plain";
  EXPECT_EQ(Answer(PostOf("/import", text, plain)).reply.status, 400);
  EXPECT_EQ(Answer(PostOf("/import", "{}", kImport)).reply.status, 400);
  EXPECT_EQ(Import(std::vector<Json>(2001, Event())).reply.status, 413);
  const std::string large = text + std::string(kMixpanelImportBytesMax, ' ');
  EXPECT_EQ(Answer(PostOf("/import", large, kImport)).reply.status, 413);
}

TEST(MixpanelImportTest, PartialFaultsRejectRecords) {
  const std::string text = ToText(Json::array({Event(), Event()}));
  const Request request = PostOf("/import?strict=1", text, kImport);
  Outcome outcome = Answer(WithFault(request, 2, Verdict::kRejected));
  EXPECT_EQ(ReplyJson(outcome)["failed_records"][0]["index"], 1);
  EXPECT_THAT(VerdictsOf(outcome), ElementsAre(Verdict::kAccepted, Verdict::kRejected));
  // There is no way to say "again" of one record.
  outcome = Answer(WithFault(request, 1, Verdict::kRetry));
  EXPECT_EQ(outcome.reply.status, 200);
}

}  // namespace
}  // namespace waymark::collector
