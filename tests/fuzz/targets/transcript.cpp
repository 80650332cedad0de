// A ceremony's transcript, from anybody. Promises: an accepted line is, to the octet, what the writer writes;
// an accepted transcript has as many lines as the text, each bound to the one before by the hash of its
// octets.
#include "ca/ceremony/transcript/transcript.h"
#include "ca/ceremony/transcript/line.h"
#include "tests/fuzz/support/target.h"

namespace chancery::fuzz {
namespace {

void line(std::string_view text) {
  const auto read = ceremony::decode_line(text);
  if (!read) return;
  const auto written = ceremony::encode_line(*read);
  invariant(written && *written == std::string(text) + "\n", "a line has one spelling");
}

void transcript(std::string_view text) {
  const auto read = ceremony::parse_transcript(text, "fuzz.jsonl", {});
  if (!read) return;
  std::size_t lines = 0;
  for (std::size_t at = 0; at < text.size(); ++lines) {
    const std::size_t end = text.find('\n', at) + 1;
    invariant(end != 0 && lines < read->lines.size() &&
                  read->lines[lines].hash == crypto::sha256(as_bytes(text.substr(at, end - at))),
              "a line's hash is of its octets");
    at = end;
  }
  invariant(lines == read->lines.size(), "no line is lost");
}

}  // namespace
}  // namespace chancery::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace chancery;
  const std::string_view text = as_text(fuzz::input(data, size));
  fuzz::line(text.substr(0, text.find('\n')));
  fuzz::transcript(text);
  return 0;
}
