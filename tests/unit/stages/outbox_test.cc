// The queue: bounds, segments, and the bytes of a record, which are read here by hand as
// docs/record.md has them.
#include "outbox/outbox.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <cstring>
#include <map>

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

constexpr int64_t kBytesMax = 100'000'000;

Outbox MakeOutbox(int64_t events_max = 100) {
  Outbox outbox;
  outbox.Start({events_max, kBytesMax}, 2);
  outbox.BeginWriter("w1");
  return outbox;
}

Record MakeRecord(Priority priority) {
  Record record = MakeRecord("{}");
  record.priority = priority;
  return record;
}

// A hundred thousand of them may wait, with 8 MB for all.
static_assert(sizeof(Record) == 56 + sizeof(String));

TEST(RecordTest, ItsNumbersKeepTheirValue) {
  for (const int64_t value : {int64_t{0}, int64_t{-1}, int64_t{1'790'000'000'000},
                              (int64_t{1} << 39) - 1, -(int64_t{1} << 39)}) {
    EXPECT_EQ(RecordTime(value), value);
    EXPECT_EQ(RecordUptime(value % (int64_t{1} << 39)), value % (int64_t{1} << 39));
  }
  EXPECT_EQ(RecordTime(INT64_MAX), (int64_t{1} << 47) - 1);
  EXPECT_EQ(RecordTime(INT64_MIN), -(int64_t{1} << 47));
  EXPECT_EQ(RecordUptime(int64_t{1} << 60), (int64_t{1} << 39) - 1);
  EXPECT_EQ(RecordCount(0xffffff), 0xffffffu);
  EXPECT_EQ(RecordCount(0x1000000), 0xffffffu);
}

// Stores all that waits; the bytes of the segments by their keys.
std::map<std::string, std::string> Store(Outbox* outbox) {
  std::map<std::string, std::string> store;
  for (const auto& segment : outbox->TakeUnstored()) {
    store[std::string(std::string_view(segment.key))] = std::string_view(segment.bytes);
    outbox->OnStored(segment.id);
  }
  return store;
}

TEST(RecordTest, FrameIsAsDocumented) {
  Record record = MakeRecord(R"({"a":1})");
  record.sequence = 0x0102;
  record.deidentified = true;
  String segment;
  AppendEventFrame(&segment, record);
  const std::string bytes{std::string_view(segment)};
  ASSERT_EQ(bytes.size(), 28u + 7u);
  EXPECT_EQ(bytes.substr(0, 8), std::string("\x01\x01\x03\x00\x07\x00\x00\x00", 8));
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
  const auto segments = outbox.TakeUnstored();
  ASSERT_EQ(segments.size(), 1u);
  EXPECT_EQ(segments[0].key, "outbox/w1/000000000001");
  EXPECT_TRUE(outbox.TakeUnstored().empty());
  EXPECT_EQ(outbox.pending(0), 2);
  EXPECT_EQ(outbox.pending(1), 1);

  outbox.Settle(outbox.Find(a), 0);
  outbox.Settle(outbox.Find(b), 0);
  outbox.Sweep();
  EXPECT_EQ(outbox.Find(b), nullptr);
  EXPECT_TRUE(outbox.TakeDeletions().empty());
  outbox.Settle(outbox.Find(a), 1);
  outbox.Sweep();
  EXPECT_TRUE(outbox.TakeDeletions().empty());  // the store may refuse it yet
  outbox.OnStored(segments[0].id);
  EXPECT_EQ(outbox.TakeDeletions().size(), 1u);
  EXPECT_EQ(outbox.events(), 0);
  EXPECT_EQ(outbox.bytes(), 0);
}

TEST(OutboxTest, WhatMayNotStayIsWrittenOutOfItsSegment) {
  Outbox outbox = MakeOutbox();
  const uint64_t secret = outbox.Append(MakeRecord(R"({"secret":1})"));
  outbox.Append(MakeRecord(R"({"fine":1})"));
  const auto taken = outbox.TakeUnstored();
  outbox.Settle(outbox.Find(secret), 0);
  outbox.TakeFromStore(outbox.Find(secret));
  outbox.Sweep();
  EXPECT_TRUE(outbox.TakeRewrites().empty()) << "the store may still refuse the first version";
  outbox.OnStored(taken[0].id);
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
  EXPECT_TRUE(outbox.TakeUnstored().empty());
}

