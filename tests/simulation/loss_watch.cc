// What was accepted arrives or is counted, and is counted once.
//
// Counts are taken from the view of the last tab, which has taken over what earlier ones had put
// down, and from the reports that travel with the events.
#include <algorithm>
#include <functional>
#include <map>
#include <set>

#include "simulation/segment_reader.h"
#include "simulation/token.h"
#include "simulation/watches.h"

namespace waymark_simulation {
namespace {

constexpr const char* kCorrupt = "corrupt";

class LossWatch final : public Watch {
 public:
  explicit LossWatch(Facts* facts) : facts_(facts) {}

  void OnArrival(const Request& request, const std::vector<size_t>& taken) override {
    for (const size_t place : taken) {
      const SentEvent& event = request.contents.events[place];
      for (const auto& [writer, counts] : event.lost) {
        for (const auto& [reason, count] : counts) {
          int64_t& most = told_[{request.collector, WriterDigits(writer)}][reason];
          most = std::max(most, count);
        }
      }
      if (event.sequence == 0) continue;
      arrived_[{request.collector, event.writer}].insert(event.sequence);
    }
  }

  void OnView(const TabFacts& tab, const View& view) override { views_[tab.number] = view; }

  // A tab that leads has sent all that lay in the store.
  void AtRest() override {
    for (const TabFacts& tab : facts_->tabs) {
      if (tab.leads && !IsShutOut(tab)) JudgeEnd(tab.device);
      if (tab.state == TabState::kAwake && tab.slept == 0) never_slept_.insert(tab.number);
    }
  }

  void AtEnd() override {
    for (size_t device = 0; device < facts_->stores.size(); ++device) JudgeEnd(device);
    for (size_t collector = 0; collector < facts_->settings.collectors.size(); ++collector) {
      for (size_t device = 0; device < facts_->stores.size(); ++device) {
        JudgeCounts(device, collector);
      }
    }
    for (const auto& [key, arrived] : arrived_) JudgeSequences(key.first, key.second, arrived);
    for (const Token& token : facts_->tokens) JudgeEviction(token);
  }

 private:
  using Sequences = std::set<int64_t>;
  using Counts = std::map<std::string, int64_t>;  // by reason

  [[noreturn]] static void Fail(const std::string& what) { throw Violation("loss", what); }

  const std::string& IdOf(size_t collector) const {
    return facts_->settings.collectors[collector].id;
  }

  // A store that cannot be opened is not asked again.
  bool IsShutOut(const TabFacts& tab) const {
    const auto view = views_.find(tab.number);
    if (view == views_.end() || view->second.Text("store") != "failed") return false;
    const std::string reason = view->second.Text("store_reason");
    return reason == "blocked" || reason == "unavailable";
  }

  // Nothing is left that somebody still waits for.
  void JudgeEnd(size_t device) const {
    for (const auto& [key, value] : *facts_->stores[device]) {
      const auto events = EventsIn(key, value);
      if (SegmentWriter(key).empty() && events.empty()) continue;
      Fail(key + " is left in the store" +
           (events.empty() ? "" : ", with " + TokenText(events[0].token)));
    }
  }

  // Whether it outlived its tab, or its tab lived on.
  bool IsKept(const Token& token, const Fate& fate, size_t collector) const {
    const TabFacts& tab = facts_->tabs[static_cast<size_t>(token.tab)];
    return WasStored(fate) || tab.lived_until_rest || tab.state == TabState::kAwake ||
           (tab.left_in_order && CouldBeStored(token, collector));
  }

  // For a collector for which it had waited it is a record of its own.
  static bool WasStored(const Fate& fate) {
    return (fate.identified ? fate.stored : fate.stored_without_ids) > fate.released;
  }

  // Whether a page that goes could put it down: nothing is kept under a decision that is not.
  bool CouldBeStored(const Token& token, size_t collector) const {
    const Settings& settings = facts_->settings;
    return facts_->stores_failed.count(token.device) == 0 && IsStorable(collector) &&
           settings.consent_is_at_once && settings.weather.decision_fails == 0;
  }

  // Whether it had to arrive or to be counted.
  bool IsMissing(const Token& token, size_t collector) const {
    const Fate& fate = token.fates[collector];
    return fate.expected && fate.certain && !fate.excused && !token.broken && fate.arrivals == 0 &&
           IsKept(token, fate, collector);
  }

  // Whether it may have been counted as lost: also what arrived, when nobody who lived knew.
  static bool MayBeCounted(const Fate& fate) {
    return fate.wanted && (fate.arrivals == 0 || !fate.done_in_store);
  }

  static int64_t SumOf(const Json& lost) {
    int64_t sum = 0;
    for (const auto& [reason, count] : lost.items()) {
      if (reason != kCorrupt) sum += count.get<int64_t>();
    }
    return sum;
  }

  static int64_t LostOf(const Json& view, const std::string& collector) {
    return SumOf(view.at("collectors").at(collector).at("lost"));
  }

  // Calls that there was no room to keep until the ids were read: no collector has them in its
  // count, the sum of all has.
  static int64_t Unplaced(const Json& view) {
    int64_t count = view.at("losses").at("quota");
    for (const Json& collector : view.at("collectors")) {
      count -= collector.at("lost").value("quota", int64_t{0});
    }
    return count;
  }

  using CountOf = std::function<int64_t(const Json& view)>;

  // By the last tab, which has taken over all that others had put down.
  int64_t Counted(size_t device, const CountOf& count_of) const {
    int64_t sum = 0;
    for (const auto& [tab, view] : views_) {
      const TabFacts& viewed = facts_->tabs[static_cast<size_t>(tab)];
      if (viewed.device != device || viewed.state == TabState::kGone) continue;
      sum += count_of(Json::parse(view.text));
    }
    return sum;
  }

