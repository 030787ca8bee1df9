// Stored events against records of consent, as the bulk entry takes them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/json_check.h"
#include "codec/sha256.h"
#include "waymark/abi.h"

namespace waymark {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Json = nlohmann::ordered_json;

constexpr int64_t kDay = 86'400'000;
constexpr int64_t kStart = 1'780'272'000'000;

Json Config() {
  return Json::parse(R"({
    "waymark": 1, "app": {"id": "shop"},
    "consent": {"revision": "1", "purposes": [
      {"id": "analytics", "basis": "consent", "before_answer": "hold"},
      {"id": "marketing", "basis": "consent", "before_answer": "drop"}]},
    "fields": [{"path": "/properties/note", "needs": ["marketing"], "otherwise": "drop"}],
    "collectors": [{"id": "stats", "protocol": "segment", "url": "https://c.example",
                    "needs": ["analytics"], "options": {"write_key": "k"}}]})");
}

std::string Frame(const Json& json) {
  const std::string text = json.dump();
  std::string frame(4, '\0');
  for (int i = 0; i < 4; ++i) frame[i] = static_cast<char>(text.size() >> (8 * i));
  return frame + text;
}

class AuditTest : public ::testing::Test {
 protected:
  void Open(const Json& asked) {
    waymark_audit_close(audit_);
    const std::string frame = Frame(asked);
    audit_ = waymark_audit_open(Bytes(frame), frame.size());
  }
  void SetUp() override {
    Open({{"config", Config()}, {"now_ms", kStart + 100 * kDay}, {"collector", "stats"}});
  }
  ~AuditTest() override { waymark_audit_close(audit_); }

  Json Take(uint32_t part, const std::string& lines) {
    const uint8_t* answer = waymark_audit_take(audit_, part, Bytes(lines), lines.size());
    const std::string frame(reinterpret_cast<const char*>(answer),
                            waymark_audit_result_size(audit_));
    return Json::parse(frame.substr(4));
  }

  // An entry that follows the last one.
  void Decide(int64_t time_ms, const char* analytics, const char* marketing) {
    Json entry = {{"number", ++number_}};
    if (!anchor_.empty()) entry["previous"] = anchor_;
    entry.update(Json{{"type", "decision"},
                      {"time_ms", time_ms},
                      {"subject", "s"},
                      {"by", "person"},
                      {"region", "DE"}});
    entry["purposes"] = {{"analytics", {{"state", analytics}, {"why", "person"}}},
                         {"marketing", {{"state", marketing}, {"why", "person"}}}};
    anchor_ = std::string(std::string_view(Sha256Hex(entry.dump())));
    entry["hash"] = anchor_;
    records_ += entry.dump() + "\n";
  }

  static std::string Event(int64_t time_ms, const Json& more = Json::object()) {
    Json event = {{"type", "track"},
                  {"name", "a"},
                  {"message_id", "m"},
                  {"time_ms", time_ms},
                  {"anonymous_id", "x"}};
    event.update(more);
    return event.dump() + "\n";
  }

  std::vector<std::string> CodesOf(const std::string& events) {
    Take(0, records_);
    Take(1, events + Event(kStart, {{"delivery", {{"decisions", anchor_}}}}));
    std::vector<std::string> codes;
    const Json answer = Take(2, events);
    for (const Json& one : answer.at("violations")) codes.push_back(one.at("code"));
    return codes;
  }

  static const uint8_t* Bytes(const std::string& text) {
    return reinterpret_cast<const uint8_t*>(text.data());
  }

  waymark_audit* audit_ = nullptr;
  std::string records_;
  std::string anchor_;
  int number_ = 0;
};

TEST_F(AuditTest, FindsWhatWasMadeAfterAWithdrawal) {
  Decide(kStart, "granted", "denied");
  Decide(kStart + kDay, "denied", "denied");
  EXPECT_THAT(CodesOf(Event(kStart + 1000) + Event(kStart + 2 * kDay)), ElementsAre("withdrawn"));
}

