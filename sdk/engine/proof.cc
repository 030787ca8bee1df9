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

}  // namespace

void EngineCore::Log(std::string_view members) {
  log_unput_.push_back(AppendToLog(members, &consent_.log));
}

void EngineCore::LogDecision(std::string_view by, JsonView shown, const Now& now) {
  const bool granted = (consent_.granted & ~consent_.denied) != 0;
  if (granted && consent_.subject.empty()) consent_.subject = RandomUuid(&prng_);
  Log(DecisionMembers(config_.policy, consent_, by, shown, now));
  String properties(log_unput_.back().text);
  ReportRecord(kDecisionEvent, {}, properties, now);
}

void EngineCore::LogDeletion(const Now& now) {
  Log(DeletionMembers(config_.policy, consent_, deleting_, deleted_, now));
  ReportRecord(kDecisionEvent, {}, log_unput_.back().text, now);
  deleted_ = Deletion();
  deleting_ = 0;
}

// The owner deletes, and has others delete, what was sent under these ids: a page holds no secrets
// with which it could.
void EngineCore::AnnounceDeletion(PurposeSet revoked, const Now& now) {
  deleting_ |= revoked;
  if (identity_.empty()) return;
  String properties;
  JsonWriter writer(&properties);
  writer.Begin('{');
  WriteSet(config_.policy, revoked, "purposes", &writer);
  writer.Key("collectors").Begin('[');
  for (const Lane& lane : lanes_) {
    if (lane.policy.needs & revoked) writer.Text(lane.id);
  }
  writer.End(']').Field("subject", consent_.subject).Field("record", consent_.log.hash).End('}');
  ReportRecord(kDeletionEvent, identity_, properties, now);
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

void EngineCore::ReportAgain(const Now& now) {
  for (JsonItems event((JsonView(consent_.unreported))); event.Next();) {
    EnqueueReport(event.value(), now);
  }
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
  consent_unput_ = true;
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
