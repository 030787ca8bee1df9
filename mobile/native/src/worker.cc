#include "worker.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/bytes.h"
#include "base/json_check.h"
#include "base/json_writer.h"
#include "base/limits.h"
#include "capi/frame.h"
#include "capi/output_writer.h"
#include "capi/questions.h"

namespace waymark::native {
namespace {

// Calls come in company: the first one of a burst waits so long for the others.
constexpr int64_t kGatherMs = 20;
// One turn reads so much of the intake, then the network has its turn: about 4 ms.
constexpr size_t kStepBytes = 256 * 1024;
// And the engine puts down what it has after so much: a segment.
constexpr size_t kTaskBytes = 64 * 1024;
// Events of an earlier process wait so long for the app to tell its context.
constexpr int64_t kReplayMs = 1'000;
constexpr int64_t kViewMs = 100;  // while it is busy; else at once

constexpr const char* kEntropyPlace = R"("entropy":{"offset":0,"size":32},)";
static_assert(kEntropyBytes == 32);

// Behind the brace of an object: the first member, or its end.
std::string_view Members(std::string_view object) {
  const size_t brace = object.find('{');
  return brace == std::string_view::npos ? std::string_view("}") : object.substr(brace + 1);
}

// {more members} + {members}: `more` ends with a comma.
std::string Join(std::string_view more, std::string_view object) {
  std::string_view members = Members(object);
  const size_t first = members.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos || members[first] == '}') more.remove_suffix(1);
  std::string joined = "{";
  joined.append(more).append(members);
  return joined;
}

std::string Frame(std::string_view json, std::string_view bodies) {
  String size;
  AppendU32(&size, static_cast<uint32_t>(json.size()));
  std::string frame{std::string_view(size)};
  frame.append(json).append(bodies);
  return frame;
}

// What the app tells of itself when it starts holds for what an earlier process left, too.
bool WaitsForReplay(const Call& call) {
  if (call.kind != Call::Kind::kCommand) return true;
  const std::string_view type = JsonView(call.text)["type"].AsName();
  return type != "set_context" && type != "signal" && type != "connectivity";
}

}  // namespace

Worker::Worker(const Settings* settings, Calls* calls, Http* http, WorkerCounters* counters,
               std::function<void(std::string&&)> show)
    : settings_(settings),
      clock_(settings->clock.get()),
      calls_(calls),
      http_(http),
      counters_(counters),
      show_(std::move(show)),
      store_(&settings->cipher) {}

Worker::~Worker() = default;

waymark_status Worker::Open() {
  Fault fault = store_.Open(settings_->directory);
  if (fault == Fault::kNone && !settings_->directory.empty()) {
    fault = calls_->intake().Open(settings_->directory + "/intake", settings_->intake_bytes_max);
  }
  counters_->corrupt = store_.corrupt();
  counters_->stored_segments = store_.segments();
  if (store_.corrupt() != 0) {
    Report("store_corrupt", "", "a file that cannot be read",
           "it was set aside; what was in it is lost");
  }
  if (fault != Fault::kNone) return FaultStatus(fault);
  const uint64_t last = std::max(store_.covered(), calls_->intake().last_sequence());
  calls_->SetNextSequence(last);
  ReadPreferences();
  return OpenEngine();
}

waymark_status Worker::OpenEngine() {
  char entropy[kEntropyBytes];
  if (!settings_->entropy(entropy)) return WAYMARK_STORE_UNAVAILABLE;
  const Now opened = now();
  String start;
  JsonWriter writer(&start);
  writer.Begin('{').Key("now").Begin('{').Field("wall_ms", opened.wall_ms);
  writer.Field("mono_ms", opened.mono_ms).End('}');
  writer.FieldRaw("entropy", R"({"offset":0,"size":32})");
  writer.Key("sdk").Begin('{').Field("name", settings_->sdk_name);
  writer.Field("version", settings_->sdk_version).End('}');
  writer.FieldRaw("config", settings_->config);
  const std::optional<std::string> record = store_.Get("consent/record");
  const bool whole = record && CheckJson(*record).fault == JsonCheck::Fault::kNone;
  if (whole) writer.FieldRaw("consent", *record);
  writer.End('}');
  const std::string frame = Frame(start, {entropy, sizeof entropy});
  String repaired;
  const Input input = ReadInput(frame, &repaired);
  if (!input.refusal.ok()) {
    const Problem& problem = input.refusal.problem();
    Report(problem.code, problem.pointer, problem.found, problem.allowed);
    return WAYMARK_CONFIG_REFUSED;
  }
  engine_ = std::make_unique<Engine>(input);
  if (!settings_->region.empty()) {
    String signal = R"({"type":"signal","name":"region","source":"host","value":)";
    AppendJsonString(&signal, settings_->region);
    signal.push_back('}');
    Take(Handle(signal));
  }
  Output first = Wake();
  if (first.refused) return RefuseConfig(first);
  Take(std::move(first));
  Perform();
  replayed_ = !calls_->intake().has_earlier();
  if (!replayed_) replay_at_ms_ = opened.mono_ms + kReplayMs;
  PublishTable();
  ShowView();
  return WAYMARK_OK;
}

