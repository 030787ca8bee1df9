// What vendors are told is worked out from one state, and what contradicts it is found.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/fake_host.h"

namespace waymark_test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Json VendorConfig() {
  Json config = ShopConfig();
  Json& consent = config["consent"];
  consent["purposes"][1]["tcf"] = {1, 7, 8};
  consent["purposes"][1]["consent_mode"] = {"analytics_storage"};
  consent["purposes"][2]["tcf"] = {1, 2, 3, 4};
  consent["purposes"][2]["consent_mode"] = {"ad_storage", "ad_user_data", "ad_personalization"};
  consent["vendors"] = Json::parse(R"([
    {"id": "google", "tcf_id": 755, "purposes": ["marketing"]},
    {"id": "counter", "tcf_id": 9, "purposes": ["analytics"]},
    {"id": "acme", "ac_id": 35, "purposes": ["marketing"]}])");
  consent["regions"] = Json::parse(R"([
    {"match": ["EU"], "model": "opt_in"},
    {"match": ["US-CA"], "model": "opt_out", "gpp": ["usca", "usnat"]}])");
  consent["iab"] = {{"cmp_id", 300}, {"publisher_cc", "DE"}};
  return config;
}

// The record that a device in that place has after the choices.
Json RecordAfter(const Json& config, const std::string& region, const Json& choices, bool gpc) {
  FakeHost host(config);
  if (gpc) host.Send({{"type", "signal"}, {"name", "gpc"}, {"value", true}, {"source", "test"}});
  host.Send({{"type", "signal"}, {"name", "region"}, {"value", region}, {"source", "test"}});
  if (!choices.empty()) host.SetConsent(choices);
  host.Settle();
  return Json::parse(host.store["consent/record"]);
}

Json Question(const std::string& region, const Json& choices, bool gpc = false) {
  const Json config = VendorConfig();
  return {{"now", {{"wall_ms", 1'793'817'970'000}, {"mono_ms", 1}}},
          {"config", config},
          {"record", RecordAfter(config, region, choices, gpc)},
          {"facts", {{"gpc", gpc}, {"region", region}}},
          {"vendor_list_version", 48}};
}

Json Signals(Json question) {
  question["query"] = "signals";
  return FakeHost().Query(question);
}

Json Decoded(const std::string& text) {
  return FakeHost().Query({{"query", "iab_decode"}, {"text", text}})["result"];
}

TEST(SignalsTest, ConsentModeFollowsThePurposes) {
  const Json signals = Signals(Question("DE", {{"analytics", "granted"}, {"marketing", "denied"}}));
  EXPECT_THAT(signals["problems"], IsEmpty());
  EXPECT_EQ(signals["consent_mode"]["gcs"], "G101");
  EXPECT_EQ(signals["consent_mode"]["types"]["analytics_storage"], "granted");
  EXPECT_EQ(signals["consent_mode"]["types"]["ad_user_data"], "denied");
  EXPECT_EQ(signals["consent_mode"]["types"].size(), 7u);
}

TEST(SignalsTest, TheTcStringHasWhatAllPurposesBehindItAllow) {
  Json tc =
      Decoded(Signals(Question("DE", {{"analytics", "granted"}, {"marketing", "denied"}}))["tc"]);
  // Purpose 1 stands for both, and one of them was denied.
  EXPECT_EQ(tc["purposeConsents"], Json({7, 8}));
  EXPECT_EQ(tc["vendorConsents"], Json({9}));
  EXPECT_EQ(tc["vendorsDisclosed"], Json({9, 755}));
  EXPECT_EQ(tc["cmpId"], 300);
  EXPECT_EQ(tc["vendorListVersion"], 48);
  EXPECT_FALSE(tc.contains("violations")) << tc;
  tc = Decoded(Signals(Question("DE", {{"analytics", "granted"}, {"marketing", "granted"}}))["tc"]);
  EXPECT_EQ(tc["purposeConsents"], Json({1, 2, 3, 4, 7, 8}));
  EXPECT_EQ(tc["vendorConsents"], Json({9, 755}));
}

TEST(SignalsTest, GppTellsOfTheOptOutInEverySectionOfTheRegion) {
  for (const bool gpc : {false, true}) {
    const Json signals = Signals(Question("US-CA", Json::object(), gpc));
    ASSERT_THAT(signals["problems"], IsEmpty()) << signals;
    EXPECT_FALSE(signals.contains("tc"));
    const Json gpp = Decoded(signals["gpp"]);
    for (const char* section : {"usca", "usnat"}) {
      EXPECT_EQ(gpp[section]["SaleOptOut"], gpc ? 1 : 2) << gpp;
      EXPECT_EQ(gpp[section]["Gpc"], gpc);
    }
    EXPECT_FALSE(gpp.contains("violations")) << gpp;
    EXPECT_EQ(signals["usp"], gpc ? "1YYN" : "1YNN");
  }
}

