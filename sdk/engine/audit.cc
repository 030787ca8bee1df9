#include "engine/audit.h"

#include <array>

#include "base/json_check.h"
#include "base/name_table.h"
#include "base/utf8.h"
#include "event/event.h"

namespace waymark {
namespace {

constexpr int64_t kHourMs = 3'600'000;

// What another tab decides is heard everywhere within this time.
constexpr int64_t kHearingMs = 100;

// An event that is held for an answer lives as long as its page.
constexpr int64_t kHoldMsMax = kDayMs;

// In which an owner has to delete what was withdrawn: GDPR, article 12(3), one month.
constexpr int64_t kDeletionMsMax = 30 * kDayMs;

constexpr size_t kHashDigits = 64;
constexpr std::string_view kAnchor = "\"decisions\":\"";

bool IsHash(JsonView value) {
  const std::string_view text = value.AsName();
  if (text.size() != kHashDigits) return false;
  for (const char c : text) {
    if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'f')) return false;
  }
  return true;
}

bool IsCoarse(JsonView value) {
  String coarse;
  return AppendCoarse(value, nullptr, &coarse) && value.text() == std::string_view(coarse);
}

// Where a pattern stands next, from a place on; npos: nowhere. Looks at one byte in ten.
size_t FindNext(std::string_view text, size_t from, std::string_view pattern) {
  std::array<uint8_t, 256> skips;
  skips.fill(static_cast<uint8_t>(pattern.size()));
  for (size_t i = 0; i + 1 < pattern.size(); ++i) {
    skips[static_cast<uint8_t>(pattern[i])] = static_cast<uint8_t>(pattern.size() - 1 - i);
  }
  for (size_t at = from; at + pattern.size() <= text.size();) {
    if (text.substr(at, pattern.size()) == pattern) return at;
    at += skips[static_cast<uint8_t>(text[at + pattern.size() - 1])];
  }
  return std::string_view::npos;
}

}  // namespace

struct Audit::Line {
  uint32_t number = 0;
  std::string_view text;
  JsonView json;
  bool whole = true;  // ends with a line end
};

struct Audit::Finding {
  const char* code = "";
  String found;
  const char* allowed = "";
  std::string_view collector, purpose, pointer, message_id;
  int64_t time_ms = 0;
};

AuditRule::AuditRule(const FieldRule& field) : rule(&field) {
  const std::string_view path = std::string_view(field.path).substr(1);
  const size_t end = IndexOf(path, '/');
  root = path.substr(0, end);
  below = path.substr(end);
}

Audit::Audit(JsonView asked)
    : config_(ReadConfig(asked["config"], JsonView(), &problems_)),
      records_(config_.policy, lane_ids_) {
  now_ms_ = asked["now_ms"].IntegerOr(0);
  collector_ = asked["collector"].AsName();
  events_days_ = asked["config"]["consent"]["valid_days"]["events"].IntegerOr(0);
  AddContactRules(config_.hashed, &config_.fields);
  for (const Lane& lane : config_.lanes) {
    lane_ids_.push_back(AuditKeyOf(lane.id));
    std::vector<AuditRule>& rules = rules_.emplace_back();
    for (const FieldRule& rule : config_.fields) rules.emplace_back(rule);
    for (const FieldRule& rule : lane.fields) rules.emplace_back(rule);
  }
  if (collector_.empty() || LaneOf(collector_) >= 0) return;
  AddProblem(&problems_, "not_allowed", "/collector", "an unknown collector",
             "an id of the config");
}

void Audit::Take(AuditPart part, std::string_view lines, JsonWriter* answer) {
  answer_ = answer;
  answer->Key("violations").Begin('[');
  if (part != part_) {
    if (part_ == AuditPart::kRecords) CloseRecords();
    part_ = part;
    line_ = 0;
  }
  int64_t taken = 0;
  if (part == AuditPart::kLinks) {
    TakeLink(lines);
    lines = {};
  }
  while (!lines.empty()) {
    Line line;
    const size_t end = IndexOf(lines, '\n');
    line.whole = end < lines.size();
    line.text = lines.substr(0, end);
    line.number = ++line_;
    lines.remove_prefix(line.whole ? end + 1 : end);
    if (line.text.empty() || line.text == "\r") continue;
    ++taken;
    const JsonCheck check = CheckJson(line.text);
    if (check.fault != JsonCheck::Fault::kNone || line.text[0] != '{') {
      Finding finding;
      finding.code = line.whole ? "unreadable" : "cut";
      finding.found = Numbered("text that is no JSON object, from byte ",
                               static_cast<int64_t>(check.offset) + 1);
      finding.allowed =
          line.whole ? "one JSON object a line" : "a file that ends with a whole line";
      Tell(line, finding);
      continue;
    }
    line.json = JsonView(line.text);
    part == AuditPart::kRecords ? TakeRecord(line) : TakeEvent(line);
  }
  answer->End(']').Field("lines", taken);
}

