// The whole collector: store, faults, live stream and routes behind one listening socket.
#ifndef WAYMARK_SAMPLES_COLLECTOR_SERVER_H_
#define WAYMARK_SAMPLES_COLLECTOR_SERVER_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/synchronization/notification.h"
#include "admin_routes.h"
#include "collector_limits.h"
#include "event_store.h"
#include "fault_plan.h"
#include "http_server.h"
#include "live_stream.h"
#include "protocol_routes.h"

namespace waymark::collector {

struct ServerOptions {
  std::string host = "127.0.0.1";
  int port = 0;  // 0: any free port
  std::string database = ":memory:";
  int64_t events_max = kEventsMaxDefault;
  bool allow_remote = false;
};

class Server {
 public:
  // Opens the store and binds the port; no request is answered before Run. InvalidArgument when the
  // host is not this machine and `allow_remote` is off, Unavailable when the port cannot be had.
  static absl::StatusOr<std::unique_ptr<Server>> Open(const ServerOptions& options);

  // Answers requests until Stop; returns when all connections are closed.
  void Run();
  // Callable from any thread, once Open has returned.
  void Stop();

  int port() const { return port_; }
  // "http://127.0.0.1:8802", with the real port.
  std::string Url() const;

 private:
  Server(const ServerOptions& options, std::unique_ptr<EventStore> store);

  const ServerOptions options_;
  int port_ = 0;
  absl::Notification stopping_;
  std::unique_ptr<EventStore> store_;
  FaultPlan faults_;
  LiveStream live_;
  ProtocolRoutes protocol_routes_;
  AdminRoutes admin_routes_;
  HttpServer http_;
};

}  // namespace waymark::collector

#endif  // WAYMARK_SAMPLES_COLLECTOR_SERVER_H_
