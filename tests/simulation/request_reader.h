// The body of a request as its collector reads it.
#ifndef WAYMARK_TESTS_SIMULATION_REQUEST_READER_H_
#define WAYMARK_TESTS_SIMULATION_REQUEST_READER_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "nlohmann/json.hpp"

namespace waymark_simulation {

using Json = nlohmann::json;

// What was given up before: {writer: {reason: count}}.
using LostCounts = std::map<std::string, std::map<std::string, int64_t>>;

struct SentEvent {
  std::string message_id;
  int token = -1;
  bool identified = false;
  bool leaks = false;  // de-identified, and yet it tells who or what
  std::string anonymous_id;
  std::string user_id;
  std::string session;
  // The last digits of the name of its writer, as which of its events it is counted, and what was
  // lost before: by its message id, or written out where that does not say it.
  std::string writer;  // empty where none is told
  int64_t sequence = 0;
  LostCounts lost;
  std::string written_writer;  // the whole name, where it is written out
  bool told_twice = false;     // written out although the message id says it, too
  bool strays = false;         // has members that are none of the protocol's
};

// What the owner is told of a decision or a deletion.
struct SentRecord {
  std::string name;
  std::string anonymous_id;
};

struct RequestContents {
  std::vector<SentEvent> events;
  std::vector<SentRecord> records;  // no request has both
  size_t text_bytes = 0;            // before compression
};

// `body` may be compressed. Throws when it is not what the protocol says.
RequestContents ReadRequest(const std::string& protocol, const std::string& body);

// Of a writer's name, the digits by which its message ids begin. Empty when it is no such name.
std::string WriterDigits(const std::string& name);

}  // namespace waymark_simulation

#endif  // WAYMARK_TESTS_SIMULATION_REQUEST_READER_H_
