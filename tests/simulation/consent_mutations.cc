// Engines that keep or send what they may not.
#include "simulation/falsify.h"
#include "simulation/mutation_groups.h"

namespace waymark_simulation {
namespace {

bool HasBrokenDecisions(const Settings& settings) {
  return settings.habits.decisions > 0 && settings.weather.crash > 0;
}

bool HasNarrowing(const Settings& settings) { return settings.habits.narrowing > 0; }

// Some collector gets nothing but what tells of nobody.
bool HasDeidentifyingCollector(const Settings& settings) {
  for (const CollectorSettings& collector : settings.collectors) {
    for (const size_t purpose : collector.needs) {
      if (settings.purposes[purpose].deidentify) return true;
    }
  }
  return false;
}

// Takes the visitor's silence for a yes.
std::unique_ptr<Mutation> SendBeforeTheGate() {
  return AtStart([](Input* start) {
    for (Json& purpose : start->fields["config"]["consent"]["purposes"]) {
      if (purpose.at("basis") == "consent") purpose["basis"] = "legitimate_interest";
    }
  });
}

// Takes a request that it gave up for one that has failed.
class SendWhatIsWithdrawn final : public Resender {
 public:
  void OnOutput(int tab, const Input& input, Output* output) override {
    Remember(tab, *output);
    if (input.fields.at("type") != "http_done" || input.fields.value("error", "") != "aborted") {
      return;
    }
    SendBeside(tab, input.fields.at("effect_id"), output);
  }
};

// Does not see the note in the record that it starts with.
std::unique_ptr<Mutation> ForgetPendingWithdrawal() {
  return AtStart([](Input* start) {
    if (start->fields.contains("consent")) start->fields["consent"].erase("withdrawing");
  });
}

std::unique_ptr<Mutation> ForgetDecision() {
  return AtEffect("store_put", [](Effect* put) {
    if (PlaceOf(*put) == "consent/record") MakeHarmless(put);
  });
}

std::unique_ptr<Mutation> KeepWhatIsWithdrawn() {
  return AtEffect("store_delete", [](Effect* deletion) {
    if (PlaceOf(*deletion) == "outbox/") MakeHarmless(deletion);
  });
}

std::unique_ptr<Mutation> KeepIdentifiers() {
  return AtEffect("store_delete", [](Effect* deletion) {
    const std::string place = PlaceOf(*deletion);
    if (place == "state/" || place == "state/identity" || place == "state/session") {
      MakeHarmless(deletion);
    }
  });
}

std::unique_ptr<Mutation> StoreWithoutPermission() {
  return AtStart([](Input* start) {
    for (Json& purpose : start->fields["config"]["consent"]["purposes"]) purpose["storage"] = true;
  });
}

std::unique_ptr<Mutation> TellWhoOfDeidentified() {
  return AtSentEvents([](int, bool segment, Json* events) {
    for (Json& event : *events) {
      if (!AnonymousIdOf(segment, &event)) event[segment ? "userId" : "uid"] = "user0";
    }
  });
}

std::unique_ptr<Mutation> IgnoreDeidentifyingPurpose() {
  return AtStart([](Input* start) {
    for (Json& purpose : start->fields["config"]["consent"]["purposes"]) purpose.erase("mode");
  });
}

std::unique_ptr<Mutation> IgnoreKillSwitch() {
  return AtInput("narrow", [](Input*) { return false; });
}

// The collectors of one protocol get each other's requests.
class SendToWrongCollector final : public Mutation {
 public:
  void OnStart(int, Input* start) override {
    for (const Json& collector : start->fields["config"]["collectors"]) {
      urls_[collector.at("protocol")].push_back(collector.at("url"));
    }
  }

  void OnOutput(int, const Input&, Output* output) override {
    for (Effect& effect : output->effects) {
      if (effect.type == "http_send") effect.fields["url"] = Other(effect.fields.at("url"));
    }
  }

 private:
  std::string Other(const std::string& url) const {
    for (const auto& [protocol, urls] : urls_) {
      for (size_t i = 0; i < urls.size(); ++i) {
        if (url.rfind(urls[i] + '/', 0) != 0) continue;
        return urls[(i + 1) % urls.size()] + url.substr(urls[i].size());
      }
    }
    return url;
  }

  std::map<std::string, std::vector<std::string>> urls_;  // by protocol
};

}  // namespace

std::vector<NamedMutation> ConsentMutations() {
  return {
      {"send-before-the-gate", "consent", "may not get it now", SendBeforeTheGate},
      {"send-what-is-withdrawn", "consent", "may not get it now",
       std::make_unique<SendWhatIsWithdrawn>},
      {"send-to-wrong-collector", "consent", "which", std::make_unique<SendToWrongCollector>},
      {"forget-pending-withdrawal", "consent", "never comes to an end", ForgetPendingWithdrawal,
       HasBrokenDecisions},
      {"forget-decision", "consent", "does not put its decision down", ForgetDecision},
      {"keep-what-is-withdrawn", "consent", "carried out a withdrawal and left",
       KeepWhatIsWithdrawn},
      {"keep-identifiers", "consent", "leaves state/", KeepIdentifiers},
      {"store-without-permission", "consent", "stores", StoreWithoutPermission},
      {"ignore-deidentifying-purpose", "consent", "sends an identified event",
       IgnoreDeidentifyingPurpose, HasDeidentifyingCollector},
      {"tell-who-of-deidentified", "consent", "more than a de-identified event",
       TellWhoOfDeidentified},
      {"ignore-kill-switch", "consent", "switched off", IgnoreKillSwitch, HasNarrowing},
  };
}

}  // namespace waymark_simulation
