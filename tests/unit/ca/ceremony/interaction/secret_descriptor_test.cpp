#include "ca/ceremony/interaction/secret_descriptor.h"

#include <fcntl.h>

#include <csignal>

#include "ca/ceremony/interaction/answers_file.h"
#include "ca/ceremony/process/process.h"
#include "tests/unit/ca/ceremony/ceremony_fixture.h"

namespace chancery::ceremony {
namespace {

using ::testing::HasSubstr;

class SecretDescriptorTest : public testing::CeremonyTest {
 protected:
  ~SecretDescriptorTest() override {
    for (const int descriptor : open_) ::close(descriptor);
  }
  // The reading end of a pipe that holds `text`.
  int holding(const std::string& text) {
    std::array<int, 2> ends{};
    EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
    EXPECT_EQ(::write(ends[1], text.data(), text.size()), static_cast<ssize_t>(text.size()));
    ::close(ends[1]);
    open_.push_back(ends[0]);
    return ends[0];
  }
  static std::string text_of(const Result<SecretBytes>& secret) {
    return secret ? std::string(as_text(secret->reveal())) : secret.error().message;
  }

 private:
  std::vector<int> open_;
};

TEST_F(SecretDescriptorTest, ALineOrTheRestIsRead) {
  const int descriptor = holding("first one\nthe second");
  EXPECT_EQ(text_of(read_secret_descriptor(descriptor)), "first one");
  EXPECT_EQ(text_of(read_secret_descriptor(descriptor)), "the second");
  EXPECT_THAT(text_of(read_secret_descriptor(descriptor)), HasSubstr("gives no secret"));
}

TEST_F(SecretDescriptorTest, ASignalEndsTheWaiting) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
  {
    const SignalHold hold;
    ::raise(SIGTERM);
    EXPECT_THAT(text_of(read_secret_descriptor(ends[0])), HasSubstr("stopped by a signal"));
  }
  for (const int end : ends) ::close(end);
}

TEST_F(SecretDescriptorTest, TheLimitIsTaken) {
  const std::string longest(longest_passphrase, 'x');
  EXPECT_EQ(text_of(read_secret_descriptor(holding(longest + "\n"))), longest);
  EXPECT_EQ(text_of(read_secret_descriptor(holding(longest))), longest);
}

TEST_F(SecretDescriptorTest, OneOctetBeyondTheLimitIsRefused) {
  const Result<SecretBytes> secret =
      read_secret_descriptor(holding(std::string(longest_passphrase + 1, 'x')));
  ASSERT_FALSE(secret);
  EXPECT_EQ(secret.error().code, ErrorCode::validation);
  EXPECT_THAT(secret.error().message, HasSubstr("more than 1024 octets"));
}

TEST_F(SecretDescriptorTest, WhatIsNotOpenOrEmptyIsRefused) {
  EXPECT_THAT(text_of(read_secret_descriptor(highest_descriptor)), HasSubstr("Bad file descriptor; open it"));
  EXPECT_THAT(text_of(read_secret_descriptor(holding(""))), HasSubstr("gives no secret"));
  EXPECT_THAT(text_of(read_secret_descriptor(holding("\nlater"))), HasSubstr("gives no secret"));
}

TEST_F(SecretDescriptorTest, ATerminalIsRefused) {
  const int terminal = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  ASSERT_GE(terminal, 0);
  EXPECT_THAT(text_of(read_secret_descriptor(terminal)), HasSubstr("is a terminal, which would show"));
  ::close(terminal);
}

TEST_F(SecretDescriptorTest, OptionsNameQuestionAndDescriptor) {
  SecretDescriptors descriptors;
  EXPECT_TRUE(add_secret_descriptor(descriptors, "secret.issuer_key=0"));
  EXPECT_TRUE(add_secret_descriptor(descriptors, "secret.new_key.restore.2=1023"));
  EXPECT_EQ(descriptors.at("secret.new_key.restore.2"), 1023);
  for (const std::string wrong : {"secret.issuer_key", "secret.issuer_key=", "secret.x=1024", "secret.x=-1",
                                  "secret.x=3 ", "secret.x=three", "clock.first=3", "secret.=3", "=3", ""}) {
    const Result<void> refused = add_secret_descriptor(descriptors, wrong);
    ASSERT_FALSE(refused) << wrong;
    EXPECT_THAT(refused.error().message, HasSubstr("QUESTION=FD"));
  }
  EXPECT_THAT(add_secret_descriptor(descriptors, "secret.issuer_key=4").error().message,
              HasSubstr("two descriptors"));
}

TEST_F(SecretDescriptorTest, AtMostSixtyFour) {
  SecretDescriptors descriptors;
  for (std::size_t i = 0; i < most_descriptors; ++i)
    EXPECT_TRUE(add_secret_descriptor(descriptors, "secret." + std::to_string(i) + "=3"));
  EXPECT_THAT(add_secret_descriptor(descriptors, "secret.more=3").error().message, HasSubstr("at most 64"));
}

TEST_F(SecretDescriptorTest, OtherQuestionsAreLeftToPeople) {
  people.answers["secret.new_key"] = "typed by a person";
  DescribedSecrets asked(people, {{"secret.issuer_key", holding("from a pipe\n")}});
  EXPECT_EQ(text_of(asked.ask_secret({"secret.new_key", "?"})), "typed by a person");
  EXPECT_EQ(asked.secret_way({"secret.new_key", "?"}), SecretWay::terminal);
  EXPECT_EQ(asked.secret_way({"secret.issuer_key", "?"}), SecretWay::descriptor);
  EXPECT_THAT(asked.finish().error().message, HasSubstr("nobody asked for secret.issuer_key"));
  EXPECT_EQ(text_of(asked.ask_secret({"secret.issuer_key", "?"})), "from a pipe");
  EXPECT_TRUE(asked.finish());
}

TEST_F(SecretDescriptorTest, AWrongSecretIsNotReadAgain) {
  DescribedSecrets asked(people, {{"secret.issuer_key", holding("one\ntwo\n")}});
  EXPECT_TRUE(asked.ask_secret({"secret.issuer_key", "?"}));
  EXPECT_THAT(text_of(asked.ask_new_secret({"secret.issuer_key", "?"})), HasSubstr("not read a second time"));
}

TEST_F(SecretDescriptorTest, AnAnswersFileMayNameADescriptor) {
  std::ostringstream shown;
  const int descriptor = holding("from a pipe\n");
  const auto answers = AnswersFile::load(write("answers.yaml", "secret.a.fd: " + std::to_string(descriptor) +
                                                                   "\nsecret.b.fd: 1024\nsecret.c.fd: x\n"),
                                         shown);
  ASSERT_TRUE(answers) << answers.error().message;
  EXPECT_EQ(text_of((*answers)->ask_secret({"secret.a", "?"})), "from a pipe");
  for (const std::string id : {"secret.b", "secret.c"})
    EXPECT_THAT(text_of((*answers)->ask_secret({id, "?"})),
                HasSubstr("must be a file descriptor, 0 to 1023"));
}

}  // namespace
}  // namespace chancery::ceremony
