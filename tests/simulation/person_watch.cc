// Two known users are never joined: no anonymous id, no session and no writer that one of them had
// travels with the other. And no event that may have ids is without id or session.
//
// Tabs of one device share their ids through the store. A tab is judged by what it could know: its
// own identifies, and what stood in the store when it read it.
#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "simulation/token.h"
#include "simulation/watches.h"

namespace waymark_simulation {
namespace {

class PersonWatch final : public Watch {
 public:
  explicit PersonWatch(Facts* facts) : facts_(facts) {}

  void OnRequest(const TabFacts& sender, const Request& request) override {
    for (const SentEvent& event : request.contents.events) {
      // With consent there is no event of nobody, whichever tab was first.
      if (event.identified && (event.anonymous_id.empty() || event.session.empty())) {
        throw Violation("persons", "tab " + std::to_string(sender.number) + " sends " +
                                       TokenText(event.token) + " without id or session");
      }
      if (event.token < 0 || event.user_id.empty()) continue;
      const int tab = TabOf(event);
      const bool is_writers = !event.writer.empty();
      Judge("anonymous id " + event.anonymous_id, sender, event, tab);
      if (!event.session.empty()) Judge("session " + event.session, sender, event, tab);
      if (is_writers) Judge("writer " + event.writer, sender, event, tab);
    }
  }

  void OnRead(const TabFacts& tab, const std::string& key, const std::string& value) override {
    if (key != "state/identity") return;
    const Json identity = Json::parse(value, nullptr, false);
    if (!identity.is_object() || !identity.contains("user_id")) return;
    reads_.push_back({tab.number, "anonymous id " + identity.value("anonymous_id", ""),
                      identity["user_id"], facts_->stamp});
  }

 private:
  // Somebody who was seen with an id, by a tab.
  struct Sight {
    std::string user;
    int tab;
    int token;
  };

  // What a tab found in the store.
  struct Reading {
    int tab;
    std::string id;
    std::string user;
    Stamp stamp;
  };

  // Who has put the event into words: calls that wait in the store are taken over by other tabs.
  int TabOf(const SentEvent& event) const {
    const auto stored = facts_->stored_under.find(event.message_id);
    const std::string digits =
        stored == facts_->stored_under.end() ? event.writer : WriterDigits(stored->second);
    const auto owner = facts_->writers.find(digits);
    if (owner != facts_->writers.end()) return owner->second;
    return facts_->tokens[static_cast<size_t>(event.token)].tab;
  }

  // Whether the tab had read of the other one before the call.
  bool KnewOf(const Sight& other, const std::string& id, int tab, int token) const {
    const Stamp called = facts_->tokens[static_cast<size_t>(token)].called;
    return std::any_of(reads_.begin(), reads_.end(), [&](const Reading& read) {
      return read.tab == tab && read.id == id && read.user == other.user && read.stamp < called;
    });
  }

  void Judge(const std::string& id, const TabFacts& sender, const SentEvent& event, int tab) {
    std::vector<Sight>& sights = sights_[id];
    bool is_known = false;
    for (const Sight& sight : sights) {
      is_known = is_known || (sight.user == event.user_id && sight.tab == tab);
      if (sight.user == event.user_id) continue;
      const bool knew = sight.tab == tab || KnewOf(sight, id, tab, event.token);
      if (!knew) continue;
      throw Violation("persons", "tab " + std::to_string(sender.number) + " sends " + id + " of " +
                                     sight.user + " in " + TokenText(sight.token) + " with " +
                                     event.user_id + " in " + TokenText(event.token));
    }
    if (!is_known) sights.push_back({event.user_id, tab, event.token});
  }

  Facts* facts_;
  std::map<std::string, std::vector<Sight>> sights_;  // by id
  std::vector<Reading> reads_;
};

}  // namespace

std::unique_ptr<Watch> MakePersonWatch(Facts* facts) {
  return std::make_unique<PersonWatch>(facts);
}

}  // namespace waymark_simulation
