#include "consent/policy.h"

#include "base/json_writer.h"
#include "base/name_table.h"

namespace waymark {
namespace {

// In the order of Basis and BeforeAnswer.
constexpr const char* kBases = "consent,legitimate_interest,exempt,contract,legal_obligation";
constexpr const char* kBeforeAnswers = "hold,drop,deidentify";

String PurposeIds(const Policy& policy) {
  String ids;
  for (const Purpose& purpose : policy.purposes) {
    if (!ids.empty()) ids += ", ";
    ids += purpose.id;
  }
  return ids;
}

void ReadPurpose(JsonView json, Purpose* purpose) {
  purpose->id = json["id"].AsName();
  purpose->basis = static_cast<Basis>(FindName(kBases, json["basis"].AsName()));
  const int before_answer = FindName(kBeforeAnswers, json["before_answer"].AsName());
  if (before_answer >= 0) purpose->before_answer = static_cast<BeforeAnswer>(before_answer);
  purpose->storage = json["storage"].AsBool();
  purpose->deidentify = json["mode"].IsName("deidentify");
}

// The bits of the purposes that a predicate picks.
template <typename Predicate>
PurposeSet Pick(const List<Purpose>& purposes, Predicate predicate) {
  PurposeSet set = 0;
  for (size_t i = 0; i < purposes.size(); ++i) {
    if (predicate(purposes[i])) set |= PurposeSet{1} << i;
  }
  return set;
}

String PurposePointer(int index, const char* member) {
  return Numbered("/consent/purposes/", index, member);
}

// One pass adds what the required purposes require themselves; as many passes as purposes reach the
// end of any chain.
void CloseRequirements(List<Purpose>* purposes) {
  for (size_t pass = 0; pass < purposes->size(); ++pass) {
    for (Purpose& purpose : *purposes) {
      for (size_t i = 0; i < purposes->size(); ++i) {
        if (purpose.needs >> i & 1) purpose.needs |= (*purposes)[i].needs;
      }
    }
  }
}

}  // namespace

int Policy::Find(std::string_view id) const {
  for (size_t i = 0; i < purposes.size(); ++i) {
    if (purposes[i].id == id) return static_cast<int>(i);
  }
  return -1;
}

PurposeSet Policy::Closure(JsonView ids) const {
  PurposeSet set = 0;
  for (JsonItems id(ids); id.Next();) {
    const int index = Find(id.value().AsName());
    if (index >= 0) set |= purposes[static_cast<size_t>(index)].needs;
  }
  return set;
}

PurposeSet Policy::AlwaysOn() const {
  return Pick(purposes, [](const Purpose& purpose) { return purpose.basis >= Basis::kExempt; });
}

PurposeSet Policy::Objectable() const {
  return Pick(purposes,
              [](const Purpose& purpose) { return purpose.basis == Basis::kLegitimateInterest; });
}

PurposeSet Policy::WithStorage() const {
  return Pick(purposes, [](const Purpose& purpose) { return purpose.storage; });
}

Policy ReadPolicy(JsonView consent, List<Problem>* problems) {
  Policy policy;
  policy.revision = consent["revision"].AsName();
  policy.granted_days = consent["valid_days"]["granted"].IntegerOr(policy.granted_days);
  policy.denied_days = consent["valid_days"]["denied"].IntegerOr(policy.denied_days);
  const JsonView list = consent["purposes"];
  for (JsonItems item(list); item.Next();) {
    if (policy.Find(item.value()["id"].AsName()) >= 0) {
      AddProblem(problems, "conflict", PurposePointer(item.index(), "/id"),
                 item.value()["id"].text(), "each id once");
    }
    Purpose& purpose = policy.purposes.emplace_back();
    ReadPurpose(item.value(), &purpose);
    purpose.needs = PurposeSet{1} << item.index();
  }
  for (JsonItems item(list); item.Next();) {
    const JsonView required = item.value()["requires"];
    CheckPurposeIds(policy, required, PurposePointer(item.index(), "/requires"), problems);
    policy.purposes[static_cast<size_t>(item.index())].needs |= policy.Closure(required);
  }
  CloseRequirements(&policy.purposes);
  return policy;
}

void CheckPurposeIds(const Policy& policy, JsonView ids, const String& pointer,
                     List<Problem>* problems) {
  for (JsonItems id(ids); id.Next();) {
    if (policy.Find(id.value().AsName()) >= 0) continue;
    AddProblem(problems, "not_allowed", pointer + "/" + IntegerText(id.index()), id.value().text(),
               PurposeIds(policy));
  }
}

String PurposesAsJson(const Policy& policy, PurposeSet set) {
  String json;
  JsonWriter writer(&json);
  writer.Begin('{');
  for (size_t i = 0; i < policy.purposes.size(); ++i) {
    writer.Key(policy.purposes[i].id).Bool(set >> i & 1);
  }
  writer.End('}');
  return json;
}

PurposeSet PurposesFromJson(const Policy& policy, JsonView json) {
  PurposeSet set = 0;
  for (JsonItems item(json); item.Next();) {
    const int index = policy.Find(item.key());
    if (index >= 0 && item.value().AsBool()) set |= PurposeSet{1} << index;
  }
  return set;
}

}  // namespace waymark
