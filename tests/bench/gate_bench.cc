// How long the gate takes for one event, natively: a policy of twelve purposes, one collector that
// needs three of them, judged at capture and once more at send time. Prints one JSON line with the
// medians over rounds, in nanoseconds.
#include <algorithm>
#include <ctime>
#include <iostream>
#include <vector>

#include "consent/consent_gate.h"

namespace {

using waymark::JsonView;

constexpr int kRounds = 101;
constexpr int kRepeats = 100'000;

constexpr std::string_view kConsent = R"({"revision":"1","purposes":[
  {"id":"p0","basis":"exempt"},{"id":"p1","basis":"consent"},{"id":"p2","basis":"consent"},
  {"id":"p3","basis":"consent"},{"id":"p4","basis":"consent","requires":["p1"]},
  {"id":"p5","basis":"consent"},{"id":"p6","basis":"legitimate_interest"},
  {"id":"p7","basis":"consent"},{"id":"p8","basis":"consent"},{"id":"p9","basis":"contract"},
  {"id":"p10","basis":"consent"},{"id":"p11","basis":"consent"}]})";

size_t seen = 0;  // so that nothing is left out

template <typename Work>
double MedianNs(Work work) {
  std::vector<double> rounds;
  for (int round = 0; round < kRounds; ++round) {
    const std::clock_t start = std::clock();
    for (int i = 0; i < kRepeats; ++i) seen += static_cast<size_t>(work(i));
    rounds.push_back(static_cast<double>(std::clock() - start) * 1e9 / CLOCKS_PER_SEC / kRepeats);
  }
  std::nth_element(rounds.begin(), rounds.begin() + kRounds / 2, rounds.end());
  return rounds[kRounds / 2];
}

}  // namespace

int main() {
  waymark::List<waymark::Problem> problems;
  const waymark::Policy policy = waymark::ReadPolicy(JsonView(kConsent), &problems);
  const waymark::ConsentState undecided = waymark::UndecidedState(policy);
  const JsonView choices(R"({"p4":"granted","p1":"granted","p6":"granted"})");
  const auto decided = waymark::Decide(policy, undecided, choices, "person", 1, {1, 1});
  const waymark::PurposeSet needs = policy.Closure(JsonView(R"(["p0","p4","p6"])"));
  const waymark::ConsentState* states[] = {&undecided, &*decided};
  const double judge =
      MedianNs([&](int i) { return waymark::Judge(policy, *states[i % 2], needs); });
  const double again =
      MedianNs([&](int i) { return waymark::JudgeAgain(policy, *states[i % 2], needs, needs); });
  std::cout << "{\"judge_ns\":" << judge << ",\"judge_again_ns\":" << again
            << ",\"seen\":" << (seen != 0) << "}\n";
}
