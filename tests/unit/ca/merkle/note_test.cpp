#include "ca/merkle/note.h"

#include <gmock/gmock.h>

#include "tests/unit/ca/merkle/golden.h"

namespace chancery::merkle {
namespace {

using test::golden;
using testing::HasSubstr;

NoteVerifier verifier() {
  return NoteVerifier::parse(golden().at("vkey").get<std::string>()).value();
}

NoteSigner signer() {
  const Bytes pkcs8 = parse_base64(golden().at("pkcs8").get<std::string>()).value();
  return NoteSigner::create(golden().at("origin"), crypto::PrivateKey::from_pkcs8(pkcs8).value()).value();
}

std::string note_of(std::int64_t size) {
  for (const auto& row : golden().at("checkpoints")) {
    if (row.at("size") == size) return row.at("note");
  }
  return {};
}

TEST(Checkpoint, IsToTheByteWhatAnotherImplementationSigns) {
  const NoteSigner key = signer();
  EXPECT_EQ(key.verifier().vkey(), golden().at("vkey").get<std::string>());
  for (const auto& row : golden().at("checkpoints")) {
    const Result<Checkpoint> opened = open_checkpoint(row.at("note").get<std::string>(), verifier());
    ASSERT_TRUE(opened.has_value()) << opened.error().message;
    EXPECT_EQ(opened->size, row.at("size").get<std::int64_t>());
    EXPECT_EQ(key.sign(checkpoint_text(*opened)).value(), row.at("note").get<std::string>());
  }
}

TEST(Checkpoint, HasItsOriginsRoot) {
  const Checkpoint opened = open_checkpoint(note_of(600), verifier()).value();
  EXPECT_EQ(opened.origin, "ca.example.com/log");
  EXPECT_EQ(opened.root, root(600, test::nodes_of(test::leaves(600))).value());
}

TEST(Note, AnyChangedByteIsNoticed) {
  const std::string good = note_of(1);
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 1);
    EXPECT_FALSE(open_checkpoint(bad, verifier())) << i;
  }
  for (std::size_t i = 0; i < good.size(); ++i)
    EXPECT_FALSE(open_checkpoint(good.substr(0, i), verifier())) << i;
}

TEST(Note, SignaturesOfOthersArePassedOver) {
  const NoteSigner other =
      NoteSigner::create("witness.example",
                         crypto::PrivateKey::generate({crypto::KeyAlgorithm::ed25519, 256}).value())
          .value();
  const std::string good = note_of(256);
  const std::string text = good.substr(0, good.rfind("\n\n") + 1);
  const std::string cosigned = other.sign(text).value();
  EXPECT_THAT(open_checkpoint(cosigned, verifier()).error().message, HasSubstr("carries no signature"));
  const std::string both = cosigned + good.substr(good.rfind("\n\n") + 2);
  EXPECT_TRUE(open_checkpoint(both, verifier()));
}

TEST(Note, ACheckpointOfAnotherOriginIsRefused) {
  const NoteSigner key = signer();
  const std::string note = key.sign("elsewhere.example/log\n0\n" + to_base64(empty_root()) + "\n").value();
  EXPECT_THAT(open_checkpoint(note, verifier()).error().message, HasSubstr("elsewhere.example/log"));
}

TEST(Note, HasALimit) {
  const NoteSigner key = signer();
  const std::string bare = key.sign("x\n").value();
  std::string text(note_limit - bare.size() + 1, 'x');
  EXPECT_TRUE(verifier().open(key.sign(text + "\n").value()));
  text += 'x';
  EXPECT_FALSE(verifier().open(key.sign(text + "\n").value()));
}

// C2SP signed-note: UTF-8, and of the ASCII controls only line feeds. Soundly signed, each.
TEST(Note, IsUtf8OfWholeLines) {
  const NoteSigner key = signer();
  for (const std::string good : {"é\n", "日本\n\n\n", " \x7f\xc2\x80\n"})
    EXPECT_EQ(verifier().open(key.sign(good).value()).value(), good);
  for (const std::string bad :
       {"\xff\n", "\xc3\n", "\xed\xa0\x80\n", "\xc0\xaf\n", "a\tb\n", "a\r\n", "\x1f\n"}) {
    const Result<std::string> opened = verifier().open(key.sign(bad).value());
    ASSERT_FALSE(opened);
    EXPECT_THAT(opened.error().message, HasSubstr("no signed note: UTF-8 text"));
  }
  const std::string whole = key.sign("a\n").value();
  EXPECT_FALSE(verifier().open(whole + "\xe2\x80\x94 witness\xff.example AAAAAAA=\n"));
  EXPECT_TRUE(verifier().open(whole + "\xe2\x80\x94 witness.example AAAAAAA=\n"));
}

TEST(CheckpointText, RefusesEverythingElse) {
  const std::string root_line = to_base64(Hash{}) + "\n";
  EXPECT_TRUE(parse_checkpoint("o\n0\n" + root_line));
  EXPECT_TRUE(parse_checkpoint("o\n9223372036854775807\n" + root_line + "extension\n"));
  for (const std::string& text :
       {std::string(), "o\n0\n" + std::string("AAAA\n"), "o\n0\n" + to_base64(Hash{}), "\n0\n" + root_line,
        "a b\n0\n" + root_line, "a+b\n0\n" + root_line, "o\n00\n" + root_line, "o\n-1\n" + root_line,
        "o\n+1\n" + root_line, "o\n9223372036854775808\n" + root_line, "o\n 1\n" + root_line,
        "o\n\n" + root_line}) {
    EXPECT_FALSE(parse_checkpoint(text)) << text;
  }
}

TEST(Origin, HasALimitAndVisibleCharactersOnly) {
  EXPECT_TRUE(check_origin(std::string(origin_limit, 'o')));
  EXPECT_FALSE(check_origin(std::string(origin_limit + 1, 'o')));
  for (const char* bad : {"", "a b", "a+b", "a\nb", "\xc3\xa4"}) EXPECT_FALSE(check_origin(bad)) << bad;
}

TEST(LogKey, RefusesWhatIsNone) {
  const std::string good = golden().at("vkey");
  EXPECT_TRUE(NoteVerifier::parse(good));
  EXPECT_TRUE(NoteVerifier::parse(good + "\n"));
  std::string other = good;
  other[good.find('+') + 1] = good[good.find('+') + 1] == '0' ? '1' : '0';
  EXPECT_THAT(NoteVerifier::parse(other).error().message, HasSubstr("hash"));
  for (const std::string& bad :
       {std::string(), std::string("name"), good.substr(0, good.size() - 4), "x" + good}) {
    EXPECT_FALSE(NoteVerifier::parse(bad)) << bad;
  }
  EXPECT_FALSE(NoteSigner::create("name", crypto::PrivateKey::generate({}).value()));
}

}  // namespace
}  // namespace chancery::merkle
