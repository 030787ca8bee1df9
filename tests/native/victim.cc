// A program that tracks events and is killed: `waymark_native_victim folder url events`.
//
// Says "+" on its output after every call that returned, then kills itself.
#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "native/fixture.h"

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  waymark_test::Client client(waymark_test::NativeConfig(argv[2]), argv[1]);
  if (client.Open() != WAYMARK_OK) return 3;
  client.SetConsent({{"analytics", "granted"}});
  const int events = std::atoi(argv[3]);
  const std::string text(400, 'x');
  for (int i = 0; i < events; ++i) {
    if (client.Track("product_viewed", {{"n", i}, {"text", text}}) != WAYMARK_OK) return 4;
    if (write(STDOUT_FILENO, "+", 1) != 1) return 5;
  }
  kill(getpid(), SIGKILL);
  return 6;
}
