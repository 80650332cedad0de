// The list that the transcript records as the root's of now: against the bundle, and the ceremony before.
#include "ca/ceremony/replay/checks.h"

namespace chancery::ceremony {
namespace {

// As crl.present says it.
struct Present {
  bool known = false;
  std::string number, sha256;
  bool last = false;
  friend bool operator==(const Present&, const Present&) = default;
};

std::string text_of(const Present& present) {
  if (!present.known) return "unknown";
  if (present.number.empty()) return "none";
  return "CRL number " + present.number + " (sha256 " + present.sha256 + ")" +
         (present.last ? ", the last" : "");
}

Present recorded(const Entry& entry) {
  return {entry.flag("known"), entry.text("number"), entry.text("sha256"), entry.flag("last")};
}

Present of_crl(const x509::Crl& crl, bool last) {
  return {true, crl.fields().number ? crl.fields().number->to_string() : "", to_hex(crl.fingerprint()), last};
}

bool declared_last(const Script& script) {
  const auto* plan = std::get_if<CrlPlan>(&script.plan);
  return plan != nullptr && !plan->last_reason.empty();
}

const x509::Crl* crl_of(const Replay& replay) {
  const std::string name = replay.script ? crl_output(replay.script->plan) : "";
  for (const CrlFile& file : replay.crls) {
    if (!name.empty() && file.name == name) return &file.crl;
  }
  return nullptr;
}

// What the ceremony before left.
Present after(const Replay& previous) {
  if (previous.script && previous.script->kind() == Kind::root)
    return {.known = true, .number = {}, .sha256 = {}};
  if (const x509::Crl* crl = crl_of(previous)) return of_crl(*crl, declared_last(*previous.script));
  if (!previous.transcript) return {};
  const Record record(*previous.transcript, previous.bundle.text(transcript_file));
  const std::vector<Entry> entries = record.all("crl.present");
  return entries.empty() ? Present{} : recorded(entries.front());
}

bool previous_by_hash(const Material& material) {
  return std::holds_alternative<crypto::Sha256Digest>(material.script.previous);
}

// Nothing: it cannot be told from what is given.
std::optional<Present> wanted(const Material& material) {
  const Kind kind = material.script.kind();
  if (kind == Kind::root) return Present{.known = true, .number = {}, .sha256 = {}};
  if (kind == Kind::crl) {
    const x509::Crl* crl = material.crl(crl_output(material.script.plan));
    return crl == nullptr ? std::nullopt
                          : std::optional<Present>(of_crl(*crl, declared_last(material.script)));
  }
  if (previous_by_hash(material)) return Present{};
  if (material.previous != nullptr && begins_branch(material, *material.previous)) return Present{};
  if (material.previous != nullptr) return after(*material.previous);
  return std::nullopt;
}

// What the ceremony before left cannot be told: only the script's exception stands for it.
void check_list_before(const Material& material, std::vector<Check>& checks) {
  const auto* plan = std::get_if<CrlPlan>(&material.script.plan);
  if (plan == nullptr || !previous_by_hash(material)) return;
  if (material.previous != nullptr && after(*material.previous).known) return;  // "CRL goes on" tells
  const bool first = plan->previous_crl.empty();
  const std::string name = first ? "no list before" : "newest list before";
  const std::string& reason = first ? plan->first_reason : plan->previous_reason;
  if (!reason.empty() || (!first && material.format() < 3)) {
    checks.push_back({name, true,
                      reason.empty() ? "the ceremony before is named by its hash alone"
                                     : "only the script's exception says so: " + reason,
                      false});
    return;
  }
  checks.push_back(
      {name, false,
       std::string(script_file) +
           (first ? ": crl.first is true, but the ceremony before is named by its hash alone, and no "
                    "crl.first_reason says why there is no list"
                  : ": the ceremony before is named by its hash alone, and no crl.previous_reason says why "
                    "crl.previous is the newest list")});
}

}  // namespace

Check list_check(const Material& material, const Replay& previous) {
  const std::string name = "CRL goes on";
  const Present left = after(previous);
  if (material.script.kind() != Kind::crl) return {name, true, "no list was made"};
  if (!left.known)
    return {name, true, previous.bundle.path + " does not record whether there was a list", false};
  const x509::Crl* before = material.crl(previous_crl_file);
  const Present gone_on = before == nullptr ? Present{true, "", ""} : of_crl(*before, left.last);
  if (gone_on == left) return {name, true, "from " + text_of(left) + ", as the ceremony before left it"};
  return {name, false,
          std::string(before == nullptr ? script_file : previous_crl_file) + ": the list goes on from " +
              text_of(gone_on) + ", but " + previous.bundle.path + " left " + text_of(left)};
}

Check after_last_check(const Material& material, const Replay& previous) {
  const std::string name = "nothing after the last list";
  const std::string* reason = after_last_reason(material.script.plan);
  if (reason == nullptr) return {name, true, "nothing was signed that a list is for"};
  const Present left = after(previous);
  if (!left.known)
    return {name, true, previous.bundle.path + " does not record whether there was a list", false};
  if (!left.last) return {name, true, previous.bundle.path + " left no list that is the last"};
  if (!reason->empty()) return {name, true, "but this, as the script declares: " + *reason};
  return {name, false,
          std::string(script_file) + ": it signs, without an after_last_reason, although " +
              previous.bundle.path + " left " + text_of(left)};
}

void check_present_list(const Material& material, std::vector<Check>& checks) {
  check_list_before(material, checks);
  const std::vector<Entry> entries = material.record.all("crl.present");
  if (entries.size() != 1) {
    if (material.versioned() || !entries.empty())
      checks.push_back({"list of now", false,
                        std::string(transcript_file) + ": " + std::to_string(entries.size()) +
                            " crl.present are recorded, where one must be"});
    return;
  }
  const Present said = recorded(entries.front());
  const std::optional<Present> right = wanted(material);
  if (!right) return;  // only the previous bundle tells, and that it is not given is said already
  const std::string fault = said == *right ? ""
                                           : entries.front().place("number") + ": it says " + text_of(said) +
                                                 ", but it is " + text_of(*right);
  Check check = check_of("list of now", fault, text_of(said));
  check.checked = !fault.empty() || said.known;
  if (!check.checked) {
    check.message += previous_by_hash(material) ? ": the ceremony before is named by its hash alone"
                                                : ": no ceremony before tells of it";
  }
  checks.push_back(check);
}

}  // namespace chancery::ceremony
