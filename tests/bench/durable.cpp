// The durable rate: many requests at once through the whole authority into SQLite, and the bare verify + sign
// rate of the same cores in the same run. Prints one JSON object.
#include <sys/resource.h>

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

double processor_seconds() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

struct Rate {
  double per_second = 0;
  double processor = 0;  // microseconds each: what others do on the machine shows less in it
};

// Calls `work` from `threads` threads until `duration` has passed.
Rate rate(int threads, std::chrono::milliseconds duration, const std::function<void()>& work) {
  std::atomic<bool> stop{false};
  std::atomic<std::int64_t> done{0};
  const auto start = std::chrono::steady_clock::now();
  const double used = processor_seconds();
  {
    std::vector<std::jthread> workers;
    workers.reserve(static_cast<std::size_t>(threads));
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
  const auto calls = static_cast<double>(done);
  return {calls / elapsed.count(), (processor_seconds() - used) / calls * 1e6};
}

Rate limit_rate(int threads, std::chrono::milliseconds duration) {
  const crypto::PrivateKey key = must(crypto::PrivateKey::generate({}));
  const Bytes message(300, 7);
  const Bytes signature = must(key.sign(crypto::SignatureAlgorithm::ecdsa_sha256, message));
  return rate(threads, duration, [&] {
    if (!key.public_key().verify(crypto::SignatureAlgorithm::ecdsa_sha256, message, signature)) std::abort();
    (void)must(key.sign(crypto::SignatureAlgorithm::ecdsa_sha256, message));
  });
}

Rate issue_rate(const Hierarchy& hierarchy, const std::string& folder, int threads,
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
    (void)must(log->prove_issued(recorded.record().serial));
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
  const Rate before = limit_rate(cores, duration / 4);
  const Rate durable = issue_rate(hierarchy, folder, threads, duration);
  const Rate after = limit_rate(cores, duration / 4);
  const double limit = (before.per_second + after.per_second) / 2;
  const double processor = (before.processor + after.processor) / 2;
  std::printf(
      "{\"cores\": %d, \"requests_at_once\": %d, \"limit_per_second\": %.0f, \"durable_per_second\": %.0f, "
      "\"ratio\": %.3f, \"limit_processor_us\": %.1f, \"durable_processor_us\": %.1f}\n",
      cores, threads, limit, durable.per_second, durable.per_second / limit, processor, durable.processor);
  return 0;
}
