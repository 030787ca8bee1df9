#include "engine/config.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/json_writer.h"
#include "base/schema.h"

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
  ReadRecords(consent["records"], &config, problems);
  if (consent["iab"]["in_app_keys"].AsBool()) config.in_app = consent.text();
  config.fields = ReadFieldRules(config.policy, json["fields"], "/fields", problems);
  config.url_rules = ReadUrlRules(json["privacy"]);
  config.session_rules = ReadSessionRules(json["identity"]);
  ReadDelivery(json["delivery"], &config);
  return config;
}

}  // namespace waymark
