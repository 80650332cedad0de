// What was made against the script: words, keys, and the TBS rebuilt from script and public keys.
#include <algorithm>

#include "ca/ceremony/replay/checks.h"
#include "ca/ceremony/replay/place.h"
#include "ca/ceremony/run/fields.h"
#include "ca/ceremony/run/steps.h"

namespace chancery::ceremony {
namespace {

std::string hash_fault(const Entry& entry, std::string_view field, const std::string& wanted,
                       const std::string& of) {
  if (entry.text(field) == wanted) return "";
  return entry.place(field) + ": " + entry.text(field) + " is not the SHA-256 of " + of + ", " + wanted;
}

// Somebody ticked the words of exactly this hash.
std::string words_fault(const Material& material, std::string_view id, const std::string& wanted,
                        const std::string& of) {
  for (const Entry& entry : material.record.all("words")) {
    if (entry.text("id") == id) return hash_fault(entry, "sha256", wanted, of);
  }
  return std::string(transcript_file) + ": nobody ticked the words of " + of;
}

const crypto::KeyType* new_key_type(const Plan& plan) {
  if (const auto* root = std::get_if<RootPlan>(&plan)) return &root->key;
  if (const auto* below = std::get_if<IntermediatePlan>(&plan)) return &below->key;
  return nullptr;
}

std::string made_key_fault(const Material& material, const x509::Certificate& made) {
  const std::vector<Entry> keys = material.record.all("key.made");
  if (keys.size() != 1) {
    return std::string(transcript_file) + ": " + std::to_string(keys.size()) +
           " keys were made, where one must be";
  }
  const Bytes& spki = made.fields().spki;
  if (keys[0].text("spki") != to_base64(spki)) {
    return keys[0].place("spki") + ": it is not the key of " + certificate_output(material.script.plan);
  }
  const std::string type(to_string(new_key_type(material.script.plan)->algorithm));
  if (keys[0].text("type") != type) return keys[0].place("type") + ": the script asks for " + type;
  return hash_fault(keys[0], "spki_sha256", to_hex(crypto::sha256(spki)), "that key");
}

std::string used_key_fault(const Material& material, const x509::Certificate& signer) {
  const std::vector<Entry> keys = material.record.all("key.used");
  if (keys.empty()) return std::string(transcript_file) + ": no use of the issuer's key is recorded";
  const std::string wanted = to_hex(crypto::sha256(signer.fields().spki));
  const std::vector<Entry> made = material.record.all("key.made");
  for (const Entry& key : keys) {
    // After it was made, a new key is restored from its shares; that is the matter of custody.
    if (!made.empty() && key.line > made.front().line &&
        key.text("spki_sha256") == made.front().text("spki_sha256"))
      continue;
    if (std::string fault = hash_fault(key, "spki_sha256", wanted, "the key of " + std::string(issuer_file));
        !fault.empty())
      return fault;
  }
  return "";
}

Result<Bytes> rebuilt_tbs(const Material& material, const x509::Certificate& made, const Occasion& occasion) {
  const Result<crypto::PublicKey> key = crypto::PublicKey::from_spki(made.fields().spki);
  if (!key) return key.error();
  const Plan& plan = material.script.plan;
  if (const auto* root = std::get_if<RootPlan>(&plan)) {
    return x509::encode_tbs(root_fields(material.script, *root, *key, occasion));
  }
  const x509::Certificate* issuer = material.signer();
  if (issuer == nullptr) return make_error(ErrorCode::not_found, "issuer.pem is not a certificate");
  const Result<crypto::PublicKey> issuer_key = crypto::PublicKey::from_spki(issuer->fields().spki);
  if (!issuer_key) return with_context(issuer_key.error(), issuer_file);
  if (const auto* below = std::get_if<IntermediatePlan>(&plan)) {
    return x509::encode_tbs(
        intermediate_fields(material.script, *below, *key, *issuer, *issuer_key, occasion));
  }
  const auto* cross = std::get_if<CrossCertificatePlan>(&plan);
  const x509::Certificate* target = material.certificate(target_file);
  if (cross == nullptr || target == nullptr) {
    return make_error(ErrorCode::not_found, std::string(target_file) + " is not one certificate in PEM");
  }
  return x509::encode_tbs(cross_fields(material.script, *cross, *target, *issuer, *issuer_key, occasion));
}

std::string tbs_fault(const Material& material, const x509::Certificate& made) {
  const std::string name = certificate_output(material.script.plan);
  const Result<Occasion> occasion = tbs_occasion(material);
  if (!occasion) return occasion.error().message;
  const Result<Bytes> rebuilt = rebuilt_tbs(material, made, *occasion);
  if (!rebuilt) return name + ": " + rebuilt.error().message;
  if (!equal(*rebuilt, made.tbs())) {
    return name + ": not the TBS that script and keys give: " + tbs_difference(*rebuilt, made);
  }
  return tbs_hash_fault(material, *rebuilt);
}

}  // namespace

Result<Occasion> tbs_occasion(const Material& material) {
  const std::vector<Entry> entries = material.record.all("tbs");
  if (entries.size() != 1) {
    return make_error(ErrorCode::validation, std::string(transcript_file) + ": " +
                                                 std::to_string(entries.size()) +
                                                 " TBS are recorded, where one must be");
  }
  const std::optional<TimePoint> at = parse_rfc3339(entries[0].text("at"));
  if (at && *at <= entries[0].of->at && *at >= material.record.first().of->at) {
    Occasion occasion{*at, std::nullopt};
    if (material.format() >= 2) occasion.record = material.record.before(entries[0]).of->hash;
    return occasion;
  }
  return make_error(
      ErrorCode::validation,
      entries[0].place("at") + ": it is not a moment of this ceremony before the line was written");
}

std::optional<TimePoint> signing_moment(const Material& material) {
  const Result<Occasion> occasion = tbs_occasion(material);
  return occasion ? std::optional(occasion->now) : std::nullopt;
}

std::string tbs_hash_fault(const Material& material, ByteView tbs) {
  const std::vector<Entry> entries = material.record.all("tbs");
  if (entries.empty()) return std::string(transcript_file) + ": no TBS is recorded";
  return hash_fault(entries[0], "sha256", to_hex(crypto::sha256(tbs)), "the TBS");
}

bool reads_previous_aloud(const Material& material) {
  const auto* bundle = std::get_if<PreviousBundle>(&material.script.previous);
  return material.format() >= 3 && bundle != nullptr && !bundle->head;
}

bool reads_request_aloud(const Material& material) {
  return material.format() >= 3 && material.script.kind() == Kind::cross_csr;
}

void check_made(const Material& material, std::vector<Check>& checks) {
  checks.push_back(check_of("words of the script",
                            words_fault(material, "words.script", to_hex(material.script.hash), "the script"),
                            "read and ticked"));
  if (reads_previous_aloud(material)) {
    checks.push_back(check_of("words of the ceremony before",
                              words_fault(material, previous_question,
                                          material.record.first().text("previous"), "the ceremony before"),
                              "read and ticked"));
  }
  const std::string name = certificate_output(material.script.plan);
  const x509::Certificate* made = material.made();
  if (material.script.kind() != Kind::root) {
    const x509::Certificate* signer = material.signer();
    checks.push_back(check_of("key that signed",
                              signer == nullptr
                                  ? std::string(issuer_file) + ": it is not one certificate in PEM"
                                  : used_key_fault(material, *signer),
                              signer == nullptr ? "" : signer->subject_text()));
  }
  if (const x509::Crl* crl = material.crl(crl_output(material.script.plan)); crl != nullptr) {
    checks.push_back(check_of(
        "words of the CRL",
        words_fault(material, "words.crl", to_hex(crl->fingerprint()), crl_output(material.script.plan)),
        "read and ticked"));
  }
  if (reads_request_aloud(material)) {
    const std::string& output = std::get<CrossCsrPlan>(material.script.plan).request_output;
    const Result<x509::CertificateRequest> request =
        x509::CertificateRequest::parse_pem(material.bundle.pem(output));
    if (request) {  // else the request's own check has said so
      checks.push_back(
          check_of("words of the request",
                   words_fault(material, "words.request", to_hex(crypto::sha256(request->der())), output),
                   "read and ticked"));
    }
  }
  if (name.empty()) return;
  if (made == nullptr) {
    checks.push_back({"certificate", false, name + ": it is missing, or not one certificate in PEM"});
    return;
  }
  checks.push_back(check_of("words of the fingerprint",
                            words_fault(material, "words.certificate", to_hex(made->fingerprint()), name),
                            "read and ticked"));
  if (new_key_type(material.script.plan) != nullptr) {
    checks.push_back(check_of("key that was made", made_key_fault(material, *made), "the certificate's"));
  }
  checks.push_back(check_of("TBS of " + name, tbs_fault(material, *made),
                            std::to_string(made->tbs().size()) + " octets rebuilt, and equal"));
}

}  // namespace chancery::ceremony
