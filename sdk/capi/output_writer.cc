#include "capi/output_writer.h"

#include "capi/frame.h"

namespace waymark {
namespace {

class EffectWriter {
 public:
  EffectWriter(JsonWriter* writer, FrameWriter* frame) : writer_(*writer), frame_(*frame) {}

  void Write(const Effect& effect) {
    writer_.Begin('{');
    const auto& body = effect.body;
    if (const auto* get = std::get_if<StoreGet>(&body)) Get(effect, *get);
    else if (const auto* put = std::get_if<StorePut>(&body)) Put(effect, *put);
    else if (const auto* erase = std::get_if<StoreDelete>(&body)) Delete(effect, *erase);
    else if (const auto* send = std::get_if<HttpSend>(&body)) Send(effect, *send);
    else if (const auto* abort = std::get_if<HttpAbort>(&body)) {
      Head("http_abort", effect).Field("target", abort->target);
    } else {
      writer_.Field("type", "notify").Key("view").Bool(true);
    }
    writer_.End('}');
  }

 private:
  JsonWriter& Head(std::string_view type, const Effect& effect) {
    return writer_.Field("type", type).Field("effect_id", effect.effect_id);
  }

  void Get(const Effect& effect, const StoreGet& get) {
    Head("store_get", effect).Field("prefix", get.prefix).Field("after", get.after);
    writer_.Field("bytes_max", get.bytes_max);
  }

  void Put(const Effect& effect, const StorePut& put) {
    Head("store_put", effect).Field("key", put.key).FieldRaw("value", frame_.AddBody(put.value));
  }

  void Delete(const Effect& effect, const StoreDelete& erase) {
    Head("store_delete", effect).Field("key", erase.key).Field("prefix", erase.prefix);
  }

  void Send(const Effect& effect, const HttpSend& send) {
    static constexpr std::string_view kTransports[] = {"fetch", "keepalive", "beacon"};
    Head("http_send", effect).Field("method", send.method).Field("url", send.url);
    writer_.Key("headers").Begin('{');
    for (const auto& [name, value] : send.headers) writer_.Field(name, value);
    writer_.End('}').FieldRaw("body", frame_.AddBody(send.body));
    writer_.Field("transport", kTransports[static_cast<int>(send.transport)]);
    writer_.Field("timeout_ms", send.timeout_ms);
    writer_.Field("credentials", send.credentials ? "include" : "omit");
  }

  JsonWriter& writer_;
  FrameWriter& frame_;
};

}  // namespace

void WriteProblems(JsonWriter* writer, const std::vector<Problem>& problems) {
  writer->Begin('[');
  for (const Problem& problem : problems) {
    writer->Begin('{').Field("code", problem.code);
    writer->Key("pointer").String(problem.pointer);
    writer->Field("found", problem.found).Field("allowed", problem.allowed).End('}');
  }
  writer->End(']');
}

std::string WriteOutput(const Output& output) {
  if (output.nothing) return std::string();
  FrameWriter frame;
  JsonWriter writer(frame.json());
  writer.Begin('{').Key("effects").Begin('[');
  EffectWriter effects(&writer, &frame);
  for (const Effect& effect : output.effects) effects.Write(effect);
  writer.End(']').Key("wake_at_ms");
  if (output.wake_at_ms == kNever) writer.Null();
  else writer.Integer(output.wake_at_ms);
  writer.Key("problems");
  WriteProblems(&writer, output.problems);
  if (output.refused) writer.Key("refused").Bool(true);
  writer.End('}');
  return frame.Finish();
}

}  // namespace waymark
