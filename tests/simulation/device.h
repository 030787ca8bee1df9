// One device: its store, its clock, and the locks by which its tabs find out who leads.
#ifndef WAYMARK_TESTS_SIMULATION_DEVICE_H_
#define WAYMARK_TESTS_SIMULATION_DEVICE_H_

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "simulation/surroundings.h"

namespace waymark_simulation {

class Tab;

class Device {
 public:
  Device(Surroundings* world, size_t number);

  size_t number() const { return number_; }
  StoreValues& values() { return values_; }
  // As it lies in the store; empty when there is none.
  std::string ConsentRecord() const;
  // What holds at this moment for a tab that knows this record, and who uses the device.
  Choices StandingBy(const std::string& record) const;

  int64_t wall_ms() const { return world_->schedule.now_ms() + wall_offset_ms_; }
  void JumpClock(int64_t by_ms);

  // Why the store refuses at this moment; empty when it does not.
  std::string StoreTrouble();
  void BreakStoreFor(int64_t ms);

  // Applies one effect that writes.
  void Apply(const Effect& effect);

  // Takes a tab's writes over. They are done in this order, whichever tab they come from.
  void HandOver(Tab* tab, Transaction transaction);
  int64_t JobsOf(const Tab* tab) const;
  // Of a tab that dies so many jobs are done; with `tears` the next one in part, the others never.
  void DropJobs(const Tab* tab, int64_t kept, bool tears);

  std::vector<Tab*>& tabs() { return tabs_; }  // those that have not gone

  // A tab holds a writer's name from now on, and queues for the lead.
  void Claim(Tab* tab, int64_t effect_id, const std::string& writer);
  // It releases all that it holds.
  void Release(Tab* tab);

 private:
  enum class Fate { kWhole, kTorn, kDropped };
  struct Job {
    Tab* tab;
    Transaction transaction;
    Fate fate = Fate::kWhole;
  };

  void RunNextJob();
  void TellLeader();
  void TellOfLead(Tab* tab);
  // Only the one that has it, as long as no engine is broken.
  bool BelievesInLead(Tab* tab) const;

  Surroundings* world_;
  size_t number_;
  StoreValues values_;
  int64_t wall_offset_ms_ = 0;
  int64_t store_broken_until_ms_ = 0;
  std::string trouble_;
  std::deque<Job> jobs_;
  int64_t last_job_ms_ = 0;
  std::vector<Tab*> tabs_;
  std::vector<Tab*> queue_;  // for the lead; the first one has it
};

// Whether it touches what is below consent/: told to the other tabs, and kept where it can be
// written at once.
bool IsConsentKey(const Effect& effect);
// Whether it writes or deletes the consent record.
bool WritesRecord(const Effect& effect);

}  // namespace waymark_simulation

#endif  // WAYMARK_TESTS_SIMULATION_DEVICE_H_
