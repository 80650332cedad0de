// A root, an intermediate, the service profile and one CSR, made in memory: what the benchmarks issue with.
#pragma once

#include <memory>

#include "ca/issuance/issuer.h"
#include "ca/policy/policy.h"

namespace chancery::bench {

struct Hierarchy {
  std::shared_ptr<const issuance::Issuer> issuer;
  std::shared_ptr<const policy::ProfileSet> profiles;
  Bytes csr;  // DER, P-256, one DNS name
};

// Ends the program with a message when something cannot be made.
Hierarchy make_hierarchy(TimePoint now, bool cross_check);

// The value, or the end of the program.
template <typename T>
T must(Result<T> result);

[[noreturn]] void give_up(const Error& error);

template <typename T>
T must(Result<T> result) {
  if (!result) give_up(result.error());
  return std::move(*result);
}

}  // namespace chancery::bench
