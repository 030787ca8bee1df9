#include "delivery/batcher.h"

#include <algorithm>

#include "base/limits.h"
#include "event/context.h"

namespace waymark {
namespace {

EventType TypeFrom(const JsonView& name) {
  const std::string text = name.AsString();
  for (const EventType type : {EventType::kPage, EventType::kScreen, EventType::kIdentify}) {
    if (text == EventTypeName(type)) return type;
  }
  return EventType::kTrack;
}

// Reads the members of the event document in one walk.
void ReadEvent(const JsonView& json, OutgoingEvent* event) {
  for (JsonItems item(json); item.Next();) {
    const std::string& key = item.key();
    const JsonView& value = item.value();
    if (key == "type") event->type = TypeFrom(value);
    else if (key == "name") event->name = value.AsString();
    else if (key == "message_id") event->message_id = value.AsString();
    else if (key == "anonymous_id") event->anonymous_id = value.AsString();
    else if (key == "user_id") event->user_id = value.AsString();
    else if (key == "time_ms") event->time_ms = value.AsInteger().value_or(0);
    else if (key == "session") event->session = value;
    else if (key == "consent") event->consent = value;
    else if (key == "properties") event->properties = value;
    else if (key == "traits") event->traits = value;
    else if (key == "context") event->context = value;
  }
}

// Settles a record that cannot go, and says why.
void GiveUp(Record* record, int lane_index, Loss reason, Outbox* outbox, LossCounters* losses) {
  outbox->Settle(record, lane_index);
  losses->Add(reason);
}

enum class Fit { kTaken, kFull, kOversize };

// Appends the record's encoding to the batch when it fits.
Fit TryAppend(const Lane& lane, const Record& record, const SendRules& rules,
              const BatchLimits& limits, Now now, Batch* batch) {
  std::string event_text;
  std::string context_text;
  const OutgoingEvent event = OpenRecord(record, rules, &event_text, &context_text);
  const size_t before = batch->body.size();
  if (!batch->record_ids.empty()) batch->body.push_back(',');
  const size_t begin = batch->body.size();
  lane.collector->AppendEvent(event, now, &batch->body);
  const size_t event_bytes = batch->body.size() - begin;
  const bool oversize = event_bytes > lane.collector->EventBytesMax();
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
  return verdict == GateVerdict::kAdmit ||
         (verdict == GateVerdict::kDeidentify && record.deidentified);
}

OutgoingEvent OpenRecord(const Record& record, const SendRules& rules, std::string* event_text,
                         std::string* context_text) {
  *event_text = record.event;
  const std::string_view standing = record.context ? std::string_view(*record.context) : "{}";
  OutgoingEvent event;
  event.deidentified = record.deidentified;
  *context_text = MergeObjects(JsonView(standing), JsonView(*event_text)["context"]);
  const auto dropped = DroppedPaths(*rules.fields, rules.consent->Allowed() & record.captured);
  if (!dropped.empty()) {
    *event_text = DropPaths(JsonView(*event_text), dropped);
    std::vector<std::string_view> in_context;
    for (std::string_view path : dropped) {
      constexpr std::string_view kContext = "/context";
      if (path.substr(0, kContext.size()) == kContext) {
        in_context.push_back(path.substr(kContext.size()));
      }
    }
    *context_text = DropPaths(JsonView(*context_text), in_context);
  }
  ReadEvent(JsonView(*event_text), &event);
  event.context = JsonView(*context_text);
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
    const Fit fit = TryAppend(lane, record, rules, limits, now, &batch);
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
