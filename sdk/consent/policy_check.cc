#include "consent/policy_check.h"

#include "base/json_writer.h"
#include "base/name_table.h"
#include "base/string.h"
#include "consent/iab/gpp_layouts.h"
#include "consent/iab/tc_string.h"
#include "consent/policy.h"
#include "consent/region.h"

namespace waymark {
namespace {

// States whose law makes Global Privacy Control a valid opt-out.
constexpr const char* kGpcStates =
    "US-CA,US-CO,US-CT,US-DE,US-MD,US-MT,US-NE,US-NH,US-NJ,US-OR,US-TX";

// Purposes of the TCF for which no legitimate interest is allowed.
constexpr const char* kConsentOnlyTcf = "1,3,4,5,6";

// `DE`, `US-CA`, `EU`, `EEA`, `*`.
bool IsRegion(std::string_view name) { return Is(name, "*") || Is(name, "EEA") || IsPlace(name); }

class PolicyCheck {
 public:
  PolicyCheck(JsonView config, List<Problem>* findings)
      : config_(config), consent_(config["consent"]), findings_(findings) {
    List<Problem> known;  // the engine says these itself
    policy_ = ReadPolicy(consent_, &known);
  }

  void Run() {
    CheckRegions();
    CheckPeriods(consent_["valid_days"], "/consent/valid_days", AnswerDays());
    CheckPurposes();
    CheckPurposesOf(consent_["vendors"], "/consent/vendors/");
    CheckPurposesOf(consent_["services"], "/consent/services/");
    CheckCollectors();
    CheckAge();
    CheckIab();
  }

 private:
  void Find(const char* code, std::string_view pointer, std::string_view found,
            std::string_view allowed) {
    AddProblem(findings_, code, pointer, found, allowed);
  }

  void CheckRegions() {
    for (JsonItems rule(consent_["regions"]); rule.Next();) {
      const String pointer = Numbered("/consent/regions/", rule.index());
      for (JsonItems entry(rule.value()["match"]); entry.Next();) {
        CheckRegion(entry.value(), pointer + "/match/" + IntegerText(entry.index()), rule.index());
        CheckGpc(entry.value().AsName(), rule.value(), pointer);
      }
      CheckGpp(rule.value()["gpp"], pointer + "/gpp/");
      CheckPeriods(rule.value()["valid_days"], pointer + "/valid_days", policy_.valid_days);
    }
  }

  void CheckRegion(JsonView entry, const String& pointer, int rule_index) {
    const std::string_view name = entry.AsName();
    if (!IsRegion(name)) {
      return Find("not_allowed", pointer, entry.text(),
                  "a country (DE), a subdivision (US-CA), EU, EEA or *");
    }
    for (JsonItems rule(consent_["regions"]); rule.Next() && rule.index() < rule_index;) {
      for (JsonItems other(rule.value()["match"]); other.Next();) {
        if (other.value().AsName() != name) continue;
        return Find("unreachable", pointer, entry.text(),
                    "a region that no rule before this one names");
      }
    }
  }

  void CheckGpc(std::string_view region, JsonView rule, const String& pointer) {
    if (!rule["gpc"].IsName("ignore") || FindName(kGpcStates, region) < 0) return;
    Find("unlawful", pointer + "/gpc", "\"ignore\"",
         "\"opt_out\": the law of this state makes the signal a valid opt-out");
  }

  void CheckGpp(JsonView sections, const String& pointer) {
    for (JsonItems section(sections); section.Next();) {
      const int id = GppSectionId(section.value().AsName());
      if (id == kTcfEuropeSection || FindUsLayout(id)) continue;
      Find("not_allowed", pointer + IntegerText(section.index()), section.value().text(),
           "the prefix of a GPP section that is made: tcfeuv2, usnat, usca and the other states");
    }
  }

  // A refusal that runs out first would be asked about again before an acceptance is.
  void CheckPeriods(JsonView days, const String& pointer, const AnswerDays& otherwise) {
    const int64_t granted = days["granted"].IntegerOr(otherwise.granted);
    const int64_t denied = days["denied"].IntegerOr(otherwise.denied);
    if (!days || denied >= granted) return;
    Find("conflict", pointer + "/denied", Numbered("", denied, " days"),
         Numbered("at least as long as an acceptance holds: ", granted, " days"));
  }

  void CheckPurposes() {
    const JsonView purposes = consent_["purposes"];
    for (JsonItems item(purposes); item.Next();) {
      const JsonView purpose = item.value();
      const String pointer = Numbered("/consent/purposes/", item.index());
      const bool exempt = purpose["basis"].IsName("exempt");
      const bool storage_only = purpose["id"].IsName("necessary");
      if (exempt && !storage_only && !purpose["exemption"]) {
        Find("required", pointer + "/exemption", "nothing",
             "the law or guideline that lets you use data for this without asking");
      }
      const bool told = purpose["consent_mode"] || purpose["tcf"];  // to others on the page
      if (!exempt && !told && !IsNeeded(purpose["id"].AsName())) {
        Find("unused", pointer + "/id", purpose["id"].text(),
             "a purpose that a collector, a vendor, a field or another purpose needs, or one of "
             "which others are told by consent_mode or tcf");
      }
      CheckInterest(purpose, pointer);
    }
  }

