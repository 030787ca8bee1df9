#include "delivery/lane.h"

#include <algorithm>

namespace waymark {

uint64_t Lane::SettledOf(std::string_view writer) const {
  for (const Cursor& cursor : cursors) {
    if (cursor.writer == writer) return cursor.sequence;
  }
  return 0;
}

void Lane::MoveCursor(std::string_view writer, uint64_t sequence) {
  for (Cursor& cursor : cursors) {
    if (cursor.writer != writer) continue;
    cursor.sequence = std::max(cursor.sequence, sequence);
    return;
  }
  Cursor& cursor = cursors.emplace_back();
  cursor.writer = writer;
  cursor.sequence = sequence;
}

}  // namespace waymark
