// The identity graph: what joins, what never does, and that no order matters. A slow reading of the
// same rules is the judge.
#include "identity/identity_graph.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>
#include <tuple>

namespace waymark {
namespace {

using Name = std::pair<NodeKind, std::string>;

struct Fact {
  Name a;
  Name b;
  Evidence evidence = Evidence::kToken;
  int64_t time_ms = 0;
  bool undoes = false;
};

NodeId Id(const Name& name) { return {name.first, name.second}; }

Name Anonymous(const std::string& id) { return {NodeKind::kAnonymous, id}; }
Name User(const std::string& id) { return {NodeKind::kUser, id}; }

void Tell(const Fact& fact, IdentityGraph* graph) {
  if (fact.undoes)
    graph->Unstitch(Id(fact.a), Id(fact.b), fact.time_ms);
  else
    graph->Add({Id(fact.a), Id(fact.b), fact.evidence, fact.time_ms});
}

// The rules, read slowly: all evidence of a pair at once, sorted, joined one after the other.
class SlowGraph {
 public:
  void Tell(const Fact& fact) {
    auto [a, b] = std::minmax(fact.a, fact.b);
    auto& pair = pairs_[{a, b}];
    if (fact.undoes)
      pair.undone = std::max(pair.undone, fact.time_ms);
    else
      pair.Add(fact.evidence, fact.time_ms);
    names_.insert(a);
    names_.insert(b);
  }

  // Whose every name is: a set for each.
  std::map<Name, std::set<Name>> Persons() const {
    std::vector<std::tuple<Evidence, int64_t, Name, Name>> order;
    for (const auto& [ends, pair] : pairs_) {
      for (const auto& [evidence, times] : pair.seen) {
        if (*times.rbegin() <= pair.undone) continue;
        const int64_t time_ms = *times.begin();
        if (ends.first.first != NodeKind::kDevice && ends.second.first != NodeKind::kDevice) {
          order.emplace_back(evidence, time_ms, ends.first, ends.second);
        }
        break;
      }
    }
    std::sort(order.begin(), order.end());
    std::map<Name, std::set<Name>> of;
    for (const Name& name : names_) of[name] = {name};
    for (const auto& [evidence, time_ms, a, b] : order) {
      std::set<Name> all = of[a];
      all.insert(of[b].begin(), of[b].end());
      const auto users = std::count_if(all.begin(), all.end(),
                                       [](const Name& n) { return n.first == NodeKind::kUser; });
      if (users > 1) continue;
      for (const Name& name : all) of[name] = all;
    }
    return of;
  }

