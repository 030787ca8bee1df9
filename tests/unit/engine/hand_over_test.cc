// One person on two devices: hand-over tokens through the engine, and ids of other kits.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/fake_host.h"

namespace waymark_test {
namespace {

constexpr const char* kOutlet = "shop-outlet.example";

Json Grant() { return {{"analytics", "granted"}}; }

struct Device {
  explicit Device(int seed, Json config = ShopConfig()) : host(std::move(config)) {
    host.entropy_seed = seed;
  }

  Json Create(Json more = Json::object()) {
    Json input = {{"type", "hand_over"}, {"request_id", 1}, {"to", kOutlet}};
    input.update(more);
    host.answer = nullptr;
    host.Send(std::move(input));
    host.Settle();
    return host.answer;
  }

  std::string Token(Json more = Json::object()) { return Create(std::move(more))["token"]; }
  std::string ToSeal() { return Create()["to_seal"]; }

  Json Accept(const std::string& token, Json more = Json::object()) {
    Json input = {
        {"type", "accept_hand_over"}, {"request_id", 2}, {"token", token}, {"host", kOutlet}};
    input.update(more);
    host.answer = nullptr;
    host.Send(std::move(input));
    host.Settle();
    return host.answer;
  }

  void Visit() {
    host.SetConsent(Grant());
    host.Track("product_viewed");
    host.Settle();
  }

