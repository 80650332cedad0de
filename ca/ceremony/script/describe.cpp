#include "ca/ceremony/script/describe.h"

#include <utility>

namespace chancery::ceremony {
namespace {

class Facts {
 public:
  void add(const std::string& name, std::string value) { facts_.push_back({name, std::move(value)}); }
  void add_list(const std::string& name, const std::vector<std::string>& values) {
    for (std::size_t i = 0; i < values.size(); ++i) add(name + "." + std::to_string(i + 1), values[i]);
  }

  void add_common(const Script& script) {
    add("ceremony", std::string(to_string(script.kind())));
    add("title", script.title);
    add("sha256", to_hex(script.hash));
    add("roles.administrator", script.roles.administrator);
    add("roles.internal_witness", script.roles.internal_witness);
    if (!script.roles.external_witness.empty()) add("roles.external_witness", script.roles.external_witness);
    add_list("roles.safe_controllers", script.roles.safe_controllers);
    add_list("roles.crypto_officers", script.roles.crypto_officers);
    add("preflight.clock_tolerance", chancery::to_string(script.preflight.clock_tolerance));
    if (!script.preflight.binary.empty()) add("preflight.binary", script.preflight.binary);
    for (const HashedModule& library : script.preflight.libraries)
      add("preflight.libraries." + library.path, library.sha256);
    for (const DeclaredException& exception : script.preflight.exceptions) {
      add("preflight.exceptions." + exception.check, exception.reason);
    }
    if (const auto* bundle = std::get_if<PreviousBundle>(&script.previous)) {
      add("previous.bundle", bundle->path);
      if (bundle->head) add("previous.transcript", to_hex(*bundle->head));
    } else if (const auto* head = std::get_if<crypto::Sha256Digest>(&script.previous)) {
      add("previous.transcript", to_hex(*head));
    }
  }

  void operator()(const RootPlan& plan) {
    add_subject(plan.subject, plan.key);
    add_validity(plan.validity);
    add_custody("custody", plan.custody);
    add("outputs.certificate", plan.certificate_output);
  }
  void operator()(const IntermediatePlan& plan) {
    add_subject(plan.subject, plan.key);
    add_validity(plan.validity);
    add_authority("issuer", plan.issuer);
    add_custody("custody", plan.custody);
    add("path_length", std::to_string(plan.path_length));
    add_urls(plan.crl_distribution_points, plan.ca_issuers);
    add_constraints(plan.name_constraints);
    add_declared("after_last_reason", plan.after_last_reason);
    add("outputs.certificate", plan.certificate_output);
    add("outputs.chain", plan.chain_output);
  }
  void operator()(const CrossCsrPlan& plan) {
    add_authority("authority", plan.authority);
    add("outputs.request", plan.request_output);
  }
  void operator()(const CrossCertificatePlan& plan) {
    add_authority("issuer", plan.issuer);
    add("target.certificate", plan.target_certificate);
    add("target.request", plan.target_request);
    add_validity(plan.validity);
    add("path_length", plan.path_length ? std::to_string(*plan.path_length) : "unlimited");
    std::vector<std::string> purposes;
    for (const x509::KeyPurpose purpose : plan.extended_key_usage) purposes.emplace_back(to_string(purpose));
    add_list("extended_key_usage", purposes);
    add_urls(plan.crl_distribution_points, plan.ca_issuers);
    add_constraints(plan.name_constraints);
    add_declared("after_last_reason", plan.after_last_reason);
    add("serial_nonce", to_hex(plan.serial_nonce));
    add("outputs.certificate", plan.certificate_output);
    add("outputs.chain", plan.chain_output);
  }
  void operator()(const CrlPlan& plan) {
    add_authority("issuer", plan.issuer);
    add("crl.number", std::to_string(plan.number));
    add("crl.this_update", plan.this_update ? to_rfc3339(*plan.this_update) : "the moment of the ceremony");
    add("crl.next_update", chancery::to_string(plan.next_update) + " later");
    add_declared("crl.last_reason", plan.last_reason);
    add("crl.previous", plan.previous_crl.empty() ? "none: this is the first" : plan.previous_crl);
    add_declared("crl.previous_reason", plan.previous_reason);
    add_declared("crl.first_reason", plan.first_reason);
    add_declared("crl.after_last_reason", plan.after_last_reason);
    for (std::size_t i = 0; i < plan.revoke.size(); ++i) add_revocation(i + 1, plan.revoke[i]);
    add("outputs.crl", plan.crl_output);
  }
  void operator()(const RecoverPlan& plan) {
    add_authority("authority", plan.authority);
    if (plan.reshare) add_custody("reshare", *plan.reshare);
    add_copies("retire", plan.retire);
  }
  void operator()(const DestroyPlan& plan) {
    add_authority("authority", plan.authority);
    add("reason", plan.reason);
    add_copies("copies", plan.every);
    add_declared("complete_reason", plan.complete_reason);
  }

