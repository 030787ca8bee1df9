// One engine behind the C boundary: frames in, frames out, as every face speaks to it. All bytes
// that the engine gives back are added to a sum, by which two runs of a seed are compared.
#ifndef WAYMARK_TESTS_SIMULATION_ENGINE_PORT_H_
#define WAYMARK_TESTS_SIMULATION_ENGINE_PORT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "nlohmann/json.hpp"
#include "waymark/abi.h"

namespace waymark_simulation {

using Json = nlohmann::json;

// Bytes behind the JSON text of a frame, and the member that gets their place.
struct Blob {
  std::string pointer;  // a JSON pointer: /entries/0/value
  std::string bytes;
};

// A start or an input; `now` is among the fields.
struct Input {
  Json fields;
  std::vector<Blob> blobs;
};

struct Effect {
  std::string type;
  int64_t id = 0;
  Json fields;
  std::string body;  // of `value` or `body`
};

struct Output {
  bool nothing = true;  // the last `wake_at_ms` still holds
  std::optional<int64_t> wake_at_ms;
  std::vector<Effect> effects;
  Json problems = Json::array();
  bool refused = false;
};

// What the engine shows of itself. It is looked at so often that the members which are judged each
// time are found without parsing.
struct View {
  std::string text;

  int64_t Number(std::string_view member) const;
  std::string Text(std::string_view member) const;  // empty where there is none
};

// FNV-1a over all that was added.
class ByteSum {
 public:
  void Add(const void* bytes, size_t count);
  uint64_t value() const { return value_; }

 private:
  uint64_t value_ = 0xcbf29ce484222325;
};

class EnginePort {
 public:
  // `sum` must outlive the port.
  EnginePort(const Input& start, ByteSum* sum);
  ~EnginePort();
  EnginePort(const EnginePort&) = delete;
  EnginePort& operator=(const EnginePort&) = delete;

  Output Handle(const Input& input);
  View Look();

 private:
  waymark_engine* engine_;
  ByteSum* sum_;
};

}  // namespace waymark_simulation

#endif  // WAYMARK_TESTS_SIMULATION_ENGINE_PORT_H_
