#include "base/json_check.h"
#include "consent/iab/document.h"
#include "fuzz/fuzzer.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  // The boundary lets nothing through that is no JSON.
  const std::string text = std::string(TextOf(bytes, size)) + "\n";
  if (waymark::CheckJson(text).fault != waymark::JsonCheck::Fault::kNone) return 0;
  waymark::String made;
  waymark::List<waymark::Problem> problems;
  if (!EncodeDocument(waymark::JsonView(text), &made, &problems)) {
    Require(!problems.empty(), "a refusal says why");
    return 0;
  }
  waymark::String json;
  waymark::JsonWriter out(&json);
  WriteDecoded(made, KindOf(made), waymark::VendorStyle::kBits, &out);
  const nlohmann::json document = nlohmann::json::parse(std::string_view(json));
  const bool too_long = document.contains("error") && (document["error"]["code"] == "too_long" ||
                                                       document["error"]["code"] == "too_many_ids");
  Require(too_long || !document.contains("error"), "a string that is made can be read");
  return 0;
}

void AddSeeds(const nlohmann::json& vectors, std::vector<std::string>* seeds) {
  for (const char* group : {"tc", "gpp", "usp", "acString"}) {
    for (const nlohmann::json& vector : vectors[group]) {
      const std::string text = vector["expected"].dump();
      if (text.size() < 6000) seeds->push_back(text);
    }
  }
}
