// What a fuzzer has: the function that libFuzzer calls, and what to begin with where the driver
// feeds it.
#ifndef WAYMARK_TESTS_FUZZ_FUZZER_H_
#define WAYMARK_TESTS_FUZZ_FUZZER_H_

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size);

// Texts to mutate, of tests/vectors/iab.json.
void AddSeeds(const nlohmann::json& vectors, std::vector<std::string>* seeds);

inline std::string_view TextOf(const uint8_t* bytes, size_t size) {
  return {reinterpret_cast<const char*>(bytes), size};
}

// A promise that was broken ends the process.
inline void Require(bool kept, const char* promise) {
  if (kept) return;
  std::fprintf(stderr, "broken: %s\n", promise);
  std::abort();
}

#endif  // WAYMARK_TESTS_FUZZ_FUZZER_H_
