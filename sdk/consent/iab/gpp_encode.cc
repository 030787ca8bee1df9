#include "consent/iab/bit_writer.h"
#include "consent/iab/gpp.h"

namespace waymark {
namespace {

// What the reference library pads to: whole bytes, then whole characters.
String Padded(BitWriter* out) {
  out->PadTo(8);
  return out->Text();
}

}  // namespace

bool LooksLikeOwnHeader(int id, const UsSection& section) {
  const int version = section.values[UsSlot('m')];
  return id >= kFirstWithHeader && version >= kFirstWithHeader && version <= 27;
}

String EncodeUsSection(int id, const UsSection& section) {
  const UsLayout& layout = section.LayoutOf(id);
  String text;
  BitWriter out;
  int subsection = 0;
  for (UsFields field(layout); field.Next();) {
    if (field.subsection() != subsection) {
      text += Padded(&out);
      text += ".";
      out = BitWriter();
      subsection = field.subsection();
    }
    const uint8_t* values = section.values + UsSlot(field.letter());
    for (int i = 0; i < field.count(); ++i) out.Write(values[i], field.bits());
  }
  text += Padded(&out);
  return text;
}

String EncodeGppHeader(const List<int>& ids) {
  BitWriter items;
  uint64_t count = 0;
  int before = 0;
  for (size_t i = 0; i < ids.size(); ++count) {
    const size_t begin = i++;
    while (i < ids.size() && ids[i] == ids[i - 1] + 1) ++i;
    const bool group = i - begin > 1;
    items.Write(group ? 1 : 0, 1);
    items.Fibonacci(static_cast<uint32_t>(ids[begin] - before));
    before = ids[i - 1];
    if (group) items.Fibonacci(static_cast<uint32_t>(before - ids[begin]));
  }
  BitWriter out;
  out.Write(3, 6);
  out.Write(1, 6);
  out.Write(count, 12);
  out.Append(items);
  return Padded(&out);
}

}  // namespace waymark
