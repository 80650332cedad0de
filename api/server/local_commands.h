// The commands of chancery-ca that need no server: on the CA's own machine, by whoever may read its key.
#pragma once

#include <iosfwd>
#include <string>

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

int verify_audit(const std::string& config_path, bool json, std::ostream& out, std::ostream& err);

}  // namespace chancery::server
