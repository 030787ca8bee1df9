// What travels beside the events is what sdk/docs/record.md says, and no more than that.
#include <map>
#include <set>

#include "simulation/watches.h"

namespace waymark_simulation {
namespace {

class WireWatch final : public Watch {
 public:
  void OnRequest(const TabFacts& tab, const Request& request) override {
    bool first = true;
    for (const SentEvent& event : request.contents.events) {
      if (!first && !event.lost.empty()) Fail(tab, "tells losses in the middle of a batch");
      first = false;
      if (event.strays) Fail(tab, "sends members that are none of the protocol's");
      if (event.told_twice) Fail(tab, "writes out what the message id says");
      if (!event.written_writer.empty()) JudgeName(tab, event.written_writer);
      JudgeLost(tab, event);
    }
  }

 private:
  [[noreturn]] static void Fail(const TabFacts& tab, const std::string& what) {
    throw Violation("wire", "tab " + std::to_string(tab.number) + " " + what);
  }

  void JudgeLost(const TabFacts& tab, const SentEvent& event) {
    // What was lost for lack of consent is nobody's business.
    static const std::set<std::string> reasons = {
        "quota", "age", "oversize", "rejected", "retry_exhausted", "corrupt"};
    for (const auto& [writer, counts] : event.lost) {
      JudgeName(tab, writer);
      for (const auto& [reason, count] : counts) {
        if (count <= 0 || reasons.count(reason) == 0) Fail(tab, "tells losses of " + reason);
      }
    }
  }

  // Its digits are all that most events say of it.
  void JudgeName(const TabFacts& tab, const std::string& name) {
    const std::string digits = WriterDigits(name);
    if (digits.empty()) Fail(tab, "tells of a writer " + name);
    if (names_.emplace(digits, name).first->second != name) {
      Fail(tab, "tells of writers " + name + " and " + names_[digits] + ", which nobody can tell");
    }
  }

  std::map<std::string, std::string> names_;  // by their digits
};

}  // namespace

std::unique_ptr<Watch> MakeWireWatch() { return std::make_unique<WireWatch>(); }

}  // namespace waymark_simulation
