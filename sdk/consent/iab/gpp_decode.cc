#include <algorithm>
#include <cstring>

#include "base/limits.h"
#include "consent/iab/bit_reader.h"
#include "consent/iab/gpp.h"

namespace waymark {
namespace {

constexpr int kHeaderType = 3;
constexpr int kHeaderVersion = 1;

// The texts between separators, with their places in the whole.
struct Piece {
  std::string_view text;
  size_t at;
};

List<Piece> Split(std::string_view text, size_t at, char separator) {
  List<Piece> pieces;
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find(separator, begin), text.size());
    pieces.push_back({text.substr(begin, end - begin), at + begin});
    begin = end + 1;
  }
  return pieces;
}

// Ids of sections, as many as there are pieces: a header cannot make us list more.
void DecodeHeader(const Piece& header, size_t count, List<int>* ids, IabFindings* findings) {
  BitReader in(header.text, header.at, findings);
  if (in.Read(6, kNoField) != kHeaderType) {
    return findings->Fail(IabFault::kHeaderType, kNoField, header.at);
  }
  if (in.Read(6, kNoField) != kHeaderVersion) {
    return findings->Fail(IabFault::kHeaderVersion, kNoField, header.at + 1);
  }
  const int items = static_cast<int>(in.Read(12, kNoField));
  uint32_t id = 0;
  for (int i = 0; i < items && !in.failed(); ++i) {
    const bool group = in.Flag(kNoField);
    id += in.Fibonacci(kNoField);
    const uint32_t last = group ? id + in.Fibonacci(kNoField) : id;
    for (; id <= last && ids->size() <= count; ++id) ids->push_back(static_cast<int>(id));
    id = last;
  }
  if (!in.failed() && ids->size() != count) {
    findings->Fail(IabFault::kSectionCount, kNoField, header.at);
  }
  in.End();
}

void ReadValues(BitReader* in, const UsLayout& layout, int subsection, UsSection* section) {
  for (UsFields field(layout); field.Next();) {
    if (field.subsection() != subsection) continue;
    uint8_t* values = section->values + UsSlot(field.letter());
    for (int i = 0; i < field.count(); ++i) {
      values[i] =
          static_cast<uint8_t>(in->Read(field.bits(), static_cast<uint8_t>(field.letter())));
    }
  }
  in->End();
}

int SubsectionsOf(const UsLayout& layout) { return std::strchr(layout.fields, '.') ? 2 : 1; }

// A section's own header: its id, its version, and the ids of its sub-sections as a Fibonacci
// range. No Fibonacci code can hold the id 0, which the core has, so that nothing is taken from the
// range: the sub-sections follow in the order of their ids.
void DecodeOwnHeader(const Piece& header, int id, IabFindings* findings) {
  BitReader in(header.text, header.at, findings);
  if (in.Read(6, kNoField) != static_cast<uint64_t>(id)) {
    return findings->Fail(IabFault::kSectionIdMismatch, kNoField, header.at);
  }
  if (in.Read(6, 'V') != 1 && !in.failed()) {
    findings->Note(IabFault::kSectionVersion, 'V', header.at + 1);
  }
  in.Expect(12, kNoField);
}

bool BeginsWithHeader(const Piece& first, int id) {
  if (id < kFirstWithHeader) return false;
  IabFindings ignored;
  const uint64_t number = BitReader(first.text.substr(0, 1), 0, &ignored).Read(6, kNoField);
  return number >= kFirstWithHeader && number <= 27;
}

// Version 1 of usnat has 60 bits, which the library pads to 66; version 2 has 70.
const UsLayout& WireLayout(const UsLayout& layout, std::string_view core) {
  const bool first = layout.id == kUsNat && core.size() * 6 < 70;
  return first ? UsNatV1() : layout;
}

