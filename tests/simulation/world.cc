#include "simulation/world.h"

#include <algorithm>
#include <utility>

namespace waymark_simulation {
namespace {

constexpr int64_t kSecondMs = 1'000;
constexpr int64_t kHourMs = 3'600'000;
constexpr int64_t kDayMs = 24 * kHourMs;
// Far more than a world of 80 steps needs; behind it something turns in circles.
constexpr int64_t kEventsMax = 60'000;
// A collector may ask for a day of patience; what is not done then will never be.
constexpr int64_t kRestMsMax = 3 * kDayMs;

// A write that was handed over has mostly been done by then.
constexpr int64_t kCrashDelayMsMax = 40;

// So many that most collectors get at least one of them.
constexpr int kLastCalls = 3;

}  // namespace

World::World(const Settings& settings, Mutation& mutation, bool traces)
    : surroundings_(settings, mutation, traces), network_(&surroundings_) {
  if (traces) surroundings_.Tell(surroundings_.config.dump());
  for (int64_t i = 0; i < settings.devices; ++i) {
    devices_.emplace_back(&surroundings_, static_cast<size_t>(i));
  }
}

void World::Live(int64_t steps) {
  Schedule& schedule = surroundings_.schedule;
  Random& random = surroundings_.random;
  for (Device& device : devices_) {
    Tab* tab = OpenTab(&device);
    if (surroundings_.settings.answered_at_first) DecideSome(tab, true);
  }
  for (int64_t i = 0; i < steps; ++i) {
    // Mostly a moment, sometimes long enough for every timer to run out.
    const bool is_long = random.Percent(5);
    const int64_t most = is_long ? kHourMs : surroundings_.settings.step_ms_max;
    const int64_t until_ms = schedule.now_ms() + random.Between(0, most);
    while (schedule.RunNext(until_ms)) {
      if (++events_ > kEventsMax) throw Violation("idle", "the engines turn in circles");
    }
    Step();
  }
  Heal();
  Rest("with all tabs open");
  surroundings_.model.Rest();
  CloseAll();
  Rest("after the last tab was closed");
  for (Device& device : devices_) OpenTab(&device);
  Rest("after a new start");
  for (int i = 0; i < kLastCalls; ++i) {
    for (Device& device : devices_) CallOnce(device.tabs()[0]);
  }
  Rest("after some more events");
  for (Device& device : devices_) device.tabs()[0]->LookAtView();
  surroundings_.model.End();
}

void World::Rest(const char* where) {
  surroundings_.Tell(std::string("-- resting ") + where);
  Schedule& schedule = surroundings_.schedule;
  const int64_t until_ms = schedule.now_ms() + kRestMsMax;
  while (!schedule.is_empty()) {
    if (++events_ <= kEventsMax && schedule.RunNext(until_ms)) continue;
    throw Violation("idle", std::string("does not go idle ") + where);
  }
}

void World::Step() {
  Device* device = &devices_[static_cast<size_t>(
      surroundings_.random.Below(static_cast<int64_t>(devices_.size())))];
  TouchSurroundings(device);
  const int64_t tabs = static_cast<int64_t>(device->tabs().size());
  const bool opens =
      tabs == 0 || (tabs < surroundings_.settings.tabs_max && surroundings_.random.Percent(15));
  if (opens) OpenTab(device);
  ActOn(PickTab(device));
}

void World::TouchSurroundings(Device* device) {
  const Weather& weather = surroundings_.settings.weather;
  if (surroundings_.Happens(weather.clock_jump)) device->JumpClock(Jump());
  if (surroundings_.Happens(weather.store_phase_fails)) {
    device->BreakStoreFor(surroundings_.random.Between(kSecondMs, 60 * kSecondMs));
  }
}

int64_t World::Jump() {
  Random& random = surroundings_.random;
  const bool is_long = surroundings_.settings.weather.long_jumps && random.Percent(30);
  const int64_t most = is_long ? 40 * kDayMs : 20 * kHourMs;
  return random.Between(-most, most);
}

Tab* World::OpenTab(Device* device) {
  return &tabs_.emplace_back(&surroundings_, device, &network_);
}

Tab* World::PickTab(Device* device) { return surroundings_.random.Pick(device->tabs()); }

void World::ActOn(Tab* tab) {
  if (!tab->is_awake()) {
    if (surroundings_.random.Percent(50)) tab->Wake();
    return;
  }
  Random& random = surroundings_.random;
  if (surroundings_.Happens(surroundings_.settings.weather.crash)) return CrashSome(tab);
  const Habits& habits = surroundings_.settings.habits;
  int64_t choice = random.Below(100);
  const auto is = [&choice](int64_t share) { return (choice -= share) < 0; };
  if (is(habits.decisions)) return DecideSome(tab, false);
  if (is(habits.users)) return SwitchUser(tab);
  if (is(habits.forgets)) return tab->Forget();
  if (is(habits.lifecycles)) return ChangeLife(tab);
  if (is(habits.tabs)) return Leave(tab);
  if (is(habits.connections)) return tab->Connect(random.Percent(60), random.Percent(30));
  if (is(habits.narrowing)) return NarrowSome(tab);
  if (is(4)) return tab->Command({{"type", "flush"}});
  CallSome(tab);
}

void World::CallSome(Tab* tab) {
  const bool is_burst = surroundings_.random.Percent(15);
  const int64_t count = surroundings_.random.Between(1, is_burst ? 20 : 3);
  for (int64_t i = 0; i < count && tab->is_awake(); ++i) CallOnce(tab);
}

void World::CallOnce(Tab* tab) {
  Random& random = surroundings_.random;
  const bool says_so = random.Percent(40);
  Priority priority = static_cast<Priority>(random.Below(3));
  Json properties = Json::object();
  const int64_t filler = random.Below(surroundings_.settings.filler_bytes_max + 1);
  properties["filler"] = std::string(static_cast<size_t>(filler), 'x');
  const int64_t kind = random.Below(100);
  if (kind < 15) {
    if (!says_so) priority = Priority::kNormal;
    return tab->Track("page", "", priority, says_so, properties);
  }
  if (kind < 20) {
    if (!says_so) priority = Priority::kNormal;
    return tab->Track("screen", "screen", priority, says_so, properties);
  }
  // A name of its own is all by which a de-identified event is known again.
  const std::string name = surroundings_.settings.identified_only ? random.Pick(EventNames()) : "";
  const bool is_order = name.rfind("order_", 0) == 0;
  if (!says_so) priority = is_order ? Priority::kCritical : Priority::kNormal;
  if (is_order) properties["order_id"] = "A1";
  tab->Track("track", name, priority, says_so, properties);
}

void World::DecideSome(Tab* tab, bool grants_all) {
  Json choices = Json::object();
  for (const std::string& purpose : surroundings_.model.facts().gate.Choosable()) {
    if (!grants_all && surroundings_.random.Percent(30)) continue;
    const bool grants = grants_all || surroundings_.random.Percent(60);
    choices[purpose] = grants ? "granted" : "denied";
  }
  if (!choices.empty()) tab->Decide(choices);
}

void World::SwitchUser(Tab* tab) {
  if (surroundings_.random.Percent(30)) return tab->Reset();
  const std::string user = "user" + std::to_string(surroundings_.random.Below(3));
  tab->Track("identify", user, Priority::kCritical, false, Json::object());
}

void World::ChangeLife(Tab* tab) {
  const int64_t choice = surroundings_.random.Below(100);
  if (choice < 40) return tab->Lifecycle("hidden");
  if (choice < 60) return tab->Lifecycle("visible");
  tab->Freeze();
}

void World::NarrowSome(Tab* tab) {
  Random& random = surroundings_.random;
  const std::string& id = random.Pick(surroundings_.settings.collectors).id;
  const int64_t choice = random.Below(100);
  if (choice < 40) return tab->Narrow(Json::object());
  if (choice < 55) return tab->Narrow({{"off", true}});
  if (choice < 75) return tab->Narrow({{"collectors", {{id, {{"off", true}}}}}});
  if (choice < 85) return tab->Narrow({{"drop_events", {random.Pick(EventNames())}}});
  if (choice < 95) return tab->Narrow({{"collectors", {{id, {{"sample", 0.5}}}}}});
  tab->Narrow({{"drop_fields", {"/properties/filler"}}});
}

// Often in the task of its last calls, as with a link that is also counted.
void World::Leave(Tab* tab) {
  if (surroundings_.random.Percent(50)) CallSome(tab);
  if (tab->is_awake()) tab->Close(surroundings_.random.Percent(30));
}

// At rest, between two effects, or while what it has just done is on its way.
void World::CrashSome(Tab* tab) {
  Random& random = surroundings_.random;
  const int64_t choice = random.Below(100);
  if (choice < 25) return tab->Crash();
  if (choice < 60) tab->CrashAfter(static_cast<int>(random.Below(8)));
  if (random.Percent(30))
    DecideSome(tab, false);
  else
    CallSome(tab);
  if (choice < 60) return;
  surroundings_.schedule.After(random.Between(0, kCrashDelayMsMax), [this, tab] {
    if (!tab->is_gone() && !surroundings_.is_healed) tab->Crash();
  });
}

void World::Heal() {
  surroundings_.is_healed = true;
  surroundings_.Tell("-- the world heals");
  for (Tab& tab : tabs_) {
    if (tab.is_gone()) continue;
    tab.CrashAfter(-1);
    if (!tab.is_awake()) tab.Wake();
    if (!tab.facts().narrow.empty()) tab.Narrow(Json::object());
    tab.Connect(true, false);
  }
}

void World::CloseAll() {
  for (Tab& tab : tabs_) {
    if (tab.is_gone()) continue;
    tab.LookAtView();
    tab.facts().lived_until_rest = true;
    tab.Close(false);
  }
}

RunResult Run(const RunOptions& options) {
  const Settings settings = MakeSettings(options.seed);
  const std::unique_ptr<Mutation> mutation = MakeMutation(options.mutation);
  World world(settings, *mutation, options.traces);
  RunResult result;
  try {
    world.Live(options.steps < 0 ? settings.steps : std::min(options.steps, settings.steps));
  } catch (const Violation& violation) {
    result.violation = violation.what();
  }
  result.sum = world.sum();
  result.events = world.events();
  return result;
}

}  // namespace waymark_simulation
