#include "event_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

namespace waymark::collector {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr EventStore::Page kAll = {0, 1000};

ReceivedEvent Event(const std::string& message_id) {
  ReceivedEvent event;
  event.protocol = "segment";
  event.kind = "track";
  event.name = "name of " + message_id;
  event.message_id = message_id;
  event.wire_bytes = 10;
  event.event = {{"messageId", message_id}};
  return event;
}

ReceivedRequest Request(const std::string& method = "POST", int status = 200) {
  ReceivedRequest request;
  request.method = method;
  request.path = "/v1/batch";
  request.status = status;
  return request;
}

class EventStoreTest : public ::testing::Test {
 protected:
  void Open(int64_t events_max, const std::string& path = ":memory:") {
    auto opened = EventStore::Open(path, events_max);
    ASSERT_TRUE(opened.ok()) << opened.status();
    store_ = *std::move(opened);
  }
  void Record(const std::vector<ReceivedEvent>& events) {
    ASSERT_TRUE(store_->Record(Request(), events).ok());
  }
  std::vector<std::string> MessageIds(const EventStore::Page& page = kAll) {
    std::vector<std::string> ids;
    const auto status = store_->VisitEvents(
        page, [&ids](const StoredEvent& stored) { ids.push_back(stored.event.message_id); });
    EXPECT_TRUE(status.ok()) << status;
    return ids;
  }
  StoredEvent Last() {
    StoredEvent last;
    EXPECT_TRUE(
        store_->VisitEvents(kAll, [&last](const StoredEvent& stored) { last = stored; }).ok());
    return last;
  }

