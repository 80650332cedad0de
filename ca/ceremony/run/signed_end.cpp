#include "ca/ceremony/run/signed_end.h"

#include <algorithm>
#include <filesystem>

#include "ca/base/file.h"
#include "ca/ceremony/custody/secret_file.h"
#include "ca/ceremony/interaction/unrecorded.h"
#include "ca/ceremony/run/ended_token.h"
#include "ca/ceremony/run/steps.h"
#include "ca/ceremony/transcript/signature.h"

namespace chancery::ceremony {
namespace {

constexpr std::size_t file_limit = std::size_t{1} << 20U;

Error stuck(const std::string& message) {
  return make_error(ErrorCode::conflict, message);
}

bool ends_copies(const Transcript& transcript) {
  return transcript.lines.back().event == "ceremony.end" &&
         std::any_of(transcript.lines.begin(), transcript.lines.end(),
                     [](const TranscriptLine& line) { return line.event == "key.destroyed"; });
}

Kind kind_of(const Transcript& transcript) {
  return text_in(transcript.lines.front(), "kind") == to_string(Kind::recover) ? Kind::recover
                                                                               : Kind::destroy;
}

std::string signature_in(const UnfinishedFolder& folder) {
  return folder.is_void() ? folder.void_signature() : folder.signature();
}

Result<void> check_signature(const UnfinishedFolder& folder, const Transcript& transcript,
                             const x509::Certificate& authority) {
  const Result<crypto::PublicKey> key = crypto::PublicKey::from_spki(authority.fields().spki);
  if (!key) return key.error();
  const Result<std::string> signature = read_file(signature_in(folder), transcript_signature_limit);
  if (!signature) return signature.error();
  return verify_transcript(transcript.head(), *signature, *key);
}

// Every file, as it was recorded: the new shares above all.
Result<std::vector<WrittenFile>> written_files(const UnfinishedFolder& folder, const Transcript& transcript) {
  std::vector<WrittenFile> files;
  for (const TranscriptLine& line : transcript.lines) {
    if (line.event != "artefact") continue;
    const std::string part =
        (std::get<bool>(line.data.at("public")) ? "/bundle/" : "/custody/") + text_in(line, "file");
    const Result<std::string> content = read_file(folder.path() + part, file_limit);
    if (!content) return content.error();
    const crypto::Sha256Digest hash = crypto::sha256(as_bytes(*content));
    if (to_hex(hash) != text_in(line, "sha256")) {
      return make_error(ErrorCode::validation,
                        folder.path() + part + " is not the file that was written; nothing was destroyed");
    }
    files.push_back({folder.output() + part, hash});
  }
  return files;
}

std::optional<DealtShares> dealt_in(const Script& script, const Transcript& transcript) {
  const auto* recover = std::get_if<RecoverPlan>(&script.plan);
  if (recover == nullptr) return std::nullopt;
  DealtShares dealt{.threshold = recover->reshare->threshold, .shares = {}};
  for (const TranscriptLine& line : transcript.lines) {
    if (line.event != "artefact" || std::get<bool>(line.data.at("public"))) continue;
    dealt.shares.push_back({script.roles.crypto_officers.at(dealt.shares.size()), text_in(line, "file")});
  }
  return dealt;
}

// As before any other end: nothing is destroyed for what replay refuses.
Result<void> judge(const Inputs& inputs, const UnfinishedFolder& folder) {
  return inputs.judge({.path = folder.bundle_folder(), .previous = previous_folder(inputs)});
}

bool is_whole(const CopyHere& copy) {
  const Result<bool> wiped = is_wiped(copy.path);
  return wiped && !*wiped;
}

// None has been touched: the attempt may be begun again, and its new shares are not the only ones.
bool are_whole(const std::vector<CopyHere>& copies) {
  return std::all_of(copies.begin(), copies.end(), is_whole);
}

// Paths start at --input, which may be another folder than it was: people look at where they lead.
Result<void> say_what_goes(const Inputs& inputs, const std::vector<CopyHere>& copies) {
  std::string files;
  for (const CopyHere& copy : copies) {
    std::error_code ignored;
    files += (files.empty() ? "" : ", ") + std::filesystem::weakly_canonical(copy.path, ignored).string();
  }
  if (files.empty()) return {};
  Unrecorded nobody;
  return Conversation(inputs.interaction, nobody)
      .point_of_no_return("point_of_no_return.resumed", inputs.script.roles.administrator,
                          "the ceremony was signed before it stopped, and these files are destroyed now: " +
                              files + ". Stop here if one of them lies elsewhere than it lay then");
}

// The signature gets its name once nothing is left but zeros.
Result<void> end_rest(const Inputs& inputs, const UnfinishedFolder& folder, const Transcript& transcript,
                      const x509::Certificate& authority, const std::vector<CopyHere>& copies) {
  if (Result<void> ok = judge(inputs, folder); !ok) return ok;
  if (const Result<std::vector<std::string>> left = left_of(copies, Rest::must_be_there); !left)
    return left.error();
  if (Result<void> ok = say_what_goes(inputs, copies); !ok) return ok;
  if (Result<void> ok = destroy_copies_here(copies, Rest::must_be_there); !ok) return ok;
  if (Result<void> ok = end_token(inputs, transcript, authority); !ok) return ok;
  return folder.validate_signature();
}

Result<Outcome> finish(const Inputs& inputs, UnfinishedFolder& folder, const Transcript& transcript,
                       x509::Certificate authority) {
  Result<std::vector<WrittenFile>> files = written_files(folder, transcript);
  if (!files) return std::move(files).error();
  const std::vector<CopyHere> copies = copies_here_in(inputs, transcript);
  const bool lie_again = !folder.is_void() && std::any_of(copies.begin(), copies.end(), is_whole);
  if (lie_again) {  // since the signature got its name
    if (Result<void> ok = say_what_goes(inputs, copies); !ok) return std::move(ok).error();
  }
  if (folder.is_void()) {
    if (Result<void> ok = end_rest(inputs, folder, transcript, authority, copies); !ok)
      return std::move(ok).error();
  }
  if (Result<void> ok = destroy_copies_here(copies, Rest::may_be_gone); !ok) return std::move(ok).error();
  if (Result<void> ok = folder.finish(); !ok) return std::move(ok).error();
  return Outcome{.certificate = std::move(authority),
                 .made = false,
                 .crl = {},
                 .request = {},
                 .dealt = dealt_in(inputs.script, transcript),
                 .left = copies_in(transcript),
                 .transcript_head = transcript.head(),
                 .files = std::move(*files)};
}

// Why what lies there is not gone on with, though something of it may have come to pass.
std::string must_be_kept(const UnfinishedFolder& folder, Kind kind) {
  return "; keep " + folder.path() + " under witness: " +
         (kind == Kind::recover ? "the new shares in it may be the only ones"
                                : "what it says is destroyed may be gone, and nothing else tells so");
}

}  // namespace

Result<std::optional<Outcome>> finish_signed_end(const Inputs& inputs, Progress& progress) {
  if (inputs.rehearsal) return std::optional<Outcome>();
  Result<std::optional<UnfinishedFolder>> found =
      UnfinishedFolder::as_it_lies(inputs.output, std::string(file_prefix(inputs)));
  if (!found) return std::move(found).error();
  if (!*found) return std::optional<Outcome>();
  UnfinishedFolder& folder = **found;
  const Result<Transcript> transcript = read_transcript(folder.transcript(), {});
  if (!transcript) {
    return with_context(transcript.error(),
                        folder.path() + " was signed and cannot be read; keep it under witness");
  }
  if (!ends_copies(*transcript)) return std::optional<Outcome>();
  if (transcript->script != inputs.script.hash) {
    return stuck(folder.path() +
                 " holds a ceremony by another script, which was signed: the copies of the key that it ends "
                 "may be gone. Resume it with its own script" +
                 must_be_kept(folder, kind_of(*transcript)));
  }
  if (!inputs.resume) {
    return stuck(folder.path() +
                 " is there, and what happened in it was signed: copies of the key may be gone. Run the same "
                 "command with --resume" +
                 must_be_kept(folder, inputs.script.kind()));
  }
  Result<x509::Certificate> authority =
      read_certificate(inputs, authority_of(inputs.script.plan)->certificate);
  if (!authority) return std::move(authority).error();
  const bool whole = are_whole(copies_here_in(inputs, *transcript));
  if (const Result<void> holds = check_signature(folder, *transcript, *authority); !holds) {
    if (whole) return std::optional<Outcome>();
    return stuck(holds.error().message + ", and a copy that it ends is missing" +
                 must_be_kept(folder, inputs.script.kind()));
  }
  if (!written_files(folder, *transcript) && whole) return std::optional<Outcome>();
  progress.begin(1, 1, "End the copies of the key, and hand over");
  Result<Outcome> outcome = finish(inputs, folder, *transcript, std::move(*authority));
  if (!outcome) {
    progress.failed();
    return std::move(outcome).error();
  }
  progress.done("the ceremony was signed before it stopped; head " + to_hex(transcript->head()));
  return std::optional<Outcome>(std::move(*outcome));
}

}  // namespace chancery::ceremony
