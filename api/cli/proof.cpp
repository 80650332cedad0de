#include "api/cli/proof.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <ostream>

#include "api/cli/commands.h"
#include "api/cli/json_text.h"
#include "ca/base/file.h"
#include "ca/merkle/report.h"

namespace chancery::cli {
namespace {

using nlohmann::json;

constexpr std::size_t file_limit = 256UL * 1024;
constexpr std::size_t longest_path = 64;  // hashes: no log is higher

Error bad(const std::string& message) {
  return make_error(ErrorCode::validation, message);
}

std::optional<std::vector<merkle::Hash>> read_path(const json& list) {
  if (!list.is_array() || list.size() > longest_path) return std::nullopt;
  std::vector<merkle::Hash> path;
  for (const json& text : list) {
    const std::optional<Bytes> bytes =
        text.is_string() ? parse_base64(text.get<std::string>()) : std::nullopt;
    merkle::Hash hash{};
    if (!bytes || bytes->size() != hash.size()) return std::nullopt;
    std::copy(bytes->begin(), bytes->end(), hash.begin());
    path.push_back(hash);
  }
  return path;
}

Result<void> check_entry(const json& entry, const x509::Certificate& certificate) {
  if (!entry.is_object() || text(entry, "event_type") != "certificate.issued") {
    return bad("the proof is of another kind of entry than certificate.issued");
  }
  const json fields = entry.value("fields", json::object());
  if (text(entry, "subject") != certificate.serial().to_string() ||
      text(fields, "fingerprint") != to_hex(certificate.fingerprint())) {
    return bad("the proof is of another certificate: of serial " + text(entry, "subject") + ", SHA-256 " +
               text(fields, "fingerprint"));
  }
  return {};
}

Result<x509::Certificate> read_leaf(const std::string& path) {
  const Result<std::string> pem = read_file(path, file_limit);
  if (!pem) return pem.error();
  Result<std::vector<x509::Certificate>> chain = x509::parse_pem_chain(*pem);
  if (!chain) return with_context(chain.error(), path);
  return chain->front();
}

Result<Proven> check_files(const ProofOptions& options) {
  const Result<x509::Certificate> certificate = read_leaf(options.certificate_file);
  if (!certificate) return certificate.error();
  const Result<std::string> proof = read_file(options.proof_file, file_limit);
  if (!proof) return proof.error();
  const Result<merkle::NoteVerifier> key = merkle::load_log_key(options.log_key_file);
  if (!key) return key.error();
  return check_proof(*certificate, *proof, *key);
}

}  // namespace

Result<void> save_proof(const json& certificate, const std::string& path) {
  if (path.empty()) return {};
  if (!certificate.is_object() || !certificate.contains("log")) {
    return bad("the service's answer carries no proof; is it an older one?");
  }
  constexpr mode_t readable_by_all = 0644;
  return write_new_file(path, as_bytes(pretty(certificate["log"])), readable_by_all);
}

Result<Proven> check_proof(const x509::Certificate& certificate, const std::string& proof,
                           const merkle::NoteVerifier& key) {
  const json log = json::parse(proof, nullptr, false);
  if (!log.is_object() || !log.contains("index") || !log["index"].is_number_integer() ||
      !log.contains("inclusion_path")) {
    return bad("this is no proof: the member log of a certificate's answer, as --proof writes it");
  }
  const std::optional<std::vector<merkle::Hash>> path = read_path(log["inclusion_path"]);
  if (!path) return bad("the proof's inclusion_path is no list of hashes");
  const Result<merkle::Checkpoint> checkpoint = merkle::open_checkpoint(text(log, "checkpoint"), key);
  if (!checkpoint) return checkpoint.error();
  const std::string entry = text(log, "entry");
  if (Result<void> ok = check_entry(json::parse(entry, nullptr, false), certificate); !ok) return ok.error();
  const std::int64_t index = log["index"];
  if (Result<void> ok = merkle::verify_inclusion(index, checkpoint->size, merkle::hash_leaf(as_bytes(entry)),
                                                 *path, checkpoint->root);
      !ok) {
    return ok.error();
  }
  return Proven{index, *checkpoint};
}

int verify_proof(const ProofOptions& options, const ServerOptions& server, const Terminal& terminal) {
  const Result<Proven> proven = check_files(options);
  if (!proven) return complain(proven.error(), server, terminal);
  if (server.json) {
    terminal.out << pretty({{"index", proven->index},
                            {"tree_size", proven->checkpoint.size},
                            {"origin", proven->checkpoint.origin},
                            {"root", to_base64(proven->checkpoint.root)}});
  } else {
    terminal.out << "the certificate is entry " << proven->index << " of the log "
                 << proven->checkpoint.origin << ", which its key signed for " << proven->checkpoint.size
                 << " entries\n";
  }
  return exit_ok;
}

}  // namespace chancery::cli
