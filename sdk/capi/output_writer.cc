#include "capi/output_writer.h"

#include "base/limits.h"
#include "base/name_table.h"
#include "capi/frame.h"
#include "collector/collector.h"

namespace waymark {
namespace {

// In the order of EffectType and Transport.
constexpr const char* kTypes =
    "store_get,store_put,store_delete,store_delete,http_send,http_abort,claim,answer,notify";
constexpr const char* kTransports = "fetch,keepalive,beacon";

void WriteEffect(JsonWriter* writer, const Effect& effect, FrameWriter* frame) {
  writer->Begin('{').Field("type", NameAt(kTypes, static_cast<int>(effect.type)));
  if (effect.effect_id != 0) writer->Field("effect_id", effect.effect_id);
  switch (effect.type) {
    case EffectType::kStoreGet:
      writer->Field("prefix", effect.name).Field("after", effect.after);
      writer->Field("bytes_max", kStorePageBytesMax);
      break;
    case EffectType::kStorePut:
      writer->Field("key", effect.name).FieldRaw("value", frame->AddBody(effect.bytes));
      if (effect.replace) writer->FieldBool("replace", true);
      break;
    case EffectType::kStoreDelete:
      writer->Field("key", effect.name);
      break;
    case EffectType::kStoreClear:
      writer->Field("prefix", effect.name);
      break;
    case EffectType::kHttpSend:
      writer->Field("method", effect.get ? "GET" : "POST").Field("url", effect.name);
      writer->FieldRaw("headers", effect.headers);
      if (!effect.get) writer->FieldRaw("body", frame->AddBody(effect.bytes));
      writer->Field("transport", NameAt(kTransports, static_cast<int>(effect.transport)));
      writer->Field("timeout_ms", kHttpTimeoutMs);
      writer->Field("credentials", effect.credentials ? "include" : "omit");
      if (kProtocolNeeds.answers && effect.answer_bytes_max != 0) {
        writer->Field("answer_bytes_max", static_cast<int64_t>(effect.answer_bytes_max));
      }
      break;
    case EffectType::kHttpAbort:
      writer->Field("target", effect.target);
      break;
    case EffectType::kClaim:
      writer->Field("writer", effect.name);
      break;
    case EffectType::kAnswer:
      writer->Field("request_id", effect.target).FieldRaw("answer", effect.bytes);
      break;
    case EffectType::kNotify:
      writer->FieldBool("view", true);
      break;
  }
  writer->End('}');
}

}  // namespace

void WriteProblems(JsonWriter* writer, const List<Problem>& problems) {
  writer->Begin('[');
  for (const Problem& problem : problems) {
    writer->Begin('{').Field("code", problem.code);
    writer->Key("pointer").Text(problem.pointer);
    writer->Field("found", problem.found).Field("allowed", problem.allowed).End('}');
  }
  writer->End(']');
}

String WriteOutput(const Output& output) {
  if (output.nothing) return String();
  FrameWriter frame;
  JsonWriter writer(frame.json());
  writer.Begin('{').Key("effects").Begin('[');
  for (const Effect& effect : output.effects) WriteEffect(&writer, effect, &frame);
  writer.End(']').Key("wake_at_ms");
  if (output.wake_at_ms == kNever)
    writer.Null();
  else
    writer.Integer(output.wake_at_ms);
  writer.Key("problems");
  WriteProblems(&writer, output.problems);
  if (output.refused) writer.FieldBool("refused", true);
  writer.End('}');
  return frame.Finish();
}

}  // namespace waymark
