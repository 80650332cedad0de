// A transcript of four lines that tests damage.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "ca/base/file.h"
#include "ca/ceremony/transcript/transcript.h"
#include "ca/ceremony/transcript/writer.h"

namespace chancery::ceremony::testing {

class TranscriptTest : public ::testing::Test {
 protected:
  TranscriptTest() {
    std::string pattern = ::testing::TempDir() + "transcript-XXXXXX";
    folder = ::mkdtemp(pattern.data());
    path = folder + "/transcript.jsonl";
  }
  ~TranscriptTest() override { std::filesystem::remove_all(folder); }

  std::unique_ptr<TranscriptWriter> create(const std::string& file) {
    auto writer = TranscriptWriter::create(file, script, clock);
    EXPECT_TRUE(writer) << writer.error().message;
    return writer ? std::move(*writer) : nullptr;
  }
  static EventData begin(const std::string& title) {
    return {{"format", transcript_format}, {"kind", "root"},    {"title", title},
            {"script_sha256", "00"},       {"program", "test"}, {"rehearsal", true}};
  }
  // Four lines; `title` makes them different.
  crypto::Sha256Digest write(const std::string& file, const std::string& title = "Test") {
    const auto writer = create(file);
    EXPECT_TRUE(writer->append("ceremony.begin", begin(title)));
    EXPECT_TRUE(writer->append("role", {{"role", "administrator"}, {"name", "Ada Lovelace"}}));
    clock.advance(Seconds(1));
    EXPECT_TRUE(writer->append("note", {{"by", "Ada Lovelace"}, {"note", "all is well"}}));
    EXPECT_TRUE(
        writer->append("ceremony.end", {{"result", "done"}, {"exported", std::vector<std::string>{}}}));
    return writer->head();
  }
  static std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = text.find('\n', at);
      lines.push_back(text.substr(at, end + 1 - at));
      at = end + 1;
    }
    return lines;
  }
  static std::string joined(const std::vector<std::string>& lines) {
    std::string text;
    for (const std::string& line : lines) text += line;
    return text;
  }

  std::string folder, path;
  crypto::Sha256Digest script = crypto::sha256(as_bytes("the script"));
  FixedClock clock{parse_rfc3339("2026-03-01T12:00:00Z").value()};
};

}  // namespace chancery::ceremony::testing
