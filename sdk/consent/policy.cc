#include "consent/policy.h"

#include "base/hash.h"
#include "base/json_writer.h"
#include "base/limits.h"
#include "base/name_table.h"

namespace waymark {
namespace {

// In the order of Basis and BeforeAnswer.
constexpr const char* kBases = "consent,legitimate_interest,exempt,contract,legal_obligation";
constexpr const char* kBeforeAnswers = "hold,drop,deidentify";
constexpr int64_t kAgeMinimum = 16;  // GDPR article 8, where a state has set no other

// What a purpose means to the person who is asked. Its name, what becomes of events meanwhile and
// which signals deny it may change without a new question.
constexpr const char* kAskedMembers =
    "basis,mode,storage,requires,tcf,tcf_special_features,version";

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
  purpose->own_ids = json["ids"].IsName("own");
  purpose->exempt_in = json["exempt_in"].text();
  const JsonView signals = json["signals"];
  if (!signals) purpose->signals = kGpcSignal | kDntSignal | kAttSignal;
  for (JsonItems signal(signals); signal.Next();) {
    purpose->signals |= SignalBit(signal.value().AsName());
  }
}

// Space between the elements of an array changes nothing.
uint64_t HashOfValue(JsonView value, uint64_t seed) {
  if (!value.is(JsonType::kArray)) return HashOf(value.text(), seed);
  for (JsonItems item(value); item.Next();) seed = HashOf(item.value().text(), seed);
  return seed;
}

uint32_t MeaningOf(JsonView purpose) {
  uint64_t meaning = 0;
  for (JsonItems member(purpose); member.Next();) {
    const int place = FindName(kAskedMembers, member.key());
    if (place >= 0) meaning += HashOfValue(member.value(), HashOf(member.key()));
  }
  return static_cast<uint32_t>(meaning ^ meaning >> 32);
}

void ReadDays(JsonView json, AnswerDays* days) {
  days->granted = json["granted"].IntegerOr(days->granted);
  days->denied = json["denied"].IntegerOr(days->denied);
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

// A list of regions is a rule without more.
bool IsExemptIn(const Purpose& purpose, std::string_view region) {
  if (purpose.exempt_in.empty()) return true;
  for (JsonItems entry((JsonView(purpose.exempt_in))); entry.Next();) {
    if (ExactnessOf(entry.value().AsName(), region) > 0) return true;
  }
  return false;
}

// Who acts for a purpose is part of what is asked.
void AddVendorsToMeanings(JsonView vendors, Policy* policy) {
  for (JsonItems vendor(vendors); vendor.Next();) {
    const auto hash = static_cast<uint32_t>(HashOf(vendor.value()["id"].AsName()));
    for (JsonItems id(vendor.value()["purposes"]); id.Next();) {
      const int purpose = policy->Find(id.value().AsName());
      if (purpose >= 0) policy->purposes[static_cast<size_t>(purpose)].meaning += hash;
    }
  }
}

SignalSet ReadHonoured(JsonView signals) {
  SignalSet honours = 0;
  for (const SignalSet signal : {kGpcSignal, kDntSignal, kAttSignal}) {
    const JsonView rule = signals[SignalName(signal)];
    const bool is_default = !rule && signal != kDntSignal;
    if (is_default || rule.IsName("honour")) honours |= signal;
  }
  return honours;
}

}  // namespace

SignalSet SignalBit(std::string_view name) {
  const int place = FindName(kSignalNames, name);
  return static_cast<SignalSet>(place < 0 ? 0 : 1 << place);
}

std::string_view SignalName(SignalSet signal) {
  return NameAt(kSignalNames, signal / 2);  // 1, 2 and 4 are 0, 1 and 2
}

void WriteSignals(SignalSet on, JsonWriter* writer) {
  if (on == 0) return;
  writer->Key("signals").Begin('[');
  for (const SignalSet signal : {kGpcSignal, kDntSignal, kAttSignal}) {
    if (on & signal) writer->Text(SignalName(signal));
  }
  writer->End(']');
}

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

PurposeSet Policy::NeedsOf(JsonView ids) const {
  for (JsonItems id(ids); id.Next();) {
    if (Find(id.value().AsName()) < 0) return ~PurposeSet{0};
  }
  return Closure(ids);
}

PurposeSet Policy::AlwaysOn(std::string_view region) const {
  return Pick(purposes, [region](const Purpose& purpose) {
    return purpose.basis >= Basis::kExempt && IsExemptIn(purpose, region);
  });
}

PurposeSet Policy::OnByDefault(std::string_view region) const {
  const bool asks = ModelIn(region) == ConsentModel::kOptIn;
  return Pick(purposes, [asks](const Purpose& purpose) {
    return purpose.vendor || !asks || purpose.basis == Basis::kLegitimateInterest;
  });
}

PurposeSet Policy::DeniedBy(SignalSet signals) const {
  return Pick(purposes, [signals](const Purpose& purpose) { return purpose.signals & signals; });
}

SignalSet Policy::Honoured(std::string_view region) const {
  const JsonView gpc = RuleFor(JsonView(regions), region)["gpc"];
  if (!gpc) return honours;
  return gpc.IsName("ignore") ? honours & ~kGpcSignal : honours | kGpcSignal;
}

ConsentModel Policy::ModelIn(std::string_view region) const {
  const int model = FindName(kModelNames, RuleFor(JsonView(regions), region)["model"].AsName());
  return model < 0 ? ConsentModel::kOptIn : static_cast<ConsentModel>(model);
}

AnswerDays Policy::DaysIn(std::string_view region) const {
  AnswerDays days = valid_days;
  ReadDays(RuleFor(JsonView(regions), region)["valid_days"], &days);
  return days;
}

PurposeSet Policy::WithStorage() const {
  return Pick(purposes, [](const Purpose& purpose) { return purpose.storage; });
}

Policy ReadPolicy(JsonView consent, List<Problem>* problems) {
  Policy policy;
  policy.revision = consent["revision"].AsName();
  policy.regions = consent["regions"].text();
  policy.honours = ReadHonoured(consent["signals"]);
  const JsonView age = consent["age"];
  policy.age.minimum = age ? age["minimum"].IntegerOr(kAgeMinimum) : 0;
  policy.age.deny_unknown = !age["unknown"].IsName("allow");
  ReadDays(consent["valid_days"], &policy.valid_days);
  policy.storage_days = consent["valid_days"]["storage"].IntegerOr(policy.storage_days);
  const JsonView list = consent["purposes"];
  for (JsonItems item(list); item.Next();) {
    if (policy.Find(item.value()["id"].AsName()) >= 0) {
      AddProblem(problems, "conflict", PurposePointer(item.index(), "/id"),
                 item.value()["id"].text(), "each id once");
    }
    Purpose& purpose = policy.purposes.emplace_back();
    ReadPurpose(item.value(), &purpose);
    purpose.needs = PurposeSet{1} << item.index();
    purpose.meaning = MeaningOf(item.value());
  }
  for (JsonItems item(list); item.Next();) {
    const JsonView required = item.value()["requires"];
    CheckPurposeIds(policy, required, PurposePointer(item.index(), "/requires"), problems);
    policy.purposes[static_cast<size_t>(item.index())].needs |= policy.Closure(required);
  }
  CloseRequirements(&policy.purposes);
  AddVendorsToMeanings(consent["vendors"], &policy);
  return policy;
}

int AddVendor(Policy* policy, std::string_view vendor) {
  String id(kVendorPrefix);
  id += vendor;
  const int known = policy->Find(id);
  const size_t place = policy->purposes.size();
  if (known >= 0 || place == kPurposesMax) return known;
  Purpose& purpose = policy->purposes.emplace_back();
  purpose.id = std::string_view(id);
  purpose.vendor = true;
  purpose.needs = PurposeSet{1} << place;
  return static_cast<int>(place);
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
