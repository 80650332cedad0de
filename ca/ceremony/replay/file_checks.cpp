// What may leave the machine: the listed files with these hashes, and nothing more.
#include <algorithm>
#include <set>

#include "ca/ceremony/replay/checks.h"
#include "ca/ceremony/replay/place.h"
#include "ca/ceremony/run/attempt_files.h"

namespace chancery::ceremony {
namespace {

// Written after the list, or before its ceremony: their hashes stand elsewhere.
bool listed_without_hash(const std::string& name) {
  return name == transcript_file || name == signature_file ||
         (name.starts_with(aborted_prefix) && name.ends_with(aborted_suffix));
}

std::string list_fault(const Material& material) {
  const Entry& end = material.record.last();
  const std::vector<std::string>& exported = end.texts("exported");
  const std::set<std::string> listed(exported.begin(), exported.end());
  for (const std::string& name : material.bundle.strangers) {
    return material.bundle.path + "/" + name + ": is not a file, and does not belong here";
  }
  for (const auto& [name, text] : material.bundle.files) {
    if (!listed.contains(name)) {
      return material.bundle.path + "/" + name + ": the file is not in the list of " + end.place("exported");
    }
  }
  for (const std::string& name : listed) {
    if (!material.bundle.has(name)) {
      return material.bundle.path + "/" + name + ": the file is missing, but in the list of " +
             end.place("exported");
    }
  }
  if (listed.size() != exported.size()) return end.place("exported") + ": a file is named twice";
  return "";
}

std::optional<crypto::Sha256Digest> digest_of(const std::string& hex) {
  const std::optional<Bytes> octets = parse_hex(hex);
  crypto::Sha256Digest digest{};
  if (!octets || octets->size() != digest.size()) return std::nullopt;
  std::copy(octets->begin(), octets->end(), digest.begin());
  return digest;
}

std::string content_fault(const Material& material, const Entry& artefact) {
  const std::string& name = artefact.text("file");
  const std::string_view text = material.bundle.text(name);
  const std::optional<crypto::Sha256Digest> wanted = digest_of(artefact.text("sha256"));
  if (!wanted) return artefact.place("sha256") + ": it is not a SHA-256 in hex";
  const crypto::Sha256Digest found = crypto::sha256(as_bytes(text));
  if (found == *wanted) {
    if (artefact.number("size") == static_cast<std::int64_t>(text.size())) return "";
    return artefact.place("size") + ": the file has " + std::to_string(text.size()) + " octets";
  }
  const std::optional<std::size_t> bit = turned_bit(text, *wanted);
  const std::string where = bit ? place_in(name, text, *bit) + ": one bit of this octet was turned" : name;
  return where + ": its SHA-256 is " + to_hex(found) + ", not that of " + artefact.place("sha256") +
         "; it has " + std::to_string(text.size()) + " octets, recorded were " +
         std::to_string(artefact.number("size"));
}

std::string contents_fault(const Material& material) {
  std::set<std::string> hashed;
  for (const Entry& artefact : material.record.all("artefact")) {
    const std::string& name = artefact.text("file");
    if (!artefact.flag("public")) {
      if (material.bundle.has(name)) return name + ": it is for the custodians, and must not be here";
      continue;
    }
    if (!hashed.insert(name).second) return artefact.place("file") + ": " + name + " is recorded twice";
    if (!material.bundle.has(name)) return name + ": the file is missing; " + artefact.place("file");
    if (std::string fault = content_fault(material, artefact); !fault.empty()) return fault;
  }
  for (const auto& [name, text] : material.bundle.files) {
    if (!hashed.contains(name) && !listed_without_hash(material.bundle.plain_name(name)))
      return name + ": its hash was not recorded";
  }
  return "";
}

// A crash may have cut the last line off. It says nothing, and nothing vouches for it.
std::string_view whole_lines(std::string_view text) {
  const std::size_t end = text.rfind('\n');
  return text.substr(0, end == std::string_view::npos ? 0 : end + 1);
}

std::string attempt_fault(const Material& material, const std::string& name, const Entry& resumed) {
  if (!material.bundle.has(name)) return name + ": the file is missing; " + resumed.place("head");
  const std::string_view text = material.bundle.text(name);
  const std::string_view whole = whole_lines(text);
  if (material.versioned() && whole.size() != text.size())
    return place_in(name, text, whole.size()) +
           ": octets that no line feed ends, which must have been taken off";
  const Result<Transcript> transcript =
      parse_transcript(whole, name, {std::nullopt, digest_of(resumed.text("head"))});
  if (!transcript) return transcript.error().message;
  if (material.format() >= 3 && resumed.text("script_sha256") != to_hex(transcript->script))
    return resumed.place("script_sha256") + ": " + name + " is of the script with the SHA-256 " +
           to_hex(transcript->script);
  if (resumed.number("lines") == static_cast<std::int64_t>(transcript->lines.size())) return "";
  return resumed.place("lines") + ": " + name + " has " + std::to_string(transcript->lines.size());
}

std::string attempts_fault(const Material& material) {
  const std::vector<Entry> resumed = material.record.all("ceremony.resumed");
  for (std::size_t i = 0; i < resumed.size(); ++i) {
    const std::string name = aborted_file(i + 1);
    if (std::string fault = attempt_fault(material, name, resumed[i]); !fault.empty()) return fault;
  }
  const auto aborted =
      std::count_if(material.bundle.files.begin(), material.bundle.files.end(), [&](const auto& file) {
        const std::string name = material.bundle.plain_name(file.first);
        return name.starts_with(aborted_prefix) && name.ends_with(aborted_suffix);
      });
  if (static_cast<std::size_t>(aborted) == resumed.size()) return "";
  return std::string(transcript_file) + ": it names " + std::to_string(resumed.size()) +
         " attempts before, but there are " + std::to_string(aborted);
}

std::string attempts_seen(const Material& material) {
  const std::size_t attempts = material.record.all("ceremony.resumed").size();
  if (attempts == 0) return "none";
  std::string seen = std::to_string(attempts) + ", with their transcripts";
  for (const Entry& resumed : material.record.all("ceremony.resumed")) {
    if (const std::int64_t torn = resumed.number("torn"); torn > 0)
      seen += "; " + std::to_string(torn) + " octets that a crash cut off were taken from one";
    if (const std::string& script = resumed.text("script_sha256");
        !script.empty() && script != to_hex(material.script.hash))
      seen += "; one is of another script, with the SHA-256 " + script;
  }
  for (const auto& [name, text] : material.bundle.files) {
    const std::string_view whole = whole_lines(text);
    if (!material.bundle.plain_name(name).starts_with(aborted_prefix) || whole.size() == text.size())
      continue;
    seen += "; " + place_in(name, text, whole.size()) +
            ": a line that the crash cut off, which nothing vouches for";
  }
  return seen;
}

// The chain is the certificate and its issuer, octet for octet.
std::string chain_fault(const Material& material, const std::string& chain) {
  const std::string wanted = std::string(material.bundle.text(certificate_output(material.script.plan))) +
                             std::string(material.bundle.text(issuer_file));
  const std::string_view found = material.bundle.text(chain);
  const std::optional<std::size_t> at = first_difference(found, wanted);
  if (!at) return "";
  return place_in(chain, found, *at) + ": here it differs from " + certificate_output(material.script.plan) +
         " followed by " + std::string(issuer_file);
}

}  // namespace

void check_files(const Material& material, std::vector<Check>& checks) {
  checks.push_back(check_of("export list", list_fault(material),
                            std::to_string(material.bundle.files.size()) + " files, exactly those listed"));
  checks.push_back(check_of("hashes of the files", contents_fault(material), "as recorded"));
  if (const std::string chain = chain_output(material.script.plan); !chain.empty()) {
    checks.push_back(check_of("chain", chain_fault(material, chain), "the certificate, then its issuer"));
  }
  checks.push_back(check_of("aborted attempts", attempts_fault(material), attempts_seen(material)));
}

}  // namespace chancery::ceremony
