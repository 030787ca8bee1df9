#include "json_items.h"

namespace waymark::collector {
namespace {

// Walks well-formed JSON text without building anything.
class Walker {
 public:
  explicit Walker(absl::string_view text) : text_(text) {}

  bool Is(char c) {
    SkipBlanks();
    return at_ < text_.size() && text_[at_] == c;
  }

  // Steps over `c` where it comes next.
  bool Take(char c) {
    if (!Is(c)) return false;
    ++at_;
    return true;
  }

  // Steps over one value and gives its text. Well-formed text needs no stack: brackets outside
  // strings are balanced.
  absl::string_view Value() {
    SkipBlanks();
    const size_t begin = at_;
    int depth = 0;
    do {
      const char c = at_ < text_.size() ? text_[at_] : '\0';
      if (c == '"') {
        SkipString();
      } else if (c == '{' || c == '[') {
        ++depth, ++at_;
      } else if (c == '}' || c == ']') {
        --depth, ++at_;
      } else if (depth > 0) {
        ++at_;
      } else {
        SkipScalar();
      }
    } while (depth > 0 && at_ < text_.size());
    return text_.substr(begin, at_ - begin);
  }

 private:
  void SkipBlanks() {
    while (at_ < text_.size() && absl::string_view(" \t\r\n").find(text_[at_]) != npos) ++at_;
  }

  void SkipString() {
    for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) {
      if (text_[at_] == '\\') ++at_;
    }
    ++at_;
  }

  void SkipScalar() {
    while (at_ < text_.size() && absl::string_view(",]} \t\r\n").find(text_[at_]) == npos) ++at_;
  }

  static constexpr size_t npos = absl::string_view::npos;
  const absl::string_view text_;
  size_t at_ = 0;
};

// Steps into the member `key`; false when the next value is no object or has no such member.
bool Enter(Walker& walker, absl::string_view key) {
  if (!walker.Take('{')) return false;
  while (!walker.Is('}')) {
    absl::string_view name = walker.Value();
    if (name.size() < 2 || !walker.Take(':')) return false;
    if (name.substr(1, name.size() - 2) == key) return true;
    walker.Value();
    if (!walker.Take(',')) return false;
  }
  return false;
}

}  // namespace

std::vector<absl::string_view> JsonItems(absl::string_view text,
                                         const std::vector<absl::string_view>& keys) {
  Walker walker(text);
  for (const absl::string_view key : keys) {
    if (!Enter(walker, key)) return {};
  }
  std::vector<absl::string_view> items;
  if (!walker.Take('[')) return items;
  while (!walker.Is(']')) {
    items.push_back(walker.Value());
    if (!walker.Take(',')) break;
  }
  return items;
}

}  // namespace waymark::collector