TEST(SignalsTest, AdditionalConsentNamesTheProviders) {
  const auto string_of = [](const char* choice) {
    return Signals(Question("DE", {{"marketing", choice}, {"analytics", "granted"}}))
        .value("additional_consent", "");
  };
  EXPECT_EQ(string_of("granted"), "2~35~dv.");
  EXPECT_EQ(string_of("denied"), "2~~dv.35");
}

// In an app the kits of others find the keys where they look for them.
TEST(SignalsTest, AnAppKeepsTheKeysOfItsStrings) {
  Json config = VendorConfig();
  config["consent"]["iab"]["in_app_keys"] = true;
  config["consent"]["iab"]["vendor_list_version"] = 48;
  FakeHost host(config);
  const auto tell = [&](const std::string& region) {
    host.Send({{"type", "signal"}, {"name", "region"}, {"value", region}, {"source", "test"}});
    host.Settle();
  };
  host.Settle();
  EXPECT_EQ(host.store["iab/IABTCF_CmpSdkID"], "300");
  tell("DE");
  host.SetConsent({{"analytics", "granted"}, {"marketing", "denied"}});
  host.Settle();
  EXPECT_EQ(host.store["iab/IABTCF_gdprApplies"], "1");
  EXPECT_EQ(host.store["iab/IABTCF_PurposeConsents"], "\"00000011\"");
  const Json text = Json::parse(host.store["iab/IABTCF_TCString"]);
  const Json keys = host.Query({{"query", "iab_keys"}, {"text", text}})["result"]["keys"];
  ASSERT_GT(keys.size(), 10u);
  for (const Json& key : keys) {
    EXPECT_EQ(host.store["iab/" + key["key"].get<std::string>()], key["value"].dump());
  }
  tell("US-CA");
  EXPECT_EQ(host.store.count("iab/IABTCF_TCString"), 0u);
  EXPECT_EQ(host.store["iab/IABTCF_gdprApplies"], "0");
  EXPECT_EQ(host.store["iab/IABGPP_GppSID"], "\"7_8\"");
}

std::vector<std::string> Check(Json question, const Json& told) {
  question["query"] = "check_signals";
  question["told"] = told;
  const Json answer = FakeHost().Query(question);
  std::vector<std::string> found;
  for (const Json& problem : answer["problems"]) {
    found.push_back(problem["code"].get<std::string>() + " " +
                    problem["pointer"].get<std::string>());
  }
  return found;
}

TEST(SignalsTest, WhatIsDerivedContradictsNothing) {
  for (const char* marketing : {"granted", "denied"}) {
    for (const char* region : {"DE", "US-CA"}) {
      for (const bool gpc : {false, true}) {
        const Json question =
            Question(region, {{"analytics", "granted"}, {"marketing", marketing}}, gpc);
        Json told = Signals(question);
        told["consent_mode"] = Json(told["consent_mode"]["types"]);
        EXPECT_THAT(Check(question, told), IsEmpty()) << told;
      }
    }
  }
}

TEST(SignalsTest, ContradictionsAreNamed) {
  const Json yes = {{"analytics", "granted"}, {"marketing", "granted"}};
  const Json no = {{"analytics", "granted"}, {"marketing", "denied"}};
  const Json told_yes = Signals(Question("DE", yes));
  const auto found = Check(Question("DE", no), {{"tc", told_yes["tc"]}});
  EXPECT_THAT(found, testing::Contains("more /tc/purposeConsents"));
  EXPECT_THAT(found, testing::Contains("more /tc/vendorConsents"));
  EXPECT_THAT(
      Check(Question("DE", no),
            {{"consent_mode", {{"ad_storage", "granted"}, {"analytics_storage", "granted"}}}}),
      ElementsAre("more /consent_mode/ad_storage"));
  EXPECT_THAT(Check(Question("US-CA", Json::object(), true), {{"usp", "1YNN"}}),
              ElementsAre("more /usp"));
  EXPECT_THAT(Check(Question("DE", no), {{"tc", "%%"}}), ElementsAre("unreadable /tc"));
}

}  // namespace
}  // namespace waymark_test
