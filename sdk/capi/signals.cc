// Questions about what vendors are told of a decision.
#include "capi/questions.h"
#include "consent/iab/derive.h"
#include "engine/config.h"

namespace waymark {
namespace {

// The state that a consent record stands for, under facts {name: value}.
ConsentState StateOf(const Input& query, const Policy& policy) {
  ConsentState state = ReadConsentRecord(policy, query.fields["record"], query.now);
  for (JsonItems fact(query.fields["facts"]); fact.Next();) {
    TakeFact(policy, fact.key(), fact.value(), &state.facts);
  }
  Reconsider(policy, &state, query.now);
  return state;
}

template <typename Answer>
void WithSource(const Input& query, List<Problem>* problems, Answer answer) {
  const Config config = ReadConfig(query.fields["config"], JsonView(), problems);
  if (!problems->empty()) return;
  const ConsentState state = StateOf(query, config.policy);
  answer({query.fields["config"]["consent"], &config.policy, &state,
          query.fields["vendor_list_version"].IntegerOr(0)});
}

// Google's types for people of whom only the region is known.
class ConsentDefaults {
 public:
  ConsentDefaults(JsonView consent, const Policy& policy, const Now& now)
      : consent_(consent), policy_(policy), now_(now), places_(PlacesIn(consent["regions"])) {
    elsewhere_ = ModeIn(Elsewhere());
    for (const String& place : places_) {
      const ConsentMode mode = ModeIn(place);
      if (mode.granted != ModeAround(place).granted) Add(mode, place);
    }
  }

  void Write(JsonWriter* writer) {
    writer->Key("strict");
    WriteConsentMode(ModeIn({}), writer);
    writer->Key("defaults").Begin('[').Begin('{').Key("types");
    WriteConsentMode(elsewhere_, writer);
    writer->End('}');
    for (const Group& group : groups_) {
      writer->Begin('{').Key("types");
      WriteConsentMode(group.mode, writer);
      writer->Key("region").Begin('[');
      for (const std::string_view place : group.places) writer->Text(place);
      writer->End(']').End('}');
    }
    writer->End(']');
  }

 private:
  struct Group {
    ConsentMode mode;
    List<std::string_view> places;
  };

  ConsentMode ModeIn(std::string_view region) const {
    ConsentState state = UndecidedState(policy_);
    state.facts.region = region;
    Reconsider(policy_, &state, now_);
    return ConsentModeOf({consent_, &policy_, &state});
  }

  bool Names(std::string_view place) const {
    for (const String& known : places_) {
      if (known == place) return true;
    }
    return false;
  }

  // A place that no rule names: whatever holds there holds everywhere else.
  std::string_view Elsewhere() const {
    for (const std::string_view place : {"AQ", "BV", "HM", "TF", "GS", "IO", "UM"}) {
      if (!Names(place)) return place;
    }
    return {};
  }

  // What would hold there if no rule named it: for a state, what holds in its country.
  ConsentMode ModeAround(std::string_view place) const {
    const std::string_view country = place.substr(0, 2);
    return country != place && Names(country) ? ModeIn(country) : elsewhere_;
  }

  void Add(ConsentMode mode, std::string_view place) {
    for (Group& group : groups_) {
      if (group.mode.granted == mode.granted) return group.places.push_back(place);
    }
    Group& group = groups_.emplace_back();
    group.mode = mode;
    group.places.push_back(place);
  }

  JsonView consent_;
  const Policy& policy_;
  const Now now_;
  const List<String> places_;
  ConsentMode elsewhere_;
  List<Group> groups_;
};

}  // namespace

void AnswerConsentDefaults(const Engine&, const Input& query, JsonWriter* answer,
                           List<Problem>* problems) {
  const Config config = ReadConfig(query.fields["config"], JsonView(), problems);
  if (!problems->empty()) return;
  ConsentDefaults(query.fields["config"]["consent"], config.policy, query.now).Write(answer);
}

void AnswerSignals(const Engine&, const Input& query, JsonWriter* answer, List<Problem>* problems) {
  WithSource(query, problems,
             [&](const SignalSource& source) { WriteSignalsOf(source, answer, problems); });
}

void AnswerCheckSignals(const Engine&, const Input& query, JsonWriter*, List<Problem>* problems) {
  WithSource(query, problems, [&](const SignalSource& source) {
    CheckSignals(source, query.fields["told"], problems);
  });
}

}  // namespace waymark
