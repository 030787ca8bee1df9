#include "unit/iab/iab_fixture.h"

#include <gtest/gtest.h>

#include <fstream>

#include "fakes/frame.h"
#include "waymark/abi.h"

namespace waymark_test {
namespace {

constexpr std::string_view kDigits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

Json ReadVectors(const std::string& name) {
  std::ifstream file(std::string(WAYMARK_VECTORS) + "/" + name);
  return Json::parse(file);
}

const uint8_t* Bytes(const std::string& text) {
  return reinterpret_cast<const uint8_t*>(text.data());
}

}  // namespace

Json Ask(const Json& question) {
  // An engine that was refused its start still answers questions.
  const std::string start = MakeFrame("{}");
  waymark_engine* engine = waymark_open(Bytes(start), start.size());
  const std::string frame = MakeFrame(question.dump());
  const uint8_t* answer = waymark_query(engine, Bytes(frame), frame.size());
  const std::string_view view(reinterpret_cast<const char*>(answer), waymark_result_size(engine));
  Json parsed = Json::parse(SplitFrame(view).json);
  waymark_close(engine);
  return parsed;
}

Json Decode(const std::string& text, const std::string& kind) {
  Json question = {{"query", "iab_decode"}, {"text", text}};
  if (!kind.empty()) question["kind"] = kind;
  const Json answer = Ask(question);
  EXPECT_EQ(answer["problems"], Json::array());
  return answer["result"];
}

std::string Encode(const Json& document) {
  const Json answer = Ask({{"query", "iab_encode"}, {"document", document}});
  EXPECT_EQ(answer["problems"], Json::array()) << document.dump().substr(0, 400);
  return answer.contains("result") ? answer["result"]["string"].get<std::string>() : "";
}

Json KeysOf(const std::string& text) {
  Json keys = Json::object();
  const Json answer = Ask({{"query", "iab_keys"}, {"text", text}});
  for (const Json& key : answer["result"]["keys"]) {
    EXPECT_EQ(key["type"], key["value"].is_string() ? "string" : "int");
    EXPECT_FALSE(keys.contains(key["key"])) << key;
    keys[key["key"].get<std::string>()] = key["value"];
  }
  return keys;
}

std::set<std::string> CodesOf(const Json& document) {
  std::set<std::string> codes;
  if (document.contains("error")) codes.insert(document["error"]["code"].get<std::string>());
  for (const Json& violation : document.value("violations", Json::array())) {
    codes.insert(violation["code"].get<std::string>());
  }
  return codes;
}

Json FieldsOf(Json document) {
  document.erase("violations");
  return document;
}

const Json& Vectors() {
  static const Json vectors = ReadVectors("iab.json");
  return vectors;
}

Json GppLayouts() { return ReadVectors("gpp_layouts.json"); }

std::string FromBits(const std::string& bits) {
  std::string text;
  for (size_t i = 0; i < bits.size(); i += 6) {
    std::string group = bits.substr(i, 6);
    group.resize(6, '0');
    text.push_back(kDigits[std::stoul(group, nullptr, 2)]);
  }
  return text;
}

std::string ToBits(const std::string& text) {
  std::string bits;
  for (const char c : text) bits += Number(kDigits.find(c), 6);
  return bits;
}

std::string Number(uint64_t value, int bits) {
  std::string text;
  for (int i = bits - 1; i >= 0; --i) text.push_back(value >> i & 1 ? '1' : '0');
  return text;
}

}  // namespace waymark_test
