#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dialect_request.h"
#include "dialects/dialects.h"

namespace waymark::collector {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kPage[] =
    "idsite=1&rec=1&action_name=Home&url=https%3A%2F%2Fshop.example%2F&_id=0123456789abcdef&uid=u1"
    "&cdt=1795284000";
constexpr char kOrder[] =
    "idsite=1&rec=1&idgoal=0&ec_id=order-1&revenue=4.99&ec_tx=0.80&cdt=1795284001"
    "&ec_items=%5B%5B%22sku-1%22%2C%22Tea%22%2C%22%22%2C4.99%2C1%5D%5D";

Outcome Answer(const Request& request) { return MatomoDialect().answer(request); }

Outcome Get(const std::string& query) { return Answer(GetOf("/matomo.php?" + query)); }

Request BulkOf(const Json& requests, const Json& more = Json::object()) {
  Json body = {{"requests", requests}};
  body.update(more);
  return PostOf("/matomo.php", ToText(body),
                {{"content-type", "application/x-www-form-urlencoded; charset=UTF-8"}});
}

// The problems of the page view with a parameter added or set.
std::vector<std::string> ProblemsWith(const std::string& parameter) {
  return ProblemTexts(Get(std::string(kPage) + "&" + parameter));
}

TEST(MatomoTest, ReadsAPageView) {
  const Outcome outcome = Get(kPage);
  EXPECT_EQ(outcome.reply.status, 200);
  EXPECT_EQ(outcome.reply.content_type, "image/gif");
  ASSERT_THAT(outcome.records, SizeIs(1));
  const ReceivedEvent& event = outcome.records[0].event;
  EXPECT_EQ(event.kind, "page");
  EXPECT_EQ(event.name, "Home");
  EXPECT_EQ(event.time_ms, 1795284000000);
  EXPECT_EQ(event.anonymous_id, "0123456789abcdef");
  EXPECT_EQ(event.user_id, "u1");
  EXPECT_EQ(event.form, "query");
  EXPECT_EQ(event.raw, kPage);
  EXPECT_THAT(ProblemTexts(outcome), IsEmpty());
}

TEST(MatomoTest, ReadsAFormWithoutAnImage) {
  const Outcome outcome =
      Answer(PostOf("/piwik.php?idsite=1", "rec=1&action_name=Home&send_image=0",
                    {{"content-type", "application/x-www-form-urlencoded"}}));
  EXPECT_EQ(outcome.reply.status, 204);
  ASSERT_THAT(outcome.records, SizeIs(1));
  EXPECT_EQ(outcome.records[0].event.form, "form");
  EXPECT_EQ(outcome.records[0].event.raw, "idsite=1&rec=1&action_name=Home&send_image=0");
  EXPECT_THAT(ProblemTexts(outcome), IsEmpty());
}

TEST(MatomoTest, ReadsAnOrder) {
  const ReceivedEvent event = Get(kOrder).records.at(0).event;
  EXPECT_EQ(event.kind, "track");
  EXPECT_EQ(event.name, "ecommerce order");
  EXPECT_EQ(event.order_id, "order-1");
  EXPECT_EQ(event.event["ec_items"], Json::parse(R"([["sku-1","Tea","",4.99,1]])"));
  EXPECT_THAT(event.problems, IsEmpty());
}

TEST(MatomoTest, NamesTheKinds) {
  const auto read = [](const std::string& query) {
    const ReceivedEvent event = Get("idsite=1&rec=1&" + query).records.at(0).event;
    return event.kind + " " + event.name;
  };
  EXPECT_EQ(read("ping=1"), "ping ");
  EXPECT_EQ(read("e_c=shop&e_a=added&ca=1"), "track added");
  EXPECT_EQ(read("idgoal=0&revenue=1"), "track ecommerce cart");
  EXPECT_EQ(read("idgoal=3"), "track goal 3");
  EXPECT_EQ(read("search=tea"), "track site search");
  EXPECT_EQ(read("c_n=banner"), "track content impression");
  EXPECT_EQ(read("c_n=banner&c_i=click"), "track content interaction");
  EXPECT_EQ(read("link=https://x"), "track outlink");
  EXPECT_EQ(read("download=https://x"), "track download");
}

TEST(MatomoTest, RefusesASingleHit) {
  const auto refusal = [](const std::string& query) {
    const Outcome outcome = Get(query);
    EXPECT_EQ(outcome.reply.status, 400) << query;
    EXPECT_THAT(VerdictsOf(outcome), ElementsAre(Verdict::kRejected));
    return ProblemTexts(outcome).at(0);
  };
  EXPECT_EQ(refusal("rec=1"), "query/idsite: nothing → the number of a site");
  EXPECT_EQ(refusal("rec=1&idsite=x"), "query/idsite: \"x\" → the number of a site");
  EXPECT_THAT(refusal("rec=1&idsite=1&cid=12"), HasSubstr("query/cid: \"12\""));
  EXPECT_THAT(refusal("rec=1&idsite=1&cdt=1700000000"), HasSubstr("older ones need token_auth"));
  EXPECT_THAT(refusal("rec=1&idsite=1&cip=1.2.3.4"), HasSubstr("nothing without token_auth"));
  EXPECT_EQ(Get("rec=1&idsite=1&cdt=1700000000&token_auth=t").reply.status, 200);
}

TEST(MatomoTest, RefusesNothingAtAll) {
  EXPECT_EQ(Answer(PostOf("/matomo.php", "", {})).reply.status, 400);
  EXPECT_EQ(Answer(GetOf("/matomo.php")).reply.status, 200);
  EXPECT_THAT(ProblemTexts(Answer(GetOf("/matomo.php"))), SizeIs(1));
  Request packed = PostOf("/matomo.php", kPage, {});
  packed.encoding = "gzip";
  EXPECT_EQ(Answer(packed).reply.status, 400);
}

TEST(MatomoTest, NotesWhatIsIgnored) {
  EXPECT_THAT(ProblemTexts(Get("idsite=1")), ElementsAre(HasSubstr("query/rec: nothing → 1")));
  EXPECT_THAT(ProblemsWith("_id=12"), ElementsAre(HasSubstr("query/_id: \"12\"")));
  EXPECT_THAT(ProblemsWith("e_c=shop"), ElementsAre(HasSubstr("query/e_a: nothing")));
  EXPECT_THAT(ProblemsWith("e_c=a&e_a=b&e_v=many"), ElementsAre(HasSubstr("query/e_v")));
  EXPECT_THAT(ProblemsWith("cdt=today"), ElementsAre(HasSubstr("query/cdt: \"today\"")));
  EXPECT_THAT(ProblemsWith("cdt=2026-11-21+17:59:00"), IsEmpty());
  EXPECT_THAT(ProblemsWith("pv_id=1"), ElementsAre(HasSubstr("query/pv_id: \"1\" → 6")));
  EXPECT_THAT(ProblemsWith("uid=" + std::string(201, 'x')), ElementsAre(HasSubstr("query/uid")));
  EXPECT_THAT(ProblemsWith("idgoal=-1"), ElementsAre(HasSubstr("query/idgoal: \"-1\"")));
  EXPECT_THAT(ProblemsWith("idgoal=0"), ElementsAre(HasSubstr("query/revenue: nothing")));
  EXPECT_THAT(ProblemsWith("idgoal=0&revenue=much"), ElementsAre(HasSubstr("query/revenue")));
  EXPECT_THAT(ProblemsWith("idgoal=0&revenue=1&ec_items=x"),
              ElementsAre(HasSubstr("query/ec_items: \"x\" → a JSON array of [sku")));
  EXPECT_THAT(ProblemsWith("idgoal=0&revenue=1&ec_items=[[]]"),
              ElementsAre(HasSubstr("query/ec_items/0: an array of 0 items")));
}

TEST(MatomoBulkTest, TakesWhatIsWellAndCountsTheRest) {
  const Outcome outcome =
      Answer(BulkOf({std::string("?") + kPage, "?rec=1", std::string("/m?") + kOrder}));
  EXPECT_EQ(outcome.reply.status, 200);
  EXPECT_EQ(ReplyJson(outcome), Json({{"status", "success"}, {"tracked", 2}, {"invalid", 1}}));
  EXPECT_THAT(VerdictsOf(outcome),
              ElementsAre(Verdict::kAccepted, Verdict::kRejected, Verdict::kAccepted));
  EXPECT_THAT(ProblemTexts(outcome),
              ElementsAre("/requests/1/idsite: nothing → the number of a site"));
  EXPECT_EQ(outcome.records[0].event.raw, std::string("?") + kPage);
  EXPECT_EQ(outcome.records[0].event.form, "query");
}

TEST(MatomoBulkTest, TellsTheIndexesToThoseWithAToken) {
  const Outcome outcome = Answer(BulkOf({"?rec=1"}, {{"token_auth", "t"}}));
  EXPECT_EQ(ReplyJson(outcome)["invalid_indices"], Json::array({0}));
}

TEST(MatomoBulkTest, TakesObjects) {
  const Outcome outcome = Answer(BulkOf({{{"idsite", 1}, {"rec", 1}, {"e_c", "a"}, {"e_a", "b"}}}));
  EXPECT_THAT(ProblemTexts(outcome), IsEmpty());
  EXPECT_EQ(outcome.records.at(0).event.form, "json");
}

TEST(MatomoBulkTest, AnswersNothingWhereNothingIsWanted) {
  const Outcome outcome = Answer(BulkOf({std::string("?") + kPage}, {{"send_image", 0}}));
  EXPECT_EQ(outcome.reply.status, 204);
  EXPECT_EQ(outcome.reply.content, "");
}

TEST(MatomoBulkTest, SkipsWhatIsNoHit) {
  const Outcome outcome = Answer(BulkOf({"no query", 1, std::string("?") + kPage}));
  EXPECT_EQ(ReplyJson(outcome)["tracked"], 1);
  EXPECT_EQ(ReplyJson(outcome)["invalid"], 0);
  EXPECT_THAT(ProblemTexts(outcome),
              ElementsAre(HasSubstr("/requests/0: "), HasSubstr("/requests/1: the number 1")));
}

TEST(MatomoBulkTest, WantsTheOrderOfTime) {
  const Outcome outcome = Answer(BulkOf({std::string("?") + kOrder, std::string("?") + kPage}));
  EXPECT_THAT(ProblemTexts(outcome), ElementsAre(HasSubstr("/requests/1/cdt: \"1795284000\"")));
}

TEST(MatomoBulkTest, RefusesBrokenBodies) {
  for (const char* text : {R"({"requests":[]})", R"({"requests":1})", R"({"requests")"}) {
    const Outcome outcome = Answer(PostOf("/matomo.php", text, {}));
    EXPECT_EQ(outcome.reply.status, 400) << text;
    EXPECT_THAT(ProblemTexts(outcome), SizeIs(1));
  }
}

TEST(MatomoBulkTest, PartialFaultsAreCountedAsInvalid) {
  const Request request = BulkOf({std::string("?") + kPage, std::string("?") + kPage});
  const Outcome outcome = Answer(WithFault(request, 2, Verdict::kRejected));
  EXPECT_EQ(ReplyJson(outcome)["invalid"], 1);
  EXPECT_EQ(ReplyJson(Answer(WithFault(request, 1, Verdict::kRetry)))["tracked"], 2);
}

}  // namespace
}  // namespace waymark::collector
