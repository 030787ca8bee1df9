// What every protocol looks like from outside: its paths, its CORS answers, and one pure function
// from a request to the records in it and the answer that the real collector would give.
//
// A dialect knows no clock, store or socket; everything it needs is in the request.
#ifndef WAYMARK_SAMPLES_COLLECTOR_DIALECT_H_
#define WAYMARK_SAMPLES_COLLECTOR_DIALECT_H_

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "event.h"
#include "form.h"
#include "problem.h"

namespace waymark::collector {

// What a sender is told of one record.
enum class Verdict {
  kAccepted,
  kRejected,  // it will never be taken: do not send it again
  kRetry,     // it was not kept: send it again
};

struct Request {
  std::string method;                          // "GET" or "POST"
  std::string path;                            // as the real collector has it, such as "/v1/batch"
  std::string query_text;                      // what follows "?", as it was sent
  Form query;                                  // the same, decoded, in order
  std::map<std::string, std::string> headers;  // by lower-case name, without Content-Encoding
  std::string encoding = "identity";           // Content-Encoding, lower case
  std::string body;                            // as it was on the wire
  int64_t received_ms = 0;
  // What the fault "partial" wants of the next record that is well; called once for each such one.
  std::function<Verdict()> judge = [] { return Verdict::kAccepted; };

  std::string Header(absl::string_view lower_case_name) const;  // empty where it was not sent
  // Content-Type in lower case, without its parameters.
  std::string MediaType() const;
};

struct Reply {
  int status = 200;
  std::string content;
  std::string content_type = "application/json";
  std::vector<std::pair<std::string, std::string>> headers = {};
};

struct Record {
  ReceivedEvent event;
  Verdict verdict = Verdict::kAccepted;
};

struct Outcome {
  Reply reply;
  std::vector<Record> records;  // in the order of the body
  Problems problems;            // of the request as a whole
};

struct Route {
  absl::string_view path;              // empty for the protocol's own prefix alone
  absl::string_view methods = "POST";  // "GET", "POST" or "GET POST"
};

// The CORS answers of the real collector.
struct Cors {
  enum class Origin {
    kNone,  // no CORS headers: pages of other origins can send simple requests, and read nothing
    kAny,   // *
    kEcho,  // the origin that asked
  };
  Origin origin = Origin::kAny;
  bool credentials = false;
  absl::string_view methods = {};  // of the preflight's answer; empty sends no such header
  absl::string_view headers = {};  // the same; "echo" allows whatever was asked for
  int max_age_s = 0;               // 0 sends no such header
  int preflight_status = 204;
};

struct Dialect {
  absl::string_view name;  // "posthog": in /events.json, and in front of its paths
  std::vector<Route> routes;
  Cors cors;
  size_t body_bytes_max;  // on the wire; more is answered by refuse(413, …)
  std::function<Outcome(const Request&)> answer;
  // An error in the protocol's own form, where the request was not looked at.
  std::function<Reply(int status, absl::string_view sentence)> refuse;
};

// All of them. Where two have the same path, it belongs to the earlier one, and the later one can
// only be reached behind its name.
const std::vector<const Dialect*>& AllDialects();

}  // namespace waymark::collector

#endif  // WAYMARK_SAMPLES_COLLECTOR_DIALECT_H_
