// What kind of world a seed stands for: its config document, its devices, and how bad its weather
// is. Half of each kind of fault is absent from any one world, so that the model can be exact where
// nothing blurs it.
#ifndef WAYMARK_TESTS_SIMULATION_SETTINGS_H_
#define WAYMARK_TESTS_SIMULATION_SETTINGS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "nlohmann/json.hpp"
#include "simulation/random.h"

namespace waymark_simulation {

using Json = nlohmann::json;

struct PurposeSettings {
  std::string id;
  std::string basis;          // consent, legitimate_interest, exempt
  std::string before_answer;  // hold, drop, deidentify
  bool storage = true;
  bool deidentify = false;
};

struct CollectorSettings {
  std::string id;
  std::string protocol;           // segment, snowplow
  std::vector<size_t> needs;      // purposes, by their place
  std::vector<std::string> only;  // empty: all
  double sample = 1;
  bool gzip = true;
  bool tells_losses = true;   // carries sequences and losses
  bool refuses_gzip = false;  // as a refused preflight: no answer at all
  bool shows_retry_after = true;
  bool for_records = false;  // is told of decisions and deletions, and of nothing else
};

// Chances in thousandths unless the name says otherwise.
struct Weather {
  int64_t request_lost = 0;       // before the collector
  int64_t answer_lost = 0;        // behind it
  int64_t slow = 0;               // takes seconds, up to more than any timeout
  int64_t arrives_twice = 0;      // a proxy that repeats requests
  int64_t answered_twice = 0;     // a host that tells a late answer after the timeout
  int64_t refused_by_host = 0;    // keepalive and beacon
  int64_t storm = 0;              // of a collector's phases: nothing but errors
  int64_t single_error = 0;       // of requests in fine weather
  int64_t partly_taken = 0;       // an error although some events were taken
  int64_t poison = 0;             // of events: refused wherever they stand
  int64_t choking = 0;            // of events: answered with 500 wherever they stand
  int64_t store_fails = 0;        // of transactions
  int64_t store_phase_fails = 0;  // of steps: the store fails from here for a while
  int64_t store_slow = 0;         // of transactions
  int64_t decision_fails = 0;     // of writes of a decision, which the host keeps elsewhere
  int64_t crash = 0;              // of steps
  int64_t clock_jump = 0;         // of steps
  bool long_jumps = false;        // days instead of hours
  bool torn_writes = false;       // a crash leaves the write it met half done
};

// How often a step is of a kind, against the others.
struct Habits {
  int64_t decisions = 0;
  int64_t users = 0;  // identify, reset
  int64_t forgets = 0;
  int64_t lifecycles = 0;
  int64_t tabs = 0;  // opening and leaving
  int64_t connections = 0;
  int64_t narrowing = 0;
};

// Worlds from this seed on have a policy with regions, people who live in them and may browse with
// Global Privacy Control, and an owner who is told of every decision.
inline constexpr uint64_t kFirstSeedWithFacts = 1'000'001;

// Who uses a device.
struct Person {
  std::string region;  // empty: nobody tells it
  bool gpc = false;
};

struct Settings {
  uint64_t seed = 0;
  int64_t steps = 0;
  int64_t step_ms_max = 0;
  int64_t devices = 1;
  int64_t tabs_max = 1;
  bool web = true;                 // an origin, so CORS
  bool consent_is_at_once = true;  // the host keeps consent/ where it writes synchronously
  bool single_engine = false;      // one engine a device: it has the lead at once
  bool identified_only = true;     // no purpose leads to de-identified events
  bool answered_at_first = true;   // the first thing that happens on a device is a grant of all
  int64_t filler_bytes_max = 0;    // in properties
  int64_t batch_events_max = 0;
  int64_t batch_bytes_max = 0;
  int64_t flush_ms = 0;
  int64_t outbox_events_max = 0;
  int64_t outbox_bytes_max = 0;
  std::vector<PurposeSettings> purposes;
  std::vector<CollectorSettings> collectors;
  std::vector<Person> persons;  // by device
  Weather weather;
  Habits habits;
};

Settings MakeSettings(uint64_t seed);

// Whether everybody there is asked before, and whether the signal counts.
bool AsksFirst(const Person& person);
bool HearsGpc(const Person& person);

// The config document of such a world.
Json MakeConfig(const Settings& settings);

// Names of the `track` events of a world without de-identified events.
const std::vector<std::string>& EventNames();

}  // namespace waymark_simulation

#endif  // WAYMARK_TESTS_SIMULATION_SETTINGS_H_
