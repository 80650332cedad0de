// Answers prepared in a file, for rehearsals and tests: a flat YAML mapping from question id to answer.
#pragma once

#include <iosfwd>
#include <memory>
#include <set>
#include <string>

#include "ca/ceremony/interaction/interaction.h"

namespace chancery::ceremony {

inline constexpr std::size_t answers_limit = 65536;  // octets

// A secret is answered by `ID: text`, or better by `ID.file: PATH` (the user's own file of mode 0600,
// absolute or from the working directory) or `ID.fd: NUMBER` (secret_descriptor.h): what stands in the YAML
// itself passes through its parser, whose copies are not wiped.
class AnswersFile final : public Interaction {
 public:
  // The file must be a regular file, not a link, its owner the user, and nobody else may read it. `out` is
  // for show() and must outlive this. Errors: not_found, forbidden, payload_too_large, validation.
  static Result<std::unique_ptr<AnswersFile>> load(const std::string& path, std::ostream& out);
  ~AnswersFile() override;

  void show(std::string_view text) override;
  Result<std::string> ask(const Question& question) override;
  Result<SecretBytes> ask_secret(const Question& question) override;
  Result<SecretBytes> ask_new_secret(const Question& question) override { return ask_secret(question); }
  [[nodiscard]] SecretWay secret_way(const Question& question) const override;
  [[nodiscard]] unsigned tries() const override { return 1; }
  Result<void> finish() override;

 private:
  struct State;
  explicit AnswersFile(std::unique_ptr<State> state);
  Result<SecretBytes> by_descriptor(const Question& question);
  std::unique_ptr<State> state_;
};

}  // namespace chancery::ceremony
