// A TLS server in this process that serves whatever pair it was last given. Accepts one connection at a time.
#pragma once

#include <netinet/in.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "tests/unit/api/client/openssl_ca.h"

namespace chancery::testing {

class TlsServer {
 public:
  TlsServer() {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    require(::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0, "bind");
    require(::listen(listener_, 16) == 0, "listen");
    socklen_t size = sizeof address;
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { work(); });
  }
  ~TlsServer() {
    stop_ = true;
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }
  TlsServer(const TlsServer&) = delete;
  TlsServer& operator=(const TlsServer&) = delete;
  TlsServer(TlsServer&&) = delete;
  TlsServer& operator=(TlsServer&&) = delete;

  void serve(const std::string& certificate_file, const std::string& key_file) {
    auto context = std::shared_ptr<SSL_CTX>(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
    require(SSL_CTX_use_certificate_chain_file(context.get(), certificate_file.c_str()) == 1,
            "certificate file");
    require(SSL_CTX_use_PrivateKey_file(context.get(), key_file.c_str(), SSL_FILETYPE_PEM) == 1, "key file");
    const std::scoped_lock lock(mutex_);
    context_ = std::move(context);
  }
  [[nodiscard]] int port() const { return port_; }
  [[nodiscard]] std::string last_server_name() const {
    const std::scoped_lock lock(mutex_);
    return server_name_;
  }

 private:
  void work() {
    while (!stop_) {
      const int connection = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (connection < 0) continue;
      std::shared_ptr<SSL_CTX> context;
      {
        const std::scoped_lock lock(mutex_);
        context = context_;
      }
      if (context) answer(context.get(), connection);
      ::close(connection);
    }
  }
  void answer(SSL_CTX* context, int connection) {
    const std::unique_ptr<SSL, Freed<SSL_free>> ssl(SSL_new(context));
    SSL_set_fd(ssl.get(), connection);
    if (SSL_accept(ssl.get()) == 1) {
      const char* name = SSL_get_servername(ssl.get(), TLSEXT_NAMETYPE_host_name);
      const std::scoped_lock lock(mutex_);
      server_name_ = name == nullptr ? "" : name;
    }
    char byte = 0;
    SSL_read(ssl.get(), &byte, 1);  // until the client has gone
  }

  int listener_ = -1, port_ = 0;
  std::atomic<bool> stop_{false};
  mutable std::mutex mutex_;
  std::shared_ptr<SSL_CTX> context_;
  std::string server_name_;
  std::thread thread_;
};

}  // namespace chancery::testing
