#include "ca/ceremony/interaction/conversation.h"

#include <optional>
#include <utility>

#include "ca/ceremony/interaction/text.h"
#include "ca/ceremony/interaction/wrapped_text.h"
#include "ca/ceremony/words/pgp_words.h"

namespace chancery::ceremony {
namespace {

Error wrong(const std::string& what) {
  return make_error(ErrorCode::validation, what);
}

Result<void> check_passphrase(const SecretBytes& passphrase) {
  if (passphrase.size() > longest_passphrase) {
    return wrong("a passphrase has at most " + std::to_string(longest_passphrase) + " octets");
  }
  if (passphrase.size() >= shortest_passphrase) return {};
  return wrong("the passphrase has fewer than " + std::to_string(shortest_passphrase) +
               " octets; choose a longer one");
}

std::string firmware_line(const TokenSeen& token) {
  if (token.firmware_told) return "";
  return "          NOT MET: " + firmware_finding(token) + "\n" +
         (token.untold_reason.empty()
              ? ""
              : "          exception declared in the script: " + token.untold_reason + "\n");
}

std::string banner(const std::string& what) {
  constexpr std::size_t width = 72;
  const std::string rule(width, '=');
  return "\n" + rule + "\n" + wrapped("  POINT OF NO RETURN: ", what, 2, width) + rule + "\n";
}

}  // namespace

std::string_view to_string(SecretWay way) {
  switch (way) {
    case SecretWay::terminal:
      return "terminal";
    case SecretWay::answers:
      return "answers";
    case SecretWay::file:
      return "file";
    case SecretWay::descriptor:
      return "descriptor";
    case SecretWay::pad:
      return "pad";
  }
  return "?";
}

std::string firmware_finding(const TokenSeen& token) {
  const std::string of = "the token " + token.label;
  if (token.firmware_told) return of + " has firmware " + token.firmware;
  return of + " does not tell its firmware, so that no deny-list can name it; read it with its maker's tools";
}

template <typename T, typename Once>
Result<T> Conversation::repeat(const Once& once) {
  for (unsigned left = interaction_.tries();; --left) {
    Result<T> result = once();
    if (result || left <= 1 || result.error().code != ErrorCode::validation) return result;
    interaction_.show("  " + result.error().message + "; once more\n");
  }
}

Result<std::string> Conversation::ask(const Question& question, const Judge& judge) {
  unsigned left = interaction_.tries();
  while (true) {
    Result<std::string> answer = interaction_.ask(question);
    if (!answer) {
      if (answer.error().code != ErrorCode::validation || --left == 0) return answer;
      interaction_.show("  " + answer.error().message + "; once more\n");
      continue;
    }
    Result<void> right = judge(*answer);
    // Wrong answers are part of what happened, but what was typed may be somebody's passphrase.
    Result<void> told =
        right ? listener_.answered(question, *answer) : listener_.answered_wrong(question, answer->size());
    if (!told) return std::move(told).error();
    if (right) return answer;
    if (--left == 0) return with_context(std::move(right).error(), question.id);
    interaction_.show("  " + right.error().message + "; once more\n");
  }
}

Result<void> Conversation::initials(const std::string& id, const std::string& person,
                                    const std::string& statement) {
  const std::string expected = initials_of(person);
  const Result<std::string> answer =
      ask({id, person + ": " + statement + ". Initials (" + expected + ")"}, [&](const std::string& said) {
        return same_letters(said, expected) ? Result<void>()
                                            : wrong("those are not the initials of " + person);
      });
  return answer ? Result<void>() : answer.error();
}

Result<TimePoint> Conversation::time(const std::string& id, const std::string& person) {
  const Result<std::string> answer =
      ask({id, person + ": the UTC time on a clock of your own, as 2026-11-22T04:36:00Z"},
          [](const std::string& said) {
            return parse_rfc3339(said) ? Result<void>()
                                       : wrong("that is not a time such as 2026-11-22T04:36:00Z");
          });
  if (!answer) return answer.error();
  return parse_rfc3339(*answer).value();
}

Result<SecretBytes> Conversation::secret(const Question& question) {
  Result<SecretBytes> given = interaction_.ask_secret(question);
  if (!given) return with_context(std::move(given).error(), question.id);
  if (Result<void> ok = listener_.secret_given(question, interaction_.secret_way(question)); !ok)
    return std::move(ok).error();
  return given;
}

Result<void> Conversation::secret(const Question& question, const SecretJudge& judge) {
  for (unsigned left = interaction_.tries();; --left) {
    const Result<SecretBytes> given = secret(question);
    if (!given) return given.error();
    Result<void> right = judge(*given);
    if (right || left <= 1 || right.error().code != ErrorCode::unauthorized) return right;
    interaction_.show("  " + right.error().message + "; once more\n");
  }
}

Result<void> Conversation::secret_on_pad(const Question& question) {
  return listener_.secret_given(question, SecretWay::pad);
}

Result<void> Conversation::token(const TokenSeen& token) {
  interaction_.show("\n        token " + token.label + ", slot " + std::to_string(token.slot) + ": " +
                    token.manufacturer + " " + token.model + ", serial number " + token.serial +
                    ", firmware " + token.firmware + ", hardware " + token.hardware + "\n          module " +
                    token.module + ", sha256 " + token.module_sha256 + "\n" + firmware_line(token));
  return listener_.token_seen(token);
}

Result<SecretBytes> Conversation::new_passphrase(const Question& asked) {
  // A character has an octet at least.
  const Question question{
      asked.id, asked.text + ", of at least " + std::to_string(shortest_passphrase) + " characters"};
  Result<SecretBytes> given = repeat<SecretBytes>([&]() -> Result<SecretBytes> {
    Result<SecretBytes> once = interaction_.ask_new_secret(question);
    if (!once) return once;
    if (Result<void> ok = check_passphrase(*once); !ok) return std::move(ok).error();
    return once;
  });
  if (!given) return with_context(std::move(given).error(), question.id);
  if (Result<void> ok = listener_.secret_given(question, interaction_.secret_way(question)); !ok)
    return std::move(ok).error();
  return given;
}

Result<void> Conversation::read_aloud(const std::string& id, const std::string& what, ByteView hash,
                                      const std::string& reader, const std::string& ticker) {
  std::string text = "\n  " + reader + " reads aloud, " + ticker + " ticks: SHA-256 of " + what + "\n";
  for (const WordLine& line : word_lines(hash)) text += "    " + line.hex + "  " + line.words + "\n";
  interaction_.show(text);
  if (Result<void> ok = initials(id, ticker, "I have ticked every word of " + what); !ok) return ok;
  return listener_.words_ticked({id, what, to_hex(hash), reader, ticker});
}

Result<void> Conversation::point_of_no_return(const std::string& id, const std::string& person,
                                              const std::string& what) {
  interaction_.show(banner(what));
  const Result<std::string> answer =
      ask({id, person + ": type \"proceed\" to go on"}, [](const std::string& said) {
        return same_letters(said, "proceed") ? Result<void>() : wrong("that is not \"proceed\"");
      });
  if (!answer) return answer.error();
  return listener_.no_return(what);
}

}  // namespace chancery::ceremony
