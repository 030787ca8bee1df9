// What a scanner reads at the pick-up desk.
#ifndef WAYMARK_SAMPLES_KIOSK_SCAN_H_
#define WAYMARK_SAMPLES_KIOSK_SCAN_H_

#include <string>
#include <string_view>

namespace kiosk {

struct Scan {
  std::string order_id;  // empty: the code names none
  std::string token;     // a hand-over token; empty: there is none
  bool read() const { return !order_id.empty() || !token.empty(); }
};

// Takes the address of an order's QR code,
// https://shop.example/pickup?order=A-1#waymark_handover=…, a token alone, or an order's number as
// somebody types it. What is none of these is not read.
Scan ReadScan(std::string_view line);

}  // namespace kiosk

#endif  // WAYMARK_SAMPLES_KIOSK_SCAN_H_
