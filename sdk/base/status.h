// How the core says that something did not work: as a value.
//
// Problem   what a person needs to mend it: a code, a JSON pointer, what was found, what is
// allowed. Status    fine, or a Problem. StatusOr  a value, or the Problem that stands in its
// place.
//
// The names are Abseil's; absl::StatusOr itself costs 16 KB of the page module (docs/adr/0003).
#ifndef WAYMARK_BASE_STATUS_H_
#define WAYMARK_BASE_STATUS_H_

#include <cassert>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "base/list.h"
#include "base/string.h"

namespace waymark {

// Invariant: `found` never quotes a value of an event; it names its type or size.
struct Problem {
  const char* code = "";  // one of the codes in docs/effect.md
  String pointer;         // JSON pointer into the call or the config; empty: the whole
  String found;
  String allowed;
};

// A problem from its parts, behind others. Out of line: one call is smaller than four strings at
// every place that finds something wrong.
void AddProblem(List<Problem>* problems, const char* code, std::string_view pointer,
                std::string_view found, std::string_view allowed);

void AddProblem(List<Problem>* problems, const Problem& problem);

class [[nodiscard]] Status {
 public:
  Status() = default;

  bool ok() const { return !problem_; }
  const Problem& problem() const {
    assert(!ok());
    return *problem_;
  }

 private:
  friend Status NotOk(const char* code, std::string_view pointer, std::string_view found,
                      std::string_view allowed);

  std::unique_ptr<Problem> problem_;  // null: fine
};

inline Status OkStatus() { return Status(); }
// A problem from its parts.
Status NotOk(const char* code, std::string_view pointer, std::string_view found,
             std::string_view allowed);

template <typename T>
class [[nodiscard]] StatusOr {
 public:
  StatusOr(T&& value) : value_(std::move(value)) {}          // NOLINT: a value is a StatusOr
  StatusOr(Status&& status) : status_(std::move(status)) {}  // NOLINT: so is what is not fine

  bool ok() const { return status_.ok(); }
  const Status& status() const { return status_; }
  const T& value() const {
    assert(ok());
    return *value_;
  }
  const T& operator*() const& { return value(); }
  T&& operator*() && {
    assert(ok());
    return *std::move(value_);
  }
  const T* operator->() const { return &value(); }

 private:
  Status status_;
  std::optional<T> value_;
};

}  // namespace waymark

#endif  // WAYMARK_BASE_STATUS_H_
