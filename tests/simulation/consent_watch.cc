// Nothing leaves without consent, and nothing stays on the device that may not.
//
// What is judged is what a tab knew: a decision reaches the other tabs a moment later.
#include <algorithm>
#include <map>
#include <set>

#include "simulation/segment_reader.h"
#include "simulation/token.h"
#include "simulation/watches.h"

namespace waymark_simulation {
namespace {

constexpr const char* kPromise = "consent";
constexpr const char* kConsentPrefix = "consent/";
constexpr const char* kConsentKey = "consent/record";

// Of what was decided.
bool IsProof(const std::string& key) { return key.rfind(kConsentPrefix, 0) == 0; }

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
    const bool counts = !IsProof(key) && deciding_.count(tab.number) == 0;
    if (counts && !facts_->gate.MayStoreAnything(tab.choices)) Fail(tab, "stores " + key);
    JudgeValue(tab, key, effect.body, "stores");
    if (key.rfind("state/delivery/", 0) == 0) JudgeHeld(tab, effect.body);
  }

  void OnDecision(const TabFacts& tab, const Json& choices) override {
    const auto put = put_.extract(tab.number);
    for (const auto& [purpose, choice] : choices.items()) {
      const bool is_put = !put.empty() && put.mapped().value(purpose, "") == choice;
      if (!is_put) Fail(tab, "does not put its decision down");
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
    const Json record = Json::parse(put.body);
    if (record.contains("withdrawing"))
      deciding_.insert(tab.number);
    else
      deciding_.erase(tab.number);
    put_[tab.number] = record.at("choices");
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

  void JudgeValue(const TabFacts& tab, const std::string& key, const std::string& value,
                  const std::string& verb) const {
    for (const StoredEvent& event : EventsIn(key, value)) {
      if (MayLie(*facts_, tab.choices, event)) continue;
      Fail(tab, verb + " " + TokenText(event.token) + ", which may not be kept");
    }
  }

  // Calls that wait in the store say who may get them, and are known by an id already.
  void JudgeHeld(const TabFacts& tab, const std::string& value) const {
    if (value.find("\"held\"") == value.npos) return;
    for (const Json& call : Json::parse(value).at("held")) {
      if (!call.contains("fields")) continue;  // a logout between two calls
      if (call.value("message_id", "").empty()) Fail(tab, "puts a call down without an id");
      for (size_t i = 0; i < facts_->settings.collectors.size(); ++i) {
        const Json& to = call.at("to");
        const bool named = std::count(to.begin(), to.end(), facts_->settings.collectors[i].id) > 0;
        const bool may = facts_->gate.Judge(tab.choices, i) == Verdict::kAdmit;
        if (named && !may) Fail(tab, "puts a call down for one that may not get it");
      }
    }
  }

  void JudgeStore(const TabFacts& tab) const {
    for (const auto& [key, value] : *facts_->stores[tab.device]) {
      JudgeValue(tab, key, value, "leaves");
      const bool identity = key == "state/identity" || key == "state/session";
      const bool may_lie = identity ? facts_->gate.MayStoreIdentity(tab.choices)
                                    : facts_->gate.MayStoreAnything(tab.choices);
      if (!IsProof(key) && !may_lie) Fail(tab, "leaves " + key);
    }
  }

  Facts* facts_;
  std::set<int> deciding_;   // tabs whose last record says that a withdrawal is on its way
  std::map<int, Json> put_;  // choices that a tab has put down since its last decision
};

}  // namespace

std::unique_ptr<Watch> MakeConsentWatch(Facts* facts) {
  return std::make_unique<ConsentWatch>(facts);
}

}  // namespace waymark_simulation
