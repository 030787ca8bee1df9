// What the engine asks for, performed, and what came of it.
#include <map>
#include <optional>
#include <utility>

#include "base/json_writer.h"
#include "base/limits.h"
#include "worker.h"

namespace waymark::native {
namespace {

constexpr std::string_view kPreferences = "iab/";
constexpr int64_t kSameProblemMs = 1'000;

bool ChangesStore(const Effect& effect) {
  return effect.type == EffectType::kStorePut || effect.type == EffectType::kStoreDelete ||
         effect.type == EffectType::kStoreClear;
}

StateChange ChangeOf(const Effect& effect) {
  StateChange change;
  change.key = std::string_view(effect.name);
  change.value = effect.bytes;
  change.kind = StateChange::Kind::kPut;
  if (effect.replace) change.kind = StateChange::Kind::kReplace;
  if (effect.type == EffectType::kStoreDelete) change.kind = StateChange::Kind::kDelete;
  if (effect.type == EffectType::kStoreClear) change.kind = StateChange::Kind::kDeleteBelow;
  return change;
}

const char* ErrorName(waymark_http_error error) {
  switch (error) {
    case WAYMARK_HTTP_TIMED_OUT:
      return "timeout";
    case WAYMARK_HTTP_ABORTED:
      return "aborted";
    case WAYMARK_HTTP_REFUSED:
      return "refused";
    case WAYMARK_HTTP_QUEUED:
      return "queued";
    default:
      return "network";
  }
}

}  // namespace

void Worker::Take(Output&& output) {
  if (output.nothing) return;
  wake_at_ms_ = output.wake_at_ms;
  for (const Problem& problem : output.problems) {
    Report(problem.code, problem.pointer, problem.found, problem.allowed);
  }
  for (Effect& effect : output.effects) {
    if (effect.type == EffectType::kNotify)
      view_dirty_ = true;
    else
      effects_.push_back(std::move(effect));
  }
}

void Worker::Perform() {
  while (!effects_.empty()) {
    if (ChangesStore(effects_.front())) {
      PerformStore();
      continue;
    }
    Effect effect = std::move(effects_.front());
    effects_.pop_front();
    switch (effect.type) {
      case EffectType::kStoreGet:
        PerformRead(effect);
        break;
      case EffectType::kHttpSend:
        PerformHttp(std::move(effect));
        break;
      case EffectType::kHttpAbort:
        http_->Abort(effect.target);
        break;
      case EffectType::kClaim:
        // The folder is this client's alone.
        Take(Handle(R"({"type":"lead","live":[]})"));
        break;
      case EffectType::kAnswer:
        PerformAnswer(effect);
        break;
      default:
        break;
    }
  }
}

// Up to which call of the intake all that came of them is in the store, once the changes in hand
// are; 0: that cannot be said yet.
uint64_t Worker::Covered() const {
  bool last = !engine_->HasUnstored();
  for (const Effect& effect : effects_) {
    last &= effect.type != EffectType::kStorePut;
  }
  return last ? fed_ : 0;
}

// All changes that stand together are one transaction.
void Worker::PerformStore() {
  std::vector<Effect> effects;
  while (!effects_.empty() && ChangesStore(effects_.front())) {
    effects.push_back(std::move(effects_.front()));
    effects_.pop_front();
  }
  std::vector<StateChange> changes;
  for (const Effect& effect : effects) changes.push_back(ChangeOf(effect));
  const Fault fault = store_.Apply(changes, Covered());
  counters_->store_failures += fault != Fault::kNone;
  counters_->corrupt = store_.corrupt();
  counters_->stored_segments = store_.segments();
  if (fault == Fault::kNone) TellPreferences(changes);
  for (const Effect& effect : effects) TellStore(effect.effect_id, fault);
}

// Names of the preferences that an earlier process has told, and that lie in the store.
void Worker::ReadPreferences() {
  if (!settings_->on_preference) return;
  std::vector<StoreEntry> entries;
  std::string after;
  for (bool more = true; more;) {
    entries.clear();
    more = false;
    store_.Read(kPreferences, after, static_cast<size_t>(kStorePageBytesMax), &entries, &more);
    for (const StoreEntry& entry : entries) {
      preferences_.insert(entry.key.substr(kPreferences.size()));
    }
    if (!entries.empty()) after = entries.back().key;
  }
}

// Consent strings also go where other parts of the app look for them: each name once, with what
// holds after the transaction.
void Worker::TellPreferences(const std::vector<StateChange>& changes) {
  if (!settings_->on_preference) return;
  std::map<std::string, std::optional<std::string>> told;
  const auto is_below = [](const std::string& name, std::string_view prefix) {
    return (std::string(kPreferences) + name).starts_with(prefix);
  };
  for (const StateChange& change : changes) {
    if (change.kind == StateChange::Kind::kDeleteBelow) {
      for (const std::string& name : preferences_) {
        if (is_below(name, change.key)) told[name] = std::nullopt;
      }
      for (auto& [name, value] : told) {
        if (is_below(name, change.key)) value = std::nullopt;
      }
    } else if (change.key.starts_with(kPreferences)) {
      std::optional<std::string>& value = told[change.key.substr(kPreferences.size())];
      value = std::nullopt;
      if (change.kind != StateChange::Kind::kDelete) value = std::string(change.value);
    }
  }
  for (const auto& [name, value] : told) {
    if (value)
      preferences_.insert(name);
    else
      preferences_.erase(name);
    settings_->on_preference(settings_->context, name.c_str(), value ? value->c_str() : nullptr);
  }
}

void Worker::TellStore(int64_t effect_id, Fault fault) {
  String fact;
  JsonWriter writer(&fact);
  writer.Begin('{').Field("effect_id", effect_id);
  if (fault != Fault::kNone) writer.Field("reason", FaultReason(fault));
  writer.End('}');
  const InputType type = fault == Fault::kNone ? InputType::kStoreDone : InputType::kStoreFailed;
  Take(HandleFact(type, fact));
}

// Text that was written here needs no check.
Output Worker::HandleFact(InputType type, const String& json, std::string_view bodies) {
  Input input;
  input.type = type;
  input.now = now();
  input.fields = JsonView(json);
  input.bodies = bodies;
  return engine_->Handle(input);
}

void Worker::PerformRead(const Effect& effect) {
  std::vector<StoreEntry> entries;
  bool more = false;
  const Fault fault = store_.Read(effect.name, effect.after,
                                  static_cast<size_t>(kStorePageBytesMax), &entries, &more);
  if (fault != Fault::kNone) return TellStore(effect.effect_id, fault);
  String fact;
  std::string bodies;
  JsonWriter writer(&fact);
  writer.Begin('{').Field("effect_id", effect.effect_id).Key("entries").Begin('[');
  for (const StoreEntry& entry : entries) {
    writer.Begin('{').Field("key", entry.key).Key("value").Begin('{');
    writer.Field("offset", static_cast<int64_t>(bodies.size()));
    writer.Field("size", static_cast<int64_t>(entry.value.size())).End('}').End('}');
    bodies += entry.value;
  }
  writer.End(']').FieldBool("more", more).End('}');
  Take(HandleFact(InputType::kStoreRead, fact, bodies));
}

void Worker::PerformHttp(Effect&& effect) {
  HttpRequest request;
  request.id = effect.effect_id;
  request.get = effect.get;
  request.url = std::move(effect.name);
  request.headers = std::move(effect.headers);
  request.body = std::move(effect.bytes);
  request.timeout_ms = kHttpTimeoutMs;
  request.answer_bytes_max = effect.answer_bytes_max;
  request.leaving = effect.transport != Transport::kFetch;
  request.credentials = effect.credentials;
  ++counters_->requests;
  counters_->request_bytes += request.body.size();
  in_flight_.insert(request.id);
  http_->Send(std::move(request));
}

void Worker::TellAnswer(const HttpAnswer& answer) {
  if (in_flight_.erase(answer.id) == 0) return;
  String fact;
  JsonWriter writer(&fact);
  writer.Begin('{').Field("type", "http_done").Field("effect_id", answer.id);
  const bool answered = answer.error == WAYMARK_HTTP_ANSWERED && answer.status > 0;
  writer.Field("status", answered ? answer.status : 0);
  if (!answered) writer.Field("error", ErrorName(answer.error));
  if (!answer.retry_after.empty()) writer.Field("retry_after", answer.retry_after);
  const bool body = answered && answer.whole_body && !answer.body.empty();
  if (body) {
    writer.Key("body").Begin('{').Field("offset", int64_t{0});
    writer.Field("size", static_cast<int64_t>(answer.body.size())).End('}');
  }
  writer.End('}');
  Take(Handle(fact, body ? std::string_view(answer.body) : std::string_view()));
  Perform();
}

void Worker::PerformAnswer(const Effect& effect) {
  const auto asked = asked_.find(effect.target);
  if (asked == asked_.end()) return;
  const Asked who = asked->second;
  asked_.erase(asked);
  const std::string text(std::string_view(effect.bytes));
  GiveAnswer(who, text);
}

void Worker::Report(const char* code, std::string_view pointer, std::string_view found,
                    std::string_view allowed) {
  if (!settings_->on_problem) return;
  // Once a second: a queue that is full says so with every event.
  const int64_t mono_ms = clock_->MonoMs();
  const std::string which = std::string(code) + std::string(pointer);
  if (which == last_problem_ && mono_ms < problem_ms_ + kSameProblemMs) return;
  last_problem_ = which;
  problem_ms_ = mono_ms;
  const std::string texts[] = {std::string(pointer), std::string(found), std::string(allowed)};
  settings_->on_problem(settings_->context, code, texts[0].c_str(), texts[1].c_str(),
                        texts[2].c_str());
}

}  // namespace waymark::native
