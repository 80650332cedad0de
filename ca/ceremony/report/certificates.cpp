// Certificates and revocation lists, field by field.
#include "ca/ceremony/report/sections.h"

namespace chancery::ceremony {
namespace {

std::string name_text(const Bytes& der) {
  const Result<x509::Name> name = x509::Name::parse(der);
  return name ? name->to_string() : "hex " + to_hex(der);
}

std::string joined(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : ", ") + part;
  return text;
}

std::string usage_text(const x509::KeyUsage& usage) {
  std::vector<std::string> bits;
  if (usage.digital_signature) bits.emplace_back("digitalSignature");
  if (usage.key_encipherment) bits.emplace_back("keyEncipherment");
  if (usage.key_cert_sign) bits.emplace_back("keyCertSign");
  if (usage.crl_sign) bits.emplace_back("cRLSign");
  return joined(bits) + " (critical)";
}

std::string constraints_text(const x509::BasicConstraints& constraints) {
  const std::string length =
      constraints.path_len ? std::to_string(*constraints.path_len) : std::string("none stated");
  return std::string(constraints.ca ? "CA" : "not a CA") + ", pathLen " + length + " (critical)";
}

template <typename List>
std::string texts_of(const List& list) {
  std::vector<std::string> texts;
  texts.reserve(list.size());
  for (const auto& item : list) texts.emplace_back(to_string(item));
  return joined(texts);
}

void write_key(Html& html, const Bytes& spki) {
  const Result<crypto::PublicKey> key = crypto::PublicKey::from_spki(spki);
  if (!key) return;
  html.fact("Public key", crypto::to_string(key->type().algorithm));
  html.fact("Key identifier", grouped(to_hex(key->key_identifier())), "hash");
  html.fact("SPKI, SHA-256", grouped(to_hex(crypto::sha256(spki))), "hash");
  html.fact("SPKI", to_hex(spki), "mono");
}

void fact_if(Html& html, std::string_view name, const std::string& value, std::string_view classes = "") {
  if (!value.empty()) html.fact(name, value, classes);
}

void write_extensions(Html& html, const x509::Extensions& extensions) {
  if (extensions.basic_constraints) {
    html.fact("basicConstraints", constraints_text(*extensions.basic_constraints));
  }
  if (extensions.key_usage) html.fact("keyUsage", usage_text(*extensions.key_usage));
  fact_if(html, "extKeyUsage", texts_of(extensions.extended_key_usage));
  fact_if(html, "subjectKeyIdentifier", grouped(to_hex(extensions.subject_key_identifier)), "hash");
  fact_if(html, "authorityKeyIdentifier", grouped(to_hex(extensions.authority_key_identifier)), "hash");
  if (extensions.name_constraints) {
    fact_if(html, "Permitted names", texts_of(extensions.name_constraints->permitted));
    fact_if(html, "Excluded names", texts_of(extensions.name_constraints->excluded));
  }
  fact_if(html, "CRL distribution points", joined(extensions.crl_distribution_points));
  fact_if(html, "CA issuers", joined(extensions.ca_issuers));
  fact_if(html, "OCSP", joined(extensions.ocsp));
}

void write_certificate(Html& html, const CertificateFile& file) {
  const x509::Certificate& certificate = file.certificate;
  const x509::ParsedTbs& fields = certificate.fields();
  html.element("h3", file.path + ": " + certificate.subject_text(), "object").begin_table({}, "object");
  html.fact("Serial number", grouped(fields.serial.to_string()), "hash");
  html.fact("Issuer", name_text(fields.issuer)).fact("Subject", name_text(fields.subject));
  html.fact("Not before (UTC)", to_rfc3339(fields.validity.not_before()));
  html.fact("Not after (UTC)", to_rfc3339(fields.validity.not_after()));
  html.fact("Lifetime", chancery::to_string(fields.validity.lifetime()) + ", both ends included");
  write_key(html, fields.spki);
  write_extensions(html, fields.extensions);
  html.fact("Signature algorithm", crypto::to_string(certificate.signature_algorithm()));
  html.fact("Signature", to_hex(certificate.signature()), "mono");
  html.fact("Fingerprint, SHA-256", grouped(to_hex(certificate.fingerprint())), "hash");
  html.end_table().element("pre", certificate.to_pem());
}

void write_crl(Html& html, const CrlFile& file) {
  const x509::ParsedCrl& fields = file.crl.fields();
  html.element("h3", file.name + ": revocation list", "object").begin_table({}, "object");
  html.fact("Issuer", name_text(fields.issuer));
  html.fact("Number", fields.number ? fields.number->to_string() : "none");
  html.fact("This update (UTC)", to_rfc3339(fields.this_update));
  html.fact("Next update (UTC)", to_rfc3339(fields.next_update));
  html.fact("authorityKeyIdentifier", grouped(to_hex(fields.authority_key_identifier)), "hash");
  html.fact("Signature algorithm", crypto::to_string(file.crl.signature_algorithm()));
  html.fact("Fingerprint, SHA-256", grouped(to_hex(file.crl.fingerprint())), "hash").end_table();
  html.begin_table({"Serial number", "Revoked at (UTC)", "Reason"});
  if (fields.revoked.empty()) html.row({"no certificate is revoked", "", ""});
  for (const x509::RevokedCertificate& entry : fields.revoked) {
    html.row({entry.serial.to_string(), to_rfc3339(entry.revoked_at),
              entry.reason ? std::string(to_string(*entry.reason)) : "unspecified"});
  }
  html.end_table().element("pre", file.crl.to_pem());
}

}  // namespace

void write_certificates(Html& html, const Source& source) {
  if (source.replay.certificates.empty() && source.replay.crls.empty()) return;
  html.open("section", "page").element("h2", "Certificates and revocation lists");
  for (const CertificateFile& file : source.replay.certificates) write_certificate(html, file);
  for (const CrlFile& file : source.replay.crls) write_crl(html, file);
  html.close("section");
}

}  // namespace chancery::ceremony
