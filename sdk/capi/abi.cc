// The only extern "C" of the core: bytes in, bytes out, and the last stop of every error.
#include "waymark/abi.h"

#include <cstdlib>
#include <new>
#include <utility>

#include "capi/frame.h"
#include "capi/output_writer.h"
#include "capi/questions.h"
#include "waymark/engine.h"

struct waymark_engine {
  explicit waymark_engine(const waymark::Start& start) : engine(start) {}

  waymark::Engine engine;
  waymark::String result;  // what was returned last
};

namespace waymark {
namespace {

std::string_view Bytes(const uint8_t* bytes, size_t size) {
  return bytes ? std::string_view(reinterpret_cast<const char*>(bytes), size) : std::string_view();
}

const uint8_t* Return(waymark_engine* engine, String&& result) {
  engine->result = std::move(result);
  return reinterpret_cast<const uint8_t*>(engine->result.data());
}

void Ask(const Engine& engine, const Input& query, JsonWriter* answer, List<Problem>* problems) {
  for (size_t i = 0; i < kQuestionCount; ++i) {
    if (query.fields["query"].IsName(kQuestions[i].name)) {
      return kQuestions[i].answer(engine, query, answer, problems);
    }
  }
  AddProblem(problems, "not_allowed", "/query", "an unknown question", "one of this module");
}

}  // namespace
}  // namespace waymark

using waymark::Bytes;
using waymark::Return;

uint32_t waymark_abi_version(void) { return WAYMARK_ABI_VERSION; }

uint8_t* waymark_alloc(size_t size) { return static_cast<uint8_t*>(std::malloc(size)); }

void waymark_free(uint8_t* bytes) { std::free(bytes); }

waymark_engine* waymark_open(const uint8_t* bytes, size_t size) {
  waymark::String repaired;
  // A frame that cannot be read opens an engine without a config, which then says what it misses.
  return new (std::nothrow) waymark_engine(waymark::ReadInput(Bytes(bytes, size), &repaired));
}

const uint8_t* waymark_handle(waymark_engine* engine, const uint8_t* bytes, size_t size) {
  if (!engine) return nullptr;
  waymark::String repaired;
  const waymark::Input input = waymark::ReadInput(Bytes(bytes, size), &repaired);
  return Return(engine, waymark::WriteOutput(engine->engine.Handle(input)));
}

const uint8_t* waymark_view(waymark_engine* engine) {
  if (!engine) return nullptr;
  waymark::FrameWriter view;
  *view.json() += engine->engine.View();
  return Return(engine, view.Finish());
}

const uint8_t* waymark_query(waymark_engine* engine, const uint8_t* bytes, size_t size) {
  if (!engine) return nullptr;
  waymark::String repaired;
  const waymark::Input query = waymark::ReadInput(Bytes(bytes, size), &repaired);
  return Return(engine, waymark::WriteAnswer(query, [&](auto* answer, auto* problems) {
                  waymark::Ask(engine->engine, query, answer, problems);
                }));
}

size_t waymark_result_size(const waymark_engine* engine) {
  return engine ? engine->result.size() : 0;
}

void waymark_close(waymark_engine* engine) { delete engine; }
