// The engine's state, and the order in which its stages are called.
//
// One class, one file a concern: engine.cc (dispatch, what goes out), capture.cc (an event's way into the outbox), decisions.cc
// (consent, withdrawal, forget), storage.cc (what is kept), sending.cc (what is delivered), view.cc (what is shown).
// Invariant: a stage gets plain values and returns plain values; only this class holds them together.
#ifndef WAYMARK_ENGINE_ENGINE_CORE_H_
#define WAYMARK_ENGINE_ENGINE_CORE_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/prng.h"
#include "base/uuid.h"
#include "consent/consent_gate.h"
#include "consent/consent_state.h"
#include "engine/config.h"
#include "event/context.h"
#include "identity/identity.h"
#include "journey/session.h"
#include "outbox/loss_counters.h"
#include "outbox/outbox.h"
#include "waymark/effect.h"
#include "waymark/input.h"

namespace waymark {

class EngineCore {
 public:
  explicit EngineCore(const Start& start);

  Output Handle(const Input& input);
  std::string View() const;

 private:
  // A call that waits in memory: for the visitor's answer, or for the ids to be read from the store.
  struct Held {
    bool reset = false;     // not an event but a logout between two
    EventType type = EventType::kTrack;
    std::string name;
    std::string user_id;
    std::string properties;
    std::string context;
    std::shared_ptr<const std::string> standing;
    int64_t time_ms = 0;
    uint32_t served = 0;    // collectors that have it already
  };

  // Which collectors get an event, and how.
  struct Routing {
    uint32_t admit = 0;
    uint32_t deidentify = 0;
    uint32_t hold = 0;
    bool wanted = false;  // by any collector's name list
  };

  enum class StorePhase : uint8_t { kClosed, kReadingState, kOpen, kFailed };
  enum class StoreUse : uint8_t { kState, kSegments, kConsent, kOther };
  struct StoreOperation {
    int64_t effect_id;
    StoreUse use;
  };
  // The last settled sequence of one writer at one collector.
  struct Cursor {
    std::string collector;
    std::string writer;
    uint64_t sequence;
  };

  // engine.cc
  void Dispatch(const Input& input, Now now);
  void Pump(Now now);
  Output TakeOutput(Now now, bool is_wake);
  int64_t NextWake(Now now) const;
  int64_t Emit(decltype(Effect::body) body);
  void Report(Problem problem);
  void OnSignal(const Signal& signal);

  // capture.cc
  void OnCapture(const Event& event, Now now);
  void OnRefused(const Refused& refused);
  void OnSetContext(const SetContext& command);
  void OnReset(const Reset& reset);
  void PartFromPerson();
  void Hold(const Event& event, std::shared_ptr<const std::string> standing, uint32_t served);
  void ReleaseHeld(Now now);
  void ForgetPerson();
  Routing Route(const Event& event, uint32_t served) const;
  uint32_t Admit(const Event& event, std::shared_ptr<const std::string> standing, uint32_t served,
                 Now now);
  void Keep(const Event& event, std::shared_ptr<const std::string> standing, uint32_t lanes,
            Now now);
  void KeepDeidentified(const Event& event, const std::string& standing, uint32_t lanes, Now now);
  void Enqueue(Record record, uint32_t lanes, Now now);
  uint32_t Sampled(uint32_t lanes, const std::string& message_id) const;
  bool MayStore(uint32_t lanes) const;

  // decisions.cc
  void OnSetConsent(const SetConsent& command, Now now);
  void OnForget(const Forget& command);
  void OnStoreChanged(const StoreChanged& fact, Now now);
  void PutConsentRecord();
  void CarryOutWithdrawal(Now now);
  void AbortForbidden();
  void DiscardForbidden();
  bool AnyLane(GateVerdict verdict, bool with_storage) const;
  SendRules Rules() const;

  // storage.cc
  void OpenStoreIfAllowed();
  void OnStoreRead(const StoreRead& fact, Now now);
  void OnStoreDone(const StoreDone& fact, Now now);
  void OnStoreFailed(const StoreFailed& fact, Now now);
  void ReadState(const StoreRead& fact, Now now);
  void ReadDelivery(const JsonView& json);
  void ReadSegments(const StoreRead& fact, Now now);
  void RestoreSegment(const StoreEntry& entry, Now now);
  uint32_t LanesFor(const Record& record, const JsonView& event, bool* forbidden) const;
  void ReadMoreSegments();
  void StoreWhatIsNew();
  void EmitStoreChanges();
  void Put(std::string key, std::string value, StoreUse use);
  void Delete(std::string key, std::string prefix);
  bool TakeOperation(int64_t effect_id, StoreUse* use);
  std::string DeliveryState() const;
  uint64_t CursorOf(const std::string& collector, const std::string& writer) const;
  void MoveCursor(const std::string& collector, const Record& record);

  // sending.cc
  void OnHttpDone(const HttpDone& fact, Now now);
  void OnFlush(Now now);
  void OnLifecycle(const Lifecycle& fact, Now now);
  void OnConnectivity(const Connectivity& fact, Now now);
  void SendDue(Now now);
  void SendLeaving(Now now, bool closing);
  void Send(size_t lane_index, Now now, bool leaving, bool closing);
  void OnAnswer(size_t lane_index, const std::vector<uint64_t>& ids, const HttpDone& fact, Now now);
  void Acknowledge(size_t lane_index, const std::vector<uint64_t>& ids);
  void GiveUpAll(size_t lane_index, const std::vector<uint64_t>& ids, Loss reason);
  void RetryLater(Lane* lane, const HttpDone& fact, Now now);
  void Recover(Lane* lane);
  void Schedule(size_t lane_index, Now now);
  int64_t KeepaliveBytesLeft() const;

  // view.cc
  std::string ConsentView() const;
  std::string QueueView() const;
  std::string LanesView() const;

  std::vector<Problem> refusal_;  // why the start was refused; empty: it was not
  Config config_;                 // its lanes have moved to lanes_
  std::vector<Lane> lanes_;
  Prng prng_;
  MessageIds message_ids_;
  ConsentState consent_;
  Identity identity_;
  Session session_;
  Context context_;
  std::vector<Held> held_;
  Outbox outbox_;
  std::vector<Cursor> cursors_;
  LossCounters losses_;
  std::vector<std::pair<std::string, std::string>> signals_;

  StorePhase store_phase_ = StorePhase::kClosed;
  std::vector<StoreOperation> store_operations_;
  std::string segments_after_;      // last key read of the outbox
  bool segments_left_ = false;      // the store holds more than was read
  bool segments_reading_ = false;
  bool identity_dirty_ = false;     // changed since it was put
  bool session_dirty_ = false;
  bool delivery_dirty_ = false;

  bool online_ = true;
  bool view_dirty_ = false;
  int64_t last_wake_ms_ = kNever;
  bool wake_asked_ = false;         // at the end of this task; answered by the next Wake
  int64_t next_effect_id_ = 1;
  std::vector<Effect> effects_;
  std::vector<Problem> problems_;
};

}  // namespace waymark

#endif  // WAYMARK_ENGINE_ENGINE_CORE_H_
