// Hashes in words, and what the machine was seen to be.
#include "ca/ceremony/preflight/preflight.h"
#include "ca/ceremony/report/sections.h"
#include "ca/ceremony/words/pgp_words.h"
#include "ca/x509/csr.h"

namespace chancery::ceremony {
namespace {

void write_hash(Html& html, const std::string& of, ByteView digest) {
  html.element("h3", of).begin_table({"Hex", "Words", "Ticked"}, "words");
  const std::vector<WordLine> lines = word_lines(digest);
  for (std::size_t i = 0; i + 1 < lines.size(); i += 2) {  // paper is wider than a terminal
    html.open("tr").element("td", lines[i].hex + " " + lines[i + 1].hex, "hash");
    html.element("td", lines[i].words + " " + lines[i + 1].words).element("td", "").close("tr");
  }
  html.end_table();
}

// In groups, between which it may be broken.
std::string grouped(const std::string& hex) {
  std::string text;
  for (const WordLine& line : word_lines(parse_hex(hex).value_or(Bytes{})))
    text += (text.empty() ? "" : " ") + line.hex;
  return text;
}

// Hashes are compared on paper: each stands on its own.
void write_seen(Html& html, const std::string& seen) {
  constexpr std::string_view one = "sha256 ";
  if (const std::string hash = seen.starts_with(one) ? grouped(seen.substr(one.size())) : ""; !hash.empty()) {
    html.open("td").element("div", "sha256").element("div", hash, "hash").close("td");
    return;
  }
  const Result<std::vector<HashedModule>> files = libraries_in(seen);
  if (!files || files->empty()) {
    html.element("td", seen);
    return;
  }
  html.open("td");
  for (const HashedModule& file : *files)
    html.element("div", file.path).element("div", grouped(file.sha256), "hash");
  html.close("td");
}

void write_exceptions(Html& html, const Source& source) {
  html.element("h3", "Declared exceptions");
  const std::vector<Entry> exceptions = source.record->all("preflight.exception");
  if (exceptions.empty()) {
    html.element("p", "None: the script declares no exception that was looked at.");
    return;
  }
  html.begin_table({"Check", "Reason in the script", "Needed"});
  for (const Entry& entry : exceptions) {
    html.row({entry.text("check"), entry.text("reason"), entry.flag("needed") ? "yes" : "no"});
  }
  html.end_table();
}

}  // namespace

void write_hashes(Html& html, const Source& source) {
  html.open("section", "page").element("h2", "Hashes and their words");
  html.element("p",
               "SHA-256, as read aloud from the PGP word list. Compare them wherever these files are used.",
               "note");
  if (source.script != nullptr) write_hash(html, "The script, script.yaml", source.script->hash);
  for (const CertificateFile& file : source.replay.certificates) {
    write_hash(html, "Fingerprint of " + file.path + ", " + file.certificate.subject_text(),
               file.certificate.fingerprint());
  }
  for (const CrlFile& file : source.replay.crls)
    write_hash(html, "The CRL " + file.name, file.crl.fingerprint());
  if (const auto* csr =
          source.script == nullptr ? nullptr : std::get_if<CrossCsrPlan>(&source.script->plan)) {
    const Result<x509::CertificateRequest> request =
        x509::CertificateRequest::parse_pem(source.replay.bundle.pem(csr->request_output));
    if (request) write_hash(html, "The request " + csr->request_output, crypto::sha256(request->der()));
  }
  if (source.replay.transcript) {
    write_hash(html, "The transcript: the hash of its last line", source.replay.transcript->head());
  }
  html.close("section");
}

void write_preflight(Html& html, const Source& source) {
  if (source.record == nullptr) return;
  html.open("section", "page")
      .element("h2", "The machine before the ceremony")
      .begin_table({"Check", "Result", "What was seen"}, "checks");
  for (const Entry& entry : source.record->all("preflight")) {
    const bool met = entry.flag("passed");
    html.open("tr", met ? "" : "bad").element("td", entry.text("check"));
    html.element("td", met ? "met" : "NOT MET");
    write_seen(html, entry.text("seen"));
    html.close("tr");
  }
  html.end_table();
  write_exceptions(html, source);
  html.close("section");
}

}  // namespace chancery::ceremony
