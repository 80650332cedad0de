#include "ca/ceremony/transcript/transcript.h"

#include <utility>

#include "ca/base/file.h"
#include "ca/ceremony/transcript/line.h"

namespace chancery::ceremony {
namespace {

constexpr std::size_t file_limit = transcript_line_limit * transcript_length_limit;
constexpr std::string_view first_event = "ceremony.begin";

using Digest = crypto::Sha256Digest;

struct ReadLine {
  Line line;
  Digest hash{};
};

// A later one where it says none.
std::int64_t format_of(const Line& line) {
  const auto found = line.data.find("format");
  const auto* number = found == line.data.end() ? nullptr : std::get_if<std::int64_t>(&found->second);
  return number == nullptr ? transcript_format : *number;
}

class Checker {
 public:
  Checker(const std::string& name, const TranscriptAnchors& anchors) : name_(name), anchors_(anchors) {}

  Result<Transcript> check(std::string_view text) {
    if (Result<void> ok = split(text); !ok) return std::move(ok).error();
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      if (Result<void> ok = check_place(i); !ok) return std::move(ok).error();
      if (Result<void> ok = check_link(i); !ok) return std::move(ok).error();
    }
    if (anchors_.head && lines_.back().hash != *anchors_.head) return wrong_end();
    return transcript();
  }

 private:
  [[nodiscard]] Error fault(std::size_t index, const std::string& what) const {
    return make_error(ErrorCode::validation, name_ + ":" + std::to_string(index + 1) + ": " + what);
  }

  Result<void> split(std::string_view text) {
    if (text.empty()) return fault(0, "the transcript is empty");
    while (!text.empty()) {
      const std::size_t end = text.find('\n');
      if (end == std::string_view::npos)
        return fault(lines_.size(), "the line is cut off: no line feed ends it");
      if (lines_.size() == transcript_length_limit) {
        return fault(lines_.size(),
                     "a transcript has at most " + std::to_string(transcript_length_limit) + " lines");
      }
      if (Result<void> ok = add(text.substr(0, end + 1)); !ok) return ok;
      text.remove_prefix(end + 1);
    }
    return {};
  }

  Result<void> add(std::string_view whole) {
    const std::size_t index = lines_.size();
    if (whole.size() > transcript_line_limit) {
      return fault(index, "a line has at most " + std::to_string(transcript_line_limit) + " octets");
    }
    Result<Line> line = decode_line(whole.substr(0, whole.size() - 1));
    if (!line) return fault(index, "the line was changed: " + line.error().message);
    if (Result<void> ok = check_event(line->event, line->data); !ok) return fault(index, ok.error().message);
    if (index == 0) of_before_ = format_of(*line) < strict_text_format;
    if (Result<void> ok = of_before_ ? Result<void>() : check_texts(line->event, line->data); !ok)
      return fault(index, ok.error().message);
    lines_.push_back({std::move(*line), crypto::sha256(as_bytes(whole))});
    return {};
  }

  [[nodiscard]] Result<void> check_place(std::size_t index) const {
    const Line& line = lines_[index].line;
    if (line.seq != static_cast<std::int64_t>(index)) {
      return fault(index, "seq is " + std::to_string(line.seq) + " where " + std::to_string(index) +
                              " must stand: lines are missing, out of order or repeated");
    }
    if ((line.event == first_event) != (index == 0)) {
      return fault(index,
                   index == 0 ? "a transcript begins with ceremony.begin" : "a second ceremony begins");
    }
    if (index > 0 && line.at < lines_[index - 1].line.at) {
      return fault(index, "its time " + to_rfc3339(line.at) + " is before that of the line above, " +
                              to_rfc3339(lines_[index - 1].line.at));
    }
    return {};
  }

  [[nodiscard]] Result<void> check_link(std::size_t index) const {
    const Line& line = lines_[index].line;
    if (index == 0) {
      if (!anchors_.script || line.prev == *anchors_.script) return {};
      return fault(0, "prev is not the SHA-256 of the script: this is the transcript of another script");
    }
    if (line.prev == lines_[index - 1].hash) return {};
    // Either the line above is another than this one was written after, or this one was put here. What
    // follows this one tells which.
    if (stands(index)) {
      return fault(index - 1, "the line was changed, or belongs to another transcript: the next line names " +
                                  to_hex(line.prev) + " as its hash, but it is " +
                                  to_hex(lines_[index - 1].hash));
    }
    return fault(index, "the line was changed, or belongs to another transcript: its prev " +
                            to_hex(line.prev) + " is not the hash of the line above, " +
                            to_hex(lines_[index - 1].hash));
  }

  // Something else vouches for this line.
  [[nodiscard]] bool stands(std::size_t index) const {
    const Digest& hash = lines_[index].hash;
    if (index + 1 < lines_.size()) return lines_[index + 1].line.prev == hash;
    return anchors_.head && *anchors_.head == hash;
  }

  [[nodiscard]] Error wrong_end() const {
    return fault(lines_.size() - 1,
                 "the last line is not the one that was signed: it was changed, or lines "
                 "after it are missing (its hash is " +
                     to_hex(lines_.back().hash) + ", signed was " + to_hex(*anchors_.head) + ")");
  }

  Transcript transcript() {
    Transcript result{.script = lines_.front().line.prev};
    result.lines.reserve(lines_.size());
    for (ReadLine& read : lines_) {
      result.lines.push_back(
          {read.line.at, std::move(read.line.event), std::move(read.line.data), read.hash});
    }
    return result;
  }

  const std::string& name_;
  const TranscriptAnchors& anchors_;
  std::vector<ReadLine> lines_;
  bool of_before_ = false;  // its texts may hold anything
};

}  // namespace

Result<Transcript> parse_transcript(std::string_view text, const std::string& name,
                                    const TranscriptAnchors& anchors) {
  return Checker(name, anchors).check(text);
}

Result<Transcript> read_transcript(const std::string& path, const TranscriptAnchors& anchors) {
  const Result<std::string> text = read_file(path, file_limit);
  if (!text) return text.error();
  return parse_transcript(*text, path, anchors);
}

Result<Transcript> read_unfinished_transcript(const std::string& path) {
  const Result<std::string> text = read_file(path, file_limit);
  if (!text) return text.error();
  const std::size_t end = text->rfind('\n');  // a torn last line says nothing
  const std::size_t whole = end == std::string::npos ? 0 : end + 1;
  return parse_transcript(std::string_view(*text).substr(0, whole), path, {});
}

}  // namespace chancery::ceremony
