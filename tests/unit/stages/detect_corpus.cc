#include "unit/stages/detect_corpus.h"

#include <cctype>
#include <cstdio>
#include <functional>
#include <random>

namespace waymark_test {
namespace {

using waymark::DataKind;

class Maker {
 public:
  explicit Maker(uint64_t seed) : random_(seed) {}

  size_t Below(size_t bound) { return random_() % bound; }
  bool Chance(size_t percent) { return Below(100) < percent; }

  template <typename T>
  const T& Any(const std::vector<T>& of) {
    return of[Below(of.size())];
  }

  std::string Of(const std::string& signs, size_t count) {
    std::string text;
    while (text.size() < count) text += signs[Below(signs.size())];
    return text;
  }

  std::string Digits(size_t count) { return Of("0123456789", count); }
  std::string Number(size_t least, size_t most) {
    return std::to_string(least + Below(most - least + 1));
  }

  // # becomes a digit, % one from 1 to 9, @ a letter, ^ a capital letter, * hexadecimal.
  std::string Form(const std::string& form) {
    std::string text;
    for (const char c : form) {
      if (c == '#')
        text += Digits(1);
      else if (c == '%')
        text += Of("123456789", 1);
      else if (c == '@')
        text += Of("abcdefghijklmnopqrstuvwxyz", 1);
      else if (c == '^')
        text += Of("ABCDEFGHIJKLMNOPQRSTUVWXYZ", 1);
      else if (c == '*')
        text += Of("0123456789abcdef", 1);
      else
        text += c;
    }
    return text;
  }

  std::string Word() {
    static const std::vector<std::string> kWords = {
        "compass", "jacket", "Nordlicht", "lamp", "Wegwerk", "order",  "spring", "blue", "winter",
        "the",     "map",    "Größe",     "with", "shoes",   "bottle", "and",    "sale", "outdoor",
        "tent",    "trail",  "für",       "new",  "leather", "café",   "size",   "pack", "summer"};
    return Any(kWords);
  }

  std::string Words(size_t least, size_t most) {
    std::string text = Word();
    for (size_t i = least + Below(most - least + 1); i > 1; --i) text += " " + Word();
    return text;
  }

  std::mt19937_64& random() { return random_; }

