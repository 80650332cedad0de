// The in-process cost of one certificate and of its stages, beside the bare P-256 operations it cannot do
// without.
#include <benchmark/benchmark.h>

#include "ca/issuance/prepare.h"
#include "ca/issuance/sign.h"
#include "tests/bench/hierarchy.h"

namespace chancery::bench {
namespace {

const TimePoint now = SystemClock().now();

const Hierarchy& hierarchy() {
  static const Hierarchy instance = make_hierarchy(now, true);
  return instance;
}

const policy::Requester requester{
    .identity = Identity("bench"),
    .role = policy::Role::none,
    .bound_names = std::vector<x509::GeneralName>{{x509::GeneralNameType::dns, "bench.service.internal"}}};

const policy::Profile& profile() {
  return *hierarchy().profiles->find(ProfileName("service"));
}

issuance::SigningToken prepare_one(const x509::CertificateRequest& csr, RandomSource& random) {
  const policy::Decision decision = policy::evaluate(profile(), csr, requester);
  if (!decision.allowed) give_up(policy::denial(profile(), decision));
  const issuance::Issuer& issuer = *hierarchy().issuer;
  x509::CertificateFields fields = must(issuance::leaf_fields(profile(), decision, csr, issuer, now, random));
  return must(issuance::prepare(std::move(fields), lint::Kind::leaf, &issuer.certificate(), csr.public_key(),
                                now, profile().backdate));
}

void verify_p256(benchmark::State& state) {
  const crypto::PrivateKey key = must(crypto::PrivateKey::generate({}));
  const Bytes message(300, 7);
  const Bytes signature = must(key.sign(crypto::SignatureAlgorithm::ecdsa_sha256, message));
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        key.public_key().verify(crypto::SignatureAlgorithm::ecdsa_sha256, message, signature));
  }
}
BENCHMARK(verify_p256);

void sign_p256(benchmark::State& state) {
  const crypto::PrivateKey key = must(crypto::PrivateKey::generate({}));
  const Bytes message(300, 7);
  for (auto _ : state) benchmark::DoNotOptimize(key.sign(crypto::SignatureAlgorithm::ecdsa_sha256, message));
}
BENCHMARK(sign_p256);

void parse_and_verify_csr(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(x509::CertificateRequest::parse(hierarchy().csr));
}
BENCHMARK(parse_and_verify_csr);

void policy_build_lint(benchmark::State& state) {
  SystemRandom random;
  const x509::CertificateRequest csr = must(x509::CertificateRequest::parse(hierarchy().csr));
  for (auto _ : state) benchmark::DoNotOptimize(prepare_one(csr, random));
}
BENCHMARK(policy_build_lint);

// Parse CSR, verify it, policy, build, lint, sign.
void issue(benchmark::State& state) {
  SystemRandom random;
  for (auto _ : state) {
    const x509::CertificateRequest csr = must(x509::CertificateRequest::parse(hierarchy().csr));
    benchmark::DoNotOptimize(must(issuance::redeem(prepare_one(csr, random), hierarchy().issuer->signer())));
  }
}
BENCHMARK(issue);

// The same, and step 5: read back, compared, the signature verified. The second implementation as the
// argument says.
void issue_and_check(benchmark::State& state) {
  SystemRandom random;
  const issuance::Issuer& issuer = *hierarchy().issuer;
  const lint::CrossCheck* second = state.range(0) != 0 ? &*issuer.cross_check() : nullptr;
  for (auto _ : state) {
    const x509::CertificateRequest csr = must(x509::CertificateRequest::parse(hierarchy().csr));
    issuance::SignedToken token = must(issuance::redeem(prepare_one(csr, random), issuer.signer()));
    benchmark::DoNotOptimize(must(issuance::check_signed(std::move(token), issuer.public_key(), second)));
  }
}
BENCHMARK(issue_and_check)->ArgName("cross_check")->Arg(0)->Arg(1);

}  // namespace
}  // namespace chancery::bench

BENCHMARK_MAIN();
