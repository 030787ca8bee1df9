#include "base/json_merge.h"

#include "base/json_check.h"
#include "base/json_writer.h"

namespace waymark {
namespace {

void WriteWithout(JsonWriter* writer, JsonView value, std::string_view pointer) {
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
    if (pointer.starts_with(step)) {
      below = pointer.substr(step.size());
      if (below.empty()) continue;
      inside = below[0] == '/';
    }
    if (object) writer->Key(item.key());
    const bool nested = item.value().is(JsonType::kObject) || item.value().is(JsonType::kArray);
    if (inside && nested)
      WriteWithout(writer, item.value(), below);
    else
      writer->Raw(item.text());
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

String WithoutPath(JsonView value, std::string_view pointer) {
  String text;
  JsonWriter writer(&text);
  WriteWithout(&writer, value, pointer);
  return text;
}

}  // namespace waymark