 private:
  std::mt19937_64 random_;
};

std::string WithLuhn(std::string digits) {
  int sum = 0;
  for (size_t i = 0; i < digits.size(); ++i) {
    int value = digits[digits.size() - 1 - i] - '0';
    if (i % 2 == 0) value = value * 2 > 9 ? value * 2 - 9 : value * 2;
    sum += value;
  }
  return digits + static_cast<char>('0' + (10 - sum % 10) % 10);
}

std::string Grouped(const std::string& text, const std::vector<size_t>& sizes, char between) {
  std::string grouped;
  size_t at = 0;
  for (size_t i = 0; at < text.size(); ++i) {
    const size_t size = sizes[std::min(i, sizes.size() - 1)];
    if (at > 0) grouped += between;
    grouped += text.substr(at, size);
    at += size;
  }
  return grouped;
}

std::string Email(Maker& make) {
  static const std::vector<std::string> kHosts = {"gmail.com",
                                                  "web.de",
                                                  "t-online.de",
                                                  "example.co.uk",
                                                  "mail.shop.example",
                                                  "müller.de",
                                                  "xn--mller-kva.de",
                                                  "proton.me",
                                                  "student.uni-heidelberg.de",
                                                  "x.museum",
                                                  "icloud.com"};
  static const std::vector<std::string> kNames = {"ann",    "bob.smith", "j_doe", "MariaGarcia",
                                                  "o'neil", "jürgen",    "k",     "first-last",
                                                  "info",   "li.wei"};
  std::string local = make.Any(kNames);
  if (make.Chance(30)) local += make.Number(1, 9999);
  if (make.Chance(15)) local += "+" + make.Form("@@@@");
  return local + "@" + make.Any(kHosts);
}

std::string Phone(Maker& make) {
  static const std::vector<std::string> kForms = {
      "+49 1## #######",   "+491##%######",     "+49 (0)30 ######", "+44 20 7### ####",
      "+1 (2%#) 5##-####", "+33 6 ## ## ## ##", "+1-3%#-5##-####",  "+41 79 ### ## ##",
      "+86 138 #### ####", "+39.06.########",   "0049 1## #######", "(4%#) 5##-####",
      "7%#-5##-####",      "8%#.5##.####",      "01%# #######",     "030/90####",
      "0%% #### ####",     "020 7### ####",     "06 ## ## ## ##",   "+91-98########"};
  return make.Form(make.Any(kForms));
}

std::string Card(Maker& make) {
  static const std::vector<std::pair<std::string, std::vector<size_t>>> kIssuers = {
      {"4##############", {4}},    {"51#############", {4}},      {"55#############", {4}},
      {"2221###########", {4}},    {"37############", {4, 6, 5}}, {"34############", {4, 6, 5}},
      {"6011###########", {4}},    {"36###########", {4, 6, 4}},  {"3530###########", {4}},
      {"62################", {4}}, {"6759###########", {4}}};
  const auto& [form, sizes] = make.Any(kIssuers);
  const std::string number = WithLuhn(make.Form(form));
  const size_t how = make.Below(3);
  return how == 0 ? number : Grouped(number, sizes, how == 1 ? ' ' : '-');
}

std::string Iban(Maker& make) {
  static const std::vector<std::string> kForms = {
      "DE00##################", "GB00NWBK##############",       "FR00####################0###5##",
      "CH00#################",  "ES00####################",     "NL00ABNA##########",
      "AT00################",   "PL00########################", "NO00###########"};
  std::string iban = make.Form(make.Any(kForms));
  if (iban.starts_with("FR")) iban = iban.substr(0, 27);
  int rest = 0;
  for (const char c : iban.substr(4) + iban.substr(0, 4)) {
    rest = c >= 'A' ? rest * 100 + (c - 'A' + 10) : rest * 10 + (c - '0');
    rest %= 97;
  }
  const std::string check = std::to_string(98 - rest);
  iban.replace(2, 2, check.size() == 1 ? "0" + check : check);
  return make.Chance(50) ? iban : Grouped(iban, {4}, ' ');
}

const std::string kLower = "abcdefghijklmnopqrstuvwxyz";
const std::string kUpper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const std::string kBase62 = kLower + kUpper + "0123456789";
const std::string kBase64Url = kBase62 + "-_";

std::string Token(Maker& make) {
  switch (make.Below(6)) {
    case 0:
      return "eyJhbGciOiJIUzI1NiJ9.eyJ" + make.Of(kBase64Url, 40 + make.Below(80)) + "." +
             make.Of(kBase64Url, 43);
    case 1:
      return "sk_live_" + make.Of(kBase62, 32);
    case 2:
      return "ghp_" + make.Of(kBase62, 36);
    case 3:
      return make.Of(kBase64Url, 43);
    case 4:
      return make.Of(kLower + "0123456789", 32 + make.Below(16));
    default:
      return make.Of(kBase62, 24 + make.Below(40));
  }
}

// What looks like personal data, and is none.
std::string LookAlike(Maker& make, std::string* form) {
  struct Kind {
    const char* name;
    std::vector<std::string> forms;
  };
  static const std::vector<Kind> kKinds = {
      {"order number",
       {"ORD-2026-######", "#########", "1########", "WM%#######", "2026%#####-##",
        "#%%%-######-#######"}},
      {"sku",
       {"WM-0815-4711-##", "^^-####-^^^", "SKU####", "0815-4711-##", "^^^.####.##", "C-## / M-##"}},
      {"date",
       {"2026-%#-%# 1#:##", "0%.0%.2026", "0%.0%.2026 1#:##", "2026-0%-1#T1#:##:##.###Z",
        "1#/0%/2026", "2026110%1#####"}},
      {"time stamp", {"17938########", "17938########000", "1793%#####.####"}},
      {"uuid", {"********-****-4***-8***-************", "########-####-4###-8###-############"}},
      {"price", {"1.%##,##", "%#,##0.00 EUR", "12 %## ###,50", "%##.## USD", "1 000 000 %##"}},
      {"version", {"1.%#.#", "142.0.%###.###", "v2.#.##-beta.%", "10.0.19045.%###"}},
      {"hash",
       {"****************************************", "********************************",
        "****************************************************************",
        "sha256-*******************"}},
      {"address of a host", {"192.168.%#.1##", "10.0.0.%##", "2001:db8::****:****"}},
      {"handle", {"@@@@@@", "logo@2x.png", "lodash@4.17.##", "follow @@@@@@@@ now", "%#@home"}},
      {"article number", {"400638%######", "978-3-16-######-%", "0400638%######"}},
      {"size", {"%## x ## x ## cm", "%#/%# 3#L", "220-240 V, 50/60 Hz", "%####-%#### mAh"}},
      {"name in camel case",
       {"iPhone15ProMax256GBSpaceGrey", "checkoutStepCompletedV2ButtonClicked",
        "Mozilla5AppleWebKit537Chrome142", "this-is-a-long-Product-name-2026-edition-##"}},
      {"part of a page",
       {"main#content-##", "div.grid__item--##.col-sm-6", "product-list-item-%####"}},
      {"user agent",
       {"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Chrome/142.0.0.0 Safari/537.36"}},
      {"account that does not add up", {"DE00 #### 0000 #### 0000 ##", "GB00NWBK##############"}},
  };
  const Kind& kind = make.Any(kKinds);
  *form = kind.name;
  return make.Form(make.Any(kind.forms));
}

// As a browser puts it into a URL.
std::string Escaped(const std::string& value) {
  std::string escaped;
  for (const char c : value) {
    if (std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_' || c == '.') {
      escaped += c;
      continue;
    }
    char hex[4];
    std::snprintf(hex, sizeof(hex), "%%%02X", static_cast<unsigned>(static_cast<unsigned char>(c)));
    escaped += hex;
  }
  return escaped;
}

}  // namespace

std::vector<CorpusText> MakeCorpus(size_t count, uint64_t seed) {
  Maker make(seed);
  const std::vector<std::function<std::string(Maker&)>> kinds = {Email, Phone, Card, Iban, Token};
  const std::vector<std::string> fields = {"title", "message", "note", "name", "label", "error"};
  std::vector<CorpusText> corpus;
  while (corpus.size() < count) {
    CorpusText& text = corpus.emplace_back();
    text.field = make.Any(fields);
    std::string value;
    const size_t what = make.Below(10);
    if (what < 5) {
      text.kind = static_cast<int>(make.Below(kinds.size()));
      value = kinds[static_cast<size_t>(text.kind)](make);
      text.form = "data";
    } else if (what < 9) {
      value = LookAlike(make, &text.form);
    } else {
      text.form = "words";
      value = make.Words(1, 8);
    }
    const size_t where = make.Below(4);
    std::string before;
    std::string after;
    if (where == 1) before = make.Words(1, 4) + (make.Chance(50) ? ": " : " ");
    const bool goes_on = (where == 1 || where == 2) && make.Chance(60);
    if (goes_on) after = (make.Chance(40) ? ", " : " ") + make.Words(1, 3);
    if (where == 3) {
      value = Escaped(value);
      before = "https://shop.example/" + make.Form("@@@@/%##");
      before += make.Chance(50) ? "?ref=" : "?a=1&v=";
      if (make.Chance(30)) after = "&page=" + make.Number(1, 9);
    }
    text.value = value;
    text.text = before + value + after;
  }
  return corpus;
}

}  // namespace waymark_test
