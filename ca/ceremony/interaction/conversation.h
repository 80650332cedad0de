// What a ceremony asks of its people, on top of any Interaction; whatever is said is told to a listener,
// which writes it into the transcript.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "ca/base/clock.h"
#include "ca/ceremony/interaction/interaction.h"

namespace chancery::ceremony {

// Words that were read aloud and ticked.
struct WordsRead {
  std::string id, what, sha256, reader, ticked_by;
};

// A token as it was found, before anything secret was given to it.
struct TokenSeen {
  std::string module, module_sha256;  // its path as the script has it; SHA-256 in hex
  std::string label, serial, manufacturer, model, firmware, hardware;
  std::uint64_t slot = 0;
  std::string denied;  // why its firmware must not hold a CA's key; "" = no deny-list names it
  bool firmware_told = true;
  std::string untold_reason;  // why the script lets firmware be that is not told; "" = it does not
};
// What is found of its firmware, in words: also what a transcript says of it.
std::string firmware_finding(const TokenSeen& token);

// Hears of each answer before the ceremony goes on. An error ends it.
class Listener {
 public:
  virtual ~Listener() = default;
  virtual Result<void> answered(const Question& question, const std::string& answer) = 0;
  // Not the answer: a passphrase may have been typed at the wrong prompt.
  virtual Result<void> answered_wrong(const Question& question, std::size_t octets) = 0;
  virtual Result<void> secret_given(const Question& question, SecretWay way) = 0;  // never the secret
  virtual Result<void> token_seen(const TokenSeen& token) = 0;
  virtual Result<void> words_ticked(const WordsRead& words) = 0;
  virtual Result<void> no_return(const std::string& what) = 0;
  virtual Result<void> noted(const std::string& note) = 0;  // by this program
};

// Both references must outlive it. Wrong answers are said to be wrong and asked for again, as often as the
// interaction allows; then the error is validation. Not thread-safe.
class Conversation {
 public:
  Conversation(Interaction& interaction, Listener& listener)
      : interaction_(interaction), listener_(listener) {}

  using Judge = std::function<Result<void>(const std::string& answer)>;
  Result<std::string> ask(const Question& question, const Judge& judge);
  // The person says `statement` by giving their initials. The question's text becomes
  // "NAME: STATEMENT. Initials".
  Result<void> initials(const std::string& id, const std::string& person, const std::string& statement);
  // A time read from a clock that is not this machine's.
  Result<TimePoint> time(const std::string& id, const std::string& person);
  Result<SecretBytes> secret(const Question& question);
  // A secret that opens something: asked for again as long as `judge` answers unauthorized and the
  // interaction allows it. Errors: also those of `judge`.
  using SecretJudge = std::function<Result<void>(const SecretBytes& given)>;
  Result<void> secret(const Question& question, const SecretJudge& judge);
  // A secret that never passes through here: the token has it from its own pad.
  Result<void> secret_on_pad(const Question& question);
  // Shows the token to everybody and tells the listener.
  Result<void> token(const TokenSeen& token);
  // Within the limits above of octets, which is said behind the question's text; five of them different and
  // no blanks; half may be blanks at most.
  Result<SecretBytes> new_passphrase(const Question& asked);
  // Shows the hash in hex and in words; `reader` reads the words aloud, `ticker` ticks them on paper and
  // gives initials.
  Result<void> read_aloud(const std::string& id, const std::string& what, ByteView hash,
                          const std::string& reader, const std::string& ticker);
  // From here on the ceremony leaves traces. The person types "proceed". `id` is no_return_question or
  // signing_question.
  Result<void> point_of_no_return(const std::string& id, const std::string& person, const std::string& what);

  // What this program did besides the steps: shown to everybody, and told to the listener.
  Result<void> note(const std::string& note);
  void show(std::string_view text) { interaction_.show(text); }
  Result<void> finish() { return interaction_.finish(); }

 private:
  // Asks up to tries() times, until `once` neither succeeds nor fails for good.
  template <typename T, typename Once>
  Result<T> repeat(const Once& once);

  Interaction& interaction_;
  Listener& listener_;
};

}  // namespace chancery::ceremony
