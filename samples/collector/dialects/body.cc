#include "dialects/body.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "collector_limits.h"
#include "inflate.h"
#include "json_items.h"

namespace waymark::collector {
namespace {

constexpr char kPixelGif[] =
    "GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,\x00"
    "\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02\x44\x01\x00;";

// What follows "scheme " in the Authorization header; empty for another scheme.
std::string Credentials(const Request& request, absl::string_view scheme) {
  const std::string header = request.Header("authorization");
  absl::string_view rest = header;
  if (!absl::StartsWithIgnoreCase(rest, scheme)) return "";
  rest.remove_prefix(scheme.size());
  return std::string(absl::StripAsciiWhitespace(rest));
}

}  // namespace

absl::StatusOr<std::string> UnpackBody(const Request& request, Problems& problems) {
  if (request.encoding == "identity") return request.body;
  if (request.encoding != "gzip") {
    problems.push_back({"header Content-Encoding", request.encoding, "gzip, or no such header"});
    return absl::InvalidArgumentError("unknown encoding");
  }
  absl::StatusOr<std::string> text = InflateGzip(request.body, kInflatedBytesMax);
  if (text.ok()) return text;
  problems.push_back({"body", std::string(text.status().message()),
                      absl::StrCat("one gzip stream of at most ", kInflatedBytesMax, " bytes")});
  return text.status();
}

int StatusOfUnpack(const absl::Status& status) {
  return absl::IsResourceExhausted(status) ? 413 : 400;
}

std::optional<Json> ParseBody(absl::string_view text, Problems& problems) {
  absl::StatusOr<Json> json = ParseJson(text);
  if (json.ok()) return *std::move(json);
  problems.push_back({"body", std::string(json.status().message()), "JSON in UTF-8"});
  return std::nullopt;
}

bool HasMediaType(const Request& request, std::initializer_list<absl::string_view> allowed,
                  Problems& problems) {
  const std::string type = request.MediaType();
  for (const absl::string_view known : allowed) {
    if (type == known) return true;
  }
  problems.push_back({"header Content-Type", type.empty() ? "nothing" : type,
                      absl::StrJoin(allowed.begin(), allowed.end(), " or ")});
  return false;
}

bool FitsBytes(absl::string_view where, size_t bytes, size_t most, Problems& problems) {
  if (bytes <= most) return true;
  problems.push_back({std::string(where), absl::StrCat(bytes, " bytes"),
                      absl::StrCat("at most ", most, " bytes")});
  return false;
}

bool FitsCount(const Spot& array, size_t most, Problems& problems) {
  if (array.size() <= most) return true;
  problems.push_back(array.Wrong(absl::StrCat("at most ", most, " items")));
  return false;
}

std::vector<std::string> ItemTexts(absl::string_view text,
                                   std::initializer_list<absl::string_view> keys,
                                   const Spot& array) {
  std::vector<std::string> texts;
  for (const absl::string_view item : JsonItems(text, {keys.begin(), keys.end()})) {
    texts.emplace_back(item);
  }
  if (texts.size() == array.size()) return texts;
  texts.clear();
  for (size_t i = 0; i < array.size(); ++i) texts.push_back(ToText(*array[i].value()));
  return texts;
}

std::string OrderIdOf(const Spot& properties) {
  for (const absl::string_view name : {"order_id", "orderId", "transaction_id"}) {
    if (std::string id = properties[name].text(); !id.empty()) return id;
  }
  return "";
}

Json ConsentOf(const Spot& properties) {
  for (const absl::string_view name : {"consent", "$consent"}) {
    const Spot consent = properties[name];
    if (consent.is_object()) return *consent.value();
    Json granted;
    for (size_t i = 0; consent.is_array() && i < consent.size(); ++i) {
      granted[consent[i].text()] = true;
    }
    if (!granted.is_null()) return granted;
  }
  return nullptr;
}

std::string KindByWord(absl::string_view name) {
  for (const absl::string_view word : absl::StrSplit(name, absl::ByAnyChar("._ "))) {
    for (const char* kind : {"page", "screen", "identify", "group", "alias"}) {
      if (word == kind) return kind;
    }
  }
  return "track";
}

std::string BasicUser(const Request& request) {
  std::string credentials;
  if (!absl::Base64Unescape(Credentials(request, "basic "), &credentials)) return "";
  return credentials.substr(0, credentials.find(':'));
}

std::string BearerToken(const Request& request) { return Credentials(request, "bearer "); }

Reply JsonReply(int status, const Json& content) {
  return {.status = status, .content = ToText(content), .content_type = "application/json"};
}

Reply TextReply(int status, absl::string_view content) {
  return {.status = status,
          .content = std::string(content),
          .content_type = "text/plain; charset=utf-8"};
}

Reply PixelReply() {
  return {.status = 200,
          .content = std::string(kPixelGif, sizeof(kPixelGif) - 1),
          .content_type = "image/gif"};
}

Outcome Refused(Reply reply, Problems problems) {
  return {.reply = std::move(reply), .records = {}, .problems = std::move(problems)};
}

}  // namespace waymark::collector
