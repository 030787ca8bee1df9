#include "event/plan.h"

#include "base/json_check.h"
#include "base/json_writer.h"
#include "base/name_table.h"
#include "base/utf8.h"
#include "event/touchpoints.h"

namespace waymark {
namespace {

constexpr const char* kTypeNames = "text,id,scalar,integer,number,boolean,url,time,list,object";
constexpr std::string_view kTypeLetters = "tisndbumlo";
constexpr int kBoundDecimals = 6;
constexpr int kObjectDepthMax = 4;  // an object may name itself

// The text before `end`; takes it away, and the end.
std::string_view TakePart(std::string_view* text, char end) {
  const size_t size = IndexOf(*text, end);
  const std::string_view part = text->substr(0, size);
  text->remove_prefix(size < text->size() ? size + 1 : size);
  return part;
}

// One line of a row.
struct Expected {
  std::string_view name;
  bool needed = false;
  char type = '\0';       // a letter of kTypeLetters, or ( of a choice
  std::string_view rest;  // choices, bounds, or the name of an object
};

class Lines {
 public:
  explicit Lines(std::string_view row) : rest_(row) {}

  bool Next() {
    if (rest_.empty()) return false;
    std::string_view line = TakePart(&rest_, '\n');
    size_t size = 0;
    while (line[size] != '!' && line[size] != ':') ++size;
    line_.name = line.substr(0, size);
    line_.needed = line[size] == '!';
    line_.type = line[size + 1];
    line_.rest = line.substr(size + 2);
    if (line_.type == '(') line_.rest.remove_suffix(1);
    return true;
  }
  const Expected& line() const { return line_; }

 private:
  std::string_view rest_;
  Expected line_;
};

const Expected* FindLine(Lines* lines, std::string_view name) {
  while (lines->Next()) {
    if (lines->line().name == name) return &lines->line();
  }
  return nullptr;
}

bool IsTime(JsonView value) {
  if (value.is(JsonType::kNumber)) return value.AsInteger().has_value();
  const std::string_view text = value.AsName();
  constexpr std::string_view kForm = "0000-00-00";
  if (text.size() < kForm.size()) return false;
  for (size_t i = 0; i < kForm.size(); ++i) {
    const bool digit = text[i] >= '0' && text[i] <= '9';
    if (kForm[i] == '-' ? text[i] != '-' : !digit) return false;
  }
  return true;
}

bool IsUrl(std::string_view text) {
  return !text.empty() && IndexOf(text, ' ') == text.size() &&
         (text[0] == '/' || IndexOf(text, ':') < text.size());
}

// What a type is called in a problem; empty: the value is of it.
const char* Missed(char type, JsonView value) {
  const bool text = value.is(JsonType::kString);
  const bool number = value.is(JsonType::kNumber);
  switch (type) {
    case 't':
    case '(':
      return text ? "" : "a string";
    case 'i':
      return (text && value.text().size() > 2) || value.AsInteger() ? "" : "an id";
    case 's':
      return text || number || value.is(JsonType::kBool) ? "" : "a string, number or boolean";
    case 'n':
      return value.AsInteger() ? "" : "a whole number";
    case 'd':
      return number ? "" : "a number";
    case 'b':
      return value.is(JsonType::kBool) ? "" : "a boolean";
    case 'u':
      return IsUrl(value.AsName()) ? "" : "a URL";
    case 'm':
      return IsTime(value) ? "" : "Unix milliseconds, or a date as ISO 8601 writes it";
    case 'l':
      return value.is(JsonType::kArray) ? "" : "a list";
    default:
      return value.is(JsonType::kObject) ? "" : "an object";
  }
}

// Whether a number is inside "least..most".
bool IsInside(std::string_view bounds, JsonView value) {
  size_t dot = 0;  // the first of two: a bound may be a fraction
  while (bounds.substr(dot, 2) != "..") ++dot;
  const auto number = ParseFixed(value.text(), kBoundDecimals);
  if (!number) return true;  // more digits than are compared
  const auto least = ParseFixed(bounds.substr(0, dot), kBoundDecimals);
  // Behind the two dots, and with something that ends the number.
  const auto most = ParseFixed(bounds.substr(dot + 2), kBoundDecimals);
  return (!least || *number >= *least) && (!most || *number <= *most);
}

bool IsChoice(std::string_view choices, std::string_view text) {
  while (!choices.empty()) {
    if (TakePart(&choices, '|') == text) return true;
  }
  return false;
}

String Listed(std::string_view choices) {
  String listed = "one of ";
  for (const char c : choices)
    listed += c == '|' ? std::string_view(", ") : std::string_view(&c, 1);
  return listed;
}

class PlanCheck {
 public:
  PlanCheck(const Plan& plan, List<Problem>* problems) : plan_(plan), problems_(problems) {}

