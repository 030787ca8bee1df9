// The page module speaks few protocols and has no hash: a config that wants more is told so. This
// program is linked as waymark.wasm is, with wasm/page_protocols.cc.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "codec/sha256.h"
#include "fakes/fake_host.h"

namespace waymark_test {
namespace {

using testing::HasSubstr;

Json OnlyProblem(const Json& config) {
  FakeHost host(config);
  const Json output = host.Send({{"type", "wake"}});
  EXPECT_TRUE(output.value("refused", false));
  EXPECT_EQ(output["problems"].size(), 1u) << output;
  return output["problems"][0];
}

TEST(PageModuleTest, TakesWhatItSpeaks) {
  FakeHost host;
  host.SetConsent({{"analytics", "granted"}});
  host.Settle();
  host.Track("a");
  host.Advance(5'000);
  EXPECT_EQ(host.Delivered("segment").size(), 1u);
  EXPECT_EQ(host.Delivered("snowplow").size(), 1u);
}

TEST(PageModuleTest, AProtocolOfTheOtherModuleIsRefusedByItsName) {
  for (const char* protocol : {"generic", "otlp", "ga4"}) {
    Json config = ShopConfig();
    config["collectors"][1]["protocol"] = protocol;
    // Nobody here knows what it takes.
    config["collectors"][1]["options"] = {{"event", {{"a", 1}}}};
    const Json problem = OnlyProblem(config);
    EXPECT_EQ(problem["code"], "not_allowed");
    EXPECT_EQ(problem["pointer"], "/collectors/1/protocol");
    EXPECT_EQ(problem["found"], protocol);
    EXPECT_THAT(problem["allowed"].get<std::string>(), HasSubstr("waymark-all.wasm"));
  }
}

TEST(PageModuleTest, OptionsOfItsOwnProtocolsAreChecked) {
  Json config = ShopConfig();
  config["collectors"][0]["options"]["write_kye"] = "K";
  EXPECT_EQ(OnlyProblem(config)["pointer"], "/collectors/0/options/write_kye");
}

TEST(PageModuleTest, APartOfTheOtherModuleIsRefused) {
  Json config = ShopConfig();
  config["privacy"] = {{"redact", {"email"}}};
  const Json problem = OnlyProblem(config);
  EXPECT_EQ(problem["code"], "not_allowed");
  EXPECT_EQ(problem["pointer"], "/privacy/redact");
  EXPECT_THAT(problem["allowed"].get<std::string>(), HasSubstr("waymark-all.wasm"));
  config.erase("privacy");
  config["journey"]["plan"] = Json::object();
  EXPECT_EQ(OnlyProblem(config)["pointer"], "/journey");
}

}  // namespace
}  // namespace waymark_test
