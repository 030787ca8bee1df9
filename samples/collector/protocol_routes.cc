#include "protocol_routes.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "collector_limits.h"
#include "exchange.h"
#include "http_connection.h"
#include "wire_share.h"

namespace waymark::collector {
namespace {

constexpr absl::string_view kEchoHeaders = "echo";

std::string Shortened(absl::string_view text, size_t bytes_max) {
  return CleanUtf8(text.substr(0, bytes_max));
}

std::string QueryOf(const httplib::Request& request) {
  const size_t mark = request.target.find('?');
  return mark == std::string::npos ? "" : request.target.substr(mark + 1);
}

ReceivedRequest FactsOf(const Dialect& dialect, const httplib::Request& request) {
  ReceivedRequest facts;
  facts.received_ms = NowMs();
  facts.protocol = std::string(dialect.name);
  facts.method = request.method;
  facts.path = request.path;
  facts.content_type = Shortened(request.get_header_value("Content-Type"), kHeaderTextBytesMax);
  const std::string& encoding = HttpConnection::Current().content_encoding;
  if (!encoding.empty()) {
    facts.encoding = absl::AsciiStrToLower(Shortened(encoding, kHeaderTextBytesMax));
  }
  return facts;
}

void SetOrigin(const Cors& cors, const httplib::Request& request, httplib::Response& response) {
  if (cors.origin == Cors::Origin::kNone) return;
  if (cors.origin == Cors::Origin::kAny) {
    response.set_header("Access-Control-Allow-Origin", "*");
    return;
  }
  response.set_header("Vary", "Origin");
  if (!request.has_header("Origin")) return;
  response.set_header("Access-Control-Allow-Origin", request.get_header_value("Origin"));
  if (cors.credentials) response.set_header("Access-Control-Allow-Credentials", "true");
}

void SetPreflight(const Cors& cors, const httplib::Request& request, httplib::Response& response) {
  response.status = cors.preflight_status;
  if (cors.origin == Cors::Origin::kNone) return;
  const bool echo = cors.headers == kEchoHeaders;
  const std::string headers =
      echo ? request.get_header_value("Access-Control-Request-Headers") : std::string(cors.headers);
  if (!cors.methods.empty()) {
    response.set_header("Access-Control-Allow-Methods", std::string(cors.methods));
  }
  if (!headers.empty()) response.set_header("Access-Control-Allow-Headers", headers);
  if (cors.max_age_s > 0) {
    response.set_header("Access-Control-Max-Age", std::to_string(cors.max_age_s));
  }
}

void SetRetryAfter(const Fault& fault, httplib::Response& response) {
  if (fault.retry_after_s == 0) return;
  response.set_header("Retry-After", std::to_string(fault.retry_after_s));
  if (fault.expose_retry_after) {
    response.set_header("Access-Control-Expose-Headers", "Retry-After");
  }
}

bool IsGood(int status) { return status >= 200 && status <= 299; }

// What a person reads first of a request that did not go well as a whole.
std::string ProblemOf(const ReceivedRequest& facts, size_t records) {
  const std::string detail = ProblemsText(facts.problems);
  if (!IsGood(facts.status) || facts.rejected + facts.retry == 0) return detail;
  return absl::StrCat(facts.rejected + facts.retry, " of ", records, " events were turned away. ",
                      detail);
}

// Sorts the records: gives the accepted ones, and writes down what became of the others.
std::vector<ReceivedEvent> Settle(const Dialect& dialect, Outcome& outcome,
                                  ReceivedRequest& facts) {
  std::vector<ReceivedEvent> accepted;
  ShareWireBytes(facts.body_bytes, outcome.records);
  for (Record& record : outcome.records) {
    record.event.protocol = std::string(dialect.name);
    if (record.verdict == Verdict::kAccepted) {
      accepted.push_back(std::move(record.event));
      continue;
    }
    ++(record.verdict == Verdict::kRejected ? facts.rejected : facts.retry);
    for (Problem& problem : record.event.problems) facts.problems.push_back(std::move(problem));
  }
  for (Problem& problem : outcome.problems) facts.problems.push_back(std::move(problem));
  return accepted;
}

}  // namespace

struct ProtocolRoutes::Exchange {
  Exchange(const Dialect& spoken, const std::string& own_path, Fault met,
           const httplib::Request& from, httplib::Response& to)
      : dialect(spoken),
        path(own_path),
        http_request(from),
        http_response(to),
        facts(FactsOf(spoken, from)),
        fault(met) {}

