// One watch for each kind of promise. The facts must outlive them.
#ifndef WAYMARK_TESTS_SIMULATION_WATCHES_H_
#define WAYMARK_TESTS_SIMULATION_WATCHES_H_

#include <memory>

#include "simulation/model.h"

namespace waymark_simulation {

// What travels beside the events follows the documents.
std::unique_ptr<Watch> MakeWireWatch();
// Nothing leaves or stays on the device without consent.
std::unique_ptr<Watch> MakeConsentWatch(Facts* facts);
// What is withdrawn or forgotten is gone when the record says so.
std::unique_ptr<Watch> MakeWithdrawalWatch(Facts* facts);
// Each collector gets what one writer wrote with one priority in the order of the calls.
std::unique_ptr<Watch> MakeOrderWatch(Facts* facts);
// Only equal message ids double, and no more often than somebody was in doubt.
std::unique_ptr<Watch> MakeRepeatWatch(Facts* facts);
// Two known users are never joined.
std::unique_ptr<Watch> MakePersonWatch(Facts* facts);
// Queues, requests and retries keep their bounds.
std::unique_ptr<Watch> MakeBoundWatch(Facts* facts);
// What was accepted arrives or is counted, and counted once.
std::unique_ptr<Watch> MakeLossWatch(Facts* facts);
// The owner is asked to delete whatever was sent under an id before its purpose was withdrawn.
std::unique_ptr<Watch> MakeOwnerWatch(Facts* facts);

}  // namespace waymark_simulation

#endif  // WAYMARK_TESTS_SIMULATION_WATCHES_H_
