// Judges templates when the config is read, so that no event meets one that cannot be written.
#include "base/json_check.h"
#include "base/json_writer.h"
#include "base/name_table.h"
#include "base/schema.h"
#include "base/utf8.h"
#include "collector/template.h"
#include "collector/template_words.h"

namespace waymark {
namespace {

constexpr uint8_t kEvents = static_cast<uint8_t>(TemplatePlace::kEvent);
constexpr uint8_t kRequests = static_cast<uint8_t>(TemplatePlace::kRequest);
constexpr uint8_t kEverywhere = kEvents | kRequests | static_cast<uint8_t>(TemplatePlace::kBody);

// What can be pointed at. Members: those below it; null: none; "*": whatever the event has.
struct Shape {
  const char* name;
  const char* members;
  uint8_t places;
};

constexpr Shape kShapes[] = {
    {"type", nullptr, kEvents | kRequests},
    {"name", nullptr, kEvents | kRequests},
    {"specification_name", nullptr, kEvents | kRequests},
    {"message_id", nullptr, kEvents | kRequests},
    {"anonymous_id", nullptr, kEvents | kRequests},
    {"user_id", nullptr, kEvents | kRequests},
    {"time_ms", nullptr, kEvents | kRequests},
    {"deidentified", nullptr, kEvents | kRequests},
    {"session", "id,index,event_index,started_ms", kEvents | kRequests},
    {"consent", "", kEvents | kRequests},  // the config's purposes
    {"purposes", "allowed,denied", kEvents | kRequests},
    {"properties", "*", kEvents | kRequests},
    {"traits", "*", kEvents | kRequests},
    {"context", "*", kEvents | kRequests},
    {"delivery", "writer,sequence,lost", kEvents},
    {"sent_ms", nullptr, kEverywhere},
    {"app", "id,version,channel", kEverywhere},
    {"sdk", "name,version", kEverywhere},
    {"request_id", nullptr, kRequests},
    {"attempt", nullptr, kRequests},
};

String PlacesIn(uint8_t places) {
  String names;
  for (const Shape& shape : kShapes) {
    if (!(shape.places & places)) continue;
    names.append(names.empty() ? "/" : ", /").append(shape.name);
  }
  return names;
}

String PurposeNames(JsonView purposes) {
  String names;
  for (JsonItems item(purposes); item.Next();) {
    if (!names.empty()) names.push_back(',');
    names += item.value()["id"].AsName();
  }
  return names;
}

bool HasName(std::string_view names, std::string_view name) {
  while (!names.empty()) {
    const size_t size = IndexOf(names, ',');
    if (names.substr(0, size) == name) return true;
    names.remove_prefix(size + (size < names.size()));
  }
  return false;
}

// What the pointer should be; empty: it leads to something that events have.
String MissesEvent(std::string_view pointer, uint8_t places, JsonView purposes) {
  if (!pointer.starts_with('/')) return "a JSON pointer such as /properties/total";
  pointer.remove_prefix(1);
  const std::string_view first = pointer.substr(0, IndexOf(pointer, '/'));
  const std::string_view below = pointer.substr(first.size());
  for (const Shape& shape : kShapes) {
    if (!Is(first, shape.name) || !(shape.places & places)) continue;
    if (below.empty() || (shape.members && Is("*", shape.members))) return String();
    if (!shape.members) return "/" + String(first) + ", which holds no more than one value";
    const String names = Is("", shape.members) ? PurposeNames(purposes) : String(shape.members);
    if (HasName(names, below.substr(1))) return String();
    return "/" + String(first) + "/ and one of " + names;
  }
  return "one that begins with " + PlacesIn(places);
}

class TemplateWalk {
 public:
  TemplateWalk(TemplatePlace place, JsonView purposes, std::string_view pointer,
               List<Problem>* problems)
      : places_(static_cast<uint8_t>(place)),
        purposes_(purposes),
        pointer_(pointer),
        problems_(problems) {}

  void Check(JsonView json) {
    const bool expression = static_cast<bool>(json["$"]);
    if (expression) return CheckExpression(json);
    const bool object = json.is(JsonType::kObject);
    for (JsonItems item(json); item.Next();) {
      if (object)
        Descend(item.key(), item.value());
      else
        Descend(IntegerText(item.index()), item.value());
    }
  }

  TemplateUse TakeUse() { return std::move(use_); }

 private:
  void Add(const char* code, std::string_view found, std::string_view allowed) {
    if (problems_->size() < kProblemsMax) AddProblem(problems_, code, pointer_, found, allowed);
  }

  void AddAt(std::string_view step, const char* code, std::string_view found,
             std::string_view allowed) {
    const size_t size = pointer_.size();
    AppendPointerStep(&pointer_, step);
    Add(code, found, allowed);
    pointer_.resize(size);
  }

