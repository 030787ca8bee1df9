// Hand-over tokens: what is written is read, for whom it is meant and as long as it is good; and
// nothing else is read.
#include "identity/hand_over.h"

#include <gtest/gtest.h>

#include <random>
#include <set>
#include <string>

#include "base/utf8.h"

namespace waymark {
namespace {

constexpr int64_t kNow = 1'793'817'970'000;
constexpr Bearer kBearer = {"shop-outlet.example", "Firefox 140 de Europe/Berlin"};
constexpr Bearer kToSeal = {"", kBearer.browser, true};
constexpr const char* kId = "5e0f43c1-1111-4222-8333-444455556666";

HandOver Given() {
  HandOver given;
  given.anonymous_id = kId;
  given.session_id = "00000001-2222-4333-8444-555566667777";
  given.session_index = 12;
  given.event_index = 345;
  given.session_started_ms = kNow - 60'000;
  given.issued_ms = kNow;
  given.ttl_s = 120;
  given.nonce = 0xfedcba9876543210;
  given.consent = 0x123456789abc;
  return given;
}

std::string Why(std::string_view token, const Bearer& bearer = kBearer, int64_t now_ms = kNow) {
  HandOver read;
  const char* why = ReadHandOver(token, bearer, now_ms, &read);
  return why ? why : "";
}

TEST(HandOverTest, WhatIsWrittenIsRead) {
  HandOver given = Given();
  given.known = true;
  given.carry = R"({"campaign":"spring","cart":"K-1"})";
  HandOver read;
  ASSERT_EQ(ReadHandOver(WriteHandOver(given, kBearer), kBearer, kNow, &read), nullptr);
  EXPECT_TRUE(read.anonymous_id == given.anonymous_id);
  EXPECT_TRUE(read.session_id == given.session_id);
  EXPECT_EQ(read.session_index, 12);
  EXPECT_EQ(read.event_index, 345);
  EXPECT_EQ(read.session_started_ms, given.session_started_ms);
  EXPECT_EQ(read.issued_ms, given.issued_ms);
  EXPECT_EQ(read.ttl_s, 120);
  EXPECT_EQ(read.nonce, given.nonce);
  EXPECT_EQ(read.consent, given.consent);
  EXPECT_TRUE(read.known);
  EXPECT_TRUE(read.carry == given.carry);
}

TEST(HandOverTest, ALinkHas120CharactersAtMostAndALongFormHas300) {
  HandOver given = Given();
  given.known = true;
  EXPECT_LE(WriteHandOver(given, kBearer).size(), 120u);
  // A seal adds its own form, key and nonce, the form of the token in it, and a tag.
  given.user_mark = "ffffffff";
  const size_t bytes = (WriteHandOver(given, kToSeal).size() - 2) * 3 / 4;
  EXPECT_LE(2 + ((1 + 12 + 1 + bytes + 16) * 4 + 2) / 3, 120u);
  given.carry = R"({"campaign":")" + std::string(kCarryBytesMax - 15, 'x') + R"("})";
  EXPECT_LE(WriteHandOver(given, kBearer).size(), 300u);
  EXPECT_EQ(Why(WriteHandOver(given, kBearer)), "");
  given.carry += " ";
  EXPECT_TRUE(WriteHandOver(given, kBearer).empty());
}

TEST(HandOverTest, OneToBeSealedIsReadAsSealedAlone) {
  HandOver given = Given();
  given.known = true;
  given.user_mark = "00c0ffee";
  const String token = WriteHandOver(given, kToSeal);
  HandOver read;
  ASSERT_EQ(ReadHandOver(token, kToSeal, kNow, &read), nullptr);
  EXPECT_TRUE(read.user_mark == "00c0ffee");
  EXPECT_TRUE(read.session_id == given.session_id);
  EXPECT_NE(read.nonce, 0u) << "it is taken once";
  EXPECT_EQ(Why(token), "token_invalid") << "it has no checksum";
  EXPECT_EQ(Why(WriteHandOver(given, kBearer), kToSeal), "token_invalid");
  EXPECT_EQ(Why(token, {"", "Safari 26 de Europe/Berlin", true}), "token_browser");
  EXPECT_EQ(Why(token, kToSeal, kNow + 3'600'001), "token_expired");
  HandOver bare;
  ASSERT_EQ(ReadHandOver(WriteHandOver(given, kBearer), kBearer, kNow, &bare), nullptr);
  EXPECT_TRUE(bare.user_mark.empty()) << "unsealed it tells nobody";
}

TEST(HandOverTest, IdsOfOtherKitsTravelAsTheyAre) {
  HandOver given = Given();
  given.anonymous_id = "1234567890.1793817970";
  HandOver read;
  const String token = WriteHandOver(given, kBearer);
  ASSERT_EQ(ReadHandOver(token, kBearer, kNow, &read), nullptr);
  EXPECT_TRUE(read.anonymous_id == given.anonymous_id);
  EXPECT_LE(token.size(), 120u);
  given.anonymous_id = std::string(kForeignIdBytesMax + 1, 'x');
  EXPECT_TRUE(WriteHandOver(given, kBearer).empty());
}

TEST(HandOverTest, ItIsForOneHostOneBrowserAndItsTime) {
  const String token = WriteHandOver(Given(), kBearer);
  EXPECT_EQ(Why(token, {"shop.example", kBearer.browser}), "token_foreign");
  EXPECT_EQ(Why(token, {kBearer.host, "Safari 26 de Europe/Berlin"}), "token_browser");
  EXPECT_EQ(Why(token, kBearer, kNow + 120'000), "");
  EXPECT_EQ(Why(token, kBearer, kNow + 120'001), "token_expired");
  EXPECT_EQ(Why(token, kBearer, kNow - 60'000), "") << "clocks differ";
  EXPECT_EQ(Why(token, kBearer, kNow - 60'001), "token_expired");
  const String anybodys = WriteHandOver(Given(), {});
  EXPECT_EQ(Why(anybodys, {"any.example", "any"}), "");
}

TEST(HandOverTest, TwoTokensOfOneBrowserHaveNothingInCommonThatTellsIt) {
  std::set<std::string> marks;
  HandOver given = Given();
  for (uint64_t i = 0; i < 50; ++i) {
    given.nonce = i;
    const String token = WriteHandOver(given, {"", kBearer.browser});
    marks.insert(std::string(std::string_view(token).substr(30, 4)));
  }
  EXPECT_GT(marks.size(), 40u);
}

// The checksum stands against damage: of four bytes.
TEST(HandOverTest, ChangedTokensAreRefused) {
  std::mt19937 random(5);
  const auto below = [&](size_t bound) { return random() % bound; };
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const std::string whole{std::string_view(WriteHandOver(Given(), kBearer))};
  for (int i = 0; i < 100'000; ++i) {
    std::string token = whole;
    for (size_t k = 0; k <= below(3); ++k) {
      const size_t place = below(token.size());
      const size_t what = below(4);
      if (what == 0) token.erase(place, 1 + below(4));
      if (what == 1) token.insert(place, 1, kDigits[below(64)]);
      if (what >= 2 && place < token.size()) token[place] = kDigits[below(64)];
      if (token.empty()) token = "1";
    }
    if (token == whole) continue;
    ASSERT_EQ(Why(token), "token_invalid") << token;
  }
}

TEST(HandOverTest, AnyBytesAreNoToken) {
  std::mt19937 random(9);
  for (int i = 0; i < 20'000; ++i) {
    std::string bytes = i % 2 == 0 ? "1." : "";
    for (size_t k = random() % 320; k > 0; --k) bytes.push_back(static_cast<char>(random()));
    ASSERT_EQ(Why(bytes), "token_invalid");
  }
}

}  // namespace
}  // namespace waymark
