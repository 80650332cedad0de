#include "ca/ceremony/transcript/writer.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "ca/ceremony/transcript/signature.h"
#include "tests/unit/ca/ceremony/transcript/transcript_fixture.h"

namespace chancery::ceremony {
namespace {

using ::testing::HasSubstr;
using TranscriptWriting = testing::TranscriptTest;

TEST_F(TranscriptWriting, NeverOverwrites) {
  create(path);
  const auto second = TranscriptWriter::create(path, script, clock);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::conflict);
}

TEST_F(TranscriptWriting, RefusesWhatIsNoEventAndWritesNothing) {
  const auto writer = create(path);
  EXPECT_FALSE(writer->append("party", {}));
  EXPECT_FALSE(writer->append("note", {{"by", "A"}}));
  EXPECT_FALSE(writer->append("note", {{"by", "A"}, {"note", std::int64_t{1}}}));
  EXPECT_FALSE(writer->append("note", {{"by", "A"}, {"note", "b"}, {"colour", "red"}}));
  EXPECT_FALSE(writer->append("note", {{"by", "A"}, {"note", "\xff"}}));
  EXPECT_EQ(writer->size(), 0U);
  EXPECT_EQ(writer->head(), script);
  EXPECT_EQ(read_file(path, 10).value(), "");
}

TEST_F(TranscriptWriting, OptionalFieldsMayBeAbsent) {
  const auto writer = create(path);
  EventData data = begin("with a previous one");
  data["previous"] = "ab";
  EXPECT_TRUE(writer->append("ceremony.begin", data));
}

TEST_F(TranscriptWriting, ClockMustNotGoBack) {
  const auto writer = create(path);
  ASSERT_TRUE(writer->append("ceremony.begin", begin("x")));
  clock.advance(Seconds(-1));
  const Result<void> back = writer->append("note", {{"by", "A"}, {"note", "b"}});
  ASSERT_FALSE(back);
  EXPECT_THAT(back.error().message, HasSubstr("went back"));
}

// A file size limit stands for a full disk: the kernel writes what fits and then refuses.
TEST_F(TranscriptWriting, FullDiskLeavesWholeLinesAndEndsIt) {
  const auto writer = create(path);
  ASSERT_TRUE(writer->append("ceremony.begin", begin("x")));
  const std::string before = read_file(path, 100000).value();
  const pid_t child = ::fork();
  if (child == 0) {
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{before.size() + 10, before.size() + 10};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    const Result<void> full = writer->append("note", {{"by", "A"}, {"note", "b"}});
    const Result<void> after = writer->append("note", {{"by", "A"}, {"note", "b"}});
    const bool right = !full && full.error().code == ErrorCode::unavailable && !after &&
                       after.error().message.find("nothing follows") != std::string::npos;
    ::_exit(right ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(read_file(path, 100000).value(), before);
}

TEST_F(TranscriptWriting, SignatureHoldsTheHead) {
  const crypto::Sha256Digest head = write(path);
  const auto signer =
      keys::make_memory_signer(crypto::PrivateKey::generate({crypto::KeyAlgorithm::ec_p384, 384}).value());
  const Result<std::string> signature = sign_transcript(head, *signer);
  ASSERT_TRUE(signature) << signature.error().message;
  EXPECT_TRUE(verify_transcript(head, *signature, signer->public_key()));
  EXPECT_FALSE(verify_transcript(script, *signature, signer->public_key()));
  EXPECT_FALSE(verify_transcript(head, signature->substr(1), signer->public_key()));
  EXPECT_FALSE(verify_transcript(head, *signature + "\n", signer->public_key()));
  EXPECT_FALSE(
      verify_transcript(head, std::string(transcript_signature_limit + 1, 'A'), signer->public_key()));
  const auto other =
      keys::make_memory_signer(crypto::PrivateKey::generate({crypto::KeyAlgorithm::ec_p384, 384}).value());
  EXPECT_FALSE(verify_transcript(head, *signature, other->public_key()));
}

// Made by make_transcript.py with the openssl command.
TEST(TranscriptSignature, OfOpensslIsAccepted) {
  const std::string folder = CHANCERY_SOURCE_DIR "/tests/testdata/ceremony/";
  const Result<Transcript> transcript = read_transcript(folder + "transcript.jsonl", {});
  ASSERT_TRUE(transcript) << transcript.error().message;
  const auto blocks = parse_pem(read_file(folder + "transcript.spki.pem", 10000).value()).value();
  const Result<crypto::PublicKey> key = crypto::PublicKey::from_spki(blocks.front().der);
  ASSERT_TRUE(key) << key.error().message;
  const std::string signature = read_file(folder + "transcript.sig", 10000).value();
  EXPECT_TRUE(verify_transcript(transcript->head(), signature, *key));
}

// docs/reference/transcript.md: | `event` | `field` type, [`field` type] |
TEST(TranscriptReference, ShowsEveryEventAndField) {
  const std::string text = read_file(CHANCERY_SOURCE_DIR "/docs/reference/transcript.md", 100000).value();
  std::string expected;
  for (const EventType& event : event_types()) {
    std::string fields;
    for (const EventField& field : event.fields) {
      const std::string shown = "`" + std::string(field.name) + "` " + std::string(to_string(field.type));
      fields += (fields.empty() ? "" : ", ") + (field.required ? shown : "[" + shown + "]");
    }
    expected += "| `" + std::string(event.name) + "` | " + fields + " |\n";
  }
  const std::size_t begin = text.find("| `ceremony.begin` |");
  ASSERT_NE(begin, std::string::npos);
  EXPECT_EQ(text.substr(begin, text.find("\n\n", begin) + 1 - begin), expected);
}

}  // namespace
}  // namespace chancery::ceremony
