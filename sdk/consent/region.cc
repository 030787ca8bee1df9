#include "consent/region.h"

#include "base/name_table.h"

namespace waymark {
namespace {

constexpr size_t kCountryChars = 2;

// The first three are not of the Union.
constexpr const char* kEeaMembers =
    "IS,LI,NO,AT,BE,BG,CY,CZ,DE,DK,EE,ES,FI,FR,GR,HR,HU,IE,IT,LT,LU,LV,MT,NL,PL,PT,RO,SE,SI,SK";
constexpr int kFirstOfUnion = 3;
constexpr int kEeaMemberCount = 30;

void AddPlace(std::string_view place, List<String>* places) {
  for (const String& known : *places) {
    if (known == place) return;
  }
  places->emplace_back() = place;
}

}  // namespace

List<String> PlacesIn(JsonView rules) {
  List<String> places;
  for (JsonItems rule(rules); rule.Next();) {
    for (JsonItems entry(rule.value()["match"]); entry.Next();) {
      const std::string_view name = entry.value().AsName();
      const bool union_only = Is(name, "EU");
      if (union_only || Is(name, "EEA")) {
        for (int i = union_only ? kFirstOfUnion : 0; i < kEeaMemberCount; ++i) {
          AddPlace(NameAt(kEeaMembers, i), &places);
        }
      } else if (IsPlace(name)) {
        AddPlace(name, &places);
      }
    }
  }
  return places;
}

bool IsPlace(std::string_view region) {
  const auto upper = [](char c) { return c >= 'A' && c <= 'Z'; };
  const size_t size = region.size();
  const bool subdivision = size >= kCountryChars + 2 && size <= kCountryChars + 4;
  if (size != kCountryChars && !subdivision) return false;
  bool place = upper(region[0]) && upper(region[1]) && !Is(region, "XX");
  if (subdivision) place &= region[kCountryChars] == '-';
  for (size_t i = kCountryChars + 1; i < size; ++i) {
    place &= upper(region[i]) || (region[i] >= '0' && region[i] <= '9');
  }
  return place;
}

std::string_view ModelName(ConsentModel model) {
  return NameAt(kModelNames, static_cast<int>(model));
}

int ExactnessOf(std::string_view entry, std::string_view region) {
  if (region.empty()) return 0;
  if (entry == region) return entry.size() > kCountryChars ? 5 : 4;
  const std::string_view country = region.substr(0, kCountryChars);
  if (entry == country) return 4;
  const int member = FindName(kEeaMembers, country);
  if (Is(entry, "EU")) return member >= kFirstOfUnion ? 3 : 0;
  if (Is(entry, "EEA")) return member >= 0 ? 2 : 0;
  return Is(entry, "*") ? 1 : 0;
}

JsonView RuleFor(JsonView rules, std::string_view region) {
  JsonView found;
  int best = 0;
  for (JsonItems rule(rules); rule.Next();) {
    for (JsonItems entry(rule.value()["match"]); entry.Next();) {
      const int exactness = ExactnessOf(entry.value().AsName(), region);
      if (exactness <= best) continue;
      best = exactness;
      found = rule.value();
    }
  }
  return found;
}

}  // namespace waymark
