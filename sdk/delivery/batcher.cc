#include "delivery/batcher.h"

#include <algorithm>

#include "base/json_merge.h"
#include "base/limits.h"
#include "base/name_table.h"

namespace waymark {
namespace {

EventType TypeFrom(std::string_view name) {
  for (const EventType type : {EventType::kPage, EventType::kScreen, EventType::kIdentify}) {
    if (name == EventTypeName(type)) return type;
  }
  return EventType::kTrack;
}

// Settles a record that cannot go, and says why.
void GiveUp(Record* record, int lane_index, Loss reason, Outbox* outbox, LossCounters* losses) {
  outbox->Settle(record, lane_index);
  losses->Add(reason);
}

enum class Fit { kTaken, kFull, kOversize };

// Appends the record's encoding to the batch when it fits.
Fit TryAppend(const Lane& lane, const Record& record, const Outbox& outbox, const SendRules& rules,
              const BatchLimits& limits, Now now, Batch* batch) {
  String text;
  const OutgoingEvent event = OpenRecord(record, outbox, rules, &text);
  const size_t before = batch->body.size();
  if (!batch->record_ids.empty()) batch->body.push_back(',');
  const size_t begin = batch->body.size();
  lane.collector->AppendEvent(event, now, &batch->body);
  const bool oversize = batch->body.size() - begin > lane.collector->EventBytesMax();
  const bool full = batch->body.size() > limits.bytes_max && !batch->record_ids.empty();
  if (!oversize && !full) {
    batch->record_ids.push_back(record.id);
    return Fit::kTaken;
  }
  batch->body.resize(before);
  return oversize ? Fit::kOversize : Fit::kFull;
}

}  // namespace

bool MayGo(const Lane& lane, const Record& record, const SendRules& rules) {
  const GateVerdict verdict =
      JudgeAgain(*rules.policy, *rules.consent, lane.policy.needs, record.captured);
  // A de-identified record is meant for those that get no more; for others there is a whole one.
  return verdict == (record.deidentified ? GateVerdict::kDeidentify : GateVerdict::kAdmit);
}

OutgoingEvent OpenRecord(const Record& record, const Outbox& outbox, const SendRules& rules,
                         String* text) {
  const JsonView stored(record.event);
  String context = R"({"context":)";
  context += MergeObjects(JsonView(outbox.ContextOf(record)), stored["context"]);
  context.push_back('}');
  *text = MergeObjects(stored, JsonView(context));
  ApplyFieldRules(*rules.fields, rules.consent->Allowed() & record.captured, text);
  OutgoingEvent event;
  event.deidentified = record.deidentified;
  for (JsonItems item((JsonView(*text))); item.Next();) {
    const std::string_view key = item.key();
    JsonView value = item.value();
    if (Is(key, "type"))
      event.type = TypeFrom(value.AsName());
    else if (Is(key, "name"))
      event.name = value.AsString();
    else if (Is(key, "message_id"))
      event.message_id = value.AsName();
    else if (Is(key, "anonymous_id"))
      event.anonymous_id = value;
    else if (Is(key, "user_id"))
      event.user_id = value;
    else if (Is(key, "time_ms"))
      event.time_ms = value.IntegerOr(0);
    else if (Is(key, "session"))
      event.session = value;
    else if (Is(key, "consent"))
      event.consent = value;
    else if (Is(key, "properties"))
      event.properties = value;
    else if (Is(key, "traits"))
      event.traits = value;
    else if (Is(key, "context"))
      event.context = value;
  }
  return event;
}

Batch BuildBatch(const Lane& lane, int lane_index, const BatchLimits& limits,
                 const SendRules& rules, Now now, Outbox* outbox, LossCounters* losses) {
  Batch batch;
  lane.collector->Begin(&batch.body);
  for (Record& record : outbox->records()) {
    if (!(record.pending >> lane_index & 1)) continue;
    if (!MayGo(lane, record, rules)) {
      GiveUp(&record, lane_index, Loss::kConsent, outbox, losses);
      continue;
    }
    if (now.wall_ms - record.time_ms > kEventAgeMsMax) {
      GiveUp(&record, lane_index, Loss::kAge, outbox, losses);
      continue;
    }
    if (batch.record_ids.size() >= std::min(limits.events_max, lane.events_max)) break;
    if (!batch.record_ids.empty() && record.deidentified != batch.deidentified) break;
    const Fit fit = TryAppend(lane, record, *outbox, rules, limits, now, &batch);
    if (fit == Fit::kFull) break;
    if (fit == Fit::kOversize) {
      GiveUp(&record, lane_index, Loss::kOversize, outbox, losses);
      continue;
    }
    batch.deidentified = record.deidentified;
  }
  lane.collector->End(now, &batch.body);
  return batch;
}

}  // namespace waymark
