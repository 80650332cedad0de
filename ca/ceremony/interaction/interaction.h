// Questions to the people of a ceremony. Each has an id that never changes, so that an answers file and the
// transcript can name it (docs/ceremony/README.md lists them).
#pragma once

#include <string>
#include <string_view>

#include "ca/base/bytes.h"
#include "ca/base/result.h"

namespace chancery::ceremony {

inline constexpr std::size_t longest_answer = 1024;      // octets
inline constexpr std::size_t shortest_passphrase = 12;   // octets, as keys/file_key_store.h
inline constexpr std::size_t longest_passphrase = 1024;  // octets

// Both are answered with "proceed". The second only where the first was for a key that is to be certified.
inline constexpr std::string_view no_return_question = "point_of_no_return";
inline constexpr std::string_view signing_question = "point_of_no_return.signing";

struct Question {
  std::string id;    // "clock.first"
  std::string text;  // what is shown, without a colon at its end
};

// By which way a secret came: typed at the terminal; as text of the answers file, or of a file that it names;
// through an open descriptor; on the token's own pad.
enum class SecretWay { terminal, answers, file, descriptor, pad };
std::string_view to_string(SecretWay way);  // "terminal"

// Not thread-safe.
class Interaction {
 public:
  virtual ~Interaction() = default;
  // Shows text to everybody in the room; lines end with a line feed.
  virtual void show(std::string_view text) = 0;
  // One line, without its end, white space around it removed. Errors: unavailable (nobody to ask, or they
  // gave up), validation (too long, not UTF-8), not_found (no such answer).
  virtual Result<std::string> ask(const Question& question) = 0;
  // The same without echo; nothing is removed.
  virtual Result<SecretBytes> ask_secret(const Question& question) = 0;
  // For a secret about to be set: a person is asked twice. Errors also: validation (the two differ).
  virtual Result<SecretBytes> ask_new_secret(const Question& question) = 0;
  // By which of them the secret of `question` comes.
  [[nodiscard]] virtual SecretWay secret_way(const Question& question) const = 0;
  // How often a question may be asked before a wrong answer ends the ceremony.
  [[nodiscard]] virtual unsigned tries() const = 0;
  // At the end of the ceremony. Errors: validation (answers that nobody asked for).
  virtual Result<void> finish() = 0;
};

}  // namespace chancery::ceremony
