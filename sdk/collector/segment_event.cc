#include "collector/segment_event.h"

#include "base/json_merge.h"
#include "base/name_table.h"
#include "collector/mapping.h"

namespace waymark {
namespace {

void WriteProperties(JsonWriter* writer, const OutgoingEvent& event) {
  if (event.type >= EventType::kAlias) {
    writer->Field("groupId", event.properties["group_id"]);
    if (event.type == EventType::kGroup) return;
    // Both are demanded. Without a previous id it is this device's.
    const JsonView previous = event.properties["previous_id"];
    writer->Field("previousId", previous ? previous : event.anonymous_id);
    if (!event.user_id) writer->Field("userId", event.anonymous_id);
    return;
  }
  if (event.type == EventType::kPage) {
    // Destinations read the page's address from the properties.
    writer->FieldRaw("properties", MergeObjects(event.context["page"], event.properties));
    return;
  }
  writer->Field("properties", event.properties);
}

}  // namespace

SegmentEvents::SegmentEvents(const SenderFacts& sender, SegmentDialect dialect)
    : dialect_(dialect) {
  JsonWriter writer(&sender_);
  writer.Field("library", sender.sdk).Key("app").Begin('{');
  writer.Field("name", sender.app["id"]).Field("version", sender.app["version"]).End('}');
  if (!IsRudderStack()) {
    writer.Field("channel", sender.app["channel"]);
    return;
  }
  const std::string_view channel = sender.app["channel"].AsName();
  channel_ = MappedName("app>mobile server>server", channel);
  if (channel_.empty()) channel_ = "web";
}

bool SegmentEvents::IsRudderStack() const {
  return kProtocolNeeds.dialects && dialect_ == SegmentDialect::kRudderStack;
}

void SegmentEvents::Append(const OutgoingEvent& event, String* body) const {
  const bool rudder = IsRudderStack();
  JsonWriter writer(body);
  writer.Begin('{').Field("type", EventTypeName(event.type));
  if (event.type < EventType::kAlias) {
    writer.Field(event.type == EventType::kTrack ? "event" : "name", SpecificationName(event));
  }
  if (rudder) writer.Field("channel", channel_);
  // What differs from event to event stands together: then the rest compresses as one piece.
  writer.Field("messageId", event.message_id);
  writer.Field(rudder ? "originalTimestamp" : "timestamp", FormatIso8601(event.time_ms));
  // An id is demanded. An event that is nobody's gets its own message id, which joins it to
  // nothing.
  const bool nobody = !event.anonymous_id && !event.user_id;
  if (nobody) writer.Field("anonymousId", event.message_id);
  writer.Field("anonymousId", event.anonymous_id).Field("userId", event.user_id);
  if (!rudder || event.type == EventType::kGroup) writer.Field("traits", event.traits);
  WriteProperties(&writer, event);
  WriteContext(&writer, event);
  writer.End('}');
}

void SegmentEvents::WriteContext(JsonWriter* writer, const OutgoingEvent& event) const {
  writer->Key("context").Begin('{');
  for (JsonItems item(event.context); item.Next();) {
    // No member of the specification, and a tenth of what leaves uncompressed with a page.
    const bool ours = Is(item.key(), "viewport") || Is(item.key(), "document");
    if (!ours) writer->Key(item.key()).Raw(item.text());
  }
  writer->Raw(sender_);
  writer->Field("groupId", event.group_id);
  WriteDelivery(writer, event);
  if (IsRudderStack()) {
    WriteRudderStack(writer, event);
  } else {
    // Its events are counted by their message ids: another count would cost 2 bytes an event.
    if (event.session) {
      writer->Key("session").Begin('{').Field("id", event.session["id"]);
      writer->Field("index", event.session["index"]).End('}');
    }
    if (event.consent) {
      writer->Key("consent").Begin('{').Field("categoryPreferences", event.consent).End('}');
    }
  }
  writer->End('}');
}

void SegmentEvents::WriteRudderStack(JsonWriter* writer, const OutgoingEvent& event) {
  if (event.type == EventType::kIdentify) writer->Field("traits", event.traits);
  // A session is its start, in milliseconds.
  writer->Field("sessionId", event.session["started_ms"]);
  if (event.session["event_index"].IntegerOr(0) == 1) writer->FieldBool("sessionStart", true);
  if (!event.consent) return;
  writer->Key("consentManagement").Begin('{');
  WritePurposes(writer, "allowedConsentIds", event.consent, true);
  WritePurposes(writer, "deniedConsentIds", event.consent, false);
  writer->Field("provider", "custom").Field("resolutionStrategy", "and").End('}');
}

}  // namespace waymark
