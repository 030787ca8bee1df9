#include "simulation/engine_port.h"

#include <cstdlib>
#include <utility>

#include "fakes/frame.h"

namespace waymark_simulation {
namespace {

std::string ToFrame(Input input) {
  std::string bodies;
  for (const Blob& blob : input.blobs) {
    input.fields[Json::json_pointer(blob.pointer)] = {{"offset", bodies.size()},
                                                      {"size", blob.bytes.size()}};
    bodies += blob.bytes;
  }
  return waymark_test::MakeFrame(input.fields.dump(), bodies);
}

std::string Quoted(std::string_view member) { return '"' + std::string(member) + "\":"; }

const uint8_t* Bytes(const std::string& text) {
  return reinterpret_cast<const uint8_t*>(text.data());
}

Effect ReadEffect(Json fields, const std::string& bodies) {
  Effect effect;
  effect.type = fields.at("type");
  effect.id = fields.value("effect_id", int64_t{0});
  for (const char* member : {"value", "body"}) {
    const auto place = fields.find(member);
    if (place == fields.end()) continue;
    effect.body = bodies.substr(place->at("offset"), place->at("size"));
  }
  effect.fields = std::move(fields);
  return effect;
}

Output ReadOutput(std::string_view frame) {
  Output output;
  waymark_test::FrameParts parts = waymark_test::SplitFrame(frame);
  if (parts.json.empty()) return output;
  Json json = Json::parse(parts.json);
  output.nothing = false;
  output.refused = json.value("refused", false);
  if (json["wake_at_ms"].is_number()) output.wake_at_ms = json["wake_at_ms"].get<int64_t>();
  for (Json& fields : json["effects"]) {
    output.effects.push_back(ReadEffect(std::move(fields), parts.bodies));
  }
  output.problems = std::move(json["problems"]);
  return output;
}

}  // namespace

int64_t View::Number(std::string_view member) const {
  const size_t at = text.find(Quoted(member));
  return at == text.npos ? 0 : std::strtoll(text.c_str() + at + member.size() + 3, nullptr, 10);
}

std::string View::Text(std::string_view member) const {
  const std::string begin = Quoted(member) + '"';
  const size_t at = text.find(begin);
  if (at == text.npos) return {};
  const size_t from = at + begin.size();
  return text.substr(from, text.find('"', from) - from);
}

void ByteSum::Add(const void* bytes, size_t count) {
  const auto* at = static_cast<const uint8_t*>(bytes);
  for (size_t i = 0; i < count; ++i) value_ = (value_ ^ at[i]) * 0x100000001b3;
}

EnginePort::EnginePort(const Input& start, ByteSum* sum) : sum_(sum) {
  const std::string frame = ToFrame(start);
  engine_ = waymark_open(Bytes(frame), frame.size());
}

EnginePort::~EnginePort() { waymark_close(engine_); }

Output EnginePort::Handle(const Input& input) {
  const std::string frame = ToFrame(input);
  const uint8_t* result = waymark_handle(engine_, Bytes(frame), frame.size());
  const size_t size = waymark_result_size(engine_);
  sum_->Add(&size, sizeof size);
  sum_->Add(result, size);
  return ReadOutput({reinterpret_cast<const char*>(result), size});
}

View EnginePort::Look() {
  const uint8_t* result = waymark_view(engine_);
  const size_t size = waymark_result_size(engine_);
  const std::string_view frame(reinterpret_cast<const char*>(result), size);
  return {waymark_test::SplitFrame(frame).json};
}

}  // namespace waymark_simulation
