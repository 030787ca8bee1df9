#include "native_sink.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <stdexcept>
#include <string_view>

namespace waymark_bench {
namespace {

constexpr std::string_view kAnswer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
constexpr std::string_view kLength = "Content-Length: ";

// Size of the first request in `bytes`; 0: it is not whole.
size_t RequestSize(const std::string& bytes) {
  const size_t end = bytes.find("\r\n\r\n");
  if (end == std::string::npos) return 0;
  const size_t length = bytes.find(kLength);
  const size_t body =
      length < end ? std::strtoull(bytes.c_str() + length + kLength.size(), nullptr, 10) : 0;
  const size_t size = end + 4 + body;
  return size <= bytes.size() ? size : 0;
}

void Serve(int connection, SinkCounts* counts) {
  std::string bytes;
  char piece[65536];
  for (ssize_t got = 0; (got = read(connection, piece, sizeof piece)) > 0;) {
    bytes.append(piece, static_cast<size_t>(got));
    while (const size_t size = RequestSize(bytes)) {
      bytes.erase(0, size);
      counts->wire_bytes += size;
      ++counts->requests;
      if (write(connection, kAnswer.data(), kAnswer.size()) < 0) return;
    }
  }
}

}  // namespace

NativeSink::NativeSink() {
  counts_ = static_cast<SinkCounts*>(
      mmap(nullptr, sizeof(SinkCounts), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
  const int listener = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (bind(listener, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      listen(listener, 8) != 0) {
    throw std::runtime_error("no port on this machine");
  }
  getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
  port_ = ntohs(address.sin_port);
  process_ = fork();
  if (process_ == 0) {
    for (int connection = 0; (connection = accept(listener, nullptr, nullptr)) >= 0;) {
      const int at_once = 1;
      setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &at_once, sizeof at_once);
      Serve(connection, counts_);
      close(connection);
    }
    _exit(0);
  }
  close(listener);
}

NativeSink::~NativeSink() {
  kill(process_, SIGKILL);
  waitpid(process_, nullptr, 0);
}

std::string NativeSink::url() const { return "http://127.0.0.1:" + std::to_string(port_); }

}  // namespace waymark_bench
