// Only equal message ids double, and no more often than somebody was in doubt.
//
// An event is sent again only by an engine that was not told it is done, and did not read in the
// store that it is done; never while the same engine has it on its way; and what somebody else has
// written only by the tab that leads, when the writer has gone.
#include <algorithm>
#include <map>
#include <set>

#include "simulation/token.h"
#include "simulation/watches.h"

namespace waymark_simulation {
namespace {

class RepeatWatch final : public Watch {
 public:
  explicit RepeatWatch(Facts* facts) : facts_(facts) {}

  void OnRequest(const TabFacts& tab, const Request& request) override {
    std::set<std::string> ids;
    for (const SentEvent& event : request.contents.events) {
      if (!ids.insert(event.message_id).second) {
        Fail(tab, "has message id " + event.message_id + " twice in one request");
      }
      if (event.token < 0) continue;
      JudgeId(tab, request, event);
      JudgeRepeat(tab, request, event);
      JudgeOwner(tab, request.collector, event);
    }
    auto& flying = flying_[{tab.number, request.collector}];
    for (const SentEvent& event : request.contents.events) flying[event.message_id] = request.sent;
  }

  void OnAnswer(const TabFacts& tab, const Request& request, const Answer&) override {
    auto& flying = flying_[{tab.number, request.collector}];
    for (const SentEvent& event : request.contents.events) {
      const auto one = flying.find(event.message_id);
      if (one != flying.end() && one->second == request.sent) flying.erase(one);
    }
  }

 private:
  [[noreturn]] static void Fail(const TabFacts& tab, const std::string& what) {
    throw Violation("repeats", "tab " + std::to_string(tab.number) + " " + what);
  }

  void JudgeId(const TabFacts& tab, const Request& request, const SentEvent& event) {
    const auto [owner, is_new] = tokens_.emplace(event.message_id, event.token);
    if (!is_new && owner->second != event.token) {
      Fail(tab, "gives one message id to " + TokenText(owner->second) + " and " +
                    TokenText(event.token));
    }
    const Fate& fate = facts_->tokens[static_cast<size_t>(event.token)].fates[request.collector];
    if (!fate.message_id.empty() && fate.message_id != event.message_id) {
      Fail(tab, "gives " + TokenText(event.token) + " a second message id");
    }
  }

  void JudgeRepeat(const TabFacts& tab, const Request& request, const SentEvent& event) const {
    const Token& token = facts_->tokens[static_cast<size_t>(event.token)];
    const Fate& fate = token.fates[request.collector];
    const std::string what = "sends " + TokenText(token.number) + " again ";
    const auto settled = fate.settled_in.find(tab.number);
    // An engine that slept begins with what the store says.
    const bool is_done = settled != fate.settled_in.end() && settled->second > tab.slept;
    if (is_done) Fail(tab, what + "although it is done");
    const auto read = token.first_read_after.find(tab.number);
    const bool knows = read != token.first_read_after.end() && fate.settled_in_store != 0 &&
                       read->second > fate.settled_in_store;
    if (knows) Fail(tab, what + "although the store says that it is done");
    const auto flying = flying_.find({tab.number, request.collector});
    if (flying == flying_.end()) return;
    const auto other = flying->second.find(event.message_id);
    const bool flies = other != flying->second.end() && other->second > tab.slept;
    if (flies) Fail(tab, what + "while it is on its way");
  }

  // What was never stored nobody else can take over.
  void JudgeOwner(const TabFacts& tab, size_t collector, const SentEvent& event) const {
    const auto stored = facts_->stored_under.find(event.message_id);
    if (stored == facts_->stored_under.end() || tab.names.count(stored->second) > 0) return;
    const std::string& writer = stored->second;
    // What had to leave the store again is once more its caller's alone, or that of the one who had
    // taken it over; also when the store has refused to let it go. And so is what was put down for
    // other collectors only, and waited for an answer meanwhile.
    const Token& token = facts_->tokens[static_cast<size_t>(event.token)];
    const bool has_it = token.tab == tab.number || token.taken_by == tab.number;
    StoredEvent stored_event;
    stored_event.token = event.token;
    stored_event.identified = event.identified;
    const bool leaves = !MayLie(*facts_, tab.choices, stored_event);
    const Fate& fate = token.fates[collector];
    const bool is_for_others = (event.identified ? fate.stored : fate.stored_without_ids) == 0;
    if (has_it && (leaves || is_for_others || !Lies(tab.device, event.message_id))) return;
    const std::string what = "sends " + TokenText(event.token) + " of another writer ";
    if (!tab.leads) Fail(tab, what + "without the lead");
    if (IsHeld(*facts_, writer)) Fail(tab, what + "that is still awake");
  }

  bool Lies(size_t device, const std::string& message_id) const {
    const StoreValues& store = *facts_->stores[device];
    return std::any_of(store.begin(), store.end(), [&](const auto& entry) {
      return entry.second.find(message_id) != std::string::npos;
    });
  }

  Facts* facts_;
  std::map<std::string, int> tokens_;  // by message id
  // By tab and collector: message ids, and when they were sent.
  std::map<std::pair<int, size_t>, std::map<std::string, Stamp>> flying_;
};

}  // namespace

std::unique_ptr<Watch> MakeRepeatWatch(Facts* facts) {
  return std::make_unique<RepeatWatch>(facts);
}

}  // namespace waymark_simulation
