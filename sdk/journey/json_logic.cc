#include "journey/json_logic.h"

#include <utility>

#include "base/json_writer.h"
#include "base/limits.h"
#include "base/name_table.h"
#include "base/utf8.h"

namespace waymark {
namespace {

// In the order of kOperations. From kVar on the operands are not all values.
enum Operation : int {
  kNot,
  kTruth,
  kEqual,
  kIs,
  kUnequal,
  kIsNot,
  kLess,
  kLessOrEqual,
  kMore,
  kMoreOrEqual,
  kIn,
  kVar,
  kAnd,
  kOr,
  kIf,
  kSome,
  kAll,
  kNone,
};
constexpr const char* kOperations = "!,!!,==,===,!=,!==,<,<=,>,>=,in,var,and,or,if,some,all,none";
// How many operands each has at the least and at the most; 9: as many as there are.
constexpr char kOperandsMin[] = "112222222221111222";
constexpr char kOperandsMax[] = "112222333322999222";

constexpr int kDecimals = 3;  // of numbers: 15 digits before them still fit
constexpr std::string_view kRoots[] = {"journey", "context", "traits"};

struct Value {
  JsonType type = JsonType::kNull;
  bool yes = false;
  std::string_view number;  // as it stands; 1 or 0 for what compares like it
  String text;
  JsonView json;  // a list or an object
};

struct Scope {
  const LogicData& data;
  JsonView item;  // inside some, all, none: what is looked at
};

Value ValueOf(JsonView json) {
  Value value;
  value.type = json.type();
  if (value.type == JsonType::kMissing) value.type = JsonType::kNull;
  value.json = json;
  value.yes = json.AsBool();
  if (value.type == JsonType::kNumber) value.number = json.text();
  if (value.type == JsonType::kString) value.text = json.AsString();
  return value;
}

Value BoolValue(bool yes) {
  Value value;
  value.type = JsonType::kBool;
  value.yes = yes;
  return value;
}

bool IsTrue(const Value& value) {
  if (value.type == JsonType::kBool) return value.yes;
  if (value.type == JsonType::kNumber) return FixedOr(value.number, kDecimals, 1) != 0;
  if (value.type == JsonType::kString) return !value.text.empty();
  if (value.type == JsonType::kArray) return JsonItems(value.json).Next();
  return value.type == JsonType::kObject;
}

std::string_view Trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\n\r";
  while (!text.empty() && IndexOf(kSpace, text[0]) < kSpace.size()) text.remove_prefix(1);
  while (!text.empty() && IndexOf(kSpace, text.back()) < kSpace.size()) text.remove_suffix(1);
  return text;
}

// As JavaScript's Number() has it, for decimal numbers; nothing for what is none.
std::optional<int64_t> NumberOf(const Value& value) {
  if (value.type == JsonType::kNull) return 0;
  if (value.type == JsonType::kBool) return value.yes ? 1000 : 0;
  if (value.type == JsonType::kNumber) return ParseFixed(value.number, kDecimals);
  if (value.type != JsonType::kString) return std::nullopt;
  const std::string_view text = Trimmed(value.text);
  if (text.empty()) return 0;
  return ParseFixed(text, kDecimals);
}

bool IsSame(const Value& a, const Value& b) {
  if (a.type != b.type) return false;
  if (a.type == JsonType::kString) return a.text == b.text;
  if (a.type == JsonType::kArray || a.type == JsonType::kObject) return false;
  if (a.type == JsonType::kNull) return true;
  const auto number = NumberOf(a);
  return number && number == NumberOf(b);
}

bool IsEqual(const Value& a, const Value& b) {
  if (a.type == b.type) return IsSame(a, b);
  if (a.type == JsonType::kNull || b.type == JsonType::kNull) return false;
  const auto number = NumberOf(a);
  return number && number == NumberOf(b);
}

bool Compares(Operation operation, const Value& a, const Value& b) {
  int order = 0;
  if (a.type == JsonType::kString && b.type == JsonType::kString) {
    order = std::string_view(a.text).compare(b.text);
  } else {
    const auto left = NumberOf(a);
    const auto right = NumberOf(b);
    if (!left || !right) return false;
    order = (*left > *right) - (*left < *right);
  }
  if (operation == kLess) return order < 0;
  if (operation == kLessOrEqual) return order <= 0;
  return operation == kMore ? order > 0 : order >= 0;
}

// What a text is searched for.
String TextOf(const Value& value) {
  if (value.type == JsonType::kString) return value.text;
  if (value.type == JsonType::kBool) return value.yes ? "true" : "false";
  return value.type == JsonType::kNumber ? String(value.number) : String("null");
}

bool IsIn(const Value& what, const Value& where) {
  if (where.type == JsonType::kString) {
    const String part = TextOf(what);
    const std::string_view all = where.text;
    return !all.empty() && all.find(std::string_view(part)) != std::string_view::npos;
  }
  if (where.type != JsonType::kArray) return false;
  for (JsonItems item(where.json); item.Next();) {
    if (IsSame(what, ValueOf(item.value()))) return true;
  }
  return false;
}

JsonView ElementAt(JsonView array, std::string_view place) {
  const auto wanted = ParseFixed(place, 0);
  for (JsonItems item(array); item.Next();) {
    if (wanted == item.index()) return item.value();
  }
  return JsonView();
}

JsonView Find(JsonView from, std::string_view path) {
  while (from && !path.empty()) {
    const std::string_view key = path.substr(0, IndexOf(path, '.'));
    from = from.is(JsonType::kArray) ? ElementAt(from, key) : from[key];
    path.remove_prefix(key.size());
    if (!path.empty()) path.remove_prefix(1);
  }
  return from;
}

JsonView Look(const Scope& scope, std::string_view path) {
  if (scope.item) return Find(scope.item, path);
  const std::string_view root = path.substr(0, IndexOf(path, '.'));
  path.remove_prefix(root.size());
  if (!path.empty()) path.remove_prefix(1);
  if (root == kRoots[0]) return Find(scope.data.journey, path);
  if (root == kRoots[1]) return Find(scope.data.context, path);
  return root == kRoots[2] ? Find(scope.data.traits, path) : JsonView();
}

// The operands: the items of a list, or the one value that stands there instead of a list of it.
class Operands {
 public:
  explicit Operands(JsonView json)
      : items_(json), single_(json.is(JsonType::kArray) ? JsonView() : json) {}

