// How long the identity graph takes for one piece of evidence, natively, with 10,000 nodes: devices
// of 2,500 people in the order of time, then such that two users quarrel about, then late ones.
// And a hand-over token, written and read. Prints one JSON line in microseconds.
#include <ctime>
#include <iostream>
#include <random>
#include <string>
#include <vector>

#include "identity/hand_over.h"
#include "identity/identity_graph.h"

namespace {

using waymark::Evidence;
using waymark::IdentityEdge;
using waymark::IdentityGraph;
using waymark::NodeKind;

constexpr int kPeople = 2'500;
constexpr int kTokens = 20'000;

double Since(std::clock_t start, size_t count) {
  return static_cast<double>(std::clock() - start) * 1e6 / CLOCKS_PER_SEC /
         static_cast<double>(count);
}

struct Names {
  std::vector<std::string> of;
  Names() {
    for (int i = 0; i < 4 * kPeople; ++i)
      of.push_back("5e0f43c1-0000-4000-8000-" + std::to_string(i));
  }
};

}  // namespace

int main() {
  const Names names;
  std::mt19937 random(3);
  std::vector<IdentityEdge> edges;
  int64_t time_ms = 1;
  for (int i = 0; i < kPeople; ++i) {
    const waymark::NodeId user{NodeKind::kUser, names.of[4 * i]};
    for (int k = 1; k < 4; ++k) {
      const waymark::NodeId device{NodeKind::kAnonymous, names.of[4 * i + k]};
      edges.push_back({device, user, Evidence::kSignIn, ++time_ms});
    }
  }
  IdentityGraph graph;
  std::clock_t start = std::clock();
  for (const IdentityEdge& edge : edges) graph.Add(edge);
  const double in_order = Since(start, edges.size());
  std::vector<IdentityEdge> quarrels;
  for (int i = 0; i < 10'000; ++i) {
    const auto any = [&] {
      return waymark::NodeId{NodeKind::kAnonymous,
                             names.of[4 * (random() % kPeople) + 1 + random() % 3]};
    };
    quarrels.push_back({any(), any(), Evidence::kToken, ++time_ms});
  }
  start = std::clock();
  for (const IdentityEdge& edge : quarrels) graph.Add(edge);
  const double contested = Since(start, quarrels.size());
  waymark::HandOver given;
  given.anonymous_id = "5e0f43c1-1111-4222-8333-444455556666";
  given.session_id = given.anonymous_id;
  given.ttl_s = 120;
  size_t whole = 0;
  start = std::clock();
  for (int i = 0; i < kTokens; ++i) {
    given.nonce = static_cast<uint64_t>(i);
    const waymark::Bearer bearer{"shop-outlet.example", "Mozilla/5.0 (X11; Linux x86_64)"};
    waymark::HandOver read;
    whole += !waymark::ReadHandOver(waymark::WriteHandOver(given, bearer), bearer, 0, &read);
  }
  const double token = Since(start, kTokens);
  std::cout << "{\"nodes\":" << graph.nodes() << ",\"in_order_us\":" << in_order
            << ",\"contested_us\":" << contested << ",\"conflicts\":" << graph.conflicts()
            << ",\"token_us\":" << token << ",\"whole\":" << (whole == kTokens) << "}\n";
}
