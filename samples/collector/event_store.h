// Keeps events and requests in SQLite.
//
// An event with the message id of a kept one is not kept again; the kept one counts it. When more
// than `events_max` events (or requests) are there, the oldest go. Every change gets the next
// revision number, so that a reader can ask for what changed since.
//
// Thread rule: every member may be called from any thread.
#ifndef WAYMARK_SAMPLES_COLLECTOR_EVENT_STORE_H_
#define WAYMARK_SAMPLES_COLLECTOR_EVENT_STORE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "database.h"
#include "event.h"

namespace waymark::collector {

class EventStore {
 public:
  using EventVisitor = absl::FunctionRef<void(const StoredEvent&)>;
  using RequestVisitor = absl::FunctionRef<void(const StoredRequest&)>;

  // A range of rows: `after` is left out, at most `limit` rows come.
  struct Page {
    int64_t after = 0;
    int64_t limit = 0;
  };

  // Opens the database at `path` (":memory:" for one that dies with the object).
  static absl::StatusOr<std::unique_ptr<EventStore>> Open(const std::string& path,
                                                          int64_t events_max);

  // Writes a request and its events in one transaction: all of it, or nothing.
  absl::Status Record(const ReceivedRequest& request, const std::vector<ReceivedEvent>& events);
  // Empties the store. Ids and revisions go on from where they were.
  absl::Status Clear();

  // Rows by id, oldest first.
  absl::Status VisitEvents(const Page& page, EventVisitor visit);
  absl::Status VisitRequests(const Page& page, RequestVisitor visit);
  // Rows by revision; of the requests only those that were refused or not answered.
  absl::Status VisitChangedEvents(const Page& page, EventVisitor visit);
  absl::Status VisitRefusedRequests(const Page& page, RequestVisitor visit);

  // ReceivedEvent::raw of the event; NotFound when it is not kept (any more).
  absl::StatusOr<std::string> ReadRaw(int64_t event_id);
  absl::StatusOr<Totals> CountTotals();
  int64_t revision() const;
  // How often Clear was called: a reader starts again when it changes.
  int64_t clearings() const;

 private:
  EventStore(Database database, int64_t events_max);

  absl::Status CheckVersion() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status Prepare() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status WriteAll(const ReceivedRequest& request, const std::vector<ReceivedEvent>& events)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status WriteRequest(const ReceivedRequest& request, size_t events)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status WriteEvent(const ReceivedRequest& request, int64_t request_id,
                          const ReceivedEvent& event) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status DropOldest() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status ReadEvents(Statement& statement, const Page& page, EventVisitor visit);
  absl::Status ReadRequests(Statement& statement, const Page& page, RequestVisitor visit);

  struct Statements;
  const int64_t events_max_;
  mutable absl::Mutex mutex_;
  Database database_ ABSL_GUARDED_BY(mutex_);
  std::shared_ptr<Statements> statements_;  // the calls through it hold mutex_
  int64_t revision_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t clearings_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace waymark::collector

#endif  // WAYMARK_SAMPLES_COLLECTOR_EVENT_STORE_H_
