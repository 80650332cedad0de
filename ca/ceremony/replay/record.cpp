#include "ca/ceremony/replay/record.h"

#include <algorithm>
#include <iterator>

#include "ca/ceremony/replay/bundle.h"

namespace chancery::ceremony {
namespace {

template <typename T>
const T& value_of(const EventData& data, std::string_view field) {
  static const T none{};
  const auto found = data.find(field);
  const T* value = found == data.end() ? nullptr : std::get_if<T>(&found->second);
  return value == nullptr ? none : *value;
}

}  // namespace

const std::string& Entry::text(std::string_view field) const {
  return value_of<std::string>(of->data, field);
}
bool Entry::flag(std::string_view field) const {
  return value_of<bool>(of->data, field);
}
std::int64_t Entry::number(std::string_view field) const {
  return value_of<std::int64_t>(of->data, field);
}
const std::vector<std::string>& Entry::texts(std::string_view field) const {
  return value_of<std::vector<std::string>>(of->data, field);
}

std::string Entry::place(std::string_view field) const {
  return std::string(transcript_file) + ", line " + std::to_string(line) + ", byte " +
         std::to_string(offset) + ", field " + std::string(field);
}

Record::Record(const Transcript& transcript, std::string_view text) : transcript_(&transcript) {
  std::size_t offset = 0;
  for (const TranscriptLine& line : transcript.lines) {
    entries_.push_back({&line, entries_.size() + 1, offset});
    offset = text.find('\n', offset) + 1;
  }
}

std::vector<Entry> Record::all(std::string_view event) const {
  std::vector<Entry> found;
  std::copy_if(entries_.begin(), entries_.end(), std::back_inserter(found),
               [event](const Entry& entry) { return entry.of->event == event; });
  return found;
}

}  // namespace chancery::ceremony