void Audit::TakeRecord(const Line& line) {
  const AuditRecords::Added added = records_.Add(line.json, line.number);
  if (added == AuditRecords::Added::kYes) return;
  const bool changed = added == AuditRecords::Added::kChanged;
  Finding finding;
  finding.code = changed ? "record_changed" : "no_record";
  finding.found =
      changed ? "an entry that its hash does not fit" : "a document that is no record of consent";
  finding.allowed = changed ? "every entry as it was written"
                            : "an entry of a decision log, consent_decided or deletion_requested";
  Tell(line, finding);
}

void Audit::CloseRecords() {
  records_.Close([this](uint32_t line, uint32_t number) {
    Finding finding;
    finding.code = "record_missing";
    finding.found = Numbered("entry ", number, " without the one that it follows");
    finding.allowed = "every entry of a person's log";
    Line of;
    of.number = line;
    Tell(of, finding);
  });
}

// Only the first event of a batch says whose it is: the other lines are not read.
void Audit::TakeLink(std::string_view lines) {
  for (size_t at = FindNext(lines, 0, kAnchor); at < lines.size();) {
    const size_t begin = lines.substr(0, at).rfind('\n') + 1;
    const size_t end = at + IndexOf(lines.substr(at), '\n');
    const std::string_view line = lines.substr(begin, end - begin);
    if (CheckJson(line).fault == JsonCheck::Fault::kNone) {
      const StoredEvent event = ReadStoredEvent(JsonView(line));
      const std::string_view anchor = event.delivery["decisions"].AsName();
      const int64_t person = anchor.empty() ? -1 : records_.PersonOf(AuditKeyOf(anchor));
      if (person >= 0 && !event.anonymous_id.empty()) {
        people_.Put(AuditKeyOf(event.anonymous_id), static_cast<uint32_t>(person));
      }
    }
    at = FindNext(lines, end, kAnchor);
  }
}

int Audit::LaneOf(std::string_view collector) const {
  const AuditKey id = AuditKeyOf(collector);
  for (size_t i = 0; i < lane_ids_.size(); ++i) {
    if (lane_ids_[i] == id) return static_cast<int>(i);
  }
  return -1;
}

void Audit::TakeEvent(const Line& line) {
  const StoredEvent event = ReadStoredEvent(line.json);
  Finding finding;
  finding.message_id = event.message_id;
  finding.collector = event.collector.empty() ? std::string_view(collector_) : event.collector;
  const int lane_index = LaneOf(finding.collector);
  if (lane_index < 0) {
    finding.code = "unknown_collector";
    finding.found = "an event of a collector that the policy does not have";
    finding.allowed = "an id of /collectors; or --collector, where events name none";
    return Tell(line, finding);
  }
  const Lane& lane = config_.lanes[static_cast<size_t>(lane_index)];
  const bool track = Is(event.type, "track");
  const bool record = Is(event.name, "consent_decided") || Is(event.name, "deletion_requested");
  const bool wanted =
      lane.for_records ? record : lane.policy.Wants(track ? event.name : event.type);
  if (!wanted) {
    finding.code = "not_wanted";
    finding.found = "an event that the policy does not send there";
    finding.allowed = "names in `only` of the collector";
    return Tell(line, finding);
  }
  if (lane.for_records) return;
  const bool old = events_days_ > 0 && now_ms_ - event.time_ms > events_days_ * kDayMs;
  if (old) {
    finding.code = "kept_too_long";
    finding.found = Numbered("an event of ", (now_ms_ - event.time_ms) / kDayMs, " days ago");
    finding.allowed = "at most /consent/valid_days/events";
    return Tell(line, finding);
  }
  if (event.deidentified)
    JudgeDeidentified(line, event, lane);
  else
    JudgeIdentified(line, event, static_cast<size_t>(lane_index));
}

// Of nobody: what it needs can be looked up nowhere, what it has in it can.
void Audit::JudgeDeidentified(const Line& line, const StoredEvent& event, const Lane& lane) {
  Finding finding;
  finding.message_id = event.message_id;
  finding.collector = lane.id;
  bool may = false;
  for (size_t i = 0; i < config_.policy.purposes.size(); ++i) {
    const Purpose& purpose = config_.policy.purposes[i];
    const bool needed = lane.policy.needs >> i & 1;
    may |= needed && (purpose.deidentify || purpose.before_answer == BeforeAnswer::kDeidentify);
  }
  if (!may) {
    finding.code = "nobody";
    finding.found = "an event without an id: nothing shows that it was allowed";
    finding.allowed = "a purpose with mode or before_answer deidentify";
    return Tell(line, finding);
  }
  const bool more = !event.anonymous_id.empty() || event.user_id || event.session ||
                    event.properties || event.traits;
  if (!more && event.time_ms % kHourMs == 0) return;
  finding.code = "identifying";
  finding.found = more ? "a de-identified event with ids, session or properties"
                       : "a de-identified event with its fine time";
  finding.allowed = "name, path and hour";
  Tell(line, finding);
}

