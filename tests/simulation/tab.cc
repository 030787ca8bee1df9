#include "simulation/tab.h"

#include <algorithm>
#include <utility>

#include "simulation/network.h"
#include "simulation/segment_reader.h"
#include "simulation/token.h"

namespace waymark_simulation {
namespace {

constexpr size_t kEntropyBytes = 32;
constexpr int64_t kMonoAtOpeningMs = 5;
constexpr int64_t kTimerLateMsMax = 10;
constexpr int64_t kTimerVeryLateMsMax = 1'500;

const char* NameOf(Priority priority) {
  const char* names[] = {"critical", "normal", "bulk"};
  return names[static_cast<size_t>(priority)];
}

// What is put down, as far as a person can read it.
std::string ValueOf(const Effect& effect) {
  if (effect.type != "store_put") return "";
  if (effect.body.rfind('{', 0) == 0) return " " + effect.body;
  std::string text;
  for (const StoredEvent& event : ReadSegment(effect.body).events) {
    text += " " + std::to_string(event.sequence) + ":" + TokenText(event.token);
  }
  return text;
}

std::string Summary(const Json& fields) {
  Json shown = fields;
  for (const char* member : {"now", "entropy", "properties", "traits", "headers", "credentials",
                             "method", "timeout_ms"}) {
    shown.erase(member);
  }
  return shown.dump();
}

// What a view says of the queue, and of what was lost.
std::string Counts(const View& view) {
  const Json json = Json::parse(view.text);
  std::string text = json.at("queue").dump() + " lost " + json.at("losses").dump();
  for (const auto& [id, collector] : json.at("collectors").items()) {
    text += " " + id + " " + collector.at("lost").dump();
  }
  return text;
}

}  // namespace

Tab::Tab(Surroundings* world, Device* device, Network* network)
    : world_(world), device_(device), network_(network), opened_ms_(world->schedule.now_ms()) {
  Open();
}

int64_t Tab::mono_ms() const { return world_->schedule.now_ms() - opened_ms_ + kMonoAtOpeningMs; }

void Tab::Open() {
  Input start;
  start.fields = {{"now", {{"wall_ms", device_->wall_ms()}, {"mono_ms", mono_ms()}}},
                  {"sdk", {{"name", "waymark-simulation"}, {"version", "1"}}},
                  {"config", world_->config}};
  if (world_->settings.web) start.fields["origin"] = "https://shop.example";
  start.blobs.push_back({"/entropy", world_->random.Bytes(kEntropyBytes)});
  const std::string record = device_->ConsentRecord();
  // Its facts are told before anything else happens.
  const Choices choices = device_->StandingBy(record);
  if (!record.empty()) start.fields["consent"] = Json::parse(record);
  TabFacts& opened = world_->model.OpenTab(device_->number(), choices);
  opened.generation = Gate::GenerationOf(record);
  opened.record = record;
  if (Gate::IsForgetting(record)) opened.forgot = world_->model.facts().stamp;
  number_ = opened.number;
  world_->mutation.OnStart(number_, &start);
  world_->Tell(name() + " opens on device " + std::to_string(device_->number()));
  engine_ = std::make_unique<EnginePort>(start, &world_->sum);
  device_->tabs().push_back(this);
  Command({{"type", "wake"}});
  const Person& person = world_->settings.persons[device_->number()];
  if (person.gpc) TellFact("gpc", true);
  if (!person.region.empty()) TellFact("region", person.region);
}

void Tab::TellFact(const char* name, const Json& value) {
  Command({{"type", "signal"}, {"name", name}, {"value", value}, {"source", "page"}});
}

void Tab::Command(Json fields) { Send({std::move(fields), {}}); }

void Tab::Send(Input input) {
  if (is_gone()) return;
  world_->model.facts().now_ms = world_->schedule.now_ms();
  input.fields["now"] = {{"wall_ms", device_->wall_ms()}, {"mono_ms", mono_ms()}};
  if (world_->traces) world_->Tell(name() + " <- " + Summary(input.fields));
  Output output;
  if (world_->mutation.OnInput(number_, &input)) output = engine_->Handle(input);
  world_->mutation.OnOutput(number_, input, &output);
  if (output.refused) throw Violation("start", output.problems.dump());
  // The platform's refusal makes a page that leaves pack again.
  const bool leaving = facts().is_leaving && (input.fields.at("type") == "lifecycle" ||
                                              input.fields.value("error", "") == "refused");
  Perform(std::move(output), leaving);
}

void Tab::Deliver(std::function<void()> action) {
  if (is_gone()) return;
  if (is_awake()) return action();
  backlog_.push_back(std::move(action));
}

void Tab::Perform(Output output, bool leaving) {
  world_->Bound(output);
  Transaction transaction{number_, {}, world_->model.TakeSettled()};
  outputs_ += !output.effects.empty() || !output.problems.empty();
  if (!output.nothing) {
    wake_at_ms_ = output.wake_at_ms;
    SetTimer();
  }
  for (const Json& problem : output.problems) {
    if (problem.at("code") == "queue_full") world_->model.ReportsFullQueue(number_);
  }
  bool view_has_changed = false;
  for (const Effect& effect : output.effects) {
    if (effects_until_crash_ == 0) {
      // Where writes are no transactions, the half of one may be done.
      const bool tears = world_->settings.weather.torn_writes && !transaction.effects.empty();
      const int64_t before = device_->JobsOf(this);
      if (tears) device_->HandOver(this, std::move(transaction));
      return Die(tears ? before : world_->random.Between(0, before), tears);
    }
    if (effects_until_crash_ > 0) --effects_until_crash_;
    view_has_changed = view_has_changed || effect.type == "notify";
    PerformEffect(effect, leaving, &transaction);
  }
  if (!transaction.effects.empty()) device_->HandOver(this, std::move(transaction));
  if (view_has_changed) LookAtView();
}

void Tab::PerformEffect(const Effect& effect, bool leaving, Transaction* transaction) {
  if (world_->traces) world_->Tell(name() + " -> " + Summary(effect.fields) + ValueOf(effect));
  if (effect.type == "notify") return;
  if (effect.type == "http_send") return SendRequest(effect, leaving);
  if (effect.type == "http_abort") return Abort(effect.fields.at("target"));
  if (effect.type == "claim") {
    return device_->Claim(this, effect.id, effect.fields.at("writer"));
  }
  world_->model.EmitsStoreEffect(number_, effect);
  if (WritesRecord(effect)) record_write_ = effect.id;
  if (world_->settings.consent_is_at_once && IsConsentKey(effect)) return RunAtOnce(effect);
  transaction->effects.push_back(effect);
}

void Tab::SetTimer() {
  const uint64_t timer = ++timer_;
  if (!wake_at_ms_) return;
  int64_t delay_ms = *wake_at_ms_ - mono_ms();
  if (delay_ms > 0) {
    const bool very_late = world_->Happens(30);
    delay_ms += world_->random.Between(0, very_late ? kTimerVeryLateMsMax : kTimerLateMsMax);
  }
  world_->schedule.After(delay_ms, [this, timer] {
    if (timer != timer_ || !is_awake()) return;
    const int64_t before = outputs_;
    Command({{"type", "wake"}});
    world_->model.Woken(number_, outputs_ == before);
  });
}

void Tab::LookAtView() {
  const View view = engine_->Look();
  if (world_->traces) world_->Tell(name() + "    sees " + Counts(view));
  world_->model.Viewed(number_, view);
}

void Tab::Track(const std::string& verb, const std::string& name, Priority priority, bool says_so,
                Json properties) {
  const Token& token = world_->model.Call(number_, verb, name, priority);
  const std::string mark = TokenText(token.number);
  Json fields = {{"type", verb}, {"context", {{"page", {{"title", mark}}}}}};
  // Also what is none of the specification's members, and stays here.
  if (token.number % 4 == 0) fields["context"]["viewport"] = {{"width", 800}};
  const bool identifies = verb == "identify";
  properties["label"] = mark;
  fields[identifies ? "traits" : "properties"] = properties;
  if (identifies && !name.empty()) fields["user_id"] = name;
  if (verb == "track") fields["name"] = name.empty() ? TokenName(token.number) : name;
  if (verb == "screen") fields["name"] = "screen";
  if (says_so) fields["priority"] = NameOf(priority);
  Command(std::move(fields));
}

void Tab::Decide(const Json& choices) {
  Choices all = facts().choices;
  for (const auto& [purpose, choice] : choices.items()) all[purpose] = choice;
  world_->model.Told(number_, all);
  Send({{{"type", "set_consent"}, {"choices", choices}, {"source", "person"}},
        {{"/entropy", world_->random.Bytes(kEntropyBytes)}}});
  if (!is_gone()) world_->model.Decided(number_, choices);
}

void Tab::Reset() {
  world_->model.Reset(number_);
  Send({{{"type", "reset"}}, {{"/entropy", world_->random.Bytes(kEntropyBytes)}}});
}

void Tab::Forget() {
  world_->model.Forget(number_);
  Send({{{"type", "forget"}}, {{"/entropy", world_->random.Bytes(kEntropyBytes)}}});
}

void Tab::Narrow(const Json& document) {
  world_->model.Narrow(number_, document);
  Command({{"type", "narrow"}, {"document", document}});
}

void Tab::Connect(bool online, bool metered) {
  facts().connections += online && !facts().online;
  facts().online = online;
  facts().metered = metered;
  Command({{"type", "connectivity"}, {"online", online}, {"metered", metered}});
}

void Tab::Lifecycle(const std::string& state) {
  if (state != "frozen") facts().is_leaving = state == "hidden" || state == "closing";
  Command({{"type", "lifecycle"}, {"state", state}});
}

// The engine hears it first; then all locks go, so that nobody waits for a tab that sleeps.
void Tab::LetGo(const char* state) {
  Lifecycle(state);
  if (is_gone()) return;
  device_->Release(this);
  facts().state = TabState::kFrozen;
  facts().slept = ++world_->model.facts().stamp;
  record_at_freeze_ = device_->ConsentRecord();
}

void Tab::Close(bool stays) {
  const bool has_slept = facts().slept != 0;
  was_closed_ = true;
  LetGo("closing");
  if (is_gone() || stays) return;
  const bool all = world_->is_healed || world_->random.Percent(85);
  const int64_t jobs = device_->JobsOf(this);
  const int64_t done = all ? jobs : world_->random.Between(0, jobs);
  facts().left_in_order = done == jobs && !has_slept;
  Die(done, false);
}

void Tab::Wake() {
  facts().state = TabState::kAwake;
  if (device_->ConsentRecord() != record_at_freeze_) DeliverConsentChange();
  Lifecycle(std::exchange(was_closed_, false) ? "visible" : "resumed");
  while (!backlog_.empty() && is_awake()) {
    const auto action = std::move(backlog_.front());
    backlog_.pop_front();
    action();
  }
  if (is_awake()) SetTimer();
}

void Tab::Crash() {
  const int64_t jobs = device_->JobsOf(this);
  const bool tears = world_->settings.weather.torn_writes && world_->random.Percent(70) && jobs > 0;
  Die(world_->random.Between(0, tears ? jobs - 1 : jobs), tears);
}

void Tab::Die(int64_t jobs, bool tears) {
  if (world_->traces) {
    world_->Tell(name() + " has gone; " + std::to_string(jobs) + " of " +
                 std::to_string(device_->JobsOf(this)) + " writes are done");
  }
  device_->DropJobs(this, jobs, tears);
  facts().state = TabState::kGone;
  device_->Release(this);
  std::erase(device_->tabs(), this);
  for (const auto& [effect_id, request] : requests_) network_->Cancel(request);
  engine_.reset();
}

}  // namespace waymark_simulation
