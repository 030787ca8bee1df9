// Who the events are from: the truth table of docs/identity.md, row by row, and what is refused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/fake_host.h"

namespace waymark_test {
namespace {

// A call: its verb, the id it names, and the previous id of an alias ("own": this device's).
struct Call {
  std::string verb;
  std::string id = "";
  std::string previous = "";
};

struct Row {
  std::string name;
  std::vector<Call> before;
  Call call;
  bool same_anonymous = true;  // the anonymous id stays, and the session with it
  std::string user_id = "";    // afterwards; empty: none
  std::string group_id = "";
  std::string problem = "";  // the pointer of what is refused
};

class TruthTableTest : public testing::TestWithParam<Row> {
 protected:
  void SetUp() override {
    host_.SetConsent({{"analytics", "granted"}});
    host_.Settle();
    host_.Track("first");
    host_.Settle();
  }

  void Make(const Call& call) {
    const std::string own = host_.View()["anonymous_id"];
    if (call.verb == "identify") host_.Identify(call.id);
    if (call.verb == "alias") host_.Alias(call.id, call.previous == "own" ? own : call.previous);
    if (call.verb == "group") host_.Group(call.id);
    if (call.verb == "reset") host_.Reset();
    host_.Track("after");  // ids are made when something needs them
    host_.Settle();
  }