void Audit::JudgeIdentified(const Line& line, const StoredEvent& event, size_t lane_index) {
  const Lane& lane = config_.lanes[lane_index];
  const Policy& policy = config_.policy;
  Finding finding;
  finding.message_id = event.message_id;
  finding.collector = lane.id;
  finding.time_ms = event.time_ms;
  PurposeSet needs = lane.policy.needs;
  if (event.needs) needs |= policy.NeedsOf(event.needs);
  PurposeSet never = 0;  // gets nobody's ids, whatever was answered
  for (size_t i = 0; i < policy.purposes.size(); ++i) {
    if (policy.purposes[i].deidentify) never |= PurposeSet{1} << i;
  }
  if (needs & never) {
    finding.code = "not_deidentified";
    finding.purpose = NameOf(needs & never);
    finding.found = "an event with ids for a purpose that gets none";
    finding.allowed = "de-identified events";
    return Tell(line, finding);
  }
  for (JsonItems item(event.consent); item.Next();) {
    const int purpose = policy.Find(item.key());
    if (purpose < 0 || !(needs >> purpose & 1) || item.value().AsBool()) continue;
    finding.code = "not_allowed_then";
    finding.purpose = item.key();
    finding.found = "an event that itself says that the purpose was not allowed";
    finding.allowed = "events whose needs were all met when they happened";
    return Tell(line, finding);
  }
  const PurposeSet unasked = policy.AlwaysOn({});
  const int64_t person = people_.Find(AuditKeyOf(event.anonymous_id));
  PurposeSet allowed = unasked;
  if (person < 0 && (needs & ~unasked) != 0) {
    finding.code = "no_decision";
    finding.purpose = NameOf(needs & ~unasked);
    finding.found = "an event of somebody of whom there is no record";
    finding.allowed = "a decision in the records before the event";
    return Tell(line, finding);
  }
  if (person >= 0) {
    const bool lawful = JudgeConsent(line, event, needs, static_cast<uint32_t>(person), &allowed);
    if (!lawful) return;
  }
  JudgeFields(line, event, rules_[lane_index], allowed);
  JudgeDeletion(line, event, lane_index);
}

PurposeSet Audit::AllowedAt(const AuditDecision* decision, int64_t time_ms,
                            PurposeSet* expired) const {
  *expired = 0;
  if (!decision) return config_.policy.AlwaysOn({});
  if (time_ms - decision->answered_ms >= decision->granted_days * kDayMs) {
    *expired = decision->on & decision->by_answer;
  }
  return decision->on & ~*expired;
}

// The decision that set an event free which had been held for it.
const AuditDecision* Audit::Granting(const AuditDecision* last, const StoredEvent& event,
                                     uint32_t person, PurposeSet missing) const {
  if (last && (last->refused & missing)) return nullptr;
  for (size_t i = 0; i < config_.policy.purposes.size(); ++i) {
    const Purpose& purpose = config_.policy.purposes[i];
    if ((missing >> i & 1) && purpose.before_answer != BeforeAnswer::kHold) return nullptr;
  }
  const AuditDecision* next = records_.Next(last, person);
  while (next && next->time_ms - event.time_ms <= kHoldMsMax && !(next->refused & missing)) {
    if ((missing & ~next->on) == 0) return next;
    next = records_.Next(next, person);
  }
  return nullptr;
}

