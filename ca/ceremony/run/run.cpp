#include "ca/ceremony/run/run.h"

#include <array>
#include <utility>

#include "ca/ceremony/process/process.h"
#include "ca/ceremony/run/earlier_ends.h"
#include "ca/ceremony/run/previous.h"
#include "ca/ceremony/run/signed_end.h"
#include "ca/ceremony/run/steps.h"
#include "ca/ceremony/transcript/transcript.h"

namespace chancery::ceremony {
namespace {

// What tells two runs of one script apart, even in one second: the serial number holds it (fields.h).
std::string drawn_nonce(RandomSource& random) {
  std::array<std::uint8_t, transcript_nonce_size> nonce{};
  random.fill(nonce);
  return to_hex(nonce);
}

Result<void> open_transcript(const Inputs& inputs, const PreviousCeremony& previous,
                             const UnfinishedFolder& output, TranscriptWriter& transcript) {
  const Script& script = inputs.script;
  EventData begin{{"format", transcript_format},
                  {"kind", std::string(to_string(script.kind()))},
                  {"title", script.title},
                  {"script_sha256", to_hex(script.hash)},
                  {"program", std::string("chancery-root")},
                  {"version", std::string(CHANCERY_VERSION)},
                  {"rehearsal", inputs.rehearsal},
                  {"nonce", drawn_nonce(inputs.random)},
                  {"answers", std::string(inputs.answers_from_file ? "file" : "people")}};
  if (!previous.head.empty()) begin["previous"] = previous.head;
  if (Result<void> ok = transcript.append("ceremony.begin", std::move(begin)); !ok) return ok;
  for (const AbortedAttempt& attempt : output.aborted()) {
    EventData resumed{{"head", to_hex(attempt.head)},
                      {"lines", static_cast<std::int64_t>(attempt.lines)},
                      {"script_sha256", to_hex(attempt.script)}};
    if (attempt.torn > 0) resumed["torn"] = static_cast<std::int64_t>(attempt.torn);
    if (Result<void> ok = transcript.append("ceremony.resumed", std::move(resumed)); !ok) return ok;
  }
  return {};
}

// Nothing may follow what was signed: DIR has its name, or a destruction has begun, and what was signed of it
// may be true already.
bool signature_stands(const Workbench& bench) {
  return bench.output.finished() || (destroys_at_the_end(bench) && bench.signature_written);
}

// The step itself, between its two lines of the transcript.
StepResult take_step(const Step& step, std::int64_t number, std::int64_t total, Workbench& bench) {
  if (Result<void> ok = bench.transcript.append(
          "step.begin", {{"number", number}, {"total", total}, {"name", std::string(step.name)}});
      !ok) {
    return std::move(ok).error();
  }
  StepResult result = SignalHold::take_pending()
                          ? make_error(ErrorCode::conflict, "stopped by a signal (Ctrl-C) before this step")
                          : step.run(bench);
  if (!result) {
    // What went wrong with the step is told; that this could not be written as well helps nobody.
    if (!signature_stands(bench))
      static_cast<void>(bench.transcript.append(
          "step.failed", {{"number", number}, {"error", event_text(result.error().message)}}));
    return result;
  }
  if (bench.sealed) return result;
  if (Result<void> ok = bench.transcript.append("step.end", {{"number", number}, {"result", *result}}); !ok) {
    return std::move(ok).error();
  }
  return result;
}

Result<void> take_steps(std::span<const Step> steps, Workbench& bench, Progress& progress) {
  for (std::size_t i = 0; i < steps.size(); ++i) {
    progress.begin(i + 1, steps.size(), steps[i].name);
    const StepResult result =
        take_step(steps[i], static_cast<std::int64_t>(i + 1), static_cast<std::int64_t>(steps.size()), bench);
    if (!result) {
      progress.failed();
      return with_context(result.error(), steps[i].name);
    }
    progress.done(*result);
  }
  return {};
}

Result<void> say_what_was_destroyed(Workbench& bench) {
  std::string names;
  for (const std::string& name : bench.output.destroyed()) names += (names.empty() ? "" : ", ") + name;
  if (names.empty()) return {};
  return bench.conversation.note("shares or keys of the aborted attempt lay in custody and were destroyed: " +
                                 names);
}

Result<void> say_what_was_torn(Workbench& bench) {
  for (const AbortedAttempt& attempt : bench.output.aborted()) {
    if (attempt.torn == 0) continue;
    if (Result<void> ok = bench.conversation.note(attempt.file + ": the crash cut its last line off; the " +
                                                  std::to_string(attempt.torn) +
                                                  " octets of it, which say nothing whole, were taken off");
        !ok) {
      return ok;
    }
  }
  return {};
}

// The bundle keeps this ceremony's script alone.
Result<void> say_which_scripts(Workbench& bench) {
  for (const AbortedAttempt& attempt : bench.output.aborted()) {
    if (attempt.script == bench.script().hash) continue;
    if (Result<void> ok = bench.conversation.note(
            attempt.file + " is of another script than this ceremony, with the SHA-256 " +
            to_hex(attempt.script));
        !ok) {
      return ok;
    }
  }
  return {};
}

Result<void> say_what_was_not_checked(Workbench& bench) {
  if (!std::holds_alternative<crypto::Sha256Digest>(bench.script().previous)) return {};
  return bench.conversation.note(
      "the script names the last ceremony by its hash alone: its signature, its time and its revocation "
      "list were not checked");
}

// People hear it before anything else, and long before a point of no return.
Result<void> say_what_the_last_list_is(Workbench& bench) {
  const std::string* reason = after_last_reason(bench.script().plan);
  if (!bench.previous.list.last || reason == nullptr) return {};
  return bench.conversation.note("this ceremony signs after the last list, CRL number " +
                                 bench.previous.list.number + ", as the script declares: " + *reason);
}

Result<void> say_what_went_before(Workbench& bench) {
  for (const auto say_it : {say_what_was_destroyed, say_what_was_torn, say_which_scripts,
                            say_what_was_not_checked, say_what_the_last_list_is}) {
    if (Result<void> ok = say_it(bench); !ok) return ok;
  }
  return {};
}

// What people must know of whose passphrases they have typed.
std::string what_is_gone(const Workbench& bench) {
  if (bench.new_key) return "; the new key was destroyed";
  return bench.new_custody && !bench.new_custody->files().empty() ? "; the new shares were destroyed" : "";
}

// Nothing outlives a ceremony that failed, unless it has given DIR its name already. That there is a DIR says
// nothing: anybody may have made it meanwhile.
Error abandon(Workbench& bench, Error error) {
  if (bench.output.finished()) return error;
  if (signature_stands(bench)) {  // a copy may be gone: nothing is begun again, and new shares must stay
    error.message += (bench.new_custody ? "; the new shares are whole in " + bench.output.custody()
                                        : "; keep " + bench.output.path() + " under witness") +
                     ". Mend it and run the same command with --resume, which destroys what is left of the " +
                     (bench.new_custody ? "old ones" : "key") + " and gives " + bench.output.output() +
                     " its name";
    return error;
  }
  if (!bench.listener.heard()) {  // nobody has said anything yet
    bench.output.discard();
    return error;
  }
  std::string left;
  const auto add = [&left](const Result<void>& ok) {
    if (!ok) left += "; and " + ok.error().message;
  };
  add(bench.output.invalidate_signature());  // first, for a crash may come between
  if (bench.new_custody) add(bench.new_custody->abandon());
  add(bench.output.empty_custody());
  error.message += left.empty() ? what_is_gone(bench) : left;
  return error;
}

// What the end would find in the bundle before is found before anybody is asked. One that is named by its
// hash is not here, and a rehearsal may stand in for what is.
Result<void> judge_previous(const Inputs& inputs) {
  if (!inputs.judge)
    return make_error(ErrorCode::internal, "nobody judges what this ceremony makes; please report it");
  const std::optional<std::string> bundle = previous_folder(inputs);
  if (!bundle || inputs.rehearsal) return {};
  Result<void> right =
      inputs.judge({.path = *bundle, .previous = {}, .rehearsal = false, .awaits_signature = false});
  return right ? right : with_context(std::move(right).error(), "the previous ceremony");
}

}  // namespace

Result<Outcome> run(const Inputs& inputs, Progress& progress) {
  const std::span<const Step> steps = steps_of(inputs.script, transcript_format);
  const SignalHold hold;
  Result<std::optional<Outcome>> finished = finish_signed_end(inputs, progress);
  if (!finished) return std::move(finished).error();
  if (*finished) return std::move(**finished);
  if (Result<void> ok = check_inputs(inputs); !ok) return std::move(ok).error();
  Result<PreviousCeremony> previous = read_previous(inputs);
  if (!previous) return previous.error();
  if (Result<void> ok = check_crl_inputs(inputs, previous->list); !ok) return std::move(ok).error();
  if (const std::string fault = enumeration_fault(previous->copies, inputs.script.plan); !fault.empty())
    return make_error(ErrorCode::validation, fault);
  if (const std::string fault = last_list_fault(previous->list, inputs.script.plan); !fault.empty())
    return make_error(ErrorCode::validation, fault);
  if (Result<void> ok = judge_previous(inputs); !ok) return std::move(ok).error();
  Result<UnfinishedFolder> output =
      UnfinishedFolder::create(inputs.output, inputs.resume, std::string(file_prefix(inputs)), inputs.script,
                               [&](const std::vector<Transcript>& attempts) {
                                 return check_earlier_ends(inputs, *previous, attempts);
                               });
  if (!output) return std::move(output).error();
  const Result<std::unique_ptr<TranscriptWriter>> transcript =
      TranscriptWriter::create(output->transcript(), inputs.script.hash, inputs.clock);
  if (!transcript) {
    output->discard();
    return transcript.error();
  }
  if (Result<void> ok = open_transcript(inputs, *previous, *output, **transcript); !ok) {
    output->discard();
    return std::move(ok).error();
  }
  if (inputs.script.kind() == Kind::root) {  // a new one has no list and no key, whoever's stands before it
    previous->list = PresentList{};
    previous->copies = PresentCopies{};
  }
  Workbench bench(inputs, std::move(*previous), std::move(*output), **transcript);
  Result<void> ok = say_what_went_before(bench);
  if (ok) ok = take_steps(steps, bench, progress);
  if (!ok) return abandon(bench, std::move(ok).error());
  return outcome_of(bench);
}

}  // namespace chancery::ceremony