  bool Next() {
    if (single_) {
      value_ = std::exchange(single_, JsonView());
      return ended_ = true;
    }
    if (ended_ || !items_.Next()) return false;
    value_ = items_.value();
    return true;
  }
  JsonView value() const { return value_; }

 private:
  JsonItems items_;
  JsonView single_;
  JsonView value_;
  bool ended_ = false;
};

Value Apply(JsonView rule, const Scope& scope);

Value ApplyVar(JsonView json, const Scope& scope) {
  Operands operand(json);
  if (!operand.Next()) return Value();
  const JsonView found = Look(scope, operand.value().AsString());
  if (found) return ValueOf(found);
  return operand.Next() ? ValueOf(operand.value()) : Value();
}

// The first that decides, else the last.
Value ApplyAndOr(JsonView json, bool decides, const Scope& scope) {
  Value value;
  for (Operands operand(json); operand.Next();) {
    value = Apply(operand.value(), scope);
    if (IsTrue(value) == decides) break;
  }
  return value;
}

// Conditions and what follows from each, in turn; what stands alone at the end holds otherwise.
Value ApplyIf(JsonView json, const Scope& scope) {
  for (Operands operand(json); operand.Next();) {
    Value value = Apply(operand.value(), scope);
    if (!operand.Next()) return value;
    if (IsTrue(value)) return Apply(operand.value(), scope);
  }
  return Value();
}

bool ApplyToEach(Operation operation, JsonView json, const Scope& scope) {
  Operands operand(json);
  operand.Next();
  const Value list = Apply(operand.value(), scope);
  operand.Next();
  int count = 0;
  int holds = 0;
  if (list.type == JsonType::kArray) {
    for (JsonItems item(list.json); item.Next(); ++count) {
      holds += IsTrue(Apply(operand.value(), {scope.data, item.value()}));
    }
  }
  if (operation == kSome) return holds > 0;
  return operation == kNone ? holds == 0 : count > 0 && holds == count;
}

bool ApplyToValues(Operation operation, JsonView json, const Scope& scope) {
  Value values[3];
  int count = 0;
  for (Operands operand(json); count < 3 && operand.Next(); ++count) {
    values[count] = Apply(operand.value(), scope);
  }
  if (operation == kNot) return !IsTrue(values[0]);
  if (operation == kTruth) return IsTrue(values[0]);
  if (operation == kEqual) return IsEqual(values[0], values[1]);
  if (operation == kIs) return IsSame(values[0], values[1]);
  if (operation == kUnequal) return !IsEqual(values[0], values[1]);
  if (operation == kIsNot) return !IsSame(values[0], values[1]);
  if (operation == kIn) return IsIn(values[0], values[1]);
  const bool first = Compares(operation, values[0], values[1]);
  return first && (count < 3 || Compares(operation, values[1], values[2]));
}

Value Apply(JsonView rule, const Scope& scope) {
  if (!rule.is(JsonType::kObject)) return ValueOf(rule);
  JsonItems entry(rule);
  if (!entry.Next()) return ValueOf(rule);
  const auto operation = static_cast<Operation>(FindName(kOperations, entry.key()));
  const JsonView operands = entry.value();
  if (operation == kVar) return ApplyVar(operands, scope);
  if (operation == kAnd || operation == kOr) return ApplyAndOr(operands, operation == kOr, scope);
  if (operation == kIf) return ApplyIf(operands, scope);
  if (operation >= kSome) return BoolValue(ApplyToEach(operation, operands, scope));
  return BoolValue(ApplyToValues(operation, operands, scope));
}

// Walks a rule, and says what is not of the subset.
class LogicCheck {
 public:
  explicit LogicCheck(List<Problem>* problems) : problems_(problems) {}

