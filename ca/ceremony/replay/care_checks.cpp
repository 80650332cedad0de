// What had to come before and after a signature: the point of no return, and the lints of the whole object.
#include <algorithm>
#include <array>

#include "ca/ceremony/interaction/interaction.h"
#include "ca/ceremony/replay/checks.h"

namespace chancery::ceremony {
namespace {

constexpr std::array<std::string_view, 3> lasting{"key.made", "key.destroyed", "artefact"};

const Entry* first_lasting(const Material& material) {
  for (const Entry& entry : material.record.entries()) {
    if (std::find(lasting.begin(), lasting.end(), entry.of->event) != lasting.end()) return &entry;
  }
  return nullptr;
}

// After what is to be signed is there, before what was signed is written.
std::string signing_fault(const Material& material, const Entry& word) {
  const std::vector<Entry> prepared = material.record.all("tbs"), written = material.record.all("artefact");
  if (!prepared.empty() && prepared.front().line > word.line)
    return word.place("what") + ": it was announced before what was to be signed, line " +
           std::to_string(prepared.front().line);
  if (!written.empty() && written.front().line < word.line)
    return word.place("what") + ": it was announced after line " + std::to_string(written.front().line);
  return "";
}

std::string no_return_fault(const Material& material) {
  const std::vector<Entry> announced = material.record.all("point_of_no_return");
  const std::size_t wanted = no_return_questions(material).size();
  if (announced.size() != wanted) {
    return std::string(transcript_file) + ": it was announced " + std::to_string(announced.size()) +
           " times, where it must be " + std::to_string(wanted);
  }
  if (wanted == 0) return "";
  const Entry& word = announced.front();
  if (const Entry* done = first_lasting(material); done != nullptr && done->line < word.line)
    return word.place("what") + ": it was announced after line " + std::to_string(done->line);
  return knows_what_is_signed(material) ? signing_fault(material, announced.back()) : "";
}

struct Judged {
  std::string what;  // as the transcript calls it
  std::string sha256;
};

// The finished object that must have been judged; nothing for kinds that sign neither.
std::optional<Judged> finished(const Material& material) {
  if (const x509::Certificate* made = material.made())
    return Judged{"certificate", to_hex(made->fingerprint())};
  if (const x509::Crl* crl = material.crl(crl_output(material.script.plan)))
    return Judged{"CRL", to_hex(crl->fingerprint())};
  return std::nullopt;
}

std::string lints_fault(const Material& material, const Judged& judged) {
  const std::vector<Entry> lints = material.record.all("lint");
  if (lints.size() != 2) {
    return std::string(transcript_file) + ": " + std::to_string(lints.size()) +
           " lints are recorded, where one before and one after the signature must be";
  }
  if (lints[0].text("what") != "lint " + judged.what || lints[1].text("what") != judged.what)
    return lints[0].place("what") + ": the lint " + judged.what + " must come first, the finished one after";
  if (lints[1].text("sha256") != judged.sha256) {
    return lints[1].place("sha256") + ": " + lints[1].text("sha256") + " is not the SHA-256 of the " +
           judged.what + ", " + judged.sha256;
  }
  return "";
}

}  // namespace

bool knows_what_is_signed(const Material& material) {
  const Kind kind = material.script.kind();
  if (kind == Kind::intermediate) return material.format() >= 3;
  return kind == Kind::cross_csr || kind == Kind::cross_certificate || kind == Kind::crl;
}

std::vector<std::string_view> no_return_questions(const Material& material) {
  const auto* recover = std::get_if<RecoverPlan>(&material.script.plan);
  if (recover != nullptr && !recover->reshare) return {};
  std::vector<std::string_view> questions{no_return_question};
  if (material.script.kind() == Kind::intermediate && knows_what_is_signed(material))
    questions.push_back(signing_question);
  return questions;
}

void check_care(const Material& material, std::vector<Check>& checks) {
  checks.push_back(
      whole_check(material, "point of no return", material.versioned() ? no_return_fault(material) : "",
                  no_return_questions(material).empty() ? "none: nothing lasting was made"
                                                        : "announced before it, and the word given"));
  const std::optional<Judged> judged = finished(material);
  if (!judged) return;
  checks.push_back(whole_check(
      material, "lints by the ceremony", material.versioned() ? lints_fault(material, *judged) : "",
      "of a lint " + judged->what + " by a throw-away key, and of the finished one"));
}

}  // namespace chancery::ceremony