  std::unique_ptr<EventStore> store_;
};

TEST_F(EventStoreTest, GivesBackWhatItGot) {
  Open(10);
  ReceivedEvent event = Event("a");
  event.protocol = "snowplow";
  event.consent = {{"analytics", true}};
  event.user_id = "'; DROP TABLE events; --";
  event.problems = {{"/a", "nothing", "text"}, {"/b", "null", "a number"}};
  event.order_id = "order-1";
  event.form = "protobuf";
  event.raw = std::string("\0\xff", 2);
  Record({event});
  const StoredEvent stored = Last();
  EXPECT_EQ(stored.event.protocol, "snowplow");
  EXPECT_EQ(stored.event.name, "name of a");
  EXPECT_EQ(stored.event.consent, event.consent);
  EXPECT_EQ(stored.event.user_id, event.user_id);
  EXPECT_EQ(stored.event.session_id, "");
  EXPECT_EQ(stored.event.problems, event.problems);
  EXPECT_EQ(stored.event.order_id, "order-1");
  EXPECT_EQ(stored.event.form, "protobuf");
  EXPECT_EQ(*store_->ReadRaw(stored.id), event.raw);
  EXPECT_TRUE(absl::IsNotFound(store_->ReadRaw(99).status()));
  EXPECT_EQ(stored.event_text, R"({"messageId":"a"})");
  EXPECT_EQ(stored.request_id, 1);
}

TEST_F(EventStoreTest, KeepsAMessageIdOnceAndCountsTheOthers) {
  Open(10);
  Record({Event("a"), Event("b")});
  Record({Event("a")});
  Record({Event("a")});
  EXPECT_THAT(MessageIds(), ElementsAre("a", "b"));
  EXPECT_EQ(store_->CountTotals()->duplicates, 2);
}

TEST_F(EventStoreTest, TheSameIdInTwoProtocolsIsTwoEvents) {
  Open(10);
  ReceivedEvent other = Event("a");
  other.protocol = "snowplow";
  Record({Event("a"), other});
  EXPECT_THAT(MessageIds(), ElementsAre("a", "a"));
}

TEST_F(EventStoreTest, TheSameIdInTwoFormsOfAProtocolIsTwoEvents) {
  Open(10);
  ReceivedEvent other = Event("a");
  other.variant = "v1";
  Record({Event("a"), other});
  Record({other});
  EXPECT_THAT(MessageIds(), ElementsAre("a", "a"));
  EXPECT_EQ(store_->CountTotals()->duplicates, 1);
}

TEST_F(EventStoreTest, EventsWithoutIdAreNeverDuplicates) {
  Open(10);
  Record({Event(""), Event("")});
  EXPECT_THAT(MessageIds(), ElementsAre("", ""));
}

TEST_F(EventStoreTest, DropsTheOldestOverTheBound) {
  Open(3);
  for (const char* id : {"a", "b", "a", "a", "c", "d", "e"}) Record({Event(id)});
  EXPECT_THAT(MessageIds(), ElementsAre("c", "d", "e"));
}

TEST_F(EventStoreTest, PagesById) {
  Open(10);
  Record({Event("a"), Event("b"), Event("c")});
  EXPECT_THAT(MessageIds({.after = 0, .limit = 2}), ElementsAre("a", "b"));
  EXPECT_THAT(MessageIds({.after = 2, .limit = 2}), ElementsAre("c"));
  EXPECT_THAT(MessageIds({.after = 3, .limit = 2}), IsEmpty());
  EXPECT_THAT(MessageIds({.after = 0, .limit = 0}), IsEmpty());
}

TEST_F(EventStoreTest, ADuplicateChangesTheRevisionOfTheKeptEvent) {
  Open(10);
  Record({Event("a"), Event("b")});
  const int64_t before = store_->revision();
  Record({Event("a")});
  std::vector<std::string> changed;
  ASSERT_TRUE(store_
                  ->VisitChangedEvents({before, 10},
                                       [&](const StoredEvent& stored) {
                                         changed.push_back(stored.event.message_id);
                                       })
                  .ok());
  EXPECT_THAT(changed, ElementsAre("a"));
}

TEST_F(EventStoreTest, CountsTotals) {
  Open(10);
  ReceivedEvent wrong = Event("b");
  wrong.problems = {{"/a", "nothing", "text"}, {"/b", "null", "a number"}};
  Record({Event("a"), wrong});
  ASSERT_TRUE(store_->Record(Request("OPTIONS", 204), {}).ok());
  ASSERT_TRUE(store_->Record(Request("POST", 400), {}).ok());
  const auto totals = store_->CountTotals();
  ASSERT_TRUE(totals.ok());
  EXPECT_EQ(totals->events, 2);
  EXPECT_EQ(totals->wire_bytes, 20);
  EXPECT_EQ(totals->problems, 1);
  EXPECT_EQ(totals->requests, 2);
  EXPECT_EQ(totals->preflights, 1);
  EXPECT_EQ(totals->refused, 1);
}

TEST_F(EventStoreTest, ClearEmptiesAndIdsGoOn) {
  Open(10);
  Record({Event("a")});
  ASSERT_TRUE(store_->Clear().ok());
  EXPECT_THAT(MessageIds(), IsEmpty());
  EXPECT_EQ(store_->clearings(), 1);
  Record({Event("a")});
  EXPECT_EQ(Last().id, 2);
  EXPECT_EQ(Last().duplicates, 0);
}

TEST_F(EventStoreTest, AFileKeepsEventsAndRevisions) {
  const std::string path =
      (std::filesystem::path(::testing::TempDir()) / "waymark_event_store_test.db").string();
  for (const char* end : {"", "-wal", "-shm"}) std::filesystem::remove(path + end);
  Open(10, path);
  Record({Event("a")});
  const int64_t revision = store_->revision();
  Open(10, path);
  EXPECT_THAT(MessageIds(), ElementsAre("a"));
  EXPECT_EQ(store_->revision(), revision);
  store_.reset();
  for (const char* end : {"", "-wal", "-shm"}) std::filesystem::remove(path + end);
}

TEST(EventStoreOpenTest, RefusesTheFileOfAnotherVersion) {
  const std::string path =
      (std::filesystem::path(::testing::TempDir()) / "waymark_other_version.db").string();
  std::filesystem::remove(path);
  {
    auto database = Database::Open(path);
    ASSERT_TRUE(database.ok());
    ASSERT_TRUE(database->Execute("CREATE TABLE events(id INTEGER)").ok());
  }
  EXPECT_THAT(EventStore::Open(path, 10).status().message(),
              ::testing::HasSubstr("another version of the collector"));
  std::filesystem::remove(path);
}

TEST(EventStoreOpenTest, SaysWhyAFileCannotBeOpened) {
  EXPECT_THAT(EventStore::Open("/no/such/folder/x.db", 10).status().message(),
              ::testing::HasSubstr("cannot open /no/such/folder/x.db"));
}

}  // namespace
}  // namespace waymark::collector
