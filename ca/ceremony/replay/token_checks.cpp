// Which tokens the keys lay in, as the script names them, and the modules that drove them.
#include <algorithm>
#include <charconv>

#include "ca/ceremony/custody/tokens.h"
#include "ca/ceremony/preflight/preflight.h"
#include "ca/ceremony/replay/checks.h"
#include "ca/keys/token/firmware.h"

namespace chancery::ceremony {
namespace {

bool is_of(const Entry& seen, const TokenCustody& named) {
  return seen.text("module") == named.module && (named.label.empty() || seen.text("label") == named.label) &&
         (!named.slot || seen.number("slot") == static_cast<std::int64_t>(*named.slot));
}

std::string names_fault(const std::vector<Entry>& seen, const std::vector<TokenCustody>& named) {
  for (const Entry& token : seen) {
    if (token.flag("denied"))
      return token.place("denied") + ": its firmware was refused, " + token.text("reason");
    if (std::none_of(named.begin(), named.end(), [&](const auto& one) { return is_of(token, one); }))
      return token.place("label") + ": the script names no such token";
  }
  for (const TokenCustody& one : named) {
    if (std::none_of(seen.begin(), seen.end(), [&](const Entry& token) { return is_of(token, one); }))
      return std::string(transcript_file) + ": the token " + one.name() + " is not recorded";
  }
  return "";
}

// Each was logged in to, by a PIN that came in some way or on its own pad.
std::string pins_fault(const Material& material, const std::vector<Entry>& seen) {
  const std::vector<Entry> secrets = material.record.all("secret");
  for (const Entry& token : seen) {
    const std::string question = pin_question(token.text("label"));
    const auto is_its = [&](const Entry& secret) {
      const std::string& asked = secret.text("question");
      return secret.line > token.line &&
             (material.format() >= 3 ? asked.ends_with(": " + question) : asked == question);
    };
    if (std::none_of(secrets.begin(), secrets.end(), is_its))
      return token.place("label") + ": nobody gave its PIN after this";
  }
  return "";
}

// What the machine was seen to have is what was loaded.
std::string modules_fault(const Material& material, const std::vector<Entry>& seen) {
  std::vector<HashedModule> modules;
  for (const TokenCustody& named : tokens_of(material.script.plan)) {
    const auto same = [&](const HashedModule& module) { return module.path == named.module; };
    if (std::any_of(modules.begin(), modules.end(), same)) continue;
    for (const Entry& token : seen) {
      if (token.text("module") == named.module && std::none_of(modules.begin(), modules.end(), same))
        modules.push_back({named.module, token.text("module_sha256")});
    }
  }
  for (const Entry& entry : material.record.all("preflight")) {
    if (entry.text("check") != "token_module" || entry.text("seen") == described(modules)) continue;
    return entry.place("seen") + ": it says \"" + entry.text("seen") + "\", the tokens \"" +
           described(modules) + "\"";
  }
  return "";
}

std::optional<keys::TokenVersion> version_in(const std::string& text) {
  keys::TokenVersion version;
  const char* const end = text.data() + text.size();
  const auto [dot, first] = std::from_chars(text.data(), end, version.major);
  if (first != std::errc() || dot == end || *dot != '.') return std::nullopt;
  const auto [last, second] = std::from_chars(dot + 1, end, version.minor);
  return second == std::errc() && last == end ? std::optional(version) : std::nullopt;
}

// Since format 3: whether each told its firmware stands in a line after it, as often as there are tokens.
// That an exception is declared where it did not is the matter of preflight_checks.cpp.
std::string firmware_fault(const Material& material, const std::vector<Entry>& seen) {
  std::vector<Entry> findings = material.record.all("preflight");
  std::erase_if(findings, [](const Entry& entry) { return entry.text("check") != token_firmware_check; });
  if (findings.size() != seen.size())
    return std::string(transcript_file) + ": the firmware of " + std::to_string(findings.size()) +
           " tokens was looked at, where " + std::to_string(seen.size()) + " were seen";
  for (std::size_t i = 0; i < seen.size(); ++i) {
    const std::optional<keys::TokenVersion> firmware = version_in(seen[i].text("firmware"));
    if (!firmware) return seen[i].place("firmware") + ": it is no version";
    if (findings[i].flag("passed") != firmware->told())
      return findings[i].place("passed") + ": it does not agree with line " + std::to_string(seen[i].line);
  }
  return "";
}

// By the deny-list of the program that replays, which may know more than the one that held the ceremony.
std::string denied_now(const Entry& seen) {
  const std::optional<keys::TokenVersion> firmware = version_in(seen.text("firmware"));
  if (!firmware) return "";
  keys::TokenInfo token;
  token.label = seen.text("label");
  token.manufacturer = seen.text("manufacturer");
  token.model = seen.text("model");
  token.firmware = *firmware;
  const Result<void> good = check_firmware(token, keys::denied_firmware());
  return good ? "" : "; warning: " + good.error().message;
}

std::string untold(const Entry& seen) {
  const std::optional<keys::TokenVersion> firmware = version_in(seen.text("firmware"));
  return firmware && !firmware->told() ? " (not told: no deny-list can name it)" : "";
}

std::string described(const Entry& token) {
  return token.text("label") + " in slot " + std::to_string(token.number("slot")) + ", " +
         token.text("manufacturer") + " " + token.text("model") + ", serial number " + token.text("serial") +
         ", firmware " + token.text("firmware") + untold(token) + denied_now(token);
}

std::string described(const std::vector<Entry>& tokens) {
  std::string text;
  for (const Entry& token : tokens) text += (text.empty() ? "" : "; ") + described(token);
  return text;
}

}  // namespace

void check_tokens(const Material& material, std::vector<Check>& checks) {
  const std::vector<TokenCustody> named = tokens_of(material.script.plan);
  const std::vector<Entry> seen = material.record.all("token");
  if (named.empty() && seen.empty()) return;
  const std::string name = "tokens";
  if (material.format() < 2) {
    checks.push_back(recorded_since_format_2(name));
    return;
  }
  if (seen.empty() && material.record.first().flag("rehearsal")) {
    checks.push_back({name, true, "none: throw-away keys stood in for them"});
    return;
  }
  std::string fault = names_fault(seen, named);
  if (fault.empty()) fault = pins_fault(material, seen);
  if (fault.empty()) fault = modules_fault(material, seen);
  if (fault.empty() && material.format() >= 3) fault = firmware_fault(material, seen);
  checks.push_back(check_of(name, fault, described(seen)));
}

}  // namespace chancery::ceremony
