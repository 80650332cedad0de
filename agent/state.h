// What the agent must remember across restarts, per certificate: back-off, refusals, a request whose answer
// may have been lost.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "agent/file_system.h"
#include "ca/base/clock.h"
#include "ca/base/file_descriptor.h"
#include "ca/base/result.h"

namespace chancery::agent {

// A request that was or is about to be sent. Asking again with the same Idempotency-Key, key and CSR gives
// the same certificate, so a lost answer costs nothing (cert-manager #3603, boulder #1561).
struct PendingRequest {
  std::string idempotency_key;
  std::string csr;     // PEM; its private key stands beside the state in a file of its own, mode 0600
  std::string renews;  // serial, "" = enrolment
  std::string waits;   // id of the service's request for approval, "" = it does not wait for any
};

// Issued and on disk, not yet proven to be served.
struct Candidate {
  std::string serial;
  std::string previous;  // what stood in DIR/current before: the way back; "" = nothing
};

struct CertificateState {
  int issue_failures = 0;  // in a row
  std::optional<TimePoint> issue_not_before;
  int verify_failures = 0;
  std::optional<TimePoint> verify_at;
  std::string last_error;
  std::string refused_token;    // SHA-256 of the token file's text, hex
  std::string refused_renewal;  // serial
  std::optional<PendingRequest> pending;
  std::optional<Candidate> candidate;
  std::map<std::string, TimePoint> renew_after;  // by serial, for the versions on disk
  std::optional<TimePoint> last_success;
  std::string served_serial;  // as last seen on the wire
  std::optional<TimePoint> served_not_after;
};

// JSON with sorted keys, and back. Errors: validation.
std::string to_json(const CertificateState& state);
Result<CertificateState> parse_state(std::string_view json);

// The state directory: NAME.json and NAME.pending.key.pem, both 0600, each replaced in one rename. Not
// thread-safe.
class StateStore {
 public:
  StateStore(FileSystem& files, std::string directory) : files_(files), directory_(std::move(directory)) {}

  // Makes the directory (0700).
  Result<void> open();
  // A state never saved is empty. Errors: validation (damaged: start from an empty one, nothing in it is
  // irreplaceable).
  [[nodiscard]] Result<CertificateState> load(const std::string& name) const;
  Result<void> save(const std::string& name, const CertificateState& state);

  // Errors: not_found and others; the pending request is then worthless.
  [[nodiscard]] Result<SecretBytes> load_pending_key(const std::string& name) const;
  Result<void> save_pending_key(const std::string& name, const SecretBytes& pem);
  Result<void> remove_pending_key(const std::string& name);

 private:
  [[nodiscard]] std::string path(const std::string& name, const char* ending) const {
    return directory_ + "/" + name + ending;
  }
  FileSystem& files_;
  std::string directory_;
};

// One agent at a time on a state directory, for as long as this lives.
class StateLock {
 public:
  // Errors: conflict (another agent runs), unavailable.
  static Result<StateLock> take(const std::string& directory);

 private:
  explicit StateLock(FileDescriptor file) : file_(std::move(file)) {}
  FileDescriptor file_;
};

}  // namespace chancery::agent
