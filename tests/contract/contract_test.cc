// Runs the contract cases against the native engine. See README.md for the form of a case.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "fakes/base64.h"
#include "fakes/frame.h"
#include "nlohmann/json.hpp"
#include "waymark/abi.h"

namespace waymark_test {
namespace {

using Json = nlohmann::ordered_json;
namespace fs = std::filesystem;

bool Recording() { return std::getenv("WAYMARK_RECORD") != nullptr; }

const uint8_t* Bytes(const std::string& text) {
  return reinterpret_cast<const uint8_t*>(text.data());
}

class Case {
 public:
  ~Case() { waymark_close(engine_); }

  // Runs one line; when recording, also writes what came of it into the line.
  void Run(Json* line) {
    if (line->contains("case")) return Open(*line);
    ASSERT_NE(engine_, nullptr) << "the first line of a file must be a case";
    if (line->contains("view")) return Compare(line, "view", Call(waymark_view(engine_)));
    if (line->contains("query")) {
      const std::string frame = MakeFrame((*line)["query"].dump());
      return Compare(line, "answer", Call(waymark_query(engine_, Bytes(frame), frame.size())));
    }
    const std::string text = line->contains("input_text") ? (*line)["input_text"].get<std::string>()
                                                          : (*line)["input"].dump();
    const std::string frame = MakeFrame(text, FromBase64(line->value("bodies", "")));
    Compare(line, "output", Call(waymark_handle(engine_, Bytes(frame), frame.size())));
  }

 private:
  void Open(const Json& line) {
    waymark_close(engine_);
    const std::string frame = MakeFrame(line["start"].dump(), FromBase64(line.value("bodies", "")));
    engine_ = waymark_open(Bytes(frame), frame.size());
  }

  FrameParts Call(const uint8_t* result) {
    const size_t size = waymark_result_size(engine_);
    return SplitFrame({reinterpret_cast<const char*>(result), size});
  }

  static void Compare(Json* line, const char* member, const FrameParts& actual) {
    if (Recording()) {
      (*line)[member] = actual.json.empty() ? Json() : Json::parse(actual.json);
      line->erase("output_bodies");
      if (!actual.bodies.empty()) (*line)["output_bodies"] = ToBase64(actual.bodies);
    }
    ASSERT_TRUE(line->contains(member)) << *line;
    const Json& expected = (*line)[member];
    EXPECT_EQ(actual.json, expected.is_null() ? "" : expected.dump());
    EXPECT_EQ(ToBase64(actual.bodies), line->value("output_bodies", ""));
  }

  waymark_engine* engine_ = nullptr;
};

class ContractTest : public testing::TestWithParam<std::string> {};

TEST_P(ContractTest, HoldsToTheByte) {
  const fs::path path = fs::path(WAYMARK_CONTRACT_CASES) / (GetParam() + ".jsonl");
  std::ifstream in(path);
  std::string text;
  std::string recorded;
  Case engine;
  int number = 0;
  while (std::getline(in, text)) {
    SCOPED_TRACE(GetParam() + ".jsonl:" + std::to_string(++number));
    Json line = Json::parse(text);
    engine.Run(&line);
    if (HasFatalFailure()) return;
    recorded += line.dump() + "\n";
  }
  ASSERT_GT(number, 1) << "no lines in " << path;
  if (Recording()) std::ofstream(path) << recorded;
}

std::vector<std::string> Files() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(WAYMARK_CONTRACT_CASES)) {
    if (entry.path().extension() == ".jsonl") names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

INSTANTIATE_TEST_SUITE_P(Cases, ContractTest, testing::ValuesIn(Files()),
                         [](const auto& info) { return info.param; });

TEST(ContractFilesTest, ThereAreCases) { EXPECT_GE(Files().size(), 6u); }

}  // namespace
}  // namespace waymark_test
