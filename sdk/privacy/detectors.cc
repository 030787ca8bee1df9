#include "privacy/detectors.h"

#include "base/name_table.h"
#include "base/utf8.h"
#include "codec/sha256.h"
#include "privacy/contacts.h"
#include "privacy/numbers.h"
#include "privacy/plain_text.h"

namespace waymark {
namespace {

constexpr const char* kDataActions = "redact,hash,drop";
constexpr std::string_view kReplacement = "redacted-";

bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

void ReadKinds(JsonView names, DataAction action, const char* pointer, DetectorRules* rules,
               List<Problem>* problems) {
  for (JsonItems item(names); item.Next();) {
    const int kind = FindName(kDataKindNames, item.value().AsName());
    if (kind < 0) continue;  // the schema has said so
    const DataKindSet bit = DataKindSet{1} << kind;
    if (rules->kinds & bit) {
      AddProblem(problems, "conflict", pointer + Numbered("/", item.index()), item.value().text(),
                 "each kind once, in one of redact, hash and drop");
    }
    rules->kinds |= bit;
    rules->action[kind] = action;
  }
}

void ReadPatterns(JsonView patterns, DetectorRules* rules, List<Problem>* problems) {
  for (JsonItems item(patterns); item.Next();) {
    const JsonView given = item.value();
    const String pointer = Numbered("/privacy/patterns/", item.index());
    const String id = given["id"].AsString();
    for (const String& other : rules->pattern_ids) {
      if (other == id) {
        AddProblem(problems, "conflict", pointer + "/id", given["id"].text(), "each id once");
      }
    }
    if (FindName(kDataKindNames, id) >= 0) {
      AddProblem(problems, "conflict", pointer + "/id", given["id"].text(),
                 "an id that is no kind of its own");
    }
    const auto read = ReadTextPattern(given["pattern"].AsString(), pointer + "/pattern");
    if (!read.ok()) {
      AddProblem(problems, read.status().problem());
      continue;
    }
    const size_t place = kDataKinds + rules->patterns.size();
    OwnPattern& own = rules->patterns.emplace_back();
    own.pattern = *read;
    own.luhn = given["check"].IsName("luhn");
    rules->pattern_ids.push_back(id);
    rules->kinds |= DataKindSet{1} << place;
    const int action = FindName(kDataActions, given["action"].AsName());
    rules->action[place] = action < 0 ? DataAction::kRedact : static_cast<DataAction>(action);
  }
}

std::string_view KindName(const DetectorRules& rules, size_t kind) {
  if (kind < kDataKinds) return NameAt(kDataKindNames, static_cast<int>(kind));
  return rules.pattern_ids[kind - kDataKinds];
}

// As others write it before they hash it: without what only sets it.
String NormalData(size_t kind, std::string_view text) {
  if (kind == static_cast<size_t>(DataKind::kEmail)) return NormalContact("/traits/email", text);
  if (kind == static_cast<size_t>(DataKind::kPhone)) return NormalContact("/traits/phone", text);
  if (kind == static_cast<size_t>(DataKind::kToken)) return text;
  String normal;
  for (const char c : text) {
    const uint8_t byte = ByteClass(c);
    if (byte & kDigitByte) normal.push_back(c);
    if (byte & (kUpperByte | kLowerByte)) normal.push_back(static_cast<char>(c & ~0x20));
  }
  return normal;
}

// What stands at a JSON pointer; missing: nothing.
JsonView AtPointer(JsonView object, std::string_view pointer) {
  while (object && pointer.size() > 1) {
    pointer.remove_prefix(1);
    const size_t size = IndexOf(pointer, '/');
    object = object[pointer.substr(0, size)];
    pointer.remove_prefix(size);
  }
  return object;
}

// Copies an object of JSON text with changes: up to `copied_` it is in `out_` or left out.
class Scrubber {
 public:
  Scrubber(const DetectorRules& rules, const ScrubbedPart& part, std::string_view json, String* out,
           Redactions* redactions)
      : rules_(rules),
        root_depth_(part.at.empty() ? 1 : 0),
        at_(json.data()),
        end_(json.data() + json.size()),
        copied_(json.data()),
        out_(out),
        redactions_(redactions) {
    search_.kinds = rules.kinds;
    search_.patterns = &rules.patterns;
    search_.harmless = rules.harmless;
    FindRanges(part, JsonView(json));
  }

  bool Scrub() {
    while (at_ < end_) Step();
    if (!changed_) return false;
    CopyUpTo(end_);
    return true;
  }

 private:
  struct Level {
    bool object = false;
    bool expects_key = false;
    bool survivors = false;        // members before this one that stay
    bool dropped = false;          // the present one
    const char* comma = nullptr;   // before the present one
    const char* member = nullptr;  // where it begins, with the comma before it
    size_t out_bytes = 0;          // what is in `out_` before it
    std::string_view key;          // of the present one
  };

