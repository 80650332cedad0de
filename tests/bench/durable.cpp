// The durable rate: many requests at once through the whole authority into SQLite, and the bare verify + sign
// rate of the same cores in the same run. Prints one JSON object.
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "ca/audit/entry.h"
#include "ca/audit/log.h"
#include "ca/authority/authority.h"
#include "ca/store/sqlite/sqlite_store.h"
#include "tests/bench/hierarchy.h"
#include "tests/support/voucher.h"

namespace chancery::bench {
namespace {

class Silent final : public authority::StepObserver {
 public:
  void finished(authority::Step) override {}
};

// Calls `work` from `threads` threads until `duration` has passed; calls per second.
double rate(int threads, std::chrono::milliseconds duration, const std::function<void()>& work) {
  std::atomic<bool> stop{false};
  std::atomic<std::int64_t> done{0};
  const auto start = std::chrono::steady_clock::now();
  {
    std::vector<std::jthread> workers;
    for (int i = 0; i < threads; ++i) {
      workers.emplace_back([&] {
        std::int64_t count = 0;
        while (!stop) {
          work();
          ++count;
        }
        done += count;
      });
    }
    std::this_thread::sleep_for(duration);
    stop = true;
  }
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
  return static_cast<double>(done) / elapsed.count();
}

double limit_rate(int threads, std::chrono::milliseconds duration) {
  const crypto::PrivateKey key = must(crypto::PrivateKey::generate({}));
  const Bytes message(300, 7);
  const Bytes signature = must(key.sign(crypto::SignatureAlgorithm::ecdsa_sha256, message));
  return rate(threads, duration, [&] {
    if (!key.public_key().verify(crypto::SignatureAlgorithm::ecdsa_sha256, message, signature)) std::abort();
    (void)must(key.sign(crypto::SignatureAlgorithm::ecdsa_sha256, message));
  });
}

double issue_rate(const Hierarchy& hierarchy, const std::string& folder, int threads,
                  std::chrono::milliseconds duration) {
  const std::unique_ptr<store::Store> store =
      must(store::open_sqlite_store({.path = folder + "/ca.db"}, audit::log_hashing()));
  const SystemClock clock;
  SystemRandom random;
  Silent observer;
  authority::Authority authority(
      {.profiles = hierarchy.profiles, .issuer = hierarchy.issuer, .repeat_window = Seconds(0)}, *store,
      clock, random, observer);
  // As an answer has it: with the proof that the certificate is in the log.
  const std::unique_ptr<audit::Log> log = must(audit::Log::open(
      *store,
      must(merkle::NoteSigner::create(
          "bench/log", must(crypto::PrivateKey::generate({crypto::KeyAlgorithm::ed25519, 256})))),
      clock));
  return rate(threads, duration, [&] {
    const auto recorded = must(authority.issue(test::Voucher::request(
        {.requester = {.identity = Identity("bench"),
                       .role = policy::Role::none,
                       .bound_names = std::vector<x509::GeneralName>{{x509::GeneralNameType::dns,
                                                                      "bench.service.internal"}}},
         .actor = Identity("bench"),
         .profile = ProfileName("service"),
         .csr = must(x509::CertificateRequest::parse(hierarchy.csr)),
         .request_id = RequestId("bench")})));
    (void)must(log->prove(recorded.record().serial));
  });
}

}  // namespace
}  // namespace chancery::bench

int main(int argc, char** argv) {
  using namespace chancery::bench;
  if (argc != 5) {
    std::fprintf(stderr, "usage: bench_durable FOLDER REQUESTS_AT_ONCE SECONDS cross_check|plain\n");
    return 2;
  }
  const std::string folder = argv[1];
  const int threads = std::atoi(argv[2]);  // NOLINT(cert-err34-c): a wrong number shows in the output
  const std::chrono::milliseconds duration(std::atoi(argv[3]) * 1000);  // NOLINT(cert-err34-c)
  const Hierarchy hierarchy =
      make_hierarchy(chancery::SystemClock().now(), std::string(argv[4]) == "cross_check");
  const int cores = static_cast<int>(std::thread::hardware_concurrency());
  const double before = limit_rate(cores, duration / 4);
  const double durable = issue_rate(hierarchy, folder, threads, duration);
  const double after = limit_rate(cores, duration / 4);
  const double limit = (before + after) / 2;
  std::printf(
      "{\"cores\": %d, \"requests_at_once\": %d, \"limit_per_second\": %.0f, \"durable_per_second\": %.0f, "
      "\"ratio\": %.3f}\n",
      cores, threads, limit, durable, durable / limit);
  return 0;
}
