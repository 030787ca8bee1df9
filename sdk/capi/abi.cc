// The only extern "C" of the core: bytes in, bytes out, and the last stop of every error.
#include "waymark/abi.h"

#include <cstdlib>
#include <memory>
#include <new>
#include <string>
#include <utility>

#include "capi/frame.h"
#include "capi/input_reader.h"
#include "capi/output_writer.h"
#include "waymark/engine.h"

struct waymark_engine {
  explicit waymark_engine(const waymark::Start& start) : engine(waymark::Engine::Open(start)) {}

  waymark::Engine engine;
  std::string result;  // what was returned last
};

namespace waymark {
namespace {

std::string_view Bytes(const uint8_t* bytes, size_t size) {
  return bytes ? std::string_view(reinterpret_cast<const char*>(bytes), size) : std::string_view();
}

const uint8_t* Return(waymark_engine* engine, std::string result) {
  engine->result = std::move(result);
  return reinterpret_cast<const uint8_t*>(engine->result.data());
}

// Reads an input. What cannot be read becomes a refused call: counted, and answered with the reason.
Input ReadOrRefuse(const StatusOr<Frame>& frame) {
  Input refused;
  if (!frame.ok()) {
    refused.body = Refused{frame.status().problem()};
    return refused;
  }
  auto input = ReadInput(*frame);
  if (input.ok()) return *std::move(input);
  refused.now = ReadNow(*frame);
  refused.body = Refused{input.status().problem()};
  return refused;
}

std::string Answer(const StatusOr<Frame>& frame) {
  std::vector<Problem> problems;
  if (!frame.ok()) {
    problems.push_back(frame.status().problem());
  } else if (frame->json["query"].AsString() == "lint") {
    problems = LintConfig(frame->json["config"]);
  } else {
    problems.push_back({"not_allowed", "/query", "an unknown question", "lint"});
  }
  FrameWriter answer;
  JsonWriter writer(answer.json());
  writer.Begin('{').Key("problems");
  WriteProblems(&writer, problems);
  writer.End('}');
  return answer.Finish();
}

}  // namespace
}  // namespace waymark

using waymark::Bytes;
using waymark::Return;

uint32_t waymark_abi_version(void) { return WAYMARK_ABI_VERSION; }

uint8_t* waymark_alloc(size_t size) { return static_cast<uint8_t*>(std::malloc(size)); }

void waymark_free(uint8_t* bytes) { std::free(bytes); }

waymark_engine* waymark_open(const uint8_t* bytes, size_t size) {
  std::string repaired;
  const auto frame = waymark::ReadFrame(Bytes(bytes, size), &repaired);
  // A frame that cannot be read opens an engine without a config, which then says what it misses.
  const waymark::Start start = frame.ok() ? waymark::ReadStart(*frame) : waymark::Start();
  return new (std::nothrow) waymark_engine(start);
}

const uint8_t* waymark_handle(waymark_engine* engine, const uint8_t* bytes, size_t size) {
  if (!engine) return nullptr;
  std::string repaired;
  const auto frame = waymark::ReadFrame(Bytes(bytes, size), &repaired);
  return Return(engine, waymark::WriteOutput(engine->engine.Handle(waymark::ReadOrRefuse(frame))));
}

const uint8_t* waymark_view(waymark_engine* engine) {
  if (!engine) return nullptr;
  waymark::FrameWriter view;
  *view.json() += engine->engine.View();
  return Return(engine, view.Finish());
}

const uint8_t* waymark_query(waymark_engine* engine, const uint8_t* bytes, size_t size) {
  if (!engine) return nullptr;
  std::string repaired;
  const auto frame = waymark::ReadFrame(Bytes(bytes, size), &repaired);
  return Return(engine, waymark::Answer(frame));
}

size_t waymark_result_size(const waymark_engine* engine) {
  return engine ? engine->result.size() : 0;
}

void waymark_close(waymark_engine* engine) { delete engine; }
