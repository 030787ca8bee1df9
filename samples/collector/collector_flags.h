// The command line: Abseil flags, with sentences for wrong ones.
#ifndef WAYMARK_SAMPLES_COLLECTOR_COLLECTOR_FLAGS_H_
#define WAYMARK_SAMPLES_COLLECTOR_COLLECTOR_FLAGS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "server.h"

namespace waymark::collector {

struct CommandLine {
  bool help = false;
  ServerOptions options;
};

// Reads the arguments after the program's name: --flag=value, --flag value, and --flag for
// switches;
// "-" and "_" in names are the same. InvalidArgument with a sentence for anything it does not know.
absl::StatusOr<CommandLine> ReadCommandLine(const std::vector<std::string>& arguments);

// What --help prints.
std::string HelpText();

}  // namespace waymark::collector

#endif  // WAYMARK_SAMPLES_COLLECTOR_COLLECTOR_FLAGS_H_
