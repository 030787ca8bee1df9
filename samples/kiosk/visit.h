// One customer at the desk.
//
// Each has a client of their own in a folder of their own, which goes when all of it has been
// delivered. So no two customers can share an id, one's "no" cannot delete what another allowed,
// and without a network the folders wait.
#ifndef WAYMARK_SAMPLES_KIOSK_VISIT_H_
#define WAYMARK_SAMPLES_KIOSK_VISIT_H_

#include <filesystem>
#include <string>

#include "scan.h"
#include "waymark/client.h"

namespace kiosk {

class Visit {
 public:
  // Opens the client of a new customer, or of one who has left and whose folder is still there.
  Visit(const std::string& config, const std::filesystem::path& folder);

  waymark_status status() const { return status_; }
  void Answer(bool allowed);
  // Joins this visit to the one in which the order was placed. What came of it, for the clerk.
  std::string Join(const Scan& scan);
  void Collected(const std::string& order_id);

  // Waits until what an earlier run has left is delivered, within the bound.
  void Drain(int64_t wait_ms);
  // Sends what is left, within the bound, and ends. True: all of it is delivered, and the folder is
  // gone.
  bool End(int64_t wait_ms);

 private:
  waymark::Client client_;
  waymark_status status_ = WAYMARK_OK;
  bool IsEmpty() const;

  std::filesystem::path folder_;
};

// Where customers' folders lie.
class Spool {
 public:
  Spool(std::string config, std::filesystem::path folder);

  // A folder that no customer has had.
  Visit NewVisit();
  // Tries to deliver what customers have left; stops at the first that cannot be. How many are
  // left.
  int Deliver(int64_t wait_ms);

 private:
  std::string config_;
  std::filesystem::path folder_;
};

}  // namespace kiosk

#endif  // WAYMARK_SAMPLES_KIOSK_VISIT_H_
