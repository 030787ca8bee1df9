// What sends requests, and what the worker waits in.
//
// One interface: libcurl behind it on Linux, the platform on phones (waymark_http of c.h), nothing
// where there is neither. Invariant: nothing here decides whether, when or how often to send.
#ifndef WAYMARK_MOBILE_NATIVE_HTTP_H_
#define WAYMARK_MOBILE_NATIVE_HTTP_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/string.h"
#include "waymark/c.h"

namespace waymark::native {

struct HttpRequest {
  int64_t id = 0;
  bool get = false;
  String url;
  String headers;  // an object of JSON text
  String body;
  int64_t timeout_ms = 0;
  size_t answer_bytes_max = 0;
  bool leaving = false;
  bool credentials = false;
};

struct HttpAnswer {
  int64_t id = 0;
  waymark_http_error error = WAYMARK_HTTP_NETWORK;
  int status = 0;
  std::string retry_after;
  std::string body;
  bool whole_body = true;
};

class Http {
 public:
  virtual ~Http() = default;

  // Worker. Each request gets one answer.
  virtual void Send(HttpRequest&& request) = 0;
  virtual void Abort(int64_t id) = 0;
  // Worker. Waits until a request has its answer, Wake() is called, or `wait_ms` are over
  // (negative: for ever), and gives the answers there are.
  virtual std::vector<HttpAnswer> Wait(int64_t wait_ms) = 0;
  // Any thread. The Wait() under way, or the next one, ends at once.
  virtual void Wake() = 0;
  // Any thread: what came of a request that somebody else sends.
  virtual void Done(HttpAnswer&&) {}
};

// Null where the library was built without libcurl, or that cannot be started.
std::unique_ptr<Http> MakeCurlHttp();

// Requests go to the platform; without `http`, nowhere.
std::unique_ptr<Http> MakeSeamHttp(const waymark_http* http);

}  // namespace waymark::native

#endif  // WAYMARK_MOBILE_NATIVE_HTTP_H_
