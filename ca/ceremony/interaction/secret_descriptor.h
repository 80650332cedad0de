// Secrets handed over by an open file descriptor: from a pipe or a file that another program opened, never
// through the command line, the environment or a name in the file system.
#pragma once

#include <map>
#include <set>
#include <string>

#include "ca/ceremony/interaction/interaction.h"

namespace chancery::ceremony {

inline constexpr int highest_descriptor = 1023;
inline constexpr std::size_t most_descriptors = 64;  // questions that are answered so

// Reads up to a line feed, which is not part of it, or to the end, octet by octet: what follows stays for the
// next secret of the same descriptor. At most longest_passphrase octets. Errors: unavailable (not open, not
// readable, a terminal, which would show it; a signal that ends programs has come), validation (empty, too
// long).
Result<SecretBytes> read_secret_descriptor(int descriptor);

// Question id to descriptor. Errors: validation (not ID=FD with an id of a secret, an id twice, too many).
using SecretDescriptors = std::map<std::string, int, std::less<>>;
Result<void> add_secret_descriptor(SecretDescriptors& descriptors, const std::string& text);

// Takes the secrets of some questions from descriptors and leaves everything else to `rest`, which must
// outlive it. Such a secret is read once: a wrong one ends the ceremony.
class DescribedSecrets final : public Interaction {
 public:
  DescribedSecrets(Interaction& rest, SecretDescriptors descriptors)
      : rest_(rest), descriptors_(std::move(descriptors)) {}

  void show(std::string_view text) override { rest_.show(text); }
  Result<std::string> ask(const Question& question) override { return rest_.ask(question); }
  Result<SecretBytes> ask_secret(const Question& question) override;
  Result<SecretBytes> ask_new_secret(const Question& question) override;
  [[nodiscard]] SecretWay secret_way(const Question& question) const override {
    return descriptors_.contains(question.id) ? SecretWay::descriptor : rest_.secret_way(question);
  }
  [[nodiscard]] unsigned tries() const override { return rest_.tries(); }
  // Errors also: validation (a descriptor that nobody asked for).
  Result<void> finish() override;

 private:
  Result<SecretBytes> read_once(const Question& question, int descriptor);

  Interaction& rest_;
  SecretDescriptors descriptors_;
  std::set<std::string, std::less<>> read_;
};

}  // namespace chancery::ceremony
