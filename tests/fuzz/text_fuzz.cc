#include "consent/iab/us_privacy.h"
#include "fuzz/fuzzer.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  const std::string_view text = TextOf(bytes, size);
  waymark::IabFindings privacy;
  const waymark::UsPrivacy answers = waymark::DecodeUsPrivacy(text, 0, &privacy);
  if (!privacy.failed()) {
    Require(EncodeUsPrivacy(answers) == text, "a US Privacy string is written as it stood");
  }
  waymark::IabFindings additional;
  const waymark::AdditionalConsent consent = waymark::DecodeAdditionalConsent(text, &additional);
  if (additional.failed()) {
    Require(additional.error().at <= size, "errors lie inside the text");
    return 0;
  }
  waymark::IabFindings again;
  const waymark::String written = EncodeAdditionalConsent(consent);
  const waymark::AdditionalConsent read = waymark::DecodeAdditionalConsent(written, &again);
  Require(!again.failed() && read.consented.size() == consent.consented.size() &&
              read.disclosed.size() == consent.disclosed.size(),
          "what is read and written again reads the same");
  return 0;
}

void AddSeeds(const nlohmann::json& vectors, std::vector<std::string>* seeds) {
  for (const char* group : {"usp", "acString"}) {
    for (const nlohmann::json& vector : vectors[group]) seeds->push_back(vector["string"]);
  }
}
