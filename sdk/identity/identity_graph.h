// Who is whom, from evidence: ids of devices, users, mail and phone hashes, cards and orders, and
// what was seen to join them.
//
// Two users who are both known are never joined; where evidence would, the weaker and later of it
// is set aside. Invariant: the graph depends on the set of all evidence and un-stitching, not on
// the order or the number of times in which it came (Together() and UserOf() are functions of that
// set). One thread; plain memory; nothing is read or written.
#ifndef WAYMARK_IDENTITY_IDENTITY_GRAPH_H_
#define WAYMARK_IDENTITY_IDENTITY_GRAPH_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/string.h"

namespace waymark {

// A device does not stand for its people: it is known, and joins nobody.
enum class NodeKind : uint8_t {
  kDevice,
  kAnonymous,
  kUser,
  kMailHash,
  kPhoneHash,
  kCard,
  kOrder,
  kWebView,
  kLink,
};

// Why two nodes belong together; what comes first weighs more.
enum class Evidence : uint8_t { kSignIn, kSealedToken, kCard, kOrder, kForm, kScan, kToken };
inline constexpr size_t kEvidences = 7;

struct NodeId {
  NodeKind kind = NodeKind::kAnonymous;
  std::string_view id;  // of a person's contact data: its hash, never the data
};

struct IdentityEdge {
  NodeId a;
  NodeId b;
  Evidence evidence = Evidence::kToken;
  int64_t time_ms = 0;
  // Stand for the decisions under which the two ends were known; 0: not told.
  uint64_t consent_a = 0;
  uint64_t consent_b = 0;
};

enum class Joined : uint8_t {
  kTogether,  // the two belong to one person now
  kSetAside,  // it would join two known users
  kApart,     // a device; or what was un-stitched later than this was seen
};

class IdentityGraph {
 public:
  Joined Add(const IdentityEdge& edge);
  // Nothing that was seen until then joins the two. Un-stitching is evidence, too: it may come
  // before what it undoes. What other evidence joins stays joined.
  void Unstitch(const NodeId& a, const NodeId& b, int64_t until_ms);

  bool Together(const NodeId& a, const NodeId& b) const;
  // Empty: nobody is known there.
  std::string_view UserOf(const NodeId& node) const;
  // Pairs whose evidence is set aside.
  size_t conflicts() const;
  size_t nodes() const { return nodes_.size(); }
  // What counts, each pair with the evidence that weighs most, in the order in which it was first
  // seen. The ids point into the graph.
  std::vector<IdentityEdge> Edges() const;

 private:
  using Index = uint32_t;
  static constexpr Index kNone = ~Index{0};

  struct Node {
    NodeKind kind = NodeKind::kAnonymous;
    String id;
    Index parent = 0;    // towards the root of its person
    Index size = 1;      // at a root: of its tree
    Index user = kNone;  // at a root: the user who is known
    // All that evidence connects, also what is set aside.
    Index cluster = 0;  // towards its root
    Index cluster_size = 1;
    Index next = 0;  // a ring through the cluster
    Index edges = kNone;
    // At the root of a cluster: a user; whether there are two; its last edge in order.
    Index cluster_user = kNone;
    bool contested = false;
    Index last = kNone;
  };

  // All evidence about two nodes.
  struct Pair {
    Index a = 0;
    Index b = 0;
    Index next_of_a = kNone;
    Index next_of_b = kNone;
    int64_t first_ms[kEvidences] = {};  // when it was seen first; 0: never
    int64_t seen_ms[kEvidences] = {};   // and last
    int64_t unstitched_ms = INT64_MIN;
    uint64_t consent_a = 0;
    uint64_t consent_b = 0;
  };

  // Finds by hash what stands in a vector.
  class Table {
   public:
    template <typename Equal>
    Index Find(uint64_t hash, Equal equal) const;
    void Insert(uint64_t hash, Index index);

   private:
    struct Slot {
      uint64_t hash = 0;
      Index index = kNone;
    };
    std::vector<Slot> slots_;
    size_t used_ = 0;
  };

  Index FindNode(const NodeId& node) const;
  Index NodeAt(const NodeId& node);
  Index PairAt(Index a, Index b);
  Index Root(Index node) const;
  Index ClusterOf(Index node) const;
  // Of what counts: the evidence that weighs most; kEvidences: nothing does.
  size_t BestOf(const Pair& pair) const;
  bool Carries(const Pair& pair) const;
  bool Before(const Pair& one, const Pair& other) const;
  bool IsBefore(const Node& a, const Node& b) const;
  static void Note(const IdentityEdge& edge, bool turned, Pair* pair);
  void Connect(Index pair);
  bool Join(Index pair);
  void Settle(Index node);
  void Reset(Index node);

  std::vector<Node> nodes_;
  std::vector<Pair> pairs_;
  Table node_table_;
  Table pair_table_;
};

}  // namespace waymark

#endif  // WAYMARK_IDENTITY_IDENTITY_GRAPH_H_
