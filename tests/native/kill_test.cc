// What survives the end of the process by SIGKILL: all that a call said yes to, each once.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <map>
#include <set>

#include "native/fixture.h"
#include "native/sink.h"

namespace waymark_test {
namespace {

constexpr const char* kNowhere = "http://127.0.0.1:9";  // discard: nobody listens

// Runs the victim. With `kill_after` it is killed from outside after so many calls, at some moment
// of the next one. Returns how many calls it said had returned.
int RunVictim(const std::string& folder, const std::string& url, int events, int kill_after) {
  int out[2];
  if (pipe(out) != 0) return -1;
  const pid_t child = fork();
  if (child == 0) {
    dup2(out[1], STDOUT_FILENO);
    close(out[0]);
    close(out[1]);
    execl(WAYMARK_VICTIM, WAYMARK_VICTIM, folder.c_str(), url.c_str(),
          std::to_string(events).c_str(), nullptr);
    _exit(127);
  }
  close(out[1]);
  int returned = 0;
  char said = 0;
  while (read(out[0], &said, 1) == 1) {
    ++returned;
    if (returned == kill_after) kill(child, SIGKILL);
  }
  close(out[0]);
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status)) << "it ended by itself, with " << WEXITSTATUS(status);
  return returned;
}

int NumberOf(const Json& event) { return event.at("properties").value("n", -1); }

TEST(KillTest, AllOf300EventsSurvive) {
  TemporaryFolder folder;
  ASSERT_EQ(RunVictim(folder / "store", kNowhere, 300, 0), 300);
  Sink sink;
  Client client(NativeConfig(sink.url()), folder / "store");
  ASSERT_EQ(client.Open(), WAYMARK_OK);
  const std::vector<Json> events = sink.Await(300);
  client.Close();
  EXPECT_EQ(sink.Events().size(), 300u) << "none comes twice";
  for (int i = 0; i < 300; ++i) EXPECT_EQ(NumberOf(events[i]), i);
}

// The collector listens, so the victim is killed anywhere: while it appends, hands over, puts down,
// sends or deletes. The same event may come twice, with its id; never as two events.
TEST(KillTest, KilledAnywhereNothingIsLostOrDoubled) {
  for (const int kill_after : {1, 40, 170, 700, 1500, 2900}) {
    SCOPED_TRACE(kill_after);
    TemporaryFolder folder;
    Sink sink;
    const int returned = RunVictim(folder / "store", sink.url(), 3000, kill_after);
    ASSERT_GE(returned, kill_after);
    Client client(NativeConfig(sink.url()), folder / "store");
    ASSERT_EQ(client.Open(), WAYMARK_OK);
    // Comes back only when all of them are there.
    sink.AwaitEvents([&](const std::vector<Json>& events) {
      std::set<int> numbers;
      for (const Json& event : events) numbers.insert(NumberOf(event));
      return std::distance(numbers.begin(), numbers.lower_bound(returned)) == returned;
    });
    client.Close();
    std::map<int, std::set<std::string>> ids;
    for (const Json& event : sink.Events()) {
      ids[NumberOf(event)].insert(event.value("messageId", ""));
    }
    for (const auto& [number, of] : ids) EXPECT_EQ(of.size(), 1u) << "event " << number;
  }
}

TEST(KillTest, WhatWasWithdrawnDoesNotComeBack) {
  TemporaryFolder folder;
  ASSERT_EQ(RunVictim(folder / "store", kNowhere, 300, 0), 300);
  Sink sink;
  Client client(NativeConfig(sink.url()), folder / "store");
  ASSERT_EQ(client.Open(), WAYMARK_OK);
  client.SetConsent({{"analytics", "denied"}});
  client.Close();
  EXPECT_THAT(sink.Events(), testing::IsEmpty());
  // Neither in the intake nor in the outbox is a byte of it left.
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder / "store")) {
    if (!entry.is_regular_file()) continue;
    FILE* file = fopen(entry.path().c_str(), "rb");
    ASSERT_NE(file, nullptr);
    std::string bytes(entry.file_size(), '\0');
    bytes.resize(fread(bytes.data(), 1, bytes.size(), file));
    fclose(file);
    EXPECT_EQ(bytes.find("xxxxxxxx"), std::string::npos) << entry.path();
  }
}

}  // namespace
}  // namespace waymark_test
