#include "privacy/contacts.h"

#include "base/utf8.h"

namespace waymark {
namespace {

constexpr const char* kContactPaths[] = {"/traits/email", "/traits/phone"};
constexpr size_t kContacts = 2;

bool IsSpace(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

String NormalMail(std::string_view text) {
  while (!text.empty() && IsSpace(text[0])) text.remove_prefix(1);
  while (!text.empty() && IsSpace(text[text.size() - 1])) text.remove_suffix(1);
  return AsciiLowercase(text);
}

String NormalPhone(std::string_view text) {
  String digits;
  bool international = false;
  for (const char c : text) {
    international |= c == '+' && digits.empty();
    if (c >= '0' && c <= '9') digits.push_back(c);
  }
  std::string_view number = digits;
  if (!international && number.starts_with("00")) {
    number.remove_prefix(2);
    international = true;
  }
  return international && !number.empty() ? "+" + String(number) : String(number);
}

}  // namespace

String NormalContact(std::string_view path, std::string_view text) {
  if (path == kContactPaths[0]) return NormalMail(text);
  return path == kContactPaths[1] ? NormalPhone(text) : String(text);
}

ContactSet ContactsNamed(const List<FieldRule>& rules) {
  ContactSet named = 0;
  for (const FieldRule& rule : rules) {
    for (size_t i = 0; i < kContacts; ++i) {
      if (rule.path == kContactPaths[i]) named |= static_cast<ContactSet>(1u << i);
    }
  }
  return named;
}

void AddContactRules(ContactSet contacts, List<FieldRule>* rules) {
  for (size_t i = 0; i < kContacts; ++i) {
    if (!(contacts >> i & 1)) continue;
    FieldRule& rule = rules->emplace_back();
    rule.path = kContactPaths[i];
    rule.otherwise = FieldChange::kHash;
  }
}

String WithHashedContacts(std::string_view traits, ContactSet contacts) {
  List<FieldRule> rules;
  AddContactRules(contacts, &rules);
  String event = R"({"traits":)";
  event.append(traits).push_back('}');
  ApplyFieldRules(rules, 0, &event);
  return JsonView(event)["traits"].text();
}

}  // namespace waymark
