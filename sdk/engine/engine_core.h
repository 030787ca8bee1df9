// The engine's state, and the order in which its stages are called.
//
// One class, one file a concern: engine.cc (dispatch, what goes out), capture.cc (an event's way
// into the outbox), decisions.cc (consent, withdrawal, forget), storage.cc (what is kept),
// sending.cc (what is delivered), view.cc (what is shown). Invariant: a stage gets plain values and
// returns plain values; only this class holds them together.
#ifndef WAYMARK_ENGINE_ENGINE_CORE_H_
#define WAYMARK_ENGINE_ENGINE_CORE_H_

#include "base/json_writer.h"
#include "base/list.h"
#include "base/prng.h"
#include "base/string.h"
#include "base/uuid.h"
#include "consent/consent_gate.h"
#include "consent/consent_state.h"
#include "engine/config.h"
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
  String View() const;

 private:
  // A call that waits in memory: for the visitor's answer, or for the ids to be read from the
  // store.
  struct Held {
    InputType type = InputType::kTrack;  // an event, or kReset: a logout between two
    String fields;                       // its input
    String standing;                     // standing context at the call
    int64_t time_ms = 0;
    uint32_t served = 0;  // collectors that have it already
  };

  // Which collectors get an event, and how.
  struct Routing {
    uint32_t admit = 0;
    uint32_t deidentify = 0;
    uint32_t hold = 0;
    uint32_t served = 0;  // had it before
    bool wanted = false;  // by any collector's name list
  };

  enum class StorePhase : uint8_t { kClosed, kReadingState, kOpen, kFailed };
  enum class StoreUse : uint8_t { kNone, kState, kSegments, kConsent, kWithdrawal };
  struct StoreOperation {
    int64_t effect_id;
    StoreUse use;
  };

  // engine.cc
  void Dispatch(const Input& input, Now now);
  void Pump(Now now);
  Output TakeOutput(Now now, bool is_wake);
  int64_t NextWake(Now now) const;
  Effect& Emit(EffectType type);
  void Report(const Problem& problem);
  void Report(const char* code, std::string_view pointer, std::string_view found,
              std::string_view allowed);
  void OnSignal(const Input& input);
  void NewGeneration(std::string_view entropy);

  // capture.cc
  void OnCapture(const Input& input);
  void OnRefused(const Input& input);
  void OnSetContext(const Input& input);
  void OnReset(const Input& input);
  void PartFromPerson();
  void ForgetPerson();
  void Hold(InputType type, std::string_view fields, int64_t time_ms, uint32_t served);
  void ReleaseHeld(Now now);
  Routing Route(const Event& event, uint32_t served) const;
  uint32_t Admit(const Event& event, std::string_view standing, const Routing& routing, Now now);
  void Keep(const Event& event, std::string_view standing, uint32_t lanes, Now now);
  void KeepDeidentified(const Event& event, std::string_view standing, uint32_t lanes, Now now);
  void Enqueue(Record&& record, uint32_t lanes, std::string_view message_id, Now now);

  // decisions.cc
  void OnSetConsent(const Input& input, Now now);
  void OnForget(const Input& input);
  void OnStoreChanged(const Input& input, Now now);
  void PutConsentRecord();
  void CarryOutWithdrawal(Now now);
  void FinishWithdrawal();
  void AwaitDeletions();
  void EndWithdrawal();
  void ForgetOperations(StoreUse use);
  void AbortForbidden();
  void DiscardForbidden();
  // Whether a lane is allowed to have events, identified ones or any; counting all lanes or those
  // that may store.
  bool AnyLane(GateVerdict worst, bool with_storage) const;
  bool MayStore(uint32_t lanes) const;
  SendRules Rules() const;

  // storage.cc
  void OpenStoreIfAllowed();
  void CloseStore();
  void ClearStore();
  void OnStoreRead(const Input& input, Now now);
  void OnStoreDone(const Input& input, Now now);
  void OnStoreFailed(const Input& input, Now now);
  void ReadState(const Input& input, Now now);
  void ReadDelivery(JsonView json);
  void ReadSegments(const Input& input, Now now);
  void RestoreSegment(std::string_view key, std::string_view bytes, Now now);
  bool RestoreRecord(StoredRecord* stored, std::string_view writer, Now now, Record* record);
  void ReadMoreSegments();
  void Read(std::string_view prefix, std::string_view after, StoreUse use);
  void StoreWhatIsNew();
  void EmitStoreChanges();
  void Put(std::string_view key, String&& value, StoreUse use = StoreUse::kNone);
  void Delete(EffectType type, std::string_view name);
  StoreUse TakeOperation(int64_t effect_id);
  String DeliveryState() const;

  // sending.cc
  void OnHttpDone(const Input& input, Now now);
  void OnFlush(Now now);
  void OnLifecycle(const Input& input, Now now);
  void OnConnectivity(const Input& input, Now now);
  void SendDue(Now now);
  void Send(size_t lane_index, Now now, bool leaving, bool closing);
  void StartRequest(size_t lane_index, Batch* batch, bool closing, int64_t bytes_left);
  void OnAnswer(size_t lane_index, const List<uint64_t>& ids, const Input& fact, Now now);
  // Takes records off the lane: acknowledged, or given up for a reason.
  void SettleAll(size_t lane_index, const List<uint64_t>& ids, const Loss* reason);
  void RetryLater(Lane* lane, int status, JsonView retry_after, Now now);
  void Recover(Lane* lane);
  void Schedule(size_t lane_index, Now now);
  int64_t KeepaliveBytesLeft() const;

  // view.cc
  void WriteConsent(JsonWriter* writer) const;
  void WriteQueue(JsonWriter* writer) const;
  void WriteLanes(JsonWriter* writer) const;

  // Small members first: an offset below 128 is a byte shorter in every instruction that uses it.
  StorePhase store_phase_ = StorePhase::kClosed;
  bool withdrawal_reads_ = false;  // all segments, before a withdrawal is carried out
  bool withdrawal_ends_ = false;   // when what this input deletes is done
  bool store_failed_ = false;      // the last thing that was asked of it
  bool segments_left_ = false;     // the store holds more than was read
  bool segments_reading_ = false;
  bool identity_dirty_ = false;  // changed since it was put
  bool session_dirty_ = false;
  bool delivery_dirty_ = false;  // how far the collectors are, or losses
  bool losses_dirty_ = false;
  bool online_ = true;
  bool view_dirty_ = false;
  bool wake_asked_ = false;  // at the end of this task; answered by the next wake
  List<Problem> refusal_;    // why the start was refused; empty: it was not
  List<Lane> lanes_;         // the config's
  List<Effect> effects_;
  List<Problem> problems_;
  List<Held> held_;
  ConsentState consent_;
  int64_t last_wake_ms_ = kNever;
  int64_t next_effect_id_ = 1;
  Outbox outbox_;
  String context_ = "{}";  // the standing context, an object of JSON text
  String signals_ = "{}";
  List<StoreOperation> store_operations_;  // those whose reply matters
  String segments_after_;                  // last key read of the outbox
  Identity identity_;
  Session session_;
  LossCounters losses_;
  Config config_;  // its lanes have moved to lanes_
  Prng prng_;
  MessageIds message_ids_;
};

}  // namespace waymark

#endif  // WAYMARK_ENGINE_ENGINE_CORE_H_
