// Consent records as their owner has stored them, in memory and in order: who had decided what, at
// any time. For tools, not for pages.
//
// A record is an entry of a decision log (docs/decision_log.md), or the event that brought it
// (`consent_decided`, `deletion_requested`), in any order. Entries are chained by their hashes; a
// chain is one person on one device. What an event says of its chain, the hash of the last entry,
// tells whose its ids are.
#ifndef WAYMARK_ENGINE_AUDIT_RECORDS_H_
#define WAYMARK_ENGINE_AUDIT_RECORDS_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/json_view.h"
#include "consent/policy.h"

namespace waymark {

// 64 bits of a hash or an id: enough to tell those of one audit apart.
using AuditKey = uint64_t;

struct AuditDecision {
  AuditKey hash = 0;
  AuditKey previous = 0;  // 0: the first of its chain
  int64_t time_ms = 0;
  int64_t answered_ms = 0;  // when the person, or the account, last said something
  uint32_t number = 0;      // in its chain
  uint32_t person = 0;      // its chain
  uint32_t line = 0;        // in the file of records
  PurposeSet on = 0;        // granted, or exempt
  PurposeSet refused = 0;
  PurposeSet by_answer = 0;  // of those on: what runs out
  int16_t granted_days = 0;  // how long an answer holds there
  int8_t by = 0;             // in the order of kAuditDeciders
};
inline constexpr const char* kAuditDeciders =
    "person,account,gpc,dnt,region,age,att,expiry,policy,deletion";

// The owner was asked to delete.
struct AuditRequest {
  AuditKey id = 0;  // an anonymous id
  AuditKey subject = 0;
  int64_t time_ms = 0;
  int64_t retired_ms = 0;  // when this id was given up for good; 0: it was not
  PurposeSet purposes = 0;
  uint32_t collectors = 0;  // bits of the config's
};

// A table from keys to numbers: one probe, mostly.
class AuditTable {
 public:
  void Put(AuditKey key, uint32_t value);
  // -1 when the key is not there.
  int64_t Find(AuditKey key) const;

 private:
  struct Slot {
    AuditKey key = 0;
    uint32_t value = 0;
  };
  void Grow();

  std::vector<Slot> slots_;
  size_t used_ = 0;
};

// The parts of a JSON line that are of interest, by the names of event documents and of Segment.
struct StoredEvent {
  std::string_view type, name, message_id, anonymous_id, collector;
  JsonView user_id, session, consent, needs, properties, traits, context, delivery;
  int64_t time_ms = 0;
  bool deidentified = false;
};
StoredEvent ReadStoredEvent(JsonView line);
AuditKey AuditKeyOf(std::string_view text);

class AuditRecords {
 public:
  AuditRecords(const Policy& policy, const std::vector<AuditKey>& collectors)
      : policy_(policy), collectors_(collectors) {}

  // One line of the file of records, which is JSON. kChanged: it is not what was written once; it
  // counts all the same.
  enum class Added : uint8_t { kYes, kChanged, kNoRecord };
  Added Add(JsonView line, uint32_t number);
  // After the last one: makes chains of them. Calls `missing(line, number)` for each entry that
  // follows one which is not there.
  template <typename Missing>
  void Close(Missing missing) {
    for (const AuditDecision* decision : Chain()) missing(decision->line, decision->number);
  }

  // The person of an entry's hash; -1: there is none.
  int64_t PersonOf(AuditKey hash) const { return by_hash_.Find(hash); }
  // The entries of a person up to a time, and the one after; null when there is none.
  const AuditDecision* LastBefore(uint32_t person, int64_t time_ms) const;
  const AuditDecision* Next(const AuditDecision* decision, uint32_t person) const;
  // The entry since which a purpose has been refused.
  const AuditDecision* RefusedSince(const AuditDecision* decision, PurposeSet purpose) const;
  // Whether it had been on before, in the same chain.
  bool WasOn(const AuditDecision* decision, PurposeSet purpose) const;
  const AuditRequest* RequestOf(AuditKey id) const;
  size_t size() const { return decisions_.size(); }

 private:
  void AddDecision(JsonView entry, uint32_t line);
  void AddRequest(const StoredEvent& event);
  std::vector<const AuditDecision*> Chain();
  uint32_t NumberPeople();
  std::vector<const AuditDecision*> SettleEntries();
  void SettleRequests();
  PurposeSet SetOf(JsonView ids) const;

  const Policy& policy_;
  const std::vector<AuditKey>& collectors_;
  std::vector<AuditDecision> decisions_;
  std::vector<uint32_t> first_of_;  // of each person, and one more: the end of the last
  std::vector<AuditRequest> requests_;
  struct Retirement {
    AuditKey subject = 0;
    int64_t time_ms = 0;
  };
  std::vector<Retirement> retirements_;
  AuditTable by_hash_, request_of_;
  String region_;  // of the entry before
  int16_t region_days_ = 0;
};

}  // namespace waymark

#endif  // WAYMARK_ENGINE_AUDIT_RECORDS_H_
