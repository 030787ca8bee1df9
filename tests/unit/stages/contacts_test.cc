// Contact data becomes the hash that others make of it.
#include "privacy/contacts.h"

#include <gtest/gtest.h>

#include "codec/sha256.h"

namespace waymark {
namespace {

TEST(ContactsTest, OneMailAddressHasOneHashHoweverItIsWritten) {
  for (const char* text : {"ann@x.de", " Ann@X.de ", "ANN@x.DE\n", "\tann@x.de"}) {
    EXPECT_TRUE(NormalContact("/traits/email", text) == "ann@x.de") << text;
  }
}

TEST(ContactsTest, OnePhoneNumberHasOneHashHoweverItIsWritten) {
  for (const char* text :
       {"+49 30 1234-567", "0049301234567", "+49 (30) 1234 567", "+49/30/1234567"}) {
    EXPECT_TRUE(NormalContact("/traits/phone", text) == "+49301234567") << text;
  }
  // Without its country nobody knows which it is.
  EXPECT_TRUE(NormalContact("/traits/phone", "030 1234567") == "0301234567");
}

TEST(ContactsTest, TraitsAreHashedOnceAndNothingElseIs) {
  const char* traits =
      R"({"email":" Ann@X.de","phone":49301234567,"plan":"gold","x":{"email":"a"}})";
  const String hashed = WithHashedContacts(traits, kAllContacts);
  const JsonView json(hashed);
  EXPECT_TRUE(json["email"].AsString() == Sha256Hex("ann@x.de"));
  EXPECT_TRUE(json["phone"].AsString() == Sha256Hex("49301234567"));
  EXPECT_TRUE(json["plan"].AsString() == "gold");
  EXPECT_TRUE(json["x"]["email"].AsString() == "a");
  EXPECT_TRUE(WithHashedContacts(hashed, kAllContacts) == hashed);
  EXPECT_TRUE(WithHashedContacts(R"({"email":null})", kAllContacts) == R"({"email":null})");
}

}  // namespace
}  // namespace waymark