  const Dialect& dialect;
  const std::string& path;  // as the real collector has it
  const httplib::Request& http_request;
  httplib::Response& http_response;
  ReceivedRequest facts;
  const Fault fault;
};

ProtocolRoutes::ProtocolRoutes(EventStore& store, FaultPlan& faults, LiveStream& live,
                               const absl::Notification& stopping)
    : store_(store), faults_(faults), live_(live), stopping_(stopping) {}

void ProtocolRoutes::AddTo(HttpServer& server) {
  for (const Dialect* dialect : AllDialects()) {
    for (const Route& route : dialect->routes) {
      AddPath(server, *dialect, route, absl::StrCat("/", dialect->name, route.path));
      if (route.path.size() > 1) AddPath(server, *dialect, route, std::string(route.path));
    }
  }
}

void ProtocolRoutes::AddPath(HttpServer& server, const Dialect& dialect, const Route& route,
                             const std::string& path) {
  if (!taken_.insert(path).second) return;
  const std::string own(route.path);
  if (absl::StrContains(route.methods, "POST")) {
    server.TakePost(
        path, [this, &dialect, own](const httplib::Request& request, httplib::Response& response,
                                    const httplib::ContentReader& reader) {
          Exchange exchange(dialect, own, faults_.Current(NowMs()), request, response);
          Serve(exchange, &reader);
        });
  }
  if (absl::StrContains(route.methods, "GET")) {
    server.TakeGet(
        path, [this, &dialect, own](const httplib::Request& request, httplib::Response& response) {
          Exchange exchange(dialect, own, faults_.Current(NowMs()), request, response);
          Serve(exchange, nullptr);
        });
  }
  server.TakeOptions(
      path, [this, &dialect](const httplib::Request& request, httplib::Response& response) {
        Preflight(dialect, request, response);
      });
}

void ProtocolRoutes::Preflight(const Dialect& dialect, const httplib::Request& request,
                               httplib::Response& response) {
  Exchange exchange(dialect, request.path, faults_.Current(NowMs()), request, response);
  if (exchange.fault.mode == FaultMode::kDown) {
    return CloseUnanswered(exchange, {}, "Fault down: the connection was closed.");
  }
  SetOrigin(dialect.cors, request, response);
  SetPreflight(dialect.cors, request, response);
  exchange.facts.status = response.status;
  // A preflight that could not be noted is still a good preflight.
  Keep(exchange.facts, {}).IgnoreError();
}

void ProtocolRoutes::Serve(Exchange& exchange, const httplib::ContentReader* reader) {
  const Fault& fault = exchange.fault;
  if (fault.mode == FaultMode::kDown) {
    return CloseUnanswered(exchange, {}, "Fault down: the connection was closed.");
  }
  const httplib::Request& request = exchange.http_request;
  SetOrigin(exchange.dialect.cors, request, exchange.http_response);
  // A multipart body would go through cpp-httplib's form parser. No tracker sends one, so it stays
  // unread, and the protocols turn it away by its content type.
  const bool unread = reader != nullptr && request.is_multipart_form_data();
  if (unread) HttpConnection::Current().CloseAfterAnswer();
  const absl::StatusOr<std::string> body = reader == nullptr || unread
                                               ? std::string()
                                               : ReadBody(*reader, exchange.dialect.body_bytes_max);
  if (body.ok()) {
    exchange.facts.body_bytes = static_cast<int64_t>(
        reader == nullptr ? request.target.size() - request.path.size() : body->size());
  }
  if (fault.mode == FaultMode::kDrop) {
    return CloseUnanswered(exchange, {}, "Fault drop: the body was read and thrown away.");
  }
  if (fault.mode == FaultMode::kSlow) {
    stopping_.WaitForNotificationWithTimeout(absl::Milliseconds(fault.delay_ms));
  }
  Outcome outcome = Answer(exchange, body);
  if (body.ok()) exchange.facts.body = *body;
  Finish(exchange, std::move(outcome));
}

Outcome ProtocolRoutes::Answer(Exchange& exchange, const absl::StatusOr<std::string>& body) {
  const Dialect& dialect = exchange.dialect;
  if (!body.ok()) {
    const std::string why(body.status().message());
    const int status = absl::IsResourceExhausted(body.status()) ? 413 : 400;
    return {
        .reply = dialect.refuse(status, why),
        .records = {},
        .problems = {{"body", why,
                      absl::StrCat("a whole body of at most ", dialect.body_bytes_max, " bytes")}}};
  }
  if (exchange.fault.mode == FaultMode::kStatus) {
    SetRetryAfter(exchange.fault, exchange.http_response);
    exchange.facts.problem =
        absl::StrCat("Fault status: answered ", exchange.fault.status, ", nothing was stored.");
    return {.reply = dialect.refuse(exchange.fault.status, exchange.facts.problem),
            .records = {},
            .problems = {}};
  }
  const httplib::Request& from = exchange.http_request;
  Request request;
  request.method = from.method;
  request.path = exchange.path;
  request.query_text = QueryOf(from);
  request.query = ParseForm(request.query_text);
  for (const auto& [name, value] : from.headers) {
    request.headers[absl::AsciiStrToLower(name)] = CleanUtf8(value);
  }
  request.encoding = exchange.facts.encoding;
  request.body = *body;
  request.received_ms = exchange.facts.received_ms;
  request.judge = [this] { return faults_.Judge(NowMs()); };
  return dialect.answer(request);
}

void ProtocolRoutes::Finish(Exchange& exchange, Outcome outcome) {
  ReceivedRequest& facts = exchange.facts;
  const size_t records = outcome.records.size();
  const std::vector<ReceivedEvent> events = Settle(exchange.dialect, outcome, facts);
  if (exchange.fault.mode == FaultMode::kAckLoss && IsGood(outcome.reply.status)) {
    return CloseUnanswered(exchange, events,
                           "Fault ackloss: stored, but the sender got no answer.");
  }
  facts.status = outcome.reply.status;
  if (facts.problem.empty()) facts.problem = ProblemOf(facts, records);
  facts.answer = facts.problem.empty() ? "" : Shortened(outcome.reply.content, kExcerptBytesMax);
  facts.body = facts.problem.empty() ? "" : Shortened(facts.body, kExcerptBytesMax);
  if (absl::Status status = Keep(facts, events); !status.ok()) {
    outcome.reply = exchange.dialect.refuse(500, status.message());
  }
  httplib::Response& response = exchange.http_response;
  for (const auto& [name, value] : outcome.reply.headers) response.set_header(name, value);
  collector::Answer(response, outcome.reply.status, outcome.reply.content,
                    outcome.reply.content_type);
}

void ProtocolRoutes::CloseUnanswered(Exchange& exchange, const std::vector<ReceivedEvent>& events,
                                     const std::string& problem) {
  HttpConnection::Current().CloseWithoutAnswer();
  exchange.facts.status = 0;
  exchange.facts.problem = problem;
  exchange.facts.body.clear();
  Keep(exchange.facts, events).IgnoreError();  // nobody is left to tell
}

absl::Status ProtocolRoutes::Keep(const ReceivedRequest& facts,
                                  const std::vector<ReceivedEvent>& events) {
  absl::Status status = store_.Record(facts, events);
  live_.Notify();
  return status;
}

}  // namespace waymark::collector
