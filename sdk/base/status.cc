#include "base/status.h"

namespace waymark {
namespace {

void Set(Problem* problem, const char* code, std::string_view pointer, std::string_view found,
         std::string_view allowed) {
  problem->code = code;
  problem->pointer = pointer;
  problem->found = found;
  problem->allowed = allowed;
}

}  // namespace

void AddProblem(List<Problem>* problems, const char* code, std::string_view pointer,
                std::string_view found, std::string_view allowed) {
  Set(&problems->emplace_back(), code, pointer, found, allowed);
}

void AddProblem(List<Problem>* problems, const Problem& problem) {
  AddProblem(problems, problem.code, problem.pointer, problem.found, problem.allowed);
}

Status NotOk(const char* code, std::string_view pointer, std::string_view found,
             std::string_view allowed) {
  Status status;
  status.problem_ = std::make_unique<Problem>();
  Set(status.problem_.get(), code, pointer, found, allowed);
  return status;
}

}  // namespace waymark
