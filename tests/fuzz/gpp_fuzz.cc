#include "consent/iab/document.h"
#include "consent/iab/in_app_keys.h"
#include "fuzz/fuzzer.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  const std::string_view text = TextOf(bytes, size);
  waymark::IabFindings findings;
  const waymark::GppString gpp = DecodeGpp(text, &findings);
  ValidateGpp(gpp, &findings);
  Require(!findings.failed() || findings.error().at <= size, "errors lie inside the text");
  waymark::String json;
  waymark::JsonWriter out(&json);
  WriteDecoded(text, waymark::IabKind::kGpp, waymark::VendorStyle::kIds, &out);
  const nlohmann::json document = nlohmann::json::parse(std::string_view(json));
  Require(document.is_object(), "a document is an object");
  if (findings.failed()) return 0;
  GppKeys(gpp, text);
  for (const waymark::GppSection& section : gpp.sections) {
    if (!section.known || section.id < waymark::kUsNat) continue;
    if (LooksLikeOwnHeader(section.id, section.us)) continue;  // cannot be written
    waymark::List<int> ids;
    ids.push_back(section.id);
    const waymark::String one =
        EncodeGppHeader(ids) + (waymark::String("~") + EncodeUsSection(section.id, section.us));
    waymark::IabFindings again;
    const waymark::GppString read = DecodeGpp(one, &again);
    Require(!again.failed() && read.sections.size() == 1, "what was written can be read");
    for (waymark::UsFields field(section.us.LayoutOf(section.id)); field.Next();) {
      for (int i = 0; i < field.count(); ++i) {
        const int slot = waymark::UsSlot(field.letter()) + i;
        Require(read.sections[0].us.values[slot] == section.us.values[slot],
                "what is read and written again reads the same");
      }
    }
  }
  return 0;
}

void AddSeeds(const nlohmann::json& vectors, std::vector<std::string>* seeds) {
  for (const char* group : {"gpp", "gppPinned"}) {
    for (const nlohmann::json& vector : vectors[group]) seeds->push_back(vector["string"]);
  }
  // Sections with a header of their own, and usnat in its first version.
  seeds->push_back("DBABEYA~YBABA.BmmQ.QA");
  seeds->push_back("DBABUYA~ZBABw.BqRA.YJo");
  seeds->push_back("DBABLA~BAAAVVVVUQA.QA");
}
