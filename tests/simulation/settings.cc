#include "simulation/settings.h"

#include <algorithm>

namespace waymark_simulation {
namespace {

constexpr size_t kNecessary = 0;
constexpr size_t kAnalytics = 1;
constexpr size_t kMarketing = 2;

constexpr int64_t kCrashWithTornWrites = 250;

// 0 in about half of the worlds, else up to `most`.
int64_t Sometimes(Random* random, int64_t most) {
  return random->Percent(55) ? 0 : random->Between(1, most);
}

PurposeSettings AnsweredPurpose(Random* random, const char* id, bool deidentifies) {
  PurposeSettings purpose;
  purpose.id = id;
  purpose.basis = random->Percent(80) ? "consent" : "legitimate_interest";
  purpose.before_answer = random->Percent(60) ? "hold" : "drop";
  if (deidentifies && random->Percent(40)) purpose.before_answer = "deidentify";
  purpose.storage = random->Percent(85);
  return purpose;
}

void MakePurposes(Random* random, Settings* settings) {
  const bool deidentifies = !settings->identified_only;
  settings->purposes.push_back({"necessary", "exempt", "drop", true, false});
  settings->purposes.push_back(AnsweredPurpose(random, "analytics", deidentifies));
  settings->purposes.push_back(AnsweredPurpose(random, "marketing", deidentifies));
  if (!deidentifies) return;
  settings->purposes.push_back({"audience", "exempt", "drop", random->Percent(50), true});
}

std::vector<size_t> PickNeeds(Random* random, const Settings& settings) {
  const int64_t choice = random->Below(100);
  if (choice < 50) return {kAnalytics};
  if (choice < 70) return {kMarketing};
  if (choice < 80) return {kAnalytics, kMarketing};
  if (choice < 90) return {kNecessary};
  return {settings.purposes.size() - 1};
}

// Some of the names; in a world with de-identified events no name is known before.
std::vector<std::string> PickOnly(Random* random, const Settings& settings) {
  std::vector<std::string> only;
  if (!settings.identified_only || !random->Percent(20)) return only;
  for (const std::string& name : EventNames()) {
    if (random->Percent(60)) only.push_back(name);
  }
  for (const char* verb : {"page", "screen", "identify"}) {
    if (random->Percent(50)) only.push_back(verb);
  }
  if (only.empty()) only.push_back("page");
  return only;
}

void MakeCollectors(Random* random, Settings* settings) {
  const int64_t count = random->Between(1, 3);
  for (int64_t i = 0; i < count; ++i) {
    CollectorSettings collector;
    collector.protocol = random->Percent(65) ? "segment" : "snowplow";
    collector.id = collector.protocol + std::to_string(i);
    collector.needs = PickNeeds(random, *settings);
    collector.only = PickOnly(random, *settings);
    if (random->Percent(10)) collector.sample = 0.5;
    collector.gzip = random->Percent(70);
    collector.tells_losses = collector.protocol == "segment" || random->Percent(50);
    collector.refuses_gzip = settings->web && random->Percent(10);
    collector.shows_retry_after = random->Percent(80);
    settings->collectors.push_back(collector);
  }
}

void MakeWeather(Random* random, Weather* weather) {
  if (random->Percent(10)) return;  // nothing goes wrong
  weather->request_lost = Sometimes(random, 300);
  weather->answer_lost = Sometimes(random, 300);
  weather->slow = Sometimes(random, 300);
  weather->arrives_twice = Sometimes(random, 100);
  weather->answered_twice = Sometimes(random, 300);
  weather->refused_by_host = Sometimes(random, 300);
  weather->storm = Sometimes(random, 700);
  weather->single_error = Sometimes(random, 200);
  weather->partly_taken = Sometimes(random, 500);
  weather->poison = Sometimes(random, 60);
  weather->store_fails = random->Percent(75) ? 0 : random->Between(1, 300);
  weather->store_phase_fails = random->Percent(75) ? 0 : random->Between(1, 100);
  weather->store_slow = Sometimes(random, 200);
  weather->crash = Sometimes(random, 150);
  weather->clock_jump = Sometimes(random, 100);
  weather->long_jumps = random->Percent(20);
  weather->torn_writes = random->Percent(60);
  weather->choking = random->Percent(75) ? 0 : random->Between(1, 60);
  weather->decision_fails = random->Percent(75) ? 0 : random->Between(1, 300);
}

void MakeHabits(Random* random, Habits* habits) {
  habits->decisions = Sometimes(random, 15);
  habits->users = Sometimes(random, 15);
  habits->forgets = random->Percent(80) ? 0 : random->Between(1, 5);
  habits->lifecycles = Sometimes(random, 25);
  habits->tabs = Sometimes(random, 20);
  habits->connections = Sometimes(random, 10);
  habits->narrowing = random->Percent(75) ? 0 : random->Between(1, 8);
}

void MakeBounds(Random* random, Settings* settings) {
  // Big events cost time to simulate, so few worlds have them.
  const int64_t size = random->Below(100);
  settings->filler_bytes_max = 50;
  if (size < 30) settings->filler_bytes_max = random->Between(200, 2'000);
  if (size < 8) settings->filler_bytes_max = random->Between(4'000, 12'000);
  settings->batch_events_max = random->Percent(50) ? random->Between(1, 12) : 100;
  settings->batch_bytes_max = random->Percent(50) ? random->Between(1'024, 8'192) : 65'536;
  settings->flush_ms = random->Percent(20) ? 0 : random->Between(100, 10'000);
  settings->outbox_events_max =
      random->Percent(50) ? random->Between(10, 25) : random->Between(26, 200);
  settings->outbox_bytes_max = random->Percent(50) ? 65'536 : 1'000'000;
}

const char* const kRegions = R"([
  {"match": ["EU"], "model": "opt_in", "gpc": "ignore"},
  {"match": ["US-CA"], "model": "opt_out", "gpc": "opt_out"},
  {"match": ["*"], "model": "notice", "gpc": "ignore"}])";

void MakeFacts(Random* random, Settings* settings) {
  for (Person& person : settings->persons) {
    person.region = random->Pick(std::vector<std::string>{"DE", "US-CA", "US-CA", "CH"});
    person.gpc = random->Percent(40);
  }
  CollectorSettings owner;
  owner.id = "owner";
  owner.protocol = "segment";
  owner.needs = {kNecessary};
  owner.only = {"consent_decided", "deletion_requested"};
  owner.for_records = true;
  settings->collectors.push_back(owner);
}

}  // namespace

bool AsksFirst(const Person& person) { return person.region.empty() || person.region == "DE"; }

bool HearsGpc(const Person& person) { return person.region == "US-CA"; }

const std::vector<std::string>& EventNames() {
  static const std::vector<std::string> names = {"product_viewed", "order_completed",
                                                 "order_refunded", "search", "video"};
  return names;
}

Settings MakeSettings(uint64_t seed) {
  Random random(seed * 0x9e3779b97f4a7c15 + 1);
  Settings settings;
  settings.seed = seed;
  settings.steps = random.Between(20, 80);
  settings.step_ms_max = random.Percent(50) ? 2'000 : random.Between(100, 60'000);
  settings.web = random.Percent(70);
  settings.single_engine = !settings.web && random.Percent(50);
  settings.devices = random.Percent(75) ? 1 : 2;
  settings.tabs_max = settings.single_engine ? 1 : random.Between(1, 3);
  settings.consent_is_at_once = settings.web || settings.tabs_max > 1;
  settings.identified_only = random.Percent(75);
  settings.answered_at_first = random.Percent(70);
  MakePurposes(&random, &settings);
  MakeCollectors(&random, &settings);
  MakeWeather(&random, &settings.weather);
  // A browser's store has transactions; a file may be cut off, by a crash.
  Weather& weather = settings.weather;
  if (settings.web) weather.torn_writes = false;
  if (weather.torn_writes) weather.crash = std::max(weather.crash, kCrashWithTornWrites);
  MakeHabits(&random, &settings.habits);
  MakeBounds(&random, &settings);
  settings.persons.resize(static_cast<size_t>(settings.devices));
  if (seed >= kFirstSeedWithFacts) MakeFacts(&random, &settings);
  return settings;
}

