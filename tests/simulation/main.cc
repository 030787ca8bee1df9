// Runs worlds, one seed after the other, and says which promise was broken in which.
//
//   waymark_simulation --first=1 --seeds=2000
//   waymark_simulation --seed=42              one world, with its story
//   waymark_simulation --mutations            whether broken engines are caught, and by what
#include <sys/wait.h>
#include <unistd.h>

#include <charconv>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "simulation/world.h"

namespace waymark_simulation {
namespace {

constexpr uint64_t kSeedsByDefault = 2'000;
constexpr uint64_t kTwiceEvery = 10;  // these seeds run twice, to compare the bytes
constexpr uint64_t kProgressEvery = 500;
constexpr uint64_t kWorldsOfMutation = 60;  // in one of them each broken engine is caught

struct Flags {
  uint64_t first = 1;
  uint64_t seeds = kSeedsByDefault;
  uint64_t seed = 0;  // 0: many
  uint64_t jobs = 1;  // processes, each with its share of the seeds
  int64_t steps = -1;
  bool keeps_going = false;
  bool mutations = false;  // all of them
  std::string mutation;
};

template <typename Number>
bool TakeNumber(std::string_view argument, std::string_view flag, Number* number) {
  if (argument.substr(0, flag.size()) != flag) return false;
  argument.remove_prefix(flag.size());
  const auto read = std::from_chars(argument.begin(), argument.end(), *number);
  return read.ec == std::errc() && read.ptr == argument.end();
}

bool TakeFlag(std::string_view argument, Flags* flags) {
  constexpr std::string_view kMutation = "--mutation=";
  if (argument.substr(0, kMutation.size()) == kMutation) {
    flags->mutation = argument.substr(kMutation.size());
    return true;
  }
  if (argument == "--keep-going") return flags->keeps_going = true;
  if (argument == "--mutations") return flags->mutations = true;
  return TakeNumber(argument, "--first=", &flags->first) ||
         TakeNumber(argument, "--seeds=", &flags->seeds) ||
         TakeNumber(argument, "--seed=", &flags->seed) ||
         TakeNumber(argument, "--jobs=", &flags->jobs) ||
         TakeNumber(argument, "--steps=", &flags->steps);
}

void PrintReplay(const Flags& flags, uint64_t seed) {
  const std::string mutation = flags.mutation.empty() ? "" : " --mutation=" + flags.mutation;
  std::printf("  replay: build/native/tests/simulation/waymark_simulation --seed=%llu%s\n",
              static_cast<unsigned long long>(seed), mutation.c_str());
}

// What is wrong with one seed; empty when nothing is.
std::string Judge(const RunOptions& options) {
  const RunResult result = Run(options);
  if (!result.violation.empty() || options.seed % kTwiceEvery != 0) return result.violation;
  const RunResult again = Run(options);
  return again.sum == result.sum ? "" : "determinism: two runs gave different bytes";
}

int RunOne(const Flags& flags) {
  const RunResult result = Run({flags.seed, flags.mutation, true, flags.steps});
  if (result.violation.empty()) {
    std::printf("seed %llu: all promises were kept, %lld events, sum %016llx\n",
                static_cast<unsigned long long>(flags.seed), static_cast<long long>(result.events),
                static_cast<unsigned long long>(result.sum));
    return 0;
  }
  std::printf("seed %llu: %s\n", static_cast<unsigned long long>(flags.seed),
              result.violation.c_str());
  return 1;
}

// Every `jobs`-th seed, from the `job`-th on.
int RunShare(const Flags& flags, uint64_t job) {
  uint64_t failed = 0;
  for (uint64_t i = job; i < flags.seeds; i += flags.jobs) {
    const uint64_t seed = flags.first + i;
    const std::string violation = Judge({seed, flags.mutation, false, flags.steps});
    if (!violation.empty()) {
      ++failed;
      std::printf("seed %llu: %s\n", static_cast<unsigned long long>(seed), violation.c_str());
      PrintReplay(flags, seed);
      std::fflush(stdout);
      if (!flags.keeps_going) return 1;
    }
    const bool is_last = i + flags.jobs >= flags.seeds;
    if (job != 0 || ((i / flags.jobs + 1) % kProgressEvery != 0 && !is_last)) continue;
    std::printf("%llu of %llu seeds\n", static_cast<unsigned long long>(i + 1),
                static_cast<unsigned long long>(flags.seeds));
    std::fflush(stdout);
  }
  return failed == 0 ? 0 : 1;
}

bool Says(const std::string& violation, const NamedMutation& mutation) {
  return violation.rfind(mutation.promise + ": ", 0) == 0 &&
         violation.find(mutation.words) != violation.npos;
}

// Whether the promise that it breaks is found to be broken, in a world in which the engine as it is
// keeps all of them.
bool Catch(const NamedMutation& mutation) {
  uint64_t worlds = 0;
  for (uint64_t seed = 1; worlds < kWorldsOfMutation; ++seed) {
    if (!mutation.matters_in(MakeSettings(seed))) continue;
    ++worlds;
    const std::string violation = Judge({seed, mutation.name, false, -1});
    if (!Says(violation, mutation) || !Judge({seed, "", false, -1}).empty()) continue;
    std::printf("%-30s seed %2llu  %s\n", mutation.name.c_str(),
                static_cast<unsigned long long>(seed), violation.c_str());
    return true;
  }
  std::printf("%-30s NOT CAUGHT by %s in %llu worlds\n", mutation.name.c_str(),
              mutation.promise.c_str(), static_cast<unsigned long long>(kWorldsOfMutation));
  return false;
}

// Every `jobs`-th mutation, from the `job`-th on.
int RunMutations(const Flags& flags, uint64_t job) {
  bool all = true;
  for (size_t i = job; i < Mutations().size(); i += flags.jobs) {
    all = Catch(Mutations()[i]) && all;
    std::fflush(stdout);
  }
  return all ? 0 : 1;
}

// In `jobs` processes. Whether it has failed in one of them.
bool FailsInOne(const Flags& flags, int (*run)(const Flags&, uint64_t job)) {
  std::vector<pid_t> others;
  for (uint64_t job = 1; job < flags.jobs; ++job) {
    const pid_t process = fork();
    if (process == 0) _exit(run(flags, job));
    others.push_back(process);
  }
  bool failed = run(flags, 0) != 0;
  for (const pid_t process : others) {
    int status = 0;
    waitpid(process, &status, 0);
    failed = failed || status != 0;
  }
  return failed;
}

int RunMany(const Flags& flags) {
  if (flags.mutations) return FailsInOne(flags, RunMutations) ? 1 : 0;
  if (FailsInOne(flags, RunShare)) return 1;
  std::printf("all promises were kept\n");
  return 0;
}

bool IsKnown(const std::string& mutation) {
  if (MakeMutation(mutation)) return true;
  std::fprintf(stderr, "waymark_simulation: --mutation=%s: none of", mutation.c_str());
  for (const NamedMutation& known : Mutations()) std::fprintf(stderr, " %s", known.name.c_str());
  std::fprintf(stderr, "\n");
  return false;
}

int Main(int count, char** arguments) {
  Flags flags;
  for (int i = 1; i < count; ++i) {
    if (TakeFlag(arguments[i], &flags)) continue;
    std::fprintf(stderr,
                 "waymark_simulation: cannot read %s\n"
                 "  --first=K --seeds=N [--jobs=J] [--keep-going]   many worlds\n"
                 "  --seed=S [--steps=N]                 one, with its story\n"
                 "  --mutation=NAME                      with a broken engine\n"
                 "  --mutations [--jobs=J]               whether all broken engines are caught\n",
                 arguments[i]);
    return 2;
  }
  if (!IsKnown(flags.mutation)) return 2;
  return flags.seed != 0 ? RunOne(flags) : RunMany(flags);
}

}  // namespace
}  // namespace waymark_simulation

int main(int count, char** arguments) { return waymark_simulation::Main(count, arguments); }