waymark_status Worker::RefuseConfig(const Output& output) {
  for (const Problem& problem : output.problems) {
    Report(problem.code, problem.pointer, problem.found, problem.allowed);
  }
  engine_.reset();
  return WAYMARK_CONFIG_REFUSED;
}

Output Worker::Handle(std::string_view json, std::string_view bodies, int64_t wall_ms) {
  const std::string frame = Frame(json, bodies);
  String repaired;
  Input input = ReadInput(frame, &repaired);
  input.now = now();
  if (wall_ms != 0) input.now.wall_ms = wall_ms;
  return engine_->Handle(input);
}

Output Worker::Wake() {
  Input wake;
  wake.now = now();
  return engine_->Handle(wake);
}

int64_t Worker::WaitMs() {
  if (more_) return 0;
  const int64_t next = std::min({wake_at_ms_, gather_until_ms_, replay_at_ms_});
  if (next == kNever) return -1;
  return std::max<int64_t>(clock_->SleepMs(next), 0);
}

void Worker::Turn(std::vector<HttpAnswer>&& answers) {
  ++counters_->wake_ups;
  for (const HttpAnswer& answer : answers) TellAnswer(answer);
  Drain();
  const int64_t mono_ms = clock_->MonoMs();
  if (replay_at_ms_ <= mono_ms) ReplayEarlier();
  if (wake_at_ms_ <= mono_ms) EndTask();
  Perform();
  Settle();
  PublishTable();
  if (view_dirty_ && (!more_ || mono_ms >= shown_ms_ + kViewMs)) ShowView();
}

void Worker::Drain() {
  const Calls::Need need = calls_->Look();
  const int64_t mono_ms = clock_->MonoMs();
  more_ |= need == Calls::Need::kNow || gather_until_ms_ <= mono_ms;
  if (need == Calls::Need::kNothing && pending_.empty()) {
    gather_until_ms_ = kNever;
    more_ = false;
    return;
  }
  if (!more_) {
    gather_until_ms_ = std::min(gather_until_ms_, mono_ms + kGatherMs);
    return;
  }
  DrainStep();
  // The next call wakes the worker, unless there is one already.
  const bool called = !more_ && calls_->Look() != Calls::Need::kNothing;
  gather_until_ms_ = called ? mono_ms + kGatherMs : kNever;
}

// As much as one turn may take, in the order in which it was called.
void Worker::DrainStep() {
  CountLost();
  for (Call& call : calls_->Take(&through_)) pending_.push_back(std::move(call));
  step_bytes_ = 0;
  while (!pending_.empty() && step_bytes_ < kStepBytes) {
    FeedIntake(pending_.front().sequence - 1);
    if (step_bytes_ >= kStepBytes) break;
    Call call = std::move(pending_.front());
    pending_.pop_front();
    HandleCall(std::move(call));
  }
  if (pending_.empty()) FeedIntake(through_);
  more_ = step_bytes_ >= kStepBytes || !pending_.empty();
  EndTask();
  calls_->intake().MakeSpares();
}

void Worker::FeedIntake(uint64_t through) {
  while (step_bytes_ < kStepBytes) {
    const bool more =
        calls_->intake().Read(kTaskBytes, through, [this](const IntakeRecord& record) {
          ReplayEarlier();
          Feed(record);
        });
    if (task_bytes_ >= kTaskBytes) EndTask();
    if (!more) return;
  }
}

void Worker::Feed(const IntakeRecord& record) {
  Input input = InputFrom(record.payload, &record_text_);
  input.now = {record.wall_ms, clock_->MonoMs()};
  step_bytes_ += record.payload.size();
  task_bytes_ += record.payload.size();
  Take(engine_->HandleLate(input, record.generation));
  fed_ = std::max(fed_, record.sequence);
}

// What one task brought is put down, and perhaps sent.
void Worker::EndTask() {
  task_bytes_ = 0;
  Take(Wake());
  Perform();
}

// What the engine has put down need not lie in the intake.
void Worker::Settle() {
  if (!engine_->HasUnstored()) {
    calls_->intake().Consume();
    if (replayed_) calls_->intake().DropEarlier();
  }
  counters_->torn = calls_->intake().torn();
}

// What an earlier process left comes before everything else that is called.
void Worker::ReplayEarlier() {
  replay_at_ms_ = kNever;
  if (replayed_) return;
  replayed_ = true;
  calls_->intake().ReadEarlier(store_.covered(), [this](const IntakeRecord& record) {
    Feed(record);
    ++counters_->replayed;
    if (task_bytes_ >= kTaskBytes) EndTask();
  });
  EndTask();
}