  void Descend(std::string_view step, JsonView json) {
    const size_t size = pointer_.size();
    AppendPointerStep(&pointer_, step);
    Check(json);
    pointer_.resize(size);
  }

  // Calls `check` for a member, at its place; a list of such values is checked one by one.
  template <typename Function>
  void CheckEach(std::string_view step, JsonView values, Function check) {
    const size_t size = pointer_.size();
    AppendPointerStep(&pointer_, step);
    if (!values.is(JsonType::kArray)) check(values);
    for (JsonItems item(values.is(JsonType::kArray) ? values : JsonView()); item.Next();) {
      const size_t above = pointer_.size();
      AppendPointerStep(&pointer_, IntegerText(item.index()));
      check(item.value());
      pointer_.resize(above);
    }
    pointer_.resize(size);
  }

  void CheckExpression(JsonView json) {
    const JsonView from = json["$"];
    const bool combines = from.IsName("merge") || from.IsName("join");
    const bool events = from.IsName("events");
    CheckMembers(json, events ? "$" : combines ? "$,of,as" : "$,as,without,each,in,then,else");
    if (events) return CheckEvents();
    ++inside_;
    if (combines)
      CheckParts(json["of"]);
    else
      CheckPointers(json);
    --inside_;
    if (json["as"]) CheckEach("as", json["as"], [this](JsonView name) { CheckFilter(name); });
  }

  void CheckMembers(JsonView json, const char* names) {
    for (JsonItems item(json); item.Next();) {
      if (FindName(names, item.key()) < 0)
        AddAt(item.key(), "unknown_key", "an unknown key", names);
    }
  }

  void CheckEvents() {
    const bool body = places_ == static_cast<uint8_t>(TemplatePlace::kBody);
    ++use_.events;
    if (body && inside_ == 0 && use_.events == 1) return;
    Add("not_allowed", "the place of the events",
        "once in the body, in objects and arrays of the template itself");
  }

  void CheckParts(JsonView parts) {
    if (!parts.is(JsonType::kArray)) {
      return Add("required", JsonTypeName(parts.type()), "of: an array of what is put together");
    }
    Descend("of", parts);
  }

  void CheckPointers(JsonView json) {
    CheckEach("$", json["$"], [this](JsonView pointer) { CheckPointer(pointer); });
    if (json["then"]) Descend("then", json["then"]);
    if (json["else"]) Descend("else", json["else"]);
    if (json["in"]) CheckTable(json["in"]);
    if (json["without"]) {
      CheckEach("without", json["without"], [this](JsonView name) {
        if (!name.is(JsonType::kString)) Add("wrong_type", JsonTypeName(name.type()), "a string");
      });
    }
    if (!json["each"]) return;
    ++items_;
    Descend("each", json["each"]);
    --items_;
  }

  void CheckTable(JsonView table) {
    if (table.is(JsonType::kObject) && !table["$"]) return Descend("in", table);
    AddAt("in", "wrong_type", JsonTypeName(table.type()),
          "an object: what stands for which value, and no expression");
  }

  void CheckPointer(JsonView json) {
    const std::string_view pointer = json.AsName();
    if (Is(pointer, ".") || pointer.starts_with("./")) {
      if (items_ == 0) Add("not_allowed", QuoteForProblem(json), "that inside `each` only");
      return;
    }
    const String allowed = MissesEvent(pointer, places_, purposes_);
    if (!allowed.empty()) return Add("not_allowed", QuoteForProblem(json), allowed);
    for (const String& known : use_.pointers) {
      if (known == pointer) return;
    }
    use_.pointers.push_back(pointer);
  }

  void CheckFilter(JsonView name) {
    if (FindName(kFilterNames, name.AsName()) >= 0) return;
    Add("not_allowed", QuoteForProblem(name), kFilterNames);
  }

  uint8_t places_;
  JsonView purposes_;
  String pointer_;
  List<Problem>* problems_;
  TemplateUse use_;
  int items_ = 0;   // of `each` around this place
  int inside_ = 0;  // expressions around this place
};

}  // namespace

TemplateUse CheckTemplate(JsonView json, TemplatePlace place, JsonView purposes,
                          std::string_view pointer, List<Problem>* problems) {
  TemplateWalk walk(place, purposes, pointer, problems);
  walk.Check(json);
  return walk.TakeUse();
}

void CheckEventPointer(std::string_view event_pointer, JsonView purposes, std::string_view pointer,
                       List<Problem>* problems) {
  const String allowed = MissesEvent(event_pointer, kEvents, purposes);
  if (!allowed.empty()) AddProblem(problems, "not_allowed", pointer, event_pointer, allowed);
}

}  // namespace waymark
