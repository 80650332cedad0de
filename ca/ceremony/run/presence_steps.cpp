// Who is there, and what machine this is.
#include <algorithm>
#include <utility>
#include <vector>

#include "ca/ceremony/run/steps.h"

namespace chancery::ceremony {
namespace {

// Not the administrator: who works the machine does not vouch for its clock.
const std::string& second_timekeeper(const Roles& roles) {
  return roles.external_witness.empty() ? roles.safe_controllers.front() : roles.external_witness;
}

Result<ClockReading> read_clock(Workbench& bench, const std::string& id, const std::string& person) {
  const Result<TimePoint> said = bench.conversation.time(id, person);
  if (!said) return said.error();
  return ClockReading{person, *said, bench.inputs.clock.now()};
}

Result<Evidence> ask_for_clock(Workbench& bench) {
  const Roles& roles = bench.script().roles;
  const Result<ClockReading> first = read_clock(bench, "clock.first", roles.internal_witness);
  if (!first) return first.error();
  const Result<ClockReading> second = read_clock(bench, "clock.second", second_timekeeper(roles));
  if (!second) return second.error();
  return check_clock(*first, *second, bench.script().preflight.clock_tolerance);
}

// Each once. A rehearsal without tokens loads none.
std::vector<std::string> modules_of(const Inputs& inputs) {
  std::vector<std::string> modules;
  if (inputs.rehearsal && !inputs.tokens_in_rehearsal) return modules;
  for (const TokenCustody& token : tokens_of(inputs.script.plan)) {
    if (std::find(modules.begin(), modules.end(), token.module) == modules.end())
      modules.push_back(token.module);
  }
  return modules;
}

// The modules will be loaded as they are now, or not at all.
Evidence look_at_modules(Workbench& bench) {
  std::vector<HashedModule> hashed;
  Evidence evidence = check_token_modules(modules_of(bench.inputs), hashed);
  for (const HashedModule& module : hashed) bench.tokens.expect(module.path, module.sha256);
  return evidence;
}

std::vector<Evidence> look(Workbench& bench) {
  const Machine& machine = bench.inputs.machine;
  return {check_binary(machine, bench.script().preflight.binary),
          check_libraries(machine, bench.script().preflight.libraries),
          look_at_modules(bench),
          check_script(bench.script().hash),
          check_interfaces(machine),
          check_routes(machine),
          check_swap(machine),
          check_core_dumps(machine),
          bench.inputs.lock_memory(),
          check_entropy(machine, bench.inputs.random)};
}

const DeclaredException* exception_for(const PreflightPlan& plan, const std::string& check) {
  const auto found = std::find_if(plan.exceptions.begin(), plan.exceptions.end(),
                                  [&](const DeclaredException& declared) { return declared.check == check; });
  return found == plan.exceptions.end() ? nullptr : &*found;
}

// Files of a list each on a line of their own.
std::string shown(std::string seen) {
  constexpr std::string_view between = "; /", apart = ";\n          /";
  for (std::size_t at = seen.find(between); at != std::string::npos;
       at = seen.find(between, at + apart.size()))
    seen.replace(at, between.size(), apart);
  return seen;
}

// Shown to everybody and written down, with its exception if there is one.
Result<void> record(Workbench& bench, const Evidence& evidence) {
  const DeclaredException* exception = exception_for(bench.script().preflight, evidence.check);
  std::string line =
      "\n        " + evidence.check + ": " + (evidence.passed ? "" : "NOT MET: ") + shown(evidence.seen);
  if (exception != nullptr) {
    line += evidence.passed ? " (an exception was declared, and is not needed)"
                            : "\n          exception declared in the script: " + exception->reason;
  }
  bench.conversation.show(line);
  if (Result<void> ok = bench.transcript.append(
          "preflight", {{"check", evidence.check}, {"passed", evidence.passed}, {"seen", evidence.seen}});
      !ok) {
    return ok;
  }
  if (exception == nullptr) return {};
  return bench.transcript.append(
      "preflight.exception",
      {{"check", evidence.check}, {"reason", exception->reason}, {"needed", !evidence.passed}});
}

// All that fail are named at once, and none is passed over.
Result<void> demand(const Workbench& bench, const std::vector<Evidence>& all) {
  Error error = make_error(ErrorCode::validation, "");
  for (const Evidence& evidence : all) {
    if (evidence.passed || exception_for(bench.script().preflight, evidence.check) != nullptr) continue;
    error.message += (error.message.empty() ? "" : "; ") + evidence.check + ": " + evidence.seen;
    error.details.push_back({evidence.check, {}, {}, evidence.seen});
  }
  if (error.details.empty()) return {};
  error.message += ". Mend it, or let the reviewed script declare the exception with its reason";
  return error;
}

// The medium may hold an older ceremony under the name of the last; each of its signatures would be right.
Result<void> recognise_previous(Workbench& bench) {
  const auto* named = std::get_if<PreviousBundle>(&bench.script().previous);
  if (named == nullptr) return {};
  const PreviousCeremony& previous = bench.previous;
  bench.conversation.show("\n\n  The ceremony before: \"" + previous.title + "\", " + previous.kind +
                          ", ended " + to_rfc3339(previous.ended.value()) + "\n");
  if (named->head) {
    bench.conversation.show("  Its transcript has the head that the script names, " + previous.head + "\n");
    return {};
  }
  const Roles& roles = bench.script().roles;
  const Bytes head = parse_hex(previous.head).value();
  return bench.conversation.read_aloud(std::string(previous_question),
                                       "the last line of that ceremony's transcript", head,
                                       roles.administrator, roles.internal_witness);
}

}  // namespace

StepResult take_roles(Workbench& bench) {
  const std::vector<Person> people = people_of(bench.script().roles);
  for (const auto& [role, name, id] : people) {
    if (Result<void> ok = bench.transcript.append("role", {{"role", role}, {"name", name}}); !ok) {
      return std::move(ok).error();
    }
    std::string words = role;
    std::replace(words.begin(), words.end(), '_', ' ');
    if (Result<void> ok = bench.conversation.initials("role." + id, name, "I am here as " + words); !ok) {
      return std::move(ok).error();
    }
  }
  return std::to_string(people.size()) + " people";
}

StepResult look_at_machine(Workbench& bench) {
  if (const auto* untold = exception_for(bench.script().preflight, std::string(token_firmware_check)))
    bench.tokens.allow_untold_firmware(untold->reason);
  std::vector<Evidence> all = look(bench);
  for (const Evidence& evidence : all) {
    if (Result<void> ok = record(bench, evidence); !ok) return std::move(ok).error();
  }
  bench.conversation.show("\n");
  if (Result<void> ok = demand(bench, all); !ok) return std::move(ok).error();
  Result<Evidence> clock = ask_for_clock(bench);
  if (!clock) return std::move(clock).error();
  if (Result<void> ok = record(bench, *clock); !ok) return std::move(ok).error();
  bench.conversation.show("\n");
  all.push_back(std::move(*clock));
  if (Result<void> ok = demand(bench, all); !ok) return std::move(ok).error();
  const auto failed = std::count_if(all.begin(), all.end(), [](const Evidence& one) { return !one.passed; });
  return std::to_string(all.size()) + " checks, " + std::to_string(failed) + " under a declared exception";
}

StepResult read_script_aloud(Workbench& bench) {
  const Roles& roles = bench.script().roles;
  Result<void> ok = bench.conversation.read_aloud("words.script", "the script", bench.script().hash,
                                                  roles.administrator, roles.internal_witness);
  if (ok) ok = recognise_previous(bench);
  if (!ok) return std::move(ok).error();
  return "sha256 " + to_hex(bench.script().hash);
}

StepResult read_fingerprint_aloud(Workbench& bench) {
  const Roles& roles = bench.script().roles;
  const crypto::Sha256Digest& fingerprint = bench.certificate.value().fingerprint();
  Result<void> ok = bench.conversation.read_aloud("words.certificate", "the certificate", fingerprint,
                                                  roles.administrator, roles.internal_witness);
  if (!ok) return std::move(ok).error();
  return "sha256 " + to_hex(fingerprint);
}

}  // namespace chancery::ceremony
