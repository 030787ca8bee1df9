// The proof of what was decided and deleted: the log on the device, and what is told to the owner.
//
// What the owner is to be told stands in the consent record until the collector of the config's
// `consent.records` has acknowledged it, and is sent again, with the same ids, by every engine that
// opens before: it needs no store that consent would have to open.
#include <algorithm>
#include <utility>

#include "base/json_check.h"
#include "base/json_writer.h"
#include "base/limits.h"
#include "consent/iab/derive.h"
#include "engine/engine_core.h"

namespace waymark {
namespace {

constexpr std::string_view kInAppPrefix = "iab/";
constexpr size_t kUnreportedBytesMax = 16'000;
constexpr int kPersonReadsMax = 8;  // a quarter of an hour
constexpr const char* kDecisionEvent = "consent_decided";
constexpr const char* kDeletionEvent = "deletion_requested";

// An array with one more element at its end.
String WithElement(std::string_view array, std::string_view element) {
  String json(array.empty() ? std::string_view("[") : array.substr(0, array.size() - 1));
  if (json.size() > 1) json.push_back(',');
  json += element;
  json.push_back(']');
  return json;
}

// Takes the first event of that name out of an array; false when there is none.
bool DropOldest(std::string_view name, String* array) {
  String left;
  bool dropped = false;
  for (JsonItems event((JsonView(*array))); event.Next();) {
    const bool drops = !dropped && event.value()["name"].AsName() == name;
    dropped |= drops;
    if (!drops) left = WithElement(left, event.value().text());
  }
  *array = std::move(left);
  return dropped;
}

}  // namespace

void EngineCore::Log(std::string_view members) {
  log_unput_.push_back(AppendToLog(members, &consent_.log));
}

void EngineCore::LogDecision(std::string_view by, JsonView shown, const Now& now) {
  const bool granted = (consent_.granted & ~consent_.denied) != 0;
  if (granted && consent_.subject.empty()) consent_.subject = RandomUuid(&prng_);
  Log(DecisionMembers(config_.policy, consent_, by, shown, now));
  ReportRecord(kDecisionEvent, {}, log_unput_.back().text, now);
}

void EngineCore::LogDeletion(const Now& now) {
  Log(DeletionMembers(config_.policy, consent_, deleting_, deleted_, now));
  ReportRecord(kDecisionEvent, {}, log_unput_.back().text, now);
  deleted_ = Deletion();
  deleting_ = 0;
}

// Ids that stand in the store are read before they are deleted: they may be of a visit before, or
// another tab's since.
void EngineCore::TellOfDeletion(PurposeSet revoked, const Now& now) {
  deleting_ |= revoked;
  if (!config_.has_records) return;
  AnnounceDeletion(revoked, identity_, now);
  told_id_ = identity_.anonymous_id;
  consent_.unannounced |= revoked;
  ReadPerson();
}

void EngineCore::ReadPerson() {
  for (const StoreOperation& operation : store_operations_) {
    if (operation.use == StoreUse::kPerson) return;
  }
  Read(kIdentityKey, {}, StoreUse::kPerson);
}

void EngineCore::OnPersonRead(const Input& input, const Now& now) {
  Identity person;
  for (JsonItems entry(input.fields["entries"]); entry.Next();) {
    const std::string_view text = input.Body(entry.value()["value"]);
    const bool whole = CheckJson(text).fault == JsonCheck::Fault::kNone;
    if (whole) person = ReadIdentity(JsonView(text));
  }
  TellWhoItWas(person, now);
}

// What is to be deleted does not wait for ever for what is to be told of it.
void EngineCore::OnPersonUnread(const Now& now) {
  withdrawal_again_ = true;
  if (++person_failures_ == kPersonReadsMax) TellWhoItWas(Identity(), now);
}

void EngineCore::TellWhoItWas(const Identity& person, const Now& now) {
  if (consent_.unannounced == 0) return;
  if (!(person.anonymous_id == told_id_)) AnnounceDeletion(consent_.unannounced, person, now);
  consent_.unannounced = 0;
  person_failures_ = 0;
  told_id_.clear();
  forgotten_subject_.clear();
  forgotten_hash_.clear();
  PutConsentRecord();
}

// For which a collector may have got something.
PurposeSet EngineCore::PurposesOf(const Lane& lane) const {
  PurposeSet purposes = lane.policy.needs | lane.sent_for;
  for (const FieldRule& rule : config_.fields) purposes |= rule.needs;
  for (const FieldRule& rule : lane.fields) purposes |= rule.needs;
  return purposes;
}

// The owner deletes, and has others delete, what was sent under these ids: a page holds no secrets
// with which it could.
void EngineCore::AnnounceDeletion(PurposeSet revoked, const Identity& person, const Now& now) {
  if (person.empty()) return;
  String properties;
  JsonWriter writer(&properties);
  writer.Begin('{');
  WriteSet(config_.policy, revoked, "purposes", &writer);
  writer.Key("collectors").Begin('[');
  for (const Lane& lane : lanes_) {
    if (!lane.for_records && (PurposesOf(lane) & revoked)) writer.Text(lane.id);
  }
  writer.End(']');
  WriteOwnIds(revoked, person.anonymous_id, &writer);
  const bool forgotten = !forgotten_hash_.empty();
  writer.Field("subject", forgotten ? forgotten_subject_ : consent_.subject);
  writer.Field("record", forgotten ? forgotten_hash_ : consent_.log.hash).End('}');
  ReportRecord(kDeletionEvent, person, properties, now);
}

void EngineCore::ReportRecord(const char* name, const Identity& person, std::string_view properties,
                              const Now& now) {
  if (!config_.has_records) return;
  String event;
  JsonWriter writer(&event);
  writer.Begin('{').Field("type", "track").Field("name", name);
  writer.Field("message_id", RandomUuid(&prng_)).Field("time_ms", now.wall_ms);
  writer.Field("anonymous_id", person.anonymous_id).Field("user_id", person.user_id);
  writer.FieldRaw("consent", PurposesAsJson(config_.policy, consent_.Allowed()));
  // No place in any count: its chain tells whether one is missing.
  writer.FieldRaw("properties", properties).Key("sequence").Integer(0).End('}');
  String unreported = WithElement(consent_.unreported, event);
  // A request to delete stands nowhere else; a decision stands in the log.
  while (unreported.size() > kUnreportedBytesMax && name == kDeletionEvent) {
    if (!DropOldest(kDecisionEvent, &consent_.unreported)) break;
    unreported = WithElement(consent_.unreported, event);
  }
  if (unreported.size() > kUnreportedBytesMax) {
    Report("too_big", "/consent/records", "more records than may wait", "a collector that answers");
    return losses_.Add(Loss::kQuota);
  }
  consent_.unreported = std::move(unreported);
  EnqueueReport(JsonView(event), now);
}

// In memory only: it stands in the consent record.
void EngineCore::EnqueueReport(JsonView event, const Now& now) {
  for (size_t i = 0; i < lanes_.size(); ++i) {
    if (!lanes_[i].for_records) continue;
    Record record;
    record.event = event.text();
    record.time_ms = event["time_ms"].IntegerOr(now.wall_ms);
    record.priority = Priority::kCritical;
    record.captured = consent_.Allowed();
    record.generation = consent_.generation;
    record.pending = Only(i);
    record.queued_mono_ms = now.mono_ms;
    outbox_.Append(std::move(record));
    KeepBound();
    Schedule(i, now);
  }
}

// Ids are told of no longer than they would have been kept.
void EngineCore::ReportAgain(const Now& now) {
  String due;
  for (JsonItems event((JsonView(consent_.unreported))); event.Next();) {
    const int64_t age_ms = now.wall_ms - event.value()["time_ms"].IntegerOr(0);
    if (age_ms > config_.policy.storage_days * kDayMs) continue;
    due = WithElement(due, event.value().text());
    EnqueueReport(event.value(), now);
  }
  consent_.unreported = std::move(due);
}

// The owner has it: it need not be told again.
void EngineCore::EndReport(const Record& record) {
  const JsonView acknowledged = JsonView(record.event)["message_id"];
  String left;
  for (JsonItems event((JsonView(consent_.unreported))); event.Next();) {
    const bool same = event.value()["message_id"].AsName() == acknowledged.AsName();
    if (!same) left = WithElement(left, event.text());
  }
  consent_.unreported = std::move(left);
  const bool undecided = !consent_.answered() && consent_.log.number == 0;
  if (undecided && consent_.unreported.empty() && !consent_.forgetting &&
      store_phase_ == StorePhase::kClosed)
    DeleteRecord();  // all was forgotten, and this was what was left to be told
  else
    consent_unput_ = true;
}

// Answers that ran out while nobody was here. What was granted is withdrawn; who has refused is
// only to be asked again.
void EngineCore::LogWhatRanOut(JsonView record, const Now& now) {
  const bool withdrawn = consent_.generation > record["generation"].IntegerOr(0);
  if (!withdrawn && consent_.ran_out == 0) return;
  LogDecision(consent_.ran_out != 0 ? "expiry" : "policy", {}, now);
  if (withdrawn && config_.has_records) consent_.unannounced |= deleting_;
  consent_unput_ |= !withdrawn;
}

// What is decided while all is being forgotten begins a new log, when the old one is gone.
void EngineCore::PutLog() {
  if (consent_.forgetting) return;
  for (LogEntry& entry : log_unput_) {
    String text(entry.text);
    Put(entry.key, std::move(text), StoreUse::kNone);
  }
  for (size_t i = 0; i < log_unput_.size(); ++i) {
    const String outdated = OutdatedLogPrefix(consent_.log.number - static_cast<uint32_t>(i));
    if (!outdated.empty()) Delete(EffectType::kStoreClear, outdated);
  }
}

// For the kits of others in the same app, which look for them in its default preferences.
void EngineCore::PutInAppKeys() {
  if (!kInAppKeysMaker || config_.in_app.empty()) return;
  const JsonView consent(config_.in_app);
  const String keys = kInAppKeysMaker(
      {consent, &config_.policy, &consent_, consent["iab"]["vendor_list_version"].IntegerOr(0)});
  if (in_app_keys_ == keys) return;
  in_app_keys_ = keys;
  Delete(EffectType::kStoreClear, kInAppPrefix);
  for (JsonItems item((JsonView(keys))); item.Next();) {
    String key(kInAppPrefix);
    key += item.key();
    Put(key, item.text(), StoreUse::kNone);
  }
}

void EngineCore::OnRecords(const Input& input) {
  Read(kLogPrefix, {}, StoreUse::kLog);
  store_operations_.back().request_id = input.Integer("request_id");
}

void EngineCore::ReadLog(const Input& input, StoreOperation&& operation) {
  std::string_view last;
  for (JsonItems entry(input.fields["entries"]); entry.Next();) {
    last = entry.value()["key"].AsName();
    const std::string_view text = input.Body(entry.value()["value"]);
    const bool whole = CheckJson(text).fault == JsonCheck::Fault::kNone;
    operation.key = WithElement(operation.key, whole ? text : "null");
  }
  if (last.empty() || !input.fields["more"].AsBool()) return AnswerRecords(operation);
  Read(kLogPrefix, last, StoreUse::kLog);
  store_operations_.back().request_id = operation.request_id;
  store_operations_.back().key = std::move(operation.key);
}

void EngineCore::AnswerRecords(const StoreOperation& operation) {
  Effect& answer = effects_.emplace_back();
  answer.type = EffectType::kAnswer;
  answer.target = operation.request_id;
  JsonWriter writer(&answer.bytes);
  writer.Begin('{').FieldRaw("entries", operation.key.empty() ? "[]" : operation.key);
  writer.Field("anchor", consent_.log.hash).End('}');
}

}  // namespace waymark
