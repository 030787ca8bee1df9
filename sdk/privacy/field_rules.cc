#include "privacy/field_rules.h"

#include "base/json_merge.h"
#include "base/json_writer.h"
#include "base/name_table.h"
#include "base/utf8.h"
#include "codec/sha256.h"
#include "privacy/contacts.h"

namespace waymark {
namespace {

constexpr std::string_view kUserPrefix = "/user/";
constexpr const char* kPlaces = "anonymous_id,session,properties,traits,context";
constexpr const char* kFieldChanges = "drop,coarsen,sha256";
constexpr size_t kHashDigits = 64;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool IsHash(std::string_view text) {
  bool digits = text.size() == kHashDigits;
  for (const char c : text) digits &= IsDigit(c) || (c >= 'a' && c <= 'f');
  return digits;
}

bool AppendHash(JsonView value, const String* path, String* out) {
  // A hash of nothing would join all who have none.
  if (value.is(JsonType::kNull)) {
    *out += value.text();
    return true;
  }
  const String text = value.is(JsonType::kString) ? value.AsString() : String(value.text());
  const String normal = NormalContact(*path, text);
  if (normal.empty()) return false;
  AppendJsonString(out, IsHash(text) ? text : Sha256Hex(normal));
  return true;
}

// 52.52 -> 50
bool AppendCoarseNumber(std::string_view number, String* out) {
  if (IndexOf(number, 'e') + IndexOf(number, 'E') < 2 * number.size()) return false;
  number = number.substr(0, IndexOf(number, '.'));
  bool first = true;
  for (const char c : number) {
    out->push_back(first || !IsDigit(c) ? c : '0');
    first &= !IsDigit(c);
  }
  return true;
}

// The origin; empty: it is no URL, or one with a user's name in it.
std::string_view OriginOf(std::string_view url) {
  constexpr size_t kSlashes = 3;
  size_t size = IndexOf(url, ':');
  if (!url.substr(size).starts_with("://")) return std::string_view();
  for (size += kSlashes; size < url.size(); ++size) {
    if (url[size] == '@') return std::string_view();
    if (url[size] == '/' || url[size] == '?' || url[size] == '#') break;
  }
  return url.substr(0, size);
}

// In a pattern 0 stands for a digit, A for a capital letter, the rest for itself.
bool BeginsAs(std::string_view text, std::string_view pattern) {
  bool fits = text.size() >= pattern.size();
  for (size_t i = 0; fits && i < pattern.size(); ++i) {
    const char c = text[i];
    const bool capital = c >= 'A' && c <= 'Z';
    fits = pattern[i] == '0' ? IsDigit(c) : pattern[i] == 'A' ? capital : c == pattern[i];
  }
  return fits;
}

bool AppendCoarseText(const String& text, String* out) {
  String coarse = OriginOf(text);
  if (BeginsAs(text, "0000-00-00")) coarse = std::string_view(text).substr(0, 4) + String("-01-01");
  if (BeginsAs(text + "-", "AA-")) coarse = std::string_view(text).substr(0, 2);
  if (coarse.empty()) return false;
  AppendJsonString(out, coarse);
  return true;
}

}  // namespace

String ToRecordPath(std::string_view path) {
  if (path.starts_with(kUserPrefix)) {
    path.remove_prefix(kUserPrefix.size());
    return (Is(path, "id") ? "/user_" : "/traits/") + String(path);
  }
  if (path.empty()) return String();
  const std::string_view first = path.substr(1, IndexOf(path.substr(1), '/'));
  return FindName(kPlaces, first) < 0 ? String() : String(path);
}

JsonView FieldAt(JsonView event, std::string_view path) {
  while (!path.empty()) {
    path.remove_prefix(1);
    const size_t end = IndexOf(path, '/');
    event = event[path.substr(0, end)];
    path.remove_prefix(end);
  }
  return event;
}

List<FieldRule> ReadFieldRules(const Policy& policy, JsonView fields, std::string_view pointer,
                               List<Problem>* problems) {
  List<FieldRule> rules;
  for (JsonItems item(fields); item.Next();) {
    const JsonView given = item.value();
    const String at = pointer + Numbered("/", item.index());
    const JsonView needs = given["needs"];
    CheckPurposeIds(policy, needs, at + "/needs", problems);
    FieldRule& rule = rules.emplace_back();
    rule.path = ToRecordPath(given["path"].AsName());
    rule.needs = policy.Closure(needs);
    rule.otherwise = static_cast<FieldChange>(FindName(kFieldChanges, given["otherwise"].AsName()));
    if (given["as"]) rule.allowed = FieldChange::kHash;
    if (rule.path.empty()) {
      AddProblem(problems, "not_allowed", at + "/path", given["path"].text(),
                 "a path below /user, /properties, /traits, /context or /session");
    }
    if (given["as"] && !needs) {
      AddProblem(problems, "required", at + "/needs", "nothing", "the purposes that allow it");
    }
  }
  return rules;
}

void ApplyFieldRules(const List<FieldRule>& rules, PurposeSet allowed, String* event) {
  constexpr PathChange kDropValue = [](JsonView, const String*, String*) { return false; };
  for (const FieldRule& rule : rules) {
    const bool may = rule.needs != 0 && (rule.needs & ~allowed) == 0;
    const FieldChange change = may ? rule.allowed : rule.otherwise;
    if (change == FieldChange::kKeep) continue;
    PathChange write = AppendCoarse;
    if (change == FieldChange::kDrop) write = kDropValue;
    if (change == FieldChange::kHash) write = AppendHash;
    *event = WithPath(JsonView(*event), rule.path, write, &rule.path);
  }
}

bool AppendCoarse(JsonView value, const String*, String* out) {
  switch (value.type()) {
    case JsonType::kNumber:
      return AppendCoarseNumber(value.text(), out);
    case JsonType::kString:
      return AppendCoarseText(value.AsString(), out);
    case JsonType::kArray:
    case JsonType::kObject:
      *out = WithEach(value, AppendCoarse);
      return out->size() > 2;  // more than its brackets
    default:
      return false;
  }
}

}  // namespace waymark
