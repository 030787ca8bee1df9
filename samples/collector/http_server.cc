#include "http_server.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "collector_limits.h"
#include "http_connection.h"

namespace waymark::collector {
namespace {

// As a pattern of cpp-httplib's; a path may hold any byte.
constexpr char kAnyPath[] = R"([\s\S]*)";

void SetListenOptions(socket_t socket) {
  const int on = 1;
  ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
}

void AnswerText(httplib::Response& response, int status, const std::string& text) {
  response.status = status;
  response.set_content(absl::StrCat(text, "\n"), "text/plain; charset=utf-8");
}

bool AnnouncesBody(const httplib::Request& request) {
  return request.has_header("Transfer-Encoding") ||
         (request.has_header("Content-Length") &&
          request.get_header_value("Content-Length") != "0");
}

// Runs when the headers are there and nothing of the body has been read.
void PrepareRequest(HttpConnection& connection, httplib::Request& request) {
  connection.EndHeaders();
  connection.content_encoding = request.get_header_value("Content-Encoding");
  request.headers.erase("Content-Encoding");
  request.ranges.clear();
}

}  // namespace

HttpServer::HttpServer() {
  new_task_queue = [] { return new httplib::ThreadPool(kServerThreads); };
  set_keep_alive_max_count(kRequestsPerConnectionMax);  // only what the Keep-Alive header says
  set_keep_alive_timeout(kIdleMsMax / 1000);
  set_socket_options(SetListenOptions);
  const auto look_up = [](const absl::flat_hash_map<std::string, Handler>& handlers) {
    return [&handlers](const httplib::Request& request, httplib::Response& response) {
      const auto found = handlers.find(request.path);
      if (found != handlers.end()) return found->second(request, response);
      AnswerText(response, 404, "There is nothing here.");
    };
  };
  Get(kAnyPath, look_up(gets_));
  Options(kAnyPath, look_up(options_));
  Post(kAnyPath, [this](const httplib::Request& request, httplib::Response& response,
                        const httplib::ContentReader& reader) {
    posts_.at(request.path)(request, response, reader);  // BeforeRouting lets no other path through
  });
  set_pre_routing_handler([this](const httplib::Request& request, httplib::Response& response) {
    return BeforeRouting(request, response);
  });
  set_exception_handler(
      [](const httplib::Request&, httplib::Response& response, std::exception_ptr) {
        HttpConnection::Current().CloseAfterAnswer();
        AnswerText(response, 500, "The collector failed inside.");
      });
}

void HttpServer::TakeGet(const std::string& path, Handler handler) {
  gets_[path] = std::move(handler);
}

void HttpServer::TakePost(const std::string& path, HandlerWithContentReader handler) {
  posts_[path] = std::move(handler);
}

void HttpServer::TakeOptions(const std::string& path, Handler handler) {
  options_[path] = std::move(handler);
}

httplib::Server::HandlerResponse HttpServer::BeforeRouting(const httplib::Request& request,
                                                           httplib::Response& response) {
  const std::string& method = request.method;
  if (method == "GET" || method == "HEAD" || method == "OPTIONS") {
    if (AnnouncesBody(request)) HttpConnection::Current().CloseAfterAnswer();
    return HandlerResponse::Unhandled;
  }
  if (method == "POST" && posts_.contains(request.path)) return HandlerResponse::Unhandled;
  // cpp-httplib would read the whole body of such a request into memory.
  HttpConnection::Current().CloseAfterAnswer();
  if (method == "POST") {
    AnswerText(response, 404, "Nothing takes a POST here.");
  } else {
    AnswerText(response, 405, "Only GET, HEAD, OPTIONS and POST are known here.");
  }
  return HandlerResponse::Handled;
}

absl::StatusOr<int> HttpServer::Bind(const std::string& host, int port) {
  errno = 0;
  const int bound = port == 0 ? bind_to_any_port(host) : (bind_to_port(host, port) ? port : -1);
  if (bound > 0) return bound;
  const std::string why = errno == 0 ? "the address cannot be used" : std::strerror(errno);
  return absl::UnavailableError(
      absl::StrCat("cannot listen on ", host, ":", port, " (", why,
                   "). Is another collector running? --port takes another "
                   "port, and 0 any free one."));
}

bool HttpServer::process_and_close_socket(socket_t socket) {
  const int on = 1;
  ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  HttpConnection connection(socket);
  const auto listening = [](const void* server) {
    return static_cast<const HttpServer*>(server)->svr_sock_ != INVALID_SOCKET;
  };
  bool closed = false;
  for (int left = kRequestsPerConnectionMax - 1; left >= 0 && !closed; --left) {
    if (!connection.WaitForRequest(listening, this)) return false;
    connection.BeginRequest();
    const bool answered = process_request(
        connection, left == 0, closed,
        [&connection](httplib::Request& request) { PrepareRequest(connection, request); });
    if (!answered || connection.must_close()) return false;
  }
  return true;
}

absl::StatusOr<std::string> ReadBody(const httplib::ContentReader& reader, size_t bytes_max) {
  std::string body;
  bool fits = true;
  const bool complete = reader([&](const char* data, size_t size) {
    fits = body.size() + size <= bytes_max;
    if (fits) body.append(data, size);
    return fits;
  });
  if (complete) return body;
  HttpConnection::Current().CloseAfterAnswer();
  if (fits) return absl::InvalidArgumentError("the body broke off");
  return absl::ResourceExhaustedError(absl::StrCat("the body is over ", bytes_max, " bytes"));
}

}  // namespace waymark::collector
