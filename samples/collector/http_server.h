// cpp-httplib's server with bounds for hostile input.
//
// What it adds: HttpConnection (see there); bodies reach handlers as they were sent, unpacked by
// nobody; no byte ranges; a request whose body nobody reads ends its connection, so that the body
// is never taken for the next request; SO_REUSEADDR only, so that a port in use is noticed.
//
// This file and http_connection.* are the only ones that know cpp-httplib 0.11's inside.
#ifndef WAYMARK_SAMPLES_COLLECTOR_HTTP_SERVER_H_
#define WAYMARK_SAMPLES_COLLECTOR_HTTP_SERVER_H_

#include <httplib.h>

#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"

namespace waymark::collector {

class HttpServer : public httplib::Server {
 public:
  HttpServer();

  // Take requests on exactly `path`; of a POST the handler has still to read the body. Paths are
  // looked up, not matched one after the other as cpp-httplib's patterns are.
  void TakeGet(const std::string& path, Handler handler);
  void TakePost(const std::string& path, HandlerWithContentReader handler);
  void TakeOptions(const std::string& path, Handler handler);

  // Binds `host`; port 0 takes any free one. Gives the real port, or Unavailable with a sentence.
  absl::StatusOr<int> Bind(const std::string& host, int port);

 private:
  bool process_and_close_socket(socket_t socket) override;
  HandlerResponse BeforeRouting(const httplib::Request& request, httplib::Response& response);

  absl::flat_hash_map<std::string, Handler> gets_;
  absl::flat_hash_map<std::string, HandlerWithContentReader> posts_;
  absl::flat_hash_map<std::string, Handler> options_;
};

// The body as it was sent. ResourceExhausted over `bytes_max` (the connection then closes after the
// answer), InvalidArgument when it broke off.
absl::StatusOr<std::string> ReadBody(const httplib::ContentReader& reader, size_t bytes_max);

}  // namespace waymark::collector

#endif  // WAYMARK_SAMPLES_COLLECTOR_HTTP_SERVER_H_
