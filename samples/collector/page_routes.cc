#include "page_routes.h"

#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "exchange.h"
#include "page_assets.h"

namespace waymark::collector {
namespace {

// Scripts, styles and connections of this origin only. Event data can therefore not become code,
// even if the page had a mistake in it.
constexpr char kPolicy[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for "
    "'script'";

std::string ContentTypeOf(absl::string_view name) {
  if (absl::EndsWith(name, ".html")) return "text/html; charset=utf-8";
  if (absl::EndsWith(name, ".css")) return "text/css; charset=utf-8";
  if (absl::EndsWith(name, ".js")) return "text/javascript; charset=utf-8";
  if (absl::EndsWith(name, ".svg")) return "image/svg+xml";
  return "application/octet-stream";
}

void AnswerAsset(const PageAsset& asset, httplib::Response& response) {
  response.set_header("Content-Security-Policy", kPolicy);
  response.set_header("X-Content-Type-Options", "nosniff");
  response.set_header("Referrer-Policy", "no-referrer");
  response.set_header("Cross-Origin-Resource-Policy", "same-origin");
  response.set_header("Cache-Control", "no-cache");
  Answer(response, 200, std::string(asset.bytes), ContentTypeOf(asset.name));
}

}  // namespace

void AddPageRoutes(HttpServer& server) {
  for (const PageAsset& asset : PageAssets()) {
    const std::string path =
        asset.name == "index.html" ? std::string("/") : absl::StrCat("/page/", asset.name);
    server.TakeGet(path, [&asset](const httplib::Request&, httplib::Response& response) {
      AnswerAsset(asset, response);
    });
  }
}

}  // namespace waymark::collector
