// What people and pages may look at. Changes nothing.
#include <algorithm>

#include "base/json_writer.h"
#include "engine/engine_core.h"

namespace waymark {
namespace {

std::string_view StateName(PurposeState state) {
  static constexpr std::string_view kNames[] = {"unknown", "granted", "denied", "exempt"};
  return kNames[static_cast<int>(state)];
}

std::string_view Why(PurposeState state, bool objectable, const ConsentState& consent) {
  if (state == PurposeState::kExempt) return "exempt";
  if (state == PurposeState::kUnknown || !consent.answered()) return "default";
  return objectable && state == PurposeState::kGranted ? std::string_view("default")
                                                       : std::string_view(consent.source);
}

}  // namespace

std::string EngineCore::View() const {
  std::string json;
  JsonWriter writer(&json);
  writer.Begin('{').Key("refused").Bool(!refusal_.empty());
  if (refusal_.empty()) {
    writer.FieldRaw("consent", ConsentView());
    writer.Field("anonymous_id", identity_.anonymous_id).Field("user_id", identity_.user_id);
    if (!session_.id.empty()) {
      writer.Key("session").Begin('{').Field("id", session_.id).Field("index", session_.index);
      writer.Field("event_index", session_.event_index).End('}');
    }
    writer.FieldRaw("queue", QueueView());
    static constexpr std::string_view kStore[] = {"closed", "reading", "ok", "failed"};
    writer.Field("store", kStore[static_cast<int>(store_phase_)]);
    writer.FieldRaw("losses", losses_.Json()).FieldRaw("collectors", LanesView());
    writer.Key("signals").Begin('{');
    for (const auto& [name, value] : signals_) writer.FieldRaw(name, value);
    writer.End('}');
  }
  writer.End('}');
  return json;
}

std::string EngineCore::ConsentView() const {
  std::string json;
  JsonWriter writer(&json);
  writer.Begin('{').Key("answered").Bool(consent_.answered());
  writer.Field("generation", consent_.generation).Key("purposes").Begin('{');
  for (size_t i = 0; i < config_.policy.purposes.size(); ++i) {
    const PurposeState state = consent_.Of(static_cast<int>(i));
    writer.Key(config_.policy.purposes[i].id).Begin('{').Field("state", StateName(state));
    writer.Field("why", Why(state, consent_.objectable >> i & 1, consent_)).End('}');
  }
  writer.End('}').End('}');
  return json;
}

std::string EngineCore::QueueView() const {
  const auto in_flight = std::count_if(lanes_.begin(), lanes_.end(),
                                       [](const Lane& lane) { return lane.busy(); });
  std::string json;
  JsonWriter(&json)
      .Begin('{')
      .Field("events", outbox_.events())
      .Field("bytes", outbox_.bytes())
      .Field("held", static_cast<int64_t>(held_.size()))
      .Field("in_flight", static_cast<int64_t>(in_flight))
      .End('}');
  return json;
}

std::string EngineCore::LanesView() const {
  std::string json;
  JsonWriter writer(&json);
  writer.Begin('{');
  for (const Lane& lane : lanes_) {
    const std::string_view state = !online_ || lane.failing() ? "waiting" : "ok";
    writer.Key(lane.id).Begin('{').Field("sent", lane.sent);
    writer.Field("acknowledged", lane.acknowledged).Field("state", state).End('}');
  }
  writer.End('}');
  return json;
}

}  // namespace waymark
