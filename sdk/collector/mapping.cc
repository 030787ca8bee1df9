#include "collector/mapping.h"

#include <algorithm>

#include "base/json_check.h"
#include "base/name_table.h"
#include "base/utf8.h"
#include "base/uuid.h"
#include "event/vocabulary.h"

namespace waymark {
namespace {

constexpr size_t kPrefixDigits = 8;  // of a message id, at the end of its writer's name
constexpr int kNumberDecimals = 6;   // how far a text is looked at before it counts as a number

// Whether the message id says whose event it is.
bool EndsAsIdBegins(const OutgoingEvent& event) {
  const std::string_view id(event.message_id);
  const std::string_view writer = event.writer;
  return writer.size() > kPrefixDigits &&
         writer.substr(writer.size() - kPrefixDigits) == id.substr(0, kPrefixDigits);
}

bool IsScalar(JsonView value) {
  return value.is(JsonType::kString) || value.is(JsonType::kNumber) || value.is(JsonType::kBool);
}

// Whether the text is a number as JSON writes it: not "007", not ".5".
bool IsNumber(std::string_view text) {
  return FixedOr(text, kNumberDecimals, INT64_MIN) != INT64_MIN &&
         CheckJson(text).fault == JsonCheck::Fault::kNone;
}

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

// The part of the text before `end`; takes it away, and the end.
std::string_view TakePart(std::string_view* text, char end) {
  const size_t size = IndexOf(*text, end);
  const std::string_view part = text->substr(0, size);
  text->remove_prefix(std::min(size + 1, text->size()));
  return part;
}

}  // namespace

JsonView ValueAt(JsonView object, std::string_view places) {
  while (!places.empty()) {
    std::string_view place = TakePart(&places, '|');
    JsonView value = object;
    while (!place.empty()) value = value[TakePart(&place, '/')];
    if (value && !value.is(JsonType::kNull)) return value;
  }
  return JsonView();
}

bool MappedItems::Fits() const {
  if (sign_ != '#') return IsScalar(value_);
  return value_.is(JsonType::kNumber) || IsNumber(value_.AsName());
}

bool MappedItems::Next() {
  while (*next_ != '\0') {
    std::string_view entry = next_;
    entry = entry.substr(0, IndexOf(entry, ' '));
    next_ += entry.size();
    if (*next_ == ' ') ++next_;
    const std::string_view places = TakePart(&entry, '>');
    sign_ = entry.empty() ? '\0' : entry.back();
    if (sign_ == '#' || sign_ == '"') entry.remove_suffix(1);
    name_ = entry;
    value_ = ValueAt(object_, places);
    if (Fits()) return true;
  }
  return false;
}

String MappedItems::text() const {
  return value_.is(JsonType::kString) ? value_.AsString() : String(value_.text());
}

String MappedItems::Json(size_t characters_max) const {
  const bool text = value_.is(JsonType::kString);
  if (sign_ == '#') return String(text ? value_.AsName() : value_.text());
  if (!text && sign_ != '"') return String(value_.text());
  String json;
  AppendJsonString(&json, Shorten(this->text(), characters_max));
  return json;
}

void WriteMapped(JsonWriter* writer, JsonView object, const char* map, size_t characters_max) {
  for (MappedItems item(object, map); item.Next();) {
    writer->Key(item.name()).Raw(item.Json(characters_max));
  }
}

std::string_view MappedName(const char* map, std::string_view name) {
  std::string_view entries = map;
  while (!entries.empty()) {
    std::string_view entry = TakePart(&entries, ' ');
    if (TakePart(&entry, '>') == name) return entry;
  }
  return std::string_view();
}

// product_added_to_wishlist is Product Added to Wishlist.
String SpecificationName(const OutgoingEvent& event) {
  if (event.type != EventType::kTrack || FindTouchpoint(event.name) < 0) return event.name;
  String name;
  bool capital = true;
  for (const char c : std::string_view(event.name)) {
    name.push_back(c == '_' ? ' ' : capital ? static_cast<char>(c & ~0x20) : c);
    capital = c == '_';
  }
  const std::string_view ours = event.name;
  const size_t to = ours.size() - (sizeof("to_wishlist") - 1);
  if (Is(ours.substr(std::min(to, ours.size())), "to_wishlist")) name[to] = 't';
  return name;
}

String NumberOf(JsonView value) {
  if (value.is(JsonType::kNumber)) return value.text();
  return IsNumber(value.AsName()) ? value.AsName() : std::string_view();
}

String TextOf(JsonView value) {
  return value.is(JsonType::kNumber) ? String(value.text()) : value.AsString();
}

std::string_view Shorten(std::string_view text, size_t characters_max) {
  if (text.size() <= characters_max) return text;
  size_t characters = 0;
  size_t size = 0;
  while (size < text.size()) {
    const bool starts = (static_cast<uint8_t>(text[size]) & 0xc0) != 0x80;
    if (starts && characters++ == characters_max) break;
    ++size;
  }
  return text.substr(0, size);
}

int DepthOf(JsonView value) {
  int deepest = 0;
  for (JsonItems item(value); item.Next();) deepest = std::max(deepest, DepthOf(item.value()));
  const bool nests = value.is(JsonType::kObject) || value.is(JsonType::kArray);
  return deepest + (nests ? 1 : 0);
}

void WritePurposes(JsonWriter* writer, const char* key, JsonView consent, bool allowed) {
  if (!consent) return;
  writer->Key(key).Begin('[');
  for (JsonItems item(consent); item.Next();) {
    if (item.value().AsBool() == allowed) writer->Text(item.key());
  }
  writer->End(']');
}

void WriteDelivery(JsonWriter* writer, const OutgoingEvent& event) {
  if (event.deidentified) return;
  const bool told_by_id = EndsAsIdBegins(event) && event.lost.empty() &&
                          event.sequence == CounterOf(event.message_id) + 1;
  if (told_by_id && event.anchor.empty()) return;
  writer->Key("delivery").Begin('{').Field("decisions", event.anchor);
  if (!told_by_id) {
    writer->Field("writer", event.writer);
    const bool usual = event.sequence == CounterOf(event.message_id) + 1;
    if (!usual) writer->Field("sequence", event.sequence);
    if (!event.lost.empty()) writer->FieldRaw("lost", event.lost);
  }
  writer->End('}');
}

String UserIdOf(const OutgoingEvent& event) {
  String id = event.user_id.AsString();
  return IsNobody(id) ? String() : id;
}

String AddressOf(const OutgoingEvent& event, std::string_view host) {
  String made = "https://";
  made += host;
  if (event.type == EventType::kScreen) {
    made.push_back('/');
    AppendUrlEncoded(&made, event.name);
    return made;
  }
  const JsonView page = event.context["page"];
  const String url = page["url"].AsString();
  return url.empty() ? made + page["path"].AsString() : url;
}

String SizeText(JsonView size) {
  String text;
  const JsonView width = size["width"];
  const JsonView height = size["height"];
  if (width.AsInteger() && height.AsInteger()) {
    text.append(width.text()).append("x").append(height.text());
  }
  return text;
}

std::string_view HostOf(std::string_view url) {
  const size_t scheme = IndexOf(url, ':');
  if (url.substr(std::min(scheme, url.size()), 3) != "://") return std::string_view();
  url.remove_prefix(scheme + 3);
  return url.substr(0, std::min({IndexOf(url, '/'), IndexOf(url, '?'), IndexOf(url, '#')}));
}

void AppendUrlEncoded(String* out, std::string_view text) {
  for (const char c : text) {
    const bool plain =
        (c >= '0' && c <= '9') || (Lower(c) >= 'a' && Lower(c) <= 'z') || IndexOf("-._~", c) < 4;
    if (plain) {
      out->push_back(c);
    } else {
      const auto byte = static_cast<uint8_t>(c);
      out->push_back('%');
      out->push_back("0123456789ABCDEF"[byte >> 4]);
      out->push_back("0123456789ABCDEF"[byte & 15]);
    }
  }
}

void AppendQuery(String* out, std::string_view key, std::string_view value) {
  if (value.empty()) return;
  out->push_back('&');
  *out += key;
  out->push_back('=');
  AppendUrlEncoded(out, value);
}

}  // namespace waymark
