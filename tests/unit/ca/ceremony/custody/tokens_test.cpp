#include "ca/ceremony/custody/tokens.h"

#include "tests/support/softhsm.h"
#include "tests/unit/ca/ceremony/ceremony_fixture.h"

namespace chancery::ceremony {
namespace {

using test::SoftHsm;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct Notes final : Listener {
  Result<void> answered(const Question&, const std::string&) override { return {}; }
  Result<void> answered_wrong(const Question&, std::size_t) override { return {}; }
  Result<void> secret_given(const Question& question, SecretWay) override {
    lines.push_back(question.id);
    return {};
  }
  Result<void> token_seen(const TokenSeen& token) override {
    lines.push_back(token.label);
    seen = token;
    return {};
  }
  Result<void> words_ticked(const WordsRead&) override { return {}; }
  Result<void> no_return(const std::string&) override { return {}; }
  Result<void> noted(const std::string&) override { return {}; }
  std::vector<std::string> lines;
  TokenSeen seen;
};

class TokensTest : public testing::CeremonyTest {
 protected:
  TokensTest() {
    softhsm.add_token("Root");
    people.answers["secret.new_key"] = SoftHsm::pin;
  }
  Result<keys::TokenSession> log_in() {
    return tokens.session({.module = SoftHsm::module, .label = "Root", .key = "r1", .slot = {}},
                          "secret.new_key", conversation);
  }
  static std::string hash() { return to_hex(crypto::sha256(as_bytes(read(SoftHsm::module)))); }

  SoftHsm softhsm;
  Notes listener;
  Conversation conversation{people, listener};
  Tokens tokens;
};

TEST_F(TokensTest, WhatItIsIsToldBeforeItsPinIsAsked) {
  tokens.expect(SoftHsm::module, hash());
  const Result<keys::TokenSession> session = log_in();
  ASSERT_TRUE(session) << session.error().message;
  EXPECT_THAT(listener.lines, ElementsAre("Root", "secret.new_key"));
  EXPECT_EQ(listener.seen.serial, session->token().serial);
  EXPECT_EQ(listener.seen.slot, session->token().slot);
  EXPECT_EQ(listener.seen.module_sha256, hash());
  EXPECT_EQ(listener.seen.denied, "");
  EXPECT_THAT(people.shown, HasSubstr("serial number " + session->token().serial));
  EXPECT_TRUE(log_in());
  EXPECT_EQ(listener.lines.size(), 2U);  // once a ceremony
}

TEST_F(TokensTest, AModuleThatHasChangedIsNotLoaded) {
  tokens.expect(SoftHsm::module, std::string(64, '0'));
  const Result<keys::TokenSession> session = log_in();
  ASSERT_FALSE(session);
  EXPECT_EQ(session.error().code, ErrorCode::conflict);
  EXPECT_THAT(session.error().message, HasSubstr("when the machine was looked at"));
  EXPECT_TRUE(listener.lines.empty());
}

}  // namespace
}  // namespace chancery::ceremony
