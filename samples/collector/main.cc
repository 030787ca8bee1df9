// waymark-collector: the sample collector as a program.
//
// Exit codes: 0 ended by SIGINT or SIGTERM, 1 could not start, 2 wrong flags.
#include <csignal>
#include <cstdio>
#include <string>
#include <thread>
#include <vector>

#include "collector_flags.h"
#include "origin.h"
#include "server.h"

namespace {

using waymark::collector::CommandLine;
using waymark::collector::Server;

// Blocks the ending signals in all threads of the program, so that one thread can wait for them.
sigset_t BlockEndingSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

int Fail(const absl::Status& status) {
  std::fprintf(stderr, "waymark-collector: %s\n", std::string(status.message()).c_str());
  return absl::IsInvalidArgument(status) ? 2 : 1;
}

int Serve(Server& server, const sigset_t& signals) {
  std::printf("collector listening on %s\n", server.Url().c_str());
  std::fflush(stdout);
  std::thread waiter([&server, &signals] {
    int signal = 0;
    sigwait(&signals, &signal);
    server.Stop();
  });
  server.Run();
  waiter.join();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const absl::StatusOr<CommandLine> line =
      waymark::collector::ReadCommandLine(std::vector<std::string>(argv + 1, argv + argc));
  if (!line.ok()) return Fail(line.status());
  if (line->help) {
    std::fputs(waymark::collector::HelpText().c_str(), stdout);
    return 0;
  }
  const sigset_t signals = BlockEndingSignals();
  const absl::StatusOr<std::unique_ptr<Server>> server = Server::Open(line->options);
  if (!server.ok()) return Fail(server.status());
  if (!waymark::collector::IsLoopbackHost(line->options.host)) {
    std::fprintf(
        stderr,
        "waymark-collector: warning: everyone who reaches %s can read and delete the events\n",
        line->options.host.c_str());
  }
  return Serve(**server, signals);
}
