#include "ca/ceremony/transcript/line.h"
#include "tests/unit/ca/ceremony/transcript/transcript_fixture.h"

namespace chancery::ceremony {
namespace {

using ::testing::HasSubstr;
using TranscriptReader = testing::TranscriptTest;

void expect_refused(const std::string& text, const TranscriptAnchors& anchors, int line,
                    const std::string& why) {
  const Result<Transcript> transcript = parse_transcript(text, "t.jsonl", anchors);
  ASSERT_FALSE(transcript) << why;
  EXPECT_THAT(transcript.error().message, HasSubstr("t.jsonl:" + std::to_string(line) + ": "));
  EXPECT_THAT(transcript.error().message, HasSubstr(why));
}

TEST_F(TranscriptReader, ReadsWhatTheWriterWrote) {
  const crypto::Sha256Digest head = write(path);
  const Result<Transcript> transcript = read_transcript(path, {script, head});
  ASSERT_TRUE(transcript) << transcript.error().message;
  ASSERT_EQ(transcript->lines.size(), 4U);
  EXPECT_EQ(transcript->head(), head);
  EXPECT_EQ(transcript->script, script);
  EXPECT_EQ(transcript->lines[1].event, "role");
  EXPECT_EQ(transcript->lines[1].data.at("name"), FieldValue("Ada Lovelace"));
  EXPECT_EQ(to_rfc3339(transcript->lines[3].at), "2026-03-01T12:00:01Z");
}

// What people cannot see as what it is, neither the writer nor the reader takes; what the reader takes of
// older formats is for whoever shows it.
TEST_F(TranscriptReader, TextsHoldOnlyWhatCanBeSeen) {
  const auto written = [&](std::int64_t format, const std::string& note) {
    const Line begin{0, script, clock.now(), "ceremony.begin", [&] {
                       EventData data = TranscriptTest::begin("Test");
                       data["format"] = format;
                       return data;
                     }()};
    const std::string first = encode_line(begin).value();
    return first + encode_line({1,
                                crypto::sha256(as_bytes(first)),
                                clock.now(),
                                "note",
                                {{"by", std::string("chancery-root")}, {"note", note}}})
                       .value();
  };
  for (const std::string note : {"plain", "two\nlines\tof it", "Zürich 日本"}) {
    for (const std::int64_t format : {1, 2, 3})
      EXPECT_TRUE(parse_transcript(written(format, note), "t", {})) << note;
  }
  for (const std::string note : {"\x1b[2J", "a\rb", "\xc2\x9bm", "\xe2\x80\xae", "\x7f"}) {
    expect_refused(written(3, note), {}, 2, "event note: field 'note' holds ");
    expect_refused(written(4, note), {}, 2, "event note: field 'note' holds ");
    for (const std::int64_t format : {1, 2}) EXPECT_TRUE(parse_transcript(written(format, note), "t", {}));
    const auto writer = create(folder + "/" + to_hex(as_bytes(note)) + ".jsonl");
    ASSERT_TRUE(writer->append("ceremony.begin", TranscriptTest::begin("Test")));
    EXPECT_FALSE(writer->append("note", {{"by", std::string("chancery-root")}, {"note", note}})) << note;
    EXPECT_FALSE(writer->append("ceremony.end",
                                {{"result", "done"}, {"exported", std::vector<std::string>{"a", note}}}));
    EXPECT_TRUE(writer->append("note", {{"by", std::string("chancery-root")}, {"note", event_text(note)}}));
  }
}

TEST_F(TranscriptReader, EveryFlippedBitIsSeen) {
  const TranscriptAnchors anchors{script, write(path)};
  const std::string text = read_file(path, 100000).value();
  for (std::size_t i = 0; i < text.size(); ++i) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      std::string damaged = text;
      damaged[i] = static_cast<char>(static_cast<unsigned char>(damaged[i]) ^ (1U << bit));
      EXPECT_FALSE(parse_transcript(damaged, "t", anchors)) << "octet " << i << " bit " << bit;
    }
  }
}

TEST_F(TranscriptReader, NamesTheChangedLine) {
  const TranscriptAnchors anchors{script, write(path)};
  std::vector<std::string> lines = lines_of(read_file(path, 100000).value());
  const auto changed = [&](std::size_t index, const std::string& from, const std::string& to) {
    std::vector<std::string> copy = lines;
    const std::size_t at = copy[index].find(from);
    EXPECT_NE(at, std::string::npos) << from;
    copy[index].replace(at, from.size(), to);
    return joined(copy);
  };
  expect_refused(changed(0, "Test", "Tess"), anchors, 1, "the line was changed");
  expect_refused(changed(1, "Ada", "Bda"), anchors, 2, "the line was changed");
  expect_refused(changed(2, "well", "ill!"), anchors, 3, "the line was changed");
  expect_refused(changed(3, "done", "gone"), anchors, 4, "not the one that was signed");
  expect_refused(changed(1, "\"prev\":\"", "\"prev\":\"0"), anchors, 2, "not a SHA-256");
  expect_refused(changed(1, "\"event\"", " \"event\""), anchors, 2, "canonical");
  expect_refused(changed(1, "\"seq\":1", "\"seq\":1.0"), anchors, 2, "not an object");
  expect_refused(changed(1, "\"name\"", "\"nome\""), anchors, 2, "'name' is missing");
  expect_refused(changed(1, "\"role\"", "\"rule\""), anchors, 2, "'role' is missing");
  expect_refused(changed(1, "{\"at\"", "{\"a\":1,\"at\""), anchors, 2, "not an object");
  expect_refused(changed(2, "T12:00:01Z", "T12:00:61Z"), anchors, 3, "UTC time");
  expect_refused(changed(2, "T12:00:01Z", "T11:00:01Z"), anchors, 3, "before that of the line above");
}

