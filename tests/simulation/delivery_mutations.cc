// Engines that send too early, too often, too much or out of turn.
#include <algorithm>
#include <optional>
#include <set>

#include "simulation/falsify.h"
#include "simulation/mutation_groups.h"

namespace waymark_simulation {
namespace {

bool HasManyTabs(const Settings& settings) { return settings.tabs_max > 1; }

bool IsAnswer(const Input& input) { return input.fields.at("type") == "http_done"; }

bool IsFailure(const Input& answer) {
  const int status = answer.fields.at("status");
  const std::string error = answer.fields.value("error", "");
  return status == 429 || status >= 500 || error == "network" || error == "timeout";
}

std::unique_ptr<Mutation> IgnoreRetryAfter() {
  return AtInput("http_done", [](Input* answer) {
    answer->fields.erase("retry_after");
    return true;
  });
}

// Takes a refusal for an outage.
std::unique_ptr<Mutation> ReplayAfterRefusal() {
  return AtInput("http_done", [](Input* answer) {
    const int status = answer->fields.at("status");
    if (status == 401 || status == 403) answer->fields["status"] = 503;
    return true;
  });
}

// Tries again at once, as long as it takes.
class EndlessRetry final : public Resender {
 public:
  bool OnInput(int, Input* input) override { return !IsAnswer(*input) || !IsFailure(*input); }

  void OnOutput(int tab, const Input& input, Output* output) override {
    Remember(tab, *output);
    if (!IsAnswer(input) || !IsFailure(input)) return;
    SendAgain(tab, input.fields.at("effect_id"), output);
  }
};

class SendTwice final : public Resender {
 public:
  void OnOutput(int tab, const Input&, Output* output) override {
    Remember(tab, *output);
    std::vector<int64_t> sent;
    for (const Effect& effect : output->effects) {
      if (effect.type == "http_send") sent.push_back(effect.id);
    }
    for (const int64_t effect_id : sent) SendBeside(tab, effect_id, output);
  }
};

// Draws all that it calls random from the same bytes at each start.
std::unique_ptr<Mutation> ReuseMessageId() {
  return AtStart([](Input* start) { start->blobs.at(0).bytes.assign(32, 'e'); });
}

std::unique_ptr<Mutation> NewMessageIdAtRetry() {
  return AtSentEvents([sent = std::set<std::string>()](int, bool segment, Json* events) mutable {
    for (Json& event : *events) {
      Json& id = event.at(segment ? "messageId" : "eid");
      if (!AnonymousIdOf(segment, &event) || sent.insert(id).second) continue;
      id = id.get<std::string>().replace(9, 4, "ffff");
    }
  });
}

std::unique_ptr<Mutation> ReverseBatches() {
  return AtSentEvents(
      [](int, bool, Json* events) { std::reverse(events->begin(), events->end()); });
}

// One anonymous id for all who ever use the tab.
std::unique_ptr<Mutation> JoinUsers() {
  return AtSentEvents([ids = std::map<int, Json>()](int tab, bool segment, Json* events) mutable {
    for (Json& event : *events) {
      if (Json* id = AnonymousIdOf(segment, &event)) *id = ids.emplace(tab, *id).first->second;
    }
  });
}

class TwoLeaders final : public Mutation {
 public:
  bool EveryTabLeads() const override { return true; }
};

std::unique_ptr<Mutation> TakeFromTheAwake() {
  return AtInput("lead", [](Input* lead) {
    lead->fields["live"] = Json::array();
    return true;
  });
}

std::unique_ptr<Mutation> SendBulkOverMeteredLinks() {
  return AtInput("connectivity", [](Input* connectivity) {
    connectivity->fields["metered"] = false;
    return true;
  });
}

std::unique_ptr<Mutation> BatchTooMany() {
  return AtStart([](Input* start) {
    Json& most = start->fields["config"]["delivery"]["batch_events_max"];
    most = most.get<int>() + 1;
  });
}

// Wants to be woken after this time, whatever it waits for; also when it waits for nothing.
class Spinner final : public Mutation {
 public:
  Spinner(int64_t every_ms, bool also_idle) : every_ms_(every_ms), also_idle_(also_idle) {}

  void OnOutput(int, const Input& input, Output* output) override {
    if (!also_idle_ && !output->wake_at_ms) return;
    output->nothing = false;
    const int64_t next_ms = input.fields.at("now").at("mono_ms").get<int64_t>() + every_ms_;
    output->wake_at_ms = std::min(output->wake_at_ms.value_or(next_ms), next_ms);
  }

 private:
  int64_t every_ms_;
  bool also_idle_;
};

std::unique_ptr<Mutation> NeverRest() { return std::make_unique<Spinner>(500, true); }

std::unique_ptr<Mutation> SpinWhileWaiting() { return std::make_unique<Spinner>(20, false); }

// Reads a clock of its own: here, something that no two runs have in common.
std::unique_ptr<Mutation> OtherBytes() {
  return AtStart([](Input* start) {
    static int starts = 0;
    start->blobs.at(0).bytes[0] = static_cast<char>(++starts);
  });
}

}  // namespace

std::vector<NamedMutation> DeliveryMutations() {
  return {
      {"ignore-retry-after", "bounds", "before Retry-After allows it", IgnoreRetryAfter},
      {"endless-retry", "bounds", "again within a second", std::make_unique<EndlessRetry>},
      {"batch-too-many", "bounds", "events in one batch", BatchTooMany},
      {"send-bulk-over-metered-links", "bounds", "bulk over a metered link",
       SendBulkOverMeteredLinks},
      {"spin-while-waiting", "bounds", "for nothing", SpinWhileWaiting},
      {"never-rest", "idle", "does not go idle", NeverRest},
      {"replay-after-refusal", "repeats", "although it is done", ReplayAfterRefusal},
      {"send-twice", "repeats", "while it is on its way", std::make_unique<SendTwice>},
      {"reuse-message-id", "repeats", "gives one message id to", ReuseMessageId},
      {"new-message-id-at-retry", "repeats", "a second message id", NewMessageIdAtRetry},
      {"two-leaders", "repeats", "without the lead", std::make_unique<TwoLeaders>, HasManyTabs},
      {"take-from-the-awake", "repeats", "that is still awake", TakeFromTheAwake, HasManyTabs},
      {"reverse-batches", "order", "behind", ReverseBatches},
      {"join-users", "persons", "sends anonymous id", JoinUsers},
      {"other-bytes", "determinism", "two runs gave different bytes", OtherBytes},
  };
}

}  // namespace waymark_simulation
