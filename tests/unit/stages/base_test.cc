// Leaf helpers, against vectors and oracles that others wrote.
#include <gtest/gtest.h>
#include <zlib.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include <set>
#include <string>

#include "base/prng.h"
#include "base/string.h"
#include "base/time.h"
#include "base/utf8.h"
#include "base/uuid.h"
#include "codec/base64.h"
#include "codec/crc32.h"
#include "codec/gzip.h"
#include "delivery/retry_policy.h"
#include "fakes/fake_host.h"

namespace waymark {
namespace {

std::string Text(std::string_view view) { return std::string(view); }

TEST(PrngTest, BlockIsThatOfRfc8439) {
  // Section 2.3.2: key 00 01 … 1f, counter 1, nonce 00 00 00 09 00 00 00 4a 00 00 00 00.
  std::array<uint32_t, 8> key;
  for (uint32_t i = 0; i < 8; ++i) key[i] = 0x03020100 + i * 0x04040404;
  const auto block = ChaCha20Block(key, 1, {0x09000000, 0x4a000000, 0});
  EXPECT_EQ(block[0], 0xe4e7f110u);
  EXPECT_EQ(block[1], 0x15593bd1u);
  EXPECT_EQ(block[15], 0x4e3c50a2u);
}

TEST(PrngTest, SameEntropySameNumbersOtherEntropyOthers) {
  const std::string entropy(32, 'e');
  Prng a(entropy), b(entropy), c(std::string(32, 'f'));
  EXPECT_EQ(a.Next(), b.Next());
  EXPECT_NE(a.Next(), c.Next());
  b.Next();
  b.Reseed(std::string(32, 'x'));
  EXPECT_NE(a.Next(), b.Next());
}

TEST(PrngTest, BelowStaysBelowAndReachesAll) {
  Prng prng(std::string(32, 'e'));
  std::set<uint64_t> seen;
  for (int i = 0; i < 1000; ++i) seen.insert(prng.Below(7));
  EXPECT_EQ(seen, (std::set<uint64_t>{0, 1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(prng.Below(0), 0u);
  EXPECT_EQ(prng.Below(1), 0u);
}

TEST(UuidTest, VersionsAndVariants) {
  Prng prng(std::string(32, 'e'));
  for (int i = 0; i < 100; ++i) {
    const std::string id = Text(RandomUuid(&prng));
    ASSERT_EQ(id.size(), 36u);
    EXPECT_EQ(id[14], '4');
    EXPECT_NE(std::string("89ab").find(id[19]), std::string::npos);
  }
  MessageIds ids(&prng);
  EXPECT_EQ(Text(ids.Next()).substr(28), "00000000");
  EXPECT_EQ(Text(ids.Next()).substr(28), "00000001");
}

TEST(TimeTest, FormatsDatesOfTheGregorianCalendar) {
  EXPECT_EQ(Text(FormatIso8601(0)), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(Text(FormatIso8601(951'782'400'000)), "2000-02-29T00:00:00.000Z");
  EXPECT_EQ(Text(FormatIso8601(1'793'817'970'123)), "2026-11-04T18:46:10.123Z");
  EXPECT_EQ(Text(FormatIso8601(4'107'542'399'999)), "2100-02-28T23:59:59.999Z");
  EXPECT_EQ(Text(FormatIso8601(-5)), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(Text(FormatIso8601(INT64_MAX)), "9999-12-31T23:59:59.999Z");
}

TEST(Utf8Test, TakesWhatRfc3629Takes) {
  EXPECT_EQ(Utf8SequenceSize("a"), 1u);
  EXPECT_EQ(Utf8SequenceSize("\xc3\xa4"), 2u);
  EXPECT_EQ(Utf8SequenceSize("\xe2\x82\xac"), 3u);
  EXPECT_EQ(Utf8SequenceSize("\xf0\x9f\x98\x80"), 4u);
  for (const char* wrong : {"\x80", "\xc0\x80", "\xc3", "\xed\xa0\x80", "\xe0\x80\x80",
                            "\xf5\x80\x80\x80", "\xf4\x90\x80\x80", "\xf0\x80\x80\x80", "\xff"}) {
    EXPECT_EQ(Utf8SequenceSize(wrong), 0u);
  }
}

TEST(Utf8Test, CutsBetweenCharacters) {
  EXPECT_EQ(Utf8Prefix("a\xc3\xa4z", 2), "a");
  EXPECT_EQ(Utf8Prefix("a\xc3\xa4z", 3), "a\xc3\xa4");
  EXPECT_EQ(Utf8Prefix("abc", 9), "abc");
}

TEST(CodecTest, Crc32IsThatOfTheStandard) {
  EXPECT_EQ(Crc32("123456789"), 0xcbf43926u);
  EXPECT_EQ(Crc32("6789", Crc32("12345")), 0xcbf43926u);
  EXPECT_EQ(Crc32(""), 0u);
}

// The forms of it take steps of 64, 16, 8 and 4 bytes.
TEST(CodecTest, Crc32IsThatOfZlibForEveryLength) {
  std::string bytes;
  Prng prng(std::string(32, 'e'));
  for (int i = 0; i < 1'100; ++i) bytes.push_back(static_cast<char>(prng.Next()));
  for (size_t size = 0; size <= 1'000; ++size) {
    const std::string_view text = std::string_view(bytes).substr(size % 17, size);
    const auto seed = static_cast<uint32_t>(prng.Next());
    const auto* data = reinterpret_cast<const Bytef*>(text.data());
    ASSERT_EQ(Crc32(text, seed), crc32(seed, data, static_cast<uInt>(size))) << size;
  }
}

TEST(StringTest, TakesAPointerAndOwnsItsBytes) {
  static_assert(sizeof(String) == sizeof(void*));
  String text;
  EXPECT_TRUE(text.empty());
  EXPECT_EQ(text, "");
  text.clear();
  text.reserve(0);
  text = "";
  EXPECT_EQ(text.data(), nullptr);
  std::string same;
  for (int i = 0; i < 1'000; ++i) {
    text.push_back(static_cast<char>('a' + i % 26));
    text.append("piece").append("");
    same += static_cast<char>('a' + i % 26);
    same += "piece";
  }
  EXPECT_EQ(Text(text), same);
  const String copy = text;
  String moved = std::move(text);
  EXPECT_EQ(moved, copy);
  moved = std::string_view(moved).substr(6, 7);  // of its own
  EXPECT_EQ(Text(moved), "bpiecec");
  moved.resize(1);
  moved.resize(2);
  EXPECT_EQ(moved.size(), 2u);
  EXPECT_EQ(moved[0], 'b');
  moved.clear();
  EXPECT_TRUE(moved.empty());
  EXPECT_EQ(Text("one" + moved + String("two")), "onetwo");
}

TEST(CodecTest, Base64UrlHasNoPaddingAndNoUnsafeDigits) {
  EXPECT_EQ(Text(Base64Url("")), "");
  EXPECT_EQ(Text(Base64Url("f")), "Zg");
  EXPECT_EQ(Text(Base64Url("fo")), "Zm8");
  EXPECT_EQ(Text(Base64Url("foo")), "Zm9v");
  EXPECT_EQ(Text(Base64Url("\xfb\xff\xfe")), "-__-");
}

TEST(CodecTest, GzipIsReadByZlib) {
  for (const std::string& body :
       {std::string(), std::string("x"), std::string(100'000, 'a'), std::string("{\"a\":1}")}) {
    const std::string packed = Text(Gzip(body));
    EXPECT_EQ(packed.substr(0, 3), "\x1f\x8b\x08");
    EXPECT_EQ(waymark_test::Inflate(packed), body);
    EXPECT_EQ(packed, Text(Gzip(body)));
  }
}

// Three hundred kilobytes of noise, letters, and repetitions from as far back as the window
// reaches.
std::string LongBody() {
  std::string body;
  uint32_t number = 12345;
  while (body.size() < 300'000) {
    number = number * 1103515245 + 12345;
    const uint32_t part = number >> 16;
    if (part % 4 == 0 && body.size() > 70'000) {
      body += body.substr(body.size() - 1 - (number >> 8) % 65'000, 3 + part % 90);
    } else {
      body.push_back(static_cast<char>(32 + part % ((body.size() >> 14) % 3 != 0 ? 90 : 224)));
    }
  }
  return body;
}

// The compressor is built for one choice of zlib's options: cmake/dependencies/zlib.cmake. What the
// whole zlib 1.2.13 makes of the same choice was asked of Python's: compressobj(6, DEFLATED, -15,
// 8).
TEST(CodecTest, GzipGivesTheBytesOfTheWholeZlib) {
  const std::string body = LongBody();
  GzipStream stream;
  for (size_t at = 0; at < body.size(); at += 777)
    stream.Write(std::string_view(body).substr(at, 777));
  const std::string packed = Text(stream.Finish());
  EXPECT_EQ(waymark_test::Inflate(packed), body);
  const std::string_view deflated = std::string_view(packed).substr(10, packed.size() - 18);
  EXPECT_EQ(deflated.size(), 132407u);
  EXPECT_EQ(Crc32(deflated, 0), 0xbac7d8c5u);
}

#ifdef __GLIBC__
// A draft is dropped by moving an empty one over it.
TEST(CodecTest, AStreamThatIsReplacedGivesItsMemoryBack) {
  const auto in_use = [] {
    const struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
  };
  const size_t before = in_use();
  for (int i = 0; i < 100; ++i) {
    GzipStream stream;
    stream.Write("text");
    stream = GzipStream();
  }
  EXPECT_LT(in_use(), before + 1'000'000);
}
#endif

TEST(RetryPolicyTest, ShortOutagesAreBridgedWithinFiveSeconds) {
  Prng prng(std::string(32, 'e'));
  for (int i = 0; i < 1000; ++i) {
    const int64_t delay = RetryDelayMs(i * 29, 1 + i % 6, &prng);
    EXPECT_GE(delay, 3'500);
    EXPECT_LE(delay, 5'000);
  }
}

TEST(RetryPolicyTest, LongOnesWaitUpToFiveMinutesAndNeverSpin) {
  Prng prng(std::string(32, 'e'));
  int64_t longest = 0;
  for (int attempt = 1; attempt < 2'000; ++attempt) {
    const int64_t delay = RetryDelayMs(3'600'000, attempt, &prng);
    EXPECT_GE(delay, 1'000);
    EXPECT_LE(delay, 300'000);
    longest = std::max(longest, delay);
  }
  EXPECT_GT(longest, 250'000);
}

TEST(RetryPolicyTest, ReadsRetryAfterInSeconds) {
  EXPECT_EQ(RetryAfterMs("10", 0), 10'000);
  EXPECT_EQ(RetryAfterMs("0", 0), 0);
  EXPECT_EQ(RetryAfterMs("999999999", 0), 86'400'000);
  for (const char* other : {"", "-1", "1.5", "soon", "99999999999999999999"}) {
    EXPECT_FALSE(RetryAfterMs(other, 0).has_value()) << other;
  }
}

TEST(RetryPolicyTest, ReadsRetryAfterAsADate) {
  constexpr int64_t kWallMs = 1'445'412'480'000;  // the date below, by `date --date`
  constexpr const char* kDate = "Wed, 21 Oct 2015 07:28:00 GMT";
  EXPECT_EQ(RetryAfterMs(kDate, kWallMs - 90'000), 90'000);
  EXPECT_EQ(RetryAfterMs(kDate, kWallMs + 1), 0);
  EXPECT_EQ(RetryAfterMs(kDate, kWallMs - 1'000'000'000), 86'400'000);
  EXPECT_EQ(RetryAfterMs("Thu, 29 Feb 2024 23:59:59 GMT", 1'709'251'199'000 - 1), 1);
  EXPECT_EQ(RetryAfterMs("Thu, 01 Jan 1970 00:00:01 GMT", 0), 1'000);
  for (const char* other : {"Wed, 21 Oct 2015 07:28:00 CET", "Wed, 21 Okt 2015 07:28:00 GMT",
                            "Wed, 2x Oct 2015 07:28:00 GMT", "21 Oct 2015 07:28:00 GMT"}) {
    EXPECT_FALSE(RetryAfterMs(other, 0).has_value()) << other;
  }
}

}  // namespace
}  // namespace waymark
