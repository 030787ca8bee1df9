// The routes that people and tests use: what was collected, emptying it, and the fault plan.
//
// Invariant: a page of another origin can read and change nothing here unless that origin is this
// machine.
#ifndef WAYMARK_SAMPLES_COLLECTOR_ADMIN_ROUTES_H_
#define WAYMARK_SAMPLES_COLLECTOR_ADMIN_ROUTES_H_

#include <functional>
#include <string>

#include "event_store.h"
#include "fault_plan.h"
#include "http_server.h"
#include "live_stream.h"

namespace waymark::collector {

class AdminRoutes {
 public:
  // All must outlive this. `any_host` lets requests in that name another host than this machine.
  AdminRoutes(EventStore& store, FaultPlan& faults, LiveStream& live, bool any_host);

  void AddTo(HttpServer& server);

 private:
  using Get = std::function<void(const httplib::Request&, httplib::Response&)>;
  using Post = std::function<void(const std::string& body, httplib::Response&)>;

  void AddGet(HttpServer& server, const std::string& path, Get get);
  void AddPost(HttpServer& server, const std::string& path, Post post);
  bool Admit(const httplib::Request& request, httplib::Response& response) const;

  void Events(const httplib::Request& request, httplib::Response& response);
  void Requests(const httplib::Request& request, httplib::Response& response);
  void Raw(const httplib::Request& request, httplib::Response& response);
  void Reset(httplib::Response& response);
  void SetFaults(const std::string& body, httplib::Response& response);

  EventStore& store_;
  FaultPlan& faults_;
  LiveStream& live_;
  const bool any_host_;
};

}  // namespace waymark::collector

#endif  // WAYMARK_SAMPLES_COLLECTOR_ADMIN_ROUTES_H_