  std::vector<Fact> take() { return std::move(facts_); }

 private:
  void add_declared(const std::string& name, const std::string& reason) {
    if (!reason.empty()) add(name, reason);
  }
  void add_subject(const x509::Name& subject, const crypto::KeyType& key) {
    add("subject", subject.to_string());
    add("key", std::string(crypto::to_string(key.algorithm)));
  }
  void add_validity(const ValidityPlan& validity) {
    add("validity.lifetime", chancery::to_string(validity.lifetime));
    add("validity.not_before",
        validity.not_before ? to_rfc3339(*validity.not_before) : "the moment of the ceremony");
  }
  void add_authority(const std::string& name, const Authority& authority) {
    add(name + ".certificate", authority.certificate);
    add_custody(name + ".custody", authority.custody);
  }
  void add_custody(const std::string& name, const CustodyPlan& custody) {
    if (const auto* token = std::get_if<TokenCustody>(&custody)) {
      add(name, "key " + token->key + " in the token " + token->name() +
                    (token->slot && !token->label.empty() ? " of slot " + std::to_string(*token->slot) : "") +
                    " (" + token->module + ")");
    } else if (const auto* shares = std::get_if<ShareCustody>(&custody)) {
      add(name, std::to_string(shares->threshold) + " of " + std::to_string(shares->officers) + " shares");
      add_list(name + ".files", shares->files);
    } else if (const auto* file = std::get_if<FileCustody>(&custody)) {
      add(name, "encrypted file " + file->file + (file->reason.empty() ? "" : ", because " + file->reason));
    }
  }
  void add_urls(const std::vector<std::string>& crl, const std::vector<std::string>& issuers) {
    add_list("crl_distribution_points", crl);
    add_list("ca_issuers", issuers);
  }
  void add_constraints(const std::optional<x509::NameConstraints>& constraints) {
    if (!constraints) return;
    std::vector<std::string> permitted, excluded;
    for (const x509::NameSubtree& tree : constraints->permitted) permitted.push_back(to_string(tree));
    for (const x509::NameSubtree& tree : constraints->excluded) excluded.push_back(to_string(tree));
    add_list("name_constraints.permitted", permitted);
    add_list("name_constraints.excluded", excluded);
  }
  void add_copies(const std::string& name, const Enumeration& every) {
    for (std::size_t i = 0; i < every.copies.size(); ++i) {
      const KeyCopy& copy = every.copies[i];
      add(name + "." + std::to_string(i + 1),
          copy.form + share_of(copy.form, copy.officer, copy.dealing) + " at " + copy.where +
              (copy.destroyed_in == 0
                   ? ", held by " + copy.holder
                   : ", destroyed by " + copy.holder + " in aborted-" + std::to_string(copy.destroyed_in)));
    }
    for (std::size_t i = 0; i < every.outstanding.size(); ++i) {
      const OutstandingCopy& copy = every.outstanding[i];
      add("outstanding." + std::to_string(i + 1),
          "NOT destroyed: " + copy.form + share_of(copy.form, copy.holder, copy.dealing) + ", last at " +
              copy.where + " with " + copy.holder + ", because " + copy.reason);
    }
  }
  static std::string share_of(const std::string& form, const std::string& officer, std::int64_t dealing) {
    if (form != "share") return "";
    return " of " + officer + " (" +
           (dealing == 0 ? "the newest dealing" : "dealing " + std::to_string(dealing)) + ")";
  }
  void add_revocation(std::size_t number, const Revocation& revocation) {
    std::string what = revocation.certificate;
    if (revocation.serial)
      what += (what.empty() ? "serial " : ", which has serial ") + revocation.serial->to_string();
    add("crl.revoke." + std::to_string(number),
        what + ", " + std::string(to_string(revocation.reason)) + ", at " + to_rfc3339(revocation.at) +
            (revocation.invalidity_date ? ", invalid since " + to_rfc3339(*revocation.invalidity_date) : ""));
  }

  std::vector<Fact> facts_;
};

}  // namespace

std::vector<Fact> describe(const Script& script) {
  Facts facts;
  facts.add_common(script);
  std::visit(facts, script.plan);
  return facts.take();
}

}  // namespace chancery::ceremony
