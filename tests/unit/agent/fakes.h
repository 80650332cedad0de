// What stands around the agent, as the tests need it: time that is set, a service backed by OpenSSL's CA, a
// TLS service that serves what it loaded at its last reload.
#pragma once

#include <deque>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "agent/lifecycle.h"
#include "ca/base/file.h"
#include "tests/unit/agent/temporary_folder.h"
#include "tests/unit/api/client/openssl_ca.h"

namespace chancery::agent::fake {

// Moves the clock instead of waiting. Says stop after `waits` calls.
class MovingWaiter final : public Waiter {
 public:
  explicit MovingWaiter(FixedClock& clock) : clock_(clock) {}
  bool wait_for(std::chrono::milliseconds duration) override {
    passed_ += duration;
    const auto whole = std::chrono::floor<Seconds>(passed_);
    clock_.advance(whole);
    passed_ -= whole;
    total += duration;
    if (on_wait) on_wait();
    return --waits > 0;
  }
  [[nodiscard]] bool stopped() const override { return waits <= 0; }
  int waits = 1000000;
  std::chrono::milliseconds total{0};
  std::function<void()> on_wait;

 private:
  FixedClock& clock_;
  std::chrono::milliseconds passed_{0};
};

// Issues for real; can be told to fail, or to lose its answer after issuing.
class Service final : public IssuingService {
 public:
  Service(const testing::OpensslCa& ca, const FixedClock& clock) : ca_(ca), clock_(clock) {}

  Answer enrol(const EnrolRequest& request) override {
    ++enrolments;
    last_token = as_text(request.token.reveal());
    return answer(request.csr, request.idempotency_key);
  }
  Answer renew(const RenewRequest& request) override {
    ++renewals;
    renewed_serial = request.serial;
    return answer(request.csr, request.idempotency_key);
  }

  void fail_next(ErrorCode code, std::optional<Seconds> retry_after = {}) {
    failures.push_back({code, retry_after});
  }

  std::deque<std::pair<ErrorCode, std::optional<Seconds>>> failures;
  std::string waits;  // id of the request that waits for approval; "" = none has to
  std::optional<Seconds> wait_retry_after;
  bool lose_answer = false;
  const testing::OpensslCa* forger = nullptr;  // signs instead
  std::string names = "DNS:web.example";
  Seconds lifetime{90}, renew_after{60};
  int enrolments = 0, renewals = 0, issued = 0;
  std::string last_token, renewed_serial;
  std::vector<std::string> keys, csrs;  // idempotency keys and requests, as they came

 private:
  Answer answer(const std::string& csr, const std::string& key) {
    keys.push_back(key);
    csrs.push_back(csr);
    if (!failures.empty()) {
      const auto [code, retry_after] = failures.front();
      failures.pop_front();
      return {make_error(code, "told to fail"), retry_after, {}};
    }
    if (!waits.empty()) {
      return {make_error(ErrorCode::unavailable, "waits"), wait_retry_after, {}, Waiting{waits, {}}};
    }
    auto [entry, fresh] = answers_.try_emplace({key, csr});
    if (fresh) entry->second = make(csr);
    if (std::exchange(lose_answer, false)) return {make_error(ErrorCode::unavailable, "answer lost"), {}, {}};
    const std::string& pem = entry->second;
    const x509::Certificate leaf = *x509::Certificate::parse_pem(pem);
    return {Issued{{leaf, *x509::parse_pem_chain((forger ? forger : &ca_)->chain_pem())},
                   leaf.validity().not_before() + renew_after},
            {},
            clock_.now()};
  }
  std::string make(const std::string& csr) {
    ++issued;
    testing::LeafOptions options;
    options.serial = "01" + std::string(30, '0') + to_hex(Bytes{static_cast<std::uint8_t>(issued)});
    options.names = names;
    options.not_before = clock_.now();
    options.not_after = clock_.now() + lifetime - Seconds(1);
    return (forger ? forger : &ca_)->leaf_for_csr(csr, options);
  }

