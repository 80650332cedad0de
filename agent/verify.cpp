#include "agent/verify.h"

#include <netdb.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <memory>

#include "ca/base/file_descriptor.h"
#include "ca/crypto/openssl.h"
#include "ca/x509/certificate.h"

namespace chancery::agent {
namespace {

using Steady = std::chrono::steady_clock;
using SslCtx = std::unique_ptr<SSL_CTX, crypto::OpensslDeleter<SSL_CTX_free>>;
using Ssl = std::unique_ptr<SSL, crypto::OpensslDeleter<SSL_free>>;
using X509Handle = std::unique_ptr<X509, crypto::OpensslDeleter<X509_free>>;
using AddressList = std::unique_ptr<addrinfo, crypto::OpensslDeleter<freeaddrinfo>>;

std::string place(const VerifyTarget& target) {
  return target.address + ":" + std::to_string(target.port);
}

Error unseen(const VerifyTarget& target, const std::string& what) {
  return make_error(ErrorCode::unavailable,
                    "cannot see the certificate served at " + place(target) + ": " + what +
                        "; check that the service runs and that verify names its port",
                    crypto::drain_errors());
}

bool wait_ready(int fd, short events, Steady::time_point deadline) {
  while (true) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Steady::now());
    if (left.count() <= 0) return false;
    pollfd watched{fd, events, 0};
    const int ready = ::poll(&watched, 1, static_cast<int>(left.count()));
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) return false;
  }
}

// 0 or an errno value.
int connect_within(int fd, const addrinfo& address, Steady::time_point deadline) {
  if (::connect(fd, address.ai_addr, address.ai_addrlen) == 0) return 0;
  if (errno != EINPROGRESS) return errno;
  if (!wait_ready(fd, POLLOUT, deadline)) return ETIMEDOUT;
  int number = 0;
  socklen_t size = sizeof number;
  ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &number, &size);
  return number;
}

Result<FileDescriptor> open_connection(const VerifyTarget& target, Steady::time_point deadline) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int code = ::getaddrinfo(target.address.c_str(), std::to_string(target.port).c_str(), &hints, &found);
  const AddressList addresses(found);
  if (code != 0) return unseen(target, gai_strerror(code));
  int number = ECONNREFUSED;
  for (const addrinfo* entry = found; entry != nullptr; entry = entry->ai_next) {
    FileDescriptor socket(::socket(entry->ai_family, entry->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    number = socket.get() < 0 ? errno : connect_within(socket.get(), *entry, deadline);
    if (number == 0) return socket;
  }
  return unseen(target, std::strerror(number));
}

bool handshake(SSL* ssl, int fd, Steady::time_point deadline) {
  while (true) {
    const int result = SSL_connect(ssl);
    if (result == 1) return true;
    const int wanted = SSL_get_error(ssl, result);
    if (wanted != SSL_ERROR_WANT_READ && wanted != SSL_ERROR_WANT_WRITE) return false;
    if (!wait_ready(fd, wanted == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT, deadline)) return false;
  }
}

Result<SslCtx> make_context(const std::string& roots_file) {
  SslCtx context(SSL_CTX_new(TLS_client_method()));
  if (!context || SSL_CTX_load_verify_file(context.get(), roots_file.c_str()) != 1) {
    return make_error(ErrorCode::unavailable,
                      "cannot read the roots in " + roots_file + "; name a PEM file of them in server.roots",
                      crypto::drain_errors());
  }
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  // The handshake always ends, so that a wrong certificate can be named; the verdict is asked for afterwards.
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_NONE, nullptr);
  return context;
}

void expect_name(SSL* ssl, const std::string& name) {
  X509_VERIFY_PARAM* expected = SSL_get0_param(ssl);
  X509_VERIFY_PARAM_set_hostflags(expected, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
  if (X509_VERIFY_PARAM_set1_ip_asc(expected, name.c_str()) == 1) return;
  X509_VERIFY_PARAM_set1_host(expected, name.c_str(), name.size());
  // What SSL_set_tlsext_host_name expands to, less its C cast.
  SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, const_cast<char*>(name.c_str()));
}

Result<Served> read_peer(SSL* ssl, const VerifyTarget& target) {
  const X509Handle peer(SSL_get1_peer_certificate(ssl));
  unsigned char* der = nullptr;
  const int size = peer ? i2d_X509(peer.get(), &der) : -1;
  if (size <= 0) return unseen(target, "no certificate was sent");
  const Bytes copy(der, der + size);
  OPENSSL_free(der);
  Result<x509::Certificate> certificate = x509::Certificate::parse(copy);
  if (!certificate) return unseen(target, certificate.error().message);
  const long verdict = SSL_get_verify_result(ssl);
  return Served{certificate->serial().to_string(), certificate->validity().not_after(),
                verdict == X509_V_OK ? "" : X509_verify_cert_error_string(verdict)};
}

}  // namespace

Result<Served> TlsProber::probe(const VerifyTarget& target) {
  ERR_clear_error();
  const Steady::time_point deadline = Steady::now() + timeout_;
  Result<SslCtx> context = make_context(roots_file_);
  if (!context) return context.error();
  Result<FileDescriptor> socket = open_connection(target, deadline);
  if (!socket) return socket.error();
  const Ssl ssl(SSL_new(context->get()));
  if (!ssl || SSL_set_fd(ssl.get(), socket->get()) != 1) return unseen(target, "OpenSSL gave no connection");
  expect_name(ssl.get(), target.server_name);
  if (!handshake(ssl.get(), socket->get(), deadline)) return unseen(target, "the TLS handshake failed");
  Result<Served> served = read_peer(ssl.get(), target);
  SSL_shutdown(ssl.get());
  ERR_clear_error();
  return served;
}

Result<Served> wait_until_served(Prober& prober, const VerifyTarget& target, const std::string& serial,
                                 Waiter& waiter) {
  using std::chrono::milliseconds;
  milliseconds waited{0};
  while (true) {
    Result<Served> served = prober.probe(target);
    if (served && served->serial == serial && served->problem.empty()) return served;
    const milliseconds pause = waited < milliseconds(2000) ? milliseconds(100) : milliseconds(500);
    if (waited >= target.patience || !waiter.wait_for(pause)) {
      if (!served) return served.error();
      const std::string what = served->serial == serial
                                   ? "a client would refuse the new certificate: " + served->problem
                                   : "it still serves " + served->serial + " and not " + serial;
      return make_error(ErrorCode::unavailable, place(target) + ": " + what + " (waited " +
                                                    to_string(target.patience) +
                                                    " for the reload to take effect); check that the service "
                                                    "reads DIR/current, and that reload and "
                                                    "verify mean the same service");
    }
    waited += pause;
  }
}

}  // namespace chancery::agent
