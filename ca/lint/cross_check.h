// The second implementation: Botan reads what OpenSSL and we wrote.
#pragma once

#include <memory>

#include "ca/base/result.h"
#include "ca/x509/certificate.h"

namespace chancery::lint {

// Botan parses `der`, agrees with `ours` on serial, validity, issuer, subject, key and names, and verifies the issuer's
// signature. Thread-safe. Errors: internal, naming the disagreement.
class CrossCheck {
 public:
  // Errors: internal when Botan cannot read the issuer.
  static Result<CrossCheck> for_issuer(const x509::Certificate& issuer);
  CrossCheck(CrossCheck&&) noexcept;
  CrossCheck& operator=(CrossCheck&&) noexcept;
  ~CrossCheck();

  [[nodiscard]] Result<void> check(const x509::Certificate& ours) const;

  struct State;

 private:
  explicit CrossCheck(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace chancery::lint
