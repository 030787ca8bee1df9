// Puts HTTP around the dialects: paths, CORS, faults, and what is kept of each request.
//
// Every request, preflights included, is written to the store, and meets the fault that is on.
// Thread rule: handlers run on many threads at once.
#ifndef WAYMARK_SAMPLES_COLLECTOR_PROTOCOL_ROUTES_H_
#define WAYMARK_SAMPLES_COLLECTOR_PROTOCOL_ROUTES_H_

#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/synchronization/notification.h"
#include "dialect.h"
#include "event_store.h"
#include "fault_plan.h"
#include "http_server.h"
#include "live_stream.h"

namespace waymark::collector {

class ProtocolRoutes {
 public:
  // All must outlive this. `stopping` cuts slow answers short.
  ProtocolRoutes(EventStore& store, FaultPlan& faults, LiveStream& live,
                 const absl::Notification& stopping);

  // Every path of every dialect behind its name ("/posthog/batch/"), and as it is ("/batch/") where
  // no earlier dialect has it.
  void AddTo(HttpServer& server);

 private:
  // One request on its way: what is known of it, and which fault it has met.
  struct Exchange;

  void AddPath(HttpServer& server, const Dialect& dialect, const Route& route,
               const std::string& path);
  void Preflight(const Dialect& dialect, const httplib::Request& request,
                 httplib::Response& response);
  void Serve(Exchange& exchange, const httplib::ContentReader* reader);
  Outcome Answer(Exchange& exchange, const absl::StatusOr<std::string>& body);
  void Finish(Exchange& exchange, Outcome outcome);
  void CloseUnanswered(Exchange& exchange, const std::vector<ReceivedEvent>& events,
                       const std::string& problem);
  absl::Status Keep(const ReceivedRequest& facts, const std::vector<ReceivedEvent>& events);

  EventStore& store_;
  FaultPlan& faults_;
  LiveStream& live_;
  const absl::Notification& stopping_;
  absl::flat_hash_set<std::string> taken_;  // "GET /i"
};

}  // namespace waymark::collector

#endif  // WAYMARK_SAMPLES_COLLECTOR_PROTOCOL_ROUTES_H_
