#include "ca/ceremony/interaction/answers_file.h"

#include "tests/unit/ca/ceremony/ceremony_fixture.h"

namespace chancery::ceremony {
namespace {

using ::testing::HasSubstr;

class AnswersTest : public testing::CeremonyTest {
 protected:
  Result<std::unique_ptr<AnswersFile>> load(const std::string& text, mode_t mode = 0600) {
    return AnswersFile::load(write("answers.yaml", text, mode), shown);
  }
  std::ostringstream shown;
};

TEST_F(AnswersTest, GiveEachAnswerOnce) {
  const auto answers = load("role.administrator: \" AL \"\nsecret.new_key: \" kept as it is \"\n");
  ASSERT_TRUE(answers) << answers.error().message;
  EXPECT_EQ((*answers)->ask({"role.administrator", "?"}).value(), "AL");
  EXPECT_EQ((*answers)->ask({"role.administrator", "?"}).error().code, ErrorCode::internal);
  const Result<SecretBytes> secret = (*answers)->ask_new_secret({"secret.new_key", "?"});
  ASSERT_TRUE(secret) << secret.error().message;
  EXPECT_EQ(as_text(secret->reveal()), " kept as it is ");
  EXPECT_TRUE((*answers)->finish());
}

// The same way as results are printed (ca/command_line/clean_output.h).
TEST_F(AnswersTest, WhatIsShownCommandsNoTerminal) {
  const auto answers = load("a: b\n");
  ASSERT_TRUE(answers) << answers.error().message;
  (*answers)->show("is this it?\n\x1b]0;title\x07\xff\n");
  EXPECT_EQ(shown.str(), "is this it?\n\\u001b]0;title\\u0007\\xff\n");
}

TEST_F(AnswersTest, SecretsMayLieInFilesOfTheirOwn) {
  const std::string secret_file = write("passphrase", "correct horse\n");
  const auto answers = load("secret.new_key.file: " + secret_file + "\n");
  const Result<SecretBytes> secret = (*answers)->ask_secret({"secret.new_key", "?"});
  ASSERT_TRUE(secret) << secret.error().message;
  EXPECT_EQ(as_text(secret->reveal()), "correct horse");
  ::chmod(secret_file.c_str(), 0644);
  EXPECT_EQ((*load("s.file: " + secret_file + "\n"))->ask_secret({"s", "?"}).error().code,
            ErrorCode::forbidden);
}

TEST_F(AnswersTest, ASecretsFileIsTheUsersOwnAndNoLink) {
  const std::string secret_file = write("passphrase", "correct horse\n");
  const auto said = [&](const std::string& path) {
    return (*load("s.file: " + path + "\n"))->ask_secret({"s", "?"}).error();
  };
  std::filesystem::create_symlink(secret_file, folder + "/link");
  EXPECT_EQ(said(folder + "/link").code, ErrorCode::forbidden);
  ASSERT_EQ(::mkfifo((folder + "/pipe").c_str(), 0600), 0);
  EXPECT_THAT(said(folder + "/pipe").message, HasSubstr("no regular file"));  // and nobody waits for it
  EXPECT_EQ(said(folder + "/none").code, ErrorCode::not_found);
  if (::geteuid() == 0) {
    ASSERT_EQ(::chown(secret_file.c_str(), 65534, 65534), 0);
    EXPECT_THAT(said(secret_file).message, HasSubstr("another user"));
  }
}

TEST_F(AnswersTest, TheWayOfASecretIsTold) {
  const auto answers = load("secret.a: a long passphrase\nsecret.b.file: /x\nsecret.c.fd: 3\n");
  ASSERT_TRUE(answers) << answers.error().message;
  EXPECT_EQ((*answers)->secret_way({"secret.a", "?"}), SecretWay::answers);
  EXPECT_EQ((*answers)->secret_way({"secret.b", "?"}), SecretWay::file);
  EXPECT_EQ((*answers)->secret_way({"secret.c", "?"}), SecretWay::descriptor);
}

TEST_F(AnswersTest, MissingAnswerNamesItsQuestion) {
  const auto answers = load("a: b\n");
  const Result<std::string> answer = (*answers)->ask({"clock.first", "the time"});
  ASSERT_FALSE(answer);
  EXPECT_THAT(answer.error().message, HasSubstr("no answer to clock.first (the time)"));
  EXPECT_THAT((*answers)->ask_secret({"s", "?"}).error().message, HasSubstr("no answer to s.file"));
}

TEST_F(AnswersTest, UnusedAnswersAreReportedWithTheirPlace) {
  const auto answers = load("a: b\nunused: c\n");
  ASSERT_TRUE((*answers)->ask({"a", "?"}));
  const Result<void> end = (*answers)->finish();
  ASSERT_FALSE(end);
  EXPECT_THAT(end.error().message, HasSubstr("answers.yaml:2:1: unknown key 'unused'"));
}

TEST_F(AnswersTest, OnlyAnOwnFileOfTheOwnerIsRead) {
  EXPECT_EQ(load("a: b\n", 0640).error().code, ErrorCode::forbidden);
  EXPECT_EQ(load("a: b\n", 0604).error().code, ErrorCode::forbidden);
  EXPECT_EQ(AnswersFile::load(folder + "/none", shown).error().code, ErrorCode::not_found);
  std::filesystem::create_symlink(write("real.yaml", "a: b\n"), folder + "/link.yaml");
  EXPECT_EQ(AnswersFile::load(folder + "/link.yaml", shown).error().code, ErrorCode::forbidden);
  if (::geteuid() == 0) {
    const std::string others = write("others.yaml", "a: b\n");
    ASSERT_EQ(::chown(others.c_str(), 65534, 65534), 0);
    EXPECT_THAT(AnswersFile::load(others, shown).error().message, HasSubstr("another user"));
  }
}

TEST_F(AnswersTest, SizesHaveLimits) {
  const std::string longest(longest_answer, 'x');
  EXPECT_TRUE((*load("a: " + longest + "\n"))->ask({"a", "?"}));
  EXPECT_EQ((*load("a: " + longest + "x\n"))->ask({"a", "?"}).error().code, ErrorCode::validation);
  EXPECT_EQ((*load("a: [b]\n"))->ask({"a", "?"}).error().code, ErrorCode::validation);
  std::string text = "a: b\n#";
  text.resize(answers_limit, 'x');
  EXPECT_TRUE(load(text));
  EXPECT_EQ(load(text + "x").error().code, ErrorCode::payload_too_large);
}

}  // namespace
}  // namespace chancery::ceremony
