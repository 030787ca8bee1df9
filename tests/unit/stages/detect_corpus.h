// Texts as they stand in events, some with personal data whose place is known, and look-alikes.
#ifndef WAYMARK_TESTS_UNIT_STAGES_DETECT_CORPUS_H_
#define WAYMARK_TESTS_UNIT_STAGES_DETECT_CORPUS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "privacy/detect.h"

namespace waymark_test {

struct CorpusText {
  std::string field;  // the name of the field that has it
  std::string text;
  int kind = -1;      // of what is in it, a waymark::DataKind; -1: nothing
  std::string value;  // what is in it, as it stands there
  std::string form;   // what that was made as
};

// The same texts for the same seed.
std::vector<CorpusText> MakeCorpus(size_t count, uint64_t seed);

}  // namespace waymark_test

#endif  // WAYMARK_TESTS_UNIT_STAGES_DETECT_CORPUS_H_