  std::vector<Json> Aliases() {
    host.Advance(10'000);
    std::vector<Json> aliases;
    for (const Json& event : host.Delivered("segment")) {
      if (event["type"] == "alias") aliases.push_back(event);
    }
    return aliases;
  }

  Json Id() { return host.View().value("anonymous_id", ""); }

  FakeHost host;
};

Json Why(const char* why) { return {{"accepted", false}, {"why", why}}; }
Json How(const char* how) { return {{"accepted", true}, {"how", how}}; }

Json SealingConfig() {
  Json config = ShopConfig();
  config["identity"] = {{"hand_over", {{"url", "https://shop.example/hand-over"}}}};
  return config;
}

TEST(HandOverEngineTest, ADeviceThatIsNewGoesOnWithIdAndSession) {
  Device phone(1);
  Device laptop(2);
  phone.Visit();
  laptop.host.SetConsent(Grant());
  EXPECT_EQ(laptop.Accept(phone.Token()), How("adopted"));
  laptop.host.Track("product_viewed");
  laptop.host.Settle();
  EXPECT_EQ(laptop.Id(), phone.Id());
  EXPECT_EQ(laptop.host.View()["session"]["id"], phone.host.View()["session"]["id"]);
  EXPECT_EQ(laptop.host.View()["session"]["event_index"], 2);
  EXPECT_THAT(laptop.Aliases(), testing::IsEmpty());
}

TEST(HandOverEngineTest, ADeviceWithAnIdTellsOnceThatTheTwoAreOne) {
  Device phone(1);
  Device laptop(2);
  phone.Visit();
  laptop.Visit();
  const Json own = laptop.Id();
  const std::string token = phone.Token();
  EXPECT_EQ(laptop.Accept(token), How("joined"));
  EXPECT_EQ(laptop.Accept(token), Why("token_used"));
  EXPECT_EQ(laptop.Id(), own);
  const std::vector<Json> aliases = laptop.Aliases();
  ASSERT_EQ(aliases.size(), 1u);
  EXPECT_EQ(aliases[0]["previousId"], phone.Id());
  EXPECT_EQ(aliases[0]["anonymousId"], own);
}

TEST(HandOverEngineTest, WhatIsCarriedArrives) {
  Device phone(1);
  Device laptop(2);
  phone.Visit();
  laptop.Visit();
  const Json carry = {{"campaign", "spring"}, {"cart", "K-1"}};
  EXPECT_EQ(laptop.Accept(phone.Token({{"carry", carry}}))["carry"], carry);
  EXPECT_EQ(phone.Create({{"carry", {{"cart", std::string(200, 'x')}}}})["problem"]["pointer"],
            "/carry");
}

TEST(HandOverEngineTest, AWrongOldForeignOrStrangersTokenChangesNothingAndSaysWhy) {
  Device phone(1);
  Device laptop(2);
  phone.Visit();
  laptop.Visit();
  const Json before = laptop.host.View();
  EXPECT_EQ(laptop.Accept("1.nonsense"), Why("token_invalid"));
  EXPECT_EQ(laptop.Accept(""), Why("token_invalid"));
  EXPECT_EQ(laptop.Accept(phone.Token(), {{"host", "evil.example"}}), Why("token_foreign"));
  EXPECT_EQ(laptop.Accept(phone.Token({{"browser", "one"}}), {{"browser", "other"}}),
            Why("token_browser"));
  const std::string old = phone.Token({{"ttl_s", 60}});
  laptop.host.Advance(61'000);
  EXPECT_EQ(laptop.Accept(old), Why("token_expired"));
  EXPECT_EQ(laptop.Id(), before["anonymous_id"]);
  EXPECT_THAT(laptop.Aliases(), testing::IsEmpty());
}

TEST(HandOverEngineTest, ATokenWithoutASealJoinsNobodyWhoIsKnown) {
  Device phone(1);
  Device laptop(2);
  phone.Visit();
  laptop.Visit();
  const std::string unknown = phone.Token();
  phone.host.Identify("u1");
  phone.host.Settle();
  EXPECT_EQ(laptop.Accept(phone.Token()), Why("known_user"));
  laptop.host.Identify("u2");
  laptop.host.Settle();
  EXPECT_EQ(laptop.Accept(unknown), Why("known_user"));
}

TEST(HandOverEngineTest, ASealedTokenJoinsAKnownUserButNeverTwo) {
  Device phone(1, SealingConfig());
  Device laptop(2, SealingConfig());
  Device tablet(3, SealingConfig());
  for (Device* device : {&phone, &laptop, &tablet}) device->Visit();
  phone.host.Identify("u1");
  tablet.host.Identify("u2");
  phone.host.Settle();
  tablet.host.Settle();
  const Json created = phone.Create();
  EXPECT_EQ(created["seal"], "https://shop.example/hand-over");
  EXPECT_FALSE(created.contains("token")) << "it tells who somebody is";
  EXPECT_TRUE(laptop.Create().contains("token"));
  const std::string payload = created["to_seal"];
  const Json opened = {{"opened", true}};
  EXPECT_EQ(laptop.Accept("s.sealed"), (Json{{"open", "https://shop.example/hand-over/open"}}));
  EXPECT_EQ(laptop.Accept(payload, opened), How("joined"));
  EXPECT_EQ(tablet.Accept(payload, opened), Why("user_conflict"));
  laptop.host.Identify("u1");
  laptop.host.Settle();
  phone.host.Advance(1'000);  // within a second it would be the same token
  EXPECT_EQ(laptop.Accept(phone.ToSeal(), opened), How("joined")) << "the same user";
}

TEST(HandOverEngineTest, NothingIsMadeOrTakenBeforeTheGateAdmitsIt) {
  Device phone(1);
  Device laptop(2);
  phone.Visit();
  EXPECT_EQ(laptop.Accept(phone.Token()), nullptr) << "nobody has answered yet";
  EXPECT_EQ(laptop.Create(), nullptr);
  EXPECT_EQ(laptop.Id(), "");
  laptop.host.SetConsent(Grant());
  laptop.host.Settle();
  EXPECT_EQ(laptop.Id(), phone.Id());
  Device kiosk(3);
  kiosk.host.SetConsent({{"analytics", "denied"}});
  EXPECT_EQ(kiosk.Accept(phone.Token()), Why("consent_missing"));
  EXPECT_EQ(kiosk.Create()["problem"]["code"], "consent_missing");
  EXPECT_EQ(kiosk.Id(), "");
}

TEST(HandOverEngineTest, ItsOwnPurposesCountBesides) {
  Json config = ShopConfig();
  config["identity"] = {{"needs", {"marketing"}}};
  Device phone(1);
  Device laptop(2, config);
  phone.Visit();
  laptop.host.SetConsent({{"analytics", "granted"}, {"marketing", "denied"}});
  EXPECT_EQ(laptop.Accept(phone.Token()), Why("consent_missing"));
  laptop.host.SetConsent({{"marketing", "granted"}});
  EXPECT_EQ(laptop.Accept(phone.Token()), How("adopted"));
}

// Whoever leaves takes no way back with them: not by the token that they gave away themselves.
TEST(HandOverEngineTest, AfterAResetAWithdrawalOrForgetTheOwnTokenLeadsNowhere) {
  const Json denied = {{"analytics", "denied"}};
  const std::vector<std::vector<Json>> ends = {
      {{{"type", "reset"}}},
      {{{"type", "set_consent"}, {"choices", denied}},
       {{"type", "set_consent"}, {"choices", Grant()}}},
      {{{"type", "forget"}}, {{"type", "set_consent"}, {"choices", Grant()}}},
  };
  for (const std::vector<Json>& calls : ends) {
    Device phone(1);
    phone.Visit();
    phone.host.Advance(2'000);
    const Json old = phone.Id();
    const std::string token = phone.Token();
    phone.host.Advance(2'000);
    for (const Json& call : calls) {
      phone.host.Send(call);
      phone.host.Settle();
    }
    for (int i = 0; i < 20; ++i) phone.Create();  // so many that one could be forgotten
    phone.host.Track("product_viewed");
    phone.host.Settle();
    if (calls[0]["type"] != "forget") phone.host.Restart();  // that leaves nothing to know it by
    phone.host.Settle();
    ASSERT_NE(phone.Id(), "");
    ASSERT_NE(phone.Id(), old);
    EXPECT_EQ(phone.Accept(token), Why("token_used")) << calls[0].dump();
    EXPECT_NE(phone.Id(), old);
    EXPECT_THAT(phone.Aliases(), testing::IsEmpty());
  }
}

// A link that was opened before anybody answered is that visitor's, and not the next one's.
TEST(HandOverEngineTest, WhatWaitsGoesWithWhoLeaves) {
  for (const char* end : {"reset", "forget"}) {
    Device phone(1);
    Device laptop(2);
    phone.Visit();
    EXPECT_EQ(laptop.Accept(phone.Token()), nullptr);
    laptop.host.Send({{"type", end}});
    laptop.host.Settle();
    EXPECT_EQ(laptop.host.answer, Why("consent_missing"));
    laptop.Visit();
    EXPECT_NE(laptop.Id(), phone.Id());
  }
}

TEST(HandOverEngineTest, AKnownIdTakenOverGoesWithNoOtherUser) {
  Device phone(1, SealingConfig());
  phone.Visit();
  phone.host.Identify("u1");
  phone.host.Settle();
  for (const char* user : {"u1", "u2"}) {
    Device laptop(2, SealingConfig());
    laptop.host.SetConsent(Grant());
    EXPECT_EQ(laptop.Accept(phone.ToSeal(), {{"opened", true}}), How("adopted"));
    laptop.host.Identify(user);
    laptop.host.Settle();
    EXPECT_EQ(laptop.Id() == phone.Id(), std::string(user) == "u1");
  }
}

TEST(HandOverEngineTest, AKnownUserIsToldOfAsOneWithTheOtherDevice) {
  Device phone(1, SealingConfig());
  Device laptop(2, SealingConfig());
  phone.Visit();
  laptop.Visit();
  laptop.host.Identify("u1");
  laptop.host.Settle();
  EXPECT_EQ(laptop.Accept(phone.ToSeal(), {{"opened", true}}), How("joined"));
  const std::vector<Json> aliases = laptop.Aliases();
  ASSERT_EQ(aliases.size(), 1u);
  EXPECT_EQ(aliases[0]["previousId"], phone.Id());
  EXPECT_EQ(aliases[0]["userId"], "u1");
}

TEST(HandOverEngineTest, AJoinIsWithdrawnWithItsOwnPurpose) {
  Json config = ShopConfig();
  config["identity"] = {{"needs", {"marketing"}}};
  Device phone(1);
  Device laptop(2, config);
  phone.Visit();
  laptop.host.SetConsent({{"analytics", "granted"}, {"marketing", "granted"}});
  laptop.host.Track("product_viewed");
  laptop.host.Settle();
  EXPECT_EQ(laptop.Accept(phone.Token()), How("joined"));
  laptop.host.SetConsent({{"marketing", "denied"}});
  EXPECT_THAT(laptop.Aliases(), testing::IsEmpty());
}

TEST(HandOverEngineTest, WhatWasTakenIsKnownAfterARestart) {
  Device phone(1);
  Device laptop(2);
  phone.Visit();
  laptop.Visit();
  const std::string token = phone.Token();
  EXPECT_EQ(laptop.Accept(token), How("joined"));
  laptop.host.Restart();
  laptop.host.Settle();
  EXPECT_EQ(laptop.Accept(token), Why("token_used"));
}

// An id that came with the mark of a known user is a known user's, too.
TEST(HandOverEngineTest, AnIdThatIsKnownElsewhereIsHandedOnUnderASealAlone) {
  Device phone(1, SealingConfig());
  Device laptop(2, SealingConfig());
  phone.Visit();
  phone.host.Identify("u1");
  phone.host.Settle();
  laptop.host.SetConsent(Grant());
  EXPECT_EQ(laptop.Accept(phone.ToSeal(), {{"opened", true}}), How("adopted"));
  EXPECT_FALSE(laptop.host.View().contains("user_id"));
  EXPECT_FALSE(laptop.Create().contains("token"));
}

// Any text may stand for an id that is no UUID: also that of a user.
TEST(HandOverEngineTest, TheIdOfAnotherKitTravelsUnderASealAlone) {
  const Json import = {{"type", "import_id"}, {"source", "ga"}, {"id", "12345.67890"}};
  Device open(1);
  Device sealing(2, SealingConfig());
  for (Device* device : {&open, &sealing}) {
    device->host.SetConsent(Grant());
    device->host.Send(import);
    device->Visit();
    ASSERT_EQ(device->Id(), "12345.67890");
  }
  EXPECT_EQ(open.Create()["problem"]["pointer"], "/anonymous_id");
  Device laptop(3, SealingConfig());
  laptop.Visit();
  const std::string token = sealing.ToSeal();
  EXPECT_EQ(laptop.Accept(token), Why("token_invalid"));
  EXPECT_EQ(laptop.Accept(token, {{"opened", true}}), How("joined"));
}

TEST(HandOverEngineTest, AfterALogoutNoIdOfAnotherKitIsTaken) {
  Device device(1);
  device.Visit();
  device.host.Reset();
  device.host.Settle();
  device.host.Restart();
  device.host.Send({{"type", "import_id"}, {"source", "segment"}, {"id", "seg-1"}});
  device.Visit();
  EXPECT_NE(device.Id(), "seg-1");
  EXPECT_THAT(device.Aliases(), testing::IsEmpty());
}

TEST(HandOverEngineTest, TheIdOfAnotherKitIsTakenOnce) {
  const Json import = {{"type", "import_id"}, {"source", "segment"}, {"id", "seg-1"}};
  Device young(1);
  young.host.SetConsent(Grant());
  young.host.Send(import);
  young.host.Track("product_viewed");
  young.host.Settle();
  EXPECT_EQ(young.Id(), "seg-1");
  Device known(2);
  known.Visit();
  known.host.Send(import);
  known.host.Send(import);
  known.host.Settle();
  const std::vector<Json> aliases = known.Aliases();
  ASSERT_EQ(aliases.size(), 1u);
  EXPECT_EQ(aliases[0]["previousId"], "seg-1");
  Device refused(3);
  refused.host.SetConsent({{"analytics", "denied"}});
  refused.host.Send(import);
  refused.host.Settle();
  EXPECT_EQ(refused.Id(), "");
}

}  // namespace
}  // namespace waymark_test
