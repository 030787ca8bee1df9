// What encoders share: taking an event apart by a table of our places and the target's names.
//
// A map is a text of entries "places>name", separated by spaces: "page/url>$current_url
// total|revenue>value#". Of several places the first counts that holds something. A sign behind the
// name says what the target takes: '"' text only, so a number is written as text; '#' a number
// only, so text such as "19.99" is written as a number; nothing: any text, number or boolean as it
// is. Texts instead of tables of pointers, because they compress (docs/adr/0003).
#ifndef WAYMARK_COLLECTOR_MAPPING_H_
#define WAYMARK_COLLECTOR_MAPPING_H_

#include <cstddef>
#include <string_view>

#include "base/json_writer.h"
#include "collector/collector.h"

namespace waymark {

// The context's campaign by the names of the URL's parameters.
inline constexpr const char* kCampaignMap =
    "campaign/source>utm_source campaign/medium>utm_medium campaign/name>utm_campaign "
    "campaign/term>utm_term campaign/content>utm_content";

// The answers of a target that cannot remove doubles: what a gateway says in its place leaves open
// whether an event was counted.
inline constexpr const char* kCountingAnswers = "2+ 413/ 502? 504? 408? 429~ 5~";

// Walks the entries of a map for which `object` holds something that fits.
//
//   for (MappedItems item(properties, map); item.Next();) Use(item.name(), item.text());
class MappedItems {
 public:
  MappedItems(JsonView object, const char* map) : object_(object), next_(map) {}

  bool Next();
  std::string_view name() const { return name_; }
  JsonView value() const { return value_; }
  // The value as text, without escapes.
  String text() const;
  // The value as JSON, by the entry's sign. Text is cut to so many characters.
  String Json(size_t characters_max) const;

 private:
  bool Fits() const;

  JsonView object_;
  const char* next_;
  char sign_ = '\0';
  std::string_view name_;
  JsonView value_;
};

// The value at the first of the places "a/b|c" that holds something.
JsonView ValueAt(JsonView object, std::string_view places);

// Writes all that the map finds as members.
void WriteMapped(JsonWriter* writer, JsonView object, const char* map,
                 size_t characters_max = SIZE_MAX);

// The target's name for ours: the map's entries are "ours>theirs". Empty when it has none.
std::string_view MappedName(const char* map, std::string_view name);

// The name of a touchpoint in Segment's e-commerce specification, "Order Completed"; other names as
// they are.
String SpecificationName(const OutgoingEvent& event);

// The text of a string or a number.
String TextOf(JsonView value);
// A number, also one that stands in a text, "19.99", as JSON; empty when the value is none.
String NumberOf(JsonView value);
// The first so many characters.
std::string_view Shorten(std::string_view text, size_t characters_max);
// Brackets inside brackets: 1 for an object of scalars, 0 for a scalar.
int DepthOf(JsonView value);

// The purposes that were allowed, or not, as an array.
void WritePurposes(JsonWriter* writer, const char* key, JsonView consent, bool allowed);

// Whose event it is, which of theirs, and what was lost before it, as the member `delivery`; no
// more than the message id does not say itself (docs/record.md).
void WriteDelivery(JsonWriter* writer, const OutgoingEvent& event);

// The user's id as text; empty when there is none, or one that only says so ("null", "anonymous"):
// targets that take such a word for a person would join all of them.
String UserIdOf(const OutgoingEvent& event);

// The page's address. One is made of a screen, and where only a path may be told:
// "https://<host>/Basket".
String AddressOf(const OutgoingEvent& event, std::string_view host);

// "1920x1080" of {width, height}; empty when these are no whole numbers.
String SizeText(JsonView size);

// "shop.example:8080" of https://shop.example:8080/path.
std::string_view HostOf(std::string_view url);

// Percent-encoded, all but letters, digits and -._~
void AppendUrlEncoded(String* out, std::string_view text);
// "&key=value"; nothing when there is no value.
void AppendQuery(String* out, std::string_view key, std::string_view value);

}  // namespace waymark

#endif  // WAYMARK_COLLECTOR_MAPPING_H_
