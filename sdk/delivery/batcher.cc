#include "delivery/batcher.h"

#include <algorithm>

#include "base/hash.h"
#include "base/json_merge.h"
#include "base/limits.h"
#include "base/name_table.h"
#include "base/uuid.h"
#include "identity/own_ids.h"

namespace waymark {
namespace {

constexpr uint64_t kFingerprintFactor = 31;  // so that the order counts

// What it was captured for and not withdrawn from since: a later grant brings nothing back.
PurposeSet CapturedOf(const Record& record, const SendRules& rules) {
  return record.captured & ~rules.consent->Withdrawn(record.generation);
}

// {"<writer>":{"quota":3}}: what this collector never got and has not acknowledged to know. Empty:
// nothing.
String LossesToTell(const LaneQueue& queue) {
  String json;
  if (!queue.lane->collector->rules().tells_losses) return json;
  JsonWriter writer(&json);
  for (const Writer& of : queue.outbox->writers()) {
    const Settlement& settlement = of.lanes[static_cast<size_t>(queue.index)];
    if (!settlement.unreported() || of.name.empty()) continue;
    if (json.empty()) writer.Begin('{');
    writer.Key(of.name).Raw(settlement.lost.Json(kReportedLossReasons));
  }
  if (!json.empty()) writer.End('}');
  return json;
}

// Whether the record goes now. One that may never go leaves the lane.
bool MaySendNow(const LaneQueue& queue, Record* record) {
  if (!(record->pending >> queue.index & 1) || record->in_flight >> queue.index & 1) return false;
  if (!MayGo(*queue.lane, *record, *queue.rules)) {
    queue.outbox->Settle(record, queue.index);
    queue.losses->Add(Loss::kConsent);
    return false;
  }
  // A clock that jumps ages nothing that this engine has seen happen.
  const bool own = record->id >= kFirstOwnId;
  const int64_t age_ms =
      own ? queue.now.mono_ms - record->queued_mono_ms : queue.now.wall_ms - record->time_ms;
  if (age_ms > queue.lane->collector->rules().age_ms_max) {
    queue.outbox->GiveUp(record, queue.index, Loss::kAge);
    return false;
  }
  const Outage& outage = queue.lane->outage;
  if (outage.suspect != 0 && (outage.suspect == record->id) != outage.verifying) return false;
  return !(queue.rules->bulk_waits && record->priority == Priority::kBulk);
}

void AppendToBody(std::string_view piece, Batch* batch) {
  if (batch->gzip)
    batch->stream.Write(piece);
  else
    batch->body += piece;
}

enum class Fit : uint8_t {
  kTaken,
  kFull,     // by a limit
  kOther,    // does not go with those that are there
  kNothing,  // the collector needs nothing of it
  kOversize,
  kRefused,  // the collector cannot carry it
};

struct Encoded {
  Fit fit = Fit::kTaken;
  Status status;      // for kRefused
  uint64_t hash = 0;  // of its id
  String key;
  String begin;  // of a body that starts with it
  String bytes;
};

// Encodes a record as the collector wants it. With `batch`: as its next event. `told`: losses to
// tell with it.
Encoded EncodeRecord(const LaneQueue& queue, const Record& record, const Batch* batch,
                     std::string_view told) {
  const Collector& collector = *queue.lane->collector;
  Encoded encoded;
  String text;
  OutgoingEvent event = OpenRecord(record, *queue.lane, queue.outbox, *queue.rules, &text);
  event.lost = told;
  const bool anchors = batch && batch->record_ids.empty() && !record.deidentified;
  if (anchors && collector.rules().tells_losses) event.anchor = queue.rules->consent->log.hash;
  if (kProtocolNeeds.batch_keys) encoded.key = collector.BatchKey(event);
  if (kProtocolNeeds.tries) encoded.hash = HashOf(event.message_id);
  const bool first = batch && batch->record_ids.empty();
  if (first) collector.Begin(event, queue.now, &encoded.begin);
  encoded.status = collector.AppendEvent(event, queue.now, &encoded.bytes);
  if (kProtocolNeeds.refuses && !encoded.status.ok()) {
    encoded.fit = Fit::kRefused;
  } else if (kProtocolNeeds.refuses && encoded.bytes.empty()) {
    encoded.fit = Fit::kNothing;
  } else if (encoded.bytes.size() > collector.rules().event_bytes_max) {
    encoded.fit = Fit::kOversize;
  } else if (kProtocolNeeds.batch_keys && batch && !first && encoded.key != batch->key) {
    encoded.fit = Fit::kOther;
  }
  return encoded;
}

// Appends the record's encoding to the batch when it fits.
Fit TryAppend(const LaneQueue& queue, const Record& record, size_t raw_bytes_max, Batch* batch,
              Status* status) {
  const bool first = batch->record_ids.empty();
  const String lost = first ? LossesToTell(queue) : String();
  Encoded encoded = EncodeRecord(queue, record, batch, lost);
  *status = std::move(encoded.status);
  if (encoded.fit != Fit::kTaken) return encoded.fit;
  const char separator = queue.lane->collector->rules().separator;
  const size_t between = first || separator == 0 ? 0 : 1;
  const size_t bytes = encoded.bytes.size() + between;
  if (!first && batch->raw_bytes + bytes > raw_bytes_max) return Fit::kFull;
  if (first) {
    AppendToBody(encoded.begin, batch);
    if (kProtocolNeeds.batch_keys) batch->key = std::move(encoded.key);
  }
  if (between != 0) AppendToBody(std::string_view(&separator, 1), batch);
  AppendToBody(encoded.bytes, batch);
  batch->raw_bytes += encoded.begin.size() + bytes;
  batch->record_ids.push_back(record.id);
  if (kProtocolNeeds.tries) {
    batch->fingerprint = batch->fingerprint * kFingerprintFactor + encoded.hash;
  }
  batch->deidentified = record.deidentified;
  return Fit::kTaken;
}

// What never goes leaves the lane.
void Leave(const LaneQueue& queue, Fit fit, const Status& status, Record* record) {
  if (fit == Fit::kOversize || !kProtocolNeeds.refuses) {
    return queue.outbox->GiveUp(record, queue.index, Loss::kOversize);
  }
  if (fit == Fit::kNothing) return queue.outbox->Settle(record, queue.index);
  queue.outbox->GiveUp(record, queue.index, Loss::kRejected);
  if (queue.problems->size() >= kProblemsMax) return;
  const Problem& problem = status.problem();
  AddProblem(queue.problems, "rejected", "/collectors/" + IntegerText(queue.index),
             problem.pointer + ": " + problem.found, problem.allowed);
}

// Puts `*with` in the place of what is there.
bool Replace(JsonView, const String* with, String* out) {
  JsonWriter(out).Text(*with);
  return true;
}

// What the collector knows the person, and the session, under.
void WriteOwnIds(const Lane& lane, const SendRules& rules, String* text) {
  const JsonView salts(rules.consent->salts);
  const JsonView event(*text);
  const String id = event["anonymous_id"].AsString();
  const String own = OwnId(*rules.policy, lane.policy.needs, salts, id);
  if (own.empty()) return;
  const String session =
      OwnId(*rules.policy, lane.policy.needs, salts, event["session"]["id"].AsString());
  const bool previous = event["properties"]["previous_id"].AsString() == id;
  *text = WithPath(JsonView(*text), "/anonymous_id", Replace, &own);
  *text = WithPath(JsonView(*text), "/session/id", Replace, &session);
  if (previous) *text = WithPath(JsonView(*text), "/properties/previous_id", Replace, &own);
}

bool OtherKind(const Batch& batch, const Record& record) {
  return !batch.record_ids.empty() && record.deidentified != batch.deidentified;
}

}  // namespace

bool IsWithdrawn(PurposeSet needs, uint32_t generation, const ConsentState& consent) {
  return (needs & consent.Withdrawn(generation)) != 0;
}

bool MayGo(const Lane& lane, const Record& record, const SendRules& rules) {
  const ConsentState& consent = *rules.consent;
  const PurposeSet needs = lane.policy.needs | record.needs;
  if (IsWithdrawn(needs, record.generation, consent)) return false;
  const GateVerdict verdict = JudgeAgain(*rules.policy, consent, needs, record.captured);
  // A de-identified record is meant for those that get no more; for others there is a whole one.
  return verdict == (record.deidentified ? GateVerdict::kDeidentify : GateVerdict::kAdmit);
}

OutgoingEvent OpenRecord(const Record& record, const Lane& lane, Outbox* outbox,
                         const SendRules& rules, String* text) {
  const std::string_view standing = outbox->ContextOf(record);
  const JsonView stored(record.event);
  const JsonView changes = stored["context"];
  // Most events change nothing of the standing context, and most policies have no rules for fields:
  // then the record is read where it lies.
  const bool own_ids = WithOwnIds(*rules.policy, lane.policy.needs) != 0;
  const bool as_is = !changes && rules.fields->empty() && lane.fields.empty() && !own_ids;
  if (!as_is) {
    String context = R"({"context":)";
    context += MergeObjects(JsonView(standing), changes);
    context.push_back('}');
    *text = MergeObjects(stored, JsonView(context));
    if (own_ids) WriteOwnIds(lane, rules, text);
    const PurposeSet allowed = rules.consent->Allowed() & CapturedOf(record, rules);
    ApplyFieldRules(*rules.fields, allowed, text);
    ApplyFieldRules(lane.fields, allowed, text);
  }
  std::string_view of[13];
  FindMembers(as_is ? stored : JsonView(*text),
              "type,name,message_id,anonymous_id,user_id,time_ms,session,consent,properties,traits,"
              "context,sequence,group_id",
              of);
  OutgoingEvent event;
  event.deidentified = record.deidentified;
  event.writer = outbox->WriterOf(record)->name;
  event.type = EventTypeFrom(JsonView(of[0]).AsName());
  event.name = JsonView(of[1]).AsString();
  // To a protocol that has no such verb it is a touchpoint of this name.
  if (event.type >= EventType::kAlias) event.name = EventTypeName(event.type);
  event.message_id = JsonView(of[2]).AsName();
  event.anonymous_id = JsonView(of[3]);
  event.user_id = JsonView(of[4]);
  event.time_ms = JsonView(of[5]).IntegerOr(0);
  event.session = JsonView(of[6]);
  event.consent = JsonView(of[7]);
  event.properties = JsonView(of[8]);
  event.traits = JsonView(of[9]);
  event.group_id = JsonView(of[12]);
  event.context = as_is ? JsonView(standing) : JsonView(of[10]);
  const JsonView sequence(of[11]);
  const int64_t by_id = event.deidentified ? 0 : int64_t{CounterOf(event.message_id)} + 1;
  event.sequence = (sequence.is(JsonType::kObject) ? sequence[lane.id] : sequence).IntegerOr(by_id);
  return event;
}

void DropBatch(Batch* batch) { *batch = Batch(); }

void OpenBatch(const LaneQueue& queue, bool gzip, Batch* batch) {
  DropBatch(batch);
  batch->open = true;
  batch->gzip = gzip;
  batch->told = queue.outbox->changes();
  batch->closings = queue.outbox->closings();
  String end;
  queue.lane->collector->End(queue.now, &end);
  batch->raw_bytes = end.size();
}

Filled FillBatch(const LaneQueue& queue, size_t raw_bytes_max, size_t events_max, Batch* batch) {
  Filled filled;
  const uint32_t after = batch->record_ids.empty() ? 0 : batch->record_ids.back();
  List<Record>& records = queue.outbox->records();
  Record* record = std::upper_bound(records.begin(), records.end(), after,
                                    [](uint32_t id, const Record& one) { return id < one.id; });
  for (; record != records.end(); ++record) {
    if (!MaySendNow(queue, record)) continue;
    if (events_max == 0 || OtherKind(*batch, *record)) {
      filled.full = true;
      break;
    }
    if (record->event.empty()) {
      filled.to_read = record->segment;
      break;
    }
    Status status;
    const Fit fit = TryAppend(queue, *record, raw_bytes_max, batch, &status);
    if (fit == Fit::kFull || fit == Fit::kOther) {
      filled.full = true;
      batch->full |= fit == Fit::kFull;
      break;
    }
    if (fit == Fit::kTaken)
      --events_max;
    else
      Leave(queue, fit, status, record);
  }
  return filled;
}

String CloseBatch(const LaneQueue& queue, Batch* batch) {
  String end;
  queue.lane->collector->End(queue.now, &end);
  AppendToBody(end, batch);
  batch->open = false;
  return batch->gzip ? batch->stream.Finish() : std::move(batch->body);
}

void PackBatch(const LaneQueue& queue, size_t raw_bytes_max, size_t events_max, bool gzip,
               Batch* batch) {
  OpenBatch(queue, gzip, batch);
  const String lost = LossesToTell(queue);
  size_t bytes = batch->raw_bytes + lost.size();
  List<uint32_t> chosen;
  Record* first = nullptr;
  String key;
  for (int priority = 0; priority < kPriorities; ++priority) {
    for (Record& record : queue.outbox->records()) {
      if (static_cast<int>(record.priority) != priority || chosen.size() >= events_max) continue;
      if (!MaySendNow(queue, &record) || record.event.empty()) continue;
      if (first && first->deidentified != record.deidentified) continue;
      Encoded encoded = EncodeRecord(queue, record, chosen.empty() ? batch : nullptr, {});
      if (encoded.fit != Fit::kTaken) continue;
      if (kProtocolNeeds.batch_keys && first && encoded.key != key) continue;
      // Nothing overtakes within its priority.
      const size_t event_bytes = encoded.begin.size() + encoded.bytes.size() + 1;
      if (bytes + event_bytes > raw_bytes_max) break;
      bytes += event_bytes;
      if (!first) {
        first = &record;
        if (kProtocolNeeds.batch_keys) key = std::move(encoded.key);
      }
      uint32_t* place = std::lower_bound(chosen.begin(), chosen.end(), record.id);
      chosen.insert(static_cast<size_t>(place - chosen.begin()), uint32_t{record.id});
    }
  }
  Status status;
  for (const uint32_t id : chosen) {
    TryAppend(queue, *queue.outbox->Find(id), raw_bytes_max, batch, &status);
  }
}

bool IsCurrent(const LaneQueue& queue, Batch* batch) {
  if (batch->closings == queue.outbox->closings()) return true;
  for (const uint32_t id : batch->record_ids) {
    const Record* record = queue.outbox->Find(id);
    if (!record || !(record->pending >> queue.index & 1)) return false;
  }
  batch->closings = queue.outbox->closings();
  return true;
}

}  // namespace waymark
