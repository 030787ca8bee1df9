#include "privacy/detect.h"

#include <algorithm>
#include <array>

#include "base/json_view.h"
#include "base/name_table.h"
#include "base/utf8.h"
#include "privacy/numbers.h"

namespace waymark {
namespace {

constexpr uint8_t kLetterByte = kUpperByte | kLowerByte;
constexpr uint8_t kWordByte = kDigitByte | kLetterByte | kJoinByte | kHighByte;
constexpr size_t kLocalBytesMax = 64;  // RFC 5321
constexpr size_t kDomainBytesMax = 253;
constexpr size_t kNameBytesMax = 40;  // of a URL parameter, before its value
constexpr size_t kJwtPartMin = 8;
constexpr size_t kTokenMin = 24;         // with letters in both cases and digits
constexpr size_t kOneCaseTokenMin = 28;  // with letters in one case and digits
constexpr size_t kOneCaseDigitsPercent = 12;
// Of what is drawn by lot a share of 45 and 17 is usual; of words and names 20 and 70. Of long runs
// the share varies less.
constexpr size_t kLongTokenMin = 32;
constexpr size_t kOddPercent = 28;
constexpr size_t kLongOddPercent = 20;
constexpr size_t kSmoothPercent = 40;
constexpr size_t kUuidSize = 36;

constexpr std::array<uint8_t, 256> MakeClasses() {
  std::array<uint8_t, 256> classes{};
  for (size_t c = '0'; c <= '9'; ++c) classes[c] = kDigitByte;
  for (size_t c = 'A'; c <= 'Z'; ++c) classes[c] = kUpperByte;
  for (size_t c = 'a'; c <= 'z'; ++c) classes[c] = kLowerByte;
  for (size_t c = 0x80; c < 0x100; ++c) classes[c] = kHighByte;
  classes['-'] = classes['_'] = kJoinByte;
  classes['@'] = kAtByte;
  classes['%'] = kEscapeByte;
  classes['\\'] = kEscapeByte | kEndByte;
  classes['"'] = kEndByte;
  return classes;
}
constexpr std::array<uint8_t, 256> kClasses = MakeClasses();

bool Is(char c, uint8_t classes) { return (ByteClass(c) & classes) != 0; }

bool IsHex(char c) {
  const char lower = static_cast<char>(c | 0x20);
  return Is(c, kDigitByte) || (lower >= 'a' && lower <= 'f');
}

// What may stand before the @ in addresses that people have. Signs that URLs are made of are left
// out, or ?mail= would be part of one.
bool IsLocal(char c) { return Is(c, kWordByte) || c == '.' || c == '+' || c == '\''; }

// A picture for screens of two or three times the dots: logo@2x.png.
bool IsScaled(std::string_view domain) {
  return domain.size() > 3 && Is(domain[0], kDigitByte) && domain[1] == 'x' && domain[2] == '.';
}

// The size of the host name at the start of `text`, from its second label on; 0: there is none.
size_t DomainSize(std::string_view text) {
  size_t label = 0;  // where it begins
  size_t size = 0;
  bool letters = true;  // of the label
  bool puny = false;
  for (size_t i = 0; i <= text.size() && i <= kDomainBytesMax; ++i) {
    const char c = i < text.size() ? text[i] : '\0';
    if (Is(c, kDigitByte | kLetterByte | kHighByte) || (c == '-' && i > label)) {
      letters &= Is(c, kLetterByte | kHighByte);
      puny |= i == label + 3 && text.substr(label, 4) == "xn--";
      continue;
    }
    if (i == label) break;
    if (label > 0 && i - label >= 2 && (letters || puny) && text[i - 1] != '-') size = i;
    if (c != '.') break;
    label = i + 1;
    letters = true;
    puny = false;
  }
  return size;
}

// What a run of letters, digits, - and _ is made of.
struct Run {
  size_t end = 0;
  uint8_t classes = 0;
  size_t digits = 0;
  size_t odd = 0;     // places where words do not change: before a digit, behind one, in the middle
  size_t smooth = 0;  // letters that stand with three others of their case
  bool hex = true;
};

class Finder {
 public:
  Finder(const DataSearch& search, std::string_view text, List<DataMatch>* matches)
      : search_(search), text_(text), matches_(matches), called_(NamesPhone(search.name)) {}

  void Find() {
    while (at_ < text_.size()) {
      const uint8_t byte = ByteClass(text_[at_]);
      if (byte & kWordByte)
        TakeWord();
      else if (byte == kAtByte)
        TakeEmail();
      else if (text_[at_] == '+' || text_[at_] == '(')
        TakeSign();
      else
        ++at_;
    }
  }

