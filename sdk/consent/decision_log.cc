#include "consent/decision_log.h"

#include "base/json_writer.h"
#include "base/name_table.h"
#include "base/uuid.h"
#include "codec/sha256.h"

namespace waymark {
namespace {

constexpr int kNumberDigits = 8;
constexpr size_t kKeyHashDigits = 8;  // tells two tabs apart that decide at once

String NumberPrefix(uint32_t number) {
  String prefix(kLogPrefix);
  AppendHex(&prefix, number, kNumberDigits);
  return prefix;
}

void WriteCommon(const Policy& policy, const ConsentState& state, const char* type, const Now& now,
                 JsonWriter* writer) {
  writer->Field("type", type).Field("time_ms", now.wall_ms);
  writer->Field("generation", state.generation).Field("revision", policy.revision);
  writer->Field("subject", state.subject);
}

// As whoever reads it and writes it again has it, so that its hash fits then, too.
String WithoutSpace(JsonView json) {
  String compact;
  bool quoted = false;
  bool escaped = false;
  for (const char c : json.text()) {
    if (c == '"' && !escaped) quoted = !quoted;
    escaped = c == '\\' && !escaped;
    if (quoted || c > ' ') compact.push_back(c);
  }
  return compact;
}

}  // namespace

LogEntry AppendToLog(std::string_view members, LogHead* head) {
  LogEntry entry;
  entry.text = "{";
  JsonWriter writer(&entry.text);
  writer.Field("number", ++head->number).Field("previous", head->hash).Raw(members);
  String hash = Sha256Hex(entry.text + "}");
  writer.Field("hash", hash);
  entry.text.push_back('}');
  entry.key = NumberPrefix(head->number);
  entry.key.append("-").append(std::string_view(hash).substr(0, kKeyHashDigits));
  head->hash = std::move(hash);
  return entry;
}

String DecisionMembers(const Policy& policy, const ConsentState& state, std::string_view by,
                       JsonView shown, const Now& now) {
  String members;
  JsonWriter writer(&members);
  WriteCommon(policy, state, "decision", now, &writer);
  writer.Field("by", by).Field("region", state.facts.region);
  writer.Field("model", ModelName(policy.ModelIn(state.facts.region)));
  WriteSignals(state.facts.signals, &writer);
  WritePurposes(policy, state, &writer);
  writer.FieldRaw("shown", WithoutSpace(shown));
  return members;
}

String DeletionMembers(const Policy& policy, const ConsentState& state, PurposeSet purposes,
                       const Deletion& deletion, const Now& now) {
  String members;
  JsonWriter writer(&members);
  WriteCommon(policy, state, "deletion", now, &writer);
  WriteSet(policy, purposes, "purposes", &writer);
  writer.Field("events", deletion.events).Field("may_have_left", deletion.may_have_left);
  writer.Field("ids", deletion.ids).FieldBool("store_cleared", deletion.store_cleared);
  return members;
}

String OutdatedLogPrefix(uint32_t number) {
  return number > kLogEntriesMax ? NumberPrefix(number - kLogEntriesMax) : String();
}

}  // namespace waymark
