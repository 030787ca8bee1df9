// The routes that SDKs talk to: Segment's and Snowplow's, with the CORS answers of the real
// collectors.
//
// Every request, preflights included, is written to the store, and meets the fault that is on.
// Thread rule: handlers run on many threads at once.
#ifndef WAYMARK_SAMPLES_COLLECTOR_PROTOCOL_ROUTES_H_
#define WAYMARK_SAMPLES_COLLECTOR_PROTOCOL_ROUTES_H_

#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/synchronization/notification.h"
#include "event_store.h"
#include "fault_plan.h"
#include "http_server.h"
#include "live_stream.h"

namespace waymark::collector {

class ProtocolRoutes {
 public:
  // All must outlive this. `stopping` cuts slow answers short.
  ProtocolRoutes(EventStore& store, const FaultPlan& faults, LiveStream& live,
                 const absl::Notification& stopping);

  void AddTo(HttpServer& server);

 private:
  // What a protocol makes of one request.
  struct Outcome {
    int status = 200;
    std::string content;
    std::string content_type = "application/json";
    std::string problem;  // set when the request was refused
    std::vector<ReceivedEvent> events;
  };
  using BodyReader = absl::FunctionRef<absl::StatusOr<std::string>()>;
  using Protocol = absl::FunctionRef<Outcome(const ReceivedRequest&, const std::string& body)>;

  void AddSegment(HttpServer& server);
  void AddSnowplow(HttpServer& server);
  void Preflight(const httplib::Request& request, httplib::Response& response, int status);
  void Serve(const httplib::Request& request, httplib::Response& response, BodyReader read_body,
             Protocol protocol);
  void Finish(ReceivedRequest facts, Outcome outcome, const Fault& fault,
              httplib::Response& response);
  void CloseUnanswered(ReceivedRequest facts, const std::vector<ReceivedEvent>& events,
                       const std::string& problem);
  absl::Status Keep(const ReceivedRequest& facts, const std::vector<ReceivedEvent>& events);

  static Outcome ServeSegment(const ReceivedRequest& facts, const std::string& body,
                              absl::string_view kind, absl::string_view authorization);
  static Outcome ServeSnowplowPost(const ReceivedRequest& facts, const std::string& body);
  static Outcome ServeSnowplowGet(const ReceivedRequest& facts, const httplib::Params& fields);
  static Outcome RefuseBody(const absl::Status& status);
  static Outcome FaultOutcome(const Fault& fault, httplib::Response& response);

  EventStore& store_;
  const FaultPlan& faults_;
  LiveStream& live_;
  const absl::Notification& stopping_;
};

}  // namespace waymark::collector

#endif  // WAYMARK_SAMPLES_COLLECTOR_PROTOCOL_ROUTES_H_
