// A transcript whose lines were changed by somebody who holds the root's key: hash chain and signature are
// whole, and only what it says can be wrong.
#pragma once

#include <functional>

#include "ca/ceremony/transcript/line.h"
#include "ca/ceremony/transcript/signature.h"
#include "ca/keys/file_key_store.h"
#include "tests/unit/ca/ceremony/replay/bundles.h"

namespace chancery::ceremony::testing {

using Lines = std::vector<TranscriptLine>;

inline void rechain(const std::string& bundle, const std::string& key_file,
                    const std::function<void(Lines&)>& edit) {
  const std::string path = bundle + "/transcript.jsonl";
  Transcript transcript = read_transcript(path, {}).value();
  edit(transcript.lines);
  // By hand: the writer would refuse what some of them say.
  std::string text;
  crypto::Sha256Digest head = transcript.script;
  std::int64_t number = 0;
  for (TranscriptLine& line : transcript.lines) {
    const Result<std::string> whole =
        encode_line({number++, head, line.at, std::move(line.event), std::move(line.data)});
    ASSERT_TRUE(whole) << whole.error().message;
    head = crypto::sha256(as_bytes(*whole));
    text += *whole;
  }
  Bundles::put(path, text);
  const auto key = keys::open_key_file(key_file, SecretBytes::copy_of(as_bytes(root_passphrase)));
  ASSERT_TRUE(key) << key.error().message;
  Bundles::put(bundle + "/transcript.sig", sign_transcript(head, **key).value());
}

// What is left of the failures of a transcript that was changed before its TBS: that the serial number holds
// what was there is a check of its own (SerialTest).
inline std::vector<std::string> but_for_the_serial(std::vector<std::string> failures) {
  std::erase_if(failures, [](const std::string& failure) {
    return failure.find(": serialNumber: ") != std::string::npos;
  });
  return failures;
}

// Ceremonies whose transcripts the tests change.
class RechainTest : public CeremonyTest {
 protected:
  // A copy of the bundle of `of` after `edit`, signed again by the root's key.
  std::string changed(const std::string& of, const std::function<void(Lines&)>& edit) {
    const std::string copy = folder + "/copy-" + std::to_string(++copies_);
    std::filesystem::copy(out(of + "/bundle"), copy);
    rechain(copy, out("root/custody/root.key.pem"), edit);
    return copy;
  }

 private:
  int copies_ = 0;
};

inline void drop(Lines& lines, std::string_view event) {
  std::erase_if(lines, [&](const TranscriptLine& line) { return line.event == event; });
}

inline std::string field(const TranscriptLine& line, const std::string& name) {
  return std::get<std::string>(line.data.at(name));
}

inline void drop_of(Lines& lines, std::string_view event, const std::string& name, const std::string& value) {
  std::erase_if(
      lines, [&](const TranscriptLine& line) { return line.event == event && field(line, name) == value; });
}

// As before format 3, when nobody read the ceremony before aloud.
inline void make_of_format(Lines& lines, std::int64_t format) {
  lines.front().data["format"] = format;
  drop_of(lines, "words", "id", "words.previous");
  drop_of(lines, "answer", "id", "words.previous");
}

inline TranscriptLine& first(Lines& lines, std::string_view event) {
  return *std::find_if(lines.begin(), lines.end(),
                       [&](const TranscriptLine& line) { return line.event == event; });
}

}  // namespace chancery::ceremony::testing
