#include "base/json_check.h"

#include <cstdint>
#include <cstring>

#include "base/json_walk.h"
#include "base/json_writer.h"
#include "base/list.h"
#include "base/utf8.h"

namespace waymark {
namespace {

using Fault = JsonCheck::Fault;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

int HexValue(char c) {
  if (IsDigit(c)) return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// The code unit of the escape at text[i], which stands before "uXXXX"; -1 when it is none.
int EscapedUnit(std::string_view text, size_t i) {
  if (i + 6 > text.size() || text[i] != '\\' || text[i + 1] != 'u') return -1;
  int unit = 0;
  for (size_t k = i + 2; k < i + 6; ++k) {
    const int digit = HexValue(text[k]);
    if (digit < 0) return -1;
    unit = unit << 4 | digit;
  }
  return unit;
}

bool IsHighSurrogate(int unit) { return unit >= 0xd800 && unit < 0xdc00; }
bool IsSurrogate(int unit) { return unit >= 0xd800 && unit < 0xe000; }

// Walks the grammar without recursion: `open_` holds one bit for each level, 1 for an object.
class Checker {
 public:
  Checker(std::string_view text, int depth_max) : text_(text), depth_max_(depth_max) {}

  JsonCheck Run() {
    if (Document() && (SkipSpace(), i_ != text_.size())) Fail(Fault::kSyntax);
    result_.offset = i_;
    return result_;
  }

 private:
  bool Fail(Fault fault) {
    if (result_.fault == Fault::kNone) result_.fault = fault;
    return false;
  }

  char Peek() const { return i_ < text_.size() ? text_[i_] : '\0'; }

  void SkipSpace() {
    while (i_ < text_.size() &&
           (text_[i_] == ' ' || text_[i_] == '\n' || text_[i_] == '\t' || text_[i_] == '\r')) {
      ++i_;
    }
  }

  bool Document() {
    do {
      if (!Value()) return false;
    } while (After());
    return result_.fault == Fault::kNone;
  }

  // One value, or the opening of one and all that must stand before its first value.
  bool Value() {
    while (true) {
      SkipSpace();
      switch (Peek()) {
        case '{':
          if (!Open(true)) return false;
          if (SkipSpace(), Peek() == '}') return Close();
          if (!Key()) return false;
          continue;
        case '[':
          if (!Open(false)) return false;
          if (SkipSpace(), Peek() == ']') return Close();
          continue;
        default:
          return Scalar();
      }
    }
  }

  // After a value: closes what ends here. True when another value must follow.
  bool After() {
    while (depth_ > 0) {
      SkipSpace();
      const char c = Peek();
      if (c == ',') {
        ++i_;
        return !InObject() || (SkipSpace(), Key());
      }
      if (c != (InObject() ? '}' : ']')) return Fail(Fault::kSyntax);
      Close();
    }
    return false;
  }

  bool InObject() const { return open_ >> (depth_ - 1) & 1; }

  bool Open(bool object) {
    if (depth_ >= depth_max_) return Fail(Fault::kTooDeep);
    const uint64_t bit = uint64_t{1} << depth_;
    open_ = object ? open_ | bit : open_ & ~bit;
    ++depth_;
    ++i_;
    return true;
  }

  bool Close() {
    --depth_;
    ++i_;
    return true;
  }

  bool Key() {
    if (!String()) return false;
    SkipSpace();
    if (Peek() != ':') return Fail(Fault::kSyntax);
    ++i_;
    return true;
  }

  bool Scalar() {
    switch (Peek()) {
      case '"':
        return String();
      case 't':
        return Word("true");
      case 'f':
        return Word("false");
      case 'n':
        return Word("null");
      default:
        return Number();
    }
  }

  bool Word(std::string_view word) {
    if (!text_.substr(i_).starts_with(word)) return Fail(Fault::kSyntax);
    i_ += word.size();
    return true;
  }

  bool Digits() {
    if (!IsDigit(Peek())) return Fail(Fault::kSyntax);
    while (IsDigit(Peek())) ++i_;
    return true;
  }

  bool Number() {
    if (Peek() == '-') ++i_;
    if (Peek() == '0') {
      ++i_;
    } else if (!Digits()) {
      return false;
    }
    if (Peek() == '.' && (++i_, !Digits())) return false;
    if ((Peek() | 0x20) == 'e') {
      ++i_;
      if (Peek() == '+' || Peek() == '-') ++i_;
      return Digits();
    }
    return true;
  }

  bool String() {
    if (Peek() != '"') return Fail(Fault::kSyntax);
    ++i_;
    while ((i_ = SkipPlain(text_, i_)) < text_.size()) {
      const uint8_t c = static_cast<uint8_t>(text_[i_]);
      if (c == '"') return ++i_, true;
      if (c == '\\') {
        if (!Escape()) return false;
      } else if (c < 0x20) {
        return Fail(Fault::kSyntax);
      } else if (c < 0x80) {
        ++i_;
      } else {
        const size_t size = Utf8SequenceSize(text_.substr(i_));
        if (size == 0) return Fail(Fault::kNotUtf8);
        i_ += size;
      }
    }
    return Fail(Fault::kSyntax);
  }

  bool Escape() {
    const char kind = i_ + 1 < text_.size() ? text_[i_ + 1] : '\0';
    if (kind != 'u') {
      constexpr std::string_view kKinds = "\"\\/bfnrt";
      if (IndexOf(kKinds, kind) == kKinds.size()) return Fail(Fault::kSyntax);
      i_ += 2;
      return true;
    }
    const int unit = EscapedUnit(text_, i_);
    if (unit < 0) return Fail(Fault::kSyntax);
    i_ += 6;
    if (!IsSurrogate(unit)) return true;
    const int next = EscapedUnit(text_, i_);
    if (IsHighSurrogate(unit) && IsSurrogate(next) && !IsHighSurrogate(next)) {
      i_ += 6;
    } else {
      result_.lone_surrogate = true;
    }
    return true;
  }

  std::string_view text_;
  int depth_max_;
  int depth_ = 0;
  uint64_t open_ = 0;
  size_t i_ = 0;
  JsonCheck result_;
};

static_assert(kJsonDepthMax <= 64, "Checker keeps one bit for each level");

// Where a walk to an offset has got to inside one array or object.
struct Level {
  bool object = false;
  std::string_view key;  // still escaped
  int index = 0;
};

String ToPointer(const List<Level>& levels) {
  String pointer;
  for (const Level& level : levels) {
    const String index = IntegerText(level.index);
    AppendPointerStep(&pointer, level.object ? level.key : std::string_view(index));
  }
  return pointer;
}

}  // namespace

JsonCheck CheckJson(std::string_view text, int depth_max) { return Checker(text, depth_max).Run(); }

String PointerAt(std::string_view text, size_t offset) {
  List<Level> levels;
  bool key_next = false;
  for (size_t i = 0; i < offset && i < text.size(); ++i) {
    switch (text[i]) {
      case '"': {
        const size_t begin = ++i;
        while (i < text.size() && text[i] != '"') i += text[i] == '\\' ? 2 : 1;
        if (key_next && !levels.empty() && i <= text.size()) {
          levels.back().key = text.substr(begin, i - begin);
          key_next = false;
        }
        break;
      }
      case '{':
      case '[':
        key_next = text[i] == '{';
        levels.emplace_back().object = key_next;
        break;
      case '}':
      case ']':
        if (!levels.empty()) levels.pop_back();
        break;
      case ',':
        if (levels.empty()) break;
        key_next = levels.back().object;
        ++levels.back().index;
        break;
      default:
        break;
    }
  }
  return ToPointer(levels);
}

void AppendPointerStep(String* pointer, std::string_view step) {
  pointer->push_back('/');
  for (const char c : step) {
    if (c == '~')
      *pointer += "~0";
    else if (c == '/')
      *pointer += "~1";
    else
      pointer->push_back(c);
  }
}

void RepairSurrogates(String* json_text) {
  const std::string_view text = *json_text;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') continue;
    const int unit = EscapedUnit(text, i);
    const int next = EscapedUnit(text, i + 6);
    if (IsHighSurrogate(unit) && IsSurrogate(next) && !IsHighSurrogate(next)) {
      i += 6;
    } else if (IsSurrogate(unit)) {
      std::memcpy(json_text->data() + i + 2, "fffd", 4);
    }
    ++i;
  }
}

}  // namespace waymark