  // An object's members by its row, at a pointer.
  void CheckMembers(JsonView object, std::string_view row, bool others, std::string_view pointer,
                    int depth) {
    for (Lines lines(row); lines.Next();) {
      const Expected& line = lines.line();
      const JsonView value = object[line.name];
      String at = pointer;
      AppendPointerStep(&at, line.name);
      // null is how many say that there is nothing.
      if (value && !value.is(JsonType::kNull))
        CheckValue(value, line, at, depth);
      else if (line.needed)
        Add("required", at, "nothing", Described(line));
    }
    if (!others) CheckOthers(object, row, pointer);
  }

 private:
  void Add(const char* code, std::string_view pointer, std::string_view found,
           std::string_view allowed) {
    if (problems_->size() < kProblemsMax) AddProblem(problems_, code, pointer, found, allowed);
  }

  static String Described(const Expected& line) {
    if (line.type == '(') return Listed(line.rest);
    const char* missed = Missed(line.type, JsonView());
    return *missed == '\0' ? "a value" : missed;
  }

  void CheckValue(JsonView value, const Expected& line, const String& at, int depth) {
    const char* missed = Missed(line.type, value);
    if (*missed != '\0') return Add("wrong_type", at, JsonTypeName(value.type()), missed);
    if (line.type == '(' && !IsChoice(line.rest, value.AsString())) {
      return Add("not_allowed", at, "another string", Listed(line.rest));
    }
    const bool number = line.type == 'n' || line.type == 'd';
    if (number && !line.rest.empty() && !IsInside(line.rest, value)) {
      return Add("out_of_range", at, "a number outside", line.rest);
    }
    if (line.rest.empty() || depth == kObjectDepthMax) return;
    if (line.type == 'o') CheckMembers(value, ObjectRow(line.rest), true, at, depth + 1);
    if (line.type == 'l') CheckItems(value, ObjectRow(line.rest), at, depth);
  }

  void CheckItems(JsonView list, std::string_view row, const String& pointer, int depth) {
    for (JsonItems item(list); item.Next();) {
      String at = pointer;
      AppendPointerStep(&at, IntegerText(item.index()));
      if (item.value().is(JsonType::kObject))
        CheckMembers(item.value(), row, true, at, depth + 1);
      else
        Add("wrong_type", at, JsonTypeName(item.value().type()), "an object");
    }
  }

  // A name may be one that somebody typed: it is not told.
  void CheckOthers(JsonView object, std::string_view row, std::string_view pointer) {
    for (JsonItems item(object); item.Next();) {
      Lines lines(row);
      if (FindLine(&lines, item.key())) continue;
      return Add("unknown_key", pointer, "a property that the plan does not name",
                 "the properties of this event");
    }
  }

  std::string_view ObjectRow(std::string_view name) const {
    for (const PlannedObject& object : plan_.objects) {
      if (object.name == name) return object.row;
    }
    return TouchpointObject(name);
  }

  const Plan& plan_;
  List<Problem>* problems_;
};

// Makes rows of what a document says.
class PlanReader {
 public:
  PlanReader(JsonView document, std::string_view pointer, List<Problem>* problems)
      : document_(document), pointer_(pointer), problems_(problems) {}

  Plan Read() {
    Plan plan;
    plan.given = true;
    plan.vocabulary = document_["vocabulary"].AsBool(true);
    plan.on_breach = ActionOf(document_["on_breach"], BreachAction::kFlag);
    plan.unplanned = ActionOf(document_["unplanned"], BreachAction::kSend);
    for (JsonItems item(document_["objects"]); item.Next();) {
      PlannedObject& object = plan.objects.emplace_back();
      object.name = item.key();
      object.row = RowOf(item.value(), pointer_ + "/objects/" + item.key());
    }
    for (JsonItems item(document_["events"]); item.Next();) ReadEvent(item, &plan);
    CheckObjects(plan);
    return plan;
  }

 private:
  static BreachAction ActionOf(JsonView given, BreachAction otherwise) {
    const int action = FindName(kBreachActions, given.AsName());
    return action < 0 ? otherwise : static_cast<BreachAction>(action);
  }