void DecodeUs(const UsLayout& layout, const Piece& piece, UsSection* section,
              IabFindings* findings) {
  List<Piece> parts = Split(piece.text, piece.at, '.');
  size_t core = 0;
  if (BeginsWithHeader(parts[0], layout.id)) {
    DecodeOwnHeader(parts[0], layout.id, findings);
    core = 1;
  }
  if (core == parts.size()) {
    return findings->Fail(IabFault::kTruncated, kNoField, piece.at + piece.text.size());
  }
  for (size_t i = core; i < parts.size() && !findings->failed(); ++i) {
    const int subsection = static_cast<int>(i - core);
    if (parts[i].text.empty()) {
      findings->Fail(IabFault::kSegmentEmpty, kNoField, parts[i].at);
    } else if (subsection >= SubsectionsOf(layout)) {
      findings->Note(IabFault::kSubsectionExtra, kNoField, parts[i].at);
    } else {
      BitReader in(parts[i].text, parts[i].at, findings);
      ReadValues(&in, WireLayout(layout, parts[core].text), subsection, section);
      section->has_second = subsection == 1;
    }
  }
}

void DecodeSection(const Piece& piece, GppSection* section, IabFindings* findings) {
  const int id = section->id;
  findings->EnterSection(id, piece.at);
  section->at = piece.at;
  if (piece.text.empty()) return findings->Fail(IabFault::kEmpty, kNoField, piece.at);
  section->text = piece.text;
  section->known = true;
  if (id == 2 || id == 5) {
    section->tc =
        std::make_unique<TcString>(DecodeTc(piece.text, piece.at, TcFormOf(id), findings));
  } else if (id == 6) {
    section->us_privacy = DecodeUsPrivacy(piece.text, piece.at, findings);
  } else if (const UsLayout* layout = FindUsLayout(id)) {
    DecodeUs(*layout, piece, &section->us, findings);
  } else {
    section->known = false;
    findings->Note(id == 1 ? IabFault::kSectionDead : IabFault::kSectionUnknown, kNoField,
                   piece.at);
  }
}

bool IsDefined(char letter, uint8_t value) {
  if (letter == 'V' || letter == 'm' || letter == 'G') return true;
  return value <= 2 && (letter != 'M' || value >= 1);
}

void ValidateUs(int id, const UsSection& section, IabFindings* findings) {
  const auto note = [&](IabFault fault, char letter) {
    findings->NoteAll(fault, static_cast<uint8_t>(letter));
  };
  for (UsFields field(section.LayoutOf(id)); field.Next();) {
    const uint8_t* values = section.values + UsSlot(field.letter());
    if (field.letter() == 'y') {
      if (values[0] != 1) note(IabFault::kSubsectionType, 'y');
      continue;
    }
    for (int i = 0; i < field.count(); ++i) {
      if (!IsDefined(field.letter(), values[i])) note(IabFault::kValueUndefined, field.letter());
    }
  }
  const bool has_version = id < kFirstWithHeader;
  const int version_max = id == kUsNat ? 2 : 1;
  if (has_version && (section.version() < 1 || section.version() > version_max)) {
    note(IabFault::kSectionVersion, 'V');
  }
}

}  // namespace

UsSection::UsSection() {
  std::memset(values, 0, sizeof values);
  values[UsSlot('y')] = 1;
}

const UsLayout& UsSection::LayoutOf(int id) const {
  return id == kUsNat && version() == 1 ? UsNatV1() : *FindUsLayout(id);
}

GppString DecodeGpp(std::string_view text, IabFindings* findings) {
  GppString gpp;
  List<int> ids;
  if (text.empty()) {
    findings->Fail(IabFault::kEmpty, kNoField, 0);
    return gpp;
  }
  if (text.size() > kIabTextCharsMax) {
    findings->Fail(IabFault::kTooLong, kNoField, kIabTextCharsMax);
    return gpp;
  }
  List<Piece> pieces = Split(text, 0, '~');
  const bool bare = pieces.size() == 1 && text[0] == 'C';
  if (bare) {
    ids.push_back(2);
  } else {
    DecodeHeader(pieces[0], pieces.size() - 1, &ids, findings);
  }
  for (size_t i = 0; i < ids.size() && !findings->failed(); ++i) {
    GppSection& section = gpp.sections.emplace_back();
    section.id = ids[i];
    DecodeSection(pieces[bare ? 0 : i + 1], &section, findings);
  }
  return gpp;
}

void ValidateGpp(const GppString& gpp, IabFindings* findings) {
  if (findings->failed()) return;
  for (const GppSection& section : gpp.sections) {
    findings->EnterSection(section.id, section.at);
    if (section.tc) {
      ValidateTc(*section.tc, TcFormOf(section.id), findings);
    } else if (section.known && section.id != 6) {
      ValidateUs(section.id, section.us, findings);
    }
  }
}

}  // namespace waymark