TEST_F(AuditTest, WhatWaitedForTheAnswerIsLawful) {
  Decide(kStart + 60'000, "granted", "denied");
  EXPECT_THAT(CodesOf(Event(kStart)), IsEmpty());
}

TEST_F(AuditTest, AMomentPassesUntilAnotherTabHears) {
  Decide(kStart, "granted", "denied");
  Decide(kStart + kDay, "denied", "denied");
  EXPECT_THAT(CodesOf(Event(kStart + kDay + 99) + Event(kStart + kDay + 101)),
              ElementsAre("withdrawn"));
}

TEST_F(AuditTest, AFieldNeedsItsOwnPurpose) {
  Decide(kStart, "granted", "denied");
  EXPECT_THAT(CodesOf(Event(kStart + 1, {{"properties", {{"note", "x"}}}})), ElementsAre("field"));
}

TEST_F(AuditTest, TakesSegmentsNames) {
  Decide(kStart, "granted", "denied");
  Decide(kStart + kDay, "denied", "denied");
  const Json event = {{"type", "track"},    {"event", "a"},
                      {"messageId", "m"},   {"timestamp", "2026-06-05T00:00:00.000Z"},
                      {"anonymousId", "x"}, {"context", {{"delivery", {{"decisions", anchor_}}}}}};
  EXPECT_THAT(CodesOf(event.dump() + "\n"), ElementsAre("withdrawn"));
}

TEST_F(AuditTest, AnEntryThatWasChangedOrIsMissing) {
  Decide(kStart, "granted", "denied");
  const std::string first = records_;
  Decide(kStart + kDay, "denied", "denied");
  const std::string second = records_.substr(first.size());
  std::string changed = second;
  changed.replace(changed.find("denied"), 6, "grante");
  EXPECT_EQ(Take(0, changed)["violations"][0]["code"], "record_changed");
  EXPECT_EQ(Take(2, "")["violations"][0]["code"], "record_missing");
}

TEST_F(AuditTest, ARecordThatComesTwiceCountsOnce) {
  Decide(kStart, "granted", "denied");
  records_ += records_;
  EXPECT_THAT(CodesOf(Event(kStart + 1000)), IsEmpty());
}

TEST_F(AuditTest, SaysWhichLineIsNoDocument) {
  const Json answer = Take(2, "{\"a\":1}\n\nnull\n{\"b\"");
  EXPECT_EQ(answer["lines"], 3);
  EXPECT_EQ(answer["violations"][1]["code"], "unreadable");
  EXPECT_EQ(answer["violations"][1]["line"], 3);
  EXPECT_EQ(answer["violations"][2]["code"], "cut");
}

TEST_F(AuditTest, RefusesAConfigAndACollectorThatThereIsNot) {
  Open({{"config", Config()}, {"collector", "nobody"}});
  EXPECT_EQ(Take(0, "{}\n")["problems"][0]["pointer"], "/collector");
  Open({{"config", 7}});
  EXPECT_FALSE(Take(0, "{}\n")["problems"].empty());
  Open(Json());
  EXPECT_FALSE(Take(2, "{}\n")["problems"].empty());
}

// Any bytes: never a crash, in any part.
TEST_F(AuditTest, SurvivesAnyBytes) {
  Decide(kStart, "granted", "denied");
  Decide(kStart + kDay, "denied", "denied");
  const std::string whole = records_ + Event(kStart, {{"delivery", {{"decisions", anchor_}}}}) +
                            R"({"name":"deletion_requested","anonymous_id":"x","properties":)"
                            R"({"subject":"s","purposes":["analytics"],"collectors":["stats"]}})" +
                            "\n";
  uint32_t seed = 1;
  const auto draw = [&seed](uint32_t count) { return (seed = seed * 48271 % 2147483647) % count; };
  for (int i = 0; i < 3000; ++i) {
    std::string bytes = whole;
    for (uint32_t changes = draw(6); changes > 0; --changes) {
      bytes[draw(static_cast<uint32_t>(bytes.size()))] = static_cast<char>(draw(256));
    }
    bytes.resize(draw(static_cast<uint32_t>(bytes.size())) + 1);
    for (const uint32_t part : {0u, 1u, 2u, 3u}) Take(part, bytes);
    if (i % 100 == 0) SetUp();
  }
}

}  // namespace
}  // namespace waymark
