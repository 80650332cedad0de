// The commands of chancery-ca that need no server: on the CA's own machine, by whoever may read its key.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "ca/base/result.h"

namespace chancery::server {

struct LocalIssue {
  std::string config, profile, identity, csr_file;
  std::string out_file;  // "" = standard output
};

// Prints the error, and its details as far as its message does not say them already. Returns 1.
int complain(const Error& error, std::ostream& err);

// Prints every fault of the configuration and of the files it names, each once.
int check_config(const std::string& config_path, std::ostream& out, std::ostream& err);

// Bootstraps the front's and the first operator's certificate: the same authority, the same store, actor
// "local". Writes leaf and intermediate as PEM.
int issue_locally(const LocalIssue& arguments, std::ostream& out, std::ostream& err);

struct LocalAudit {
  std::string config;
  std::vector<std::string> checkpoint_files;  // kept elsewhere
  bool json = false;
};

// The whole log in the database. 1 when anything does not hold.
int verify_audit(const LocalAudit& arguments, std::ostream& out, std::ostream& err);

// Records, log and signature counter, joined both ways. 1 when they disagree.
int reconcile_audit(const LocalAudit& arguments, std::ostream& out, std::ostream& err);

// The public key that verifies the log's checkpoints.
int print_log_key(const std::string& config_path, std::ostream& out, std::ostream& err);

}  // namespace chancery::server
