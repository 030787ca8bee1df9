// Several engines on one device: who takes over what, and what a page that slept may still do.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/fake_host.h"

namespace waymark_test {
namespace {

constexpr auto kDown = [](const Request&) { return Answer{503, "", ""}; };
constexpr auto kUp = [](const Request&) { return Answer(); };

// The names under which a host has asked to write, in order.
std::vector<std::string> Writers(const FakeHost& host) {
  std::vector<std::string> writers;
  for (const Json& effect : host.effects) {
    if (effect["type"] == "claim") writers.push_back(effect["writer"]);
  }
  return writers;
}

TEST(TabsTest, ANameIsClaimedBeforeAnythingIsWrittenAndOnlyWhenThatIsAllowed) {
  FakeHost host(SegmentOnly());
  host.Track("a");
  host.Settle();
  EXPECT_TRUE(Writers(host).empty());
  Grant(host);
  ASSERT_EQ(Writers(host).size(), 1u);
  size_t claim = 0;
  size_t put = 0;
  for (size_t i = 0; i < host.effects.size(); ++i) {
    const Json& effect = host.effects[i];
    if (effect["type"] == "claim") claim = i;
    if (effect.value("key", "").rfind("outbox/" + Writers(host)[0], 0) == 0 && put == 0) put = i;
  }
  EXPECT_LT(claim, put);
}

TEST(TabsTest, WhatIsNotedOfTheCollectorsStandsUnderANameThatIsHeld) {
  Json config = SegmentOnly();
  config["delivery"]["outbox_events_max"] = 10;
  FakeHost host(config);
  host.network = kDown;
  Grant(host);  // begins a new name
  for (int i = 0; i < 11; ++i) host.Track("a");
  host.Settle();
  const std::string writer = Writers(host).back();
  EXPECT_EQ(host.store.count("state/delivery/" + writer), 1u);
}

TEST(TabsTest, WhatALiveTabStoredIsLeftAlone) {
  FakeHost first(SegmentOnly());
  Grant(first);
  first.network = kDown;
  first.Track("a");
  first.Settle();
  FakeHost second(SegmentOnly());
  second.live = Writers(first);
  OpenBeside(first, second);
  second.Advance(60'000);
  EXPECT_TRUE(second.Delivered("segment").empty());
}

TEST(TabsTest, WhatADeadTabStoredIsTakenOverByTheOneThatLeads) {
  FakeHost first(SegmentOnly());
  Grant(first);
  first.network = kDown;
  first.Track("a");
  first.Settle();
  FakeHost second(SegmentOnly());
  second.leads = false;
  OpenBeside(first, second);
  second.Advance(60'000);
  EXPECT_TRUE(second.Delivered("segment").empty());
  second.Send({{"type", "lead"}, {"live", Writers(second)}});
  second.Advance(60'000);
  EXPECT_EQ(second.Delivered("segment").size(), 1u);
  EXPECT_TRUE(second.View()["leading"]);
}

TEST(TabsTest, ATabThatGoesLaterIsTakenOverThen) {
  FakeHost first(SegmentOnly());
  Grant(first);
  first.network = kDown;
  first.Track("a");
  first.Settle();
  FakeHost second(SegmentOnly());
  second.live = Writers(first);
  OpenBeside(first, second);
  second.Advance(5'000);
  second.Send({{"type", "lead"}, {"live", Json::array()}});
  second.Advance(60'000);
  EXPECT_EQ(second.Delivered("segment").size(), 1u);
}

TEST(TabsTest, AWriterThatHasJustBegunIsNotTakenForDead) {
  FakeHost first(SegmentOnly());
  Grant(first);
  first.network = kDown;
  first.Track("a");
  first.Settle();
  FakeHost second(SegmentOnly());
  second.store = first.store;
  second.wall_ms = first.wall_ms - 1'000;  // Restart() adds a second
  second.entropy_seed = 100;
  second.Restart();
  second.Settle();
  EXPECT_TRUE(second.Delivered("segment").empty());
  second.Advance(60'000);  // nobody holds its name after all
  EXPECT_EQ(second.Delivered("segment").size(), 1u);
}

TEST(TabsTest, APageThatSleptLetsGoOfWhatItStoredAndTakesANewName) {
  FakeHost host(SegmentOnly());
  Grant(host);
  host.network = kDown;
  host.Track("a", {{"i", 0}});
  host.Settle();
  host.leads = false;
  host.Lifecycle("frozen");
  host.Settle();
  // Meanwhile another tab has delivered it.
  std::erase_if(host.store, [](const auto& entry) { return entry.first.rfind("outbox/", 0) == 0; });
  host.network = kUp;
  host.Lifecycle("resumed");
  host.Settle();
  host.Track("a", {{"i", 1}});
  host.Advance(60'000);
  ASSERT_EQ(host.Delivered("segment").size(), 1u);
  EXPECT_EQ(host.Delivered("segment")[0]["properties"]["i"], 1);
  ASSERT_EQ(Writers(host).size(), 2u);
  EXPECT_NE(Writers(host)[0], Writers(host)[1]);
}

TEST(TabsTest, APageThatComesBackAndLeadsAgainSendsItsOwn) {
  FakeHost host(SegmentOnly());
  Grant(host);
  host.network = kDown;
  for (int i = 0; i < 3; ++i) host.Track("a", {{"i", i}});
  host.Settle();
  host.Lifecycle("closing");
  host.Settle();
  host.network = kUp;
  host.Lifecycle("visible");
  host.Advance(60'000);
  EXPECT_EQ(host.Delivered("segment").size(), 3u);
  EXPECT_EQ(host.View()["queue"]["events"], 0);
}

TEST(TabsTest, ANewGenerationHasANewName) {
  FakeHost host;
  Grant(host);
  host.Track("a");
  host.Advance(5'000);
  host.Send({{"type", "reset"}});
  host.Settle();
  host.Track("a");
  host.Advance(5'000);
  const auto events = host.Delivered("segment");
  ASSERT_EQ(events.size(), 2u);
  // The message id says whose event it is, and which of theirs: nothing else is sent of that.
  const std::string before = events[0]["messageId"];
  const std::string after = events[1]["messageId"];
  EXPECT_EQ(events[1]["context"]["delivery"],
            Json({{"decisions", Json::parse(host.store["consent/record"])["log"]["hash"]}}));
  EXPECT_NE(before.substr(0, 8), after.substr(0, 8));
  EXPECT_EQ(after.substr(28), "00000000");
  const std::vector<std::string> writers = Writers(host);
  EXPECT_EQ(writers.back().substr(11), after.substr(0, 8));
}

TEST(TabsTest, CallsBeforeTheStateWasReadGoToTheNextPageWhenThisOneEnds) {
  FakeHost host(SegmentOnly());
  Grant(host);
  host.Track("first");
  host.Advance(5'000);
  const Json id = host.View()["anonymous_id"];
  host.store_answers = false;
  host.Restart();
  host.Track("early");
  EXPECT_EQ(host.View()["queue"]["held"], 1);
  host.Lifecycle("closing");
  host.Settle();
  host.store_answers = true;
  host.Restart();
  host.Advance(60'000);
  ASSERT_EQ(host.Delivered("segment").size(), 2u);
  EXPECT_EQ(host.Delivered("segment")[1]["event"], "early");
  EXPECT_EQ(host.Delivered("segment")[1]["anonymousId"], id);
}

TEST(TabsTest, ACallThatWasTakenOverStaysInTheStoreUntilItIsThereAsARecord) {
  FakeHost host(SegmentOnly());
  host.network = kDown;
  Grant(host);
  host.store_answers = false;
  host.Restart();
  host.Track("early");
  host.Lifecycle("closing");
  host.Settle();
  host.store_answers = true;
  host.leads = false;
  host.Restart();
  host.Settle();
  host.store_fails = true;
  host.Track("later");
  host.Settle();  // nothing is put for a while
  host.store_fails = false;
  host.Send({{"type", "lead"}, {"live", {Writers(host).back()}}});
  host.Settle();
  host.network = kUp;
  host.leads = true;
  host.Restart();
  host.Advance(60'000);
  ASSERT_EQ(host.Delivered("segment").size(), 1u);
  EXPECT_EQ(host.Delivered("segment")[0]["event"], "early");
}

TEST(TabsTest, ACallBeforeTheStateWasReadIsKeptOnlyForThoseWhoGetIt) {
  Json config = ShopConfig();
  config["consent"]["purposes"][1]["storage"] = false;
  config["collectors"][1]["needs"] = {"necessary"};
  config["collectors"][1]["sample"] = 0.000001;  // the only one with something on the device
  FakeHost host(config);
  Grant(host);
  host.store_answers = false;
  host.Restart();
  host.Track("early");
  host.Lifecycle("closing");
  host.Settle();
  for (const auto& [key, value] : host.store) {
    EXPECT_EQ(value.find("early"), std::string::npos) << key;
  }
}

TEST(TabsTest, ACallThatWasPutDownAndThenQueuedGoesOnce) {
  FakeHost host(SegmentOnly());
  Grant(host);
  host.store_answers = false;
  host.network = kDown;
  host.Restart();
  host.Track("early");
  host.Lifecycle("hidden");  // it may end here, so the call is put down
  host.Settle();
  Json read;
  for (const Json& effect : host.effects) {
    if (effect["type"] == "store_get") read = effect["effect_id"];
  }
  host.Send({{"type", "store_failed"}, {"effect_id", read}, {"reason", "unknown"}});
  EXPECT_EQ(host.View()["queue"]["events"], 1);
  host.Lifecycle("frozen");
  host.Settle();
  host.store_answers = true;
  host.network = kUp;
  host.Lifecycle("resumed");
  host.Advance(60'000);
  EXPECT_EQ(host.Delivered("segment").size(), 1u);
}

TEST(TabsTest, AWithdrawalReachesWhatOtherTabsStored) {
  Json config = ShopConfig();
  config["collectors"][1]["needs"] = {"marketing"};
  FakeHost first(config);
  first.SetConsent({{"analytics", "granted"}, {"marketing", "granted"}});
  first.Settle();
  first.network = [](const Request& request) {
    return request.url.find("segment") != std::string::npos ? Answer() : Answer{503, "", ""};
  };
  first.Track("a", {{"text", "xxxx"}});
  first.Advance(2'000);  // only marketing still needs it
  FakeHost second(config);
  second.leads = false;
  second.live = Writers(first);
  OpenBeside(first, second);
  second.SetConsent({{"marketing", "denied"}, {"analytics", "denied"}});
  second.Settle();
  for (const auto& [key, value] : second.store) {
    EXPECT_EQ(value.find("xxxx"), std::string::npos) << key;
  }
}

// What lies in the store comes back, as long as nothing there says that it was given up.
TEST(TabsTest, HowFarADeadTabCameIsKnownUntilItsSegmentsAreRead) {
  const auto half = [](const Request& request) {
    return request.url.find("segment") != std::string::npos ? Answer() : Answer{503, "", ""};
  };
  FakeHost first;
  Grant(first);
  first.network = half;
  first.Track("a");
  first.Advance(2'000);
  ASSERT_EQ(first.Delivered("segment").size(), 1u);
  FakeHost second;  // goes before it has read anything
  second.store_answers = false;
  OpenBeside(first, second);
  second.Track("early");
  second.Lifecycle("closing");
  second.Settle();
  FakeHost third;
  third.network = half;
  third.store = second.store;
  third.wall_ms = second.wall_ms - 995;  // Restart() adds a second: the second one is young yet
  third.entropy_seed = 200;
  third.Restart();
  third.Settle();
  third.Track("later");
  third.Send({{"type", "flush"}});
  third.Settle();
  third.Advance(60'000);
  std::vector<std::string> names;
  for (const Json& event : third.Delivered("segment")) names.push_back(event["event"]);
  EXPECT_THAT(names, testing::UnorderedElementsAre("early", "later"));
}

// What a tab leaves that was called before its state was read: of the record that it made of it and
// the end of the note of it, only the former was done.
void LeaveCallAndRecord(FakeHost& host) {
  host.network = kDown;
  Grant(host);
  host.store_answers = false;
  host.Restart();
  host.Track("early");
  host.Lifecycle("closing");
  host.Settle();
  const auto called = host.store;
  host.store_answers = true;
  host.Restart();
  host.Advance(1'000);
  for (const auto& [key, value] : called) host.store[key] = value;
  std::erase_if(host.store, [&](const auto& entry) {
    return entry.first.rfind("state/delivery/", 0) == 0 && called.count(entry.first) == 0;
  });
}

TEST(TabsTest, ACallOfWhichItsTabHadMadeARecordBeforeItStoppedGoesOnce) {
  FakeHost host(SegmentOnly());
  LeaveCallAndRecord(host);
  host.network = kUp;
  host.Restart();
  host.Advance(60'000);
  EXPECT_EQ(host.Delivered("segment").size(), 1u);
}

// Whoever took the call over made one, too, and stopped before it had deleted the first.
TEST(TabsTest, ACallOfWhichTwoTabsHadMadeARecordGoesOnce) {
  FakeHost host(SegmentOnly());
  LeaveCallAndRecord(host);
  const auto left = host.store;
  host.Restart();
  host.Advance(1'000);
  for (const auto& [key, value] : left) {
    if (key.rfind("outbox/", 0) == 0) host.store[key] = value;
  }
  host.network = kUp;
  host.Restart();
  host.Advance(60'000);
  EXPECT_EQ(host.Delivered("segment").size(), 1u);
}

// What the second one has delivered the first one's record is not sent for again.
TEST(TabsTest, ACallOfWhichTwoTabsHadMadeARecordIsDeliveredWhenEitherIs) {
  FakeHost host;
  LeaveCallAndRecord(host);
  const auto left = host.store;
  host.network = [](const Request& request) {
    return request.url.find("segment") != std::string::npos ? Answer() : Answer{503, "", ""};
  };
  host.Restart();
  host.Advance(60'000);
  ASSERT_EQ(host.Delivered("segment").size(), 1u);
  for (const auto& [key, value] : left) {
    if (key.rfind("outbox/", 0) == 0) host.store[key] = value;
  }
  host.network = kUp;
  host.Restart();
  host.Advance(60'000);
  EXPECT_EQ(host.Delivered("segment").size(), 1u);
  EXPECT_EQ(host.View()["queue"]["events"], 0);
}

TEST(TabsTest, WhatAnotherTabHasPutDownOfThePersonIsNotOverwrittenBecauseSomethingElseFailed) {
  FakeHost host(SegmentOnly());
  Grant(host);
  host.Track("a");
  host.Settle();
  const std::string id = host.View()["anonymous_id"];
  const std::string theirs = R"({"anonymous_id":")" + id + R"(","user_id":"u2"})";
  host.store["state/identity"] = theirs;
  host.store_fails = true;
  host.Track("b");
  host.Settle();
  host.store_fails = false;
  host.Advance(60'000);
  EXPECT_EQ(host.store["state/identity"], theirs);
}

TEST(TabsTest, AnIdThatWasSeenWithAUserGoesWithNoOtherHoweverOftenItComesBack) {
  FakeHost host(SegmentOnly());
  Grant(host);
  host.Identify("u1");
  host.Settle();
  const std::string id = host.View()["anonymous_id"];
  for (int i = 0; i < 2; ++i) {
    host.Lifecycle("frozen");
    host.Settle();
    host.store["state/identity"] = R"({"anonymous_id":")" + id + R"(","user_id":"u2"})";
    host.Lifecycle("resumed");
    host.Settle();
    host.Track("a");
    host.Settle();
    EXPECT_NE(host.View()["anonymous_id"], id);
  }
}

// It wrote before it heard of the decision, and heard no more.
TEST(TabsTest, WhatATabLeavesBehindThatHadNotHeardOfARefusalIsDeleted) {
  FakeHost host(SegmentOnly());
  const std::string other = "1a1a7e2055012345678";
  host.live = {other};
  Grant(host);
  host.SetConsent({{"analytics", "denied"}});
  host.Settle();
  host.store["outbox/" + other + "/000000000001"] = "late";
  host.store["state/delivery/" + other] = "{}";
  host.Send({{"type", "lead"}, {"live", Json::array()}});
  host.Settle();
  EXPECT_EQ(host.Kept().size(), 1u);  // the decision
}

// Somebody wrote on while his document was being read, and went before it came.
TEST(TabsTest, ADocumentThatWasReadBeforeItsTabWentIsReadAgain) {
  const auto half = [](const Request& request) {
    return request.url.find("segment") != std::string::npos ? Answer() : Answer{503, "", ""};
  };
  FakeHost first;
  Grant(first);
  first.network = half;
  first.Track("a");
  first.Settle();
  FakeHost second;
  second.network = half;
  second.live = Writers(first);
  OpenBeside(first, second);
  second.Settle();
  second.Send({{"type", "lead"}, {"live", Writers(first)}});  // something has changed: it reads
  std::string early;
  for (const Json& effect : second.effects) {
    if (effect.value("prefix", "") == "state/delivery/") early = effect["effect_id"].dump();
  }
  first.Advance(2'000);  // and delivers, and goes
  ASSERT_EQ(first.Delivered("segment").size(), 1u);
  second.Send({{"type", "lead"}, {"live", Json::array()}});
  second.Send({{"type", "store_read"},
               {"effect_id", std::stoll(early)},
               {"entries", Json::array()},
               {"more", false}});
  second.store = first.store;
  second.Advance(60'000);
  EXPECT_TRUE(second.Delivered("segment").empty());
}

// A logout that a page left behind, which went before its state was read.
TEST(TabsTest, ALogoutThatIsTakenOverEndsTheWriterAndStandsInItsPlace) {
  FakeHost first(SegmentOnly());
  first.network = kDown;
  Grant(first);
  first.Identify("jane");
  first.Settle();
  first.store_answers = false;
  first.Restart();
  first.Track("before");
  first.Send({{"type", "reset"}});
  first.Track("after");
  first.Lifecycle("closing");
  first.Settle();
  FakeHost second(SegmentOnly());
  OpenBeside(first, second);
  second.Track("mine");
  second.Advance(60'000);
  std::map<std::string, Json> sent;
  for (const Json& event : second.Delivered("segment")) {
    sent[event.value("event", event["type"].get<std::string>())] = event;
  }
  ASSERT_TRUE(sent.contains("before") && sent.contains("after") && sent.contains("mine"));
  EXPECT_EQ(sent["before"]["userId"], "jane");
  EXPECT_FALSE(sent["after"].contains("userId"));
  EXPECT_NE(sent["after"]["anonymousId"], sent["mine"]["anonymousId"]);
  const std::vector<std::string> names = Writers(second);
  EXPECT_EQ(names.size(), 2u);
}

}  // namespace
}  // namespace waymark_test
