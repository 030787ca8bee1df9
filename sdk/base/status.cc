#include "base/status.h"

namespace waymark {

Problem MakeProblem(const char* code, std::string_view pointer, std::string_view found,
                    std::string_view allowed) {
  return {code, String(pointer), String(found), String(allowed)};
}

void AddProblem(List<Problem>* problems, const char* code, std::string_view pointer,
                std::string_view found, std::string_view allowed) {
  problems->push_back(MakeProblem(code, pointer, found, allowed));
}

Status::Status(Problem&& problem) : problem_(std::make_unique<Problem>(std::move(problem))) {}

}  // namespace waymark
