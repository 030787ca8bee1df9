#include "engine/config.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/json_check.h"
#include "base/json_writer.h"
#include "base/schema.h"
#include "identity/own_ids.h"

namespace waymark {
namespace {

constexpr std::string_view kSchemaText =
#include "engine/config_schema.inc"
    ;

// A copy that is no string literal: the linker puts literals side by side, and those before the
// 8,192nd byte of the memory have shorter addresses in the code.
constexpr auto kSchema = [] {
  std::array<char, kSchemaText.size()> bytes{};
  std::copy(kSchemaText.begin(), kSchemaText.end(), bytes.begin());
  return bytes;
}();

#include "engine/part_schemas.inc"

constexpr int kSampleDecimals = 6;

void ReadCollectorPolicy(const Policy& policy, JsonView entry, CollectorPolicy* read) {
  read->needs = policy.Closure(entry["needs"]);
  read->only = entry["only"].text();
  read->sample_ppm = SamplePpm(entry["sample"]);
}

// Who gets the events may be refused, too.
void ReadVendor(JsonView vendors, JsonView vendor, const String& pointer, Policy* policy,
                CollectorPolicy* read, List<Problem>* problems) {
  if (!vendor) return;
  bool known = false;
  for (JsonItems item(vendors); item.Next();) {
    known |= item.value()["id"].AsName() == vendor.AsName();
  }
  if (!known) {
    AddProblem(problems, "not_allowed", pointer, vendor.text(), "an id of /consent/vendors");
  }
  const int place = AddVendor(policy, vendor.AsName());
  if (place >= 0)
    read->needs |= PurposeSet{1} << place;
  else
    AddProblem(problems, "out_of_range", pointer, "one too many",
               "32 purposes and vendors of collectors together");
}

void ReadCollectors(JsonView collectors, JsonView vendors, const SenderFacts& sender,
                    Config* config, List<Problem>* problems) {
  for (JsonItems item(collectors); item.Next();) {
    JsonView entry = item.value();
    const String pointer = Numbered("/collectors/", item.index());
    const std::string_view id = entry["id"].AsName();
    for (const Lane& other : config->lanes) {
      if (other.id != id) continue;
      AddProblem(problems, "conflict", pointer + "/id", entry["id"].text(), "each id once");
    }
    CheckPurposeIds(config->policy, entry["needs"], pointer + "/needs", problems);
    Lane& lane = config->lanes.emplace_back();
    lane.id = id;
    ReadCollectorPolicy(config->policy, entry, &lane.policy);
    ReadVendor(vendors, entry["vendor"], pointer + "/vendor", &config->policy, &lane.policy,
               problems);
    lane.fields = ReadFieldRules(config->policy, entry["fields"], pointer + "/fields", problems);
    const CollectorEntry described{entry, sender, pointer, problems};
    CheckEntry(described);
    lane.collector = MakeCollector(described);
  }
}

// Records are due whatever the person has answered.
void ReadRecords(JsonView id, Config* config, List<Problem>* problems) {
  if (!id) return;
  PurposeSet unasked = 0;
  const List<Purpose>& purposes = config->policy.purposes;
  for (size_t i = 0; i < purposes.size(); ++i) {
    const bool always = purposes[i].basis >= Basis::kExempt && purposes[i].exempt_in.empty();
    if (always && !purposes[i].deidentify) unasked |= PurposeSet{1} << i;
  }
  for (Lane& lane : config->lanes) {
    lane.for_records = lane.id == id.AsName() && (lane.policy.needs & ~unasked) == 0;
    config->has_records |= lane.for_records;
  }
  if (config->has_records) return;
  AddProblem(
      problems, "not_allowed", "/consent/records", id.text(),
      "the id of a collector without a vendor, whose needs are exempt or a legal obligation");
}

// Sets a number of the config when it is given.
template <typename T>
void ReadNumber(JsonView json, T* number) {
  *number = static_cast<T>(json.IntegerOr(static_cast<int64_t>(*number)));
}

void ReadDelivery(JsonView delivery, Config* config) {
  ReadNumber(delivery["batch_events_max"], &config->batch.events_max);
  ReadNumber(delivery["batch_bytes_max"], &config->batch.bytes_max);
  ReadNumber(delivery["flush_ms"], &config->flush_ms);
  ReadNumber(delivery["events_per_s_max"], &config->events_per_s_max);
  ReadNumber(delivery["outbox_events_max"], &config->outbox.events_max);
  ReadNumber(delivery["outbox_bytes_max"], &config->outbox.bytes_max);
}

void CheckOwnIds(JsonView purposes, List<Problem>* problems) {
  for (JsonItems item(purposes); item.Next();) {
    const bool own = item.value()["ids"].IsName("own");
    if (!own || (kHasOwnIds && item.value()["storage"].AsBool())) continue;
    AddProblem(problems, "not_allowed", "/consent/purposes/" + IntegerText(item.index()) + "/ids",
               "own",
               kHasOwnIds ? "a purpose with \"storage\": true" : "shared; waymark-all.wasm has it");
  }
}

void ReadStitching(JsonView identity, Config* config, List<Problem>* problems) {
  CheckPurposeIds(config->policy, identity["needs"], "/identity/needs", problems);
  config->stitch_needs = config->policy.Closure(identity["needs"]);
  config->stitch_needs_text = identity["needs"].text();
  config->seals = identity["hand_over"]["url"].AsString();
  ReadNumber(identity["hand_over"]["ttl_s"], &config->hand_over_s);
  config->shares_id = !identity["cookie_domain"].AsName().empty();
}

// Where a rule names contact data for one collector, the others get a hash all the same.
void HashContacts(Config* config) {
  const ContactSet for_all = ContactsNamed(config->fields);
  ContactSet named = for_all;
  for (const Lane& lane : config->lanes) named |= ContactsNamed(lane.fields);
  config->hashed = kAllContacts & ~named;
  for (Lane& lane : config->lanes) {
    AddContactRules(named & ~for_all & ~ContactsNamed(lane.fields), &lane.fields);
  }
}

// A member of the config that only a part of the engine reads, which this module has not.
void RefusePart(std::string_view pointer, List<Problem>* problems) {
  AddProblem(problems, "not_allowed", pointer, "a part that this module lacks",
             "what it has; waymark-all.wasm has all");
}

void RefuseParts(JsonView json, List<Problem>* problems) {
  for (JsonItems item(json["privacy"]); item.Next();) {
    if (item.key() != "url_parameters") RefusePart("/privacy/" + String(item.key()), problems);
  }
  if (json["journey"]) RefusePart("/journey", problems);
}

// What of an object of the config only a part of the engine reads. False: it does not fit.
bool FitsPart(JsonView object, const char* schema, const char* pointer, List<Problem>* problems) {
  if (!object) return true;
  const List<Problem> found = CheckSchema(object, schema);
  for (const Problem& problem : found) {
    AddProblem(problems, problem.code, pointer + problem.pointer, problem.found, problem.allowed);
  }
  return found.empty();
}

// The page reads it; here it is only judged.
void CheckCapture(const Policy& policy, JsonView config, List<Problem>* problems) {
  if (!FitsPart(config, kCaptureSchema, "", problems)) return;
  for (JsonItems kind(config["capture"]); kind.Next();) {
    String pointer("/capture");
    AppendPointerStep(&pointer, kind.key());
    CheckPurposeIds(policy, kind.value()["needs"], pointer + "/needs", problems);
  }
}

void ReadDetection(JsonView privacy, const List<FieldRule>& fields, PartRules* rules,
                   List<Problem>* problems) {
  if (!FitsPart(privacy, kDetectorsSchema, "/privacy", problems)) return;
  rules->detectors = ReadDetectors(privacy, problems);
  for (const char* id : {"/user_id", "/group_id", "/previous_id", "/needs"}) {
    rules->left_fields.push_back(id);
  }
  for (const char* contact : {"/traits/email", "/traits/phone"}) {
    rules->named_fields.push_back(contact);
  }
  for (const FieldRule& rule : fields) rules->named_fields.push_back(rule.path);
}

void ReadTrackingPlan(JsonView journey, const Policy& policy, PartRules* rules,
                      List<Problem>* problems) {
  constexpr const char* kPointer = "/journey/plan";
  const JsonView plan = journey["plan"];
  if (!plan || !FitsPart(journey, kPlanSchema, "/journey", problems)) return;
  rules->plan = ReadPlan(plan, kPointer, problems);
  for (JsonItems event(plan["events"]); event.Next();) {
    const String at = kPointer + Numbered("/events/", event.index(), "/needs");
    CheckPurposeIds(policy, event.value()["needs"], at, problems);
  }
}

// What only parts of the engine read.
void ReadParts(JsonView json, Config* config, List<Problem>* problems) {
  PartRules* rules = config->parts.Make();
  CheckCapture(config->policy, json, problems);
  ReadDetection(json["privacy"], config->fields, rules, problems);
  ReadTrackingPlan(json["journey"], config->policy, rules, problems);
  // Where neither is asked for no call goes by way of them.
  if (!rules->plan.given && rules->detectors.kinds == 0) config->parts = Parts();
  if (!FitsPart(json, kJourneySchema, "", problems)) return;
  config->journey = MakeJourneyKeeper(json, config->policy, problems);
}

}  // namespace

uint32_t SamplePpm(JsonView share) {
  const int64_t ppm = FixedOr(share.text(), kSampleDecimals, kSampleAll);
  return static_cast<uint32_t>(std::clamp<int64_t>(ppm, 0, kSampleAll));
}

Config ReadConfig(JsonView json, JsonView sdk, List<Problem>* problems) {
  Config config;
  *problems = CheckSchema(json, kSchema.data(), OptionsSchema);
  if (!problems->empty()) return config;
  config.policy = ReadPolicy(json["consent"], problems);
  const JsonView consent = json["consent"];
  ReadCollectors(json["collectors"], consent["vendors"], {json["app"], sdk, consent["purposes"]},
                 &config, problems);
  CheckOwnIds(consent["purposes"], problems);
  ReadRecords(consent["records"], &config, problems);
  if (consent["iab"]["in_app_keys"].AsBool()) config.in_app = consent.text();
  config.fields = ReadFieldRules(config.policy, json["fields"], "/fields", problems);
  HashContacts(&config);
  config.url_rules = ReadUrlRules(json["privacy"]);
  if (kHasParts)
    ReadParts(json, &config, problems);
  else
    RefuseParts(json, problems);
  config.session_rules = ReadSessionRules(json["identity"]);
  ReadStitching(json["identity"], &config, problems);
  ReadDelivery(json["delivery"], &config);
  return config;
}

}  // namespace waymark
