// How a tab's host performs effects: jobs for the store, requests for the network.
#include <algorithm>
#include <utility>

#include "simulation/network.h"
#include "simulation/segment_reader.h"
#include "simulation/tab.h"
#include "simulation/token.h"

namespace waymark_simulation {
namespace {

constexpr int64_t kReplyDelayMsMax = 5;
constexpr int64_t kConsentDelayMsMax = 100;

std::string TokensOf(const RequestContents& contents) {
  std::string text;
  for (const SentEvent& event : contents.events) {
    text += " " + (event.token < 0 ? event.message_id : TokenText(event.token));
    if (!event.identified) text += "(de-identified)";
  }
  return text;
}

bool IsWrite(const Effect& effect) { return effect.type != "store_get"; }

}  // namespace

void Tab::RunJob(const Transaction& job) {
  const std::string trouble = device_->StoreTrouble();
  std::vector<Input> replies;
  for (const Effect& effect : job.effects) {
    if (trouble.empty() && IsWrite(effect)) device_->Apply(effect);
    if (!is_gone()) replies.push_back(ReplyOf(effect, trouble));
  }
  if (trouble.empty()) TellOfWrites(job);
  const int64_t delay_ms = world_->random.Between(0, kReplyDelayMsMax);
  world_->schedule.After(delay_ms, [this, replies = std::move(replies)] {
    for (const Input& reply : replies) Deliver([this, reply] { DeliverReply(reply); });
  });
}

// What a host keeps where it can write synchronously.
void Tab::RunAtOnce(const Effect& effect) {
  const bool fails = world_->Happens(world_->settings.weather.decision_fails);
  const std::string trouble = fails ? "quota" : "";
  const Input reply = ReplyOf(effect, trouble);
  if (trouble.empty() && IsWrite(effect)) {
    device_->Apply(effect);
    TellOfWrites({number_, {effect}, {}});
  }
  world_->schedule.After(0, [this, reply] { Deliver([this, reply] { DeliverReply(reply); }); });
}

// Whoever reads the record hears of what another one has decided, unless it has a decision of its
// own that is not put down yet.
void Tab::DeliverReply(const Input& reply) {
  const int64_t effect_id = reply.fields.at("effect_id");
  const std::string record = reply.blobs.empty() ? "" : reply.blobs.front().bytes;
  const bool done = reply.fields.at("type") == "store_done";
  if (done && effect_id == record_write_) record_write_ = 0;
  const bool read = effect_id == record_read_ && record_write_ == 0;
  if (read && record != facts().record) HearRecord(record);
  Send(reply);
}

// The model first; then the other tabs, when consent is concerned.
void Tab::TellOfWrites(const Transaction& transaction) {
  world_->model.Applied(transaction);
  const auto& effects = transaction.effects;
  const bool touched = std::any_of(effects.begin(), effects.end(), WritesRecord);
  if (!touched) return;
  for (Tab* other : device_->tabs()) {
    if (other == this) continue;
    world_->schedule.After(world_->random.Between(0, kConsentDelayMsMax),
                           [other] { other->DeliverConsentChange(); });
  }
}

// A frozen tab reads the record again before it hears anything else.
void Tab::DeliverConsentChange() {
  if (!is_awake()) return;
  const std::string record = device_->ConsentRecord();
  Input input{{{"type", "store_changed"}, {"key", "consent/record"}}, {}};
  if (!record.empty()) input.blobs.push_back({"/value", record});
  HearRecord(record);
  Send(std::move(input));
}

void Tab::HearRecord(const std::string& record) {
  // What it put down itself, or has heard of already, is no news.
  const bool news = record != std::exchange(facts().record, record);
  if (Gate::IsForgetting(record) && news) world_->model.Forget(number_);
  const Choices choices = world_->model.WithRefusals(number_, record, device_->StandingBy(record));
  world_->model.HeardOf(number_, Gate::GenerationOf(record));
  world_->model.Told(number_, choices);
}

void Tab::DeliverLead(const std::vector<std::string>& live) {
  Deliver([this, live] { Send({{{"type", "lead"}, {"effect_id", claim_}, {"live", live}}, {}}); });
}

Input Tab::ReplyOf(const Effect& effect, const std::string& trouble) {
  if (!trouble.empty()) {
    return {{{"type", "store_failed"}, {"effect_id", effect.id}, {"reason", trouble}}, {}};
  }
  if (effect.type == "store_get") return ReadStore(effect);
  return {{{"type", "store_done"}, {"effect_id", effect.id}}, {}};
}

Input Tab::ReadStore(const Effect& effect) {
  Input reply{{{"type", "store_read"}, {"effect_id", effect.id}, {"entries", Json::array()}}, {}};
  const std::string prefix = effect.fields.at("prefix");
  const std::string after = effect.fields.value("after", "");
  const size_t most = effect.fields.at("bytes_max");
  size_t bytes = 0;
  bool more = false;
  Json& entries = reply.fields["entries"];
  for (const auto& [key, value] : device_->values()) {
    if (key.rfind(prefix, 0) != 0 || key <= after) continue;
    more = !entries.empty() && bytes + value.size() > most;
    if (more) break;
    reply.blobs.push_back({"/entries/" + std::to_string(entries.size()) + "/value", value});
    entries.push_back({{"key", key}});
    bytes += value.size();
    world_->model.Read(number_, key, value);
  }
  if (prefix == "state/") world_->model.Read(number_, prefix, "");
  if (prefix == "consent/record") record_read_ = effect.id;
  reply.fields["more"] = more;
  return reply;
}

// A file-based store whose process died in the middle: what stands before is done, one value is
// cut off, the rest never happened.
void Tab::TearJob(const Transaction& transaction) {
  // It stood at any byte of what it was to write. A decision is small enough to be written whole.
  const auto is_torn = [](const Effect& effect) {
    return effect.type == "store_put" && !IsConsentKey(effect);
  };
  size_t all = 0;
  for (const Effect& effect : transaction.effects) all += is_torn(effect) ? effect.body.size() : 0;
  if (all == 0) return;
  size_t bytes = static_cast<size_t>(world_->random.Below(static_cast<int64_t>(all)));
  size_t torn = 0;
  while (!is_torn(transaction.effects[torn]) || bytes >= transaction.effects[torn].body.size()) {
    bytes -= is_torn(transaction.effects[torn]) ? transaction.effects[torn].body.size() : 0;
    ++torn;
  }
  Transaction done{number_, {}, {}};
  done.effects.assign(transaction.effects.begin(),
                      transaction.effects.begin() + static_cast<int64_t>(torn));
  for (const Effect& effect : done.effects) {
    if (IsWrite(effect)) device_->Apply(effect);
  }
  TellOfWrites(done);
  Effect part = transaction.effects[torn];
  world_->Tell(name() + " leaves " + std::to_string(bytes) + " of " +
               std::to_string(part.body.size()) + " bytes in " +
               part.fields.at("key").get<std::string>());
  world_->model.AppliedInPart(number_, part, bytes);
  part.body.resize(bytes);
  device_->Apply(part);
}

void Tab::SendRequest(const Effect& effect, bool leaving) {
  Request request;
  request.tab = number_;
  request.device = device_->number();
  request.collector = network_->CollectorAt(effect.fields.at("url"));
  request.effect_id = effect.id;
  request.transport = effect.fields.at("transport");
  request.gzip = effect.fields.at("headers").contains("Content-Encoding");
  request.leaving = leaving;
  request.body_bytes = effect.body.size();
  try {
    request.contents =
        ReadRequest(world_->settings.collectors[request.collector].protocol, effect.body);
  } catch (const Json::exception& error) {
    throw Violation("wire", error.what());
  }
  if (world_->traces) {
    world_->Tell(name() + "    request " + std::to_string(world_->model.facts().requests.size()) +
                 ":" + TokensOf(request.contents));
  }
  world_->model.Sent(std::move(request));
  const int number = static_cast<int>(world_->model.facts().requests.size()) - 1;
  requests_[effect.id] = number;
  network_->Send(this, number, effect.fields.at("timeout_ms"));
}

void Tab::Abort(int64_t effect_id) {
  const auto request = requests_.find(effect_id);
  if (request == requests_.end()) return;
  network_->Cancel(request->second);
  world_->schedule.After(0, [this, effect_id] { DeliverAnswer(effect_id, {0, "aborted", ""}); });
}

void Tab::DeliverAnswer(int64_t effect_id, const Answer& answer) {
  if (is_gone()) return;
  const auto waiting = requests_.find(effect_id);
  int request = -1;  // a second answer, which belongs to nothing any more
  if (waiting != requests_.end()) {
    request = waiting->second;
    requests_.erase(waiting);
  } else if (!world_->Happens(world_->settings.weather.answered_twice)) {
    return;
  }
  Deliver([this, effect_id, request, answer] { TellAnswer(effect_id, request, answer); });
}

void Tab::TellAnswer(int64_t effect_id, int request, const Answer& answer) {
  world_->model.facts().now_ms = world_->schedule.now_ms();
  if (request >= 0) world_->model.Answered(request, answer);
  Json fields = {{"type", "http_done"}, {"effect_id", effect_id}, {"status", answer.status}};
  if (!answer.error.empty()) fields["error"] = answer.error;
  if (!answer.retry_after.empty()) fields["retry_after"] = answer.retry_after;
  Send({std::move(fields), {}});
}

}  // namespace waymark_simulation
