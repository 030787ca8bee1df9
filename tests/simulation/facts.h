// What has happened in a world so far, as somebody who sees everything would write it down: calls,
// tabs, requests. The watches judge by it. Nothing here comes from the engine's own books.
#ifndef WAYMARK_TESTS_SIMULATION_FACTS_H_
#define WAYMARK_TESTS_SIMULATION_FACTS_H_

#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "simulation/engine_port.h"
#include "simulation/gate.h"
#include "simulation/request_reader.h"
#include "simulation/settings.h"

namespace waymark_simulation {

// A promise that was broken.
struct Violation : std::runtime_error {
  Violation(const std::string& promise, const std::string& what)
      : std::runtime_error(promise + ": " + what) {}
};

// Grows with everything that happens, so that it orders what happens in one millisecond.
using Stamp = uint64_t;

enum class TabState { kAwake, kFrozen, kGone };

struct TabFacts {
  int number = 0;
  size_t device = 0;
  TabState state = TabState::kAwake;
  Stamp slept = 0;                // when it last fell asleep; 0: never
  bool lived_until_rest = false;  // when the world had healed
  bool left_in_order = false;     // closed without having slept before, and all its writes are done
  Choices choices;                // as it was told
  int64_t generation = 0;         // of the last decision that it knows
  std::map<std::string, int64_t> refused;  // purposes that it refused itself, and in which decision
  std::string record;                      // of consent, as it put it down or heard of it last
  Stamp forgot = 0;                        // when it last knew that all is to be forgotten
  bool is_leaving = false;                 // hidden or closing, and not shown again
  bool online = true;
  int connections = 0;  // how often it came online
  bool metered = false;
  Json narrow = Json::object();  // the last document that it was given
  std::set<std::string> names;   // writers' names that it holds now
  bool leads = false;
  bool store_is_reading = false;  // by its view
  int held = 0;                   // calls that wait for an answer, at least
  Stamp state_read = 0;           // when it last read state/
  std::vector<Stamp> evictions;   // when it reported that its queue is full
};

enum class Priority { kCritical, kNormal, kBulk };

// What becomes of one call at one collector.
struct Fate {
  Verdict at_call = Verdict::kDrop;
  bool wanted = false;     // by the collector's list of names
  bool certain = false;    // no sampling, nothing narrowed: it must arrive or be counted
  bool held = false;       // waits for an answer
  Stamp released = 0;      // when it had waited; 0: it has not
  bool expected = false;   // the gate has let it in
  bool identified = true;  // as which it is expected
  bool excused = false;    // withdrawn, forgotten, or not known to all tabs
  bool forbidden = false;  // its tab was told that it may not go any more
  Stamp stored = 0;        // when it was last put down for this collector, identified; 0: it was
                           // not, or had to leave again: it was in the memory of a tab only
  Stamp stored_without_ids = 0;
  std::string message_id;  // under which it was sent
  Stamp first_sent = 0;
  int arrivals = 0;
  std::map<int, Stamp> settled_in;       // tabs that were told that it is done
  std::map<int, Stamp> noted_in;         // tabs that have put this down
  std::map<int, Stamp> acknowledged_in;  // tabs that were told that it has arrived
  Stamp settled_in_store = 0;            // since when the store says so
  bool done_in_store = false;            // as somebody put it down who had been told
};

// A record in the store: since when, and its place among those of its writer.
struct Placed {
  Stamp stored = 0;
  uint64_t sequence = 0;
};

// One call.
struct Token {
  int number = 0;
  int tab = 0;
  size_t device = 0;
  Stamp called = 0;
  int64_t called_ms = 0;
  std::string verb;  // track, page, screen, identify
  std::string name;
  Priority priority = Priority::kNormal;
  bool store_was_open = false;            // at the call
  std::map<std::string, Placed> writers;  // under which it was stored, one for each record
  bool moves = false;                     // was stored as a call, to be judged by another tab
  int last_put_by = -1;                   // a tab
  Stamp last_put = 0;
  bool broken = false;                    // a torn write has cut it off
  std::map<int, Stamp> first_read_after;  // by tab: the state read before it first read the token
  int taken_by = -1;                      // the last tab that read it as nobody's, with the lead
  std::vector<Fate> fates;
};

struct Request {
  int number = 0;
  int tab = 0;
  size_t device = 0;
  size_t collector = 0;
  int64_t effect_id = 0;
  std::string transport;
  bool gzip = false;
  bool leaving = false;  // sent in answer to `hidden` or `closing`
  size_t body_bytes = 0;
  RequestContents contents;
  Stamp sent = 0;
  bool in_flight = true;  // as far as its engine knows
};

// What its engine was told of a request.
struct Answer {
  int status = 0;
  std::string error;
  std::string retry_after;
};

// Store effects of one output. They are applied together or not at all.
struct Transaction {
  int tab = 0;
  std::vector<Effect> effects;
  // Calls and collectors that the input before it settled.
  std::vector<std::pair<int, size_t>> settles;
};

using StoreValues = std::map<std::string, std::string>;

struct Facts {
  explicit Facts(const Settings& the_settings) : settings(the_settings), gate(the_settings) {}

  const Settings& settings;
  Gate gate;
  std::deque<TabFacts> tabs;
  std::deque<Token> tokens;
  std::deque<Request> requests;
  std::vector<StoreValues*> stores;                 // one a device
  std::map<std::string, int> writers;               // by their digits: the tab that took the name
  std::map<std::string, std::string> stored_under;  // by message id: the writer
  Stamp stamp = 0;
  int64_t now_ms = 0;
  std::set<size_t> stores_failed;  // devices whose store has refused something
  bool books_are_whole = true;     // no torn write met anything but a segment
};

}  // namespace waymark_simulation

#endif  // WAYMARK_TESTS_SIMULATION_FACTS_H_
