#include "consent/verify_log.h"

#include "base/json_writer.h"
#include "base/limits.h"
#include "base/string.h"
#include "codec/sha256.h"

namespace waymark {
namespace {

constexpr std::string_view kHashMember = ",\"hash\":\"";
constexpr size_t kHashDigits = 64;
constexpr size_t kTailBytes = kHashMember.size() + kHashDigits + 2;  // "}

// Without the space between its parts: an editor that lays it out anew changes nothing.
String Compact(std::string_view json) {
  String compact;
  bool quoted = false;
  for (size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    const bool space = c == ' ' || c == '\n' || c == '\r' || c == '\t';
    if (!quoted && space) continue;
    compact.push_back(c);
    if (c == '\\' && quoted && i + 1 < json.size()) {
      compact.push_back(json[++i]);
      continue;
    }
    if (c == '"') quoted = !quoted;
  }
  return compact;
}

// Goes through a chain entry by entry.
class Verifier {
 public:
  Verifier(std::string_view anchor, std::string_view pointer, List<Problem>* problems)
      : anchor_(anchor), pointer_(pointer), problems_(problems) {}

  void Take(JsonView entry, int index) {
    ++verdict_.entries;
    if (HashOf(entry) != EntryHash::kFits) {
      ++number_;
      before_.clear();
      last_.clear();
      return Tell(index, "changed", "an entry that its hash does not fit");
    }
    const int64_t number = entry["number"].IntegerOr(0);
    const std::string_view previous = entry["previous"].AsName();
    const std::string_view hash = entry["hash"].AsName();
    if (hash == anchor_) verdict_.anchored = number;
    if (verdict_.entries == 1) {
      verdict_.first = number;
      if (number == 1 && !previous.empty()) Tell(index, "missing", "a first entry after another");
    } else if (number == number_) {
      ++verdict_.forks;
      if (!IsIn(before_, previous)) Tell(index, "reordered", "an entry that follows none here");
      last_.push_back(hash);
      return;
    } else if (number != number_ + 1) {
      Tell(index, number > number_ ? "missing" : "reordered", "another number than the next");
    } else if (!IsIn(last_, previous)) {
      Tell(index, "missing", "an entry that does not follow the one before");
    }
    number_ = number;
    before_ = std::move(last_);
    last_.clear();
    last_.push_back(hash);
  }

  LogVerdict End() {
    // A device lets go only of what is older than so many entries.
    const bool cut = verdict_.first > 1 && number_ - verdict_.first + 1 < kLogEntriesMax;
    if (cut) Tell(0, "missing", "a first entry after another");
    if (!anchor_.empty() && verdict_.anchored == 0) {
      AddProblem(problems_, "cut", pointer_, "no entry that the anchor names",
                 "the log as it was when the anchor was noted, and what came after");
    }
    return verdict_;
  }

 private:
  static bool IsIn(const List<std::string_view>& hashes, std::string_view hash) {
    for (const std::string_view& known : hashes) {
      if (known == hash) return true;
    }
    return hashes.empty();  // a changed entry stood there, which was told of
  }

  void Tell(int index, const char* code, const char* found) {
    AddProblem(problems_, code, String(pointer_) + "/" + IntegerText(index), found,
               "every entry as it was written, in its order");
  }

  std::string_view anchor_;
  std::string_view pointer_;
  List<Problem>* problems_;
  LogVerdict verdict_;
  int64_t number_ = 0;
  List<std::string_view> last_;    // hashes of the entries with that number
  List<std::string_view> before_;  // and of those with the one before
};

}  // namespace

EntryHash HashOf(JsonView entry) {
  const String text = Compact(entry.text());
  if (text.size() <= kTailBytes) return EntryHash::kElsewhere;
  const std::string_view whole(text);
  const std::string_view tail = whole.substr(whole.size() - kTailBytes);
  if (tail.substr(0, kHashMember.size()) != kHashMember) return EntryHash::kElsewhere;
  String content(whole.substr(0, whole.size() - kTailBytes));
  content.push_back('}');
  const bool fits = Sha256Hex(content) == tail.substr(kHashMember.size(), kHashDigits);
  return fits ? EntryHash::kFits : EntryHash::kDiffers;
}

LogVerdict VerifyLog(JsonView entries, std::string_view anchor, std::string_view pointer,
                     List<Problem>* problems) {
  Verifier verifier(anchor, pointer, problems);
  for (JsonItems entry(entries); entry.Next();) verifier.Take(entry.value(), entry.index());
  return verifier.End();
}

}  // namespace waymark