  FakeHost host_;
};

TEST_P(TruthTableTest, Holds) {
  const Row& row = GetParam();
  for (const Call& call : row.before) Make(call);
  const Json before = host_.View();
  Make(row.call);
  const Json after = host_.View();
  EXPECT_EQ(after["anonymous_id"] == before["anonymous_id"], row.same_anonymous);
  EXPECT_EQ(after["session"]["id"] == before["session"]["id"], row.same_anonymous);
  EXPECT_EQ(after.value("user_id", ""), row.user_id);
  EXPECT_EQ(after.value("group_id", ""), row.group_id);
  std::string problem;
  for (const Json& one : host_.problems) problem = one["pointer"];
  EXPECT_EQ(problem, row.problem);
  // What is refused is counted, and nothing else is.
  int64_t lost = 0;
  for (const auto& [reason, count] : after["losses"].items()) lost += count.get<int64_t>();
  EXPECT_EQ(lost, row.problem.empty() ? 0 : 1);
}

INSTANTIATE_TEST_SUITE_P(
    Identity, TruthTableTest,
    testing::Values(
        Row{"IdentifyNamesTheVisitor", {}, {"identify", "u1"}, true, "u1"},
        Row{"IdentifyWithoutAnIdKeepsTheVisitorUnknown", {}, {"identify"}, true, ""},
        Row{"IdentifyOfTheSameUser", {{"identify", "u1"}}, {"identify", "u1"}, true, "u1"},
        Row{"IdentifyOfAnotherBeginsAnew", {{"identify", "u1"}}, {"identify", "u2"}, false, "u2"},
        Row{"IdentifyWithoutAnIdKeepsTheUser", {{"identify", "u1"}}, {"identify"}, true, "u1"},
        Row{"IdentifyAfterAReset", {{"identify", "u1"}, {"reset"}}, {"identify", "u2"}, true, "u2"},
        Row{"AnotherUserHasNoGroup",
            {{"identify", "u1"}, {"group", "g1"}},
            {"identify", "u2"},
            false,
            "u2"},
        Row{"AliasNamesTheVisitor", {}, {"alias", "u1"}, true, "u1"},
        Row{"AliasOfThisDevicesId", {}, {"alias", "u1", "own"}, true, "u1"},
        Row{"AliasOfTheSameUser", {{"identify", "u1"}}, {"alias", "u1"}, true, "u1"},
        Row{"AliasOfAStrangersId", {}, {"alias", "u1", "u0"}, true, "", "", "/previous_id"},
        Row{"AliasOfTwoUsers", {{"identify", "u1"}}, {"alias", "u2"}, true, "u1", "", "/user_id"},
        Row{"AliasOfTwoUsersByName",
            {{"identify", "u1"}},
            {"alias", "u2", "u1"},
            true,
            "u1",
            "",
            "/user_id"},
        Row{"GroupOfTheUnknownVisitor", {}, {"group", "g1"}, true, "", "g1"},
        Row{"GroupOfAUser", {{"identify", "u1"}}, {"group", "g1"}, true, "u1", "g1"},
        Row{"AnotherGroupTakesThePlace", {{"group", "g1"}}, {"group", "g2"}, true, "", "g2"},
        Row{"ResetOfTheUnknownVisitor", {}, {"reset"}, false, ""},
        Row{"ResetOfAUser", {{"identify", "u1"}, {"group", "g1"}}, {"reset"}, false, ""}),
    [](const auto& info) { return info.param.name; });

// An id is refused when it stands for nobody: whoever takes it for a person joins all of them.
class NobodyTest : public testing::TestWithParam<std::string> {};

TEST_P(NobodyTest, IsRefusedInEveryVerb) {
  FakeHost host;
  host.SetConsent({{"analytics", "granted"}});
  host.Identify(GetParam());
  host.Alias(GetParam());
  host.Alias("u1", GetParam());
  host.Group(GetParam());
  host.Settle();
  std::vector<std::string> pointers;
  for (const Json& problem : host.problems) {
    pointers.push_back(problem["pointer"]);
    // The value is never told: it may be somebody's.
    EXPECT_EQ(problem.dump().find("\"" + GetParam() + "\""), std::string::npos);
  }
  EXPECT_THAT(pointers, testing::ElementsAre("/user_id", "/user_id", "/previous_id", "/group_id"));
  EXPECT_EQ(host.View()["losses"]["invalid"], 4);
  EXPECT_FALSE(host.View().contains("user_id"));
}

INSTANTIATE_TEST_SUITE_P(Identity, NobodyTest,
                         testing::Values("null", "undefined", "0", "Anonymous", "GUEST", "000000",
                                         "00000000-0000-0000-0000-000000000000", "[object Object]",
                                         "none", "NaN", "-1", " 0", std::string(513, 'x')));

TEST(IdentityTest, AMailAddressAsUserIdIsToldWithoutItsValue) {
  FakeHost host;
  host.SetConsent({{"analytics", "granted"}});
  host.Identify("jane@example.com");
  host.Settle();
  ASSERT_EQ(host.problems.size(), 1u);
  EXPECT_EQ(host.problems[0]["code"], "personal_data");
  EXPECT_EQ(host.problems[0]["pointer"], "/user_id");
  EXPECT_EQ(host.problems[0].dump().find("jane"), std::string::npos);
  EXPECT_EQ(host.View()["user_id"], "jane@example.com");  // it is the owner's choice
}

TEST(IdentityTest, ContactDataIsKeptAndSentAsAHash) {
  FakeHost host;
  host.SetConsent({{"analytics", "granted"}});
  host.Identify("u1", {{"email", "Jane@Example.com "}, {"phone", "+49 30 1"}, {"plan", "gold"}});
  host.Settle();
  for (const auto& [key, bytes] : host.store) {
    EXPECT_EQ(bytes.find("xample.com"), std::string::npos) << key;
    EXPECT_EQ(bytes.find("+49"), std::string::npos) << key;
  }
  host.Advance(10'000);
  const Json traits = host.Delivered("segment").at(0)["traits"];
  EXPECT_EQ(traits["email"], "8c87b489ce35cf2e2f39f80e282cb2e804932a56a213983eeeb428407d43b52d");
  EXPECT_EQ(traits["phone"].get<std::string>().size(), 64u);
  EXPECT_EQ(traits["plan"], "gold");
}

TEST(IdentityTest, ARuleThatNamesCollectorAndPurposeLetsContactDataThrough) {
  Json config = ShopConfig();
  config["collectors"][0]["fields"] = {
      {{"path", "/user/email"}, {"needs", {"analytics"}}, {"otherwise", "drop"}}};
  FakeHost host(config);
  host.SetConsent({{"analytics", "granted"}});
  host.Identify("u1", {{"email", "jane@example.com"}, {"phone", "+49 30 1"}});
  host.Advance(10'000);
  const Json traits = host.Delivered("segment").at(0)["traits"];
  EXPECT_EQ(traits["email"], "jane@example.com");
  EXPECT_EQ(traits["phone"].get<std::string>().size(), 64u);
}

TEST(IdentityTest, OnlyIdentifyAndAliasNameAUser) {
  FakeHost host;
  host.SetConsent({{"analytics", "granted"}});
  host.Identify("u1");
  for (const char* verb : {"track", "page", "screen", "group"}) {
    host.Send({{"type", verb}, {"name", "x"}, {"group_id", "g"}, {"user_id", "u2"}});
  }
  host.Settle();
  EXPECT_EQ(host.View()["user_id"], "u1");
}

TEST(IdentityTest, NothingHasNoHash) {
  FakeHost host;
  host.SetConsent({{"analytics", "granted"}});
  host.Identify("u1", {{"email", " "}, {"phone", "n/a"}, {"plan", "gold"}});
  host.Group("g1", {{"email", "team@example.com"}});
  host.Advance(10'000);
  const std::vector<Json> events = host.Delivered("segment");
  EXPECT_EQ(events.at(0)["traits"], (Json{{"plan", "gold"}}));
  EXPECT_EQ(events.at(1)["traits"]["email"].get<std::string>().size(), 64u);
}

TEST(IdentityTest, NoIdIsMadeBeforeTheGateAdmitsOne) {
  FakeHost host;
  host.Settle();
  host.Identify("u1");
  host.Group("g1");
  host.Alias("u1");
  host.Settle();
  EXPECT_FALSE(host.View().contains("anonymous_id"));
  EXPECT_FALSE(host.View().contains("user_id"));
  EXPECT_EQ(host.View()["queue"]["held"], 3);
  host.SetConsent({{"analytics", "granted"}});
  host.Settle();
  EXPECT_EQ(host.View()["user_id"], "u1");
  EXPECT_EQ(host.View()["group_id"], "g1");
}

// A family's laptop with two tabs: one was open before the other's user signed in, or out.
class TwoTabsTest : public testing::Test {
 protected:
  void SetUp() override {
    host_.leads = false;  // there are others
    host_.SetConsent({{"analytics", "granted"}});
    host_.Track("first");
    host_.Settle();
    before_ = host_.View()["anonymous_id"];
  }

  // Calls of one task: they keep their order.
  void SignIn() {
    host_.Identify("u1");
    host_.Track("signed_in");
    host_.Settle();
    EXPECT_EQ(host_.View()["user_id"], "u1");
    host_.Advance(10'000);
    const std::vector<Json> events = host_.Delivered("segment");
    ASSERT_EQ(events.size(), 3u);
    EXPECT_EQ(events[2]["event"], "signed_in");
    for (size_t i : {1, 2}) EXPECT_EQ(events[i]["anonymousId"], host_.View()["anonymous_id"]);
  }

  std::string Stored(const std::string& user) {
    return R"({"anonymous_id":")" + before_ + R"(","user_id":")" + user + R"(","made_ms":1})";
  }

  FakeHost host_;
  std::string before_;
};

TEST_F(TwoTabsTest, AnIdThatAnotherTabHasGivenAUserGoesWithNoOther) {
  host_.store["state/identity"] = Stored("u0");
  SignIn();
  EXPECT_NE(host_.View()["anonymous_id"], before_);
}

TEST_F(TwoTabsTest, AnIdThatAnotherTabHasLeftIsTakenUpNoMore) {
  host_.store.erase("state/identity");
  SignIn();
  EXPECT_NE(host_.View()["anonymous_id"], before_);
}

// What another tab has put down of who left is not written over.
TEST_F(TwoTabsTest, WhenSomebodyLeftIsLearnedFromTheOtherTab) {
  const std::string left = std::to_string(host_.wall_ms);
  host_.store["state/identity"] = R"({"used":["00112233445566aa"],"parted_ms":)" + left + "}";
  SignIn();
  const Json stored = Json::parse(host_.store["state/identity"]);
  EXPECT_EQ(stored["parted_ms"].dump(), left);
  EXPECT_EQ(stored["used"], Json({"00112233445566aa"}));
}

TEST_F(TwoTabsTest, TheSameUserInBothKeepsTheId) {
  host_.store["state/identity"] = Stored("u1");
  SignIn();
  EXPECT_EQ(host_.View()["anonymous_id"], before_);
}

TEST_F(TwoTabsTest, NobodyWaitsForAStoreThatFails) {
  host_.store_fails = true;
  SignIn();
  EXPECT_EQ(host_.View()["anonymous_id"], before_);
}

TEST_F(TwoTabsTest, APageThatGoesMeanwhileLosesNothing) {
  host_.store_answers = false;
  host_.Identify("u1");
  host_.Track("signed_in");
  host_.Settle();
  EXPECT_EQ(host_.View()["queue"]["held"], 2);
  host_.Lifecycle("closing");
  host_.Settle();
  EXPECT_EQ(host_.View()["queue"]["held"], 0);
  EXPECT_EQ(host_.Delivered("segment").size(), 3u);
}

TEST(IdentityTest, GroupAndUserAreThereAfterARestart) {
  FakeHost host;
  host.SetConsent({{"analytics", "granted"}});
  host.Identify("u1");
  host.Group("g1");
  host.Settle();
  const Json before = host.View();
  host.Restart();
  host.Settle();
  for (const char* id : {"anonymous_id", "user_id", "group_id"}) {
    EXPECT_EQ(host.View()[id], before[id]);
  }
}

TEST(IdentityTest, InSegmentsDialect) {
  FakeHost host;
  host.SetConsent({{"analytics", "granted"}});
  host.Alias("u1");
  host.Group("g1", {{"plan", "team"}});
  host.Track("product_viewed");
  host.Advance(10'000);
  const std::vector<Json> events = host.Delivered("segment");
  ASSERT_EQ(events.size(), 3u);
  EXPECT_EQ(events[0]["type"], "alias");
  EXPECT_EQ(events[0]["userId"], "u1");
  EXPECT_EQ(events[0]["anonymousId"], host.View()["anonymous_id"]);
  EXPECT_EQ(events[1]["type"], "group");
  EXPECT_EQ(events[1]["groupId"], "g1");
  EXPECT_EQ(events[1]["traits"]["plan"], "team");
  EXPECT_EQ(events[2]["context"]["groupId"], "g1");
}

}  // namespace
}  // namespace waymark_test