 private:
  struct Pair {
    void Add(Evidence evidence, int64_t time_ms) { seen[evidence].insert(time_ms); }
    std::map<Evidence, std::set<int64_t>> seen;
    int64_t undone = INT64_MIN;
  };
  std::map<std::pair<Name, Name>, Pair> pairs_;
  std::set<Name> names_;
};

std::vector<Fact> RandomFacts(std::mt19937* random, int nodes, int facts) {
  const auto below = [&](int bound) { return static_cast<int>((*random)() % bound); };
  std::vector<Name> names;
  for (int i = 0; i < nodes; ++i) {
    const NodeKind kind = i % 4 == 0 ? NodeKind::kUser : static_cast<NodeKind>(below(9));
    names.emplace_back(kind, std::to_string(i));
  }
  std::vector<Fact> told;
  for (int i = 0; i < facts; ++i) {
    Fact& fact = told.emplace_back();
    fact.a = names[static_cast<size_t>(below(nodes))];
    fact.b = names[static_cast<size_t>(below(nodes))];
    fact.evidence = static_cast<Evidence>(below(static_cast<int>(kEvidences)));
    fact.time_ms = 1 + below(20);
    fact.undoes = below(6) == 0;
  }
  return told;
}

TEST(IdentityGraphTest, AnyOrderAndRepetitionOfTheSameEvidenceGivesTheSamePersons) {
  std::mt19937 random(7);
  for (int world = 0; world < 3'000; ++world) {
    std::vector<Fact> facts = RandomFacts(&random, 3 + world % 12, 2 + world % 40);
    SlowGraph slow;
    for (const Fact& fact : facts) slow.Tell(fact);
    const auto persons = slow.Persons();
    for (int order = 0; order < 3; ++order) {
      std::shuffle(facts.begin(), facts.end(), random);
      IdentityGraph graph;
      for (const Fact& fact : facts) {
        Tell(fact, &graph);
        if (random() % 4 == 0) Tell(facts[random() % facts.size()], &graph);
      }
      for (const Fact& fact : facts) Tell(fact, &graph);
      for (const auto& [name, same] : persons) {
        for (const auto& [other, _] : persons) {
          ASSERT_EQ(graph.Together(Id(name), Id(other)), same.count(other) == 1)
              << "world " << world << ": " << name.second << " and " << other.second;
        }
      }
    }
  }
}

// Also on the way there, whatever has been told so far.
TEST(IdentityGraphTest, TwoKnownUsersAreNeverTogether) {
  std::mt19937 random(11);
  for (int world = 0; world < 500; ++world) {
    IdentityGraph graph;
    std::set<Name> users;
    for (const Fact& fact : RandomFacts(&random, 12, 60)) {
      Tell(fact, &graph);
      for (const Name& name : {fact.a, fact.b}) {
        if (name.first == NodeKind::kUser) users.insert(name);
      }
      for (const Name& one : users) {
        ASSERT_EQ(graph.UserOf(Id(one)), one.second);
        for (const Name& other : users) {
          ASSERT_EQ(graph.Together(Id(one), Id(other)), one == other);
        }
      }
    }
  }
}

TEST(IdentityGraphTest, WhatWeighsMoreCountsEvenWhenItComesLate) {
  IdentityGraph graph;
  EXPECT_EQ(graph.Add({Id(Anonymous("a")), Id(User("u1")), Evidence::kToken, 1}),
            Joined::kTogether);
  EXPECT_EQ(graph.Add({Id(Anonymous("a")), Id(User("u2")), Evidence::kSignIn, 9}),
            Joined::kTogether);
  EXPECT_EQ(graph.UserOf(Id(Anonymous("a"))), "u2");
  EXPECT_EQ(graph.conflicts(), 1u);
}

TEST(IdentityGraphTest, OfEqualEvidenceTheFirstCounts) {
  IdentityGraph graph;
  graph.Add({Id(Anonymous("a")), Id(User("u2")), Evidence::kSignIn, 9});
  EXPECT_EQ(graph.Add({Id(Anonymous("a")), Id(User("u1")), Evidence::kSignIn, 4}),
            Joined::kTogether);
  EXPECT_EQ(graph.UserOf(Id(Anonymous("a"))), "u1");
  EXPECT_EQ(graph.Add({Id(Anonymous("a")), Id(User("u3")), Evidence::kSignIn, 12}),
            Joined::kSetAside);
}

TEST(IdentityGraphTest, WhatIsSeenAgainMovesNobody) {
  IdentityGraph graph;
  graph.Add({Id(Anonymous("a")), Id(User("u1")), Evidence::kSignIn, 1});
  graph.Add({Id(Anonymous("a")), Id(User("u2")), Evidence::kSignIn, 2});
  graph.Add({Id(Anonymous("a")), Id(User("u1")), Evidence::kSignIn, 3});
  EXPECT_EQ(graph.UserOf(Id(Anonymous("a"))), "u1");
}

TEST(IdentityGraphTest, ADeviceJoinsNobody) {
  IdentityGraph graph;
  const NodeId tablet{NodeKind::kDevice, "tablet"};
  EXPECT_EQ(graph.Add({tablet, Id(User("u1")), Evidence::kSignIn, 1}), Joined::kApart);
  EXPECT_EQ(graph.Add({tablet, Id(Anonymous("a")), Evidence::kSignIn, 2}), Joined::kApart);
  EXPECT_FALSE(graph.Together(Id(User("u1")), Id(Anonymous("a"))));
}

TEST(IdentityGraphTest, WhatIsUnstitchedIsApartAndMayBeJoinedAnew) {
  IdentityGraph graph;
  const NodeId phone{NodeKind::kAnonymous, "phone"};
  const NodeId laptop{NodeKind::kAnonymous, "laptop"};
  graph.Add({phone, laptop, Evidence::kSealedToken, 5});
  graph.Add({laptop, Id(User("u1")), Evidence::kSignIn, 6});
  EXPECT_EQ(graph.UserOf(phone), "u1");
  graph.Unstitch(laptop, phone, 7);
  EXPECT_FALSE(graph.Together(phone, laptop));
  EXPECT_EQ(graph.UserOf(phone), "");
  EXPECT_EQ(graph.Add({phone, laptop, Evidence::kToken, 7}), Joined::kApart) << "it came late";
  EXPECT_EQ(graph.Add({phone, laptop, Evidence::kToken, 8}), Joined::kTogether);
}

TEST(IdentityGraphTest, AnEdgeSaysWhyWhenAndUnderWhichDecisions) {
  IdentityGraph graph;
  graph.Add({Id(User("u1")), Id(Anonymous("a")), Evidence::kSignIn, 5, 11, 22});
  graph.Add({Id(User("u1")), Id(Anonymous("a")), Evidence::kToken, 9, 33, 44});
  const std::vector<IdentityEdge> edges = graph.Edges();
  ASSERT_EQ(edges.size(), 1u);
  EXPECT_EQ(edges[0].a.id, "a");
  EXPECT_EQ(edges[0].evidence, Evidence::kSignIn);
  EXPECT_EQ(edges[0].time_ms, 5);
  EXPECT_EQ(edges[0].consent_b, 33u) << "of the latest";
}

}  // namespace
}  // namespace waymark
