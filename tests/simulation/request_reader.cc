#include "simulation/request_reader.h"

#include "fakes/fake_host.h"
#include "simulation/token.h"

namespace waymark_simulation {
namespace {

constexpr size_t kCounterDigits = 8;
constexpr size_t kPrefixDigits = 8;
constexpr size_t kWriterDigits = 19;  // 11 of the time, then the prefix

// The sequence stands in the message id where both count alike: its last digits, from 0.
int64_t SequenceInId(const std::string& message_id) {
  const std::string digits = message_id.substr(message_id.size() - kCounterDigits);
  return static_cast<int64_t>(std::stoull(digits, nullptr, 16)) + 1;
}

void ReadId(SentEvent* event) {
  event->writer = event->message_id.substr(0, kPrefixDigits);
  event->sequence = SequenceInId(event->message_id);
}

// What is written out holds instead of what the message id says.
void ReadDelivery(const Json& delivery, SentEvent* event) {
  const SentEvent by_id = *event;
  event->written_writer = delivery.value("writer", "");
  if (!event->written_writer.empty()) event->writer = WriterDigits(event->written_writer);
  event->sequence = delivery.value("sequence", event->sequence);
  event->lost = delivery.value("lost", LostCounts());
  const bool counts = delivery.contains("writer") || delivery.contains("sequence");
  event->told_twice = counts && event->lost.empty() && event->writer == by_id.writer &&
                      event->sequence == by_id.sequence;
}

// Of a de-identified event its name is all that is left.
void LookForLeaks(const Json& json, SentEvent* event) {
  event->leaks = event->leaks || !event->user_id.empty() || !event->session.empty() ||
                 FindToken(json.dump()) != kNoToken;
}

SentEvent ReadSegmentEvent(const Json& json) {
  SentEvent event;
  const Json& context = json.at("context");
  event.message_id = json.at("messageId");
  event.anonymous_id = json.value("anonymousId", "");
  event.user_id = json.value("userId", "");
  event.identified = event.anonymous_id != event.message_id;
  const auto session = context.find("session");
  if (session != context.end()) event.session = session->at("id");
  const auto delivery = context.find("delivery");
  if (event.identified) {
    event.token = FindToken(context.at("page").at("title").get_ref<const std::string&>());
    ReadId(&event);
  } else {
    event.token = TokenOfName(json.value("event", ""));
    event.leaks = delivery != context.end();
    LookForLeaks(json, &event);
  }
  if (delivery != context.end()) ReadDelivery(*delivery, &event);
  event.strays = context.contains("viewport") || context.contains("document");
  return event;
}

// The entity {writer, sequence, lost} among an event's contexts, which are JSON in a text.
void ReadDeliveryEntity(const std::string& contexts, SentEvent* event) {
  if (contexts.find("\"sequence\":") == contexts.npos) return;
  for (const Json& entity : Json::parse(contexts).at("data")) {
    if (entity.at("data").contains("writer")) ReadDelivery(entity["data"], event);
  }
}

SentEvent ReadSnowplowEvent(const Json& json) {
  SentEvent event;
  event.message_id = json.at("eid");
  event.anonymous_id = json.value("duid", "");
  event.user_id = json.value("uid", "");
  event.session = json.value("sid", "");
  event.identified = !event.anonymous_id.empty();
  const auto contexts = json.find("co");
  if (contexts != json.end()) {
    ReadDeliveryEntity(contexts->get_ref<const std::string&>(), &event);
  }
  if (event.identified) {
    event.token = FindToken(json.at("page").get_ref<const std::string&>());
  } else {
    event.token = TokenOfName(json.value("se_ac", ""));
    event.leaks = event.sequence != 0;
    LookForLeaks(json, &event);
  }
  return event;
}

}  // namespace

std::string WriterDigits(const std::string& name) {
  const bool is_name = name.size() == kWriterDigits &&
                       name.find_first_not_of("0123456789abcdef") == std::string::npos;
  return is_name ? name.substr(kWriterDigits - kPrefixDigits) : "";
}

RequestContents ReadRequest(const std::string& protocol, const std::string& body) {
  const std::string text = waymark_test::Inflate(body);
  const Json json = Json::parse(text);
  RequestContents contents;
  contents.text_bytes = text.size();
  const bool segment = protocol == "segment";
  for (const Json& event : json.at(segment ? "batch" : "data")) {
    const std::string name = event.value("event", "");
    if (name == "consent_decided" || name == "deletion_requested") {
      contents.records.push_back({name, event.value("anonymousId", "")});
      continue;
    }
    contents.events.push_back(segment ? ReadSegmentEvent(event) : ReadSnowplowEvent(event));
  }
  return contents;
}

}  // namespace waymark_simulation
