// Uses the C++ class the way its first comment says.
#include <waymark/client.h>

#include <cstdio>

int main() {
  if (waymark_client_c_version() != WAYMARK_C_VERSION) return 1;
  waymark::ClientOptions options;
  options.config = R"({"waymark":1,"app":{"id":"till","version":"1.0.0"},
    "consent":{"revision":"1","purposes":[{"id":"analytics","basis":"consent"}]},
    "collectors":[{"id":"segment","protocol":"segment","url":"http://127.0.0.1:9",
                   "needs":["analytics"],"options":{"write_key":"K"}}]})";
  options.on_problem = [](const waymark::ClientProblem& problem) {
    std::printf("%.*s\n", static_cast<int>(problem.code.size()), problem.code.data());
  };
  auto [client, status] = waymark::Client::Open(std::move(options));
  if (status != WAYMARK_OK) return 2;
  client.SetConsent({{"analytics", "granted"}});
  const waymark::Properties properties = {
      {"order_id", "A-1"}, {"total", 49.5}, {"gift", true}, {"note", "Levi's \"501\"\n"}};
  if (client.Track("order_completed", properties) != WAYMARK_OK) return 3;
  if (client.View().find("\"granted\"") == std::string::npos) client.Ready(1000);
  return client.Close(1000) == WAYMARK_OK ? 0 : 4;
}
