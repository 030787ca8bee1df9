#include "outbox/settlement.h"

#include <algorithm>

namespace waymark {
namespace {

bool HasPosition(const Settlement& settlement) {
  for (const uint32_t through : settlement.through) {
    if (through != 0) return true;
  }
  return false;
}

}  // namespace

void WriteSettlements(JsonWriter* writer, const List<Settlement>& lanes,
                      const List<std::string_view>& collectors) {
  writer->Begin('{');
  for (size_t i = 0; i < lanes.size(); ++i) {
    const Settlement& settlement = lanes[i];
    const bool positions = HasPosition(settlement);
    if (!positions && settlement.lost.empty()) continue;
    writer->Key(collectors[i]).Begin('{');
    if (positions) {
      writer->Key("through").Begin('[');
      for (const uint32_t through : settlement.through) {
        writer->Integer(static_cast<int64_t>(through));
      }
      writer->End(']');
    }
    if (!settlement.lost.empty()) writer->FieldRaw("lost", settlement.lost.Json());
    writer->End('}');
  }
  writer->End('}');
}

void ReadSettlements(JsonView json, const List<std::string_view>& collectors, bool positions,
                     uint32_t change, List<Settlement>* lanes) {
  for (size_t i = 0; i < lanes->size(); ++i) {
    Settlement& settlement = (*lanes)[i];
    const JsonView kept = json[collectors[i]];
    for (JsonItems item(kept["through"]); positions && item.Next() && item.index() < kPriorities;) {
      uint32_t& through = settlement.through[item.index()];
      const int64_t sequence = std::clamp<int64_t>(item.value().IntegerOr(0), 0, UINT32_MAX);
      through = std::max(through, static_cast<uint32_t>(sequence));
    }
    settlement.lost.AddFrom(kept["lost"]);
    if (!settlement.lost.empty()) settlement.changed = change;
  }
}

}  // namespace waymark
