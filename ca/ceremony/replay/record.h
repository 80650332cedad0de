// The transcript as a record to ask: its lines with their places. Inside ca/ceremony/replay.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ca/ceremony/transcript/transcript.h"

namespace chancery::ceremony {

// A line that the transcript's reader has found whole: its event has the fields that it must have. `of` is
// borrowed.
struct Entry {
  const TranscriptLine* of = nullptr;
  std::size_t line = 0;                                                 // from 1
  std::size_t offset = 0;                                               // of its first octet
  [[nodiscard]] const std::string& text(std::string_view field) const;  // "" when it is absent
  [[nodiscard]] bool flag(std::string_view field) const;
  [[nodiscard]] std::int64_t number(std::string_view field) const;
  [[nodiscard]] const std::vector<std::string>& texts(std::string_view field) const;
  // "transcript.jsonl, line 4, byte 812, field sha256"
  [[nodiscard]] std::string place(std::string_view field) const;
};

class Record {
 public:
  // `transcript` must outlive this; `text` is what it was read from.
  Record(const Transcript& transcript, std::string_view text);
  [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }
  [[nodiscard]] const Transcript& transcript() const { return *transcript_; }
  [[nodiscard]] std::vector<Entry> all(std::string_view event) const;
  // The line above; `entry` is not the first one.
  [[nodiscard]] const Entry& before(const Entry& entry) const { return entries_.at(entry.line - 2); }
  [[nodiscard]] const Entry& first() const { return entries_.front(); }
  [[nodiscard]] const Entry& last() const { return entries_.back(); }

 private:
  const Transcript* transcript_;
  std::vector<Entry> entries_;
};

}  // namespace chancery::ceremony
