#include "config.h"

#include <sodium.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace waymark::hand_over {
namespace {

using Json = nlohmann::json;

[[noreturn]] void Fail(const std::string& file, std::string_view pointer,
                       std::string_view allowed) {
  throw std::runtime_error(file + ": " + std::string(pointer) +
                           ": allowed: " + std::string(allowed));
}

Json ReadJson(const std::string& file) {
  std::ifstream stream(file);
  if (!stream) throw std::runtime_error(file + " cannot be read.");
  Json document = Json::parse(stream, nullptr, false);
  if (!document.is_object()) Fail(file, "", "a JSON object");
  return document;
}

bool IsHost(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](unsigned char c) {
    return std::islower(c) || std::isdigit(c) || c == '-' || c == '.';
  });
}

uint32_t NumberOf(const std::string& file, const Json& document, const char* name,
                  uint32_t otherwise, uint32_t most) {
  const auto found = document.find(name);
  if (found == document.end()) return otherwise;
  const int64_t value = found->is_number_integer() ? found->get<int64_t>() : 0;
  if (value < 1 || value > most) {
    Fail(file, "/" + std::string(name), "1 to " + std::to_string(most));
  }
  return static_cast<uint32_t>(value);
}

}  // namespace

Config ReadConfig(const std::string& file) {
  const Json document = ReadJson(file);
  Config config;
  for (const Json& domain : document.value("domains", Json::array())) {
    const std::string text = domain.is_string() ? domain.get<std::string>() : "";
    if (!IsHost(text)) Fail(file, "/domains", "domains in lower case");
    config.domains.push_back(text);
  }
  if (config.domains.empty()) Fail(file, "/domains", "the identity.link_domains of the pages");
  const Json keys = document.value("keys", Json());
  if (!keys.is_string()) Fail(file, "/keys", "the file with the keys");
  config.keys = (std::filesystem::path(file).parent_path() / keys.get<std::string>()).string();
  config.sealer.ttl_s = NumberOf(file, document, "ttl_s", 120, 3600);
  config.sealer.used_max = NumberOf(file, document, "used_max", 100'000, 10'000'000);
  const Json without = document.value("without_origin", Json("refuse"));
  if (without != "accept" && without != "refuse") {
    Fail(file, "/without_origin", "\"accept\" or \"refuse\"");
  }
  config.without_origin = without == "accept";
  return config;
}

Keys ReadKeys(const std::string& file) {
  const Json document = ReadJson(file);
  Keys keys;
  const Json texts = document.value("keys", Json::object());
  for (const auto& [id, text] : texts.items()) {
    const bool is_id = !id.empty() && id.size() <= 3 &&
                       std::ranges::all_of(id, [](unsigned char c) { return std::isdigit(c); });
    Key key;
    size_t size = 0;
    const std::string value = text.is_string() ? text.get<std::string>() : "";
    const bool is_key =
        sodium_base642bin(key.data(), key.size(), value.data(), value.size(), nullptr, &size,
                          nullptr, sodium_base64_VARIANT_ORIGINAL) == 0 &&
        size == key.size();
    if (!is_id || std::stoi(id) > 255 || !is_key) {
      Fail(file, "/keys/" + id, "0 to 255, and 32 bytes in base64");
    }
    keys.keys[static_cast<uint8_t>(std::stoi(id))] = key;
  }
  const Json seal_with = document.value("seal_with", Json());
  const int id = seal_with.is_number_integer() ? seal_with.get<int>() : -1;
  if (id < 0 || id > 255 || !keys.keys.contains(static_cast<uint8_t>(id))) {
    Fail(file, "/seal_with", "the id of one of the keys");
  }
  keys.seal_with = static_cast<uint8_t>(id);
  return keys;
}

bool IsOf(std::string_view host, const std::vector<std::string>& domains) {
  return std::ranges::any_of(domains, [&](const std::string& domain) {
    return host == domain || (host.size() > domain.size() && host.ends_with(domain) &&
                              host[host.size() - domain.size() - 1] == '.');
  });
}

std::optional<std::string> HostOf(std::string_view origin) {
  const size_t scheme = origin.find("://");
  if (scheme == std::string_view::npos) return std::nullopt;
  std::string host(origin.substr(scheme + 3));
  host.resize(std::min(host.find(':'), host.size()));
  std::ranges::transform(host, host.begin(), [](unsigned char c) { return std::tolower(c); });
  if (!IsHost(host)) return std::nullopt;
  return host;
}

}  // namespace waymark::hand_over
