// Each collector gets what one writer wrote with one priority in the order of the calls.
//
// Judged is the first arrival of each event. Out of the judgement are requests that a leaving page
// packs by importance, those that come later than their engine waits, those of which a
// collector took only a part, events that were refused and stepped over, and those that came back:
// given up for want of room, but their tab ended before the store knew.
#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "simulation/token.h"
#include "simulation/watches.h"

namespace waymark_simulation {
namespace {

class OrderWatch final : public Watch {
 public:
  explicit OrderWatch(Facts* facts) : facts_(facts) {}

  void OnArrival(const Request& request, const std::vector<size_t>& taken) override {
    const TabFacts& tab = facts_->tabs[static_cast<size_t>(request.tab)];
    // A page that slept has let go of what was on its way, which may come at any time.
    const bool awake = request.in_flight && request.sent > tab.slept;
    const bool in_turn = awake && !request.leaving && tab.state != TabState::kGone &&
                         taken.size() == request.contents.events.size();
    if (!in_turn) return;
    for (const size_t place : taken) Judge(request, request.contents.events[place]);
  }

  void OnAnswer(const TabFacts&, const Request& request, const Answer& answer) override {
    // Also an event that failed alone may be stepped over for a while.
    const bool alone = request.contents.events.size() == 1;
    if (answer.status < 400 || (answer.status >= 500 && !alone)) return;
    for (const SentEvent& event : request.contents.events) {
      refused_.insert({event.token, request.collector});
    }
  }

 private:
  using Line = std::tuple<size_t, int, std::string, Priority>;

  void Judge(const Request& request, const SentEvent& event) {
    if (event.token < 0 || refused_.count({event.token, request.collector}) > 0) return;
    const Token& token = facts_->tokens[static_cast<size_t>(event.token)];
    // Refused for good, and back because the page slept before the store knew.
    const Fate& fate = token.fates[request.collector];
    if (!fate.settled_in.empty() && fate.acknowledged_in.empty()) return;
    const TabFacts& owner = facts_->tabs[static_cast<size_t>(token.tab)];
    const bool let_go = request.tab != token.tab || owner.slept > token.called;
    const bool came_back = let_go && MayHaveComeBack(token);
    // Calls that a page left behind unread are called once more by whoever finds them.
    if (came_back || token.moves) return;
    const auto stored = facts_->stored_under.find(event.message_id);
    const bool is_stored = stored != facts_->stored_under.end();
    // What a page could not store before it slept comes before or behind what it could, also when
    // it could later.
    const auto placed = is_stored ? token.writers.find(stored->second) : token.writers.end();
    const bool in_time = placed != token.writers.end() && placed->second.stored < owner.slept;
    const bool overslept = !in_time && owner.slept > token.called;
    std::string writer = event.writer;
    if (writer.empty() && is_stored) writer = stored->second;
    if (writer.empty() || overslept || token.fates[request.collector].arrivals > 0) return;
    int& last = last_[{request.collector, token.tab, writer, token.priority}];
    if (token.number < last) {
      throw Violation("order", TokenText(token.number) + " arrives at " +
                                   facts_->settings.collectors[request.collector].id + " behind " +
                                   TokenText(last));
    }
    last = token.number;
  }

  // Whether somebody who had it has given something up.
  bool MayHaveComeBack(const Token& token) const {
    const auto has_evicted = [this](int tab) {
      return !facts_->tabs[static_cast<size_t>(tab)].evictions.empty();
    };
    const auto& readers = token.first_read_after;
    return has_evicted(token.tab) ||
           std::any_of(readers.begin(), readers.end(),
                       [&](const auto& reader) { return has_evicted(reader.first); });
  }

  Facts* facts_;
  std::map<Line, int> last_;
  std::set<std::pair<int, size_t>> refused_;
};

}  // namespace

std::unique_ptr<Watch> MakeOrderWatch(Facts* facts) { return std::make_unique<OrderWatch>(facts); }

}  // namespace waymark_simulation
