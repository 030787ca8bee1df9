// How many of ten thousand texts are judged rightly. The figures are printed; the bounds say below
// what the detectors must never fall.
#include "unit/stages/detect_corpus.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <map>

#include "base/name_table.h"
#include "nlohmann/json.hpp"
#include "privacy/detectors.h"

namespace waymark_test {
namespace {

using waymark::kDataKinds;

struct Score {
  int right = 0;   // there, and found
  int missed = 0;  // there, and not found, or not all of it
  int wrong = 0;   // found where it is not

  double precision() const { return right / std::max(1.0, double(right + wrong)); }
  double recall() const { return right / std::max(1.0, double(right + missed)); }
};

struct Judged {
  waymark::Redactions found;
  std::string left;  // of the text
};

Judged Judge(const waymark::DetectorRules& rules, const CorpusText& text) {
  Judged judged;
  const std::string object = nlohmann::json({{text.field, text.text}}).dump();
  waymark::String out;
  const bool changed = waymark::ScrubData(rules, {}, object, &out, &judged.found);
  const auto left = nlohmann::json::parse(changed ? std::string(std::string_view(out)) : object);
  judged.left = left[text.field];
  return judged;
}

TEST(DetectCorpusTest, PrecisionAndRecall) {
  waymark::List<waymark::Problem> problems;
  const waymark::DetectorRules rules = waymark::ReadDetectors(
      waymark::JsonView(R"({"redact":["email","phone","card","iban","token"]})"), &problems);
  std::array<Score, kDataKinds> scores;
  std::map<std::string, std::pair<int, int>> look_alikes;  // how many, how many taken for data
  std::array<std::string, kDataKinds> example;
  for (const CorpusText& text : MakeCorpus(10'000, 8)) {
    const Judged judged = Judge(rules, text);
    bool any = false;
    for (size_t kind = 0; kind < kDataKinds; ++kind) {
      const bool found = judged.found.count[kind] > 0;
      any |= found;
      if (static_cast<int>(kind) != text.kind) {
        scores[kind].wrong += found;
        continue;
      }
      const bool gone = judged.left.find(text.value) == std::string::npos;
      ++(found && gone ? scores[kind].right : scores[kind].missed);
      if (!(found && gone)) example[kind] = text.text;
    }
    if (text.kind >= 0) continue;
    ++look_alikes[text.form].first;
    look_alikes[text.form].second += any;
  }
  for (size_t kind = 0; kind < kDataKinds; ++kind) {
    const Score& score = scores[kind];
    const std::string name(waymark::NameAt(waymark::kDataKindNames, static_cast<int>(kind)));
    std::printf("%-6s precision %.4f recall %.4f (%d right, %d wrong, %d missed)\n", name.c_str(),
                score.precision(), score.recall(), score.right, score.wrong, score.missed);
  }
  for (const auto& [form, counts] : look_alikes) {
    std::printf("%-30s %4d, taken for data %d\n", form.c_str(), counts.first, counts.second);
  }
  constexpr std::array<double, kDataKinds> kPrecisionMin = {0.999, 0.98, 0.99, 0.99, 0.99};
  constexpr std::array<double, kDataKinds> kRecallMin = {0.999, 0.99, 0.999, 0.999, 0.95};
  for (size_t kind = 0; kind < kDataKinds; ++kind) {
    EXPECT_GE(scores[kind].precision(), kPrecisionMin[kind]) << kind;
    EXPECT_GE(scores[kind].recall(), kRecallMin[kind]) << kind << ": " << example[kind];
  }
}

}  // namespace
}  // namespace waymark_test
