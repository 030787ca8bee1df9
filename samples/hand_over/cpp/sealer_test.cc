#include "sealer.h"

#include <gtest/gtest.h>
#include <sodium.h>

#include <random>
#include <set>

#include "config.h"

namespace waymark::hand_over {
namespace {

constexpr int64_t kNow = 1'793'817'970;
// As long as those of a visitor with a session, for one host and browser.
constexpr std::string_view kToken =
    "1.AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyAhIiMkJSYnKCkqKywtLi8wMTIzNDU2Nzg5Ojs8PT4_"
    "QEFCQ0RFRkc";
constexpr std::string_view kHost = "outlet.example";

Keys KeysOf(std::initializer_list<int> ids) {
  Keys keys;
  for (const int id : ids) {
    keys.seal_with = static_cast<uint8_t>(id);
    keys.keys[keys.seal_with].fill(static_cast<unsigned char>(id));
  }
  return keys;
}

class SealerTest : public testing::Test {
 protected:
  Sealer sealer_{KeysOf({1}), {.ttl_s = 120, .used_max = 100'000}};
};

TEST_F(SealerTest, OpensOnceWhatItHasSealed) {
  const std::string sealed = *sealer_.Seal(kToken, kHost, kNow);
  EXPECT_TRUE(sealed.starts_with("s."));
  EXPECT_EQ(sealed.size(), kToken.size() + 40);
  EXPECT_EQ(sealer_.Open(sealed, kHost, kNow + 119).token, kToken);
  EXPECT_EQ(sealer_.Open(sealed, kHost, kNow + 119).why, Refusal::kUsed);
}

TEST_F(SealerTest, SealsTheSameTokenDifferentlyEachTime) {
  std::set<std::string> all;
  for (int i = 0; i < 1000; ++i) all.insert(*sealer_.Seal(kToken, kHost, kNow));
  EXPECT_EQ(all.size(), 1000U);
}

TEST_F(SealerTest, RefusesWhatHasRunOut) {
  EXPECT_EQ(sealer_.Open(*sealer_.Seal(kToken, "", kNow), kHost, kNow + 120).why,
            Refusal::kExpired);
}

TEST_F(SealerTest, IsForItsHostAlone) {
  const std::string sealed = *sealer_.Seal(kToken, kHost, kNow);
  EXPECT_EQ(sealer_.Open(sealed, "shop.example", kNow).why, Refusal::kForeign);
  EXPECT_EQ(sealer_.Open(sealed, "", kNow).why, Refusal::kForeign);
  EXPECT_EQ(sealer_.Open(sealed, kHost, kNow).token, kToken);
  EXPECT_EQ(sealer_.Open(*sealer_.Seal(kToken, "", kNow), "any.example", kNow).token, kToken);
}

TEST_F(SealerTest, OpensWithTheKeyBeforeAndNotWithOneThatIsGone) {
  const std::string sealed = *sealer_.Seal(kToken, kHost, kNow);
  sealer_.SetKeys(KeysOf({2}));
  EXPECT_EQ(sealer_.Open(sealed, kHost, kNow).why, Refusal::kInvalid);
  sealer_.SetKeys(KeysOf({1, 2}));
  EXPECT_EQ(sealer_.Open(sealed, kHost, kNow).token, kToken);
}

TEST_F(SealerTest, OpensNothingThatItCouldNotRememberAsUsed) {
  Sealer small(KeysOf({1}), {.ttl_s = 120, .used_max = 2});
  const std::string sealed[] = {*small.Seal(kToken, "", kNow), *small.Seal(kToken, "", kNow),
                                *small.Seal(kToken, "", kNow + 60)};
  EXPECT_EQ(small.Open(sealed[0], "", kNow).why, Refusal::kNone);
  EXPECT_EQ(small.Open(sealed[1], "", kNow).why, Refusal::kNone);
  EXPECT_EQ(small.Open(sealed[2], "", kNow + 60).why, Refusal::kBusy);
  EXPECT_EQ(small.Open(sealed[2], "", kNow + 120).why, Refusal::kNone);
  EXPECT_EQ(small.Open(sealed[2], "", kNow + 120).why, Refusal::kUsed);
}

TEST_F(SealerTest, SealsNothingThatIsNoToken) {
  for (const std::string_view text : {"", "a", "1.", "1.AQ=", "1.AQ==", "1.AR", "1.a b", "<script>",
                                      "1.A+/A", "AAAA", "..AA", "10.AA"}) {
    EXPECT_FALSE(sealer_.Seal(text, "", kNow)) << text;
  }
  EXPECT_FALSE(sealer_.Seal("1." + std::string(404, 'A'), "", kNow));
  EXPECT_TRUE(sealer_.Seal("1." + std::string(396, 'A'), "", kNow));
}

// Each with bytes changed, cut, added or moved; never the token as it was.
TEST_F(SealerTest, AcceptsNoneOfTenThousandMutatedTokens) {
  std::mt19937 random(7);
  const auto below = [&](size_t end) { return random() % end; };
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  for (int i = 0; i < 10'000; ++i) {
    const std::string sealed = *sealer_.Seal(kToken, i % 2 ? kHost : "", kNow);
    std::string mutated = sealed;
    while (mutated == sealed) {
      switch (below(4)) {
        case 0:
          mutated[below(mutated.size())] = kDigits[below(kDigits.size())];
          break;
        case 1:
          mutated.erase(below(mutated.size()), 1 + below(8));
          break;
        case 2:
          mutated.insert(below(mutated.size()), 1, kDigits[below(kDigits.size())]);
          break;
        default:
          std::swap(mutated[below(mutated.size())], mutated[below(mutated.size())]);
      }
    }
    const Opened opened = sealer_.Open(mutated, kHost, kNow);
    ASSERT_NE(opened.why, Refusal::kNone) << sealed << '\n' << mutated;
    ASSERT_EQ(opened.token, "");
    // What was damaged on the way does not use up the token.
    ASSERT_EQ(sealer_.Open(sealed, kHost, kNow).token, kToken);
  }
}

TEST(HostTest, OfAnOriginIsBelowADomainOrNot) {
  const std::vector<std::string> domains = {"shop.example"};
  for (const auto& [origin, is] : std::initializer_list<std::pair<const char*, bool>>{
           {"https://shop.example", true},
           {"https://WWW.shop.example:8443", true},
           {"https://evilshop.example", false},
           {"https://shop.example.evil.example", false},
           {"https://user@shop.example", false},
           {"null", false},
           {"", false}}) {
    const auto host = HostOf(origin);
    EXPECT_EQ(host && IsOf(*host, domains), is) << origin;
  }
}

}  // namespace
}  // namespace waymark::hand_over

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  return sodium_init() < 0 ? 1 : RUN_ALL_TESTS();
}