TEST(OutboxTest, TheOldestThatIsNotOnItsWayGoesFirst) {
  Outbox outbox = MakeOutbox(2);
  const uint64_t flying = outbox.Append(MakeRecord("{}"));
  outbox.Launch(flying, 0);
  const uint64_t oldest = outbox.Append(MakeRecord("{}"));
  EXPECT_EQ(outbox.OverBound(), nullptr);
  outbox.Append(MakeRecord("{}"));
  ASSERT_NE(outbox.OverBound(), nullptr);
  EXPECT_EQ(outbox.OverBound()->id, oldest);
}

TEST(OutboxTest, BulkGoesBeforeNormalBeforeCritical) {
  Outbox outbox = MakeOutbox(3);
  const uint64_t critical = outbox.Append(MakeRecord(Priority::kCritical));
  const uint64_t normal = outbox.Append(MakeRecord(Priority::kNormal));
  const uint64_t bulk = outbox.Append(MakeRecord(Priority::kBulk));
  outbox.Append(MakeRecord(Priority::kCritical));
  for (const uint64_t expected : {bulk, normal, critical}) {
    Record* least = outbox.OverBound();
    ASSERT_NE(least, nullptr);
    EXPECT_EQ(least->id, expected);
    outbox.GiveUpAll(least, Loss::kQuota);
    EXPECT_EQ(outbox.OverBound(), nullptr);
    outbox.Append(MakeRecord(Priority::kCritical));
  }
}

TEST(OutboxTest, ALossIsCountedOnlyWhenItCannotComeBack) {
  Outbox outbox = MakeOutbox();
  const uint64_t first = outbox.Append(MakeRecord("{}"));
  const uint64_t second = outbox.Append(MakeRecord("{}"));
  outbox.Append(MakeRecord("{}"));
  Store(&outbox);
  outbox.GiveUp(outbox.Find(second), 0, Loss::kOversize);
  outbox.Sweep();
  const Writer& writer = outbox.writers()[1];
  // After a stop here the second one would be read back: nothing says yet that it is gone.
  EXPECT_EQ(writer.lanes[0].lost.Of(Loss::kOversize), 0);
  EXPECT_EQ(writer.lanes[0].through[1], 0u);
  EXPECT_EQ(outbox.Lost(0).Of(Loss::kOversize), 1);  // the view knows
  outbox.Settle(outbox.Find(first), 0);
  outbox.Sweep();
  EXPECT_EQ(writer.lanes[0].lost.Of(Loss::kOversize), 1);
  EXPECT_EQ(writer.lanes[0].through[1], 2u);
  EXPECT_EQ(outbox.events(), 1);
}

TEST(OutboxTest, EachPriorityHasItsOwnPosition) {
  Outbox outbox = MakeOutbox();
  outbox.Append(MakeRecord(Priority::kNormal));
  const uint64_t order = outbox.Append(MakeRecord(Priority::kCritical));
  Store(&outbox);
  outbox.Settle(outbox.Find(order), 0);
  outbox.Sweep();
  const Settlement& settlement = outbox.writers()[1].lanes[0];
  EXPECT_EQ(settlement.through[0], 2u);
  EXPECT_EQ(settlement.through[1], 0u);
}

TEST(OutboxTest, APositionDoesNotWaitForWhatNeverLiesInTheStore) {
  Outbox outbox = MakeOutbox();
  outbox.Append(MakeRecord("{}", 2, false));
  const uint32_t id = outbox.Append(MakeRecord("{}", 3));
  Store(&outbox);
  outbox.Settle(outbox.Find(id), 1);
  outbox.Sweep();
  EXPECT_EQ(outbox.writers().back().lanes[1].through[1], 2u);
  EXPECT_EQ(outbox.writers().back().lanes[0].through[1], 0u);
  EXPECT_EQ(outbox.pending(1), 1);
}

