// Asking the issuing service for certificates, and checking what it sends before anything is installed.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agent/config.h"
#include "agent/installed.h"
#include "ca/base/clock.h"
#include "ca/base/result.h"

namespace chancery::agent {

struct Issued {
  Version version;
  std::optional<TimePoint> renew_after;
};

// The service has taken the request, and others have to approve it.
struct Waiting {
  std::string request;               // its id there
  std::optional<TimePoint> expires;  // when the service gives it up
};

struct Answer {
  Result<Issued> issued;
  std::optional<Seconds> retry_after;
  std::optional<TimePoint> server_time;
  std::optional<Waiting> waiting;  // then `issued` is an error that says so
};

struct EnrolRequest {
  ProfileName profile;
  std::string csr, idempotency_key;
  SecretBytes token;
};

struct RenewRequest {
  std::string serial;                      // of the certificate that authenticates and is renewed
  std::string certificate_file, key_file;  //
  std::string csr, idempotency_key;
};

// Errors of issued: as the envelope's code says; unavailable without an answer.
class IssuingService {
 public:
  virtual ~IssuingService() = default;
  virtual Answer enrol(const EnrolRequest& request) = 0;
  virtual Answer renew(const RenewRequest& request) = 0;
};

class RestIssuingService final : public IssuingService {
 public:
  RestIssuingService(std::string url, std::string roots_file)
      : url_(std::move(url)), roots_file_(std::move(roots_file)) {}
  Answer enrol(const EnrolRequest& request) override;
  Answer renew(const RenewRequest& request) override;

 private:
  std::string url_, roots_file_;
};

// The agent does not take the service's word: the chain must end in its own roots at `now`, the key must be
// the requested one, the names exactly the requested ones. Errors: validation, saying which.
Result<void> check_issued(const Version& version, const crypto::PublicKey& key,
                          const std::vector<x509::GeneralName>& names,
                          const std::vector<x509::Certificate>& roots, TimePoint now);

}  // namespace chancery::agent
