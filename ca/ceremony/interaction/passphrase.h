// Where passphrases come from: files or a terminal, never the command line.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "ca/base/bytes.h"
#include "ca/base/result.h"

namespace chancery::ceremony {

inline constexpr std::size_t shortest_passphrase = 12;   // octets, as keys/file_key_store.h
inline constexpr std::size_t longest_passphrase = 1024;  // octets

// Asks a person once, without echo. Errors: unavailable (no terminal), validation (gave up, too long).
using Prompt = std::function<Result<SecretBytes>(std::string_view question)>;

// /dev/tty, echo off, so that redirecting standard input cannot feed it by accident.
Result<SecretBytes> ask_terminal(std::string_view question);

class Passphrases {
 public:
  // Files that are not named are asked for by `prompt`.
  Passphrases(std::optional<std::string> new_key_file, std::optional<std::string> issuer_key_file,
              Prompt prompt);

  // For a key about to be made; a person is asked twice. Errors: validation (too short, too long, the two
  // differ), forbidden (file readable by others), not_found, those of the prompt.
  [[nodiscard]] Result<SecretBytes> for_new_key() const;
  // For the issuer's key. Errors: as above but for the length, which the key's own maker has judged.
  [[nodiscard]] Result<SecretBytes> for_issuer_key() const;

 private:
  std::optional<std::string> new_key_file_, issuer_key_file_;
  Prompt prompt_;
};

}  // namespace chancery::ceremony
