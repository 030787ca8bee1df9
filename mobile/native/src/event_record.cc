#include "event_record.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/json_check.h"
#include "base/json_writer.h"
#include "base/limits.h"
#include "base/name_table.h"
#include "base/utf8.h"

namespace waymark::native {
namespace {

constexpr size_t kHeaderBytes = 20;
constexpr int kTexts = 6;
constexpr size_t kPrioritiesCount = 3;
constexpr const char* kPriorities = "critical,normal,bulk";

// The reserved names are those of sdk/docs/input.md. alias and group tell them apart by their type.
constexpr const char* kMembers[kTexts] = {"name",       "user_id", "previous_id",
                                          "properties", "context", "needs"};

static_assert(WAYMARK_PROPERTIES_BYTES_MAX == kEventTextBytesMax);
static_assert(WAYMARK_CONTEXT_BYTES_MAX == kContextBytesMax);
static_assert(WAYMARK_NAME_BYTES_MAX == kEventNameBytesMax);
static_assert(WAYMARK_ID_BYTES_MAX == kUserIdBytesMax);

std::string_view TextOf(const char* text, size_t size) {
  if (!text) return {};
  return {text, size == 0 ? std::strlen(text) : size};
}

template <typename T>
char* Put(char* to, size_t value) {
  const auto narrow = static_cast<T>(value);
  std::memcpy(to, &narrow, sizeof narrow);
  return to + sizeof narrow;
}

template <typename T>
size_t Take(const char** from) {
  T value;
  std::memcpy(&value, *from, sizeof value);
  *from += sizeof value;
  return value;
}

char* PutText(char* to, std::string_view text) {
  if (!text.empty()) std::memcpy(to, text.data(), text.size());
  return to + text.size();
}

Input Refuse(const char* code, std::string_view pointer, std::string_view found,
             std::string_view allowed) {
  Input input;
  input.type = InputType::kRefused;
  input.refusal = NotOk(code, pointer, found, allowed);
  return input;
}

bool IsUtf8(std::string_view text) {
  while (!text.empty()) {
    const size_t size = Utf8SequenceSize(text);
    if (size == 0) return false;
    text.remove_prefix(size);
  }
  return true;
}

// One text that is JSON by itself: the pointer says where it is not.
Status CheckPart(const char* member, std::string_view text, bool* lone_surrogate) {
  const JsonCheck check = CheckJson(text);
  *lone_surrogate |= check.lone_surrogate;
  if (check.fault == JsonCheck::Fault::kNone) return OkStatus();
  String pointer = "/";
  pointer.append(member).append(PointerAt(text, check.offset));
  if (check.fault == JsonCheck::Fault::kNotUtf8) {
    return NotOk("not_utf8", pointer, "bytes that are not UTF-8", "UTF-8");
  }
  if (check.fault == JsonCheck::Fault::kTooDeep) {
    return NotOk("too_deep", pointer, Numbered("", kJsonDepthMax + 1, " levels"),
                 Numbered("at most ", kJsonDepthMax, " levels"));
  }
  return NotOk("invalid_json", pointer,
               Numbered("no JSON at byte ", static_cast<int64_t>(check.offset)), "JSON");
}

const char* MemberName(waymark_event_type type, int index) {
  if (index == 2 && type == WAYMARK_GROUP) return "group_id";
  const bool traits = type == WAYMARK_IDENTIFY || type == WAYMARK_GROUP;
  return index == 3 && traits ? "traits" : kMembers[index];
}

}  // namespace

waymark_status ReadEvent(const waymark_event& event, EventTexts* texts) {
  if (event.struct_size < sizeof(waymark_event)) return WAYMARK_INVALID_ARGUMENT;
  if (event.type < WAYMARK_TRACK || event.type > WAYMARK_GROUP) return WAYMARK_INVALID_ARGUMENT;
  texts->type = event.type;
  texts->name = TextOf(event.name, event.name_size);
  texts->user_id = TextOf(event.user_id, event.user_id_size);
  texts->other_id = TextOf(event.other_id, event.other_id_size);
  texts->properties = TextOf(event.properties, event.properties_size);
  texts->context = TextOf(event.context, event.context_size);
  texts->needs = TextOf(event.needs, 0);
  if (event.priority) texts->priority = 1 + FindName(kPriorities, event.priority);
  if (event.priority && texts->priority == 0) return WAYMARK_INVALID_ARGUMENT;
  const bool fits = texts->name.size() <= WAYMARK_NAME_BYTES_MAX &&
                    texts->user_id.size() <= WAYMARK_ID_BYTES_MAX &&
                    texts->other_id.size() <= WAYMARK_ID_BYTES_MAX &&
                    texts->properties.size() <= WAYMARK_PROPERTIES_BYTES_MAX &&
                    texts->context.size() <= WAYMARK_CONTEXT_BYTES_MAX &&
                    texts->needs.size() <= WAYMARK_CONTEXT_BYTES_MAX;
  return fits ? WAYMARK_OK : WAYMARK_TOO_BIG;
}

size_t RecordBytes(const EventTexts& texts) {
  return kHeaderBytes + texts.name.size() + texts.user_id.size() + texts.other_id.size() +
         texts.properties.size() + texts.context.size() + texts.needs.size();
}

size_t WriteRecord(const EventTexts& texts, char* to) {
  const char* begin = to;
  to = Put<uint8_t>(to, texts.type);
  to = Put<uint8_t>(to, static_cast<size_t>(texts.priority));
  for (const std::string_view text : {texts.name, texts.user_id, texts.other_id}) {
    to = Put<uint16_t>(to, text.size());
  }
  for (const std::string_view text : {texts.properties, texts.context, texts.needs}) {
    to = Put<uint32_t>(to, text.size());
  }
  for (const std::string_view text :
       {texts.name, texts.user_id, texts.other_id, texts.properties, texts.context, texts.needs}) {
    to = PutText(to, text);
  }
  return static_cast<size_t>(to - begin);
}

Input InputFrom(std::string_view record, String* text) {
  if (record.size() < kHeaderBytes)
    return Refuse("invalid_json", "", "a cut record", "a whole one");
  const char* at = record.data();
  const size_t type = Take<uint8_t>(&at);
  const size_t priority = Take<uint8_t>(&at);
  size_t sizes[kTexts];
  size_t all = kHeaderBytes;
  for (int i = 0; i < kTexts; ++i) {
    sizes[i] = i < 3 ? Take<uint16_t>(&at) : Take<uint32_t>(&at);
    all += sizes[i];
  }
  const bool whole = all == record.size() && type <= WAYMARK_GROUP && priority <= kPrioritiesCount;
  if (!whole) return Refuse("invalid_json", "", "a cut record", "a whole one");
  bool lone_surrogate = false;
  text->clear();
  JsonWriter writer(text);
  writer.Begin('{');
  for (int i = 0; i < kTexts; ++i) {
    const std::string_view part(at, sizes[i]);
    at += sizes[i];
    if (part.empty()) continue;
    const char* member = MemberName(static_cast<waymark_event_type>(type), i);
    writer.Key(member);
    if (i < 3) {
      String pointer = "/";
      pointer += member;
      if (!IsUtf8(part)) return Refuse("not_utf8", pointer, "bytes that are not UTF-8", "UTF-8");
      writer.Text(part);
      continue;
    }
    if (Status status = CheckPart(member, part, &lone_surrogate); !status.ok()) {
      Input input;
      input.type = InputType::kRefused;
      input.refusal = std::move(status);
      return input;
    }
    writer.Raw(part);
  }
  if (priority != 0) writer.Field("priority", NameAt(kPriorities, static_cast<int>(priority) - 1));
  writer.End('}');
  if (lone_surrogate) RepairSurrogates(text);
  Input input;
  input.type = static_cast<InputType>(type);
  input.fields = JsonView(*text);
  return input;
}

}  // namespace waymark::native
