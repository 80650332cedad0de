// `chancery-ca check-config`: looks at every file on its own first, so that one fault does not hide another,
// then at how they fit together.
#include <algorithm>
#include <cstdlib>
#include <ostream>

#include "api/server/local_commands.h"
#include "api/server/wiring.h"
#include "ca/base/file.h"
#include "ca/keys/file_key_store.h"
#include "ca/policy/advice.h"
#include "ca/policy/load_yaml.h"

namespace chancery::server {
namespace {

constexpr std::size_t pem_limit = 256UL * 1024;

class Faults {
 public:
  // What two checks meet in the same words is one fault.
  void add(const Error& error) {
    const auto same = [&](const Error& other) { return other.message == error.message; };
    if (std::none_of(list_.begin(), list_.end(), same)) list_.push_back(error);
  }
  template <typename T>
  void add_if_bad(const Result<T>& result, std::string_view key) {
    if (!result) add(with_context(result.error(), "configuration key " + std::string(key)));
  }
  [[nodiscard]] const std::vector<Error>& list() const { return list_; }

 private:
  std::vector<Error> list_;
};

void check_certificates(const std::string& path, std::string_view key, Faults& faults) {
  const auto text = read_file(path, pem_limit);
  faults.add_if_bad(text, key);
  if (!text) return;
  const auto chain = x509::parse_pem_chain(*text);
  if (!chain) faults.add_if_bad(Result<void>(with_context(chain.error(), path)), key);
}

void check_key(const Config::IssuerFiles& files, Faults& faults) {
  if (files.passphrase_file.empty()) return;  // check_core says how it can be given
  const auto passphrase = read_secret_file(files.passphrase_file);
  faults.add_if_bad(passphrase, "issuer.passphrase_file");
  if (passphrase) faults.add_if_bad(keys::open_key_file(files.key, *passphrase), "issuer.key");
}

}  // namespace

int check_config(const std::string& config_path, std::ostream& out, std::ostream& err) {
  const auto config = load_config(config_path, process_environment());
  if (!config) return complain(config.error(), err);
  Faults faults;
  faults.add_if_bad(policy::load_profiles(config->policies), "policies");
  check_certificates(config->roots, "roots", faults);
  check_certificates(config->issuer.certificate, "issuer.certificate", faults);
  check_key(config->issuer, faults);
  if (!config->key_blocklist.empty())
    faults.add_if_bad(crypto::KeyBlocklist::load(config->key_blocklist), "key_blocklist");
  faults.add_if_bad(read_secret_file(config->proxy_secret_file), "proxy_secret_file");
  const auto core = check_core(*config, SystemClock());
  if (!core) faults.add(core.error());
  for (const Error& fault : faults.list()) complain(fault, err);
  if (!faults.list().empty()) return EXIT_FAILURE;
  for (const std::string& weakness : policy::weaknesses(*core->policies->state().profiles))
    err << "chancery-ca: warning: " << weakness << '\n';
  out << config_path << " is good: " << core->policies->state().profiles->all().size() << " profiles, issuer "
      << core->issuer->certificate().subject_text() << " until "
      << to_rfc3339(core->issuer->certificate().validity().not_after()) << '\n';
  return EXIT_SUCCESS;
}

}  // namespace chancery::server
