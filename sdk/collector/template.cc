#include "collector/template.h"

#include "base/json_merge.h"
#include "base/json_writer.h"
#include "base/name_table.h"
#include "base/time.h"
#include "base/utf8.h"
#include "codec/base64.h"
#include "codec/sha256.h"
#include "collector/mapping.h"
#include "collector/template_words.h"

namespace waymark {
namespace {

constexpr int64_t kSecondMs = 1'000;

JsonView ElementAt(JsonView array, std::string_view step) {
  for (JsonItems item(array); item.Next();) {
    if (IntegerText(item.index()) == step) return item.value();
  }
  return JsonView();
}

// ~1 is a slash, ~0 a tilde (RFC 6901).
String UnescapeStep(std::string_view step) {
  String plain;
  while (!step.empty()) {
    const bool escaped = step.size() > 1 && step[0] == '~' && (step[1] == '0' || step[1] == '1');
    plain.push_back(!escaped ? step[0] : step[1] == '0' ? '~' : '/');
    step.remove_prefix(escaped ? 2 : 1);
  }
  return plain;
}

String AnyText(JsonView value) {
  return value.is(JsonType::kString) ? value.AsString() : String(value.text());
}

std::string_view Trim(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

// Down, also before 1970.
int64_t SecondsOf(int64_t ms) { return ms / kSecondMs - (ms % kSecondMs < 0); }

// JSON of an instant in milliseconds; empty when the value is none.
String TimeAs(Filter filter, JsonView value) {
  const auto ms = value.AsInteger();
  if (!ms) return String();
  if (filter == Filter::kSeconds) return IntegerText(SecondsOf(*ms));
  String json;
  if (filter == Filter::kIso) {
    AppendJsonString(&json, FormatIso8601(*ms));
    return json;
  }
  json = IntegerText(*ms);
  // The digits, since a thousand times a big number is none.
  if (filter == Filter::kMicroseconds && *ms != 0) json += "000";
  return json;
}

String TextAs(Filter filter, JsonView value) {
  const String text = AnyText(value);
  switch (filter) {
    case Filter::kLowercase:
      return AsciiLowercase(text);
    case Filter::kTrim:
      return Trim(text);
    case Filter::kBase64:
      return Base64(text);
    case Filter::kBase64Url:
      return Base64Url(text);
    case Filter::kSha256:
      return Sha256Hex(text);
    default:
      return text;
  }
}

// JSON of the value as the filter makes it; empty: it makes nothing of it.
String ApplyFilter(Filter filter, JsonView value) {
  if (filter <= Filter::kMicroseconds) return TimeAs(filter, value);
  if (filter == Filter::kNumber) return NumberOf(value);
  String json;
  AppendJsonString(&json, TextAs(filter, value));
  return json;
}

// An expression, read in one walk over its text.
struct Expression {
  explicit Expression(JsonView json) {
    std::string_view of[8];
    FindMembers(json, "$,of,as,without,each,in,then,else", of);
    from = JsonView(of[0]);
    parts = JsonView(of[1]);
    filters = JsonView(of[2]);
    without = JsonView(of[3]);
    each = JsonView(of[4]);
    table = JsonView(of[5]);
    present = JsonView(of[6]);
    otherwise = JsonView(of[7]);
  }

  JsonView from;  // missing: it is none
  JsonView parts;
  JsonView filters;
  JsonView without;
  JsonView each;
  JsonView table;
  JsonView present;
  JsonView otherwise;
};

class TemplateWriter {
 public:
  TemplateWriter(const TemplateSource& source, String* out, size_t* events_at)
      : source_(source), out_(out), events_at_(events_at) {}

  // With these in place of the source's, for pointers that begin with a dot.
  void SetItem(JsonView item) { item_ = item; }
  void SetUrl(bool url) { url_ = url; }

  bool Write(JsonView json) {
    if (json.is(JsonType::kArray)) return WriteArray(json);
    if (!json.is(JsonType::kObject)) return Append(json.text());
    const Expression expression(json);
    return expression.from ? WriteExpression(expression) : WriteObject(json);
  }

  // As text.
  bool WriteText(JsonView json) {
    if (json.is(JsonType::kString)) return Append(json.AsString());
    if (json["$"].IsName("join") && !json["as"]) return WriteJoined(json["of"]);
    String value;
    if (!Render(json, &value)) return false;
    const String text = AnyText(JsonView(value));
    if (!url_) return Append(text);
    AppendUrlEncoded(out_, text);
    return true;
  }

 private:
  bool Append(std::string_view text) {
    *out_ += text;
    return true;
  }

  // The template by itself. What ends a number stands behind it.
  bool Render(JsonView json, String* value) const {
    TemplateWriter writer(source_, value, nullptr);
    writer.SetItem(item_);
    const bool written = writer.Write(json);
    value->push_back('\n');
    return written;
  }

  bool WriteArray(JsonView json) {
    const size_t begin = out_->size();
    bool any = false;
    bool empty = true;
    *out_ += "[";
    for (JsonItems item(json); item.Next(); empty = false) any |= WriteItem(item.value(), any);
    *out_ += "]";
    return any || empty || TakeBack(begin);
  }

  // An element, with what stands between it and the one before.
  bool WriteItem(JsonView json, bool follows) {
    const size_t begin = out_->size();
    if (follows) *out_ += ",";
    return Write(json) || TakeBack(begin);
  }

  bool WriteObject(JsonView json) {
    const size_t begin = out_->size();
    bool any = false;
    bool empty = true;
    *out_ += "{";
    for (JsonItems item(json); item.Next(); empty = false) {
      const bool all = Is(item.key(), "...");
      any |= all ? WriteMembers(item.value(), any) : WriteMember(item, any);
    }
    *out_ += "}";
    return any || empty || TakeBack(begin);
  }

  bool WriteMember(const JsonItems& item, bool follows) {
    const size_t begin = out_->size();
    WriteKey(Is(item.key(), "$$") ? std::string_view("$") : item.key(), follows);
    return Write(item.value()) || TakeBack(begin);
  }

  // All members of what the template makes.
  bool WriteMembers(JsonView json, bool follows) {
    String object;
    if (!Render(json, &object)) return false;
    bool any = false;
    for (JsonItems item((JsonView(object))); item.Next(); any = true) {
      WriteKey(item.key(), follows || any);
      *out_ += item.text();
    }
    return any;
  }

  void WriteKey(std::string_view key, bool follows) {
    if (follows) *out_ += ",";
    out_->push_back('"');
    out_->append(key).append("\":");
  }

  bool TakeBack(size_t size) {
    out_->resize(size);
    return false;
  }

  bool WriteExpression(const Expression& expression) {
    if (expression.from.IsName("events")) {
      if (events_at_) *events_at_ = out_->size();
      return true;
    }
    if (!expression.filters) return WriteValue(expression);
    String value;
    TemplateWriter writer(source_, &value, nullptr);
    writer.SetItem(item_);
    return writer.WriteValue(expression) && ApplyFilters(expression.filters, &value) &&
           Append(value);
  }

  static bool ApplyFilters(JsonView names, String* json) {
    if (names.is(JsonType::kString)) return ApplyNamed(names, json);
    for (JsonItems name(names); name.Next();) {
      if (!ApplyNamed(name.value(), json)) return false;
    }
    return true;
  }

  static bool ApplyNamed(JsonView name, String* json) {
    json->push_back('\n');
    const int filter = FindName(kFilterNames, name.AsName());
    *json = ApplyFilter(static_cast<Filter>(filter), JsonView(*json));
    return !json->empty();
  }

  bool WriteValue(const Expression& expression) {
    if (expression.from.IsName("merge")) return WriteMerged(expression.parts);
    if (expression.from.IsName("join")) return WriteJoinedText(expression.parts);
    String made;
    const JsonView value = Find(expression.from, &made);
    if (value && WriteFound(expression, value)) return true;
    return expression.otherwise && Write(expression.otherwise);
  }

  // What the expression makes of the value that it leads to.
  bool WriteFound(const Expression& expression, JsonView value) {
    if (expression.present) return Write(expression.present);
    if (expression.each) return WriteEach(expression.each, value);
    if (expression.without) return WriteWithout(expression.without, value);
    if (!expression.table) return Append(value.text());
    const JsonView chosen = expression.table[AnyText(value)];
    return chosen && Write(chosen);
  }

  bool WriteEach(JsonView json, JsonView array) {
    if (!array.is(JsonType::kArray)) return false;
    const JsonView before = item_;
    bool any = false;
    *out_ += "[";
    for (JsonItems item(array); item.Next();) {
      item_ = item.value();
      any |= WriteItem(json, any);
    }
    item_ = before;
    return Append("]");
  }

  bool WriteWithout(JsonView names, JsonView object) {
    if (!object.is(JsonType::kObject)) return Append(object.text());
    bool any = false;
    *out_ += "{";
    for (JsonItems item(object); item.Next();) {
      if (Names(names, item.key())) continue;
      WriteKey(item.key(), any);
      *out_ += item.text();
      any = true;
    }
    return Append("}");
  }

  static bool Names(JsonView names, std::string_view key) {
    if (names.is(JsonType::kString)) return names.AsName() == key;
    for (JsonItems name(names); name.Next();) {
      if (name.value().AsName() == key) return true;
    }
    return false;
  }

  bool WriteMerged(JsonView parts) {
    String merged = "{}";
    for (JsonItems part(parts); part.Next();) {
      String object;
      if (!Render(part.value(), &object)) continue;
      if (!JsonView(object).is(JsonType::kObject)) continue;
      merged = MergeObjects(JsonView(merged), JsonView(object));
    }
    return Append(merged);
  }

  bool WriteJoinedText(JsonView parts) {
    String text;
    TemplateWriter writer(source_, &text, nullptr);
    writer.SetItem(item_);
    if (!writer.WriteJoined(parts)) return false;
    AppendJsonString(out_, text);
    return true;
  }

  // Nothing when one of the parts is missing.
  bool WriteJoined(JsonView parts) {
    const size_t begin = out_->size();
    for (JsonItems part(parts); part.Next();) {
      if (!WriteText(part.value())) return TakeBack(begin);
    }
    return true;
  }

  // The first of the pointers that leads to something.
  JsonView Find(JsonView pointers, String* made) const {
    if (pointers.is(JsonType::kString)) return FindOne(pointers.AsName(), made);
    for (JsonItems pointer(pointers); pointer.Next();) {
      if (const JsonView value = FindOne(pointer.value().AsName(), made)) return value;
    }
    return JsonView();
  }

  JsonView FindOne(std::string_view pointer, String* made) const {
    const bool of_item = pointer.starts_with('.');
    const JsonView value =
        of_item ? AtPointer(item_, pointer.substr(1)) : source_.Find(pointer, made);
    return value.is(JsonType::kNull) ? JsonView() : value;
  }

  const TemplateSource& source_;
  String* out_;
  size_t* events_at_;
  JsonView item_;
  bool url_ = false;
};

}  // namespace

JsonView AtPointer(JsonView value, std::string_view pointer) {
  while (!pointer.empty() && value) {
    pointer.remove_prefix(1);
    const std::string_view step = pointer.substr(0, IndexOf(pointer, '/'));
    pointer.remove_prefix(step.size());
    value = value.is(JsonType::kArray) ? ElementAt(value, step) : value[UnescapeStep(step)];
  }
  return value;
}

bool WriteTemplate(JsonView json, const TemplateSource& source, String* out, size_t* events_at) {
  return TemplateWriter(source, out, events_at).Write(json);
}

bool WriteTemplateText(JsonView json, const TemplateSource& source, bool url, String* out) {
  TemplateWriter writer(source, out, nullptr);
  writer.SetUrl(url);
  return writer.WriteText(json);
}

}  // namespace waymark
