// What people and pages may look at. Changes nothing.
#include <algorithm>

#include "base/json_writer.h"
#include "base/limits.h"
#include "base/name_table.h"
#include "engine/engine_core.h"

namespace waymark {

String EngineCore::View() const {
  String json;
  JsonWriter writer(&json);
  writer.Begin('{').FieldBool("refused", !refusal_.empty());
  if (refusal_.empty()) {
    WriteConsent(&writer);
    writer.Field("anonymous_id", identity_.anonymous_id).Field("user_id", identity_.user_id);
    writer.Field("group_id", identity_.group_id);
    WriteOwnIds(consent_.Allowed(), identity_.anonymous_id, &writer);
    if (!session_.id.empty()) {
      writer.Key("session").Begin('{').Field("id", session_.id).Field("index", session_.index);
      writer.Field("event_index", session_.event_index).End('}');
    }
    WriteQueue(&writer);
    const StorePhase phase = store_failed_ ? StorePhase::kFailed : store_phase_;
    writer.Field("store", NameAt("closed,reading,ok,failed", static_cast<int>(phase)));
    if (phase == StorePhase::kFailed) writer.Field("store_reason", store_reason_);
    writer.FieldBool("leading", leading_).FieldBool("off", off_);
    LossCounters losses = losses_;
    for (size_t i = 0; i < lanes_.size(); ++i) losses.Add(outbox_.Lost(i));
    writer.FieldRaw("losses", losses.Json(kLossReasons, true));
    if (HasJourney()) WriteJourneyAndSegments(&writer);
    WriteLanes(&writer);
    if (config_.parts.rules() && config_.parts.rules()->detectors.kinds != 0) {
      writer.Key("redactions");
      WriteRedactions(config_.parts.rules()->detectors, redactions_, &writer);
    }
    writer.FieldRaw("signals", signals_);
  }
  writer.End('}');
  return json;
}

void EngineCore::WriteConsent(JsonWriter* writer) const {
  const Policy& policy = config_.policy;
  writer->Key("consent").Begin('{').FieldBool("answered", consent_.answered());
  writer->Field("generation", consent_.generation).Field("region", consent_.facts.region);
  if (consent_.answered()) writer->Field("decided_ms", consent_.decided_ms);
  writer->Field("model", ModelName(policy.ModelIn(consent_.facts.region)));
  WritePurposes(policy, consent_, writer);
  WriteSet(policy, DueQuestions(policy, consent_), "due", writer);
  WriteSet(policy, consent_.conflicts, "conflicts", writer);
  WriteSet(policy, Contradictions(policy, consent_), "contradictions", writer);
  writer->End('}');
}

void EngineCore::Explain(JsonView event, JsonWriter* writer) const {
  const EventType type = EventTypeFrom(event["type"].AsName());
  const Event read = ReadEvent(static_cast<InputType>(type), event, 0);
  writer->FieldBool("off", off_ || IsDropped(SelectorOf(read)));
  writer->Key("collectors").Begin('{');
  for (const Lane& lane : lanes_) {
    if (!lane.for_records) ExplainLane(lane, read, writer);
  }
  writer->End('}');
}

void EngineCore::ExplainLane(const Lane& lane, const Event& event, JsonWriter* writer) const {
  const std::string_view selector = SelectorOf(event);
  const PurposeSet needs = lane.policy.needs | config_.policy.NeedsOf(JsonView(event.needs));
  const GateVerdict verdict = Judge(config_.policy, consent_, needs);
  const bool empty = verdict == GateVerdict::kDeidentify && IsAboutIds(event.type);
  const bool wanted = lane.policy.Wants(selector) && lane.narrowed.Wants(selector);
  writer->Key(lane.id).Begin('{').FieldBool("wanted", wanted && !lane.off);
  writer->Field("verdict", VerdictName(empty ? GateVerdict::kDrop : verdict));
  WriteReasons(config_.policy, consent_, needs, writer);
  writer->End('}');
}

// Of the purposes that are allowed, those for which something may lie on the device.
PurposeSet EngineCore::StoringPurposes() const {
  PurposeSet needed = 0;
  for (const Lane& lane : lanes_) {
    if (Judge(config_.policy, consent_, lane.policy.needs) <= GateVerdict::kDeidentify) {
      needed |= lane.policy.needs;
    }
  }
  return needed & config_.policy.WithStorage() & consent_.Allowed();
}

void EngineCore::Inventory(JsonWriter* writer) const {
  const AnswerDays days = config_.policy.DaysIn(consent_.decided_in);
  const int64_t answer_ms = std::max(days.granted, days.denied) * kDayMs;
  const PurposeSet purposes = StoringPurposes();
  writer->Key("entries").Begin('[');
  if (consent_.generation != 0) {
    WriteKept("consent/record", 0, consent_.decided_ms + answer_ms, writer);
    WriteKept(kLogPrefix, 0, 0, writer);
  }
  if (store_phase_ == StorePhase::kOpen) {
    const int64_t ids_ms = identity_.made_ms + config_.policy.storage_days * kDayMs;
    if (!identity_.empty()) WriteKept("state/identity", purposes, ids_ms, writer);
    if (!session_.id.empty()) WriteKept("state/session", purposes, ids_ms, writer);
    if (HasJourney() && HasJourneyInStore()) WriteKept(kJourneyKey, purposes, ids_ms, writer);
    if (!cookie_of_.empty()) WriteKept(kCookieKey, purposes, ids_ms, writer);
    if (delivery_put_) WriteKept(kDeliveryPrefix, purposes, 0, writer);
    int64_t oldest_ms = kNever;
    for (const Record& record : outbox_.records()) {
      if (record.segment != kNoSegment) oldest_ms = std::min<int64_t>(oldest_ms, record.time_ms);
    }
    const bool events = oldest_ms != kNever;
    if (events) WriteKept(kOutboxPrefix, purposes, oldest_ms + kEventAgeMsMax, writer);
  }
  writer->End(']');
}

// No expiry: it goes with what it speaks of. No purposes: the proof of what was decided.
void EngineCore::WriteKept(std::string_view key, PurposeSet purposes, int64_t expires_ms,
                           JsonWriter* writer) const {
  writer->Begin('{').Field("key", key);
  WriteSet(config_.policy, purposes, "purposes", writer);
  if (expires_ms != 0) writer->Field("expires_ms", expires_ms);
  writer->End('}');
}

void EngineCore::WriteQueue(JsonWriter* writer) const {
  int64_t in_flight = 0;
  for (const Lane& lane : lanes_) in_flight += static_cast<int64_t>(lane.flights.size());
  writer->Key("queue").Begin('{').Field("events", outbox_.events());
  writer->Field("bytes", outbox_.bytes()).Field("held", static_cast<int64_t>(held_.size()));
  writer->Field("in_flight", in_flight).End('}');
}

void EngineCore::WriteLanes(JsonWriter* writer) const {
  writer->Key("collectors").Begin('{');
  for (size_t i = 0; i < lanes_.size(); ++i) {
    const Lane& lane = lanes_[i];
    const bool waits = !online_ || lane.failing();
    writer->Key(lane.id).Begin('{').Field("sent", lane.sent);
    writer->Field("acknowledged", lane.acknowledged);
    writer->Field("state", off_ || lane.off ? "stopped" : waits ? "waiting" : "ok");
    writer->FieldRaw("lost", outbox_.Lost(i).Json()).End('}');
  }
  writer->End('}');
}

}  // namespace waymark