// Whether all that an event needs was allowed when it happened; says so when it was not.
bool Audit::JudgeConsent(const Line& line, const StoredEvent& event, PurposeSet needs,
                         uint32_t person, PurposeSet* allowed) {
  const AuditDecision* last = records_.LastBefore(person, event.time_ms);
  PurposeSet expired;
  *allowed = AllowedAt(last, event.time_ms, &expired);
  const PurposeSet missing = needs & ~*allowed;
  if (missing == 0) return true;
  if (const AuditDecision* next = Granting(last, event, person, missing)) {
    *allowed = next->on;
    return true;
  }
  // What was decided in another tab a moment before may not have been heard yet.
  PurposeSet expired_before;
  const AuditDecision* before = records_.LastBefore(person, event.time_ms - kHearingMs);
  const PurposeSet allowed_before = AllowedAt(before, event.time_ms, &expired_before);
  if ((needs & ~allowed_before) == 0) {
    *allowed = allowed_before;
    return true;
  }
  Finding finding;
  finding.message_id = event.message_id;
  finding.collector = event.collector.empty() ? std::string_view(collector_) : event.collector;
  finding.purpose = NameOf(missing);
  finding.time_ms = event.time_ms;
  finding.allowed = "events of the time in which the purpose is allowed";
  const PurposeSet first = missing & (~missing + 1);
  if (last && (last->refused & first)) {
    const AuditDecision* since = records_.RefusedSince(last, first);
    finding.code = records_.WasOn(since, first) ? "withdrawn" : "refused";
    finding.found = String("a purpose that was refused (") + NameAt(kAuditDeciders, since->by) +
                    Numbered(", line ", since->line, " of the records)");
  } else if (expired & first) {
    finding.code = "expired";
    finding.found =
        Numbered("an answer of ", (event.time_ms - last->answered_ms) / kDayMs, " days before");
    finding.allowed = "events of the time for which an answer holds";
  } else {
    finding.code = last ? "not_asked" : "before_decision";
    finding.found = last ? "nobody had answered for the purpose" : "an event before any decision";
  }
  Tell(line, finding);
  return false;
}

void Audit::JudgeFields(const Line& line, const StoredEvent& event,
                        const std::vector<AuditRule>& rules, PurposeSet allowed) {
  for (const AuditRule& rule : rules) {
    JsonView value;
    if (rule.root == "properties") value = event.properties;
    if (rule.root == "traits") value = event.traits;
    if (rule.root == "context") value = event.context;
    if (rule.root == "session") value = event.session;
    if (rule.root == "user_id") value = event.user_id;
    if (!value) continue;
    value = FieldAt(value, rule.below);
    if (!value || value.is(JsonType::kNull)) continue;
    const FieldRule& field = *rule.rule;
    const bool may = field.needs != 0 && (field.needs & ~allowed) == 0;
    const FieldChange change = may ? field.allowed : field.otherwise;
    const bool fits = change == FieldChange::kKeep ||
                      (change == FieldChange::kHash && IsHash(value)) ||
                      (change == FieldChange::kCoarsen && IsCoarse(value));
    if (fits) continue;
    Finding finding;
    finding.code = "field";
    finding.message_id = event.message_id;
    finding.pointer = field.path;
    finding.purpose = may ? std::string_view() : NameOf(field.needs & ~allowed);
    finding.time_ms = event.time_ms;
    finding.found = "a field that the policy does not let through as it is";
    finding.allowed = change == FieldChange::kHash      ? "its SHA-256"
                      : change == FieldChange::kCoarsen ? "less of it"
                                                        : "nothing";
    Tell(line, finding);
  }
}

// What was sent before a withdrawal has to go; the id never comes back.
void Audit::JudgeDeletion(const Line& line, const StoredEvent& event, size_t lane_index) {
  const AuditRequest* request = records_.RequestOf(AuditKeyOf(event.anonymous_id));
  if (!request) return;
  Finding finding;
  finding.message_id = event.message_id;
  finding.collector = config_.lanes[lane_index].id;
  finding.time_ms = event.time_ms;
  const PurposeSet concerned = request->purposes & config_.lanes[lane_index].policy.needs;
  const bool asked = request->collectors >> lane_index & 1 && concerned != 0;
  finding.purpose = NameOf(concerned);
  const int64_t waits_ms = now_ms_ - request->time_ms;
  if (request->retired_ms != 0 && event.time_ms > request->retired_ms + kHearingMs) {
    finding.code = "id_returned";
    finding.found = "an event under an id that had been given up";
    finding.allowed = "a new id for whoever agrees anew";
    Tell(line, finding);
  } else if (asked && event.time_ms <= request->time_ms && waits_ms > kDeletionMsMax) {
    finding.code = "not_deleted";
    finding.found =
        Numbered("an event whose deletion was asked for ", waits_ms / kDayMs, " days ago");
    finding.allowed = "deleted within a month";
    Tell(line, finding);
  }
}

// Of the first of them.
std::string_view Audit::NameOf(PurposeSet purposes) const {
  for (size_t i = 0; i < config_.policy.purposes.size(); ++i) {
    if (purposes >> i & 1) return config_.policy.purposes[i].id;
  }
  return {};
}

void Audit::Tell(const Line& line, const Finding& finding) {
  const bool record = part_ == AuditPart::kRecords;
  answer_->Begin('{').Field("code", finding.code).Field("file", record ? "records" : "events");
  answer_->Field("line", line.number).Field("collector", finding.collector);
  answer_->Field("purpose", finding.purpose).Field("pointer", finding.pointer);
  answer_->Field("event", finding.message_id);
  if (finding.time_ms != 0) answer_->Field("time_ms", finding.time_ms);
  answer_->Field("found", finding.found).Field("allowed", finding.allowed).End('}');
}

}  // namespace waymark
