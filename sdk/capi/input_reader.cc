#include "capi/input_reader.h"

#include <algorithm>
#include <utility>

#include "absl/container/inlined_vector.h"

namespace waymark {
namespace {

// An input has at most a dozen members; they are found in one walk and kept on the stack.
constexpr size_t kMembersInlined = 12;

class Members {
 public:
  explicit Members(const JsonView& object) {
    for (JsonItems item(object); item.Next();) members_.push_back({item.key(), item.value()});
  }

  JsonView operator[](std::string_view name) const {
    for (const auto& [key, value] : members_) {
      if (key == name) return value;
    }
    return JsonView();
  }
  std::string Text(std::string_view name) const { return (*this)[name].AsString(); }
  int64_t Number(std::string_view name) const { return (*this)[name].AsInteger().value_or(0); }

 private:
  absl::InlinedVector<std::pair<std::string, JsonView>, kMembersInlined> members_;
};

Now NowFrom(const JsonView& json) {
  return {json["wall_ms"].AsInteger().value_or(0), json["mono_ms"].AsInteger().value_or(0)};
}

Capture ReadCapture(EventType type, const Members& members, Now now) {
  Capture capture;
  Event& event = capture.event;
  event.type = type;
  event.name = members.Text("name");
  event.user_id = members.Text("user_id");
  event.properties = members[type == EventType::kIdentify ? "traits" : "properties"];
  if (event.properties.is(JsonType::kNull)) event.properties = JsonView();
  event.context = members["context"];
  event.time_ms = now.wall_ms;
  return capture;
}

HttpDone ReadHttpDone(const Members& members) {
  HttpDone fact;
  fact.effect_id = members.Number("effect_id");
  fact.status = static_cast<int>(std::clamp<int64_t>(members.Number("status"), 0, 999));
  fact.error = members.Text("error");
  fact.retry_after = members.Text("retry_after");
  return fact;
}

StoreRead ReadStoreRead(const Members& members, const Frame& frame) {
  StoreRead fact;
  fact.effect_id = members.Number("effect_id");
  fact.more = members["more"].AsBool();
  for (JsonItems item(members["entries"]); item.Next();) {
    fact.entries.push_back({item.value()["key"].AsString(), frame.Body(item.value()["value"])});
  }
  return fact;
}

Lifecycle ReadLifecycle(const Members& members) {
  static constexpr std::string_view kStates[] = {"visible", "hidden", "closing", "frozen",
                                                 "resumed"};
  const std::string name = members.Text("state");
  Lifecycle fact;
  for (size_t i = 0; i < std::size(kStates); ++i) {
    if (kStates[i] == name) fact.state = static_cast<LifecycleState>(i);
  }
  return fact;
}

// The commands; false when the type is none of them.
bool ReadCommand(const std::string& type, const Members& members, const Frame& frame,
                 Input* input) {
  if (type == "track") input->body = ReadCapture(EventType::kTrack, members, input->now);
  else if (type == "page") input->body = ReadCapture(EventType::kPage, members, input->now);
  else if (type == "screen") input->body = ReadCapture(EventType::kScreen, members, input->now);
  else if (type == "identify") input->body = ReadCapture(EventType::kIdentify, members, input->now);
  else if (type == "reset") input->body = Reset{frame.Body(members["entropy"])};
  else if (type == "set_consent") {
    input->body = SetConsent{members["choices"], members.Text("source"),
                             frame.Body(members["entropy"])};
  } else if (type == "set_context") input->body = SetContext{members["context"]};
  else if (type == "flush") input->body = Flush{};
  else if (type == "forget") input->body = Forget{frame.Body(members["entropy"])};
  else if (type == "refused") {
    input->body = Refused{{"not_json", members.Text("pointer"), members.Text("found"),
                           members.Text("allowed")}};
  } else return false;
  return true;
}

// The facts; false when the type is none of them.
bool ReadFact(const std::string& type, const Members& members, const Frame& frame, Input* input) {
  const int64_t effect_id = members.Number("effect_id");
  if (type == "wake") input->body = Wake{};
  else if (type == "http_done") input->body = ReadHttpDone(members);
  else if (type == "store_read") input->body = ReadStoreRead(members, frame);
  else if (type == "store_done") input->body = StoreDone{effect_id};
  else if (type == "store_failed") input->body = StoreFailed{effect_id, members.Text("reason")};
  else if (type == "store_changed") {
    input->body = StoreChanged{members.Text("key"), frame.Body(members["value"])};
  } else if (type == "lifecycle") input->body = ReadLifecycle(members);
  else if (type == "connectivity") input->body = Connectivity{members["online"].AsBool(true)};
  else if (type == "signal") {
    input->body = Signal{members.Text("name"), std::string(members["value"].text()),
                         members.Text("source")};
  } else return false;
  return true;
}

}  // namespace

StatusOr<Input> ReadInput(const Frame& frame) {
  const Members members(frame.json);
  Input input;
  input.now = NowFrom(members["now"]);
  const std::string type = members.Text("type");
  if (ReadCommand(type, members, frame, &input) || ReadFact(type, members, frame, &input)) {
    return input;
  }
  return Problem{"not_allowed", "/type", type.empty() ? "nothing" : "an unknown type",
                 "a type of docs/input.md"};
}

Now ReadNow(const Frame& frame) { return NowFrom(frame.json["now"]); }

Start ReadStart(const Frame& frame) {
  Start start;
  start.now = ReadNow(frame);
  start.entropy = frame.Body(frame.json["entropy"]);
  start.config = frame.json["config"];
  start.consent = frame.json["consent"];
  start.sdk_name = frame.json["sdk"]["name"].AsString();
  start.sdk_version = frame.json["sdk"]["version"].AsString();
  return start;
}

}  // namespace waymark
