#include "engine/audit_records.h"

#include <algorithm>

#include "base/hash.h"
#include "base/name_table.h"
#include "base/time.h"
#include "consent/verify_log.h"

namespace waymark {
namespace {

constexpr size_t kSlotsMin = 1024;
constexpr const char* kDecidedEvent = "consent_decided";
constexpr const char* kRequestedEvent = "deletion_requested";
constexpr int kDeletionBy = 9;  // in kAuditDeciders

int Digits(std::string_view text, size_t at, size_t count) {
  int number = 0;
  for (size_t i = at; i < at + count && i < text.size(); ++i) number = number * 10 + text[i] - '0';
  return number;
}

// 2026-11-22T09:00:00.000Z, the only form in which engines write it; 0 for any other text.
int64_t ParseTime(std::string_view text) {
  constexpr std::string_view kForm = "0000-00-00T00:00:00";
  if (text.size() < kForm.size()) return 0;
  for (size_t i = 0; i < kForm.size(); ++i) {
    const bool digit = text[i] >= '0' && text[i] <= '9';
    if (kForm[i] == '0' ? !digit : text[i] != kForm[i]) return 0;
  }
  const int64_t days = DaysFromDate(Digits(text, 0, 4), Digits(text, 5, 2), Digits(text, 8, 2));
  const int64_t seconds =
      (int64_t{Digits(text, 11, 2)} * 60 + Digits(text, 14, 2)) * 60 + Digits(text, 17, 2);
  const bool fine = text.size() > 22 && text[19] == '.';
  return days * kDayMs + seconds * 1000 + (fine ? Digits(text, 20, 3) : 0);
}

// Chains first, then time; what came in one millisecond by number.
bool Before(const AuditDecision& a, const AuditDecision& b) {
  if (a.person != b.person) return a.person < b.person;
  if (a.time_ms != b.time_ms) return a.time_ms < b.time_ms;
  return a.number < b.number;
}

}  // namespace

AuditKey AuditKeyOf(std::string_view text) {
  const AuditKey key = HashOf(text);
  return key == 0 ? 1 : key;  // 0 is nobody
}

void AuditTable::Put(AuditKey key, uint32_t value) {
  if (used_ * 2 >= slots_.size()) Grow();
  size_t at = key & (slots_.size() - 1);
  while (slots_[at].key != 0 && slots_[at].key != key) at = (at + 1) & (slots_.size() - 1);
  used_ += slots_[at].key == 0;
  slots_[at] = {key, value};
}

int64_t AuditTable::Find(AuditKey key) const {
  if (slots_.empty()) return -1;
  size_t at = key & (slots_.size() - 1);
  while (slots_[at].key != 0) {
    if (slots_[at].key == key) return slots_[at].value;
    at = (at + 1) & (slots_.size() - 1);
  }
  return -1;
}

void AuditTable::Grow() {
  std::vector<Slot> old(std::max(kSlotsMin, slots_.size() * 2));
  old.swap(slots_);
  used_ = 0;
  for (const Slot& slot : old) {
    if (slot.key != 0) Put(slot.key, slot.value);
  }
}

// One walk: what is read of most lines costs more than all else that is done with them.
StoredEvent ReadStoredEvent(JsonView line) {
  StoredEvent event;
  for (JsonItems item(line); item.Next();) {
    const std::string_view key = item.key();
    const JsonView value = item.value();
    if (key == "type")
      event.type = value.AsName();
    else if (key == "name" || key == "event")
      event.name = value.AsName();
    else if (key == "message_id" || key == "messageId")
      event.message_id = value.AsName();
    else if (key == "anonymous_id" || key == "anonymousId")
      event.anonymous_id = value.AsName();
    else if (key == "user_id" || key == "userId")
      event.user_id = value;
    else if (key == "time_ms")
      event.time_ms = value.IntegerOr(0);
    else if (key == "timestamp")
      event.time_ms = ParseTime(value.AsName());
    else if (key == "session")
      event.session = value;
    else if (key == "consent")
      event.consent = value;
    else if (key == "needs")
      event.needs = value;
    else if (key == "properties")
      event.properties = value;
    else if (key == "traits")
      event.traits = value;
    else if (key == "context")
      event.context = value;
    else if (key == "delivery")
      event.delivery = value;
    else if (key == "collector")
      event.collector = value.AsName();
    else if (key == "deidentified")
      event.deidentified = value.AsBool();
  }
  if (event.context && !event.delivery) event.delivery = event.context["delivery"];
  if (event.context && !event.consent) {
    event.consent = event.context["consent"]["categoryPreferences"];
  }
  if (event.user_id.is(JsonType::kNull)) event.user_id = JsonView();
  event.deidentified |= event.anonymous_id.empty() && !event.user_id;
  return event;
}

AuditRecords::Added AuditRecords::Add(JsonView line, uint32_t number) {
  const StoredEvent event = ReadStoredEvent(line);
  if (Is(event.name, kRequestedEvent)) {
    AddRequest(event);
    return Added::kYes;
  }
  const JsonView entry = Is(event.name, kDecidedEvent) ? event.properties : line;
  const JsonView type = entry["type"];
  if (!type.IsName("decision") && !type.IsName("deletion")) return Added::kNoRecord;
  AddDecision(entry, number);
  return HashOf(entry) == EntryHash::kDiffers ? Added::kChanged : Added::kYes;
}

PurposeSet AuditRecords::SetOf(JsonView ids) const {
  PurposeSet set = 0;
  for (JsonItems id(ids); id.Next();) {
    const int purpose = policy_.Find(id.value().AsName());
    if (purpose >= 0) set |= PurposeSet{1} << purpose;
  }
  return set;
}

// Delivery is at least once: what comes twice counts once.
void AuditRecords::AddDecision(JsonView entry, uint32_t line) {
  const AuditKey hash = AuditKeyOf(entry["hash"].AsName());
  if (by_hash_.Find(hash) >= 0) return;
  by_hash_.Put(hash, static_cast<uint32_t>(decisions_.size()));
  AuditDecision& decision = decisions_.emplace_back();
  decision.hash = hash;
  const std::string_view previous = entry["previous"].AsName();
  if (!previous.empty()) decision.previous = AuditKeyOf(previous);
  decision.time_ms = entry["time_ms"].IntegerOr(0);
  decision.number = static_cast<uint32_t>(entry["number"].IntegerOr(0));
  decision.line = line;
  if (entry["type"].IsName("deletion")) {
    decision.by = kDeletionBy;
    const bool retired = entry["ids"].IntegerOr(0) > 0;
    const std::string_view subject = entry["subject"].AsName();
    if (retired && !subject.empty()) {
      retirements_.push_back({AuditKeyOf(subject), decision.time_ms});
    }
    return;
  }
  decision.by = static_cast<int8_t>(FindName(kAuditDeciders, entry["by"].AsName()));
  const std::string_view region = entry["region"].AsName();
  if (region_days_ == 0 || !(region_ == region)) {
    region_ = region;
    region_days_ = static_cast<int16_t>(policy_.DaysIn(region).granted);
  }
  decision.granted_days = region_days_;
  for (JsonItems item(entry["purposes"]); item.Next();) {
    const int purpose = policy_.Find(item.key());
    if (purpose < 0) continue;
    const PurposeSet bit = PurposeSet{1} << purpose;
    const JsonView state = item.value()["state"];
    if (state.IsName("granted") || state.IsName("exempt")) decision.on |= bit;
    if (state.IsName("denied")) decision.refused |= bit;
    const JsonView why = item.value()["why"];
    if (why.IsName("person") || why.IsName("account")) decision.by_answer |= bit;
  }
  decision.on |= policy_.AlwaysOn(region);
}

void AuditRecords::AddRequest(const StoredEvent& event) {
  AuditRequest request;
  if (event.anonymous_id.empty()) return;
  request.id = AuditKeyOf(event.anonymous_id);
  request.subject = AuditKeyOf(event.properties["subject"].AsName());
  request.time_ms = event.time_ms;
  request.purposes = SetOf(event.properties["purposes"]);
  for (JsonItems item(event.properties["collectors"]); item.Next();) {
    const AuditKey id = AuditKeyOf(item.value().AsName());
    for (size_t i = 0; i < collectors_.size(); ++i) {
      if (collectors_[i] == id) request.collectors |= 1u << i;
    }
  }
  const int64_t known = request_of_.Find(request.id);
  if (known < 0) {
    request_of_.Put(request.id, static_cast<uint32_t>(requests_.size()));
    requests_.push_back(request);
    return;
  }
  AuditRequest& first = requests_[static_cast<size_t>(known)];
  first.time_ms = std::max(first.time_ms, request.time_ms);
  first.purposes |= request.purposes;
  first.collectors |= request.collectors;
}

// Gives each entry its person, the first entry of its chain that is there; what stays in `previous`
// is a gap.
uint32_t AuditRecords::NumberPeople() {
  std::vector<uint32_t> order(decisions_.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = static_cast<uint32_t>(i);
  // An entry comes after the one that it follows: its number is higher.
  std::stable_sort(order.begin(), order.end(), [this](uint32_t a, uint32_t b) {
    return decisions_[a].number < decisions_[b].number;
  });
  uint32_t people = 0;
  for (const uint32_t place : order) {
    AuditDecision& decision = decisions_[place];
    const int64_t before = decision.previous == 0 ? -1 : by_hash_.Find(decision.previous);
    const AuditDecision* follows = before < 0 ? nullptr : &decisions_[static_cast<size_t>(before)];
    const bool chained = follows && follows->number < decision.number;
    decision.person = chained ? follows->person : people++;
    if (chained) decision.previous = 0;
  }
  return people;
}

// Puts the entries of a person side by side.
std::vector<const AuditDecision*> AuditRecords::Chain() {
  const uint32_t people = NumberPeople();
  std::sort(decisions_.begin(), decisions_.end(), Before);
  first_of_.assign(people + 1, static_cast<uint32_t>(decisions_.size()));
  for (size_t i = decisions_.size(); i-- > 0;) {
    first_of_[decisions_[i].person] = static_cast<uint32_t>(i);
  }
  SettleRequests();
  return SettleEntries();
}

// What an entry takes over from the one before. Gives those before which one is missing.
std::vector<const AuditDecision*> AuditRecords::SettleEntries() {
  std::vector<const AuditDecision*> gaps;
  const AuditDecision* before = nullptr;
  for (AuditDecision& decision : decisions_) {
    by_hash_.Put(decision.hash, decision.person);
    if (decision.previous != 0) gaps.push_back(&decision);
    if (before && before->person != decision.person) before = nullptr;
    decision.answered_ms = decision.by <= 1 || !before ? decision.time_ms : before->answered_ms;
    // A deletion says nothing of what is allowed: that was decided before.
    if (decision.by == kDeletionBy && before) {
      decision.on = before->on;
      decision.refused = before->refused;
      decision.by_answer = before->by_answer;
      decision.granted_days = before->granted_days;
    }
    before = &decision;
  }
  return gaps;
}

// A deletion that came after a request says whether the ids were given up.
void AuditRecords::SettleRequests() {
  const auto earlier = [](const Retirement& a, const Retirement& b) {
    return a.subject != b.subject ? a.subject < b.subject : a.time_ms < b.time_ms;
  };
  std::sort(retirements_.begin(), retirements_.end(), earlier);
  for (AuditRequest& request : requests_) {
    const Retirement asked{request.subject, request.time_ms};
    const auto done = std::lower_bound(retirements_.begin(), retirements_.end(), asked, earlier);
    const bool found = done != retirements_.end() && done->subject == request.subject;
    if (found) request.retired_ms = done->time_ms;
  }
}

const AuditDecision* AuditRecords::LastBefore(uint32_t person, int64_t time_ms) const {
  const AuditDecision* first = decisions_.data() + first_of_[person];
  const AuditDecision* end = decisions_.data() + first_of_[person + 1];
  const AuditDecision* after =
      std::upper_bound(first, end, time_ms,
                       [](int64_t time, const AuditDecision& one) { return time < one.time_ms; });
  return after == first ? nullptr : after - 1;
}

const AuditDecision* AuditRecords::Next(const AuditDecision* decision, uint32_t person) const {
  const AuditDecision* next = decision ? decision + 1 : decisions_.data() + first_of_[person];
  return next == decisions_.data() + first_of_[person + 1] ? nullptr : next;
}

const AuditDecision* AuditRecords::RefusedSince(const AuditDecision* decision,
                                                PurposeSet purpose) const {
  const AuditDecision* first = decisions_.data() + first_of_[decision->person];
  while (decision > first && (decision[-1].refused & purpose)) --decision;
  return decision;
}

bool AuditRecords::WasOn(const AuditDecision* decision, PurposeSet purpose) const {
  const AuditDecision* first = decisions_.data() + first_of_[decision->person];
  while (decision > first) {
    if ((--decision)->on & purpose) return true;
  }
  return false;
}

const AuditRequest* AuditRecords::RequestOf(AuditKey id) const {
  const int64_t place = request_of_.Find(id);
  return place < 0 ? nullptr : &requests_[static_cast<size_t>(place)];
}

}  // namespace waymark
