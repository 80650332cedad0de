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
  Result<keys::TokenSession> log_in(const std::string& module = SoftHsm::module) {
    return tokens.session({.module = module, .label = "Root", .key = "r1", .slot = {}},
                          {"secret.new_key", "Crypto officer (Flo Ford)"}, conversation);
  }
  static std::string hash() { return to_hex(crypto::sha256(as_bytes(read(SoftHsm::module)))); }

  SoftHsm softhsm;
  Notes listener;
  Conversation conversation{people, listener};
  Tokens tokens;
};

TEST_F(TokensTest, WhereSeveralBearALabelTheSlotIsAskedFor) {
  softhsm.add_token("Root");
  const keys::TokenModule module = keys::TokenModule::load(SoftHsm::module).value();
  std::vector<unsigned long> slots;
  const std::vector<keys::TokenInfo> all = module.tokens().value();
  for (const keys::TokenInfo& token : all) {
    if (token.initialized) slots.push_back(token.slot);
  }
  ASSERT_EQ(slots.size(), 2U);
  people.answers["slot.new_key"] = "all of them";
  EXPECT_FALSE(log_in());
  people.answers["slot.new_key"] = std::to_string(slots[1]);
  const Result<keys::TokenSession> session = log_in();
  ASSERT_TRUE(session) << session.error().message;
  EXPECT_EQ(session->token().slot, slots[1]);
  EXPECT_THAT(people.asked, ElementsAre("slot.new_key", "slot.new_key", "secret.new_key"));
  people.asked.clear();
  people.answers["slot.issuer_key"] = std::to_string(slots[0]);
  people.answers["secret.issuer_key"] = SoftHsm::pin;
  const Result<keys::TokenSession> other =
      tokens.session({.module = SoftHsm::module, .label = "Root", .key = "r2", .slot = {}},
                     {"secret.issuer_key", "Crypto officer (Flo Ford)"}, conversation);
  ASSERT_TRUE(other) << other.error().message;
  EXPECT_EQ(other->token().slot, slots[0]);
  EXPECT_THAT(people.asked, ElementsAre("slot.issuer_key", "secret.issuer_key"));
}

TEST_F(TokensTest, WhatItIsIsToldBeforeItsPinIsAsked) {
  tokens.expect(SoftHsm::module, hash());
  const Result<keys::TokenSession> session = log_in();
  ASSERT_TRUE(session) << session.error().message;
  EXPECT_THAT(listener.lines, ElementsAre("Root", "secret.new_key"));
  EXPECT_EQ(listener.seen.serial, session->token().serial);
  EXPECT_EQ(listener.seen.slot, session->token().slot);
  EXPECT_EQ(listener.seen.module_sha256, hash());
  EXPECT_EQ(listener.seen.denied, "");
  EXPECT_TRUE(listener.seen.firmware_told);
  EXPECT_EQ(firmware_finding(listener.seen),
            "the token Root has firmware " + to_string(session->token().firmware));
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

TEST_F(TokensTest, FirmwareThatIsNotToldIsRefusedBeforeThePin) {
  const Result<keys::TokenSession> session = log_in(CHANCERY_UNTOLD_TOKEN);
  ASSERT_FALSE(session);
  EXPECT_EQ(session.error().code, ErrorCode::forbidden);
  EXPECT_THAT(session.error().message,
              HasSubstr("the token Root does not tell its firmware, so that no deny-list can name it"));
  EXPECT_THAT(session.error().message, HasSubstr("declare the exception token_firmware"));
  EXPECT_THAT(people.shown, HasSubstr("NOT MET: the token Root does not tell its firmware"));
  EXPECT_THAT(listener.lines, ElementsAre("Root"));
}

TEST_F(TokensTest, FirmwareThatIsNotToldMayBeDeclared) {
  tokens.allow_untold_firmware("its maker's tool says 3.5");
  ASSERT_TRUE(log_in(CHANCERY_UNTOLD_TOKEN));
  EXPECT_FALSE(listener.seen.firmware_told);
  EXPECT_THAT(people.shown, HasSubstr("exception declared in the script: its maker's tool says 3.5"));
}

}  // namespace
}  // namespace chancery::ceremony
