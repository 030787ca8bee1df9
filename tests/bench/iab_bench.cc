// How long the engine takes to read strings of the IAB's, natively: lines on standard input, one
// JSON line out with the medians over rounds, in nanoseconds a string.
#include <algorithm>
#include <ctime>
#include <iostream>
#include <string>
#include <vector>

#include "consent/iab/document.h"

namespace {

using Strings = std::vector<std::string>;

constexpr int kRounds = 101;
constexpr int kRepeats = 20;

size_t seen = 0;  // so that nothing is left out

void Read(const std::string& text) {
  waymark::IabFindings findings;
  if (waymark::KindOf(text) == waymark::IabKind::kGpp) {
    seen += waymark::DecodeGpp(text, &findings).sections.size();
  } else {
    seen += waymark::DecodeTc(text, 0, waymark::TcForm::kString, &findings).vendor_consents.last();
  }
  seen += findings.failed();
}

void Print(const std::string& text) {
  waymark::String json;
  waymark::JsonWriter out(&json);
  waymark::WriteDecoded(text, waymark::KindOf(text), waymark::VendorStyle::kIds, &out);
  seen += json.size();
}

template <typename Work>
double MedianNs(const Strings& strings, Work work) {
  std::vector<double> rounds;
  for (int round = 0; round < kRounds; ++round) {
    const std::clock_t start = std::clock();
    for (int i = 0; i < kRepeats; ++i) {
      for (const std::string& text : strings) work(text);
    }
    const double ns = static_cast<double>(std::clock() - start) * 1e9 / CLOCKS_PER_SEC;
    rounds.push_back(ns / static_cast<double>(kRepeats * strings.size()));
  }
  std::nth_element(rounds.begin(), rounds.begin() + kRounds / 2, rounds.end());
  return rounds[kRounds / 2];
}

}  // namespace

int main() {
  Strings strings;
  for (std::string line; std::getline(std::cin, line);) strings.push_back(line);
  if (strings.empty()) {
    std::cerr << "waymark_iab_bench: no strings on standard input\n";
    return 1;
  }
  std::cout << "{\"strings\":" << strings.size() << ",\"read_ns\":" << MedianNs(strings, Read)
            << ",\"document_ns\":" << MedianNs(strings, Print) << ",\"seen\":" << seen << "}\n";
}
