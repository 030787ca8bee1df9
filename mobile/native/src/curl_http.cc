// HTTP by libcurl, in the worker's own thread: connections are kept, and the worker waits in one
// place for answers, for callers and for its timer.
#include <curl/curl.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <utility>

#include "base/json_view.h"
#include "http.h"

namespace waymark::native {
namespace {

constexpr int kPollMsMax = 24 * 3600 * 1000;  // curl's timeout is an int
constexpr size_t kIdleHandlesMax = 4;
constexpr std::string_view kRetryAfter = "retry-after:";

struct ListEnd {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
struct EasyEnd {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
using Easy = std::unique_ptr<CURL, EasyEnd>;

struct Transfer {
  HttpRequest request;
  HttpAnswer answer;
  Easy easy;
  std::unique_ptr<curl_slist, ListEnd> headers;
};

size_t TakeBody(char* bytes, size_t, size_t size, void* user) {
  auto* transfer = static_cast<Transfer*>(user);
  std::string& body = transfer->answer.body;
  const size_t max = transfer->request.answer_bytes_max;
  body.append(bytes, std::min(size, max - std::min(max, body.size())));
  return size;
}

size_t TakeHeader(char* bytes, size_t, size_t size, void* user) {
  std::string line(bytes, size);
  const size_t colon = line.find(':');
  if (colon == std::string::npos || colon + 1 != kRetryAfter.size()) return size;
  std::transform(line.begin(), line.begin() + static_cast<std::ptrdiff_t>(colon), line.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
  if (!line.starts_with(kRetryAfter)) return size;
  const size_t begin = line.find_first_not_of(" \t", kRetryAfter.size());
  const size_t end = line.find_last_not_of(" \t\r\n");
  if (begin <= end && begin != std::string::npos) {
    static_cast<Transfer*>(user)->answer.retry_after = line.substr(begin, end - begin + 1);
  }
  return size;
}

// A header that ends a line would begin another one.
void AddHeader(curl_slist** list, const std::string& header) {
  if (header.find_first_of("\r\n") != std::string::npos) return;
  if (curl_slist* longer = curl_slist_append(*list, header.c_str())) *list = longer;
}

curl_slist* HeaderList(std::string_view json) {
  curl_slist* list = nullptr;
  for (JsonItems item{JsonView(json)}; item.Next();) {
    std::string header(item.key());
    header += ": ";
    header += std::string_view(item.value().AsString());
    AddHeader(&list, header);
  }
  // What curl would add by itself costs bytes, or a round trip.
  AddHeader(&list, "Expect:");
  AddHeader(&list, "Accept:");
  return list;
}

waymark_http_error ErrorOf(CURLcode code) {
  switch (code) {
    case CURLE_OK:
      return WAYMARK_HTTP_ANSWERED;
    case CURLE_OPERATION_TIMEDOUT:
      return WAYMARK_HTTP_TIMED_OUT;
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
      return WAYMARK_HTTP_REFUSED;
    default:
      return WAYMARK_HTTP_NETWORK;
  }
}

class CurlHttp final : public Http {
 public:
  explicit CurlHttp(CURLM* multi) : multi_(multi) {}
  ~CurlHttp() override {
    for (auto& [id, transfer] : transfers_) {
      curl_multi_remove_handle(multi_, transfer->easy.get());
    }
    transfers_.clear();
    idle_.clear();
    curl_multi_cleanup(multi_);
  }

  void Send(HttpRequest&& request) override {
    auto transfer = std::make_unique<Transfer>();
    transfer->request = std::move(request);
    transfer->answer.id = transfer->request.id;
    transfer->easy = TakeHandle();
    if (!transfer->easy || !SetUp(transfer.get()) ||
        curl_multi_add_handle(multi_, transfer->easy.get()) != CURLM_OK) {
      transfer->answer.error = WAYMARK_HTTP_REFUSED;
      done_.push_back(std::move(transfer->answer));
      return;
    }
    const int64_t id = transfer->request.id;
    transfers_[id] = std::move(transfer);
  }

  void Abort(int64_t id) override { End(id, WAYMARK_HTTP_ABORTED); }

  std::vector<HttpAnswer> Wait(int64_t wait_ms) override {
    Perform();
    if (done_.empty()) {
      const int64_t bounded = wait_ms < 0 ? kPollMsMax : std::min<int64_t>(wait_ms, kPollMsMax);
      curl_multi_poll(multi_, nullptr, 0, static_cast<int>(bounded), nullptr);
      Perform();
    }
    return std::exchange(done_, {});
  }

  void Wake() override { curl_multi_wakeup(multi_); }

 private:
  Easy TakeHandle() {
    if (idle_.empty()) return Easy(curl_easy_init());
    Easy easy = std::move(idle_.back());
    idle_.pop_back();
    return easy;
  }

  static bool SetUp(Transfer* transfer) {
    CURL* easy = transfer->easy.get();
    const HttpRequest& request = transfer->request;
    const std::string url(std::string_view(request.url));
    transfer->headers.reset(HeaderList(request.headers));
    curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, transfer->headers.get());
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(request.timeout_ms));
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, TakeBody);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, TakeHeader);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, transfer);
    if (request.get) {
      curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
    } else {
      curl_easy_setopt(easy, CURLOPT_POST, 1L);
      curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request.body.empty() ? "" : request.body.data());
      curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
                       static_cast<curl_off_t>(request.body.size()));
    }
    return curl_easy_setopt(easy, CURLOPT_URL, url.c_str()) == CURLE_OK;
  }

  void Perform() {
    int running = 0;
    curl_multi_perform(multi_, &running);
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      Transfer* transfer = nullptr;
      curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
      const CURLcode result = message->data.result;
      long status = 0;
      curl_easy_getinfo(message->easy_handle, CURLINFO_RESPONSE_CODE, &status);
      // A status that came counts, also when the body broke off.
      const bool answered = status != 0 && result != CURLE_OPERATION_TIMEDOUT;
      transfer->answer.status = answered ? static_cast<int>(status) : 0;
      transfer->answer.whole_body = result == CURLE_OK;
      End(transfer->request.id, answered ? WAYMARK_HTTP_ANSWERED : ErrorOf(result));
    }
  }

  void End(int64_t id, waymark_http_error error) {
    const auto found = transfers_.find(id);
    if (found == transfers_.end()) return;
    Transfer& transfer = *found->second;
    curl_multi_remove_handle(multi_, transfer.easy.get());
    transfer.answer.error = error;
    done_.push_back(std::move(transfer.answer));
    if (idle_.size() < kIdleHandlesMax) {
      curl_easy_reset(transfer.easy.get());
      idle_.push_back(std::move(transfer.easy));
    }
    transfers_.erase(found);
  }

  CURLM* multi_;
  std::map<int64_t, std::unique_ptr<Transfer>> transfers_;
  std::vector<Easy> idle_;
  std::vector<HttpAnswer> done_;
};

}  // namespace

std::unique_ptr<Http> MakeCurlHttp() {
  static std::once_flag once;
  static bool started = false;
  std::call_once(once, [] { started = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK; });
  CURLM* multi = started ? curl_multi_init() : nullptr;
  return multi ? std::make_unique<CurlHttp>(multi) : nullptr;
}

}  // namespace waymark::native
