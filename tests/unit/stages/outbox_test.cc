// The queue: bounds, segments, and the bytes of a record, which are read here by hand as
// docs/record.md has them.
#include "outbox/outbox.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <cstring>

namespace waymark {
namespace {

Record MakeRecord(const char* event, uint32_t pending = 1, bool storable = true) {
  Record record;
  record.event = event;
  record.pending = pending;
  record.storable = storable;
  record.generation = 3;
  return record;
}

Outbox MakeOutbox(int64_t events_max = 100) {
  Outbox outbox;
  outbox.Start({events_max, 1'000'000}, "w1");
  return outbox;
}

TEST(RecordTest, FrameIsAsDocumented) {
  Record record = MakeRecord(R"({"a":1})");
  record.sequence = 0x0102;
  record.deidentified = true;
  String segment;
  AppendEventFrame(&segment, record);
  const std::string bytes{std::string_view(segment)};
  ASSERT_EQ(bytes.size(), 28u + 7u);
  EXPECT_EQ(bytes.substr(0, 8), std::string("\x01\x01\x01\x00\x07\x00\x00\x00", 8));
  EXPECT_EQ(bytes.substr(8, 8), std::string("\x02\x01\0\0\0\0\0\0", 8));
  EXPECT_EQ(bytes.substr(16, 8), std::string("\x03\0\0\0\0\0\0\0", 8));
  uLong crc = crc32(0, reinterpret_cast<const Bytef*>(bytes.data()), 24);
  crc = crc32(crc, reinterpret_cast<const Bytef*>(bytes.data() + 28), 7);
  uint32_t stored = 0;
  std::memcpy(&stored, bytes.data() + 24, 4);
  EXPECT_EQ(stored, crc);
}

TEST(RecordTest, RecordsShareTheContextBeforeThem) {
  String segment;
  AppendContextFrame(&segment, R"({"locale":"de"})");
  AppendEventFrame(&segment, MakeRecord(R"({"a":1})"));
  AppendEventFrame(&segment, MakeRecord(R"({"a":2})"));
  const DecodedSegment decoded = DecodeSegment(segment);
  ASSERT_EQ(decoded.records.size(), 2u);
  EXPECT_EQ(decoded.records[1].context, R"({"locale":"de"})");
  EXPECT_EQ(decoded.records[1].generation, 3u);
  EXPECT_EQ(decoded.corrupt, 0);
}

TEST(RecordTest, EveryCutAndEveryFlippedByteIsSurvivedAndCounted) {
  String segment;
  for (int i = 0; i < 3; ++i) AppendEventFrame(&segment, MakeRecord(R"({"a":1})"));
  const std::string whole{std::string_view(segment)};
  const size_t frame = whole.size() / 3;
  for (size_t cut = 0; cut < whole.size(); ++cut) {
    const DecodedSegment decoded = DecodeSegment(std::string_view(whole).substr(0, cut));
    EXPECT_EQ(decoded.records.size(), cut / frame);
    EXPECT_EQ(decoded.corrupt, cut % frame == 0 ? 0 : 1);
  }
  for (size_t at = 0; at < whole.size(); ++at) {
    std::string damaged = whole;
    damaged[at] ^= 0x20;
    const DecodedSegment decoded = DecodeSegment(damaged);
    EXPECT_LT(decoded.records.size(), 3u) << at;
    EXPECT_GE(decoded.corrupt, 1) << at;
  }
}

TEST(OutboxTest, OneTaskIsOneSegmentAndLeavesWithItsLastRecord) {
  Outbox outbox = MakeOutbox();
  const uint64_t a = outbox.Append(MakeRecord("{}", 0b11));
  const uint64_t b = outbox.Append(MakeRecord("{}", 0b01));
  const auto segment = outbox.TakeUnstored();
  EXPECT_EQ(segment.key, "outbox/w1/000000000001");
  EXPECT_TRUE(outbox.TakeUnstored().key.empty());
  EXPECT_EQ(outbox.pending(0), 2);
  EXPECT_EQ(outbox.pending(1), 1);

  outbox.Settle(outbox.Find(a), 0);
  outbox.Settle(outbox.Find(b), 0);
  outbox.Sweep();
  EXPECT_EQ(outbox.Find(b), nullptr);
  EXPECT_TRUE(outbox.TakeDeletions().empty());
  outbox.Settle(outbox.Find(a), 1);
  outbox.Sweep();
  EXPECT_EQ(outbox.TakeDeletions().size(), 1u);
  EXPECT_EQ(outbox.events(), 0);
  EXPECT_EQ(outbox.bytes(), 0);
}

TEST(OutboxTest, WhatMayNotStayIsWrittenOutOfItsSegment) {
  Outbox outbox = MakeOutbox();
  const uint64_t secret = outbox.Append(MakeRecord(R"({"secret":1})"));
  outbox.Append(MakeRecord(R"({"fine":1})"));
  outbox.TakeUnstored();
  outbox.Discard(outbox.Find(secret), true);
  outbox.Sweep();
  const auto rewrites = outbox.TakeRewrites();
  ASSERT_EQ(rewrites.size(), 1u);
  const std::string bytes{std::string_view(rewrites[0].bytes)};
  EXPECT_EQ(bytes.find("secret"), std::string::npos);
  EXPECT_NE(bytes.find("fine"), std::string::npos);
}

TEST(OutboxTest, MemoryOnlyRecordsAreNeverStored) {
  Outbox outbox = MakeOutbox();
  outbox.Append(MakeRecord("{}", 1, false));
  EXPECT_FALSE(outbox.has_unstored());
  EXPECT_TRUE(outbox.TakeUnstored().key.empty());
}

TEST(OutboxTest, TheOldestThatIsNotOnItsWayGoesFirst) {
  Outbox outbox = MakeOutbox(2);
  const uint64_t flying = outbox.Append(MakeRecord("{}"));
  outbox.Find(flying)->in_flight = 1;
  const uint64_t oldest = outbox.Append(MakeRecord("{}"));
  EXPECT_EQ(outbox.OverBound(), nullptr);
  outbox.Append(MakeRecord("{}"));
  ASSERT_NE(outbox.OverBound(), nullptr);
  EXPECT_EQ(outbox.OverBound()->id, oldest);
}

TEST(OutboxTest, RestoredRecordsStandBeforeNewOnes) {
  Outbox outbox = MakeOutbox();
  outbox.Append(MakeRecord(R"({"new":1})"));
  List<Record> old;
  old.push_back(MakeRecord(R"({"old":1})"));
  old.push_back(MakeRecord(R"({"old":2})"));
  outbox.Restore("outbox/w0/000000000001", std::move(old), false);
  ASSERT_EQ(outbox.records().size(), 3u);
  EXPECT_EQ(outbox.records()[0].event, R"({"old":1})");
  EXPECT_EQ(outbox.records()[2].event, R"({"new":1})");
  for (const Record& record : outbox.records()) EXPECT_EQ(outbox.Find(record.id), &record);
  EXPECT_EQ(outbox.WriterOf(outbox.records()[0]), "w0");
}

TEST(OutboxTest, ContextsAreSharedAndGoWithTheirLastRecord) {
  Outbox outbox = MakeOutbox();
  Record a = MakeRecord("{}");
  a.context = outbox.AddContext(R"({"locale":"de"})");
  Record b = MakeRecord("{}");
  b.context = outbox.AddContext(R"({"locale":"de"})");
  EXPECT_EQ(a.context, b.context);
  Record c = MakeRecord("{}");
  c.context = outbox.AddContext(R"({"locale":"en"})");
  const uint64_t id = outbox.Append(std::move(a));
  outbox.Append(std::move(c));
  outbox.Settle(outbox.Find(id), 0);
  outbox.Sweep();
  EXPECT_EQ(outbox.ContextOf(outbox.records()[0]), R"({"locale":"en"})");
}

TEST(OutboxTest, KeysOfOthersAreNotOurs) {
  EXPECT_EQ(WriterFromKey("outbox/w/1"), "w");
  EXPECT_TRUE(WriterFromKey("state/identity").empty());
  EXPECT_TRUE(WriterFromKey("outbox/").empty());
  EXPECT_TRUE(WriterFromKey("outbox/x").empty());
}

}  // namespace
}  // namespace waymark
