// The one source of chance of a simulated world: the same seed gives the same world on every
// machine, which the distributions of the standard library do not promise.
#ifndef WAYMARK_TESTS_SIMULATION_RANDOM_H_
#define WAYMARK_TESTS_SIMULATION_RANDOM_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace waymark_simulation {

// SplitMix64: https://prng.di.unimi.it/splitmix64.c
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}

  uint64_t Next() {
    uint64_t mixed = state_ += 0x9e3779b97f4a7c15;
    mixed = (mixed ^ mixed >> 30) * 0xbf58476d1ce4e5b9;
    mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111eb;
    return mixed ^ mixed >> 31;
  }

  // 0 to `count` - 1; `count` is far below 2^32, so that the bias does not matter.
  int64_t Below(int64_t count) {
    return static_cast<int64_t>(Next() % static_cast<uint64_t>(count));
  }
  // Both ends included.
  int64_t Between(int64_t least, int64_t most) { return least + Below(most - least + 1); }
  bool Percent(int64_t chance) { return Below(100) < chance; }
  bool PerMille(int64_t chance) { return Below(1000) < chance; }

  template <typename T>
  const T& Pick(const std::vector<T>& choices) {
    return choices[static_cast<size_t>(Below(static_cast<int64_t>(choices.size())))];
  }

  std::string Bytes(size_t count) {
    std::string bytes(count, '\0');
    for (char& byte : bytes) byte = static_cast<char>(Next() >> 56);
    return bytes;
  }

 private:
  uint64_t state_;
};

}  // namespace waymark_simulation

#endif  // WAYMARK_TESTS_SIMULATION_RANDOM_H_