Json MakeConfig(const Settings& settings) {
  Json purposes = Json::array();
  for (const PurposeSettings& purpose : settings.purposes) {
    Json entry = {{"id", purpose.id}, {"basis", purpose.basis}, {"storage", purpose.storage}};
    if (purpose.basis != "exempt") entry["before_answer"] = purpose.before_answer;
    if (purpose.deidentify) entry["mode"] = "deidentify";
    purposes.push_back(entry);
  }
  Json collectors = Json::array();
  for (const CollectorSettings& collector : settings.collectors) {
    Json needs = Json::array();
    for (const size_t purpose : collector.needs) needs.push_back(settings.purposes[purpose].id);
    Json entry = {{"id", collector.id},
                  {"protocol", collector.protocol},
                  {"url", "https://" + collector.id + ".example"},
                  {"needs", needs}};
    if (!collector.only.empty()) entry["only"] = collector.only;
    if (collector.sample < 1) entry["sample"] = collector.sample;
    if (collector.protocol == "segment") {
      entry["options"] = {{"write_key", "K"}, {"gzip", collector.gzip}};
    } else if (collector.tells_losses) {
      entry["options"] = {{"delivery_schema", "iglu:example/delivery/jsonschema/1-0-0"}};
    }
    collectors.push_back(entry);
  }
  Json consent = {{"revision", "2026-11-01"}, {"purposes", purposes}};
  if (settings.seed >= kFirstSeedWithFacts) {
    consent["regions"] = Json::parse(kRegions);
    consent["records"] = "owner";
  }
  return {{"waymark", 1},
          {"app", {{"id", "shop"}, {"version", "1"}, {"channel", "web"}}},
          {"consent", consent},
          {"collectors", collectors},
          {"delivery",
           {{"batch_events_max", settings.batch_events_max},
            {"batch_bytes_max", settings.batch_bytes_max},
            {"flush_ms", settings.flush_ms},
            {"outbox_events_max", settings.outbox_events_max},
            {"outbox_bytes_max", settings.outbox_bytes_max}}}};
}

}  // namespace waymark_simulation
