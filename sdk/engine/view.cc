// What people and pages may look at. Changes nothing.
#include "base/json_writer.h"
#include "base/name_table.h"
#include "engine/engine_core.h"

namespace waymark {
namespace {

std::string_view StateName(PurposeState state) {
  return NameAt("unknown,granted,denied,exempt", static_cast<int>(state));
}

std::string_view Why(PurposeState state, bool objectable, const ConsentState& consent) {
  if (state == PurposeState::kExempt) return "exempt";
  if (state == PurposeState::kUnknown || !consent.answered()) return "default";
  return objectable && state == PurposeState::kGranted ? std::string_view("default")
                                                       : std::string_view(consent.source);
}

}  // namespace

String EngineCore::View() const {
  String json;
  JsonWriter writer(&json);
  writer.Begin('{').FieldBool("refused", !refusal_.empty());
  if (refusal_.empty()) {
    WriteConsent(&writer);
    writer.Field("anonymous_id", identity_.anonymous_id).Field("user_id", identity_.user_id);
    if (!session_.id.empty()) {
      writer.Key("session").Begin('{').Field("id", session_.id).Field("index", session_.index);
      writer.Field("event_index", session_.event_index).End('}');
    }
    WriteQueue(&writer);
    const StorePhase phase = store_failed_ ? StorePhase::kFailed : store_phase_;
    writer.Field("store", NameAt("closed,reading,ok,failed", static_cast<int>(phase)));
    writer.FieldRaw("losses", losses_.Json());
    WriteLanes(&writer);
    writer.FieldRaw("signals", signals_);
  }
  writer.End('}');
  return json;
}

void EngineCore::WriteConsent(JsonWriter* writer) const {
  writer->Key("consent").Begin('{').FieldBool("answered", consent_.answered());
  writer->Field("generation", consent_.generation).Key("purposes").Begin('{');
  for (size_t i = 0; i < config_.policy.purposes.size(); ++i) {
    const PurposeState state = consent_.Of(static_cast<int>(i));
    writer->Key(config_.policy.purposes[i].id).Begin('{').Field("state", StateName(state));
    writer->Field("why", Why(state, consent_.objectable >> i & 1, consent_)).End('}');
  }
  writer->End('}').End('}');
}

void EngineCore::WriteQueue(JsonWriter* writer) const {
  int64_t in_flight = 0;
  for (const Lane& lane : lanes_) in_flight += lane.busy();
  writer->Key("queue").Begin('{').Field("events", outbox_.events());
  writer->Field("bytes", outbox_.bytes()).Field("held", static_cast<int64_t>(held_.size()));
  writer->Field("in_flight", in_flight).End('}');
}

void EngineCore::WriteLanes(JsonWriter* writer) const {
  writer->Key("collectors").Begin('{');
  for (const Lane& lane : lanes_) {
    writer->Key(lane.id).Begin('{').Field("sent", lane.sent);
    writer->Field("acknowledged", lane.acknowledged);
    writer->Field("state", !online_ || lane.failing() ? "waiting" : "ok").End('}');
  }
  writer->End('}');
}

}  // namespace waymark
