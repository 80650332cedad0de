#include "ca/ceremony/cli/outcome_text.h"

#include <algorithm>
#include <ostream>

#include "ca/ceremony/cli/certificate_facts.h"
#include "ca/ceremony/words/pgp_words.h"

namespace chancery::ceremony {
namespace {

using Json = nlohmann::ordered_json;

std::string_view made(const Outcome& outcome) {
  if (outcome.made) return "certificate";
  if (outcome.crl) return "crl";
  if (outcome.request) return "request";
  return outcome.dealt ? "shares" : "nothing";
}

std::string number_of(const x509::Crl& crl) {
  return crl.fields().number ? crl.fields().number->to_string() : "";
}

std::string_view reason_of(const x509::RevokedCertificate& entry) {
  return to_string(entry.reason.value_or(x509::RevocationReason::unspecified));
}

void print_crl(std::ostream& out, const x509::Crl& crl) {
  const x509::ParsedCrl& fields = crl.fields();
  out << "\nThe CRL\n  number       " << number_of(crl) << "\n  thisUpdate   "
      << to_rfc3339(fields.this_update) << "\n  nextUpdate   " << to_rfc3339(fields.next_update)
      << "\n  sha256       " << fingerprint_text(crl.fingerprint(), facts_column) << "\n  entries      "
      << fields.revoked.size() << '\n';
  const std::size_t shown = std::min(fields.revoked.size(), most_entries_shown);
  for (std::size_t i = 0; i < shown; ++i) {
    const x509::RevokedCertificate& entry = fields.revoked[i];
    out << "    " << entry.serial.to_string() << "  " << to_rfc3339(entry.revoked_at) << "  "
        << reason_of(entry) << '\n';
  }
  if (shown < fields.revoked.size())
    out << "    and " << fields.revoked.size() - shown << " more: openssl crl -noout -text -in FILE\n";
}

void print_shares(std::ostream& out, const DealtShares& dealt) {
  out << "\nThe shares, of which any " << dealt.threshold << " open the key\n";
  for (const DealtShares::Share& share : dealt.shares)
    out << "  " << share.officer << "  " << share.file << '\n';
}

// Those that nobody could bring; the others are in use.
void print_left(std::ostream& out, const PresentCopies& left) {
  for (const PresentCopy& copy : left.copies) {
    if (!copy.reason.empty()) out << "\nNOT destroyed: " << text_of(copy) << ": " << copy.reason << '\n';
  }
}

Json left_json(const PresentCopies& left) {
  Json copies = Json::array();
  for (const PresentCopy& copy : left.copies) {
    Json entry{{"form", copy.form}};
    if (copy.form == "share") entry.update({{"officer", copy.officer}, {"dealing", copy.dealing}});
    if (!copy.reason.empty()) entry["reason"] = copy.reason;
    copies.push_back(std::move(entry));
  }
  return {{"known", left.known}, {"copies", copies}};
}

Json crl_json(const x509::Crl& crl) {
  Json entries = Json::array();
  for (const x509::RevokedCertificate& entry : crl.fields().revoked) {
    entries.push_back({{"serial", entry.serial.to_string()},
                       {"revoked_at", to_rfc3339(entry.revoked_at)},
                       {"reason", reason_of(entry)}});
  }
  return {{"number", number_of(crl)},
          {"this_update", to_rfc3339(crl.fields().this_update)},
          {"next_update", to_rfc3339(crl.fields().next_update)},
          {"entries", entries},
          {"sha256", to_hex(crl.fingerprint())}};
}

Json shares_json(const DealtShares& dealt) {
  Json shares = Json::array();
  for (const DealtShares::Share& share : dealt.shares)
    shares.push_back({{"officer", share.officer}, {"file", share.file}});
  return {{"threshold", dealt.threshold}, {"dealt", shares}};
}

}  // namespace

void print_outcome(std::ostream& out, const Outcome& outcome, bool rehearsal) {
  if (outcome.crl) print_crl(out, *outcome.crl);
  if (outcome.request) {
    out << "\nThe request\n  subject      " << outcome.request->subject << "\n  sha256       "
        << fingerprint_text(outcome.request->hash, facts_column) << '\n';
  }
  if (outcome.dealt) print_shares(out, *outcome.dealt);
  print_left(out, outcome.left);
  out << (outcome.made ? "\nThe certificate\n" : "\nThe certificate of the key that was used\n");
  print_certificate(out, outcome.certificate);
  out << "\nThe transcript's head, for the next ceremony's script\n  " << to_hex(outcome.transcript_head)
      << '\n';
  for (const WordLine& line : word_lines(outcome.transcript_head))
    out << "    " << line.hex << "  " << line.words << '\n';
  out << "\nThe files (SHA-256)\n";
  for (const WrittenFile& file : outcome.files) out << "  " << to_hex(file.hash) << "  " << file.path << '\n';
  if (rehearsal) {
    out << "\nThis was a rehearsal: nothing that it made is of any worth.\n";
  } else if (outcome.made) {
    out << "\nWrite the fingerprint into the ceremony's record; whoever installs the root must compare it.\n";
  }
}

std::string outcome_json(const Outcome& outcome) {
  Json json{{"made", made(outcome)}};
  if (outcome.made) {
    json.update(certificate_json(outcome.certificate));
  } else {
    json["key"] = certificate_json(outcome.certificate);
  }
  if (outcome.crl) json["crl"] = crl_json(*outcome.crl);
  if (outcome.request) {
    json["request"] = {{"subject", outcome.request->subject}, {"sha256", to_hex(outcome.request->hash)}};
  }
  if (outcome.dealt) json["shares"] = shares_json(*outcome.dealt);
  json["copies_left"] = left_json(outcome.left);
  json["transcript_head"] = to_hex(outcome.transcript_head);
  json["files"] = Json::array();
  for (const WrittenFile& file : outcome.files) {
    json["files"].push_back({{"path", file.path}, {"sha256", to_hex(file.hash)}});
  }
  return json_text(json);
}

}  // namespace chancery::ceremony
