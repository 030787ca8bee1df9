// One accepted TCP connection, as the stream that cpp-httplib reads requests from and writes
// answers to.
//
// cpp-httplib 0.11 has no bound on the number of headers, none on how long a request may trickle
// in, and no way to close without an answer. This stream adds the three.
//
// Thread rule: one thread serves a connection from its first byte to its last.
#ifndef WAYMARK_SAMPLES_COLLECTOR_HTTP_CONNECTION_H_
#define WAYMARK_SAMPLES_COLLECTOR_HTTP_CONNECTION_H_

#include <httplib.h>

#include <array>
#include <cstdint>
#include <string>

#include "absl/time/time.h"

namespace waymark::collector {

class HttpConnection final : public httplib::Stream {
 public:
  // Takes over `socket` and closes it at the end.
  explicit HttpConnection(socket_t socket);
  HttpConnection(const HttpConnection&) = delete;
  HttpConnection& operator=(const HttpConnection&) = delete;
  ~HttpConnection() override;

  // The connection that the calling thread serves: only for handlers, which run inside one.
  static HttpConnection& Current();

  // Waits until a request begins; false when the peer has gone, or nothing came for kIdleMsMax.
  bool WaitForRequest(bool (*keep_waiting)(const void*), const void* context);
  // Starts the clock and the header bound of the next request.
  void BeginRequest();
  // From now on bytes belong to the body, whose bound is the reader's matter.
  void EndHeaders() { in_headers_ = false; }

  // Content-Encoding of the request, which is kept from cpp-httplib so that bodies arrive as they
  // were sent.
  std::string content_encoding;

  // The answer is still written, then the connection closes: for bodies that were not read to their
  // end.
  void CloseAfterAnswer() { close_after_answer_ = true; }
  // Nothing more is written; the peer sees the connection end.
  void CloseWithoutAnswer() { silent_ = true; }
  bool must_close() const { return close_after_answer_ || silent_; }

  // httplib::Stream:
  bool is_readable() const override;
  bool is_writable() const override;
  ssize_t read(char* ptr, size_t size) override;
  ssize_t write(const char* ptr, size_t size) override;
  void get_remote_ip_and_port(std::string& ip, int& port) const override;
  void get_local_ip_and_port(std::string& ip, int& port) const override;
  socket_t socket() const override { return socket_; }

 private:
  bool Wait(short events, absl::Duration longest) const;
  bool PeerHasGone() const;
  ssize_t Fill();
  void Linger();

  const socket_t socket_;
  absl::Time deadline_ = absl::InfiniteFuture();
  bool in_headers_ = false;
  size_t header_bytes_ = 0;
  bool close_after_answer_ = false;
  bool silent_ = false;
  std::array<char, 16384> buffer_;
  size_t buffer_begin_ = 0;
  size_t buffer_end_ = 0;
};

}  // namespace waymark::collector

#endif  // WAYMARK_SAMPLES_COLLECTOR_HTTP_CONNECTION_H_
