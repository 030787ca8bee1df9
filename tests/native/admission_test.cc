// Where a caller may put an event: the engine's answer, and that the caller keeps to it.
#include "admission.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "native/fixture.h"

namespace waymark_test {
namespace {

constexpr const char* kNowhere = "http://127.0.0.1:9";

class AdmissionTest : public testing::Test {
 protected:
  void Open(const Json& config) {
    client_ = std::make_unique<Client>(config, folder_ / "store");
    ASSERT_EQ(client_->Open(), WAYMARK_OK);
  }
  Json Table() { return client_->Ask({{"query", "admission"}}); }

  TemporaryFolder folder_;
  std::unique_ptr<Client> client_;
};

TEST_F(AdmissionTest, OnlyWhatIsAllowedMayLieOnTheDevice) {
  Open(NativeConfig(kNowhere));
  EXPECT_EQ(Table()["types"]["track"], "wait");
  client_->SetConsent({{"analytics", "granted"}});
  const Json granted = Table();
  EXPECT_EQ(granted["types"]["track"], "store");
  EXPECT_EQ(granted["purposes"]["analytics"], "store");
  EXPECT_EQ(granted["purposes"]["marketing"], "wait");
  client_->SetConsent({{"analytics", "denied"}});
  const Json denied = Table();
  EXPECT_EQ(denied["types"]["track"], "wait");
  EXPECT_GT(denied["generation"], granted["generation"]);
}

TEST_F(AdmissionTest, WhatNobodyWantsIsTurnedAway) {
  Json config = NativeConfig(kNowhere);
  config["collectors"][0]["only"] = {"order_completed", "screen"};
  Open(config);
  client_->SetConsent({{"analytics", "granted"}});
  const Json table = Table();
  EXPECT_EQ(table["types"]["track"], "drop");
  EXPECT_EQ(table["types"]["screen"], "store");
  EXPECT_EQ(table["names"]["order_completed"], "store");
  client_->Track("debug");
  EXPECT_EQ(client_->Counters().off, 1u);
  const std::string off = R"({"type":"narrow","document":{"off":true}})";
  waymark_client_call(client_->get(), off.c_str(), off.size());
  EXPECT_EQ(Table()["names"]["order_completed"], "drop");
  client_->Track("order_completed");
  EXPECT_EQ(client_->Counters().off, 2u);
}

TEST_F(AdmissionTest, TheStricterOfAllPurposesHolds) {
  const auto table = waymark::native::Admission::From(
      R"({"generation":3,"types":{"track":"store","page":"drop"},"names":{"a\"b":"wait"},)"
      R"("purposes":{"analytics":"store","marketing":"wait"}})");
  using waymark::native::Place;
  waymark::native::EventTexts event;
  event.name = "x";
  EXPECT_EQ(table->generation(), 3u);
  EXPECT_EQ(table->Of(event), Place::kStore);
  event.needs = R"(["analytics"])";
  EXPECT_EQ(table->Of(event), Place::kStore);
  for (const char* needs : {R"(["analytics","marketing"])", R"(["unknown"])", "[", "7"}) {
    event.needs = needs;
    EXPECT_EQ(table->Of(event), Place::kWait) << needs;
  }
  event.needs = {};
  event.name = "a\"b";
  EXPECT_EQ(table->Of(event), Place::kWait);
  event.type = WAYMARK_PAGE;
  EXPECT_EQ(table->Of(event), Place::kDrop);
  event.type = WAYMARK_GROUP;  // not named: nothing is known
  EXPECT_EQ(table->Of(event), Place::kWait);
}

}  // namespace
}  // namespace waymark_test
