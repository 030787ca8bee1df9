#include "protocol_routes.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "collector_limits.h"
#include "exchange.h"
#include "http_connection.h"
#include "inflate.h"
#include "segment_protocol.h"
#include "snowplow_protocol.h"

namespace waymark::collector {
namespace {

constexpr char kPixelGif[] =
    "GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,\x00"
    "\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02\x44\x01\x00;";

std::string Shortened(const std::string& text) { return text.substr(0, kHeaderTextBytesMax); }

ReceivedRequest FactsOf(const httplib::Request& request) {
  ReceivedRequest facts;
  facts.received_ms = NowMs();
  facts.method = request.method;
  facts.path = request.path;
  facts.content_type = Shortened(request.get_header_value("Content-Type"));
  const std::string& encoding = HttpConnection::Current().content_encoding;
  if (!encoding.empty()) facts.encoding = Shortened(encoding);
  return facts;
}

bool IsSegment(const std::string& path) { return absl::StartsWith(path, "/v1/"); }

// Segment answers any origin and takes no cookies; Snowplow's tracker sends credentials, which
// forbid "*".
void SetCors(const httplib::Request& request, httplib::Response& response) {
  if (IsSegment(request.path)) {
    response.set_header("Access-Control-Allow-Origin", "*");
    return;
  }
  response.set_header("Vary", "Origin");
  if (!request.has_header("Origin")) return;
  response.set_header("Access-Control-Allow-Origin", request.get_header_value("Origin"));
  response.set_header("Access-Control-Allow-Credentials", "true");
}

void SetPreflightCors(const httplib::Request& request, httplib::Response& response) {
  const bool segment = IsSegment(request.path);
  response.set_header("Access-Control-Allow-Methods", segment ? "POST" : "POST, GET, OPTIONS");
  response.set_header("Access-Control-Allow-Headers",
                      segment ? "Content-Type, Content-Encoding, Authorization, X-Retry-Count"
                              : "Content-Type, SP-Anonymous");
  response.set_header("Access-Control-Max-Age", "3600");
}

std::string SegmentRefusal(absl::string_view message) {
  return ToText({{"success", false}, {"message", std::string(message)}});
}

bool IsJsonOrText(absl::string_view content_type) {
  return absl::StartsWithIgnoreCase(content_type, "application/json") ||
         absl::StartsWithIgnoreCase(content_type, "text/plain");
}

absl::StatusOr<std::string> Unpack(const ReceivedRequest& facts, const std::string& body) {
  if (facts.encoding == "identity") return body;
  if (absl::EqualsIgnoreCase(facts.encoding, "gzip")) return InflateGzip(body, kInflatedBytesMax);
  return absl::InvalidArgumentError("the Content-Encoding is neither gzip nor identity");
}

}  // namespace

ProtocolRoutes::ProtocolRoutes(EventStore& store, const FaultPlan& faults, LiveStream& live,
                               const absl::Notification& stopping)
    : store_(store), faults_(faults), live_(live), stopping_(stopping) {}

void ProtocolRoutes::AddTo(HttpServer& server) {
  AddSegment(server);
  AddSnowplow(server);
}

void ProtocolRoutes::AddSegment(HttpServer& server) {
  for (const SegmentRoute& route : SegmentRoutes()) {
    const std::string path(route.path);
    server.TakePost(path,
                    [this, &route](const httplib::Request& request, httplib::Response& response,
                                   const httplib::ContentReader& reader) {
                      const std::string authorization = request.get_header_value("Authorization");
                      Serve(
                          request, response, [&] { return ReadBody(reader, kBodyBytesMax); },
                          [&](const ReceivedRequest& facts, const std::string& body) {
                            return ServeSegment(facts, body, route.kind, authorization);
                          });
                    });
    server.Options(path, [this](const httplib::Request& request, httplib::Response& response) {
      Preflight(request, response, 204);
    });
  }
}

void ProtocolRoutes::AddSnowplow(HttpServer& server) {
  const std::string post_path(kSnowplowPostPath);
  const std::string get_path(kSnowplowGetPath);
  server.TakePost(post_path, [this](const httplib::Request& request, httplib::Response& response,
                                    const httplib::ContentReader& reader) {
    Serve(
        request, response, [&] { return ReadBody(reader, kSnowplowDropBytes); }, ServeSnowplowPost);
  });
  server.Get(get_path, [this](const httplib::Request& request, httplib::Response& response) {
    Serve(
        request, response, [] { return std::string(); },
        [&](const ReceivedRequest& facts, const std::string&) {
          return ServeSnowplowGet(facts, request.params);
        });
  });
  for (const std::string& path : {post_path, get_path}) {
    server.Options(path, [this](const httplib::Request& request, httplib::Response& response) {
      Preflight(request, response, 200);
    });
  }
}

void ProtocolRoutes::Preflight(const httplib::Request& request, httplib::Response& response,
                               int status) {
  ReceivedRequest facts = FactsOf(request);
  if (faults_.Current(facts.received_ms).mode == FaultMode::kDown) {
    return CloseUnanswered(std::move(facts), {}, "Fault down: the connection was closed.");
  }
  SetCors(request, response);
  SetPreflightCors(request, response);
  facts.status = response.status = status;
  Keep(facts, {}).IgnoreError();  // a preflight that could not be noted is still a good preflight
}

void ProtocolRoutes::Serve(const httplib::Request& request, httplib::Response& response,
                           BodyReader read_body, Protocol protocol) {
  ReceivedRequest facts = FactsOf(request);
  const Fault fault = faults_.Current(facts.received_ms);
  if (fault.mode == FaultMode::kDown) {
    return CloseUnanswered(std::move(facts), {}, "Fault down: the connection was closed.");
  }
  SetCors(request, response);
  // A multipart body would go through cpp-httplib's form parser. No tracker sends one, so it stays
  // unread, and the protocols turn it away by its content type.
  const bool unread = request.is_multipart_form_data();
  absl::StatusOr<std::string> body = unread ? std::string() : read_body();
  if (unread) HttpConnection::Current().CloseAfterAnswer();
  if (!body.ok()) return Finish(std::move(facts), RefuseBody(body.status()), fault, response);
  facts.body_bytes = static_cast<int64_t>(body->size());
  if (request.method == "GET") {
    facts.body_bytes = static_cast<int64_t>(request.target.size() - request.path.size());
  }
  if (fault.mode == FaultMode::kDrop) {
    return CloseUnanswered(std::move(facts), {}, "Fault drop: the body was read and thrown away.");
  }
  if (fault.mode == FaultMode::kSlow) {
    stopping_.WaitForNotificationWithTimeout(absl::Milliseconds(fault.delay_ms));
  }
  Outcome outcome =
      fault.mode == FaultMode::kStatus ? FaultOutcome(fault, response) : protocol(facts, *body);
  Finish(std::move(facts), std::move(outcome), fault, response);
}

void ProtocolRoutes::Finish(ReceivedRequest facts, Outcome outcome, const Fault& fault,
                            httplib::Response& response) {
  if (fault.mode == FaultMode::kAckLoss && outcome.problem.empty()) {
    return CloseUnanswered(std::move(facts), outcome.events,
                           "Fault ackloss: stored, but the sender got no answer.");
  }
  facts.status = outcome.status;
  facts.problem = outcome.problem;
  if (absl::Status status = Keep(facts, outcome.events); !status.ok()) {
    outcome = {500, SegmentRefusal(status.message()), "application/json", "", {}};
  }
  Answer(response, outcome.status, outcome.content, outcome.content_type);
}

void ProtocolRoutes::CloseUnanswered(ReceivedRequest facts,
                                     const std::vector<ReceivedEvent>& events,
                                     const std::string& problem) {
  HttpConnection::Current().CloseWithoutAnswer();
  facts.status = 0;
  facts.problem = problem;
  Keep(facts, events).IgnoreError();  // nobody is left to tell
}

absl::Status ProtocolRoutes::Keep(const ReceivedRequest& facts,
                                  const std::vector<ReceivedEvent>& events) {
  absl::Status status = store_.Record(facts, events);
  live_.Notify();
  return status;
}

ProtocolRoutes::Outcome ProtocolRoutes::ServeSegment(const ReceivedRequest& facts,
                                                     const std::string& body,
                                                     absl::string_view kind,
                                                     absl::string_view authorization) {
  if (!IsJsonOrText(facts.content_type)) {
    return RefuseBody(
        absl::InvalidArgumentError("the Content-Type is neither application/json nor text/plain."));
  }
  const absl::StatusOr<std::string> text = Unpack(facts, body);
  if (!text.ok()) return RefuseBody(text.status());
  absl::StatusOr<std::vector<ReceivedEvent>> events =
      ParseSegment({.kind = kind,
                    .authorization = authorization,
                    .text = *text,
                    .wire_bytes = facts.body_bytes,
                    .received_ms = facts.received_ms});
  if (!events.ok()) return RefuseBody(events.status());
  Outcome outcome;
  outcome.content = R"({"success":true})";
  outcome.events = *std::move(events);
  return outcome;
}

ProtocolRoutes::Outcome ProtocolRoutes::ServeSnowplowPost(const ReceivedRequest& facts,
                                                          const std::string& body) {
  Outcome outcome;
  outcome.content = "ok";
  outcome.content_type = "text/plain; charset=utf-8";
  outcome.events = ParseSnowplowPost({.content_type = facts.content_type,
                                      .encoding = facts.encoding,
                                      .text = body,
                                      .received_ms = facts.received_ms});
  return outcome;
}

ProtocolRoutes::Outcome ProtocolRoutes::ServeSnowplowGet(const ReceivedRequest& facts,
                                                         const httplib::Params& fields) {
  Json item = Json::object();
  for (const auto& [field, value] : fields) item[field] = value;
  Outcome outcome;
  outcome.content.assign(kPixelGif, sizeof(kPixelGif) - 1);
  outcome.content_type = "image/gif";
  outcome.events.push_back(ParseSnowplowGet(std::move(item), facts.body_bytes, facts.received_ms));
  return outcome;
}

ProtocolRoutes::Outcome ProtocolRoutes::RefuseBody(const absl::Status& status) {
  Outcome outcome;
  outcome.status = absl::IsResourceExhausted(status) ? 413 : 400;
  outcome.content = SegmentRefusal(status.message());
  outcome.problem = std::string(status.message());
  return outcome;
}

ProtocolRoutes::Outcome ProtocolRoutes::FaultOutcome(const Fault& fault,
                                                     httplib::Response& response) {
  if (fault.retry_after_s > 0) {
    response.set_header("Retry-After", std::to_string(fault.retry_after_s));
    if (fault.expose_retry_after) {
      response.set_header("Access-Control-Expose-Headers", "Retry-After");
    }
  }
  Outcome outcome;
  outcome.status = fault.status;
  outcome.problem = absl::StrCat("Fault status: answered ", fault.status, ", nothing was stored.");
  outcome.content = SegmentRefusal(outcome.problem);
  return outcome;
}

}  // namespace waymark::collector
