// The transcript of a ceremony: JSON lines, each holding the SHA-256 of the one before, the first that of the
// script. docs/reference/transcript.md describes the format. Reading needs no secret.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ca/base/clock.h"
#include "ca/base/result.h"
#include "ca/ceremony/transcript/event.h"
#include "ca/crypto/digest.h"

namespace chancery::ceremony {

// What is written. Older ones are read as well: format 2 has one word for an intermediate's key and its
// signature, format 1 also no nonce, no tokens and no ways of secrets.
inline constexpr int transcript_format = 3, oldest_transcript_format = 1;
// Since then texts hold only what people can see (event.h, check_texts).
inline constexpr int strict_text_format = 3;
inline constexpr std::size_t transcript_nonce_size = 16;       // octets drawn for each run
inline constexpr std::size_t transcript_line_limit = 65536;    // octets with the line feed
inline constexpr std::size_t transcript_length_limit = 10000;  // lines

struct TranscriptLine {
  TimePoint at;
  std::string event;
  EventData data;
  crypto::Sha256Digest hash{};  // of the line's octets with its line feed
};

// The field, or its type's empty value where the line has none; check_event() has seen to its type.
template <typename T>
T value_in(const TranscriptLine& line, std::string_view field) {
  const auto found = line.data.find(field);
  return found == line.data.end() ? T{} : std::get<T>(found->second);
}
inline std::string text_in(const TranscriptLine& line, std::string_view field) {
  return value_in<std::string>(line, field);
}

struct Transcript {
  crypto::Sha256Digest script{};      // SHA-256 of the script, which line 0 names as its predecessor
  std::vector<TranscriptLine> lines;  // never empty
  [[nodiscard]] const crypto::Sha256Digest& head() const { return lines.back().hash; }
};

// What the reader may compare with. With `head` (which transcript.sig holds safe) the last line is judged
// too; without, a change of the last line cannot be seen.
struct TranscriptAnchors {
  std::optional<crypto::Sha256Digest> script, head;
};

// Strict: canonical lines, each ending with a line feed, known events with their exact fields and texts that
// can be seen, seq counting from 0, prev the hash of the line before, time never going back, ceremony.begin
// first and only there. Errors: validation, naming `name`, the line (counted from 1, as editors do) and what
// is wrong with it; payload_too_large.
Result<Transcript> parse_transcript(std::string_view text, const std::string& name,
                                    const TranscriptAnchors& anchors);
// Errors also: not_found, unavailable.
Result<Transcript> read_transcript(const std::string& path, const TranscriptAnchors& anchors);

// Of a ceremony that ended in a crash: the lines up to the first that is not whole. Errors: those of
// read_transcript for the lines before it.
Result<Transcript> read_unfinished_transcript(const std::string& path);

}  // namespace chancery::ceremony
