// Protocol Buffers: what is written against examples of its documentation, doubles against the C
// library.
#include "codec/protobuf.h"

#include <gtest/gtest.h>

#include <bit>
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>

namespace waymark {
namespace {

using namespace std::string_view_literals;

TEST(ProtobufTest, WritesTheExamplesOfItsDocumentation) {
  String message;
  AppendVarintField(&message, 1, 150);
  EXPECT_EQ(message, "\x08\x96\x01"sv);
  message.clear();
  AppendBytesField(&message, 2, "testing");
  EXPECT_EQ(message, "\x12\x07testing"sv);
  message.clear();
  AppendVarintField(&message, 1, static_cast<uint64_t>(int64_t{-2}));
  EXPECT_EQ(message, "\x08\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01"sv);
  message.clear();
  AppendFixed64Field(&message, 16, 0x0102030405060708);
  EXPECT_EQ(message, "\x81\x01\x08\x07\x06\x05\x04\x03\x02\x01"sv);
}

TEST(ProtobufTest, ReadsWhatOthersWrote) {
  const std::string_view message = "\x08\x96\x01\x12\x02hi\x1d____\x21________\x28\x05"sv;
  ProtobufFields field(message);
  ASSERT_TRUE(field.Next());
  EXPECT_EQ(field.number(), 1u);
  EXPECT_EQ(field.value(), 150u);
  EXPECT_EQ(field.bytes(), "");
  ASSERT_TRUE(field.Next());
  EXPECT_EQ(field.number(), 2u);
  EXPECT_EQ(field.value(), 0u);
  EXPECT_EQ(field.bytes(), "hi");
  ASSERT_TRUE(field.Next() && field.Next() && field.Next());
  EXPECT_EQ(field.number(), 5u);
  EXPECT_EQ(field.value(), 5u);
  EXPECT_FALSE(field.Next());
}

TEST(ProtobufTest, ReadsAnyBytesToAnEnd) {
  for (const std::string_view bytes :
       {"\x12\x05hi"sv, "\x08"sv, "\x08\xff\xff"sv, "\x0b\x01"sv, "\x21____"sv, "\x1d_"sv,
        "\x12\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01x"sv,
        "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"sv}) {
    ProtobufFields field(bytes);
    EXPECT_FALSE(field.Next());
  }
  std::mt19937 random(1);
  for (int i = 0; i < 20'000; ++i) {
    std::string bytes(random() % 40, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random());
    size_t fields = 0;
    for (ProtobufFields field(bytes); field.Next();) ++fields;
    EXPECT_LE(fields, bytes.size());
  }
}

void ExpectNearest(const std::string& number) {
  EXPECT_EQ(DoubleBits(number), std::bit_cast<uint64_t>(std::strtod(number.c_str(), nullptr)))
      << number;
}

TEST(DoubleBitsTest, IsTheNearestDouble) {
  for (const char* number : {"0",
                             "-0",
                             "0.0",
                             "0.1",
                             "-0.1",
                             "1",
                             "3.5",
                             "19.99",
                             "0.30000000000000004",
                             "1e3",
                             "1E+3",
                             "1.5e-7",
                             "123456789012345678901234567890",
                             "9007199254740993",
                             "9007199254740992.5",
                             "9007199254740993.0000000000000000000001",
                             "1e22",
                             "1e23",
                             "8.98846567431158e307",
                             "1.7976931348623157e308",
                             "1.7976931348623159e308",
                             "1e309",
                             "1e400",
                             "-1e999999999",
                             "2.2250738585072014e-308",
                             "2.2250738585072011e-308",
                             "4.9e-324",
                             "2.5e-324",
                             "2.4e-324",
                             "1e-400",
                             "1e-999999999",
                             "0e999999999",
                             "0.000001",
                             "7.2057594037927933e16",
                             "0.5000000000000000000000000000000000000000000000000000000001",
                             "100000000000000000000000000000000000000000000000001e-50"}) {
    ExpectNearest(number);
  }
  ExpectNearest("0." + std::string(500, '0') + "1e500");
  ExpectNearest("1" + std::string(500, '0') + "e-500");
}

TEST(DoubleBitsTest, IsTheNearestForAnyDoubleAndForHalvesBetweenTwo) {
  std::mt19937_64 random(7);
  for (int i = 0; i < 20'000; ++i) {
    const double number = std::bit_cast<double>(random() & ~(uint64_t{1} << 62));
    char text[64];
    std::snprintf(text, sizeof text, i % 2 ? "%.17g" : "%.25e", number);
    ExpectNearest(text);
    std::snprintf(text, sizeof text, "%" PRIu64 ".%03d", random() >> 40,
                  static_cast<int>(i % 1000));
    ExpectNearest(text);
  }
}

}  // namespace
}  // namespace waymark
