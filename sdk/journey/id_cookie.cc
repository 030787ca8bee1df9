#include "journey/id_cookie.h"

#include "base/json_view.h"
#include "base/json_writer.h"
#include "base/utf8.h"
#include "event/event.h"

namespace waymark {
namespace {

constexpr char kBetween = '~';
constexpr const char* kForm = "1";
constexpr size_t kIdBytesMax = 64;

bool IsPlain(std::string_view id) {
  for (const char c : id) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (!letter && !(c >= '0' && c <= '9') && c != '-' && c != '_' && c != '.') return false;
  }
  return id.size() <= kIdBytesMax;
}

std::string_view TakePart(std::string_view* text) {
  const std::string_view part = text->substr(0, IndexOf(*text, kBetween));
  *text = text->substr(part.size() < text->size() ? part.size() + 1 : part.size());
  return part;
}

// A count, or a time in seconds; 0 for what is none.
int64_t TakeNumber(std::string_view* text) {
  constexpr int64_t kMax = 100'000'000'000;  // the year 5138
  const int64_t number = FixedOr(TakePart(text), 0, 0);
  return number < 0 || number > kMax ? 0 : number;
}

}  // namespace

String WriteIdCookie(const Identity& identity, const Session& session) {
  if (identity.anonymous_id.empty() || !IsPlain(identity.anonymous_id)) return String();
  String text(kForm);
  const auto add = [&](std::string_view part) {
    text.push_back(kBetween);
    text += part;
  };
  add(identity.anonymous_id);
  add(identity.user_id.empty() ? std::string_view(identity.user_mark)
                               : std::string_view(UserMark(identity.user_id)));
  add(IntegerText(identity.made_ms / 1'000));
  add(IsPlain(session.id) ? std::string_view(session.id) : std::string_view());
  add(IntegerText(session.index));
  add(IntegerText(session.event_index));
  add(IntegerText(session.started_ms / 1'000));
  add(IntegerText(session.last_ms / 1'000));
  return text;
}

IdCookie ReadIdCookie(std::string_view text) {
  IdCookie cookie;
  if (text.size() > kIdCookieBytesMax || TakePart(&text) != kForm) return cookie;
  const std::string_view id = TakePart(&text);
  if (!IsPlain(id) || IsNobody(id)) return cookie;
  cookie.identity.anonymous_id = id;
  const std::string_view mark = TakePart(&text);
  if (mark.size() == kUserMarkDigits && IsPlain(mark)) cookie.identity.user_mark = mark;
  cookie.identity.made_ms = TakeNumber(&text) * 1'000;
  const std::string_view session = TakePart(&text);
  if (session.empty() || !IsPlain(session)) return cookie;
  cookie.session.id = session;
  cookie.session.index = TakeNumber(&text);
  cookie.session.event_index = TakeNumber(&text);
  cookie.session.started_ms = TakeNumber(&text) * 1'000;
  cookie.session.last_ms = TakeNumber(&text) * 1'000;
  return cookie;
}

}  // namespace waymark