  // A value whose findings other rules deal with.
  struct Range {
    std::string_view text;
    bool whole = false;  // only when it is one finding as a whole
  };

  void FindRanges(const ScrubbedPart& part, JsonView object) {
    AddRanges(part, part.left, object, false);
    AddRanges(part, part.named, object, true);
  }

  void AddRanges(const ScrubbedPart& part, const List<String>* pointers, JsonView object,
                 bool whole) {
    if (!pointers) return;
    for (const String& pointer : *pointers) {
      std::string_view below = pointer;
      if (!below.starts_with(part.at)) continue;
      below.remove_prefix(part.at.size());
      if (below.empty() || below[0] != '/') continue;
      const JsonView value = AtPointer(object, below);
      if (value) ranges_.push_back({value.text(), whole});
    }
  }

  Level& level() { return levels_[depth_]; }

  void Step() {
    switch (*at_) {
      case '{':
      case '[':
        return Open();
      case '}':
      case ']':
        --depth_;
        ++at_;
        return;
      case ',':
        return NextMember();
      case '"':
        return TakeString();
      default:
        break;
    }
    if (ByteClass(*at_) & kDigitByte) return TakeNumber();
    if (*at_ == '-' || *at_ == 't' || *at_ == 'f' || *at_ == 'n') BeginValue();
    ++at_;
  }

  void Open() {
    BeginValue();
    Level& inner = levels_[++depth_];
    inner = Level();
    inner.object = inner.expects_key = *at_ == '{';
    ++at_;
  }

  void NextMember() {
    Level& present = level();
    present.survivors |= !present.dropped;
    present.dropped = false;
    present.comma = at_++;
    present.member = nullptr;
    present.expects_key = present.object;
  }

  void BeginMember() {
    Level& present = level();
    if (present.member) return;
    present.member = present.survivors ? present.comma : at_;
    present.out_bytes =
        out_->size() + static_cast<size_t>(present.member > copied_ ? present.member - copied_ : 0);
  }

  void BeginValue() {
    if (!level().object) BeginMember();
  }

  // Reads to the closing quote, and looks only into texts that may hold something.
  void TakeString() {
    BeginMember();
    const char* begin = ++at_;
    uint8_t seen = 0;
    size_t digits = 0;
    for (;; ++at_) {
      const uint8_t byte = ByteClass(*at_);
      seen |= byte;
      digits += byte & kDigitByte;
      if (!(byte & kEndByte)) continue;
      if (*at_ == '"') break;
      ++at_;
    }
    const std::string_view text(begin, static_cast<size_t>(at_ - begin));
    ++at_;
    Level& present = level();
    const bool key = present.expects_key;
    if (key) {
      present.key = text;
      present.expects_key = false;
    }
    const bool long_one = digits > 0 && text.size() >= kLongTextBytesMin;
    const bool may = long_one || digits >= kPhoneDigitsMin || (seen & (kAtByte | kEscapeByte));
    const bool own = search_.kinds >> kDataKinds;
    if ((may || own) && text.size() >= kTextBytesMin) Inspect(text, key, (seen & kEscapeByte) != 0);
  }

  // A number may be that of a card, or of a telephone where the field says so.
  void TakeNumber() {
    BeginValue();
    const char* begin = at_;
    while (ByteClass(*at_) & kDigitByte) ++at_;
    const std::string_view digits(begin, static_cast<size_t>(at_ - begin));
    const bool whole = *at_ != '.' && *at_ != 'e' && *at_ != 'E' && begin[-1] != '-';
    if (whole && digits.size() >= kTextBytesMin) {
      if (Inspect(digits, false, false)) return;
    }
    // The rest of a fraction is no number of its own.
    while (*at_ == '.' || *at_ == 'e' || *at_ == 'E' || *at_ == '+' || *at_ == '-' ||
           (ByteClass(*at_) & kDigitByte)) {
      ++at_;
    }
  }

  // Whether something was found. `at_` stands behind the text.
  bool Inspect(std::string_view text, bool key, bool escaped) {
    const Range* range = RangeOf(text);
    if (range && !range->whole) return false;
    matches_.clear();
    search_.name = level().object && !key ? level().key : NameAround();
    std::string_view plain = text;
    if (escaped) {
      ReadPlainText(text, &plain_);
      plain = plain_.text;
    }
    FindData(search_, plain, &matches_);
    if (matches_.empty() || (range && IsWhole(plain))) return false;
    for (const DataMatch& match : matches_) ++redactions_->count[match.kind];
    changed_ = true;
    const bool number = text.data()[-1] != '"';
    if (Drops())
      Drop();
    else
      Replace(text, plain, escaped, number);
    return true;
  }