 private:
  bool Wants(DataKind kind) const { return (search_.kinds & BitOf(kind)) != 0; }
  std::string_view Rest() const { return text_.substr(at_); }

  bool Add(DataKind kind, size_t begin, size_t end) {
    return AddKind(static_cast<size_t>(kind), begin, end);
  }

  bool AddKind(size_t kind, size_t begin, size_t end) {
    DataMatch& match = matches_->emplace_back();
    match.begin = static_cast<uint32_t>(begin);
    match.end = static_cast<uint32_t>(end);
    match.kind = static_cast<uint8_t>(kind);
    at_ = end;
    return true;
  }

  // At a byte of a word: a run of letters, digits, - and _, in which the parts between - and _ may
  // be something by themselves.
  void TakeWord() {
    if (at_ >= run_.end) {
      run_ = ReadRun();
      if (IsUuid()) {
        at_ = run_.end;
        return;
      }
      if (TakeToken()) return;
    }
    size_t end = at_;
    uint8_t classes = 0;
    while (end < run_.end && !Is(text_[end], kJoinByte)) classes |= ByteClass(text_[end++]);
    if (end == at_) {
      ++at_;
      return;
    }
    if (TakeOwn()) return;
    const bool number = classes == kDigitByte && MayBeginNumber(end - at_);
    const bool taken = (classes & kLetterByte) ? TakeIban() : number && TakeNumber();
    if (!taken) at_ = end;
  }

  // Whether a group of so many digits may be the first one: of a card, of North America, of an area
  // at home, or where a telephone is known to be.
  bool MayBeginNumber(size_t digits) const {
    if (digits >= 3 || text_[at_] == '0' || text_[at_] == '1' || called_) return true;
    return at_ > 0 && (text_[at_ - 1] == '=' || text_[at_ - 1] == ':');
  }

  // A number may begin with + or a bracket.
  void TakeSign() {
    if (!TakeNumber()) ++at_;
  }

  bool TakeOwn() {
    if (!(search_.kinds >> kDataKinds)) return false;
    if (at_ > 0 && Is(text_[at_ - 1], kDigitByte | kLetterByte | kHighByte)) return false;
    for (size_t i = 0; i < search_.patterns->size(); ++i) {
      const OwnPattern& own = (*search_.patterns)[i];
      const size_t size = MatchPattern(own.pattern, Rest());
      if (size == 0 || (own.luhn && !HasLuhnDigit(Rest().substr(0, size)))) continue;
      return AddKind(kDataKinds + i, at_, at_ + size);
    }
    return false;
  }

  Run ReadRun() const {
    Run run;
    size_t same = 0;  // letters of one case, up to here
    uint8_t before = 0;
    size_t i = at_;
    for (; i < text_.size(); ++i) {
      const uint8_t byte = ByteClass(text_[i]);
      if (!(byte & kWordByte)) break;
      run.classes |= byte;
      run.digits += byte & kDigitByte;
      run.hex &= IsHex(text_[i]) || byte == kJoinByte;
      const bool joins = (byte | before) & (kJoinByte | kHighByte);
      const bool capitalised = before == kUpperByte && byte == kLowerByte;
      if (byte != before && before != 0 && !joins && !capitalised) ++run.odd;
      same = byte == before && (byte & kLetterByte) ? same + 1 : 1;
      if (same >= 4) run.smooth += same == 4 ? 4 : 1;
      before = byte;
    }
    run.end = i;
    return run;
  }

  bool IsUuid() const {
    if (run_.end - at_ != kUuidSize || !run_.hex) return false;
    for (const size_t dash : {8, 13, 18, 23}) {
      if (text_[at_ + dash] != '-') return false;
    }
    return true;
  }

  bool TakeIban() {
    if (!Wants(DataKind::kIban)) return false;
    const size_t size = IbanSize(Rest());
    return size > 0 && Add(DataKind::kIban, at_, at_ + size);
  }

  bool TakeToken() {
    if (!Wants(DataKind::kToken)) return false;
    const size_t jwt = JwtEnd();
    if (jwt > 0) return Add(DataKind::kToken, at_, jwt);
    return LooksDrawn() && !IsHarmless() && Add(DataKind::kToken, at_, run_.end);
  }

  size_t RunEnd(size_t at) const {
    while (at < text_.size() && Is(text_[at], kWordByte)) ++at;
    return at;
  }

  // Parts with a dot between, the first of which begins as {" does in base64; 0: it is none.
  size_t JwtEnd() const {
    if (!Rest().starts_with("eyJ") || run_.end - at_ < kJwtPartMin) return 0;
    size_t end = run_.end;
    size_t parts = 1;
    while (end < text_.size() && text_[end] == '.') {
      const size_t next = RunEnd(end + 1);
      if (parts == 1 && next - end <= kJwtPartMin) return 0;
      ++parts;
      end = next;
    }
    return parts > 1 ? end : 0;
  }

