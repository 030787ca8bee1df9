#include "simulation/device.h"

#include <algorithm>
#include <utility>

#include "simulation/tab.h"

namespace waymark_simulation {
namespace {

constexpr int64_t kFirstWallMs = 1'793'817'970'000;
constexpr int64_t kLeadDelayMsMax = 30;
constexpr int64_t kJobDelayMsMax = 20;
constexpr int64_t kSlowJobDelayMsMin = 100;
constexpr int64_t kSlowJobDelayMsMax = 5'000;

}  // namespace

bool IsConsentKey(const Effect& effect) {
  for (const char* member : {"key", "prefix"}) {
    const auto name = effect.fields.find(member);
    if (name != effect.fields.end() && name->get<std::string>().rfind("consent/", 0) == 0) {
      return true;
    }
  }
  return false;
}

bool WritesRecord(const Effect& effect) {
  const std::string record = "consent/record";
  if (effect.type == "store_get") return false;
  if (effect.fields.contains("key")) return effect.fields["key"] == record;
  return record.rfind(effect.fields.value("prefix", "-"), 0) == 0;
}

Device::Device(Surroundings* world, size_t number)
    : world_(world), number_(number), wall_offset_ms_(kFirstWallMs) {
  world_->model.facts().stores.push_back(&values_);
}

std::string Device::ConsentRecord() const {
  const auto record = values_.find("consent/record");
  return record == values_.end() ? "" : record->second;
}

Choices Device::StandingBy(const std::string& record) const {
  return world_->model.facts().gate.Standing(record, world_->settings.persons[number_], wall_ms());
}

void Device::JumpClock(int64_t by_ms) {
  wall_offset_ms_ += by_ms;
  world_->Tell("device " + std::to_string(number_) + ": the clock jumps by " +
               std::to_string(by_ms) + " ms");
}

std::string Device::StoreTrouble() {
  const bool broken = world_->schedule.now_ms() < store_broken_until_ms_ && !world_->is_healed;
  if (!broken && !world_->Happens(world_->settings.weather.store_fails)) return "";
  world_->model.facts().stores_failed.insert(number_);
  if (broken) return trouble_;
  return world_->random.Pick(std::vector<std::string>{"quota", "blocked", "unknown"});
}

void Device::BreakStoreFor(int64_t ms) {
  store_broken_until_ms_ = world_->schedule.now_ms() + ms;
  trouble_ = world_->random.Pick(std::vector<std::string>{"quota", "blocked", "unavailable"});
  world_->Tell("device " + std::to_string(number_) + ": the store fails for " + std::to_string(ms) +
               " ms");
}

void Device::Apply(const Effect& effect) {
  if (effect.type == "store_put") {
    const std::string key = effect.fields.at("key");
    // The data has moved on: nothing is left to be replaced.
    if (effect.fields.value("replace", false) && values_.count(key) == 0) return;
    values_[key] = effect.body;
  } else if (effect.fields.contains("key")) {
    values_.erase(effect.fields.at("key").get<std::string>());
  } else {
    const std::string prefix = effect.fields.at("prefix");
    std::erase_if(values_, [&](const auto& entry) { return entry.first.rfind(prefix, 0) == 0; });
  }
}

void Device::HandOver(Tab* tab, Transaction transaction) {
  jobs_.push_back({tab, std::move(transaction)});
  const bool slow = world_->Happens(world_->settings.weather.store_slow);
  const int64_t delay_ms = slow ? world_->random.Between(kSlowJobDelayMsMin, kSlowJobDelayMsMax)
                                : world_->random.Between(0, kJobDelayMsMax);
  last_job_ms_ = std::max(last_job_ms_, world_->schedule.now_ms() + delay_ms);
  world_->schedule.After(last_job_ms_ - world_->schedule.now_ms(), [this] { RunNextJob(); });
}

void Device::RunNextJob() {
  const Job job = std::move(jobs_.front());
  jobs_.pop_front();
  if (job.fate == Fate::kWhole) job.tab->RunJob(job.transaction);
  if (job.fate == Fate::kTorn) job.tab->TearJob(job.transaction);
}

int64_t Device::JobsOf(const Tab* tab) const {
  return std::count_if(jobs_.begin(), jobs_.end(), [tab](const Job& job) {
    return job.tab == tab && job.fate == Fate::kWhole;
  });
}

void Device::DropJobs(const Tab* tab, int64_t kept, bool tears) {
  for (Job& job : jobs_) {
    if (job.tab != tab || kept-- > 0) continue;
    job.fate = tears ? Fate::kTorn : Fate::kDropped;
    tears = false;
  }
}

void Device::Claim(Tab* tab, int64_t effect_id, const std::string& writer) {
  tab->facts().names.insert(writer);
  world_->model.facts().writers[WriterDigits(writer)] = tab->number();
  tab->set_claim(effect_id);
  if (world_->settings.single_engine) {
    tab->facts().leads = true;
    world_->schedule.After(0, [tab] { tab->DeliverLead({}); });
    return;
  }
  if (std::find(queue_.begin(), queue_.end(), tab) == queue_.end()) queue_.push_back(tab);
  TellLeader();
}

void Device::Release(Tab* tab) {
  const bool held = !tab->facts().names.empty();
  tab->facts().names.clear();
  tab->facts().leads = false;
  std::erase(queue_, tab);
  if (held) TellLeader();
}

void Device::TellLeader() {
  if (queue_.empty()) return;
  queue_.front()->facts().leads = true;
  for (Tab* tab : queue_) {
    if (BelievesInLead(tab)) TellOfLead(tab);
  }
}

bool Device::BelievesInLead(Tab* tab) const {
  if (world_->mutation.EveryTabLeads()) {
    return std::find(queue_.begin(), queue_.end(), tab) != queue_.end();
  }
  return !queue_.empty() && queue_.front() == tab;
}

void Device::TellOfLead(Tab* tab) {
  const int64_t delay_ms = world_->random.Between(0, kLeadDelayMsMax);
  world_->schedule.After(delay_ms, [this, tab] {
    if (!BelievesInLead(tab)) return;
    std::vector<std::string> live;
    for (Tab* one : queue_) {
      const auto& names = one->facts().names;
      live.insert(live.end(), names.begin(), names.end());
    }
    tab->DeliverLead(live);
  });
}

}  // namespace waymark_simulation
