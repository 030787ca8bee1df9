#include "privacy/field_rules.h"

#include "base/json_writer.h"
#include "base/schema.h"

namespace waymark {
namespace {

constexpr std::string_view kUserPrefix = "/user/";

std::string ToRecordPath(const std::string& path) {
  if (path == "/user/id") return "/user_id";
  if (path.compare(0, kUserPrefix.size(), kUserPrefix) == 0) {
    return "/traits/" + path.substr(kUserPrefix.size());
  }
  return path;
}

std::string StepOf(std::string_view key) {
  std::string step;
  AppendPointerStep(&step, key);
  return step;
}

// The pointers that lead through `step`, without it. Sets `whole` when one of them ends here.
std::vector<std::string_view> Below(const std::vector<std::string_view>& pointers,
                                    std::string_view step, bool* whole) {
  std::vector<std::string_view> below;
  for (std::string_view pointer : pointers) {
    if (pointer.substr(0, step.size()) != step) continue;
    pointer.remove_prefix(step.size());
    if (pointer.empty()) *whole = true;
    else if (pointer[0] == '/') below.push_back(pointer);
  }
  return below;
}

void WriteWithout(JsonWriter* writer, const JsonView& value,
                  const std::vector<std::string_view>& pointers) {
  const bool object = value.is(JsonType::kObject);
  if (pointers.empty() || (!object && !value.is(JsonType::kArray))) {
    writer->Raw(value.text());
    return;
  }
  writer->Begin(object ? '{' : '[');
  for (JsonItems item(value); item.Next();) {
    bool whole = false;
    const auto below =
        Below(pointers, StepOf(object ? item.key() : std::to_string(item.index())), &whole);
    if (whole) continue;
    if (object) writer->Key(item.key());
    WriteWithout(writer, item.value(), below);
  }
  writer->End(object ? '}' : ']');
}

}  // namespace

std::vector<FieldRule> ReadFieldRules(const Policy& policy, const JsonView& fields,
                                      std::vector<Problem>* problems) {
  std::vector<FieldRule> rules;
  for (JsonItems item(fields); item.Next();) {
    const JsonView needs = item.value()["needs"];
    CheckPurposeIds(policy, needs, "/fields/" + std::to_string(item.index()) + "/needs", problems);
    PurposeSet set = policy.Closure(needs);
    const bool drops = item.value()["otherwise"].AsString() == "drop" && !item.value()["as"];
    if (!drops) set = ~PurposeSet{0};
    rules.push_back({ToRecordPath(item.value()["path"].AsString()), set});
  }
  return rules;
}

std::vector<std::string_view> DroppedPaths(const std::vector<FieldRule>& rules,
                                           PurposeSet allowed) {
  std::vector<std::string_view> paths;
  for (const FieldRule& rule : rules) {
    if ((rule.needs & ~allowed) != 0) paths.push_back(rule.path);
  }
  return paths;
}

std::string DropPaths(const JsonView& object, const std::vector<std::string_view>& pointers) {
  std::string json;
  JsonWriter writer(&json);
  WriteWithout(&writer, object, pointers);
  return json;
}

}  // namespace waymark
