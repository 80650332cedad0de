// The commands of `chancery`, each but lint as one call of the service. Every one returns an ExitStatus.
#pragma once

#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "api/cli/session.h"

namespace chancery::cli {

struct EnrollOptions {
  std::string identity, profile;
  std::vector<std::string> names;
  int uses = 1;
  std::string lifetime = "1h";
  std::string token_file;  // "" = the token goes to standard output
};

struct IssueOptions {
  std::string csr_file, profile, identity;
  std::string out_file;         // "" = PEM to standard output
  std::string token_file;       // a file only its owner can read
  std::string proof_file;       // for the proof that it is in the log; "" = none
  std::string wait;             // how long to wait for approval, "" = not at all
  std::string idempotency_key;  // "" = none, but one is drawn when it waits
  // Between two looks at what waits.
  std::function<void(Seconds)> pause = [](Seconds duration) { std::this_thread::sleep_for(duration); };
};

struct RevokeOptions {
  std::string serial, reason;
  bool lineage = false;  // all that was renewed from it too
};

struct RequestOptions {
  std::string id, reason, token_file;
  std::string out_file, proof_file;  // for its certificate; "" = none
  std::string state = "pending";     // "all" = any
  std::string identity;
  int limit = 100;
};

struct EnrollmentOptions {
  std::string id, identity, profile;
  bool usable = false;
  int limit = 100;
};

struct AuditOptions {
  std::vector<std::string> checkpoint_files;  // kept from earlier
  std::string log_key_file;                   // "" = the service is asked for its key
  std::string save_file;                      // for the checkpoint that was checked; "" = none
};

struct ProofOptions {
  std::string certificate_file, proof_file, log_key_file;
};

struct ListOptions {
  std::string identity, profile, name, status, expires_before, expires_after;
  int limit = 100;
};

struct LintOptions {
  std::string file, kind, issuer_file, target_file, previous_file, blocklist_file;
  std::string at;  // RFC 3339; "" = a certificate's notBefore, a list's thisUpdate
};

int health(const ServerOptions& server, const Terminal& terminal);
int enroll(const EnrollOptions& options, const ServerOptions& server, const Terminal& terminal);
int issue(const IssueOptions& options, const ServerOptions& server, const Terminal& terminal);
int explain(const IssueOptions& options, const ServerOptions& server, const Terminal& terminal);
int list(const ListOptions& options, const ServerOptions& server, const Terminal& terminal);
int show(const std::string& serial, const std::string& proof_file, const ServerOptions& server,
         const Terminal& terminal);
int audit_verify(const AuditOptions& options, const ServerOptions& server, const Terminal& terminal);
// Asks nobody.
int verify_proof(const ProofOptions& options, const ServerOptions& server, const Terminal& terminal);
int show_lineage(const std::string& serial, const ServerOptions& server, const Terminal& terminal);
int revoke(const RevokeOptions& options, const ServerOptions& server, const Terminal& terminal);
int list_requests(const RequestOptions& options, const ServerOptions& server, const Terminal& terminal);
int show_request(const RequestOptions& options, const ServerOptions& server, const Terminal& terminal);
int approve_request(const RequestOptions& options, const ServerOptions& server, const Terminal& terminal);
int reject_request(const RequestOptions& options, const ServerOptions& server, const Terminal& terminal);
int cancel_request(const RequestOptions& options, const ServerOptions& server, const Terminal& terminal);
int list_enrollments(const EnrollmentOptions& options, const ServerOptions& server, const Terminal& terminal);
int withdraw_enrollment(const EnrollmentOptions& options, const ServerOptions& server,
                        const Terminal& terminal);
// Offline. exit_ok without a finding of severity error, exit_refused with one, exit_usage for what cannot be
// read at all.
int lint_file(const LintOptions& options, const ServerOptions& server, const Terminal& terminal);

// Parses the command line (argv without the program's name) and runs the command.
int run(const std::vector<std::string>& arguments, const Terminal& terminal);

}  // namespace chancery::cli
