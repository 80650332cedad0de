#include "ca/ceremony/interaction/passphrase.h"

#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "ca/base/file.h"

namespace chancery::ceremony {
namespace {

constexpr std::uint8_t interrupt = 0x03, backspace = 0x08, end_of_input = 0x04, delete_key = 0x7f;

// Raw enough to see Ctrl-C as a character: a signal in the middle would leave the terminal without echo.
class SilentTerminal {
 public:
  SilentTerminal() : fd_(::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)) {
    if (fd_ < 0 || ::tcgetattr(fd_, &saved_) != 0) return;
    termios silent = saved_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO | ICANON | ISIG);
    ready_ = ::tcsetattr(fd_, TCSAFLUSH, &silent) == 0;
  }
  ~SilentTerminal() {
    if (ready_) static_cast<void>(::tcsetattr(fd_, TCSAFLUSH, &saved_));
    if (fd_ >= 0) ::close(fd_);
  }
  SilentTerminal(const SilentTerminal&) = delete;
  SilentTerminal& operator=(const SilentTerminal&) = delete;

  [[nodiscard]] bool ready() const { return ready_; }
  void show(std::string_view text) const { static_cast<void>(!::write(fd_, text.data(), text.size())); }
  // The next octet; end_of_input when there is none.
  [[nodiscard]] std::uint8_t next() const {
    std::uint8_t octet = 0;
    ssize_t got = 0;
    do got = ::read(fd_, &octet, 1);
    while (got < 0 && errno == EINTR);
    return got == 1 ? octet : end_of_input;
  }

 private:
  int fd_;
  termios saved_{};
  bool ready_ = false;
};

Error too_long() {
  return make_error(ErrorCode::validation,
                    "a passphrase has at most " + std::to_string(longest_passphrase) + " octets");
}

Result<SecretBytes> read_line(const SilentTerminal& terminal) {
  SecretBytes line(longest_passphrase);
  std::size_t size = 0;
  while (true) {
    const std::uint8_t octet = terminal.next();
    if (octet == '\n' || octet == '\r') break;
    if (octet == interrupt || octet == end_of_input) {
      return make_error(ErrorCode::validation, "given up at the passphrase; nothing was changed");
    }
    if (octet == backspace || octet == delete_key) {
      if (size > 0) --size;
    } else if (size == longest_passphrase) {
      return too_long();
    } else {
      line.writable()[size++] = octet;
    }
  }
  return SecretBytes::copy_of(line.reveal().first(size));
}

Result<SecretBytes> check_length(SecretBytes passphrase) {
  if (passphrase.size() > longest_passphrase) return too_long();
  if (passphrase.size() < shortest_passphrase) {
    return make_error(ErrorCode::validation, "the passphrase for the new key has fewer than " +
                                                 std::to_string(shortest_passphrase) +
                                                 " octets; choose a longer one");
  }
  return passphrase;
}

Result<SecretBytes> from_file(const std::string& path) {
  Result<SecretBytes> secret = read_secret_file(path, longest_passphrase + 1);  // and a newline
  if (!secret) return with_context(std::move(secret).error(), "the passphrase file");
  return secret;
}

}  // namespace

Result<SecretBytes> ask_terminal(std::string_view question) {
  const SilentTerminal terminal;
  if (!terminal.ready()) {
    return make_error(
        ErrorCode::unavailable,
        "there is no terminal to ask for a passphrase; name a file of mode 0600 with --passphrase-file "
        "(and --issuer-passphrase-file)");
  }
  terminal.show(std::string(question) + ": ");
  Result<SecretBytes> line = read_line(terminal);
  terminal.show("\n");
  return line;
}

Passphrases::Passphrases(std::optional<std::string> new_key_file, std::optional<std::string> issuer_key_file,
                         Prompt prompt)
    : new_key_file_(std::move(new_key_file)),
      issuer_key_file_(std::move(issuer_key_file)),
      prompt_(std::move(prompt)) {}

Result<SecretBytes> Passphrases::for_new_key() const {
  if (new_key_file_) {
    Result<SecretBytes> secret = from_file(*new_key_file_);
    return secret ? check_length(std::move(*secret)) : std::move(secret);
  }
  Result<SecretBytes> first = prompt_("Passphrase for the new key");
  if (!first) return first;
  Result<SecretBytes> checked = check_length(std::move(*first));
  if (!checked) return checked;
  const Result<SecretBytes> second = prompt_("The same passphrase again");
  if (!second) return second.error();
  if (!(*checked == *second)) {
    return make_error(ErrorCode::validation, "the two passphrases differ; start the ceremony again");
  }
  return checked;
}

Result<SecretBytes> Passphrases::for_issuer_key() const {
  if (issuer_key_file_) return from_file(*issuer_key_file_);
  return prompt_("Passphrase of the issuer's key");
}

}  // namespace chancery::ceremony
