#include "simulation/falsify.h"

namespace waymark_simulation {
namespace {

// Far above the ids of any engine.
constexpr int64_t kFirstOwnId = 1'000'000'000;

class StartFalsifier final : public Mutation {
 public:
  explicit StartFalsifier(std::function<void(Input*)> falsify) : falsify_(std::move(falsify)) {}

  void OnStart(int, Input* start) override { falsify_(start); }

 private:
  std::function<void(Input*)> falsify_;
};

class InputFalsifier final : public Mutation {
 public:
  InputFalsifier(std::string type, std::function<bool(Input*)> falsify)
      : type_(std::move(type)), falsify_(std::move(falsify)) {}

  bool OnInput(int, Input* input) override {
    return input->fields.at("type") != type_ || falsify_(input);
  }

 private:
  std::string type_;
  std::function<bool(Input*)> falsify_;
};

class EffectFalsifier final : public Mutation {
 public:
  EffectFalsifier(std::string type, std::function<void(Effect*)> falsify)
      : type_(std::move(type)), falsify_(std::move(falsify)) {}

  void OnOutput(int, const Input&, Output* output) override {
    for (Effect& effect : output->effects) {
      if (effect.type == type_) falsify_(&effect);
    }
  }

 private:
  std::string type_;
  std::function<void(Effect*)> falsify_;
};

class EventFalsifier final : public Mutation {
 public:
  explicit EventFalsifier(FalsifyEvents falsify) : falsify_(std::move(falsify)) {}

  void OnOutput(int tab, const Input&, Output* output) override {
    for (Effect& effect : output->effects) {
      if (effect.type != "http_send" || effect.body.rfind('{', 0) != 0) continue;
      Json body = Json::parse(effect.body);
      const bool segment = body.contains("batch");
      falsify_(tab, segment, &body.at(segment ? "batch" : "data"));
      effect.body = body.dump();
    }
  }

 private:
  FalsifyEvents falsify_;
};

}  // namespace

std::unique_ptr<Mutation> AtStart(std::function<void(Input*)> falsify) {
  return std::make_unique<StartFalsifier>(std::move(falsify));
}

std::unique_ptr<Mutation> AtInput(std::string type, std::function<bool(Input*)> falsify) {
  return std::make_unique<InputFalsifier>(std::move(type), std::move(falsify));
}

std::unique_ptr<Mutation> AtEffect(std::string type, std::function<void(Effect*)> falsify) {
  return std::make_unique<EffectFalsifier>(std::move(type), std::move(falsify));
}

std::unique_ptr<Mutation> AtSentEvents(FalsifyEvents falsify) {
  return std::make_unique<EventFalsifier>(std::move(falsify));
}

void MakeHarmless(Effect* store_effect) {
  store_effect->type = "store_delete";
  store_effect->fields = {
      {"type", "store_delete"}, {"effect_id", store_effect->id}, {"key", "nothing"}};
  store_effect->body.clear();
}

std::string PlaceOf(const Effect& store_effect) {
  return store_effect.fields.value("key", store_effect.fields.value("prefix", ""));
}

Json* AnonymousIdOf(bool segment, Json* event) {
  const auto id = event->find(segment ? "anonymousId" : "duid");
  // By Segment's protocol a de-identified event has its message id there.
  const bool tells = id != event->end() && (!segment || *id != event->at("messageId"));
  return tells ? &*id : nullptr;
}

void Resender::Remember(int tab, const Output& output) {
  for (const Effect& effect : output.effects) {
    if (effect.type == "http_send") requests_.insert_or_assign({tab, effect.id}, effect);
  }
}

void Resender::SendAgain(int tab, int64_t effect_id, Output* output) {
  const auto request = requests_.find({tab, effect_id});
  if (request != requests_.end()) output->effects.push_back(request->second);
}

void Resender::SendBeside(int tab, int64_t effect_id, Output* output) {
  const size_t before = output->effects.size();
  SendAgain(tab, effect_id, output);
  if (output->effects.size() == before) return;
  Effect& sent = output->effects.back();
  sent.id = kFirstOwnId + ++own_requests_;
  sent.fields["effect_id"] = sent.id;
}

}  // namespace waymark_simulation