TEST_F(TranscriptReader, NamesWhereLinesAreMissingOrMoved) {
  const TranscriptAnchors anchors{script, write(path)};
  const std::vector<std::string> lines = lines_of(read_file(path, 100000).value());
  expect_refused(lines[0] + lines[2] + lines[3], anchors, 2, "seq is 2");
  expect_refused(lines[0] + lines[2] + lines[1] + lines[3], anchors, 2, "seq is 2");
  expect_refused(lines[0] + lines[1] + lines[1] + lines[3], anchors, 3, "seq is 1");
  expect_refused(lines[1], anchors, 1, "seq is 1");
  expect_refused(lines[0] + lines[1] + lines[2], anchors, 3, "lines after it are missing");
  expect_refused(joined(lines).substr(0, joined(lines).size() - 1), anchors, 4, "cut off");
  expect_refused("", anchors, 1, "empty");
  expect_refused(joined(lines) + "\n", anchors, 5, "not JSON");
}

TEST_F(TranscriptReader, RefusesLinesOfAnotherTranscript) {
  const TranscriptAnchors anchors{script, write(path)};
  clock.set(parse_rfc3339("2026-03-01T12:00:00Z").value());
  write(folder + "/other.jsonl", "Other");
  const std::vector<std::string> ours = lines_of(read_file(path, 100000).value());
  const std::vector<std::string> others = lines_of(read_file(folder + "/other.jsonl", 100000).value());
  expect_refused(ours[0] + ours[1] + others[2] + ours[3], anchors, 3, "another transcript");
  expect_refused(others[0] + ours[1] + ours[2] + ours[3], anchors, 1, "another transcript");
  expect_refused(ours[0] + ours[1] + ours[2] + others[3], anchors, 4, "another transcript");
  expect_refused(joined(others), anchors, 4, "not the one that was signed");
}

TEST_F(TranscriptReader, RefusesTheTranscriptOfAnotherScript) {
  write(path);
  TranscriptAnchors anchors;
  anchors.script = crypto::sha256(as_bytes("another script"));
  expect_refused(read_file(path, 100000).value(), anchors, 1, "another script");
}

TEST_F(TranscriptReader, LengthHasALimit) {
  const auto writer = create(path);
  ASSERT_TRUE(writer->append("ceremony.begin", begin("long")));
  const std::string one = read_file(path, 100000).value();
  std::string text;
  for (std::size_t i = 0; i < transcript_length_limit; ++i) text += one;
  expect_refused(text, {}, 2, "seq is 0");  // the limit is reached, and reading goes on to the chain
  expect_refused(text + one, {}, static_cast<int>(transcript_length_limit) + 1, "at most 10000 lines");
}

TEST_F(TranscriptReader, LineHasALimit) {
  const auto writer = create(path);
  ASSERT_TRUE(writer->append("ceremony.begin", begin("")));
  const std::size_t room = transcript_line_limit - read_file(path, 100000).value().size();
  const std::string second = folder + "/second.jsonl";
  ASSERT_TRUE(create(second)->append("ceremony.begin", begin(std::string(room, 'x'))));
  EXPECT_EQ(read_file(second, 100000).value().size(), transcript_line_limit);
  EXPECT_TRUE(read_transcript(second, {}));
  EXPECT_FALSE(create(folder + "/third.jsonl")->append("ceremony.begin", begin(std::string(room + 1, 'x'))));
  expect_refused(std::string(transcript_line_limit, ' ') + "\n", {}, 1, "at most 65536 octets");
}

TEST_F(TranscriptReader, OfACrashTheWholeLinesAreRead) {
  write(path);
  const std::string text = read_file(path, 100000).value();
  const std::string torn = folder + "/torn.jsonl";
  ASSERT_TRUE(write_new_file(torn, as_bytes(text.substr(0, text.size() - 5)), 0600));
  const Result<Transcript> transcript = read_unfinished_transcript(torn);
  ASSERT_TRUE(transcript) << transcript.error().message;
  EXPECT_EQ(transcript->lines.size(), 3U);
}

// Made by make_transcript.py.
TEST(TranscriptGolden, OfPythonAndOpensslIsAccepted) {
  const std::string golden = CHANCERY_SOURCE_DIR "/tests/testdata/ceremony/transcript.jsonl";
  const Result<Transcript> transcript =
      read_transcript(golden, {crypto::sha256(as_bytes("ceremony: root\n")), std::nullopt});
  ASSERT_TRUE(transcript) << transcript.error().message;
  EXPECT_EQ(transcript->lines.size(), 5U);
  EXPECT_EQ(transcript->lines[2].data.at("answer"), FieldValue("ZM\t\\/\a\u2028"));
}

}  // namespace
}  // namespace chancery::ceremony
