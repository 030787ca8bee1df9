// How fast the detectors read, natively: calls as a shop makes them, most without personal data and
// some with it, and one kind of text at a time. Prints one JSON line: megabytes a second, the
// median over rounds.
#include <algorithm>
#include <ctime>
#include <iostream>
#include <string>
#include <vector>

#include "privacy/detectors.h"

namespace {

constexpr int kRounds = 21;
constexpr size_t kRoundBytes = 8'000'000;

constexpr const char* kCalls[] = {
    R"~~({"type":"track","name":"product_viewed","properties":{"product_id":"compass-01)~~"
    R"~~(","sku":"C-01","name":"Compass «Nord»","category":"tools","brand":"Wegwerk","v)~~"
    R"~~(ariant":"brass","price":49.25,"quantity":1,"currency":"EUR","position":1,"url")~~"
    R"~~(:"https://shop.example/p/7?utm_source=mail&x=1","image_url":"https://cdn.shop.)~~"
    R"~~(example/i/9f86d081884c7d659a2feaa0c55ad015.webp"}})~~",
    R"~~({"type":"page","name":"Product","properties":{"title":"Compass – Wegwerk, tool)~~"
    R"~~(s for the way","path":"/p/7","referrer":"https://search.example/?q=compass","s)~~"
    R"~~(earch":"?utm_source=mail&x=1"},"context":{"page":{"url":"https://shop.example/)~~"
    R"~~(p/7?utm_source=mail&utm_campaign=spring%20walk&x=1","title":"Compass – Wegwerk)~~"
    R"~~("},"locale":"de-DE","timezone":"Europe/Berlin","userAgent":"Mozilla/5.0 (X11; )~~"
    R"~~(Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/5)~~"
    R"~~(37.36"}})~~",
    R"~~({"type":"track","name":"order_completed","properties":{"order_id":"ORD-2026-00)~~"
    R"~~(4711","total":108.9,"subtotal":98.5,"tax":17.39,"shipping":4.9,"discount":5,"c)~~"
    R"~~(oupon":"SPRING","currency":"EUR","payment_method":"card","products":[{"product)~~"
    R"~~(_id":"compass-01","sku":"C-01","name":"Compass «Nord»","price":49.25,"quantity)~~"
    R"~~(":2},{"product_id":7,"sku":"M-02","name":"Map & case","price":10.9,"quantity":)~~"
    R"~~(1}],"session":"550e8400-e29b-41d4-a716-446655440000","at":"2026-11-22T19:24:00)~~"
    R"~~(.000Z"}})~~",
    R"~~({"type":"track","name":"error_shown","properties":{"message":"TypeError: Canno)~~"
    R"~~(t read properties of undefined (reading 'price') at render (https://shop.examp)~~"
    R"~~(le/assets/app.3f2a9c.js:1:48213)","count":3,"fatal":false}})~~",
    R"~~({"type":"track","name":"support_ticket_opened","properties":{"ticket_id":"T-90)~~"
    R"~~(211","subject":"Where is my order?","text":"Please write to ann.b@example.com )~~"
    R"~~(or call +49 170 1234567, thanks.","channel":"email"}})~~",
};

size_t seen = 0;  // so that nothing is left out

double MegabytesPerSecond(const waymark::DetectorRules& rules,
                          const std::vector<std::string>& texts) {
  std::vector<double> rounds;
  for (int round = 0; round < kRounds; ++round) {
    size_t bytes = 0;
    waymark::Redactions redactions;
    const std::clock_t start = std::clock();
    while (bytes < kRoundBytes) {
      for (const std::string& text : texts) {
        waymark::String out;
        seen += waymark::ScrubData(rules, {}, text, &out, &redactions);
        bytes += text.size();
      }
    }
    const double seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
    rounds.push_back(static_cast<double>(bytes) / 1e6 / seconds);
  }
  std::nth_element(rounds.begin(), rounds.begin() + kRounds / 2, rounds.end());
  return rounds[kRounds / 2];
}

std::vector<std::string> Repeated(std::string_view part) {
  std::string text = R"({"properties":{"text":")";
  while (text.size() < 8'000) text += part;
  return {text + "\"}}"};
}

}  // namespace

int main() {
  waymark::List<waymark::Problem> problems;
  const waymark::DetectorRules rules = waymark::ReadDetectors(
      waymark::JsonView(R"({"redact":["email","phone","card","iban","token"]})"), &problems);
  const std::pair<const char*, std::vector<std::string>> kinds[] = {
      {"calls", {std::begin(kCalls), std::end(kCalls)}},
      {"words", Repeated("Tools for the way, ")},
      {"digits", Repeated("01 23.45-6789 0 ")},
      {"runs", Repeated("a1B2c3D4-e5F6g7H8_i9J0")},
      {"ats", Repeated("a@b.c@d.e@f.")},
      {"escapes", Repeated("\\u0041%2541\\\"1")},
      {"found", Repeated("ann@x.de +49 170 1234567 ")},
  };
  char before = '{';
  for (const auto& [name, texts] : kinds) {
    std::cout << before << '"' << name
              << "\":" << static_cast<int>(MegabytesPerSecond(rules, texts));
    before = ',';
  }
  std::cout << "}\n";
  return seen == 0;
}