  void CheckInterest(JsonView purpose, const String& pointer) {
    if (!purpose["basis"].IsName("legitimate_interest")) return;
    for (JsonItems tcf(purpose["tcf"]); tcf.Next();) {
      if (FindName(kConsentOnlyTcf, tcf.value().text()) < 0) continue;
      Find("conflict", pointer + "/basis", "\"legitimate_interest\"",
           "\"consent\": the TCF allows no legitimate interest for purposes 1 and 3 to 6");
    }
  }

  static bool Lists(JsonView ids, std::string_view id) {
    for (JsonItems item(ids); item.Next();) {
      if (item.value().AsName() == id) return true;
    }
    return false;
  }

  static bool AnyLists(JsonView list, const char* member, std::string_view id) {
    for (JsonItems item(list); item.Next();) {
      if (Lists(item.value()[member], id)) return true;
    }
    return false;
  }

  bool IsNeeded(std::string_view id) const {
    for (JsonItems collector(config_["collectors"]); collector.Next();) {
      if (AnyLists(collector.value()["fields"], "needs", id)) return true;
    }
    return AnyLists(config_["collectors"], "needs", id) ||
           AnyLists(config_["fields"], "needs", id) ||
           AnyLists(consent_["vendors"], "purposes", id) ||
           AnyLists(consent_["services"], "purposes", id) ||
           AnyLists(consent_["purposes"], "requires", id);
  }

  // Vendors, or services.
  void CheckPurposesOf(JsonView list, const char* pointer) {
    for (JsonItems item(list); item.Next();) {
      const String purposes = Numbered(pointer, item.index(), "/purposes");
      CheckPurposeIds(policy_, item.value()["purposes"], purposes, findings_);
    }
  }

  // Whoever gets events for a purpose must have been named when that was asked.
  void CheckCollectors() {
    for (JsonItems collector(config_["collectors"]); collector.Next();) {
      const std::string_view id = collector.value()["vendor"].AsName();
      for (JsonItems vendor(consent_["vendors"]); vendor.Next();) {
        if (id.empty() || vendor.value()["id"].AsName() != id) continue;
        CheckDeclared(collector, vendor.value()["purposes"]);
      }
    }
  }

  void CheckDeclared(JsonItems& collector, JsonView declared) {
    const PurposeSet unasked = policy_.AlwaysOn({});
    for (JsonItems need(collector.value()["needs"]); need.Next();) {
      const int purpose = policy_.Find(need.value().AsName());
      const bool asked = purpose >= 0 && !(unasked >> purpose & 1);
      if (!asked || Lists(declared, need.value().AsName())) continue;
      const String pointer = Numbered("/collectors/", collector.index(), "/needs/");
      Find("conflict", pointer + IntegerText(need.index()), need.value().text(),
           "a purpose for which its vendor is declared");
    }
  }

  void CheckAge() {
    if (!consent_["age"] || consent_["age"]["unknown"]) return;
    Find("required", "/consent/age/unknown", "nothing",
         "\"allow\", or \"deny_all\": without the fact `age` nothing is allowed that needs an "
         "answer");
  }

  // What strings of the IAB's need that no schema can demand.
  void CheckIab() {
    const JsonView iab = consent_["iab"];
    if (!iab) return;
    const std::string_view url = iab["gvl_url"].AsName();
    if (url.find("consensu.org") != std::string_view::npos) {
      Find("not_allowed", "/consent/iab/gvl_url", iab["gvl_url"].text(),
           "the address of a copy on a host of yours: no page may load the list from the IAB's");
    }
    if (!SpeaksTcf()) return;
    if (iab["cmp_id"].IntegerOr(0) < kFirstRegisteredCmp) {
      Find("required", "/consent/iab/cmp_id", iab["cmp_id"] ? iab["cmp_id"].text() : "nothing",
           "the id of a registered CMP, above 1: without it no TC string is made, and __tcfapi is "
           "not offered");
    } else if (url.empty() && iab["vendor_list_version"].IntegerOr(0) == 0) {
      Find("required", "/consent/iab/gvl_url", "nothing",
           "the address of your copy of the vendor list: people are shown what it says, and "
           "strings name its version");
    }
  }

  bool SpeaksTcf() const {
    for (JsonItems purpose(consent_["purposes"]); purpose.Next();) {
      if (purpose.value()["tcf"]) return true;
    }
    for (JsonItems vendor(consent_["vendors"]); vendor.Next();) {
      if (vendor.value()["tcf_id"]) return true;
    }
    return false;
  }

  JsonView config_;
  JsonView consent_;
  List<Problem>* findings_;
  Policy policy_;
};

}  // namespace

void CheckPolicy(JsonView config, List<Problem>* findings) { PolicyCheck(config, findings).Run(); }

}  // namespace waymark
