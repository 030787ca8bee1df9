#include "privacy/pattern.h"

#include <algorithm>

#include "base/json_writer.h"

namespace waymark {
namespace {

constexpr size_t kSignsMin = 4;  // of what must be there: less is found everywhere
constexpr uint64_t kOne = 1;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLetter(char c) { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; }
bool IsWord(char c) { return IsDigit(c) || IsLetter(c) || (c & 0x80) != 0; }

bool FitsKind(char kind, char c) {
  if (kind == '9') return IsDigit(c);
  return IsLetter(c) || (kind == 'X' && IsDigit(c));
}

bool SameSign(char a, char b) { return a == b || (IsLetter(a) && (a | 0x20) == (b | 0x20)); }

// How often a sign stands: at least, at most.
struct Times {
  size_t least = 1;
  size_t most = 1;
};

class PatternReader {
 public:
  PatternReader(std::string_view text, TextPattern* pattern) : text_(text), pattern_(pattern) {}

  // What is wrong; empty: nothing.
  const char* Read() {
    while (!text_.empty()) {
      if (const char* wrong = ReadSign(); wrong[0] != '\0') return wrong;
    }
    if (needed_ < kSignsMin) return "fewer than 4 signs that must be there";
    Close();
    return "";
  }

 private:
  char Take() {
    const char c = text_[0];
    text_.remove_prefix(1);
    return c;
  }

  bool Next(char c) const { return !text_.empty() && text_[0] == c; }

  const char* ReadSign() {
    char sign = Take();
    bool kind = sign == '9' || sign == 'A' || sign == 'X';
    if (sign == '?' || sign == '{') return "a sign that says how often, with none before it";
    if (sign == '\\') {
      if (text_.empty()) return "a \\ with nothing behind it";
      sign = Take();
      kind = false;
    }
    Times times;
    if (!ReadTimes(&times)) return "braces that are no {n} or {n,m}";
    for (size_t i = 0; i < times.most; ++i) {
      if (pattern_->signs == kPatternSignsMax) return "more than 63 signs";
      if (i >= times.least) optional_ |= kOne << pattern_->signs;
      if (kind) pattern_->kinds |= kOne << pattern_->signs;
      pattern_->sign[pattern_->signs++] = sign;
    }
    needed_ += times.least;
    return "";
  }

  bool ReadTimes(Times* times) {
    if (Next('?')) {
      Take();
      times->least = 0;
    } else if (Next('{')) {
      Take();
      if (!ReadCount(&times->least)) return false;
      times->most = times->least;
      if (Next(',')) {
        Take();
        if (!ReadCount(&times->most)) return false;
      }
      if (!Next('}') || times->most < times->least || times->most == 0) return false;
      Take();
    }
    return true;
  }

  bool ReadCount(size_t* count) {
    *count = 0;
    bool digits = false;
    while (!text_.empty() && IsDigit(text_[0]) && *count <= kPatternSignsMax) {
      *count = *count * 10 + static_cast<size_t>(Take() - '0');
      digits = true;
    }
    return digits;
  }

  // Where one may stand: here, or behind what may be missing here.
  void Close() {
    for (size_t i = pattern_->signs + size_t{1}; i-- > 0;) {
      pattern_->after[i] = kOne << i;
      if (i < pattern_->signs && (optional_ >> i & 1)) {
        pattern_->after[i] |= pattern_->after[i + 1];
      }
    }
  }

  std::string_view text_;
  TextPattern* pattern_;
  uint64_t optional_ = 0;
  size_t needed_ = 0;
};

// Where one may stand behind `c` when it may be at one of `places` before it.
uint64_t Step(const TextPattern& pattern, uint64_t places, char c) {
  uint64_t next = 0;
  for (size_t i = 0; i < pattern.signs; ++i) {
    if (!(places >> i & 1)) continue;
    const bool kind = pattern.kinds >> i & 1;
    const char sign = pattern.sign[i];
    if (kind ? FitsKind(sign, c) : SameSign(sign, c)) next |= pattern.after[i + 1];
  }
  return next;
}

}  // namespace

StatusOr<TextPattern> ReadTextPattern(std::string_view text, std::string_view pointer) {
  TextPattern pattern;
  const char* wrong = PatternReader(text, &pattern).Read();
  if (wrong[0] == '\0') return pattern;
  return NotOk("not_allowed", pointer, wrong,
               "9 for a digit, A for a letter, X for either, other signs for themselves; "
               "?, {n} or {n,m} behind one");
}

size_t MatchPattern(const TextPattern& pattern, std::string_view text) {
  size_t matched = 0;
  uint64_t places = pattern.after[0];
  for (size_t i = 0; i < text.size() && places != 0; ++i) {
    places = Step(pattern, places, text[i]);
    if (!(places >> pattern.signs & 1)) continue;
    const bool inside = i + 1 < text.size() && IsWord(text[i]) && IsWord(text[i + 1]);
    if (!inside) matched = i + 1;
  }
  return matched;
}

}  // namespace waymark