TEST(OutboxTest, ALongQueueKeepsItsFrontInMemoryAndReadsTheRestWhenItsTurnComes) {
  Outbox outbox = MakeOutbox(100'000);
  const std::string text = "{\"a\":\"" + std::string(1'000, 'x') + "\"}";
  std::map<std::string, std::string> store;
  for (int task = 0; task < 200; ++task) {
    for (int i = 0; i < 10; ++i) outbox.Append(MakeRecord(text.c_str()));
    store.merge(Store(&outbox));
  }
  EXPECT_EQ(outbox.events(), 2'000);
  EXPECT_EQ(outbox.bytes(), 2'000 * static_cast<int64_t>(text.size()));
  size_t here = 0;
  for (const Record& record : outbox.records()) here += record.event.size();
  EXPECT_LE(here, kOutboxWindowBytesMax + 20 * text.size());
  EXPECT_EQ(outbox.records()[0].event, text);
  const Record& last = outbox.records()[1'999];
  EXPECT_TRUE(last.event.empty());
  const Segment* segment = outbox.FindSegment(last.segment);
  ASSERT_TRUE(segment->partial);
  DecodedSegment decoded = DecodeSegment(store[std::string(std::string_view(segment->key))]);
  outbox.Fill(segment->id, &decoded);
  EXPECT_EQ(last.event, text);
  EXPECT_FALSE(segment->partial);
}

TEST(OutboxTest, TextsThatTheStoreHasLostAreCounted) {
  Outbox outbox = MakeOutbox(100'000);
  const std::string text = "{\"a\":\"" + std::string(20'000, 'x') + "\"}";
  for (int i = 0; i < 100; ++i) {
    outbox.Append(MakeRecord(text.c_str()));
    Store(&outbox);
  }
  const uint32_t segment = outbox.records()[99].segment;
  DecodedSegment nothing;
  outbox.Fill(segment, &nothing);
  outbox.Sweep();
  EXPECT_EQ(outbox.events(), 99);
  EXPECT_EQ(outbox.Lost(0).Of(Loss::kCorrupt), 1);
}

TEST(OutboxTest, WhatTheStoreRefusedIsStoredAgain) {
  Outbox outbox = MakeOutbox();
  outbox.Append(MakeRecord("{}"));
  const auto first = outbox.TakeUnstored();
  EXPECT_FALSE(outbox.has_unstored());
  outbox.OnNotStored(first[0].id);
  EXPECT_TRUE(outbox.has_unstored());
  outbox.Append(MakeRecord("{}"));
  const auto second = outbox.TakeUnstored();
  ASSERT_EQ(second.size(), 1u);
  EXPECT_EQ(DecodeSegment(second[0].bytes).records.size(), 2u);
}

// One collector refused it while it lay nowhere, and a position has passed it since.
TEST(OutboxTest, WhatIsStoredLateTellsOfItsLossesAtOnce) {
  Outbox outbox = MakeOutbox();
  const uint32_t id = outbox.Append(MakeRecord("{}", 3));
  outbox.OnNotStored(outbox.TakeUnstored()[0].id);
  outbox.GiveUp(outbox.Find(id), 0, Loss::kRejected);
  outbox.Sweep();
  EXPECT_EQ(outbox.writers().back().lanes[0].lost.Of(Loss::kRejected), 0);
  outbox.TakeUnstored();
  EXPECT_TRUE(outbox.Sweep());
  EXPECT_EQ(outbox.writers().back().lanes[0].lost.Of(Loss::kRejected), 1);
}

TEST(OutboxTest, ABurstIsStoredInSegmentsOfABoundedSize) {
  Outbox outbox = MakeOutbox();
  const std::string text = "{\"a\":\"" + std::string(10'000, 'x') + "\"}";
  for (int i = 0; i < 30; ++i) outbox.Append(MakeRecord(text.c_str()));
  const auto segments = outbox.TakeUnstored();
  EXPECT_GT(segments.size(), 3u);
  size_t records = 0;
  for (const auto& segment : segments) {
    EXPECT_LT(segment.bytes.size(), kSegmentBytesMax + 2 * text.size());
    records += DecodeSegment(segment.bytes).records.size();
  }
  EXPECT_EQ(records, 30u);
}

TEST(OutboxTest, AfterSleepingOnlyWhatWasNeverStoredIsLeft) {
  Outbox outbox = MakeOutbox();
  outbox.Append(MakeRecord("{}"));
  Store(&outbox);
  const uint64_t memory = outbox.Append(MakeRecord(R"({"memory":1})", 1, false));
  outbox.LetGoOfStored();
  outbox.Sweep();
  EXPECT_EQ(outbox.events(), 1);
  EXPECT_NE(outbox.Find(memory), nullptr);
  EXPECT_TRUE(outbox.TakeDeletions().empty());
  EXPECT_EQ(outbox.pending(0), 1);
}

// Its collector's answer came when the page had slept, and before the store's.
TEST(OutboxTest, WhatWasGivenUpAndThenIsStoredForOthersIsNoLoss) {
  for (const bool is_stored : {true, false}) {
    Outbox outbox = MakeOutbox();
    const uint32_t id = outbox.Append(MakeRecord("{}"));
    const uint32_t segment = outbox.TakeUnstored()[0].id;
    outbox.LetGoOfStored();
    outbox.GiveUp(outbox.Find(id), 0, Loss::kRejected);
    if (is_stored)
      outbox.OnStored(segment);
    else
      outbox.OnNotStored(segment);
    outbox.Sweep();
    EXPECT_EQ(outbox.Lost(0).Of(Loss::kRejected), is_stored ? 0 : 1);
    EXPECT_EQ(outbox.events(), 0);
  }
}

TEST(OutboxTest, WritersOfWhichNothingIsLeftAreDroppedAndTheirLossesKept) {
  Outbox outbox = MakeOutbox();
  Writer* earlier = outbox.AdoptWriter("w0");
  outbox.CountLost(earlier, 0, Loss::kAge, 3, kNoSegment);
  outbox.DropDoneWriters(0b01, true);
  EXPECT_EQ(outbox.writers().size(), 3u);  // the collector has not been told
  outbox.DropDoneWriters(0b00, false);
  EXPECT_EQ(outbox.writers().size(), 3u);  // others may know of more
  outbox.DropDoneWriters(0b00, true);
  EXPECT_EQ(outbox.writers().size(), 3u);  // it is one of the last
  for (const char* later : {"w1", "w2", "w3", "w4", "w5", "w6", "w7", "w8"}) {
    outbox.CountLost(outbox.AdoptWriter(later), 0, Loss::kAge, 1, kNoSegment);
  }
  outbox.DropDoneWriters(0b00, true);
  EXPECT_EQ(outbox.FindWriter("w0"), nullptr);
  EXPECT_EQ(outbox.writers()[0].lanes[0].lost.Of(Loss::kAge), 3);
  EXPECT_EQ(outbox.Lost(0).Of(Loss::kAge), 3 + 8);
}

TEST(OutboxTest, RestoredRecordsStandBeforeNewOnes) {
  Outbox outbox = MakeOutbox();
  outbox.Append(MakeRecord(R"({"new":1})"));
  List<Record> old;
  old.push_back(MakeRecord(R"({"old":1})"));
  old.push_back(MakeRecord(R"({"old":2})"));
  for (Record& record : old) record.storable = true;
  outbox.Restore("outbox/w0/000000000001", "w0", std::move(old), false);
  ASSERT_EQ(outbox.records().size(), 3u);
  EXPECT_EQ(outbox.records()[0].event, R"({"old":1})");
  EXPECT_EQ(outbox.records()[2].event, R"({"new":1})");
  for (const Record& record : outbox.records()) EXPECT_EQ(outbox.Find(record.id), &record);
  EXPECT_EQ(outbox.WriterOf(outbox.records()[0])->name, "w0");
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
