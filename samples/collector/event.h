// What passes between the parts of the collector: one event and one request, as plain values.
#ifndef WAYMARK_SAMPLES_COLLECTOR_EVENT_H_
#define WAYMARK_SAMPLES_COLLECTOR_EVENT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "json.h"
#include "problem.h"

namespace waymark::collector {

// One event as a protocol read it. Empty text means "was not sent".
struct ReceivedEvent {
  std::string protocol;  // the name of its dialect
  // Which of the protocol's forms where it has several ("v1", "protobuf"); empty for its first. The
  // same event in two forms is no double: it came from two collectors of the sender's config.
  std::string variant;
  // track page screen identify group alias ping, or bad for what could not be read
  std::string kind;
  std::string name;        // in the protocol's own words
  std::string message_id;  // by which the protocol removes doubles
  std::string order_id;
  int64_t time_ms = 0;  // since the epoch, by the sender's clock
  std::string anonymous_id;
  std::string user_id;
  std::string session_id;
  Json consent;               // null when the event says nothing about it
  int64_t wire_bytes = 0;     // its share of the body on the wire
  std::string form = "json";  // the syntax of `raw`: json, query, form, headers or protobuf
  std::string raw;            // as it stood in the body, after Content-Encoding
  Json event;                 // the same as a tree, with what was encoded in it decoded
  Problems problems;
};

// One request on a protocol route, preflights included.
struct ReceivedRequest {
  int64_t received_ms = 0;
  std::string protocol;
  std::string method;
  std::string path;
  int status = 0;  // 0: the connection was closed without an answer
  std::string content_type;
  std::string encoding = "identity";
  int64_t body_bytes = 0;  // on the wire; for GET the query
  std::string problem;     // why it, or a part of it, was turned away; or which fault met it
  Problems problems;       // the same, place by place
  int64_t rejected = 0;    // events whose sender was told never to send them again
  int64_t retry = 0;       // events whose sender was told to send them again
  std::string answer;      // the beginning of what was answered, where there is a problem
  std::string body;        // the beginning of what was sent, where there is a problem
};

// An event with what the store knows about it.
struct StoredEvent {
  int64_t id = 0;
  int64_t revision = 0;  // grows with every change in the store
  int64_t received_ms = 0;
  int64_t request_id = 0;
  int64_t duplicates = 0;
  std::string encoding;
  std::string event_text;  // the event as JSON text; `event.event` stays null
  ReceivedEvent event;
};

struct StoredRequest {
  int64_t id = 0;
  int64_t revision = 0;
  int64_t events = 0;
  ReceivedRequest request;
};

// The numbers in the header strip of the live page.
struct Totals {
  int64_t events = 0;
  int64_t wire_bytes = 0;
  int64_t duplicates = 0;
  int64_t problems = 0;  // events with at least one problem
  int64_t requests = 0;  // without preflights
  int64_t preflights = 0;
  int64_t refused = 0;
};

}  // namespace waymark::collector

#endif  // WAYMARK_SAMPLES_COLLECTOR_EVENT_H_
