#include "consent/policy.h"

#include "base/json_writer.h"

namespace waymark {
namespace {

Basis BasisFrom(const std::string& name) {
  if (name == "legitimate_interest") return Basis::kLegitimateInterest;
  if (name == "exempt") return Basis::kExempt;
  if (name == "contract") return Basis::kContract;
  if (name == "legal_obligation") return Basis::kLegalObligation;
  return Basis::kConsent;
}

BeforeAnswer BeforeAnswerFrom(const std::string& name) {
  if (name == "hold") return BeforeAnswer::kHold;
  return name == "deidentify" ? BeforeAnswer::kDeidentify : BeforeAnswer::kDrop;
}

std::string PurposeIds(const Policy& policy) {
  std::string ids;
  for (const Purpose& purpose : policy.purposes) ids += (ids.empty() ? "" : ", ") + purpose.id;
  return ids;
}

Purpose ReadPurpose(const JsonView& json) {
  Purpose purpose;
  purpose.id = json["id"].AsString();
  purpose.basis = BasisFrom(json["basis"].AsString());
  purpose.before_answer = BeforeAnswerFrom(json["before_answer"].AsString());
  purpose.storage = json["storage"].AsBool();
  purpose.deidentify = json["mode"].AsString() == "deidentify";
  return purpose;
}

// One pass adds what the required purposes require themselves; as many passes as purposes reach the end of any chain.
void CloseRequirements(std::vector<Purpose>* purposes) {
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

PurposeSet Policy::Closure(const JsonView& ids) const {
  PurposeSet set = 0;
  for (JsonItems id(ids); id.Next();) {
    const int index = Find(id.value().AsString());
    if (index >= 0) set |= purposes[static_cast<size_t>(index)].needs;
  }
  return set;
}

PurposeSet Policy::AlwaysOn() const {
  PurposeSet set = 0;
  for (size_t i = 0; i < purposes.size(); ++i) {
    const Basis basis = purposes[i].basis;
    if (basis != Basis::kConsent && basis != Basis::kLegitimateInterest) set |= PurposeSet{1} << i;
  }
  return set;
}

PurposeSet Policy::WithStorage() const {
  PurposeSet set = 0;
  for (size_t i = 0; i < purposes.size(); ++i) {
    if (purposes[i].storage) set |= PurposeSet{1} << i;
  }
  return set;
}

Policy ReadPolicy(const JsonView& consent, std::vector<Problem>* problems) {
  Policy policy;
  policy.revision = consent["revision"].AsString();
  policy.granted_days = consent["valid_days"]["granted"].AsInteger().value_or(policy.granted_days);
  policy.denied_days = consent["valid_days"]["denied"].AsInteger().value_or(policy.denied_days);
  const JsonView list = consent["purposes"];
  for (JsonItems item(list); item.Next();) {
    Purpose purpose = ReadPurpose(item.value());
    purpose.needs = PurposeSet{1} << item.index();
    if (policy.Find(purpose.id) >= 0) {
      problems->push_back({"conflict", "/consent/purposes/" + std::to_string(item.index()) + "/id",
                           "a second purpose " + purpose.id, "each id once"});
    }
    policy.purposes.push_back(std::move(purpose));
  }
  for (JsonItems item(list); item.Next();) {
    const JsonView required = item.value()["requires"];
    CheckPurposeIds(policy, required,
                    "/consent/purposes/" + std::to_string(item.index()) + "/requires", problems);
    policy.purposes[static_cast<size_t>(item.index())].needs |= policy.Closure(required);
  }
  CloseRequirements(&policy.purposes);
  return policy;
}

void CheckPurposeIds(const Policy& policy, const JsonView& ids, const std::string& pointer,
                     std::vector<Problem>* problems) {
  for (JsonItems id(ids); id.Next();) {
    if (policy.Find(id.value().AsString()) >= 0) continue;
    problems->push_back({"not_allowed", pointer + "/" + std::to_string(id.index()),
                         std::string(id.value().text()),
                         "a declared purpose: " + PurposeIds(policy)});
  }
}

std::string PurposesAsJson(const Policy& policy, PurposeSet set) {
  std::string json;
  JsonWriter writer(&json);
  writer.Begin('{');
  for (size_t i = 0; i < policy.purposes.size(); ++i) {
    writer.Key(policy.purposes[i].id).Bool(set >> i & 1);
  }
  writer.End('}');
  return json;
}

PurposeSet PurposesFromJson(const Policy& policy, const JsonView& json) {
  PurposeSet set = 0;
  for (JsonItems item(json); item.Next();) {
    const int index = policy.Find(item.key());
    if (index >= 0 && item.value().AsBool()) set |= PurposeSet{1} << index;
  }
  return set;
}

}  // namespace waymark