  // `inside`: what some, all or none look through.
  void Check(JsonView rule, const String& pointer, int depth, bool inside) {
    if (depth > kLogicDepthMax) return Add("out_of_range", pointer, "deeper", "16 operations deep");
    if (rule.is(JsonType::kArray)) return CheckLiterals(rule, pointer);
    if (rule.is(JsonType::kNumber)) return CheckNumber(rule, pointer);
    if (!rule.is(JsonType::kObject)) return;
    JsonItems entry(rule);
    const bool one = entry.Next();
    const String key(one ? entry.key() : std::string_view());
    const int operation = FindName(kOperations, key);
    const JsonView operands = one ? entry.value() : JsonView();
    if (operation < 0 || entry.Next()) {
      return Add("not_allowed", pointer, one && operation < 0 ? key : String("no operation"),
                 "an object with one of " + String(kOperations));
    }
    const String below = pointer + "/" + key;
    CheckCount(operation, operands, below);
    if (operation == kVar) return CheckVar(operands, below, inside);
    const bool each = operation >= kSome;
    if (each && inside)
      return Add("not_allowed", below, key, "some, all and none not in each other");
    int place = 0;
    for (Operands operand(operands); operand.Next(); ++place) {
      const bool list = operands.is(JsonType::kArray);
      const String at = list ? (below + "/") + IntegerText(place) : below;
      Check(operand.value(), at, depth + 1, inside || (each && place == 1));
    }
  }

 private:
  void Add(const char* code, const String& pointer, std::string_view found,
           std::string_view allowed) {
    if (problems_->size() >= kProblemsMax) return;
    AddProblem(problems_, code, pointer, Utf8Prefix(found, 60), allowed);
  }

  void CheckCount(int operation, JsonView operands, const String& pointer) {
    int count = 0;
    for (Operands operand(operands); operand.Next();) ++count;
    const int least = kOperandsMin[operation] - '0';
    const int most = kOperandsMax[operation] - '0';
    if (count >= least && (count <= most || most == 9)) return;
    const String allowed = most == 9 ? Numbered("at least ", least) : Numbered("at most ", most);
    Add("out_of_range", pointer, Numbered("", count, " operands"), allowed);
  }

  void CheckLiterals(JsonView list, const String& pointer) {
    for (JsonItems item(list); item.Next();) {
      const JsonType type = item.value().type();
      if (type == JsonType::kObject || type == JsonType::kArray) {
        return Add("not_allowed", pointer, JsonTypeName(type), "a list of texts and numbers");
      }
    }
  }

  void CheckNumber(JsonView number, const String& pointer) {
    if (ParseFixed(number.text(), kDecimals)) return;
    Add("out_of_range", pointer, number.text(), "a number without exponent, 15 digits at most");
  }

  void CheckVar(JsonView operands, const String& pointer, bool inside) {
    Operands operand(operands);
    if (!operand.Next()) return;
    if (!operand.value().is(JsonType::kString)) {
      return Add("wrong_type", pointer, JsonTypeName(operand.value().type()), "a path");
    }
    const String path = operand.value().AsString();
    const std::string_view root = std::string_view(path).substr(0, IndexOf(path, '.'));
    const bool known = root == kRoots[0] || root == kRoots[1] || root == kRoots[2];
    if (!inside && !known) {
      Add("not_allowed", pointer, path, "a path that begins with journey, context or traits");
    }
    if (operand.Next() && operand.value().is(JsonType::kObject)) {
      Add("not_allowed", pointer, "an operation", "a text or a number when nothing is there");
    }
  }

  List<Problem>* problems_;
};

// Of what stands inside some, all and none only the list that they look through is a path.
void AddPaths(JsonView rule, List<String>* paths) {
  if (!rule.is(JsonType::kObject)) return;
  JsonItems entry(rule);
  if (!entry.Next()) return;
  const int operation = FindName(kOperations, entry.key());
  for (Operands operand(entry.value()); operand.Next();) {
    if (operation != kVar) {
      AddPaths(operand.value(), paths);
      if (operation >= kSome) return;
      continue;
    }
    String path = operand.value().AsString();
    for (const String& known : *paths) {
      if (known == path) return;
    }
    return paths->push_back(std::move(path));
  }
}

}  // namespace

List<String> PathsOf(JsonView rule) {
  List<String> paths;
  AddPaths(rule, &paths);
  return paths;
}

bool Holds(JsonView rule, const LogicData& data) { return IsTrue(Apply(rule, {data, JsonView()})); }

void CheckLogic(JsonView rule, const String& pointer, List<Problem>* problems) {
  if (rule.text().size() > kLogicBytesMax) {
    const auto bytes = static_cast<int64_t>(rule.text().size());
    return AddProblem(problems, "too_big", pointer, Numbered("", bytes, " bytes"),
                      "at most 4,000 bytes");
  }
  LogicCheck(problems).Check(rule, pointer, 0, false);
}

}  // namespace waymark
