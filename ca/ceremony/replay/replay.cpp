#include "ca/ceremony/replay/replay.h"

#include <algorithm>

#include "ca/base/file.h"
#include "ca/ceremony/replay/checks.h"
#include "ca/ceremony/replay/place.h"
#include "ca/ceremony/replay/transcript_place.h"
#include "ca/ceremony/run/rehearsal.h"
#include "ca/ceremony/run/unfinished_folder.h"
#include "ca/ceremony/transcript/signature.h"
#include "ca/x509/chain.h"

namespace chancery::ceremony {
namespace {

using Digest = crypto::Sha256Digest;

bool says_rehearsal(const Transcript& transcript) {
  return std::get<bool>(transcript.lines.front().data.at("rehearsal"));
}

// As if it had its name.
void take_void_signature(Bundle& bundle) {
  const std::string name =
      (bundle.rehearsal ? std::string(rehearsal_mark) : std::string()) + std::string(signature_file);
  auto file = bundle.files.extract(name + std::string(void_suffix));
  if (file.empty()) return;
  file.key() = name;
  bundle.files.insert(std::move(file));
}

void read_certificates(Replay& result) {
  for (const auto& [name, ignored] : result.bundle.files) {
    const std::string pem = result.bundle.pem(name), plain = result.bundle.plain_name(name);
    if (const Result<x509::Certificate> one = x509::Certificate::parse_pem(pem)) {
      result.certificates.push_back({plain, *one});
    } else if (const Result<x509::Crl> crl = x509::Crl::parse_pem(pem)) {
      result.crls.push_back({plain, *crl});
    }
  }
}

bool read_transcript_and_script(Replay& result) {
  for (const std::string_view name : {script_file, transcript_file, signature_file}) {
    if (result.bundle.has(name)) continue;
    result.checks.push_back(
        {"files", false, result.bundle.path + "/" + std::string(name) + ": the file is missing"});
    return false;
  }
  const std::string_view text = result.bundle.text(transcript_file);
  Result<Script> script =
      parse_script(result.bundle.text(script_file), std::string(script_file), ScriptUse::look_back);
  if (script) result.script = *script;
  Result<Transcript> transcript = parse_transcript(text, std::string(transcript_file), {});
  result.checks.push_back(check_of("hash chain",
                                   transcript ? "" : place_of_fault(transcript.error().message, result),
                                   transcript ? std::to_string(transcript->lines.size()) + " lines" : ""));
  if (transcript) result.transcript = std::move(*transcript);
  result.checks.push_back(
      check_of("script", script ? "" : script.error().message, script ? script->title : ""));
  return result.transcript && result.script;
}

std::string binding_fault(const Replay& result) {
  const std::string_view text = result.bundle.text(script_file);
  const Digest hash = crypto::sha256(as_bytes(text));
  if (hash == result.transcript->script) return "";
  const std::optional<std::size_t> bit = turned_bit(text, result.transcript->script);
  return (bit ? place_in(script_file, text, *bit) + ": one bit of this octet was turned"
              : std::string(script_file)) +
         ": its SHA-256 is " + to_hex(hash) + ", but " + std::string(transcript_file) +
         ", line 1, byte 0, field prev names " + to_hex(result.transcript->script) +
         ": it was changed, or belongs to another ceremony";
}

std::string signature_fault(const Replay& result, const Material& material) {
  const x509::Certificate* signer = material.signer();
  if (signer == nullptr) return "the certificate of the key that signed it is not in the bundle";
  const Result<crypto::PublicKey> key = crypto::PublicKey::from_spki(signer->fields().spki);
  if (!key) return "the key in the signer's certificate cannot be read: " + key.error().message;
  const Result<void> ok =
      verify_transcript(result.transcript->head(), result.bundle.text(signature_file), *key);
  if (ok) return "";
  if (const std::string octet = turned_octet_near_signature(result, *key); !octet.empty())
    return octet + ok.error().message;
  return ok.error().message + "; either " + material.record.last().place("prev to at") +
         " was changed or lines are missing after it, or " + std::string(signature_file) + " (from byte 0)";
}

// The whole of verify, at the moment that the TBS was made for.
void check_certificates(const Replay& result, const Material& material, std::vector<Check>& checks) {
  const x509::Certificate* root = material.signer();
  const Kind kind = material.script.kind();
  // The last two may be of a CA that is no root, or whose certificate has ended.
  if (root == nullptr || kind == Kind::recover || kind == Kind::destroy) return;
  CertificateFiles files{{std::string(issuer_file), *root}, {}};
  const x509::Certificate* made = material.made();
  if (kind == Kind::root) {
    files.root.path = certificate_output(material.script.plan);
    files.root.signed_at = signing_moment(material);
  } else if (kind == Kind::intermediate && made != nullptr) {
    files.others.push_back({certificate_output(material.script.plan), *made, signing_moment(material)});
  }
  const TimePoint at = result.transcript->lines.back().at;
  const TimePoint begins = made == nullptr ? at : made->validity().not_before();
  for (const CertificateReport& report : verify(files, std::max(at, begins)).certificates) {
    for (const Check& check : report.checks) {
      const std::string place = check.passed ? "" : report.path + ": " + check.name + ": ";
      checks.push_back({report.path + ": " + check.name, check.passed, place + check.message});
    }
  }
}

// The key of an intermediate, whose own ceremonies only recover or destroy it.
bool is_below(const Material& material, const x509::Certificate& signer, const x509::Certificate& root) {
  const Kind kind = material.script.kind();
  return (kind == Kind::recover || kind == Kind::destroy) && !equal(signer.der(), root.der()) &&
         x509::verify_issued_by(signer, root);
}

void check_root(const Material& material, const std::optional<std::string>& given,
                std::vector<Check>& checks) {
  if (!given) {
    checks.push_back({"the root given", true,
                      "without --root the root is only the bundle's own; compare its fingerprint with your "
                      "record",
                      false});
    return;
  }
  const std::string& path = *given;
  const Result<std::string> text = read_file(path, 2 * x509::certificate_limit);
  const Result<x509::Certificate> root =
      text ? x509::Certificate::parse_pem(*text) : Result<x509::Certificate>(text.error());
  const x509::Certificate* signer = material.signer();
  std::string fault, seen = root ? root->subject_text() : "";
  if (!root) {
    fault = path + ": " + root.error().message;
  } else if (signer != nullptr && is_below(material, *signer, *root)) {
    seen += ", which certified the key of this ceremony, " + signer->subject_text();
  } else if (signer == nullptr || !equal(signer->der(), root->der())) {
    fault = "the key of this ceremony is not that of " + path + ", " + root->subject_text();
  }
  checks.push_back(check_of("the root given", fault, seen));
}

// The previous bundle by its own files alone.
std::optional<Replay> replay_previous(const std::optional<std::string>& path, std::vector<Check>& checks) {
  if (!path) return std::nullopt;
  Result<Replay> previous = replay({*path, std::nullopt, std::nullopt});
  if (previous) return std::move(*previous);
  checks.push_back({"previous ceremony", false, previous.error().message});
  return std::nullopt;
}

// What others tell the maker of a bad key; here it would mislead: the file was damaged.
void drop_advice(std::string& message) {
  for (const std::string_view advice : {"; make a new key pair", "; make a new key"}) {
    if (const std::size_t at = message.find(advice); at != std::string::npos)
      message.erase(at, advice.size());
  }
}

const x509::Certificate* certificate_of(const Replay& replay, std::string_view path) {
  const auto found = std::find_if(replay.certificates.begin(), replay.certificates.end(),
                                  [&](const CertificateFile& file) { return file.path == path; });
  return found == replay.certificates.end() ? nullptr : &found->certificate;
}

}  // namespace

bool Replay::passed() const {
  return failed() == 0;
}

std::size_t Replay::failed() const {
  return static_cast<std::size_t>(
      std::count_if(checks.begin(), checks.end(), [](const Check& check) { return !check.passed; }));
}

std::size_t Replay::not_checked() const {
  return static_cast<std::size_t>(
      std::count_if(checks.begin(), checks.end(), [](const Check& check) { return !check.checked; }));
}

const x509::Certificate* Replay::signer() const {
  if (!script) return nullptr;
  return script->kind() == Kind::root ? certificate_of(*this, certificate_output(script->plan)) : authority();
}

const x509::Certificate* Replay::authority() const {
  return certificate_of(*this, issuer_file);
}

Result<Replay> replay(const ReplayInputs& inputs) {
  Result<Bundle> bundle = read_bundle(inputs.bundle);
  if (!bundle) return std::move(bundle).error();
  Replay result{.bundle = std::move(*bundle),
                .script = {},
                .transcript = {},
                .certificates = {},
                .crls = {},
                .checks = {}};
  if (inputs.void_signature) take_void_signature(result.bundle);
  read_certificates(result);
  const bool readable = read_transcript_and_script(result);
  if (result.transcript) {
    result.checks.push_back(
        check_of("script and transcript", binding_fault(result), to_hex(result.transcript->script)));
  }
  if (result.bundle.rehearsal || (result.transcript && says_rehearsal(*result.transcript))) {
    result.checks.push_back(
        {std::string(earnest_check), false,
         result.bundle.path + ": this was a rehearsal; nothing in the bundle may be used"});
  }
  if (!readable) return result;
  const std::optional<Replay> previous = replay_previous(inputs.previous, result.checks);
  const Record record(*result.transcript, result.bundle.text(transcript_file));
  const Material material{result.bundle,       *result.script, record,
                          result.certificates, result.crls,    previous ? &*previous : nullptr};
  std::vector<Check>& checks = result.checks;
  check_files(material, checks);  // first, because it finds the very octet
  checks.push_back(check_of("signature of the transcript", signature_fault(result, material),
                            "by the key of the ceremony, over " + to_hex(result.transcript->head())));
  check_record(material, checks);
  check_care(material, checks);
  check_warnings(material, checks);
  check_made(material, checks);
  check_crl(material, checks);
  check_present_list(material, checks);
  check_cross_certification(material, checks);
  check_destruction(material, checks);
  check_copies(material, checks);
  check_certificates(result, material, checks);
  check_previous(material, inputs.previous, checks);
  check_root(material, inputs.root, checks);
  for (Check& check : checks) drop_advice(check.message);
  return result;
}

}  // namespace chancery::ceremony
