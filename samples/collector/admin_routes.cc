#include "admin_routes.h"

#include <algorithm>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "collector_limits.h"
#include "event_json.h"
#include "exchange.h"
#include "http_connection.h"
#include "origin.h"

namespace waymark::collector {
namespace {

// Reads ?after= and ?limit=; InvalidArgument when one is no whole number.
absl::StatusOr<EventStore::Page> PageOf(const httplib::Request& request) {
  EventStore::Page page = {0, kEventsMaxDefault};
  const std::pair<const char*, int64_t*> parameters[] = {{"after", &page.after},
                                                         {"limit", &page.limit}};
  for (const auto& [name, value] : parameters) {
    if (!request.has_param(name)) continue;
    if (!absl::SimpleAtoi(request.get_param_value(name), value) || *value < 0) {
      return absl::InvalidArgumentError(absl::StrCat("?", name, "= must be a whole number."));
    }
  }
  page.limit = std::min(page.limit, kEventsMaxDefault);
  return page;
}

void AnswerError(httplib::Response& response, int status, absl::string_view message) {
  AnswerJson(response, status, ToText({{"error", std::string(message)}}));
}

// Opens and closes a JSON array around texts.
class ArrayText {
 public:
  void Add(const std::string& element) {
    absl::StrAppend(&text_, text_.empty() ? "" : ",\n", element);
  }
  std::string Finish() const { return absl::StrCat("[", text_, "]\n"); }

 private:
  std::string text_;
};

}  // namespace

AdminRoutes::AdminRoutes(EventStore& store, FaultPlan& faults, LiveStream& live, bool any_host)
    : store_(store), faults_(faults), live_(live), any_host_(any_host) {}

void AdminRoutes::AddTo(HttpServer& server) {
  AddGet(server, "/events.json",
         [this](const httplib::Request& request, httplib::Response& response) {
           Events(request, response);
         });
  AddGet(server, "/requests.json",
         [this](const httplib::Request& request, httplib::Response& response) {
           Requests(request, response);
         });
  AddGet(server, "/raw", [this](const httplib::Request& request, httplib::Response& response) {
    Raw(request, response);
  });
  AddGet(server, "/stream", [this](const httplib::Request& request, httplib::Response& response) {
    live_.Serve(request, response);
  });
  AddGet(server, "/faults", [this](const httplib::Request&, httplib::Response& response) {
    AnswerJson(response, 200, faults_.Describe(NowMs()));
  });
  AddPost(server, "/faults", [this](const std::string& body, httplib::Response& response) {
    SetFaults(body, response);
  });
  AddPost(server, "/reset",
          [this](const std::string&, httplib::Response& response) { Reset(response); });
}

bool AdminRoutes::Admit(const httplib::Request& request, httplib::Response& response) const {
  if (!any_host_ && !IsLoopbackHostHeader(request.get_header_value("Host"))) {
    AnswerError(response, 403, "The Host header does not name this machine.");
    return false;
  }
  response.set_header("Vary", "Origin");
  response.set_header("Cache-Control", "no-store");
  response.set_header("X-Content-Type-Options", "nosniff");
  const std::string origin = request.get_header_value("Origin");
  // A page that this collector served itself may use it, also where it is reached from another
  // machine.
  const bool own = any_host_ && origin == absl::StrCat("http://", request.get_header_value("Host"));
  if (origin.empty() || own) return true;
  if (!IsLoopbackOrigin(origin)) {
    AnswerError(response, 403, "Pages of this origin may not use the collector.");
    return false;
  }
  response.set_header("Access-Control-Allow-Origin", origin);
  return true;
}

void AdminRoutes::AddGet(HttpServer& server, const std::string& path, Get get) {
  server.TakeGet(path, [this, get = std::move(get)](const httplib::Request& request,
                                                    httplib::Response& response) {
    if (Admit(request, response)) get(request, response);
  });
}

void AdminRoutes::AddPost(HttpServer& server, const std::string& path, Post post) {
  server.TakePost(path, [this, post = std::move(post)](const httplib::Request& request,
                                                       httplib::Response& response,
                                                       const httplib::ContentReader& reader) {
    if (!Admit(request, response)) return HttpConnection::Current().CloseAfterAnswer();
    const absl::StatusOr<std::string> body =
        request.is_multipart_form_data()
            ? absl::InvalidArgumentError("multipart/form-data is not understood here")
            : ReadBody(reader, kHeaderBytesMax);
    if (body.ok()) return post(*body, response);
    HttpConnection::Current().CloseAfterAnswer();
    AnswerError(response, absl::IsResourceExhausted(body.status()) ? 413 : 400,
                body.status().message());
  });
  server.TakeOptions(path, [this](const httplib::Request& request, httplib::Response& response) {
    if (!Admit(request, response)) return;
    response.status = 204;
    response.set_header("Access-Control-Allow-Methods", "GET, POST");
    response.set_header("Access-Control-Allow-Headers", "Content-Type");
    response.set_header("Access-Control-Max-Age", "3600");
  });
}

void AdminRoutes::Events(const httplib::Request& request, httplib::Response& response) {
  const absl::StatusOr<EventStore::Page> page = PageOf(request);
  if (!page.ok()) return AnswerError(response, 400, page.status().message());
  ArrayText array;
  const absl::Status status = store_.VisitEvents(
      *page, [&array](const StoredEvent& stored) { array.Add(EventJsonText(stored)); });
  if (!status.ok()) return AnswerError(response, 500, status.message());
  AnswerJson(response, 200, array.Finish());
}

void AdminRoutes::Requests(const httplib::Request& request, httplib::Response& response) {
  const absl::StatusOr<EventStore::Page> page = PageOf(request);
  if (!page.ok()) return AnswerError(response, 400, page.status().message());
  ArrayText array;
  const absl::Status status = store_.VisitRequests(
      *page, [&array](const StoredRequest& stored) { array.Add(RequestJsonText(stored)); });
  if (!status.ok()) return AnswerError(response, 500, status.message());
  AnswerJson(response, 200, array.Finish());
}

void AdminRoutes::Raw(const httplib::Request& request, httplib::Response& response) {
  int64_t event_id = 0;
  if (!absl::SimpleAtoi(request.get_param_value("event"), &event_id)) {
    return AnswerError(response, 400, "?event= must be the id of an event.");
  }
  const absl::StatusOr<std::string> raw = store_.ReadRaw(event_id);
  if (!raw.ok()) {
    const int status = absl::IsNotFound(raw.status()) ? 404 : 500;
    return AnswerError(response, status, raw.status().message());
  }
  Answer(response, 200, *raw, "application/octet-stream");
}

void AdminRoutes::Reset(httplib::Response& response) {
  const absl::Status status = store_.Clear();
  live_.Notify();
  if (!status.ok()) return AnswerError(response, 500, status.message());
  AnswerJson(response, 200, "{}");
}

void AdminRoutes::SetFaults(const std::string& body, httplib::Response& response) {
  const absl::StatusOr<Fault> fault = ParseFault(body);
  if (!fault.ok()) return AnswerError(response, 400, fault.status().message());
  faults_.Set(*fault, NowMs());
  live_.Notify();
  AnswerJson(response, 200, faults_.Describe(NowMs()));
}

}  // namespace waymark::collector
