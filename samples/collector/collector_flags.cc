#include "collector_flags.h"

#include <cstdint>

#include "absl/flags/flag.h"
#include "absl/flags/reflection.h"
#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "collector_limits.h"

ABSL_FLAG(int, port, 8802, "Port to listen on; 0 takes any free one.");
ABSL_FLAG(std::string, host, "127.0.0.1", "Address to listen on.");
ABSL_FLAG(bool, allow_remote, false, "Allow a --host that other machines can reach.");
ABSL_FLAG(std::string, database, ":memory:", "SQLite file that keeps the events.");
ABSL_FLAG(int64_t, events_max, waymark::collector::kEventsMaxDefault,
          "Events to keep; the oldest go first.");

namespace waymark::collector {
namespace {

constexpr absl::string_view kNames[] = {"port", "host", "allow_remote", "database", "events_max"};

bool IsOurs(absl::string_view name) {
  for (const absl::string_view known : kNames) {
    if (known == name) return true;
  }
  return false;
}

absl::Status Set(absl::string_view name, absl::string_view value) {
  absl::CommandLineFlag* flag = absl::FindCommandLineFlag(name);
  std::string error;
  if (flag->ParseFrom(value, &error)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("--", name, " does not take \"", value, "\" (", flag->Help(), ")"));
}

// Reads the argument at `index`, and leaves `index` at its last part.
absl::Status ReadArgument(const std::vector<std::string>& arguments, size_t& index) {
  absl::string_view argument = arguments[index];
  if (!absl::ConsumePrefix(&argument, "--")) {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", argument, "\" is not a flag; --help lists them"));
  }
  const size_t equals = argument.find('=');
  const bool has_value = equals != absl::string_view::npos;
  const std::string name = absl::StrReplaceAll(argument.substr(0, equals), {{"-", "_"}});
  if (!IsOurs(name)) {
    return absl::InvalidArgumentError(
        absl::StrCat("there is no flag --", name, "; --help lists them"));
  }
  if (has_value) return Set(name, argument.substr(equals + 1));
  if (name == "allow_remote") return Set(name, "true");
  if (index + 1 == arguments.size()) {
    return absl::InvalidArgumentError(absl::StrCat("--", name, " needs a value"));
  }
  return Set(name, arguments[++index]);
}

absl::Status CheckRange(absl::string_view name, int64_t value, int64_t least, int64_t most) {
  if (value >= least && value <= most) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("--", name, "=", value, " is out of range: ", least, " to ", most));
}

}  // namespace

absl::StatusOr<CommandLine> ReadCommandLine(const std::vector<std::string>& arguments) {
  CommandLine line;
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i] == "--help" || arguments[i] == "-h") {
      line.help = true;
      return line;
    }
    if (absl::Status status = ReadArgument(arguments, i); !status.ok()) return status;
  }
  line.options.port = absl::GetFlag(FLAGS_port);
  line.options.host = absl::GetFlag(FLAGS_host);
  line.options.allow_remote = absl::GetFlag(FLAGS_allow_remote);
  line.options.database = absl::GetFlag(FLAGS_database);
  line.options.events_max = absl::GetFlag(FLAGS_events_max);
  absl::Status status = CheckRange("port", line.options.port, 0, 65535);
  status.Update(CheckRange("events_max", line.options.events_max, 1, 10000000));
  if (!status.ok()) return status;
  return line;
}

std::string HelpText() {
  std::string text = "waymark-collector: shows what a tracking SDK sends, as it arrives.\n\n";
  for (const absl::string_view name : kNames) {
    const absl::CommandLineFlag* flag = absl::FindCommandLineFlag(name);
    absl::StrAppendFormat(&text, "  --%-14s %s Default: %s\n", std::string(name), flag->Help(),
                          flag->DefaultValue());
  }
  return text;
}

}  // namespace waymark::collector