void Worker::HandleCall(Call&& call) {
  if (WaitsForReplay(call)) ReplayEarlier();
  if (call.kind == Call::Kind::kEvent) {
    Input input = InputFrom(call.text, &record_text_);
    input.now = {call.wall_ms, clock_->MonoMs()};
    step_bytes_ += call.text.size();
    return Take(engine_->Handle(input));
  }
  if (call.kind == Call::Kind::kQuestion && JsonView(call.text)["query"]) return AskQuery(call);
  // What came before it is put down before it counts.
  EndTask();
  HandleCommand(call);
  Perform();
}

void Worker::HandleCommand(const Call& call) {
  std::string more;
  if (call.kind == Call::Kind::kQuestion) {
    asked_[next_request_id_] = {call.answer, call.context};
    more = "\"request_id\":" + std::to_string(next_request_id_++) + ",";
  }
  char entropy[kEntropyBytes];
  const bool fresh = settings_->entropy(entropy);
  if (fresh) more += kEntropyPlace;
  // What was admitted before goes before anything else is done about it.
  if (call.decides) calls_->intake().Consume();
  const std::string json = more.empty() ? call.text : Join(more, call.text);
  Take(Handle(json, fresh ? std::string_view(entropy, sizeof entropy) : std::string_view(),
              call.wall_ms));
  if (!call.decides) return;
  Perform();
  PublishTable();
  calls_->EndDecision();
}

void Worker::AskQuery(const Call& call) {
  EndTask();  // the answer speaks of what was called before it
  const std::string frame = Frame(call.text, {});
  String repaired;
  const Input query = ReadInput(frame, &repaired);
  const String answer = WriteAnswer(query, [&](JsonWriter* writer, List<Problem>* problems) {
    for (size_t i = 0; i < kQuestionCount; ++i) {
      if (!query.fields["query"].IsName(kQuestions[i].name)) continue;
      return kQuestions[i].answer(*engine_, query, writer, problems);
    }
    AddProblem(problems, "not_allowed", "/query", "an unknown question", "one of this module");
  });
  const std::string text(std::string_view(answer).substr(sizeof(uint32_t)));
  GiveAnswer({call.answer, call.context}, text);
}

// Whoever looks at the view when the answer is there sees what was called before the question.
void Worker::GiveAnswer(const Asked& asked, const std::string& text) {
  if (view_dirty_) ShowView();
  asked.answer(asked.context, text.c_str(), text.size());
}

// Told to the engine, which counts what never had a place.
void Worker::CountLost() {
  const uint64_t lost = calls_->TakeLost();
  if (lost == 0) return;
  Take(Handle(R"({"type":"refused","lost":true,"count":)" + std::to_string(lost) + "}"));
  Report("queue_full", "", "calls that came faster than they could be put down",
         "intake_bytes_max and memory_bytes_max");
}

void Worker::PublishTable() {
  String table;
  JsonWriter writer(&table);
  writer.Begin('{');
  engine_->Admission(&writer);
  writer.End('}');
  if (table == table_) return;
  table_ = std::string_view(table);
  calls_->Publish(Admission::From(table_));
}

void Worker::ShowView() {
  view_dirty_ = false;
  shown_ms_ = clock_->MonoMs();
  show_(std::string(std::string_view(engine_->View())));
  if (settings_->on_view) settings_->on_view(settings_->context);
}

void Worker::Leave(int64_t deadline_ms) {
  const SystemClock steady;
  more_ = true;
  for (more_ = true; more_ && steady.MonoMs() <= deadline_ms;) {
    Turn({});
    more_ |= calls_->Look() != Calls::Need::kNothing;
  }
  ReplayEarlier();
  Take(Handle(R"({"type":"flush"})"));
  EndTask();
  while (!in_flight_.empty()) {
    const int64_t left = deadline_ms - steady.MonoMs();
    if (left <= 0) break;
    for (const HttpAnswer& answer : http_->Wait(left)) TellAnswer(answer);
    EndTask();
  }
  // The store may be asked to wait between two puts, but not here.
  if (engine_->HasUnstored()) Take(Handle(R"({"type":"lifecycle","state":"hidden"})"));
  Perform();
  Settle();
  ShowView();
  for (const int64_t id : in_flight_) http_->Abort(id);
}

void Worker::EndQuestions() {
  for (Call& call : calls_->Take(&through_)) pending_.push_back(std::move(call));
  for (const Call& call : pending_) {
    if (call.kind == Call::Kind::kQuestion) call.answer(call.context, nullptr, 0);
  }
  for (const auto& [id, asked] : asked_) asked.answer(asked.context, nullptr, 0);
  pending_.clear();
  asked_.clear();
}

}  // namespace waymark::native