  // By tabs that lived until the world had healed, and could not put it down then.
  int64_t CountedInMemory(size_t device, const CountOf& count_of) const {
    int64_t sum = 0;
    for (const auto& [tab, view] : views_) {
      const TabFacts& viewed = facts_->tabs[static_cast<size_t>(tab)];
      const bool counts = viewed.device == device && viewed.lived_until_rest;
      if (!counts || view.Text("store") == "ok") continue;
      sum += count_of(Json::parse(view.text));
    }
    return sum;
  }

  // Whether all that the collector gets may lie on the device.
  bool IsStorable(size_t collector) const {
    const Settings& settings = facts_->settings;
    const auto& needs = settings.collectors[collector].needs;
    return settings.identified_only && std::any_of(needs.begin(), needs.end(), [&](size_t need) {
             return settings.purposes[need].storage;
           });
  }

  void JudgeCounts(size_t device, size_t collector) const {
    if (facts_->settings.collectors[collector].for_records) return;
    std::string missing;
    int64_t least = 0;
    int64_t most = 0;
    for (const Token& token : facts_->tokens) {
      if (token.device != device) continue;
      const Fate& fate = token.fates[collector];
      most += MayBeCounted(fate);
      if (!IsMissing(token, collector)) continue;
      ++least;
      missing += " " + TokenText(token.number);
    }
    const CountOf lost = [&](const Json& view) { return LostOf(view, IdOf(collector)); };
    const CountOf all = [&](const Json& view) { return lost(view) + Unplaced(view); };
    const int64_t counted = Counted(device, lost);
    const int64_t noted = Counted(device, all) + CountedInMemory(device, all);
    if (noted < least && facts_->books_are_whole) {
      Fail(IdOf(collector) + " never got" + missing + ", and only " + std::to_string(noted) +
           " are counted");
    }
    if (counted > most) {
      Fail(std::to_string(counted) + " are counted as lost for " + IdOf(collector) + ", and only " +
           std::to_string(most) + " can be");
    }
  }

  // The collector can work out by itself how many it never got, as soon as a later event has come.
  void JudgeSequences(size_t collector, const std::string& writer, const Sequences& arrived) const {
    const auto tab = facts_->writers.find(writer);
    if (tab == facts_->writers.end() || !IsComplete(collector, tab->second)) return;
    const int64_t gaps = *arrived.rbegin() - static_cast<int64_t>(arrived.size());
    int64_t told = 0;
    const auto found = told_.find({collector, writer});
    if (found != told_.end()) {
      for (const auto& [reason, count] : found->second) told += count;
    }
    if (told >= gaps) return;
    Fail(IdOf(collector) + " misses " + std::to_string(gaps) + " of writer " + writer +
         " and was told of " + std::to_string(told));
  }

  // Whether all events of a tab had to reach the collector, and one of the last tab has: that one
  // was sent when all losses of the tabs before were in the store, and what it lost itself may be
  // told only with an event that never came.
  bool IsComplete(size_t collector, int tab) const {
    if (!facts_->books_are_whole) return false;
    const size_t device = facts_->tabs[static_cast<size_t>(tab)].device;
    bool later_came = false;
    for (const Token& token : facts_->tokens) {
      const Fate& fate = token.fates[collector];
      const bool counts = token.tab == tab || (token.moves && token.device == device);
      if (counts && (fate.excused || token.broken || !IsKept(token, fate, collector))) return false;
      const bool is_last = token.device == device && token.tab != tab && !IsOld(token.tab);
      later_came = later_came || (is_last && fate.arrivals > 0);
    }
    return later_came;
  }

  bool IsOld(int tab) const {
    return facts_->tabs[static_cast<size_t>(tab)].state == TabState::kGone;
  }

  // What matters more does not go while something of the same tab waits that matters less.
  void JudgeEviction(const Token& lost) const {
    const TabFacts& tab = facts_->tabs[static_cast<size_t>(lost.tab)];
    const bool is_clear = never_slept_.count(tab.number) > 0 && !tab.evictions.empty() &&
                          !facts_->settings.weather.long_jumps && lost.store_was_open;
    if (!is_clear || tab.evictions.back() < lost.called) return;
    for (size_t i = 0; i < lost.fates.size(); ++i) {
      if (!IsMissing(lost, i) || WasSent(lost, 0)) continue;
      for (const Token& kept : facts_->tokens) {
        const bool waited = kept.tab == lost.tab && kept.called < lost.called &&
                            kept.store_was_open && kept.fates[i].first_sent != 0 &&
                            kept.fates[i].at_call == Verdict::kAdmit &&
                            !WasSent(kept, tab.evictions.back());
        if (!waited || kept.priority <= lost.priority) continue;
        Fail(TokenText(lost.number) + " was given up while " + TokenText(kept.number) +
             " waited, which matters less");
      }
    }
  }

  // To any collector; 0: at any time.
  static bool WasSent(const Token& token, Stamp before) {
    return std::any_of(token.fates.begin(), token.fates.end(), [before](const Fate& fate) {
      return fate.first_sent != 0 && (before == 0 || fate.first_sent < before);
    });
  }

  Facts* facts_;
  std::set<int> never_slept_;  // tabs that lived until the world had healed
  std::map<int, View> views_;  // the last one of each tab
  std::map<std::pair<size_t, std::string>, Counts> told_;        // collector, writer's digits
  std::map<std::pair<size_t, std::string>, Sequences> arrived_;  // the same
};

}  // namespace

std::unique_ptr<Watch> MakeLossWatch(Facts* facts) { return std::make_unique<LossWatch>(facts); }

}  // namespace waymark_simulation
