#include "consent/consent_mode.h"

#include "base/name_table.h"

namespace waymark {

ConsentMode ReadConsentMode(JsonView types, List<Problem>* problems) {
  ConsentMode mode;
  for (JsonItems item(types); item.Next();) {
    const String pointer = String("/types/") + item.key();
    const int type = FindName(kConsentModeTypes, item.key());
    if (type < 0) {
      AddProblem(problems, "not_allowed", pointer, "an unknown type", kConsentModeTypes);
    } else if (item.value().IsName("granted")) {
      mode.granted = static_cast<uint8_t>(mode.granted | 1 << type);
    } else if (!item.value().IsName("denied")) {
      AddProblem(problems, "not_allowed", pointer, JsonTypeName(item.value().type()),
                 "\"granted\" or \"denied\"");
    }
  }
  return mode;
}

String ConsentModeGcs(const ConsentMode& mode) {
  const auto digit = [&](const char* type) {
    return static_cast<char>('0' + (mode.granted >> FindName(kConsentModeTypes, type) & 1));
  };
  const char gcs[] = {'G', '1', digit("ad_storage"), digit("analytics_storage")};
  return String(std::string_view(gcs, sizeof gcs));
}

void WriteConsentMode(const ConsentMode& mode, JsonWriter* out) {
  out->Begin('{');
  for (int i = 0; i < kConsentModeTypeCount; ++i) {
    out->Key(NameAt(kConsentModeTypes, i)).Text(mode.granted >> i & 1 ? "granted" : "denied");
  }
  out->End('}');
}

}  // namespace waymark
