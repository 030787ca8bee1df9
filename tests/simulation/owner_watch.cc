// The owner is asked to delete what was sent under an id, before that is deleted here: whenever
// something is withdrawn or all is forgotten while an id stands in the store under which something
// has been sent.
#include <map>
#include <set>
#include <string>

#include "simulation/watches.h"

namespace waymark_simulation {
namespace {

constexpr const char* kConsentKey = "consent/record";
constexpr const char* kIdentityKey = "state/identity";

class OwnerWatch final : public Watch {
 public:
  explicit OwnerWatch(Facts* facts) : facts_(facts) {}

  void OnRequest(const TabFacts&, const Request& request) override {
    for (const SentEvent& event : request.contents.events) {
      if (event.identified) sent_.insert(event.anonymous_id);
    }
  }

  void OnOwnerHears(const Request& request) override {
    for (const SentRecord& record : request.contents.records) {
      if (record.name == "deletion_requested") asked_.insert(record.anonymous_id);
    }
  }

  void OnStoreEffect(const TabFacts& tab, const Effect& effect) override {
    const auto key = effect.fields.find("key");
    if (key == effect.fields.end() || *key != kIdentityKey) return;
    const std::string id = StoredId(tab.device);
    if (id != IdIn(effect.body)) given_up_[id] = {tab.number, facts_->now_ms};
  }

  void OnApplied(const Transaction& transaction) override {
    const size_t device = facts_->tabs[static_cast<size_t>(transaction.tab)].device;
    for (const Effect& effect : transaction.effects) {
      if (effect.type != "store_put" || effect.fields.at("key") != kConsentKey) continue;
      const Json record = Json::parse(effect.body);
      // What is deleted: it grows with each withdrawal.
      const std::string deleted = record.value("forgetting", false)
                                      ? "all"
                                      : record.value("withdrawn", Json::object()).dump();
      const bool begins = record.contains("withdrawing") || record.contains("forgetting");
      if (begins && deleted != deleted_[device]) Expect(device);
      deleted_[device] = deleted;
    }
  }

  void AtEnd() override {
    if (facts_->settings.seed < kFirstSeedWithFacts) return;
    for (const std::string& id : expected_) {
      if (asked_.count(id) > 0) continue;
      throw Violation("consent", "the owner was not asked to delete what was sent under " + id);
    }
  }

 private:
  struct GivenUp {
    int tab = 0;
    int64_t at_ms = 0;
  };

  void Expect(size_t device) {
    const std::string id = StoredId(device);
    if (sent_.count(id) > 0 && !IsGivenUp(id)) expected_.insert(id);
  }

  // A decision may overtake what had been asked of the store before it: an id that a tab had then
  // already parted with, and that goes as soon as the store comes to it, is nobody's any more.
  bool IsGivenUp(const std::string& id) const {
    const auto found = given_up_.find(id);
    if (found == given_up_.end() || found->second.at_ms >= facts_->now_ms) return false;
    return facts_->tabs[static_cast<size_t>(found->second.tab)].state != TabState::kGone;
  }

  std::string StoredId(size_t device) const {
    const auto stored = facts_->stores[device]->find(kIdentityKey);
    return stored == facts_->stores[device]->end() ? "" : IdIn(stored->second);
  }

  static std::string IdIn(const std::string& body) {
    const Json identity = Json::parse(body, nullptr, false);
    const bool whole = identity.is_object();  // no write was torn
    return whole ? identity.value("anonymous_id", "") : "";
  }

  Facts* facts_;
  std::set<std::string> sent_;               // ids under which something was sent
  std::set<std::string> asked_;              // those of which the owner knows
  std::set<std::string> expected_;           // those of which it is to know
  std::map<std::string, GivenUp> given_up_;  // ids that a tab has had deleted or replaced
  std::map<size_t, std::string> deleted_;    // by device: of what its record says so
};

}  // namespace

std::unique_ptr<Watch> MakeOwnerWatch(Facts* facts) { return std::make_unique<OwnerWatch>(facts); }

}  // namespace waymark_simulation
