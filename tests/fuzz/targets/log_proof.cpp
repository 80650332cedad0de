// A proof that a certificate is in the log, as `chancery audit verify-proof` reads it: the file that --proof
// wrote, for the certificate tests/testdata/x509/certificates/leaf.pem and the key of tests/testdata/merkle.
// The input is such a file; or, when it begins with '!', changes to one that is true. Promises: what is
// accepted is about the certificate's own entry, in its own place, under a checkpoint that the log has
// signed, and by the path that leads there; changed octets are accepted only where they change none of that.
#include "api/cli/proof.h"

#include <algorithm>

#include "tests/fuzz/support/changes.h"
#include "tests/fuzz/support/golden_log.h"
#include "tests/fuzz/support/target.h"

namespace chancery::fuzz {
namespace {

using nlohmann::json;

// The true proofs, of the trees of six, seven and eight entries; generate-seeds has written them.
const std::vector<json>& true_proofs() {
  static const std::vector<json> list = [] {
    std::vector<json> proofs;
    for (const char* name : {"in-six", "in-seven", "in-eight"})
      proofs.push_back(json::parse(test::must(
          read_file(std::string(CHANCERY_SOURCE_DIR "/tests/fuzz/corpus/log_proof/") + name + ".json",
                    std::size_t{64} * 1024))));
    return proofs;
  }();
  return list;
}

void is_true(const json& accepted, const cli::Proven& proven) {
  const auto same = [&](const json& proof) {
    return accepted["inclusion_path"] == proof["inclusion_path"] && accepted["entry"] == proof["entry"] &&
           proven.index == proof["index"] && proven.checkpoint.size == proof["tree_size"] &&
           merkle::open_checkpoint(proof["checkpoint"].get<std::string>(), golden_signer().verifier())
                   ->root == proven.checkpoint.root;
  };
  invariant(std::any_of(true_proofs().begin(), true_proofs().end(), same),
            "a proof that is accepted is one of the true ones");
}

}  // namespace
}  // namespace chancery::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace chancery;
  static const auto certificate =
      test::must(x509::Certificate::parse_pem(test::testdata("x509/certificates/leaf.pem")));
  static const std::string good = fuzz::true_proofs().back().dump();
  const ByteView bytes = fuzz::input(data, size);
  std::string proof(as_text(bytes));
  if (proof.starts_with('!')) proof = fuzz::with_changes(good, bytes.subspan(1));
  const auto proven = cli::check_proof(certificate, proof, fuzz::golden_signer().verifier());
  fuzz::invariant(proven.has_value() || proof != good, "a true proof is accepted");
  if (proven) fuzz::is_true(nlohmann::json::parse(proof), *proven);
  return 0;
}
