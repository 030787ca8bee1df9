// Asks the engine about strings of the IAB's as a host does, through the C boundary, and reads the
// vectors of tests/vectors.
#ifndef WAYMARK_TESTS_UNIT_IAB_IAB_FIXTURE_H_
#define WAYMARK_TESTS_UNIT_IAB_IAB_FIXTURE_H_

#include <nlohmann/json.hpp>
#include <set>
#include <string>

namespace waymark_test {

using Json = nlohmann::json;

// The whole answer to a question.
Json Ask(const Json& question);
// The document of a string; `kind` as the question has it, empty for "what it looks like".
Json Decode(const std::string& text, const std::string& kind = "");
// The string of a document; fails the test when there are problems.
std::string Encode(const Json& document);
// The keys that an app keeps of a string: {key: value}. Fails the test when a type is not its
// value's.
Json KeysOf(const std::string& text);
// The codes of a document's violations, or of its error.
std::set<std::string> CodesOf(const Json& document);
// A document without its violations.
Json FieldsOf(Json document);

// tests/vectors/iab.json, read once.
const Json& Vectors();
Json GppLayouts();

// Bits as text: "000010…" to base64url, the last character filled with zeros.
std::string FromBits(const std::string& bits);
std::string ToBits(const std::string& text);
std::string Number(uint64_t value, int bits);

}  // namespace waymark_test

#endif  // WAYMARK_TESTS_UNIT_IAB_IAB_FIXTURE_H_
