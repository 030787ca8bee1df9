// The pick-up desk of a shop: `waymark-kiosk [config] [spool folder]`.
//
// Scanners type what they read and a newline, so lines of standard input will do.
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>

#include "visit.h"

namespace {

constexpr int64_t kLeaveMs = 1'500;

bool Ask(const std::string& question, std::string* line) {
  std::cout << question << std::flush;
  return static_cast<bool>(std::getline(std::cin, *line));
}

bool SaysYes(const std::string& line) { return !line.empty() && (line[0] | 0x20) == 'y'; }

// False: nobody comes any more.
bool ServeOne(kiosk::Spool* spool) {
  std::string line;
  if (!Ask("\nScan the code of your order, or type its number (empty: end): ", &line)) return false;
  if (line.empty()) return false;
  const kiosk::Scan scan = kiosk::ReadScan(line);
  if (!scan.read()) {
    std::cout << "That is no code of ours.\n";
    return true;
  }
  kiosk::Visit visit = spool->NewVisit();
  if (visit.status() != WAYMARK_OK) {
    // The desk goes on without it.
    std::cerr << waymark_client_status_text(visit.status()) << '\n';
    return true;
  }
  if (!Ask("May we count this pick-up as part of your order's visit? [y/n] ", &line)) return false;
  const bool allowed = SaysYes(line);
  visit.Answer(allowed);
  if (allowed) std::cout << visit.Join(scan) << '\n';
  visit.Collected(scan.order_id);
  std::cout << "Here is your order " << scan.order_id << ". Good-bye!\n";
  if (!visit.End(kLeaveMs)) std::cout << "(no network: it will be sent later)\n";
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string path = argc > 1 ? argv[1] : WAYMARK_KIOSK_CONFIG;
  std::ifstream file(path);
  std::stringstream config;
  config << file.rdbuf();
  if (!file) {
    std::cerr << "cannot read " << path << '\n';
    return 1;
  }
  kiosk::Spool spool(config.str(), argc > 2 ? argv[2] : "kiosk-spool");
  const int before = spool.Deliver(kLeaveMs);
  if (before > 0) std::cout << before << " earlier visits wait for the network.\n";
  while (ServeOne(&spool)) {
  }
  const int left = spool.Deliver(kLeaveMs);
  std::cout << "\n" << left << " visits wait for the network.\n";
  return 0;
}
