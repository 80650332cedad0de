#include <algorithm>
#include <array>
#include <set>
#include <string>

#include "ca/ceremony/script/schema.h"

namespace chancery::ceremony::schema {
namespace {

constexpr std::size_t least_nonce = 16, longest_nonce = 32;  // octets
constexpr std::int64_t most_path_length = 8;
constexpr std::int64_t largest_crl_number = (std::int64_t{1} << 53) - 1;  // exact in every JSON reader

// "" = not declared. `claim` is what it is a reason for.
std::string read_declared(yaml::Reader& map, const std::string& key, const std::string& claim) {
  if (!map.has(key)) return "";
  std::string reason = map.required_string(key, longest_text);
  if (!reason.empty() && !says_enough(reason)) {
    map.reject(key, claim + " needs a reason of at least " + std::to_string(shortest_exception) + " octets");
  }
  return reason;
}

std::string read_after_last(yaml::Reader& map) {
  return read_declared(map, "after_last_reason", "a signature after the last list");
}

RootPlan read_root(Context& context) {
  RootPlan plan{.subject = read_subject(context.reader),
                .key = read_key(context.reader),
                .validity = read_validity(context.reader, longest_root),
                .custody = read_new_custody(context)};
  yaml::Reader outputs = context.reader.required_map("outputs");
  plan.certificate_output = read_output(context, outputs, "certificate");
  return plan;
}

IntermediatePlan read_intermediate(Context& context) {
  yaml::Reader& reader = context.reader;
  IntermediatePlan plan{.subject = read_subject(reader),
                        .key = read_key(reader),
                        .validity = read_validity(reader, longest_intermediate),
                        .issuer = read_authority(context, "issuer"),
                        .custody = read_new_custody(context)};
  check_new_key_is_another(context, plan.issuer.custody, plan.custody);
  plan.path_length = static_cast<unsigned>(reader.optional_integer("path_length", 0, 0, 0));
  plan.crl_distribution_points = read_urls(reader, "crl_distribution_points");
  plan.ca_issuers = read_urls(reader, "ca_issuers");
  plan.name_constraints = read_name_constraints(reader);
  plan.after_last_reason = read_after_last(reader);
  yaml::Reader outputs = reader.required_map("outputs");
  plan.certificate_output = read_output(context, outputs, "certificate");
  plan.chain_output = read_output(context, outputs, "chain");
  return plan;
}

CrossCsrPlan read_cross_csr(Context& context) {
  CrossCsrPlan plan{.authority = read_authority(context, "authority")};
  yaml::Reader outputs = context.reader.required_map("outputs");
  plan.request_output = read_output(context, outputs, "request");
  return plan;
}

// What a cross-certified CA of this house may serve; anyExtendedKeyUsage would be no limit at all.
std::vector<x509::KeyPurpose> read_purposes(yaml::Reader& reader) {
  constexpr std::string_view key = "extended_key_usage";
  static constexpr std::array allowed{x509::KeyPurpose::server_auth, x509::KeyPurpose::client_auth};
  std::vector<x509::KeyPurpose> purposes;
  for (const std::string& text : reader.string_list(key, 1, allowed.size())) {
    const auto purpose = x509::parse_key_purpose(text);
    if (!purpose || std::find(allowed.begin(), allowed.end(), *purpose) == allowed.end()) {
      reader.reject_entry(key, text, text + " is not allowed here; serverAuth and clientAuth are");
    } else if (std::find(purposes.begin(), purposes.end(), *purpose) != purposes.end()) {
      reader.reject_entry(key, text, text + " is named twice");
    } else {
      purposes.push_back(*purpose);
    }
  }
  return purposes;
}

void check_target_is_another(yaml::Reader& target, const CrossCertificatePlan& plan) {
  const std::string certificate = plain_path(plan.target_certificate);
  if (certificate.empty()) return;
  if (certificate == plain_path(plan.issuer.certificate))
    target.reject("certificate", plan.target_certificate + " is the issuer's own certificate");
  if (certificate == plain_path(plan.target_request))
    target.reject("request", plan.target_request + " is named as the target's certificate already");
}

CrossCertificatePlan read_cross_certificate(Context& context) {
  yaml::Reader& reader = context.reader;
  CrossCertificatePlan plan{.issuer = read_authority(context, "issuer")};
  yaml::Reader target = reader.required_map("target");
  plan.target_certificate = target.required_string("certificate", longest_path);
  plan.target_request = target.required_string("request", longest_path);
  check_target_is_another(target, plan);
  plan.validity = read_validity(reader, longest_intermediate);
  if (reader.has("path_length")) {
    plan.path_length = static_cast<unsigned>(reader.optional_integer("path_length", 0, 0, most_path_length));
  }
  plan.extended_key_usage = read_purposes(reader);
  plan.crl_distribution_points = read_urls(reader, "crl_distribution_points");
  plan.ca_issuers = read_urls(reader, "ca_issuers");
  plan.name_constraints = read_name_constraints(reader);
  plan.after_last_reason = read_after_last(reader);
  plan.serial_nonce = read_hex(reader, "serial_nonce", least_nonce, longest_nonce).value_or(Bytes{});
  yaml::Reader outputs = reader.required_map("outputs");
  plan.certificate_output = read_output(context, outputs, "certificate");
  plan.chain_output = read_output(context, outputs, "chain");
  return plan;
}

x509::RevocationReason read_reason(yaml::Reader& entry) {
  const std::string text = entry.required_string("reason", longest_text);
  const auto reason = x509::parse_revocation_reason(text);
  // A hold is not for CAs (BR 4.9.13), and removeFromCRL is for delta CRLs only (RFC 5280 5.3.1).
  const bool allowed = reason && *reason != x509::RevocationReason::certificate_hold &&
                       *reason != x509::RevocationReason::remove_from_crl;
  if (!text.empty() && !allowed) {
    entry.reject("reason", text +
                               " is not a reason for revoking a CA; such are unspecified, keyCompromise, "
                               "cACompromise, affiliationChanged, superseded, cessationOfOperation, "
                               "privilegeWithdrawn and aACompromise");
  }
  return reason.value_or(x509::RevocationReason::unspecified);
}

// What names the certificate, alike for one named twice; "" where nothing does.
std::string certificate_named(const Revocation& revocation) {
  if (revocation.serial) return "serial " + revocation.serial->to_string();
  return plain_path(revocation.certificate);
}

Revocation read_revocation(yaml::Reader& entry, std::set<std::string>& named) {
  Revocation revocation;
  const bool by_file = entry.has("certificate"), by_serial = entry.has("serial");
  if (by_file) revocation.certificate = entry.required_string("certificate", longest_path);
  if (by_serial) {
    const std::string text = entry.required_string("serial", longest_text);
    const Result<x509::SerialNumber> serial = x509::SerialNumber::parse(text);
    if (serial) revocation.serial = *serial;
    if (!serial && !text.empty()) entry.reject("serial", serial.error().message);
  }
  if (!by_file && !by_serial) {
    entry.reject("certificate", "an entry names the certificate's file, its serial, or both");
  } else if (const std::string name = certificate_named(revocation);
             !name.empty() && !named.insert(name).second) {
    entry.reject(by_file ? "certificate" : "serial", name + " is named twice; a certificate is revoked once");
  }
  revocation.reason = read_reason(entry);
  revocation.at = entry.required_time("at");
  if (entry.has("invalidity_date")) {
    revocation.invalidity_date = entry.required_time("invalidity_date");
    // As lint crl.entry_dates says, when everybody has typed a passphrase.
    if (entry.sound("invalidity_date") && entry.sound("at") && *revocation.invalidity_date > revocation.at) {
      entry.reject("invalidity_date", "invalidity_date " + to_rfc3339(*revocation.invalidity_date) +
                                          " is after at, when it was revoked, " + to_rfc3339(revocation.at));
    }
  }
  return revocation;
}

// Why a list goes on from what no ceremony before this one tells; "" = not declared.
std::string read_list_reason(yaml::Reader& map, const std::string& key, bool fits, std::string_view beside,
                             std::string_view claim) {
  std::string reason = read_declared(map, key, std::string(claim) + ", which nobody can check,");
  if (!reason.empty() && !fits) map.reject(key, key + " stands only beside " + std::string(beside));
  return reason;
}

CrlPlan read_crl(Context& context) {
  CrlPlan plan{.issuer = read_authority(context, "issuer")};
  yaml::Reader map = context.reader.required_map("crl");
  if (context.reader.sound("crl")) {
    plan.number = static_cast<std::uint64_t>(map.required_integer("number", 1, largest_crl_number));
    if (map.has("this_update")) plan.this_update = map.required_time("this_update");
    plan.last_reason = read_declared(map, "last_reason", "a list that may last longer than a year");
    plan.after_last_reason = read_after_last(map);
    plan.next_update = map.required_duration("next_update", Seconds(1), longest_root);
    // Of the last list its lint says until when (run/fields.h).
    if (plan.next_update > longest_crl && !map.has("last_reason")) {
      map.reject("next_update",
                 "next_update is more than 365d after; only the last list of a root may be, "
                 "and needs last_reason, which says why no other follows");
    }
    const bool first = map.optional_boolean("first", false), previous = map.has("previous");
    if (previous) plan.previous_crl = map.required_string("previous", longest_path);
    plan.first_reason =
        read_list_reason(map, "first_reason", first, "first: true", "that a root has no list yet");
    plan.previous_reason =
        read_list_reason(map, "previous_reason", previous, "previous", "that a list is the newest");
    if (first == previous) {
      context.reader.reject("crl", "crl needs either previous (the last CRL's file) or first: true");
    }
    std::set<std::string> named;
    for (yaml::Reader& entry : map.list_of_maps("revoke", 0, most_revocations)) {
      plan.revoke.push_back(read_revocation(entry, named));
    }
  }
  yaml::Reader outputs = context.reader.required_map("outputs");
  plan.crl_output = read_output(context, outputs, "crl");
  return plan;
}

}  // namespace

Plan read_plan(Context& context) {
  switch (context.kind) {
    case Kind::root:
      return read_root(context);
    case Kind::intermediate:
      return read_intermediate(context);
    case Kind::cross_csr:
      return read_cross_csr(context);
    case Kind::cross_certificate:
      return read_cross_certificate(context);
    case Kind::crl:
      return read_crl(context);
    case Kind::recover:
      return read_recover(context);
    case Kind::destroy:
      return read_destroy(context);
  }
  return RootPlan{};
}

}  // namespace chancery::ceremony::schema
