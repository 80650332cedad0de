#include "ca/ceremony/interaction/passphrase.h"

#include "tests/unit/ca/ceremony/ceremony_fixture.h"

namespace chancery::ceremony {
namespace {

using ::testing::HasSubstr;
using PassphrasesTest = testing::CeremonyTest;

SecretBytes secret(std::string_view text) {
  return SecretBytes::copy_of(as_bytes(text));
}

// Answers one question after another.
struct Person {
  std::vector<std::string> answers;
  std::vector<std::string> questions;
  Prompt prompt() {
    return [this](std::string_view question) -> Result<SecretBytes> {
      questions.emplace_back(question);
      if (questions.size() > answers.size()) return make_error(ErrorCode::internal, "one question too many");
      return secret(answers[questions.size() - 1]);
    };
  }
};

TEST_F(PassphrasesTest, FileWithoutItsNewline) {
  const Passphrases passphrases(write("p", "twelve octets\n"), {}, testing::no_prompt);
  const Result<SecretBytes> taken = passphrases.for_new_key();
  ASSERT_TRUE(taken) << taken.error().message;
  EXPECT_TRUE(*taken == secret("twelve octets"));
}

TEST_F(PassphrasesTest, LengthHasTwoEnds) {
  const auto taken = [&](std::size_t size) {
    return Passphrases(write("p", std::string(size, 'x') + "\n"), {}, testing::no_prompt).for_new_key();
  };
  EXPECT_FALSE(taken(shortest_passphrase - 1));
  EXPECT_TRUE(taken(shortest_passphrase));
  EXPECT_TRUE(taken(longest_passphrase));
  EXPECT_FALSE(taken(longest_passphrase + 1));
  EXPECT_FALSE(taken(0));
}

TEST_F(PassphrasesTest, FileThatOthersMayReadIsRefused) {
  for (const mode_t mode : {0640U, 0604U, 0620U}) {
    const std::string path = write("open", "twelve octets", mode);
    const Passphrases passphrases(path, path, testing::no_prompt);
    const Result<SecretBytes> taken = passphrases.for_new_key();
    ASSERT_FALSE(taken);
    EXPECT_EQ(taken.error().code, ErrorCode::forbidden);
    EXPECT_THAT(taken.error().message, HasSubstr("chmod 600"));
    const Result<SecretBytes> issuers = passphrases.for_issuer_key();
    ASSERT_FALSE(issuers);
    EXPECT_EQ(issuers.error().code, ErrorCode::forbidden);
  }
}

TEST_F(PassphrasesTest, MissingFileIsNotAskedForInstead) {
  Person person{{"twelve octets"}, {}};
  const Result<SecretBytes> taken = Passphrases(folder + "/none", {}, person.prompt()).for_new_key();
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().code, ErrorCode::not_found);
  EXPECT_TRUE(person.questions.empty());
}

TEST_F(PassphrasesTest, PersonIsAskedTwiceForANewKey) {
  Person person{{"twelve octets", "twelve octets"}, {}};
  const Result<SecretBytes> taken = Passphrases({}, {}, person.prompt()).for_new_key();
  ASSERT_TRUE(taken) << taken.error().message;
  EXPECT_TRUE(*taken == secret("twelve octets"));
  EXPECT_EQ(person.questions.size(), 2U);
}

TEST_F(PassphrasesTest, TwoDifferentAnswersAreRefused) {
  Person person{{"twelve octets", "twelve octetS"}, {}};
  const Result<SecretBytes> taken = Passphrases({}, {}, person.prompt()).for_new_key();
  ASSERT_FALSE(taken);
  EXPECT_THAT(taken.error().message, HasSubstr("differ"));
}

TEST_F(PassphrasesTest, ShortAnswerIsRefusedAtOnce) {
  Person person{{"short"}, {}};
  EXPECT_FALSE(Passphrases({}, {}, person.prompt()).for_new_key());
  EXPECT_EQ(person.questions.size(), 1U);
}

TEST_F(PassphrasesTest, IssuersKeyIsAskedForOnce) {
  Person person{{"old"}, {}};
  EXPECT_TRUE(Passphrases({}, {}, person.prompt()).for_issuer_key());
  EXPECT_EQ(person.questions.size(), 1U);
}

}  // namespace
}  // namespace chancery::ceremony
