// Holds stored events against the decisions of the people they are of. For tools, not for pages.
//
// An owner has two files, a JSON document a line: what a collector has stored, and the records of
// consent (audit_records.h). For each event the purposes are worked out that its collector needs,
// and whether they were allowed when it happened, by the very policy that engines obey; then
// whether it has more in it than it may.
//
// Invariant: what is not sure is no violation. Clocks are the device's, the same for both files.
#ifndef WAYMARK_ENGINE_AUDIT_H_
#define WAYMARK_ENGINE_AUDIT_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/json_writer.h"
#include "engine/audit_records.h"
#include "engine/config.h"

namespace waymark {

// What lines are given for. In this order: all records, all events once to learn whose ids are
// whose, and once more to be judged.
enum class AuditPart : uint8_t { kRecords, kLinks, kEvents };

// A rule for a field, taken apart once.
struct AuditRule {
  explicit AuditRule(const FieldRule& field);

  const FieldRule* rule;
  String root;   // the member of the event
  String below;  // the path in it; empty: the member itself
};

class Audit {
 public:
  // `asked`: {config, now_ms, collector?}. `collector`: of events that do not name their own.
  explicit Audit(JsonView asked);

  // Why nothing can be audited; empty: it can.
  const List<Problem>& problems() const { return problems_; }

  // Whole lines. Writes `lines`, the number of those that were not empty, and `violations`, each
  // with `code`, `line`, `found`, `allowed`, and what it concerns, into the object that is open.
  void Take(AuditPart part, std::string_view lines, JsonWriter* answer);

 private:
  struct Line;
  struct Finding;

  void TakeRecord(const Line& line);
  void TakeLink(std::string_view lines);
  void TakeEvent(const Line& line);
  void CloseRecords();
  void JudgeDeidentified(const Line& line, const StoredEvent& event, const Lane& lane);
  void JudgeIdentified(const Line& line, const StoredEvent& event, size_t lane_index);
  bool JudgeConsent(const Line& line, const StoredEvent& event, PurposeSet needs, uint32_t person,
                    PurposeSet* allowed);
  void JudgeFields(const Line& line, const StoredEvent& event, const std::vector<AuditRule>& rules,
                   PurposeSet allowed);
  void JudgeDeletion(const Line& line, const StoredEvent& event, size_t lane_index);
  PurposeSet AllowedAt(const AuditDecision* decision, int64_t time_ms, PurposeSet* expired) const;
  const AuditDecision* Granting(const AuditDecision* last, const StoredEvent& event,
                                uint32_t person, PurposeSet missing) const;
  int LaneOf(std::string_view collector) const;
  std::string_view NameOf(PurposeSet purposes) const;
  void Tell(const Line& line, const Finding& finding);

  List<Problem> problems_;
  Config config_;
  std::vector<AuditKey> lane_ids_;
  std::vector<std::vector<AuditRule>> rules_;  // by lane: the config's, then its own
  AuditRecords records_;
  AuditTable people_;  // by anonymous id
  JsonWriter* answer_ = nullptr;
  String collector_;
  int64_t now_ms_ = 0;
  int64_t events_days_ = 0;  // how long events may be kept; 0: the policy does not say
  uint32_t line_ = 0;
  AuditPart part_ = AuditPart::kRecords;
};

}  // namespace waymark

#endif  // WAYMARK_ENGINE_AUDIT_H_
