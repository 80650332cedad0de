// From the finished certificate to a folder that may be handed over.
#include <algorithm>
#include <utility>

#include "ca/base/file.h"
#include "ca/ceremony/run/steps.h"
#include "ca/ceremony/transcript/signature.h"

namespace chancery::ceremony {
namespace {

constexpr mode_t public_mode = 0644;
constexpr std::string_view transcript_file = "transcript.jsonl", signature_file = "transcript.sig";

void add(Workbench& bench, const std::string& name, std::string pem) {
  bench.bundle.push_back({name, output_pem(bench.inputs, std::move(pem))});
}

void add_outputs(Workbench& bench) {
  const Plan& plan = bench.script().plan;
  if (const auto* root = std::get_if<RootPlan>(&plan)) {
    return add(bench, root->certificate_output, bench.certificate.value().to_pem());
  }
  const std::string issuer = bench.issuer->certificate().to_pem();
  add(bench, "issuer.pem", issuer);
  if (const auto* csr = std::get_if<CrossCsrPlan>(&plan)) {
    add(bench, csr->request_output, to_pem("CERTIFICATE REQUEST", bench.request));
  } else if (const auto* crl = std::get_if<CrlPlan>(&plan)) {
    add(bench, crl->crl_output, bench.crl.value().to_pem());
  } else if (const auto* cross = std::get_if<CrossCertificatePlan>(&plan)) {
    add(bench, cross->chain_output, bench.certificate.value().to_pem() + issuer);
    add(bench, cross->certificate_output, bench.certificate->to_pem());
  } else if (const auto* below = std::get_if<IntermediatePlan>(&plan)) {
    add(bench, below->chain_output, bench.certificate.value().to_pem() + issuer);
    add(bench, below->certificate_output, bench.certificate->to_pem());
  }
}

Result<void> record(Workbench& bench, const std::string& path, const std::string& name,
                    const std::string& content, bool is_public) {
  const crypto::Sha256Digest hash = crypto::sha256(as_bytes(content));
  bench.written.push_back({path, hash});
  return bench.transcript.append("artefact", {{"file", name},
                                              {"sha256", to_hex(hash)},
                                              {"size", static_cast<std::int64_t>(content.size())},
                                              {"public", is_public}});
}

Result<void> check_on_disk(const WrittenFile& file) {
  constexpr std::size_t limit = std::size_t{1} << 20U;
  Result<std::string> text = read_file(file.path, limit);
  if (!text) return std::move(text).error();
  if (crypto::sha256(as_bytes(*text)) == file.hash) return {};
  return make_error(ErrorCode::unavailable, file.path + " reads back differently; do not trust this disk");
}

std::vector<std::string> exported_names(const Workbench& bench) {
  std::vector<std::string> names;
  const std::string prefix(file_prefix(bench.inputs));
  for (const BundleFile& file : bench.bundle) names.push_back(prefix + file.name);
  for (const AbortedAttempt& attempt : bench.output.aborted()) names.push_back(attempt.file);
  names.push_back(prefix + std::string(transcript_file));
  names.push_back(prefix + std::string(signature_file));
  std::sort(names.begin(), names.end());
  return names;
}

// So that the next list cannot forget this one, whatever ceremonies lie between.
Result<void> record_list(Workbench& bench) {
  const PresentList& list = bench.present_list;
  EventData data{{"known", list.known}};
  if (!list.number.empty()) {
    data["number"] = list.number;
    data["sha256"] = list.sha256;
  }
  if (list.last) data["last"] = true;
  return bench.transcript.append("crl.present", std::move(data));
}

// So that no destruction forgets a copy, whatever ceremonies lie between.
Result<void> record_copies(Workbench& bench) {
  const bool dealt = bench.new_custody && bench.script().kind() != Kind::intermediate;
  const PresentCopies left =
      copies_after(bench.previous.copies, bench.script(),
                   {.opened = bench.issuer_custody ? bench.issuer_custody->dealing() : "",
                    .dealt = dealt ? bench.new_custody->dealing() : ""});
  if (Result<void> ok = bench.transcript.append("key.copies", event_of(left)); !ok) return ok;
  for (const PresentCopy& copy : left.copies) {
    if (Result<void> ok = bench.transcript.append("key.copy", event_of(copy)); !ok) return ok;
  }
  for (const RetiredShares& shares : left.retired) {
    if (Result<void> ok = bench.transcript.append("key.retired", event_of(shares)); !ok) return ok;
  }
  bench.copies_left = left;
  return {};
}

// The files are now where their final name says.
void rename_written(Workbench& bench) {
  const std::string& old_folder = bench.output.path();
  for (WrittenFile& file : bench.written) {
    file.path = bench.output.output() + file.path.substr(old_folder.size());
  }
}

// What cannot be taken back, after everything else is on the disk.
Result<void> end_custody(Workbench& bench) {
  if (bench.new_custody) {
    if (Result<void> ok = bench.new_custody->settle(); !ok) return ok;
  }
  return end_copies(bench);
}

Error stays_void(const Workbench& bench, Error error) {
  error.message += "; what the transcript says of the key did not come to pass, and its signature is void: " +
                   bench.output.void_signature();
  return error;
}

// With the ceremony before, if its bundle is named; the throw-away key of a rehearsal signed none.
// Where that key stands in for the issuer's, what the real one signed before is not its own, and nothing is
// judged.
Result<void> judge(const Workbench& bench) {
  const Inputs& inputs = bench.inputs;
  if (inputs.rehearsal && bench.issuer && !equal(bench.issuer->certificate().der(), bench.authority->der()))
    return {};
  JudgedBundle judged{.path = bench.output.bundle_folder(), .previous = {}, .rehearsal = inputs.rehearsal};
  if (!inputs.rehearsal) judged.previous = previous_folder(inputs);
  Result<void> right = inputs.judge(judged);
  return right ? right
               : with_context(std::move(right).error(),
                              "what this ceremony made would be refused by whoever replays it, and is not "
                              "handed over");
}

// The signature has its name only once what the transcript says of the key is true, whenever a crash comes.
// By then others have been asked what they would say of it, and nothing is destroyed for what they refuse.
Result<void> sign_and_end_custody(Workbench& bench) {
  const Result<std::string> signature = sign_transcript(bench.transcript.head(), bench.signer());
  if (!signature) return signature.error();
  if (Result<void> ok = verify_transcript(bench.transcript.head(), *signature, bench.signer().public_key());
      !ok) {
    return ok;
  }
  if (Result<void> ok = write_new_file(bench.output.void_signature(), as_bytes(*signature), public_mode);
      !ok) {
    return ok;
  }
  if (Result<void> ok = judge(bench); !ok) return ok;
  bench.signature_written = true;
  if (Result<void> ok = end_custody(bench); !ok) return stays_void(bench, std::move(ok).error());
  if (Result<void> ok = bench.output.validate_signature(); !ok) return ok;
  clear_copies_away(bench);
  return {};
}

}  // namespace

StepResult write_files(Workbench& bench) {
  bench.bundle.push_back({"script.yaml", bench.script().text});
  add_outputs(bench);
  for (const BundleFile& file : bench.bundle) {
    const std::string path = bench.output.bundle(file.name);
    if (Result<void> ok = write_new_file(path, as_bytes(file.content), public_mode); !ok) {
      return std::move(ok).error();
    }
    const std::string name = std::string(file_prefix(bench.inputs)) + file.name;
    if (Result<void> ok = record(bench, path, name, file.content, true); !ok) return std::move(ok).error();
  }
  const std::vector<CustodyFile> secrets =
      bench.new_custody ? bench.new_custody->files() : std::vector<CustodyFile>{};
  for (const CustodyFile& file : secrets) {  // written when the key was made
    const std::string path = bench.output.custody() + "/" + file.name;
    if (Result<void> ok = record(bench, path, file.name, file.content, false); !ok)
      return std::move(ok).error();
  }
  return std::to_string(bench.bundle.size()) + " public, " + std::to_string(secrets.size()) +
         " for the custodians";
}

StepResult read_back(Workbench& bench) {
  for (const WrittenFile& file : bench.written) {
    if (Result<void> ok = check_on_disk(file); !ok) return std::move(ok).error();
  }
  return std::string("every byte as written");
}

StepResult seal(Workbench& bench) {
  if (Result<void> ok = bench.conversation.finish(); !ok) return std::move(ok).error();
  if (Result<void> ok = check_nothing_came_back(bench); !ok) return std::move(ok).error();
  if (Result<void> ok = record_list(bench); !ok) return std::move(ok).error();
  if (Result<void> ok = record_copies(bench); !ok) return std::move(ok).error();
  if (Result<void> ok =
          bench.transcript.append("ceremony.end", {{"result", "done"}, {"exported", exported_names(bench)}});
      !ok) {
    return std::move(ok).error();
  }
  bench.sealed = true;
  if (Result<void> ok = sign_and_end_custody(bench); !ok) return std::move(ok).error();
  if (Result<void> ok = bench.output.finish(); !ok) return std::move(ok).error();
  rename_written(bench);
  return "head " + to_hex(bench.transcript.head());
}

}  // namespace chancery::ceremony