  void ReadEvent(const JsonItems& item, Plan* plan) {
    const JsonView given = item.value();
    const String at = pointer_ + Numbered("/events/", item.index());
    const String name = given["name"].AsString();
    if (FindPlanned(*plan, name)) {
      AddProblem(problems_, "conflict", at + "/name", given["name"].text(), "each event once");
    }
    PlannedEvent& event = plan->events.emplace_back();
    event.name = name;
    event.row = RowOf(given, at);
    event.needs = given["needs"].text();
    event.others = given["other_properties"].AsBool(true);
    event.on_breach = ActionOf(given["on_breach"], plan->on_breach);
  }

  String RowOf(JsonView given, const String& at) {
    String row;
    for (const char* list : {"required", "optional"}) {
      for (JsonItems item(given[list]); item.Next();) {
        const std::string_view name = item.value().AsName();
        const JsonView own = given["properties"][name];
        const JsonView property = own ? own : document_["properties"][name];
        const String place = at + "/" + list + Numbered("/", item.index());
        if (!property) {
          AddProblem(problems_, "not_allowed", place, item.value().text(),
                     "a name of /journey/plan/properties, or of the event's own");
          continue;
        }
        if (!row.empty()) row.push_back('\n');
        row.append(name).append(*list == 'r' ? "!" : ":");
        AppendType(property, place, &row);
      }
    }
    return row;
  }

  void AppendType(JsonView property, const String& at, String* row) {
    const int type = FindName(kTypeNames, property["type"].AsName());
    if (property["enum"]) return AppendChoices(property["enum"], at, row);
    if (type < 0) return row->push_back('s');
    row->push_back(kTypeLetters[static_cast<size_t>(type)]);
    *row += property["of"].AsName();
    const JsonView least = property["minimum"];
    const JsonView most = property["maximum"];
    const bool number = property["type"].IsName("integer") || property["type"].IsName("number");
    if (number && (least || most)) row->append(least.text()).append("..").append(most.text());
  }

  void AppendChoices(JsonView choices, const String& at, String* row) {
    row->push_back('(');
    for (JsonItems item(choices); item.Next();) {
      if (item.index() > 0) row->push_back('|');
      const String text = item.value().AsString();
      for (const char c : std::string_view(text)) {
        if (c != '|' && c != '\n') continue;
        AddProblem(problems_, "not_allowed", at, "a choice with | or a line's end", "other texts");
        break;
      }
      *row += text;
    }
    row->push_back(')');
  }

  // Every object that a row names must be there.
  void CheckObjects(const Plan& plan) {
    for (JsonItems item(document_["properties"]); item.Next();) {
      const JsonView of = item.value()["of"];
      bool known = !of || !TouchpointObject(of.AsName()).empty();
      for (const PlannedObject& object : plan.objects) known |= object.name == of.AsName();
      if (known) continue;
      AddProblem(problems_, "not_allowed", pointer_ + "/properties/" + item.key() + "/of",
                 of.text(), "a name of /journey/plan/objects, product or filter");
    }
  }

  JsonView document_;
  String pointer_;
  List<Problem>* problems_;
};

}  // namespace

Plan ReadPlan(JsonView document, std::string_view pointer, List<Problem>* problems) {
  return PlanReader(document, pointer, problems).Read();
}

const PlannedEvent* FindPlanned(const Plan& plan, std::string_view selector) {
  for (const PlannedEvent& event : plan.events) {
    if (event.name == selector) return &event;
  }
  return nullptr;
}

bool IsPlanned(const Plan& plan, std::string_view selector) {
  return FindPlanned(plan, selector) || FindAnyTouchpoint(selector) >= 0;
}

BreachAction CheckPlan(const Plan& plan, const Event& event, List<Problem>* problems) {
  const std::string_view selector = SelectorOf(event);
  const JsonView properties(event.properties);
  const char* pointer = HasTraits(event.type) ? "/traits" : "/properties";
  PlanCheck check(plan, problems);
  if (const PlannedEvent* planned = FindPlanned(plan, selector)) {
    check.CheckMembers(properties, planned->row, planned->others, pointer, 0);
    return problems->empty() ? BreachAction::kSend : planned->on_breach;
  }
  const int touchpoint = FindAnyTouchpoint(selector);
  if (touchpoint >= 0) {
    if (!plan.vocabulary) return BreachAction::kSend;
    check.CheckMembers(properties, TouchpointRow(touchpoint), true, pointer, 0);
    return problems->empty() ? BreachAction::kSend : plan.on_breach;
  }
  if (event.type != EventType::kTrack || plan.unplanned == BreachAction::kSend) {
    return BreachAction::kSend;
  }
  AddProblem(problems, "not_allowed", "/name", "an event that the plan does not name",
             "an event of the plan or of the vocabulary");
  return plan.unplanned;
}

}  // namespace waymark
