// Server-sent events on /stream: tells open live pages what changed in the store and in the fault
// plan.
//
// A page that opens gets `reset`, then the newest changes; then, as they come, `event`, `refused`
// (a request that was turned away), `totals` and `faults`. The id of a message names the store's
// life and the revision, so a page that comes back goes on where it was, and starts again where the
// store was emptied in between.
//
// Invariant: at most kLiveStreamsMax pages are served at once, and a stream never holds the store's
// lock while it writes to the network. Thread rule: every member may be called from any thread.
#ifndef WAYMARK_SAMPLES_COLLECTOR_LIVE_STREAM_H_
#define WAYMARK_SAMPLES_COLLECTOR_LIVE_STREAM_H_

#include <httplib.h>

#include <cstdint>
#include <string>

#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "event_store.h"
#include "fault_plan.h"

namespace waymark::collector {

class LiveStream {
 public:
  // Both must outlive this.
  LiveStream(EventStore& store, const FaultPlan& faults);

  // Something changed: wakes all streams.
  void Notify();
  // Ends all streams, now and for good.
  void Close();

  // Answers a GET /stream.
  void Serve(const httplib::Request& request, httplib::Response& response);

 private:
  struct Cursor;

  bool Enter();
  void Leave();
  // Waits for a change; false when the stream has to end.
  bool Wait(int64_t seen, absl::Duration longest);
  bool Rest();
  int64_t changes() const;
  bool Pump(Cursor& cursor, httplib::DataSink& sink);
  std::string Collect(Cursor& cursor);
  void CollectRows(Cursor& cursor, std::string& text);
  void CollectState(Cursor& cursor, std::string& text);
  std::string Epoch() const;

  EventStore& store_;
  const FaultPlan& faults_;
  const int64_t started_ms_;
  mutable absl::Mutex mutex_;
  int64_t changes_ ABSL_GUARDED_BY(mutex_) = 0;
  int streams_ ABSL_GUARDED_BY(mutex_) = 0;
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace waymark::collector

#endif  // WAYMARK_SAMPLES_COLLECTOR_LIVE_STREAM_H_
