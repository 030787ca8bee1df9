// Any text and any object: what the detectors leave is JSON, and what is found of a mail address at
// its place is gone.
#include "base/json_check.h"
#include "fuzz/fuzzer.h"
#include "privacy/detectors.h"

namespace {

constexpr const char* kConfigs[] = {
    R"({"redact":["email","phone","card","iban","token"]})",
    R"({"drop":["email","phone","card"],"hash":["iban","token"]})",
    R"({"drop":["token"],"patterns":[{"id":"x","pattern":"9{2} ?A?-?X{3,9}","check":"luhn"}]})",
};

void Scrub(const std::string& object) {
  for (const char* config : kConfigs) {
    waymark::List<waymark::Problem> problems;
    const waymark::DetectorRules rules =
        waymark::ReadDetectors(waymark::JsonView(std::string_view(config)), &problems);
    Require(problems.empty(), "the configs are sound");
    waymark::Redactions redactions;
    waymark::String out;
    if (!waymark::ScrubData(rules, {"/x"}, object, &out, &redactions)) continue;
    Require(waymark::CheckJson(out).fault == waymark::JsonCheck::Fault::kNone, "JSON stays JSON");
    Require(std::string_view(out)[0] == '{', "an object stays an object");
    size_t found = 0;
    for (const uint32_t count : redactions.count) found += count;
    Require(found > 0, "what was changed was counted");
  }
}

// The text itself as a value, a name and among others.
void ScrubText(std::string_view text) {
  using Json = nlohmann::json;
  const std::string given(text);
  const Json object = {{"a", given}, {"l", {given, 1, {{given, given}}}}, {given + "k", nullptr}};
  Scrub(object.dump(-1, ' ', (text.size() & 1) != 0, Json::error_handler_t::replace));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  const std::string_view text = TextOf(bytes, size);
  const bool object = !text.empty() && text[0] == '{';
  if (object && waymark::CheckJson(text).fault == waymark::JsonCheck::Fault::kNone) {
    Scrub(std::string(text));
  }
  ScrubText(text);
  // The language of patterns takes any text, too.
  const auto pattern = waymark::ReadTextPattern(text.substr(0, size / 2), "/p");
  if (pattern.ok()) {
    const std::string_view rest = text.substr(size / 2);
    Require(waymark::MatchPattern(*pattern, rest) <= rest.size(), "a match lies inside the text");
  }
  return 0;
}

void AddSeeds(const nlohmann::json&, std::vector<std::string>* seeds) {
  for (const char* seed :
       {R"({"a":"ann\u0040x.de","b":["4111 1111 1111 1111",{"c":"d"}],"e":41111111111111110})",
        R"({ "a@b.cd" : { "x" : 1 } , "y" : [ ] , "z" : "DE89 3704 0044 0532 0130 00" })",
        "https://x/?m=a%2540b.de&t=eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NSJ9.x",
        "+49 (0)170 1234567, tel:0301234", "9{2} ?A?-?X{3,9}12 A-bcd34",
        "q7Zk2VtY9pLw4XbN8sRd3JfH6mCg1Ta0 logo@2x.png a@@b.c@d.ef"}) {
    seeds->push_back(seed);
  }
}
