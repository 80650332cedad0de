#include "ca/ceremony/interaction/terminal.h"

#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <optional>
#include <ostream>

#include "ca/base/unicode.h"
#include "ca/ceremony/interaction/text.h"
#include "ca/ceremony/process/process.h"
#include "ca/command_line/clean_output.h"

namespace chancery::ceremony {
namespace {

constexpr std::uint8_t interrupt = 0x03, backspace = 0x08, end_of_input = 0x04, escape = 0x1b,
                       delete_key = 0x7f;

enum class Echo { on, off };

// Raw enough to see Ctrl-C as a character. Signals that end a program do what Ctrl-C does, so that none can
// leave the echo off.
class RawTerminal {
 public:
  explicit RawTerminal(Echo echo)
      : fd_(::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)), echo_(echo == Echo::on) {
    if (fd_ < 0 || ::tcgetattr(fd_, &saved_) != 0) return;
    termios raw = saved_;
    raw.c_lflag &= ~static_cast<tcflag_t>(ECHO | ICANON | ISIG);
    ready_ = ::tcsetattr(fd_, TCSAFLUSH, &raw) == 0;
  }
  ~RawTerminal() {
    if (ready_) static_cast<void>(::tcsetattr(fd_, TCSAFLUSH, &saved_));
    if (fd_ >= 0) ::close(fd_);
  }
  RawTerminal(const RawTerminal&) = delete;
  RawTerminal& operator=(const RawTerminal&) = delete;

  [[nodiscard]] bool ready() const { return ready_; }
  void show(std::string_view text) const { static_cast<void>(!::write(fd_, text.data(), text.size())); }
  void echo(std::string_view text) const {
    if (echo_) show(text);
  }
  // The next octet. Errors: unavailable (a signal has come; the terminal is gone).
  [[nodiscard]] Result<std::uint8_t> next() const {
    if (Result<void> ok = SignalHold::wait_for_input(fd_); !ok) return std::move(ok).error();
    std::uint8_t octet = 0;
    ssize_t got = 0;
    do got = ::read(fd_, &octet, 1);
    while (got < 0 && errno == EINTR);
    if (got == 1) return octet;
    return make_error(ErrorCode::unavailable, "the terminal went away at the question");
  }

 private:
  SignalHold hold_;  // before the echo goes off, until it is on again
  int fd_;
  bool echo_;
  termios saved_{};
  bool ready_ = false;
};

class LineReader {
 public:
  LineReader(const RawTerminal& terminal, std::size_t longest) : terminal_(terminal), line_(longest) {}

  Result<SecretBytes> read() {
    while (true) {
      const Result<std::uint8_t> octet = next();
      if (!octet) return octet.error();
      if (*octet == '\n' || *octet == '\r') break;
      if (*octet == backspace || *octet == delete_key) {
        take_back();
      } else if (*octet == escape) {
        if (Result<void> ok = skip_escape_sequence(); !ok) return std::move(ok).error();
      } else if (*octet >= ' ') {
        if (size_ == line_.size()) return too_long();
        line_.writable()[size_++] = *octet;
        terminal_.echo({reinterpret_cast<const char*>(&*octet), 1});
      }
    }
    return SecretBytes::copy_of(line_.reveal().first(size_));
  }

 private:
  // Ctrl-C and Ctrl-D give up wherever they come.
  [[nodiscard]] Result<std::uint8_t> next() const {
    Result<std::uint8_t> octet = terminal_.next();
    if (octet && (*octet == interrupt || *octet == end_of_input))
      return make_error(ErrorCode::unavailable, "given up at the question");
    return octet;
  }
  // The rest of an arrow key and its like.
  [[nodiscard]] Result<void> skip_escape_sequence() const {
    constexpr std::uint8_t first_final = 0x40, last_final = 0x7e;
    Result<std::uint8_t> octet = next();
    const bool more = octet && *octet == '[';
    while (more && (octet = next()) && (*octet < first_final || *octet > last_final)) {
    }
    if (!octet) return std::move(octet).error();
    return {};
  }
  void take_back() {
    if (size_ == 0) return;
    do --size_;
    while (size_ > 0 && continues_character(static_cast<char>(line_.reveal()[size_])));
    terminal_.echo("\b \b");
  }
  [[nodiscard]] Error too_long() const {
    return make_error(ErrorCode::validation,
                      "an answer has at most " + std::to_string(line_.size()) + " octets");
  }

  const RawTerminal& terminal_;
  SecretBytes line_;
  std::size_t size_ = 0;
};

Result<SecretBytes> read_answer(const std::string& text, Echo echo, std::size_t longest) {
  const RawTerminal terminal(echo);
  if (!terminal.ready()) {
    return make_error(ErrorCode::unavailable,
                      "there is no terminal to ask at; sit down at one, or give --answers FILE");
  }
  terminal.show(command_line::cleaned(text) + ": ");
  Result<SecretBytes> line = LineReader(terminal, longest).read();
  terminal.show("\n");
  return line;
}

// Of the same person.
std::string once_more(const std::string& text) {
  const std::size_t colon = text.find(':');
  return colon == std::string::npos ? "The same again" : text.substr(0, colon) + ": the same again";
}

}  // namespace

void Terminal::show(std::string_view text) {
  out_ << command_line::cleaned(text) << std::flush;
}

Result<std::string> Terminal::ask(const Question& question) {
  const Result<SecretBytes> line = read_answer(question.text, Echo::on, longest_answer);
  if (!line) return line.error();
  // It goes into the transcript, which people read.
  if (const std::optional<TextFault> fault = find_text_fault(as_text(line->reveal())))
    return make_error(
        ErrorCode::validation,
        "that holds " + fault->what + ", and type it again, in plain letters where the keyboard errs");
  return trimmed(as_text(line->reveal()));
}

Result<SecretBytes> Terminal::ask_secret(const Question& question) {
  return read_answer(question.text, Echo::off, longest_passphrase);
}

Result<SecretBytes> Terminal::ask_new_secret(const Question& question) {
  Result<SecretBytes> first = read_answer(question.text, Echo::off, longest_passphrase);
  if (!first) return first;
  const Result<SecretBytes> second = read_answer(once_more(question.text), Echo::off, longest_passphrase);
  if (!second) return second.error();
  if (*first == *second) return first;
  return make_error(ErrorCode::validation, "the two differ");
}

}  // namespace chancery::ceremony
