#include "http_connection.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "absl/time/clock.h"
#include "collector_limits.h"

namespace waymark::collector {
namespace {

// cpp-httplib passes handlers a request and a response, but no connection.
thread_local HttpConnection* current_connection = nullptr;

}  // namespace

HttpConnection::HttpConnection(socket_t socket) : socket_(socket) { current_connection = this; }

HttpConnection::~HttpConnection() {
  if (close_after_answer_ && !silent_) Linger();
  ::shutdown(socket_, SHUT_RDWR);
  ::close(socket_);
  current_connection = nullptr;
}

HttpConnection& HttpConnection::Current() { return *current_connection; }

// Closing with unread bytes would reset the connection, and the reset can overtake the answer.
void HttpConnection::Linger() {
  constexpr size_t kDrainBytesMax = 2 * kBodyBytesMax;
  const absl::Time until = absl::Now() + absl::Seconds(1);
  ::shutdown(socket_, SHUT_WR);
  size_t drained = 0;
  while (drained < kDrainBytesMax && Wait(POLLIN, until - absl::Now())) {
    const ssize_t bytes = ::recv(socket_, buffer_.data(), buffer_.size(), 0);
    if (bytes <= 0) return;
    drained += static_cast<size_t>(bytes);
  }
}

bool HttpConnection::WaitForRequest(bool (*keep_waiting)(const void*), const void* context) {
  constexpr absl::Duration kSlice = absl::Milliseconds(100);
  const absl::Time until = absl::Now() + absl::Milliseconds(kIdleMsMax);
  while (keep_waiting(context) && absl::Now() < until) {
    if (buffer_begin_ < buffer_end_ || Wait(POLLIN, kSlice)) return !PeerHasGone();
  }
  return false;
}

void HttpConnection::BeginRequest() {
  deadline_ = absl::Now() + absl::Milliseconds(kRequestMsMax);
  in_headers_ = true;
  header_bytes_ = 0;
  content_encoding.clear();
}

bool HttpConnection::Wait(short events, absl::Duration longest) const {
  const int64_t longest_ms = std::max<int64_t>(absl::ToInt64Milliseconds(longest), 0);
  pollfd descriptor = {socket_, events, 0};
  int ready = 0;
  do {
    ready = ::poll(&descriptor, 1, static_cast<int>(std::min<int64_t>(longest_ms, kRequestMsMax)));
  } while (ready < 0 && errno == EINTR);
  return ready > 0;
}

bool HttpConnection::PeerHasGone() const {
  if (buffer_begin_ < buffer_end_ || !Wait(POLLIN, absl::ZeroDuration())) return false;
  char byte;
  const ssize_t bytes = ::recv(socket_, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return bytes == 0 || (bytes < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR);
}

bool HttpConnection::is_readable() const { return Wait(POLLIN, deadline_ - absl::Now()); }

bool HttpConnection::is_writable() const {
  return !silent_ && !PeerHasGone() && Wait(POLLOUT, absl::Milliseconds(kWriteMsMax));
}

ssize_t HttpConnection::Fill() {
  if (!is_readable()) return -1;
  const ssize_t bytes = ::recv(socket_, buffer_.data(), buffer_.size(), 0);
  buffer_begin_ = 0;
  buffer_end_ = bytes > 0 ? static_cast<size_t>(bytes) : 0;
  return bytes;
}

ssize_t HttpConnection::read(char* ptr, size_t size) {
  if (in_headers_ && (header_bytes_ += size) > kHeaderBytesMax) return -1;
  if (buffer_begin_ == buffer_end_) {
    const ssize_t bytes = Fill();
    if (bytes <= 0) return bytes;
  }
  const size_t taken = std::min(size, buffer_end_ - buffer_begin_);
  std::memcpy(ptr, buffer_.data() + buffer_begin_, taken);
  buffer_begin_ += taken;
  return static_cast<ssize_t>(taken);
}

ssize_t HttpConnection::write(const char* ptr, size_t size) {
  if (silent_ || !Wait(POLLOUT, absl::Milliseconds(kWriteMsMax))) return -1;
  return ::send(socket_, ptr, size, MSG_NOSIGNAL | MSG_DONTWAIT);
}

void HttpConnection::get_remote_ip_and_port(std::string& ip, int& port) const {
  ip.clear();
  port = 0;
}

void HttpConnection::get_local_ip_and_port(std::string& ip, int& port) const {
  ip.clear();
  port = 0;
}

}  // namespace waymark::collector
