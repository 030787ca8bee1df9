#include "privacy/field_rules.h"

#include "base/json_merge.h"
#include "base/json_writer.h"
#include "base/name_table.h"

namespace waymark {
namespace {

constexpr std::string_view kUserPrefix = "/user/";

String ToRecordPath(std::string_view path) {
  if (!path.starts_with(kUserPrefix)) return String(path);
  path.remove_prefix(kUserPrefix.size());
  String record_path = Is(path, "id") ? "/user_" : "/traits/";
  record_path += path;
  return record_path;
}

}  // namespace

List<FieldRule> ReadFieldRules(const Policy& policy, JsonView fields, List<Problem>* problems) {
  List<FieldRule> rules;
  for (JsonItems item(fields); item.Next();) {
    const JsonView needs = item.value()["needs"];
    CheckPurposeIds(policy, needs, Numbered("/fields/", item.index(), "/needs"), problems);
    const bool drops = item.value()["otherwise"].IsName("drop") && !item.value()["as"];
    FieldRule& rule = rules.emplace_back();
    rule.path = ToRecordPath(item.value()["path"].AsName());
    rule.needs = drops ? policy.Closure(needs) : ~PurposeSet{0};
  }
  return rules;
}

void ApplyFieldRules(const List<FieldRule>& rules, PurposeSet allowed, String* event) {
  for (const FieldRule& rule : rules) {
    if ((rule.needs & ~allowed) != 0) *event = WithoutPath(JsonView(*event), rule.path);
  }
}

}  // namespace waymark