  // Whether the run was drawn by lot: no word, no name in camel case, no order number, and no hash,
  // which is hexadecimal.
  bool LooksDrawn() const {
    const size_t size = run_.end - at_;
    const bool both = (run_.classes & kUpperByte) && (run_.classes & kLowerByte);
    if (size < (both ? kTokenMin : kOneCaseTokenMin)) return false;
    if (run_.digits == 0 || run_.hex || (run_.classes & kHighByte)) return false;
    const bool tells = both && size < kLongTokenMin;
    if (run_.odd * 100 < size * (tells ? kOddPercent : kLongOddPercent)) return false;
    if (!both) return run_.digits * 100 >= size * kOneCaseDigitsPercent;
    return run_.smooth * 100 <= size * kSmoothPercent;
  }

  // The name of the URL parameter that has the value which begins here, else of the field.
  std::string_view NameHere() const {
    if (at_ == 0 || text_[at_ - 1] != '=') return search_.name;
    size_t begin = at_ - 1;
    while (begin > 0 && at_ - begin < kNameBytesMax && Is(text_[begin - 1], kWordByte)) --begin;
    return text_.substr(begin, at_ - 1 - begin);
  }

  // Ids of clicks are long, drawn by lot, and what campaigns are counted by.
  bool IsHarmless() const {
    const std::string_view name = NameHere();
    for (const char* end : {"clid", "clkid", "braid"}) {
      if (name.ends_with(end)) return true;
    }
    if (search_.harmless.empty()) return false;
    for (JsonItems item((JsonView(search_.harmless))); item.Next();) {
      std::string_view known = item.value().AsName();
      const bool begins = known.ends_with('*');
      if (begins) known.remove_suffix(1);
      if (begins ? name.starts_with(known) : name == known) return true;
    }
    return false;
  }

  bool TakeNumber() {
    if (!Wants(DataKind::kPhone) && !Wants(DataKind::kCard)) return false;
    const DigitGroups number = ReadDigits(text_, at_);
    if (number.digits < kPhoneDigitsMin) return false;
    const size_t card = Wants(DataKind::kCard) ? CardEnd(number) : 0;
    if (card > 0) return Add(DataKind::kCard, at_, card);
    if (!Wants(DataKind::kPhone) || IsPartOfCode()) return false;
    const size_t phone = PhoneEnd(number, IsCalled());
    return phone > 0 && Add(DataKind::kPhone, at_, phone);
  }

  // WM-0815-471199 is something that is sold.
  bool IsPartOfCode() const { return at_ > 0 && Is(text_[at_ - 1], kJoinByte | kEscapeByte); }

  // tel:0170…, ?phone=0170…, {"phone": "0170…"}
  bool IsCalled() const { return text_.substr(0, at_).ends_with("tel:") || NamesPhone(NameHere()); }

  void TakeEmail() {
    size_t begin = at_;
    if (Wants(DataKind::kEmail)) {
      while (begin > mails_ && at_ - begin < kLocalBytesMax && IsLocal(text_[begin - 1])) --begin;
    }
    while (begin < at_ && (text_[begin] == '.' || text_[begin] == '\'')) ++begin;
    const std::string_view domain = text_.substr(at_ + 1);
    const size_t size = begin < at_ && !IsScaled(domain) ? DomainSize(domain) : 0;
    if (size == 0) {
      ++at_;
      return;
    }
    // What was found in the part before the @ was part of the address.
    while (!matches_->empty() && matches_->back().begin >= begin) matches_->pop_back();
    if (!matches_->empty()) begin = std::max<size_t>(begin, matches_->back().end);
    Add(DataKind::kEmail, begin, at_ + 1 + size);
    mails_ = at_;
  }

  const DataSearch& search_;
  std::string_view text_;
  List<DataMatch>* matches_;
  bool called_;  // the field has telephone numbers
  size_t at_ = 0;
  size_t mails_ = 0;  // where the last address ended
  Run run_;           // the one in which at_ is, or the last one
};

}  // namespace

const uint8_t* const kByteClass = kClasses.data();

void FindData(const DataSearch& search, std::string_view text, List<DataMatch>* matches) {
  Finder(search, text, matches).Find();
}

bool NamesPhone(std::string_view name) {
  constexpr const char* kNames = "tel,tel_no,telefon,mobile,mobil,cell,msisdn,whatsapp,fax";
  const String lower = AsciiLowercase(name);
  const std::string_view view = lower;
  return FindName(kNames, view) >= 0 || view.find("phone") != view.npos;
}

}  // namespace waymark
