// What was once wrong with consent, and a little beside it: facts in another order, other pages
// with other policies, what the owner was told, logs at their bound.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "fakes/fake_host.h"
#include "fakes/frame.h"
namespace waymark_test {
namespace {
using testing::ElementsAre;
using testing::IsEmpty;
constexpr int64_t kDay = 86'400'000;
constexpr auto kDown = [](const Request&) { return Answer{503, "", ""}; };
constexpr auto kUp = [](const Request&) { return Answer(); };

void Tell(FakeHost* h, const std::string& n, const Json& v) {
  h->Send({{"type", "signal"}, {"name", n}, {"value", v}, {"source", "test"}});
  h->Settle();
}
Json P(FakeHost* h, const std::string& id) { return h->View()["consent"]["purposes"][id]; }
Json WorldConfig() {
  Json c = ShopConfig();
  c["consent"]["regions"] = Json::parse(R"([
    {"match": ["EU", "GB"], "model": "opt_in", "gpc": "ignore"},
    {"match": ["US-CA", "US-CO"], "model": "opt_out", "gpc": "opt_out"},
    {"match": ["*"], "model": "notice"}])");
  c["collectors"][1]["needs"] = {"marketing"};
  return c;
}
Json OwnerConfig() {
  Json c = ShopConfig();
  c["consent"]["purposes"].push_back(
      {{"id", "records"}, {"basis", "legal_obligation"}, {"storage", true}});
  c["consent"]["records"] = "owner";
  c["collectors"].push_back({{"id", "owner"},
                             {"protocol", "segment"},
                             {"url", "https://owner.example"},
                             {"needs", {"records"}},
                             {"options", {{"write_key", "O"}}}});
  return c;
}
void Move(FakeHost& a, FakeHost& b) {
  b.store = a.store;
  b.wall_ms = a.wall_ms + 60'000;
  b.entropy_seed = 100;
  b.Restart();
}
void Hear(FakeHost& from, FakeHost& to) {
  to.store = from.store;
  const std::string v = from.store["consent/record"];
  to.Send({{"type", "store_changed"},
           {"key", "consent/record"},
           {"value", {{"offset", 0}, {"size", v.size()}}}},
          v);
  to.Settle();
}
std::set<std::string> Names(FakeHost& h) {
  std::set<std::string> n;
  for (const Json& e : h.Delivered("owner")) n.insert(e["event"].get<std::string>());
  return n;
}
Json Verify(FakeHost* h) {
  return h->Query({{"query", "verify_records"}, {"records", h->Records()}});
}

TEST(ConsentFaultsTest, EventNeedOfRemovedPurposeStillHolds) {
  FakeHost a;
  a.network = kDown;
  a.SetConsent({{"analytics", "granted"}, {"marketing", "granted"}});
  a.Settle();
  a.Send({{"type", "track"}, {"name", "ad_seen"}, {"needs", {"marketing"}}});
  a.Settle();
  Json c = ShopConfig();
  c["consent"]["purposes"].erase(2);
  FakeHost b(c);
  Move(a, b);
  b.Advance(60'000);
  EXPECT_TRUE(b.Delivered("segment").empty()) << b.Delivered("segment").size();
}

TEST(ConsentFaultsTest, ARefusalSurvivesAPageWhosePolicyDoesNotKnowWhatWasRefused) {
  Json config = ShopConfig();
  config["consent"]["vendors"] = {{{"id", "acme"}, {"purposes", {"analytics"}}}};
  config["collectors"][0]["vendor"] = "acme";
  FakeHost first(config);
  first.SetConsent({{"analytics", "granted"}, {"vendor:acme", "denied"}});
  first.Settle();
  Json small = config;
  small["collectors"].erase(0);
  FakeHost second(small);
  Move(first, second);
  second.SetConsent({{"marketing", "denied"}});
  second.Settle();
  FakeHost third(config);
  Move(second, third);
  third.Track("x");
  third.Advance(10'000);
  EXPECT_EQ(P(&third, "vendor:acme")["state"], "denied");
  EXPECT_TRUE(third.Delivered("segment").empty());
}

TEST(ConsentFaultsTest, ARefusalInOneTabIsNotUndoneByOneThatHadNotHeard) {
  FakeHost first;
  first.SetConsent({{"marketing", "granted"}});
  first.Settle();
  FakeHost second;
  Move(first, second);
  first.SetConsent({{"marketing", "denied"}});
  first.Settle();
  second.SetConsent({{"analytics", "granted"}});  // had not heard
  second.Settle();
  Hear(second, first);
  EXPECT_EQ(P(&first, "marketing")["state"], "denied");
  EXPECT_EQ(P(&first, "analytics")["state"], "granted");
  const Json record = Json::parse(first.store["consent/record"]);
  EXPECT_EQ(record["choices"]["marketing"], "denied");
}

TEST(ConsentFaultsTest, AGrantIsNotProlongedByADecisionAboutSomethingElse) {
  FakeHost h;
  h.SetConsent({{"analytics", "granted"}});
  h.Settle();
  h.wall_ms += 170 * kDay;
  h.Restart();
  h.SetConsent({{"marketing", "denied"}});
  h.Settle();
  h.wall_ms += 170 * kDay;
  h.Restart();
  EXPECT_NE(P(&h, "analytics")["state"], "granted");
}

TEST(ConsentFaultsTest, AGrantIsNotProlongedByASignal) {
  Json c = ShopConfig();
  c["consent"]["purposes"][1]["signals"] = Json::array();
  FakeHost h(c);
  EXPECT_TRUE(h.problems.empty()) << h.problems[0];
  h.SetConsent({{"analytics", "granted"}});
  h.Settle();
  h.wall_ms += 170 * kDay;
  h.Restart();
  Tell(&h, "gpc", true);
  h.wall_ms += 170 * kDay;
  h.Restart();
  EXPECT_NE(P(&h, "analytics")["state"], "granted");
}

TEST(ConsentFaultsTest, AgeReachedOfALowerMinimumDoesNotCount) {
  Json c = ShopConfig();
  c["consent"]["age"] = {{"minimum", 13}};
  FakeHost a(c);
  Tell(&a, "age", 14);
  a.SetConsent({{"analytics", "granted"}});
  a.Settle();
  c["consent"]["age"] = {{"minimum", 16}};
  FakeHost b(c);
  Move(a, b);
  EXPECT_NE(P(&b, "analytics")["state"], "granted");
}

TEST(ConsentFaultsTest, AGrantDespiteOneSignalDoesNotSilenceAnother) {
  FakeHost h;
  Tell(&h, "att", "denied");
  h.SetConsent({{"marketing", "granted"}});
  h.Settle();
  Tell(&h, "gpc", true);
  Tell(&h, "att", "authorized");
  EXPECT_EQ(P(&h, "marketing")["state"], "denied");
}

TEST(ConsentFaultsTest, GpcBeforeRegionTakesNothingAwayWhereItIsIgnored) {
  FakeHost h(WorldConfig());
  Tell(&h, "gpc", true);
  Tell(&h, "region", "DE");
  h.SetConsent({{"analytics", "granted"}});
  h.Settle();
  h.Track("a");
  h.Advance(10'000);
  const Json id = h.View()["anonymous_id"];
  const size_t entries = h.Log().size();
  h.Restart();
  Tell(&h, "gpc", true);
  Tell(&h, "region", "DE");
  h.Track("b");
  h.Advance(10'000);
  EXPECT_EQ(h.View()["anonymous_id"], id);
  EXPECT_EQ(h.Log().size(), entries) << Json(h.Log()).dump(1);
}

TEST(ConsentFaultsTest, AStandingAttIsNoNewDecisionAtEachStart) {
  FakeHost h(OwnerConfig());
  h.SetConsent({{"analytics", "granted"}, {"marketing", "granted"}});
  h.Settle();
  Tell(&h, "att", "denied");
  h.Advance(10'000);
  const size_t n = h.Log().size();
  for (int i = 0; i < 3; ++i) {
    h.Restart();
    Tell(&h, "att", "denied");
    h.Advance(10'000);
  }
  EXPECT_EQ(h.Log().size(), n) << h.Log().back().dump();
}

TEST(ConsentFaultsTest, TheBoundedLogIsWholeWhenTwoEntriesArePutAtOnce) {
  FakeHost h;
  for (int i = 0; i < 103; ++i) {
    h.SetConsent({{"analytics", "granted"}});
    h.SetConsent({{"marketing", "granted"}});
    h.Settle();
  }
  EXPECT_EQ(Verify(&h)["problems"], Json::array());
  h.wall_ms += 400 * kDay;
  h.Restart();
  h.Settle();
  for (int i = 0; i < 3; ++i) {
    h.SetConsent({{"marketing", "granted"}});
    h.Settle();
  }
  EXPECT_EQ(Verify(&h)["problems"], Json::array()) << h.Log().size();
}

TEST(ConsentFaultsTest, TheBoundedLogIsWholeAfterAStoreThatFailed) {
  FakeHost h;
  for (int i = 0; i < 205; ++i) {
    h.SetConsent({{"marketing", "granted"}});
    h.Settle();
  }
  h.store_fails = true;
  h.SetConsent({{"marketing", "granted"}});
  h.Settle();
  h.SetConsent({{"marketing", "granted"}});
  h.Settle();
  h.SetConsent({{"marketing", "granted"}});
  h.Settle();
  h.store_fails = false;
  h.Advance(600'000);
  EXPECT_EQ(Verify(&h)["problems"], Json::array()) << h.Log().size();
}

TEST(ConsentFaultsTest, ShownLaidOutWithSpaceVerifies) {
  FakeHost h;
  const std::string all(32, 'x');
  const std::string t = R"({"type":"set_consent","now":{"wall_ms":1793817970000,"mono_ms":1000},)"
                        R"("choices":{"analytics":"granted"},"shown": { "layer" : 1 },)"
                        R"("entropy":{"offset":0,"size":0}})";
  h.SendText(t);
  h.SetConsent({{"marketing", "denied"}});
  h.Settle();
  EXPECT_EQ(Verify(&h)["problems"], Json::array());
}

TEST(ConsentFaultsTest, ACutHeadIsFound) {
  FakeHost h;
  for (int i = 0; i < 6; ++i) {
    h.SetConsent({{"marketing", i % 2 ? "denied" : "granted"}});
    h.Settle();
  }
  Json r = h.Records();
  r["entries"].erase(0);
  r["entries"].erase(0);
  r["entries"].erase(0);
  EXPECT_NE(h.Query({{"query", "verify_records"}, {"records", r}})["problems"], Json::array());
  r["entries"] = Json::array({r["entries"].back()});
  EXPECT_NE(h.Query({{"query", "verify_records"}, {"records", r}})["problems"], Json::array());
}

TEST(ConsentFaultsTest, ATabThatOnlyHeardDoesNotAcknowledgeForTheOther) {
  FakeHost a(OwnerConfig());
  a.SetConsent({{"analytics", "granted"}});
  a.Track("x");
  a.Advance(10'000);
  FakeHost b(OwnerConfig());
  Move(a, b);
  b.Advance(10'000);
  a.network = kDown;
  a.SetConsent({{"analytics", "denied"}});
  a.Settle();
  EXPECT_TRUE(Json::parse(a.store["consent/record"]).contains("unreported"));
  Hear(a, b);
  b.Advance(10'000);
  EXPECT_TRUE(Json::parse(b.store["consent/record"]).contains("unreported"));
  // a is closed, and the next page opens
  b.Restart();
  b.Advance(60'000);
  EXPECT_EQ(Names(b).count("deletion_requested"), 1u);
}

TEST(ConsentFaultsTest, RecordsThatTheOwnerRejectsStay) {
  FakeHost h(OwnerConfig());
  h.SetConsent({{"analytics", "granted"}});
  h.Track("x");
  h.Advance(10'000);
  h.network = [](const Request&) { return Answer{400, "", ""}; };
  h.SetConsent({{"analytics", "denied"}});
  h.Advance(60'000);
  h.network = kUp;
  h.Restart();
  h.Advance(60'000);
  EXPECT_EQ(Names(h).count("deletion_requested"), 1u);
}

TEST(ConsentFaultsTest, RecordsNeedAPurposeThatMayHaveThem) {
  Json c = OwnerConfig();
  c["consent"]["purposes"][3]["mode"] = "deidentify";
  FakeHost h(c);
  h.SetConsent({{"analytics", "granted"}});
  h.Advance(10'000);
  EXPECT_TRUE(!h.problems.empty() || h.Delivered("owner").size() == 1u);
}

TEST(ConsentFaultsTest, AStandingGpcHoldsAfterItsDenialRanOut) {
  Json c = ShopConfig();
  FakeHost h(c);
  Tell(&h, "gpc", true);
  EXPECT_EQ(P(&h, "marketing")["state"], "denied");
  h.wall_ms += 200 * kDay;
  h.Restart();
  Tell(&h, "gpc", true);
  EXPECT_EQ(P(&h, "marketing")["state"], "denied");
  h.Send({{"type", "set_consent"}, {"choices", {{"marketing", "granted"}}}, {"source", "account"}});
  h.Settle();
  EXPECT_NE(P(&h, "marketing")["state"], "granted");
}

TEST(ConsentFaultsTest, AnAccountsGrantDoesNotOverruleGpc) {
  FakeHost h(ShopConfig());
  Tell(&h, "gpc", true);
  h.Send({{"type", "set_consent"}, {"choices", {{"marketing", "granted"}}}, {"source", "account"}});
  h.Settle();
  EXPECT_NE(P(&h, "marketing")["state"], "granted");
}

TEST(ConsentFaultsTest, WhatWasOnUnaskedGoesWhereThereIsARecord) {
  Json c = ShopConfig();
  c["consent"]["purposes"][1]["basis"] = "legitimate_interest";
  FakeHost a(c);
  a.SetConsent({{"marketing", "denied"}});
  a.network = kDown;
  a.Track("x");
  a.Settle();
  EXPECT_EQ(a.store.count("state/identity"), 1u);
  FakeHost b(ShopConfig());
  Move(a, b);
  b.Advance(60'000);
  EXPECT_EQ(b.store.count("state/identity"), 0u);
}

TEST(ConsentFaultsTest, FoundQuotesNoEventValue) {
  FakeHost h;
  h.Send({{"type", "track"}, {"name", "x"}, {"needs", {"jane@example.com"}}});
  ASSERT_EQ(h.problems.size(), 1u);
  EXPECT_EQ(h.problems[0].dump().find("jane@"), std::string::npos) << h.problems[0];
}

TEST(ConsentFaultsTest, HostileUnreported) {
  for (const char* bad : {"5", "\"x\"", "{}", "null", "true"}) {
    FakeHost h(OwnerConfig());
    h.SetConsent({{"analytics", "granted"}});
    h.Advance(10'000);
    std::string rec = h.store["consent/record"];
    rec.insert(rec.size() - 1, std::string(",\"unreported\":") + bad);
    h.store["consent/record"] = rec;
    h.network = kDown;
    h.Restart();
    h.SetConsent({{"marketing", "denied"}});
    h.Settle();
    EXPECT_FALSE(Json::parse(h.store["consent/record"], nullptr, false).is_discarded())
        << bad << h.store["consent/record"];
  }
}

TEST(ConsentFaultsTest, HostileNumbers) {
  for (const char* k : {"generation", "time_ms"}) {
    for (const char* v : {"4294967295", "-1", "9223372036854775807", "-9223372036854775808"}) {
      FakeHost h(OwnerConfig());
      h.SetConsent({{"analytics", "granted"}});
      h.Advance(10'000);
      Json rec = Json::parse(h.store["consent/record"]);
      rec[k] = Json::parse(v);
      h.store["consent/record"] = rec.dump();
      h.Restart();
      h.Track("y");
      h.SetConsent({{"marketing", "denied"}});
      h.Advance(10'000);
    }
  }
}

TEST(ConsentFaultsTest, AHeldCallsOwnNeedsAreWithdrawnToo) {
  FakeHost a;
  a.SetConsent({{"analytics", "granted"}, {"marketing", "granted"}});
  a.Settle();
  a.store_answers = false;
  a.Restart();
  a.Settle();
  a.Send({{"type", "track"}, {"name", "ad"}, {"needs", {"marketing"}}});
  a.Settle();
  a.Lifecycle("closing");
  a.Settle();
  bool held = false;
  for (const auto& [k, v] : a.store) held |= v.find("\"ad\"") != std::string::npos;
  EXPECT_TRUE(held);
  // another tab, which does not lead, withdraws
  FakeHost b;
  b.leads = false;
  Move(a, b);
  b.Settle();
  b.SetConsent({{"marketing", "denied"}});
  b.Advance(10'000);
  bool still = false;
  for (const auto& [k, v] : b.store) still |= v.find("\"ad\"") != std::string::npos;
  EXPECT_FALSE(still);
  b.SetConsent({{"marketing", "granted"}});
  b.Settle();
  FakeHost d;
  Move(b, d);
  d.Advance(60'000);
  EXPECT_EQ(d.Delivered("segment").size(), 0u);
}

TEST(ConsentFaultsTest, NoAnchorGoesWithWhatIsNobodys) {
  Json c = ShopConfig();
  c["consent"]["purposes"].push_back(
      {{"id", "measure"}, {"basis", "exempt"}, {"mode", "deidentify"}});
  c["collectors"][0]["needs"] = {"measure"};
  FakeHost h(c);
  h.SetConsent({{"marketing", "granted"}});
  h.Track("x");
  h.Advance(10'000);
  ASSERT_EQ(h.Delivered("segment").size(), 1u);
  EXPECT_EQ(h.Delivered("segment")[0].dump().find("decisions"), std::string::npos);
}

TEST(ConsentFaultsTest, BeforeAttIsToldNothingGoesThatItSuspended) {
  FakeHost h;
  h.SetConsent({{"analytics", "granted"}});
  h.Settle();
  Tell(&h, "att", "denied");
  h.Restart();
  h.Track("x");
  h.Advance(10'000);
  EXPECT_EQ(h.Delivered("segment").size(), 0u);
}

TEST(ConsentFaultsTest, TheFullOutboxLosesNoReport) {
  Json c = OwnerConfig();
  c["delivery"]["outbox_events_max"] = 10;
  FakeHost h(c);
  h.SetConsent({{"analytics", "granted"}, {"marketing", "granted"}});
  h.Track("x");
  h.Advance(10'000);
  h.network = kDown;
  h.SetConsent({{"marketing", "denied"}});
  h.Settle();
  ASSERT_TRUE(Json::parse(h.store["consent/record"]).contains("unreported"));
  for (int i = 0; i < 30; ++i) {
    h.Track("order_completed");
  }
  h.Advance(5'000);
  h.network = kUp;
  h.Advance(900'000);
  h.Restart();  // what had to make room goes when the next page begins
  h.Advance(60'000);
  EXPECT_GE(h.Delivered("owner").size(), 3u);
  EXPECT_FALSE(Json::parse(h.store["consent/record"]).contains("unreported"));
}

TEST(ConsentFaultsTest, ACallThatIsTakenOverKeepsItsNeeds) {
  FakeHost a;
  a.SetConsent({{"analytics", "granted"}, {"marketing", "granted"}});
  a.Settle();
  a.store_answers = false;
  a.Restart();
  a.Settle();
  a.Send({{"type", "track"}, {"name", "ad"}, {"needs", {"marketing"}}});
  a.Settle();
  a.Lifecycle("closing");
  a.Settle();
  FakeHost b;
  Move(a, b);
  b.store_is_slow = false;
  b.SetConsent({{"marketing", "denied"}});
  b.SetConsent({{"marketing", "granted"}});
  b.Advance(60'000);
  EXPECT_EQ(b.Delivered("segment").size(), 0u);
}

TEST(ConsentFaultsTest, HeldCallWithNeedOfRemovedPurpose) {
  FakeHost a;
  a.SetConsent({{"analytics", "granted"}, {"marketing", "granted"}});
  a.Settle();
  a.store_answers = false;
  a.Restart();
  a.Settle();
  a.Send({{"type", "track"}, {"name", "ad"}, {"needs", {"marketing"}}});
  a.Settle();
  a.Lifecycle("closing");
  a.Settle();
  Json c = ShopConfig();
  c["consent"]["purposes"].erase(2);
  FakeHost b(c);
  Move(a, b);
  b.Advance(60'000);
  EXPECT_EQ(b.Delivered("segment").size(), 0u);
}

TEST(ConsentFaultsTest, RegionUnknownGpcDeletesNothing) {
  FakeHost h(WorldConfig());
  Tell(&h, "region", "DE");
  h.network = kDown;
  h.SetConsent({{"analytics", "granted"}});
  h.Settle();
  h.Track("kept");
  h.Settle();
  const size_t keys = h.Kept().size();
  h.Restart();
  Tell(&h, "gpc", true);
  EXPECT_EQ(h.Kept().size(), keys) << Json(h.Kept());
  Tell(&h, "region", "DE");
  EXPECT_EQ(P(&h, "analytics")["state"], "granted");
  EXPECT_EQ(h.Log().back()["purposes"].is_object()
                ? h.Log().back()["purposes"]["analytics"]["state"]
                : Json("deletion"),
            "granted");
  h.network = kUp;
  h.Advance(600'000);
  EXPECT_EQ(h.Delivered("segment").size(), 1u);
}

TEST(ConsentFaultsTest, HostileUnreportedAtFirstInput) {
  for (const char* bad : {"5", "\"x\"", "{}", "{\"a\":{\"time_ms\":1}}", "true"}) {
    FakeHost h(OwnerConfig());
    h.network = kDown;
    Json rec = {{"version", 1},
                {"generation", 1},
                {"time_ms", h.wall_ms},
                {"choices", {{"analytics", "granted"}}}};
    rec["unreported"] = Json::parse(bad);
    rec["withdrawing"] = true;
    h.store["consent/record"] = rec.dump();
    h.Restart();
    h.SetConsent({{"marketing", "denied"}});
    h.Settle();
    EXPECT_FALSE(Json::parse(h.store["consent/record"], nullptr, false).is_discarded())
        << bad << h.store["consent/record"];
  }
}

TEST(ConsentFaultsTest, WhatTheCallerSaysWasShownIsKeptAsItIs) {
  // age told null again in this tab, another tab's record says reached
  Json c = ShopConfig();
  c["consent"]["age"] = {{"minimum", 16}};
  FakeHost h(c);
  Tell(&h, "age", 20);
  h.SetConsent({{"analytics", "granted"}});
  h.Settle();
  Tell(&h, "age", nullptr);
  EXPECT_EQ(P(&h, "analytics")["state"], "denied");
  h.Restart();
  EXPECT_EQ(P(&h, "analytics")["state"], "denied");
}

}  // namespace
}  // namespace waymark_test
