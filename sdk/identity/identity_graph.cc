// Evidence is taken in one order, whatever the order it came in: what weighs more first, then what
// was seen first, then by names (Kruskal's algorithm with a condition). Where at most one user is
// known among all that is connected, every order gives the same, and nothing is sorted. Only a
// cluster with two known users is worked out anew, and that only when something comes that is not
// the last in order.
#include "identity/identity_graph.h"

#include <algorithm>

#include "base/hash.h"

namespace waymark {
namespace {

constexpr size_t kFirstSlots = 64;

uint64_t HashOfNode(const NodeId& node) {
  return HashOf(node.id, kHashSeed ^ static_cast<uint64_t>(node.kind));
}

uint64_t HashOfPair(uint32_t a, uint32_t b) {
  const uint64_t both = static_cast<uint64_t>(a) << 32 | b;
  return (both ^ both >> 29) * 0x9e3779b97f4a7c15;
}

}  // namespace

template <typename Equal>
IdentityGraph::Index IdentityGraph::Table::Find(uint64_t hash, Equal equal) const {
  if (slots_.empty()) return kNone;
  const size_t mask = slots_.size() - 1;
  for (size_t i = static_cast<size_t>(hash >> 7) & mask; slots_[i].index != kNone;
       i = (i + 1) & mask) {
    if (slots_[i].hash == hash && equal(slots_[i].index)) return slots_[i].index;
  }
  return kNone;
}

void IdentityGraph::Table::Insert(uint64_t hash, Index index) {
  if (used_ * 2 >= slots_.size()) {
    std::vector<Slot> old(std::max(kFirstSlots, slots_.size() * 2));
    old.swap(slots_);
    used_ = 0;
    for (const Slot& slot : old) {
      if (slot.index != kNone) Insert(slot.hash, slot.index);
    }
  }
  const size_t mask = slots_.size() - 1;
  size_t place = static_cast<size_t>(hash >> 7) & mask;
  while (slots_[place].index != kNone) place = (place + 1) & mask;
  slots_[place] = {hash, index};
  ++used_;
}

IdentityGraph::Index IdentityGraph::FindNode(const NodeId& node) const {
  return node_table_.Find(HashOfNode(node), [&](Index i) {
    return nodes_[i].kind == node.kind && nodes_[i].id == node.id;
  });
}

IdentityGraph::Index IdentityGraph::NodeAt(const NodeId& node) {
  const Index known = FindNode(node);
  if (known != kNone) return known;
  const Index index = static_cast<Index>(nodes_.size());
  Node& made = nodes_.emplace_back();
  made.kind = node.kind;
  made.id = node.id;
  Reset(index);
  node_table_.Insert(HashOfNode(node), index);
  return index;
}

// By itself again.
void IdentityGraph::Reset(Index index) {
  Node& node = nodes_[index];
  node.parent = node.cluster = node.next = index;
  node.user = node.cluster_user = node.kind == NodeKind::kUser ? index : kNone;
  node.size = node.cluster_size = 1;
  node.contested = false;
  node.last = kNone;
}

IdentityGraph::Index IdentityGraph::PairAt(Index a, Index b) {
  const uint64_t hash = HashOfPair(a, b);
  const Index known =
      pair_table_.Find(hash, [&](Index i) { return pairs_[i].a == a && pairs_[i].b == b; });
  if (known != kNone) return known;
  const Index index = static_cast<Index>(pairs_.size());
  Pair& pair = pairs_.emplace_back();
  pair.a = a;
  pair.b = b;
  pair.next_of_a = std::exchange(nodes_[a].edges, index);
  if (a != b) pair.next_of_b = std::exchange(nodes_[b].edges, index);
  pair_table_.Insert(hash, index);
  return index;
}

IdentityGraph::Index IdentityGraph::Root(Index node) const {
  while (nodes_[node].parent != node) node = nodes_[node].parent;
  return node;
}

IdentityGraph::Index IdentityGraph::ClusterOf(Index node) const {
  while (nodes_[node].cluster != node) node = nodes_[node].cluster;
  return node;
}

size_t IdentityGraph::BestOf(const Pair& pair) const {
  for (size_t i = 0; i < kEvidences; ++i) {
    if (pair.seen_ms[i] != 0 && pair.seen_ms[i] > pair.unstitched_ms) return i;
  }
  return kEvidences;
}

bool IdentityGraph::Carries(const Pair& pair) const {
  const bool device =
      nodes_[pair.a].kind == NodeKind::kDevice || nodes_[pair.b].kind == NodeKind::kDevice;
  return !device && BestOf(pair) < kEvidences;
}

bool IdentityGraph::IsBefore(const Node& a, const Node& b) const {
  if (a.kind != b.kind) return a.kind < b.kind;
  return std::string_view(a.id) < std::string_view(b.id);
}

bool IdentityGraph::Before(const Pair& one, const Pair& other) const {
  const size_t mine = BestOf(one);
  const size_t theirs = BestOf(other);
  if (mine != theirs) return mine < theirs;
  if (mine < kEvidences && one.first_ms[mine] != other.first_ms[mine]) {
    return one.first_ms[mine] < other.first_ms[mine];
  }
  if (one.a != other.a) return IsBefore(nodes_[one.a], nodes_[other.a]);
  return one.b != other.b && IsBefore(nodes_[one.b], nodes_[other.b]);
}

// Makes one cluster of the two of the pair.
void IdentityGraph::Connect(Index index) {
  const Pair& pair = pairs_[index];
  Index into = ClusterOf(pair.a);
  Index other = ClusterOf(pair.b);
  if (nodes_[into].cluster_size < nodes_[other].cluster_size) std::swap(into, other);
  Node& root = nodes_[into];
  if (into != other) {
    Node& gone = nodes_[other];
    gone.cluster = into;
    root.cluster_size += gone.cluster_size;
    std::swap(root.next, gone.next);  // two rings become one
    const bool two = root.cluster_user != kNone && gone.cluster_user != kNone &&
                     root.cluster_user != gone.cluster_user;
    root.contested |= gone.contested || two;
    if (root.cluster_user == kNone) root.cluster_user = gone.cluster_user;
    if (root.last == kNone || (gone.last != kNone && Before(pairs_[root.last], pairs_[gone.last])))
      root.last = gone.last;
  }
  if (root.last == kNone || Before(pairs_[root.last], pair)) root.last = index;
}

// False: it would join two users.
bool IdentityGraph::Join(Index index) {
  Index a = Root(pairs_[index].a);
  Index b = Root(pairs_[index].b);
  if (a == b) return true;
  if (nodes_[a].size < nodes_[b].size) std::swap(a, b);
  const Index user_a = nodes_[a].user;
  const Index user_b = nodes_[b].user;
  if (user_a != kNone && user_b != kNone) return false;
  nodes_[b].parent = a;
  nodes_[a].size += nodes_[b].size;
  if (user_a == kNone) nodes_[a].user = user_b;
  return true;
}

// Works out the node's cluster anew.
void IdentityGraph::Settle(Index node) {
  std::vector<Index> members;
  std::vector<Index> edges;
  for (Index i = node; members.empty() || i != node; i = nodes_[i].next) members.push_back(i);
  for (const Index member : members) {
    for (Index edge = nodes_[member].edges; edge != kNone;) {
      const Pair& pair = pairs_[edge];
      if (pair.a == member && Carries(pair)) edges.push_back(edge);
      edge = pair.a == member ? pair.next_of_a : pair.next_of_b;
    }
  }
  for (const Index member : members) Reset(member);
  std::sort(edges.begin(), edges.end(),
            [&](Index one, Index other) { return Before(pairs_[one], pairs_[other]); });
  for (const Index edge : edges) {
    Connect(edge);
    Join(edge);
  }
}

// The evidence itself.
void IdentityGraph::Note(const IdentityEdge& edge, bool turned, Pair* pair) {
  int64_t& first = pair->first_ms[static_cast<size_t>(edge.evidence)];
  int64_t& seen = pair->seen_ms[static_cast<size_t>(edge.evidence)];
  if (first == 0 || edge.time_ms < first) first = edge.time_ms;
  if (edge.time_ms <= seen) return;
  seen = edge.time_ms;
  pair->consent_a = turned ? edge.consent_b : edge.consent_a;
  pair->consent_b = turned ? edge.consent_a : edge.consent_b;
}

Joined IdentityGraph::Add(const IdentityEdge& edge) {
  if (edge.a.id.empty() || edge.b.id.empty() || edge.time_ms <= 0) return Joined::kApart;
  Index a = NodeAt(edge.a);
  Index b = NodeAt(edge.b);
  const bool turned = IsBefore(nodes_[b], nodes_[a]);
  if (turned) std::swap(a, b);
  const Index index = PairAt(a, b);
  Pair& pair = pairs_[index];
  const size_t before = Carries(pair) ? BestOf(pair) : kEvidences;
  const int64_t first_before = before < kEvidences ? pair.first_ms[before] : 0;
  Note(edge, turned, &pair);
  if (!Carries(pair)) return Joined::kApart;
  const size_t best = BestOf(pair);
  if (best != before || pair.first_ms[best] != first_before) {
    const Index last_a = nodes_[ClusterOf(a)].last;
    const Index last_b = nodes_[ClusterOf(b)].last;
    const auto comes_after = [&](Index last) {
      return last == kNone || (last != index && Before(pairs_[last], pair));
    };
    const bool is_new = before == kEvidences;
    const bool in_order = is_new && comes_after(last_a) && comes_after(last_b);
    // What was the last in order may not be that any more.
    const bool moved = !is_new && last_a == index;
    Connect(index);
    if (moved || (nodes_[ClusterOf(a)].contested && !in_order))
      Settle(a);
    else
      Join(index);
  }
  return Root(a) == Root(b) ? Joined::kTogether : Joined::kSetAside;
}

void IdentityGraph::Unstitch(const NodeId& one, const NodeId& other, int64_t until_ms) {
  Index a = NodeAt(one);
  Index b = NodeAt(other);
  if (IsBefore(nodes_[b], nodes_[a])) std::swap(a, b);
  Pair& pair = pairs_[PairAt(a, b)];
  if (until_ms <= pair.unstitched_ms) return;
  const bool carried = Carries(pair);
  pair.unstitched_ms = until_ms;
  if (carried) Settle(a);
}

bool IdentityGraph::Together(const NodeId& a, const NodeId& b) const {
  const Index one = FindNode(a);
  const Index other = FindNode(b);
  return one != kNone && other != kNone && Root(one) == Root(other);
}

std::string_view IdentityGraph::UserOf(const NodeId& node) const {
  const Index found = FindNode(node);
  if (found == kNone) return {};
  const Index user = nodes_[Root(found)].user;
  return user == kNone ? std::string_view() : std::string_view(nodes_[user].id);
}

std::vector<IdentityEdge> IdentityGraph::Edges() const {
  std::vector<IdentityEdge> edges;
  for (const Pair& pair : pairs_) {
    if (BestOf(pair) == kEvidences) continue;
    IdentityEdge& edge = edges.emplace_back();
    edge.a = {nodes_[pair.a].kind, nodes_[pair.a].id};
    edge.b = {nodes_[pair.b].kind, nodes_[pair.b].id};
    edge.evidence = static_cast<Evidence>(BestOf(pair));
    edge.time_ms = pair.first_ms[BestOf(pair)];
    edge.consent_a = pair.consent_a;
    edge.consent_b = pair.consent_b;
  }
  return edges;
}

size_t IdentityGraph::conflicts() const {
  size_t count = 0;
  for (const Pair& pair : pairs_) count += Carries(pair) && Root(pair.a) != Root(pair.b);
  return count;
}

}  // namespace waymark
