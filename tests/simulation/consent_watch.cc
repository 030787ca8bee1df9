// Nothing leaves without consent, and nothing stays on the device that may not.
//
// What is judged is what a tab knew: a decision reaches the other tabs a moment later.
#include <map>
#include <set>

#include "simulation/segment_reader.h"
#include "simulation/token.h"
#include "simulation/watches.h"

namespace waymark_simulation {
namespace {

constexpr const char* kPromise = "consent";
constexpr const char* kConsentKey = "consent/record";

class ConsentWatch final : public Watch {
 public:
  explicit ConsentWatch(Facts* facts) : facts_(facts) {}

  void OnRequest(const TabFacts& tab, const Request& request) override {
    const CollectorSettings& collector = facts_->settings.collectors[request.collector];
    if (IsSwitchedOff(tab, collector)) Fail(tab, "sends to " + collector.id + ", switched off");
    for (const SentEvent& event : request.contents.events) JudgeEvent(tab, request, event);
  }

  void OnStoreEffect(const TabFacts& tab, const Effect& effect) override {
    if (effect.type != "store_put") return;
    const std::string key = effect.fields.at("key");
    const bool identity = key == "state/identity" || key == "state/session";
    if (identity && !facts_->gate.MayStoreIdentity(tab.choices)) Fail(tab, "stores " + key);
    if (key == kConsentKey) NoteDecision(tab, effect);
    // Books are closed while a withdrawal is on its way, and then cleared with the rest.
    const bool counts = key != kConsentKey && deciding_.count(tab.number) == 0;
    if (counts && !facts_->gate.MayStoreAnything(tab.choices)) Fail(tab, "stores " + key);
    JudgeValue(tab, key, effect.body, "stores");
  }

  void OnApplied(const Transaction& transaction) override {
    for (const Effect& effect : transaction.effects) {
      if (effect.type != "store_put" || effect.fields.at("key") != kConsentKey) continue;
      const bool withdrawing = Json::parse(effect.body).value("withdrawing", false);
      const auto begun = withdrawals_.find(transaction.tab);
      if (withdrawing) {
        withdrawals_[transaction.tab] = facts_->stamp;
      } else if (begun != withdrawals_.end()) {
        JudgeWithdrawal(facts_->tabs[static_cast<size_t>(transaction.tab)], begun->second);
        withdrawals_.erase(begun);
      }
    }
  }

  void AtEnd() override {
    for (size_t device = 0; device < facts_->stores.size(); ++device) {
      const TabFacts* last = nullptr;
      for (const TabFacts& tab : facts_->tabs) {
        if (tab.device == device) last = &tab;
      }
      if (last) JudgeStore(*last);
    }
  }

 private:
  [[noreturn]] static void Fail(const TabFacts& tab, const std::string& what) {
    throw Violation(kPromise, "tab " + std::to_string(tab.number) + " " + what);
  }

  void NoteDecision(const TabFacts& tab, const Effect& put) {
    if (Json::parse(put.body).value("withdrawing", false))
      deciding_.insert(tab.number);
    else
      deciding_.erase(tab.number);
  }

  static bool IsSwitchedOff(const TabFacts& tab, const CollectorSettings& collector) {
    if (tab.narrow.value("off", false)) return true;
    const Json collectors = tab.narrow.value("collectors", Json::object());
    return collectors.contains(collector.id) && collectors[collector.id].value("off", false);
  }

  void JudgeEvent(const TabFacts& tab, const Request& request, const SentEvent& event) const {
    const std::string& id = facts_->settings.collectors[request.collector].id;
    if (!Fits(facts_->gate.Judge(tab.choices, request.collector), event.identified)) {
      Fail(tab, (event.identified ? "sends an identified event to " : "sends an event to ") + id +
                    ", which may not get it now");
    }
    if (event.leaks) Fail(tab, "sends more than a de-identified event to " + id);
    if (event.token < 0) return;
    const Token& token = facts_->tokens[static_cast<size_t>(event.token)];
    const Fate& fate = token.fates[request.collector];
    const std::string what = TokenText(token.number) + " to " + id;
    if (!fate.wanted) Fail(tab, "sends " + what + ", which does not want it");
    const bool never = fate.at_call == Verdict::kDrop ||
                       (event.identified && fate.at_call == Verdict::kDeidentify);
    if (never) Fail(tab, "sends " + what + ", which was not allowed to get it at the call");
    if (token.tab == tab.number && fate.forbidden) {
      Fail(tab, "sends " + what + " although consent was missing since the call");
    }
  }

  // Whether anybody may get the event who may keep it on the device.
  bool MayLie(const Choices& choices, const StoredEvent& event) const {
    if (event.token < 0) return true;
    const Token& token = facts_->tokens[static_cast<size_t>(event.token)];
    for (size_t i = 0; i < token.fates.size(); ++i) {
      const bool may_go =
          token.fates[i].wanted && Fits(facts_->gate.Judge(choices, i), event.identified);
      if (may_go && facts_->gate.MayStore(choices, i)) return true;
    }
    return false;
  }

  void JudgeValue(const TabFacts& tab, const std::string& key, const std::string& value,
                  const std::string& verb) const {
    for (const StoredEvent& event : EventsIn(key, value)) {
      if (MayLie(tab.choices, event)) continue;
      Fail(tab, verb + " " + TokenText(event.token) + ", which may not be kept");
    }
  }

  // What lay there before the withdrawal began is gone when it is said to be carried out. Other
  // tabs that do not know of it yet may have written meanwhile.
  void JudgeWithdrawal(const TabFacts& tab, Stamp begun) const {
    for (const auto& [key, value] : *facts_->stores[tab.device]) {
      for (const StoredEvent& event : EventsIn(key, value)) {
        if (MayLie(tab.choices, event)) continue;
        const Token& token = facts_->tokens[static_cast<size_t>(event.token)];
        if (token.last_put > begun && token.last_put_by != tab.number) continue;
        Fail(tab, "has carried out a withdrawal and left " + TokenText(event.token));
      }
    }
  }

  void JudgeStore(const TabFacts& tab) const {
    for (const auto& [key, value] : *facts_->stores[tab.device]) {
      JudgeValue(tab, key, value, "leaves");
      const bool identity = key == "state/identity" || key == "state/session";
      const bool may_lie = identity ? facts_->gate.MayStoreIdentity(tab.choices)
                                    : facts_->gate.MayStoreAnything(tab.choices);
      if (key != kConsentKey && !may_lie) Fail(tab, "leaves " + key);
    }
  }

  Facts* facts_;
  std::set<int> deciding_;            // tabs whose last record says that a withdrawal is on its way
  std::map<int, Stamp> withdrawals_;  // begun and not yet carried out, by tab
};

}  // namespace

std::unique_ptr<Watch> MakeConsentWatch(Facts* facts) {
  return std::make_unique<ConsentWatch>(facts);
}

}  // namespace waymark_simulation
