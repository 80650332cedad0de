// The machine, as the transcript says it was seen, against what the script allows.
#include <algorithm>

#include "ca/ceremony/preflight/preflight.h"
#include "ca/ceremony/replay/checks.h"

namespace chancery::ceremony {
namespace {

const DeclaredException* declared(const Material& material, const std::string& check) {
  for (const DeclaredException& exception : material.script.preflight.exceptions) {
    if (exception.check == check) return &exception;
  }
  return nullptr;
}

std::string exception_fault(const Material& material, const Entry& entry) {
  const DeclaredException* exception = declared(material, entry.text("check"));
  if (exception == nullptr) {
    return entry.place("check") + ": the exception for " + entry.text("check") +
           " is not declared in the script";
  }
  return differs(entry, "reason", exception->reason);
}

std::string declared_fault(const Material& material, const std::vector<Entry>& evidence) {
  if (evidence.empty()) return std::string(transcript_file) + ": no preflight is recorded";
  for (const Entry& entry : evidence) {
    if (!entry.flag("passed") && declared(material, entry.text("check")) == nullptr) {
      return entry.place("passed") + ": " + entry.text("check") +
             " failed, and the script declares no exception for it";
    }
  }
  for (const Entry& entry : material.record.all("preflight.exception")) {
    if (std::string fault = exception_fault(material, entry); !fault.empty()) return fault;
  }
  return "";
}

std::vector<Entry> of_check(const std::vector<Entry>& entries, std::string_view check) {
  std::vector<Entry> found;
  for (const Entry& entry : entries) {
    if (entry.text("check") == check) found.push_back(entry);
  }
  return found;
}

bool since_format_2(std::string_view check) {
  return check == "libraries" || check == "token_module";
}

// Every check that there is, once, and no other.
std::string all_fault(const Material& material, const std::vector<Entry>& evidence) {
  for (const std::string_view check : preflight_checks) {
    if (material.format() < 2 && since_format_2(check)) continue;
    const std::vector<Entry> found = of_check(evidence, check);
    if (found.empty())
      return std::string(transcript_file) + ": the preflight check " + std::string(check) + " is missing";
    if (found.size() > 1) return found[1].place("check") + ": " + std::string(check) + " was checked before";
  }
  for (const Entry& entry : evidence) {
    const std::string& name = entry.text("check");
    if (material.format() >= 3 && name == token_firmware_check) continue;  // token_checks.cpp
    if (std::find(preflight_checks.begin(), preflight_checks.end(), name) == preflight_checks.end())
      return entry.place("check") + ": there is no preflight check " + name;
  }
  return "";
}

std::string libraries_fault(const Material& material, const std::vector<Entry>& evidence) {
  const std::vector<HashedModule>& pinned = material.script.preflight.libraries;
  if (pinned.empty()) return "";
  const Entry entry = of_check(evidence, "libraries").front();
  const Result<std::vector<HashedModule>> loaded = libraries_in(entry.text("seen"));
  const std::string fault = loaded ? pin_fault(*loaded, pinned) : loaded.error().message;
  return fault.empty() ? "" : entry.place("seen") + ": " + fault;
}

std::string digests_fault(const Material& material, const std::vector<Entry>& evidence) {
  const std::string prefix = "sha256 ";
  const Entry script = of_check(evidence, "script").front(), binary = of_check(evidence, "binary").front();
  if (std::string fault = differs(script, "seen", prefix + to_hex(material.script.hash)); !fault.empty())
    return fault;
  if (!binary.flag("passed")) return "";  // its exception says why
  const std::string &wanted = material.script.preflight.binary, &seen = binary.text("seen");
  if (!wanted.empty()) return differs(binary, "seen", prefix + wanted);
  const std::optional<Bytes> hash =
      seen.starts_with(prefix) ? parse_hex(seen.substr(prefix.size())) : std::nullopt;
  if (hash && hash->size() == crypto::Sha256Digest().size()) return "";
  return binary.place("seen") + ": it is not the SHA-256 of a program";
}

// A declared exception is written beside its check, with whether it was needed. A check may have been made
// several times, of several tokens, or not at all.
std::string lines_fault(const Material& material, const std::vector<Entry>& evidence) {
  const std::vector<Entry> exceptions = material.record.all("preflight.exception");
  for (const DeclaredException& exception : material.script.preflight.exceptions) {
    const std::vector<Entry> seen = of_check(evidence, exception.check),
                             found = of_check(exceptions, exception.check);
    if (found.size() != seen.size()) {
      const std::string place = seen.empty() ? std::string(transcript_file) : seen.front().place("check");
      return place + ": " + std::to_string(found.size()) + " lines tell the exception for " +
             exception.check + ", where " + (seen.size() == 1 ? "one" : std::to_string(seen.size())) +
             " must";
    }
    for (std::size_t i = 0; i < seen.size(); ++i) {
      if (found[i].flag("needed") == seen[i].flag("passed"))
        return found[i].place("needed") + ": it does not agree with line " + std::to_string(seen[i].line);
    }
  }
  return "";
}

std::string whole_fault(const Material& material, const std::vector<Entry>& evidence) {
  if (std::string fault = all_fault(material, evidence); !fault.empty()) return fault;
  if (std::string fault = digests_fault(material, evidence); !fault.empty()) return fault;
  if (std::string fault = libraries_fault(material, evidence); !fault.empty()) return fault;
  return lines_fault(material, evidence);
}

}  // namespace

void check_preflight(const Material& material, std::vector<Check>& checks) {
  const std::vector<Entry> evidence = material.record.all("preflight");
  std::string fault = declared_fault(material, evidence);
  if (fault.empty() && material.versioned()) fault = whole_fault(material, evidence);
  checks.push_back(
      whole_check(material, "preflight", fault,
                  std::to_string(evidence.size()) + " checks passed, or have a declared exception"));
}

}  // namespace chancery::ceremony
