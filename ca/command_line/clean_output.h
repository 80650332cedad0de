// What a program prints for people, whoever wrote the texts in it: nothing in them commands a terminal, or
// looks like a line that the program prints. This is the one way, for results and for a ceremony's questions.
//
// What may not be shown is escaped, not replaced by a mark: a witness who reads aloud says which code point
// stands there, "backslash u 202e", so that the room hears that something is hidden, and what, and finds it
// letter by letter in the transcript, which escapes the same way. A '?' is read like a question mark of the
// text's own, and is the same for every octet.
#pragma once

#include <ostream>
#include <streambuf>
#include <string>
#include <string_view>

namespace chancery::command_line {

// A whole text, as a terminal may get it. Tabs, line feeds, form feeds and the carriage return of CR LF pass;
// every other code point that does not belong in text (ca/base/unicode.h), and every octet that is no UTF-8,
// is escaped. JSON stays the same JSON. Pure; what is clean stays as it is.
std::string cleaned(std::string_view text);

// An ostream in front of another, which gets all text cleaned, in whatever parts it comes. Not thread-safe.
class CleanOutput final : public std::ostream {
 public:
  // `to` must outlive this.
  explicit CleanOutput(std::ostream& to) : std::ostream(nullptr), buffer_(to) { rdbuf(&buffer_); }
  ~CleanOutput() override;
  CleanOutput(const CleanOutput&) = delete;
  CleanOutput& operator=(const CleanOutput&) = delete;

  // The program's own: it passes as it is.
  void command(std::string_view sequence) { buffer_.pass(sequence); }

 private:
  class Buffer final : public std::streambuf {
   public:
    explicit Buffer(std::ostream& to) : to_(to) {}
    void pass(std::string_view own);

   protected:
    int_type overflow(int_type octet) override;
    std::streamsize xsputn(const char* text, std::streamsize size) override;
    int sync() override;

   private:
    // Cleans what is held; without `all` the beginning of a character, or of CR LF, waits for its rest.
    bool drain(bool all);

    std::ostream& to_;
    std::string held_;
  };

  Buffer buffer_;
};

// For a place within a line: tabs and line feeds are escaped too.
std::string one_line(std::string_view text);
// For a text that may have several lines: each after the first begins with `indent` spaces, so that none
// stands where the program's own do.
std::string indented(std::string_view text, std::size_t indent);

}  // namespace chancery::command_line