  // The name of the list in which a text stands.
  std::string_view NameAround() const {
    for (size_t depth = depth_; depth > 0; --depth) {
      if (levels_[depth].object) return depth == depth_ ? std::string_view() : levels_[depth].key;
    }
    return std::string_view();
  }

  const Range* RangeOf(std::string_view text) const {
    for (const Range& range : ranges_) {
      const char* begin = range.text.data();
      if (text.data() >= begin && text.data() < begin + range.text.size()) return &range;
    }
    return nullptr;
  }

  bool IsWhole(std::string_view plain) const {
    if (matches_.size() != 1) return false;
    size_t begin = 0;
    size_t end = plain.size();
    while (begin < end && IsSpace(plain[begin])) ++begin;
    while (end > begin && IsSpace(plain[end - 1])) --end;
    return matches_[0].begin == begin && matches_[0].end == end;
  }

  bool Drops() const {
    if (depth_ <= root_depth_) return false;
    for (const DataMatch& match : matches_) {
      if (rules_.action[match.kind] == DataAction::kDrop) return true;
    }
    return false;
  }

  void CopyUpTo(const char* to) {
    if (to <= copied_) return;
    out_->append(copied_, static_cast<size_t>(to - copied_));
    copied_ = to;
  }

  // Takes away the member or element in which `at_` is, and the comma that it no longer needs.
  void Drop() {
    Level& present = level();
    if (copied_ <= present.member)
      CopyUpTo(present.member);
    else
      out_->resize(present.out_bytes);
    present.dropped = true;
    if (present.object && *SkipSpace(at_) == ':') {  // it was the key
      at_ = SkipSpace(SkipSpace(at_) + 1);
      // All behind it would be taken for one value; where that ends, its text says itself.
      const std::string_view value = JsonView(std::string_view(at_, 1)).text();
      at_ = value.data() + value.size();
    }
    copied_ = at_;
    if (present.survivors || *SkipSpace(at_) != ',') return;
    at_ = copied_ = SkipSpace(at_) + 1;
    present.dropped = false;
    present.member = nullptr;
    present.expects_key = present.object;
  }

  static const char* SkipSpace(const char* at) {
    while (IsSpace(*at)) ++at;
    return at;
  }

  void Replace(std::string_view text, std::string_view plain, bool escaped, bool number) {
    const auto place = [&](uint32_t at) { return text.data() + (escaped ? plain_.place[at] : at); };
    if (number) CopyUpTo(text.data());
    if (number) out_->push_back('"');
    for (const DataMatch& match : matches_) {
      CopyUpTo(place(match.begin));
      copied_ = place(match.end);
      if (rules_.action[match.kind] == DataAction::kHash)
        out_->append(
            Sha256Hex(NormalData(match.kind, plain.substr(match.begin, match.end - match.begin))));
      else
        out_->append(kReplacement).append(KindName(rules_, match.kind));
    }
    if (number) {
      CopyUpTo(text.data() + text.size());
      out_->push_back('"');
    }
  }

  static constexpr size_t kTextBytesMin = 4;       // of the shortest finding
  static constexpr size_t kLongTextBytesMin = 15;  // of the shortest with letters

  const DetectorRules& rules_;
  size_t root_depth_;  // members up to here stay: they are those of a call
  const char* at_;
  const char* end_;
  const char* copied_;
  String* out_;
  Redactions* redactions_;
  DataSearch search_;
  List<Range> ranges_;
  List<DataMatch> matches_;
  PlainText plain_;
  Level levels_[kJsonDepthMax + 2];
  size_t depth_ = 0;
  bool changed_ = false;
};

}  // namespace

DetectorRules ReadDetectors(JsonView privacy, List<Problem>* problems) {
  DetectorRules rules;
  ReadKinds(privacy["redact"], DataAction::kRedact, "/privacy/redact", &rules, problems);
  ReadKinds(privacy["hash"], DataAction::kHash, "/privacy/hash", &rules, problems);
  ReadKinds(privacy["drop"], DataAction::kDrop, "/privacy/drop", &rules, problems);
  ReadPatterns(privacy["patterns"], &rules, problems);
  rules.harmless = privacy["url_parameters"].text();
  return rules;
}

bool ScrubData(const DetectorRules& rules, const ScrubbedPart& part, std::string_view object,
               String* out, Redactions* redactions) {
  if (rules.kinds == 0) return false;
  return Scrubber(rules, part, object, out, redactions).Scrub();
}

void WriteRedactions(const DetectorRules& rules, const Redactions& redactions, JsonWriter* writer) {
  writer->Begin('{');
  for (size_t kind = 0; kind < kDataKinds + rules.patterns.size(); ++kind) {
    if (redactions.count[kind] == 0) continue;
    writer->Key(KindName(rules, kind)).Integer(redactions.count[kind]);
  }
  writer->End('}');
}

}  // namespace waymark
