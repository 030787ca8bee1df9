#include "event/context.h"

#include <algorithm>

#include "base/json_writer.h"

namespace waymark {

void Context::Merge(const JsonView& changes) {
  for (JsonItems change(changes); change.Next();) {
    const auto at = std::find_if(members_.begin(), members_.end(), [&](const Member& member) {
      return member.name == change.key();
    });
    const bool remove = change.value().is(JsonType::kNull);
    if (at != members_.end() && remove) {
      members_.erase(at);
    } else if (at != members_.end()) {
      at->json = change.value().text();
    } else if (!remove) {
      members_.push_back({change.key(), std::string(change.value().text())});
    }
  }
  text_ = nullptr;
}

std::shared_ptr<const std::string> Context::Text() const {
  if (text_) return text_;
  std::string text;
  JsonWriter writer(&text);
  writer.Begin('{');
  for (const Member& member : members_) writer.FieldRaw(member.name, member.json);
  writer.End('}');
  text_ = std::make_shared<const std::string>(std::move(text));
  return text_;
}

std::string MergeObjects(const JsonView& base, const JsonView& overrides) {
  std::string text;
  JsonWriter writer(&text);
  writer.Begin('{');
  for (JsonItems item(base); item.Next();) {
    if (!overrides[item.key()]) writer.FieldRaw(item.key(), item.value().text());
  }
  writer.Members(overrides).End('}');
  return text;
}

}  // namespace waymark
