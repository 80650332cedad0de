#include "ca/command_line/clean_output.h"

#include "ca/base/unicode.h"

namespace chancery::command_line {
namespace {

constexpr std::string_view passing = "\t\n\f";

// Octets at the end that may be the beginning of something.
std::size_t unfinished(std::string_view text) {
  if (text.ends_with('\r')) return 1;
  std::size_t tail = 0;
  while (tail < 3 && tail < text.size() && continues_character(text[text.size() - 1 - tail])) ++tail;
  if (tail == text.size()) return 0;
  const auto first = static_cast<unsigned char>(text[text.size() - 1 - tail]);
  const std::size_t size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 1;
  return size > tail + 1 ? tail + 1 : 0;
}

}  // namespace

CleanOutput::~CleanOutput() {
  flush();
}

void CleanOutput::Buffer::pass(std::string_view own) {
  drain(true);
  to_ << own;
}

bool CleanOutput::Buffer::drain(bool all) {
  const std::size_t ready = all ? held_.size() : held_.size() - unfinished(held_);
  to_ << cleaned(std::string_view(held_).substr(0, ready));
  held_.erase(0, ready);
  return to_.good();
}

CleanOutput::Buffer::int_type CleanOutput::Buffer::overflow(int_type octet) {
  if (traits_type::eq_int_type(octet, traits_type::eof())) return traits_type::not_eof(octet);
  held_ += traits_type::to_char_type(octet);
  return drain(false) ? octet : traits_type::eof();
}

std::streamsize CleanOutput::Buffer::xsputn(const char* text, std::streamsize size) {
  held_.append(text, static_cast<std::size_t>(size));
  return drain(false) ? size : 0;
}

int CleanOutput::Buffer::sync() {
  return drain(true) && to_.flush() ? 0 : -1;
}

// CR LF is how the lines of a file for other systems end: iCalendar (RFC 5545).
std::string cleaned(std::string_view text) {
  constexpr std::string_view line_end = "\r\n";
  std::string out;
  for (std::size_t at = text.find(line_end); at != std::string_view::npos; at = text.find(line_end)) {
    out += with_text_faults_escaped(text.substr(0, at), passing);
    out += line_end;
    text.remove_prefix(at + line_end.size());
  }
  return out + with_text_faults_escaped(text, passing);
}

std::string one_line(std::string_view text) {
  return with_text_faults_escaped(text);
}

std::string indented(std::string_view text, std::size_t indent) {
  std::string out;
  for (std::size_t at = text.find('\n'); at != std::string_view::npos; at = text.find('\n')) {
    out.append(one_line(text.substr(0, at))).append("\n").append(indent, ' ');
    text.remove_prefix(at + 1);
  }
  return out + one_line(text);
}

}  // namespace chancery::command_line
