#include "server.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "origin.h"
#include "page_routes.h"

namespace waymark::collector {

absl::StatusOr<std::unique_ptr<Server>> Server::Open(const ServerOptions& options) {
  if (!options.allow_remote && !IsLoopbackHost(options.host)) {
    return absl::InvalidArgumentError(
        absl::StrCat("--host=", options.host, " can be reached from other machines, and everyone ",
                     "there could read the events; add --allow-remote if that is meant"));
  }
  absl::StatusOr<std::unique_ptr<EventStore>> store =
      EventStore::Open(options.database, options.events_max);
  if (!store.ok()) return store.status();
  std::unique_ptr<Server> server(new Server(options, *std::move(store)));
  absl::StatusOr<int> port = server->http_.Bind(options.host, options.port);
  if (!port.ok()) return port.status();
  server->port_ = *port;
  return server;
}

Server::Server(const ServerOptions& options, std::unique_ptr<EventStore> store)
    : options_(options),
      store_(std::move(store)),
      live_(*store_, faults_),
      protocol_routes_(*store_, faults_, live_, stopping_),
      admin_routes_(*store_, faults_, live_, options.allow_remote) {
  protocol_routes_.AddTo(http_);
  admin_routes_.AddTo(http_);
  AddPageRoutes(http_);
}

void Server::Run() { http_.listen_after_bind(); }

void Server::Stop() {
  if (!stopping_.HasBeenNotified()) stopping_.Notify();
  live_.Close();
  http_.stop();
}

std::string Server::Url() const {
  const bool bare_ipv6 = absl::StrContains(options_.host, ':') && options_.host[0] != '[';
  return absl::StrFormat(bare_ipv6 ? "http://[%s]:%d" : "http://%s:%d", options_.host, port_);
}

}  // namespace waymark::collector
