// What is withdrawn or forgotten is gone when the record says so.
//
// The decision is put down with a note first, and without it when nothing is left. Other tabs that
// do not know of it yet may have written meanwhile.
#include <map>
#include <string>

#include "simulation/segment_reader.h"
#include "simulation/token.h"
#include "simulation/watches.h"

namespace waymark_simulation {
namespace {

constexpr const char* kConsentKey = "consent/record";

bool Names(const Effect& effect, const char* member, const std::string& name) {
  const auto found = effect.fields.find(member);
  return found != effect.fields.end() && *found == name;
}

class WithdrawalWatch final : public Watch {
 public:
  explicit WithdrawalWatch(Facts* facts) : facts_(facts) {}

  void OnApplied(const Transaction& transaction) override {
    const TabFacts& tab = facts_->tabs[static_cast<size_t>(transaction.tab)];
    for (const Effect& effect : transaction.effects) {
      if (effect.type == "store_put") {
        const std::string key = effect.fields.at("key");
        if (key == kConsentKey) {
          ReadRecord(tab, Json::parse(effect.body));
        } else {
          puts_[{tab.device, key}] = {facts_->stamp, tab.number};
        }
      } else if (Names(effect, "prefix", "consent/")) {
        EndForgetting(tab);
      }
    }
  }

  void AtEnd() override {
    for (size_t device = 0; device < facts_->stores.size(); ++device) {
      const auto record = facts_->stores[device]->find(kConsentKey);
      if (record == facts_->stores[device]->end()) continue;
      const Json json = Json::parse(record->second);
      if (!json.contains("withdrawing") && !json.value("forgetting", false)) continue;
      throw Violation("consent", "device " + std::to_string(device) + " never comes to an end of " +
                                     record->second);
    }
  }

 private:
  struct LastPut {
    Stamp stamp = 0;
    int tab = 0;
  };

  [[noreturn]] static void Fail(const TabFacts& tab, const std::string& what) {
    throw Violation("consent", "tab " + std::to_string(tab.number) + " has " + what);
  }

  void ReadRecord(const TabFacts& tab, const Json& record) {
    if (record.value("forgetting", false)) {
      forgettings_.emplace(tab.device, tab.forgot);
      withdrawals_.erase(tab.number);  // everything goes
      return;
    }
    EndForgetting(tab);
    const auto begun = withdrawals_.find(tab.number);
    if (record.contains("withdrawing")) {
      withdrawals_[tab.number] = facts_->stamp;
    } else if (begun != withdrawals_.end()) {
      JudgeWithdrawal(tab, record, begun->second);
      withdrawals_.erase(begun);
    }
  }

  // A tab that had not heard of it says nothing about it.
  void EndForgetting(const TabFacts& tab) {
    const auto begun = forgettings_.find(tab.device);
    if (begun == forgettings_.end() || tab.forgot < begun->second) return;
    for (const auto& [key, value] : *facts_->stores[tab.device]) {
      const auto put = puts_.find({tab.device, key});
      if (put == puts_.end()) continue;
      // A decision that it heard of since begins a new log.
      const bool others = put->second.tab != tab.number || key.rfind("consent/log/", 0) == 0;
      const bool later = put->second.stamp > begun->second && others;
      if (!later) Fail(tab, "forgotten and left " + key);
    }
    forgettings_.erase(begun);
  }

  // By the choices of which the record speaks: the next one may be on its way already.
  void JudgeWithdrawal(const TabFacts& tab, const Json& record, Stamp begun) const {
    Choices choices = record.at("choices");
    choices.insert(tab.choices.begin(), tab.choices.end());  // where the person lives
    for (const auto& [key, value] : *facts_->stores[tab.device]) {
      for (const StoredEvent& event : EventsIn(key, value)) {
        if (MayLie(*facts_, choices, event)) continue;
        const Token& token = facts_->tokens[static_cast<size_t>(event.token)];
        if (token.last_put > begun && token.last_put_by != tab.number) continue;
        Fail(tab, "carried out a withdrawal and left " + TokenText(event.token));
      }
    }
  }

  Facts* facts_;
  std::map<std::pair<size_t, std::string>, LastPut> puts_;  // by device and key
  std::map<size_t, Stamp> forgettings_;                     // begun, not carried out; by device
  std::map<int, Stamp> withdrawals_;                        // the same, by tab
};

}  // namespace

std::unique_ptr<Watch> MakeWithdrawalWatch(Facts* facts) {
  return std::make_unique<WithdrawalWatch>(facts);
}

}  // namespace waymark_simulation
