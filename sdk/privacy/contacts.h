// Contact data in a user's traits: evidence of who somebody is, and personal data. It is kept and
// sent as a hash, unless a field rule of the config names it.
//
// The hashes are those that others make, so that they join: SHA-256 of the mail address without
// spaces around it and in small letters, and of the phone number as E.164 writes it.
#ifndef WAYMARK_PRIVACY_CONTACTS_H_
#define WAYMARK_PRIVACY_CONTACTS_H_

#include <cstdint>
#include <string_view>

#include "base/json_view.h"
#include "base/list.h"
#include "base/string.h"
#include "privacy/field_rules.h"

namespace waymark {

// In the order of kContactPaths: bits of a set.
using ContactSet = uint8_t;
inline constexpr ContactSet kAllContacts = 3;

// What is hashed, by the path of the trait; of another path the text itself. An E.164 number has a
// plus in front: one without is hashed as the digits that it has.
String NormalContact(std::string_view path, std::string_view text);

// The contact data that these rules name.
ContactSet ContactsNamed(const List<FieldRule>& rules);

// Rules that hash these.
void AddContactRules(ContactSet contacts, List<FieldRule>* rules);

// Traits, an object of JSON text, with these hashed.
String WithHashedContacts(std::string_view traits, ContactSet contacts);

}  // namespace waymark

#endif  // WAYMARK_PRIVACY_CONTACTS_H_
