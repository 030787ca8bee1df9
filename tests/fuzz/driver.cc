// Feeds a fuzzer without libFuzzer: mutations of the vectors, the same ones for the same seed.
//
//   waymark_fuzz_tc --seed=1 --runs=20000 [--first=0]
//
// Input number n depends on the seed and n alone. Before it is tried its number is kept, so that
// whatever ends the process can be had again with --first=n --runs=1.
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "fuzz/fuzzer.h"

namespace {

using Json = nlohmann::json;

class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed * 0x9e3779b97f4a7c15u + 1) {}

  uint64_t Below(uint64_t limit) {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 7;
    state_ ^= state_ << 17;
    return (state_ >> 11) % limit;
  }

 private:
  uint64_t state_;
};

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~=+\",{}[]:";

// One change to a text; `other` is another seed to take a piece of.
void Mutate(Random* random, const std::string& other, std::string* text) {
  const size_t at = random->Below(text->size() + 1);
  const size_t size = 1 + random->Below(8);
  switch (random->Below(8)) {
    case 0:
      if (at < text->size()) (*text)[at] = kAlphabet[random->Below(kAlphabet.size())];
      break;
    case 1:
      if (at < text->size()) (*text)[at] = static_cast<char>((*text)[at] ^ 1 << random->Below(8));
      break;
    case 2:
      text->erase(at, size);
      break;
    case 3:
      text->insert(at, size, kAlphabet[random->Below(kAlphabet.size())]);
      break;
    case 4:
      text->resize(at);
      break;
    case 5:
      text->insert(at, text->substr(random->Below(text->size() + 1), size * 4));
      break;
    case 6:
      text->replace(at, std::string::npos, other.substr(std::min(at, other.size())));
      break;
    default:
      for (size_t i = at; i < text->size() && i < at + size; ++i) {
        (*text)[i] = kAlphabet[random->Below(64)];
      }
  }
}

std::string InputOf(const std::vector<std::string>& seeds, uint64_t seed, uint64_t number) {
  Random random(seed << 32 ^ number);
  for (int i = 0; i < 4; ++i) random.Below(2);
  std::string text = seeds[random.Below(seeds.size())];
  for (uint64_t i = random.Below(4); i > 0; --i) {
    Mutate(&random, seeds[random.Below(seeds.size())], &text);
  }
  return text;
}

uint64_t number_of_input = 0;

// Says which input it was; only what a signal handler may call.
void SayWhich(int signal) {
  char digits[24];
  size_t at = sizeof digits;
  digits[--at] = '\n';
  for (uint64_t rest = number_of_input; at == sizeof digits - 1 || rest > 0; rest /= 10) {
    digits[--at] = static_cast<char>('0' + rest % 10);
  }
  constexpr char kWords[] = "failed: --runs=1 --first=";
  std::cerr.write(kWords, sizeof kWords - 1)
      .write(digits + at, static_cast<long>(sizeof digits - at));
  std::_Exit(128 + signal);
}

uint64_t Argument(int argc, char** argv, const std::string& name, uint64_t otherwise) {
  const std::string begin = "--" + name + "=";
  for (int i = 1; i < argc; ++i) {
    if (std::strncmp(argv[i], begin.c_str(), begin.size()) == 0) {
      return std::strtoull(argv[i] + begin.size(), nullptr, 10);
    }
  }
  return otherwise;
}

}  // namespace

extern "C" const char* __asan_default_options() { return "abort_on_error=1"; }
extern "C" const char* __ubsan_default_options() { return "abort_on_error=1"; }

int main(int argc, char** argv) {
  std::ifstream file(WAYMARK_VECTORS "/iab.json");
  std::vector<std::string> seeds;
  AddSeeds(Json::parse(file), &seeds);
  std::signal(SIGABRT, SayWhich);
#ifndef __SANITIZE_ADDRESS__  // which has more to say of it, and then aborts
  std::signal(SIGSEGV, SayWhich);
#endif
  const uint64_t seed = Argument(argc, argv, "seed", 1);
  const uint64_t first = Argument(argc, argv, "first", 0);
  const uint64_t runs = Argument(argc, argv, "runs", 20'000);
  for (number_of_input = first; number_of_input < first + runs; ++number_of_input) {
    const std::string text = InputOf(seeds, seed, number_of_input);
    if (runs == 1) std::cout << text << "\n";
    LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(text.data()), text.size());
  }
  std::cout << runs << " inputs of " << seeds.size() << " seeds, seed " << seed << "\n";
}
