#include "engine/config.h"

#include <string_view>

#include "base/schema.h"

namespace waymark {
namespace {

constexpr std::string_view kSchema =
#include "engine/config_schema.inc"
    ;

constexpr int kSampleDecimals = 6;

CollectorPolicy ReadCollectorPolicy(const Policy& policy, const JsonView& entry) {
  CollectorPolicy read;
  read.needs = policy.Closure(entry["needs"]);
  for (JsonItems name(entry["only"]); name.Next();) read.only.push_back(name.value().AsString());
  if (const auto share = ParseFixed(entry["sample"].text(), kSampleDecimals)) {
    read.sample_ppm = static_cast<uint32_t>(*share);
  }
  return read;
}

bool HasLane(const std::vector<Lane>& lanes, const std::string& id) {
  for (const Lane& lane : lanes) {
    if (lane.id == id) return true;
  }
  return false;
}

void ReadCollectors(const JsonView& collectors, Config* config, std::vector<Problem>* problems) {
  for (JsonItems item(collectors); item.Next();) {
    const JsonView& entry = item.value();
    const std::string pointer = "/collectors/" + std::to_string(item.index());
    Lane lane;
    lane.id = entry["id"].AsString();
    if (HasLane(config->lanes, lane.id)) {
      problems->push_back({"conflict", pointer + "/id", "a second collector " + lane.id,
                           "each id once"});
    }
    CheckPurposeIds(config->policy, entry["needs"], pointer + "/needs", problems);
    lane.policy = ReadCollectorPolicy(config->policy, entry);
    const auto collector = MakeCollector(entry, config->sender, pointer);
    if (!collector.ok()) {
      problems->push_back(collector.status().problem());
      continue;
    }
    lane.collector = *collector;
    config->lanes.push_back(std::move(lane));
  }
}

void ReadDelivery(const JsonView& delivery, Config* config) {
  const auto number = [&delivery](std::string_view key, int64_t otherwise) {
    return delivery[key].AsInteger().value_or(otherwise);
  };
  config->batch.events_max =
      static_cast<size_t>(number("batch_events_max", static_cast<int64_t>(config->batch.events_max)));
  config->batch.bytes_max =
      static_cast<size_t>(number("batch_bytes_max", static_cast<int64_t>(config->batch.bytes_max)));
  config->flush_ms = number("flush_ms", config->flush_ms);
  config->outbox.events_max = number("outbox_events_max", config->outbox.events_max);
  config->outbox.bytes_max = number("outbox_bytes_max", config->outbox.bytes_max);
}

}  // namespace

Config ReadConfig(const JsonView& json, const std::string& sdk_name, const std::string& sdk_version,
                  std::vector<Problem>* problems) {
  Config config;
  *problems = CheckSchema(json, JsonView(kSchema));
  if (!problems->empty()) return config;
  const JsonView app = json["app"];
  config.sender = {app["id"].AsString(), app["version"].AsString(), app["channel"].AsString(),
                   sdk_name, sdk_version};
  config.policy = ReadPolicy(json["consent"], problems);
  ReadCollectors(json["collectors"], &config, problems);
  config.fields = ReadFieldRules(config.policy, json["fields"], problems);
  config.url_rules = ReadUrlRules(json["privacy"]);
  config.session_rules = ReadSessionRules(json["identity"]);
  ReadDelivery(json["delivery"], &config);
  return config;
}

}  // namespace waymark
