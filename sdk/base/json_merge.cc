#include "base/json_merge.h"

#include "base/json_check.h"
#include "base/json_writer.h"

namespace waymark {
namespace {

// `each`: all items change, whatever the pointer.
void WriteChanged(JsonWriter* writer, JsonView value, std::string_view pointer, bool each,
                  PathChange change, const String* with) {
  const bool object = value.is(JsonType::kObject);
  writer->Begin(object ? '{' : '[');
  for (JsonItems item(value); item.Next();) {
    String step;
    if (object)
      AppendPointerStep(&step, item.key());
    else
      AppendPointerStep(&step, IntegerText(item.index()));
    std::string_view below;
    bool inside = false;
    String changed;
    if (each || pointer.starts_with(step)) {
      if (!each) below = pointer.substr(step.size());
      if (below.empty() && !change(item.value(), with, &changed)) continue;
      inside = !below.empty() && below[0] == '/';
    }
    if (object) writer->Key(item.key());
    const bool nested = item.value().is(JsonType::kObject) || item.value().is(JsonType::kArray);
    if (inside && nested)
      WriteChanged(writer, item.value(), below, false, change, with);
    else
      writer->Raw(changed.empty() ? item.text() : std::string_view(changed));
  }
  writer->End(object ? '}' : ']');
}

}  // namespace

String MergeObjects(JsonView base, JsonView changes) {
  String text;
  JsonWriter writer(&text);
  writer.Begin('{');
  for (JsonItems item(base); item.Next();) {
    if (!changes[item.key()]) writer.Key(item.key()).Raw(item.text());
  }
  for (JsonItems item(changes); item.Next();) {
    if (!item.value().is(JsonType::kNull)) writer.Key(item.key()).Raw(item.text());
  }
  writer.End('}');
  return text;
}

String WithPath(JsonView value, std::string_view pointer, PathChange change, const String* with) {
  String text;
  JsonWriter writer(&text);
  WriteChanged(&writer, value, pointer, false, change, with);
  return text;
}

String WithEach(JsonView value, PathChange change) {
  String text;
  JsonWriter writer(&text);
  WriteChanged(&writer, value, {}, true, change, nullptr);
  return text;
}

String WithoutPath(JsonView value, std::string_view pointer) {
  return WithPath(value, pointer, [](JsonView, const String*, String*) { return false; });
}

}  // namespace waymark
