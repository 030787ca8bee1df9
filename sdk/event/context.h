// The standing context: where the visitor is and with what, as ordered members of JSON text.
#ifndef WAYMARK_EVENT_CONTEXT_H_
#define WAYMARK_EVENT_CONTEXT_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_view.h"

namespace waymark {

class Context {
 public:
  // Replaces the members of `changes`; null removes one. Order of first appearance is kept.
  void Merge(const JsonView& changes);

  // The whole as one object. Events of the same moment share the text; a change makes a new one.
  std::shared_ptr<const std::string> Text() const;

 private:
  struct Member {
    std::string name;
    std::string json;
  };

  std::vector<Member> members_;
  mutable std::shared_ptr<const std::string> text_;
};

// One object with the members of `base`, those of `overrides` in place of equal names.
std::string MergeObjects(const JsonView& base, const JsonView& overrides);

}  // namespace waymark

#endif  // WAYMARK_EVENT_CONTEXT_H_
