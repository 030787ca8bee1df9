#include "consent/consent_gate.h"

#include <algorithm>

#include "base/name_table.h"

namespace waymark {
namespace {

GateVerdict BeforeAnswerVerdict(BeforeAnswer before_answer) {
  switch (before_answer) {
    case BeforeAnswer::kHold:
      return GateVerdict::kHold;
    case BeforeAnswer::kDeidentify:
      return GateVerdict::kDeidentify;
    case BeforeAnswer::kDrop:
      return GateVerdict::kDrop;
  }
  return GateVerdict::kDrop;
}

GateVerdict JudgePurpose(const Purpose& purpose, PurposeState state) {
  switch (state) {
    case PurposeState::kDenied:
      return GateVerdict::kDrop;
    case PurposeState::kUnknown:
      return BeforeAnswerVerdict(purpose.before_answer);
    case PurposeState::kGranted:
    case PurposeState::kExempt:
      return purpose.deidentify ? GateVerdict::kDeidentify : GateVerdict::kAdmit;
  }
  return GateVerdict::kDrop;
}

}  // namespace

std::string_view VerdictName(GateVerdict verdict) {
  return NameAt("admit,deidentify,hold,drop", static_cast<int>(verdict));
}

GateVerdict Judge(const Policy& policy, const ConsentState& state, PurposeSet needs) {
  const size_t known = policy.purposes.size();
  const bool unmet = needs == 0 || (known < kPurposesMax && needs >> known != 0);
  GateVerdict verdict = unmet ? GateVerdict::kDrop : GateVerdict::kAdmit;
  for (size_t i = 0; i < policy.purposes.size(); ++i) {
    if (!(needs >> i & 1)) continue;
    verdict = std::max(verdict, JudgePurpose(policy.purposes[i], state.Of(static_cast<int>(i))));
  }
  return verdict;
}

void WriteReasons(const Policy& policy, const ConsentState& state, PurposeSet needs,
                  JsonWriter* writer) {
  const GateVerdict verdict = Judge(policy, state, needs);
  writer->Key("because").Begin('[');
  for (size_t i = 0; i < policy.purposes.size(); ++i) {
    const PurposeSet bit = PurposeSet{1} << i;
    if (!(needs & bit) || Judge(policy, state, bit) != verdict) continue;
    writer->Begin('{').Field("purpose", policy.purposes[i].id);
    WriteStanding(state, i, writer);
    writer->End('}');
  }
  writer->End(']');
}

GateVerdict JudgeAgain(const Policy& policy, const ConsentState& state, PurposeSet needs,
                       PurposeSet captured) {
  const GateVerdict now = Judge(policy, state, needs);
  if (now == GateVerdict::kHold) return GateVerdict::kDrop;
  const bool allowed_then = (needs & ~captured) == 0;
  return allowed_then ? now : std::max(now, GateVerdict::kDeidentify);
}

}  // namespace waymark