  const testing::OpensslCa& ca_;
  const FixedClock& clock_;
  std::map<std::pair<std::string, std::string>, std::string> answers_;
};

// A TLS service: serves what stood in DIR/current at its last effective reload.
class TlsService final : public Prober, public Reloader {
 public:
  explicit TlsService(std::string directory) : directory_(std::move(directory)) {}

  Result<void> reload(const std::vector<std::string>&, Seconds) override {
    ++reloads;
    if (exit_fails) return make_error(ErrorCode::unavailable, "the reload command failed with exit status 1");
    if (!deaf) load();
    return {};
  }
  Result<Served> probe(const VerifyTarget&) override {
    ++probes;
    if (down) return make_error(ErrorCode::unavailable, "connection refused");
    if (!served) return make_error(ErrorCode::unavailable, "nothing is served");
    return *served;
  }
  void load() {
    const Result<Version> version = read_version(current_path(directory_));
    if (version) served = Served{version->serial(), version->leaf.validity().not_after(), ""};
  }

  bool exit_fails = false;  // the command says so
  bool deaf = false;        // the command says 0 and nothing happens (certbot #7555)
  bool down = false;
  int reloads = 0, probes = 0;
  std::optional<Served> served;

 private:
  std::string directory_;
};

class RecordingLogger final : public log::Logger {
 public:
  void write(log::Level, std::string_view event_type, std::string_view message,
             const log::Fields& fields) const override {
    std::string line = std::string(event_type) + " " + std::string(message);
    for (const auto& [name, value] : fields) {
      if (const auto* text = std::get_if<std::string>(&value)) line += " " + name + "=" + *text;
    }
    events.emplace_back(event_type);
    all += line + "\n";
  }
  mutable std::vector<std::string> events;
  mutable std::string all;
};

// One node with one certificate, everything faked but the disk.
struct World {
  World() : World(FixedClock(*parse_rfc3339("2026-01-01T00:00:00Z"))) {}
  explicit World(FixedClock start)
      : clock(start),
        ca(clock.now() - Seconds(86400), clock.now() + Seconds(3650LL * 86400)),
        service(ca, clock),
        tls(folder.path() + "/web"),
        waiter(clock),
        store(files, folder.path() + "/state") {
    testing::write_text(folder.path() + "/root.pem", ca.root_pem());
    config.node = "web-01";
    config.roots_file = folder.path() + "/root.pem";
    config.state_directory = folder.path() + "/state";
    config.check_interval = Seconds(5);
    CertificateConfig web;
    web.name = "web";
    web.profile = ProfileName("service");
    web.names = {*x509::parse_general_name("dns:web.example")};
    web.enrollment_token_file = folder.path() + "/token";
    web.directory = folder.path() + "/web";
    web.reload = {"reload"};
    web.verify = VerifyTarget{"127.0.0.1", 8443, "web.example", Seconds(3)};
    config.certificates.push_back(web);
    (void)store.open();
  }
  void bring_token(const std::string& text = "token-of-web-01") const {
    std::filesystem::remove(folder.path() + "/token");
    (void)write_new_file(folder.path() + "/token", as_bytes(text + "\n"), 0600);
  }
  Lifecycle life() { return {config, config.certificates.front(), store, around}; }
  [[nodiscard]] std::string current() const {
    const Result<Version> version = read_version(current_path(config.certificates.front().directory));
    return version ? version->serial() : "";
  }

  testing::TemporaryFolder folder;
  FixedClock clock;
  testing::OpensslCa ca;
  Config config;
  PosixFileSystem files;
  Service service;
  TlsService tls;
  MovingWaiter waiter;
  FixedRandom random{7};
  RecordingLogger logger;
  Metrics metrics{"web-01"};
  StateStore store;
  Surroundings around{files, service, tls, tls, waiter, clock, random, logger, metrics};
};

}  // namespace chancery::agent::fake
