#include "ca/keys/token/module.h"

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ca/keys/token/firmware.h"
#include "ca/keys/token/pkcs11_error.h"
#include "tests/support/outcome.h"
#include "tests/support/softhsm.h"

namespace chancery::keys {
namespace {

using test::outcome_of;
using test::SoftHsm;
using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

TEST(TokenModule, ListsTheTokensAndWhatTheyAre) {
  const SoftHsm softhsm;
  softhsm.add_token("Root 2026");
  const auto module = TokenModule::load(SoftHsm::module);
  ASSERT_TRUE(module) << module.error().message;
  const auto tokens = module->tokens();
  ASSERT_TRUE(tokens) << tokens.error().message;
  ASSERT_EQ(tokens->size(), 2U);  // SoftHSM always shows one more that is not initialised
  const auto found = module->find("Root 2026");
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->manufacturer, "SoftHSM project");
  EXPECT_EQ(found->model, "SoftHSM v2");
  EXPECT_EQ(found->serial.size(), 16U);
  EXPECT_GE(found->firmware, (TokenVersion{2, 6}));
  EXPECT_TRUE(found->initialized && found->pin_initialized);
  EXPECT_FALSE(found->pin_locked || found->pin_final_try || found->pin_pad);
}

TEST(TokenModule, NamesTheTokensThatThereAre) {
  const SoftHsm softhsm;
  softhsm.add_token("Root A");
  softhsm.add_token("Root B");
  const auto module = TokenModule::load(SoftHsm::module);
  EXPECT_THAT(outcome_of(module->find("Root")),
              AllOf(StartsWith("not_found: no token is labelled \"Root\""), HasSubstr("\"Root A\" (serial "),
                    HasSubstr("\"Root B\" (serial "), HasSubstr("not initialised")));
  EXPECT_THAT(outcome_of(module->find("")), StartsWith("not_found: "));  // the uninitialised one is not meant
}

TEST(TokenModule, TwoTokensOfOneLabelAreAmbiguous) {
  const SoftHsm softhsm;
  softhsm.add_token("Root");
  softhsm.add_token("Root");
  const auto module = TokenModule::load(SoftHsm::module);
  EXPECT_THAT(outcome_of(module->find("Root")),
              AllOf(StartsWith("conflict: several tokens"), HasSubstr("take all but one out")));
}

TEST(TokenModule, ASlotChoosesAmongTokensOfOneLabel) {
  const SoftHsm softhsm;
  softhsm.add_token("Root");
  softhsm.add_token("Root");
  const auto module = TokenModule::load(SoftHsm::module);
  const auto tokens = module->tokens();
  ASSERT_TRUE(tokens) << tokens.error().message;
  for (const TokenInfo& token : *tokens) {
    if (!token.initialized) continue;
    for (const std::string label : {"Root", ""}) {
      const auto found = module->find_in_slot(token.slot, label);
      ASSERT_TRUE(found) << found.error().message;
      EXPECT_EQ(found->serial, token.serial);
    }
    EXPECT_THAT(
        outcome_of(module->find_in_slot(token.slot, "Roof")),
        AllOf(StartsWith("conflict: the token in slot "), HasSubstr("is labelled \"Root\", not \"Roof\"")));
  }
}

TEST(TokenModule, ASlotWithoutATokenOfOursIsRefused) {
  const SoftHsm softhsm;
  softhsm.add_token("Root");
  const auto module = TokenModule::load(SoftHsm::module);
  const auto tokens = module->tokens();
  ASSERT_TRUE(tokens) << tokens.error().message;
  for (const TokenInfo& token : *tokens) {
    if (token.initialized) continue;
    EXPECT_THAT(outcome_of(module->find_in_slot(token.slot, "")),
                StartsWith("not_found: no initialised token"));
  }
  EXPECT_THAT(
      outcome_of(module->find_in_slot(999999, "Root")),
      AllOf(StartsWith("not_found: no initialised token is in slot 999999"), HasSubstr("\"Root\" (serial ")));
}

TEST(TokenModule, CanBeLoadedTwiceAndAgain) {
  const SoftHsm softhsm;
  softhsm.add_token("Root");
  for (int round = 0; round < 2; ++round) {
    const auto first = TokenModule::load(SoftHsm::module), second = TokenModule::load(SoftHsm::module);
    ASSERT_TRUE(first);
    ASSERT_TRUE(second);
    EXPECT_TRUE(first->find("Root"));
    EXPECT_TRUE(second->find("Root"));
  }
}

class ModulePath : public testing::Test {
 protected:
  ModulePath() {
    std::string pattern = (std::filesystem::temp_directory_path() / "chancery-module-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
    std::ofstream(file()) << "not a library";
    chmod(file().c_str(), 0644);
  }
  ~ModulePath() override { std::filesystem::remove_all(folder_); }
  ModulePath(const ModulePath&) = delete;
  ModulePath& operator=(const ModulePath&) = delete;
  [[nodiscard]] std::string file() const { return folder_ + "/module.so"; }

  std::string folder_;
};

TEST_F(ModulePath, OfOursOrRootsIsAccepted) {
  EXPECT_EQ(*check_module_path(file()), file());
  EXPECT_TRUE(check_module_path(SoftHsm::module));
  symlink(file().c_str(), (folder_ + "/link.so").c_str());
  EXPECT_EQ(*check_module_path(folder_ + "/link.so"), file());
}

TEST_F(ModulePath, ThatIsNoPathToAFileIsRefused) {
  EXPECT_THAT(outcome_of(check_module_path("libsofthsm2.so")),
              HasSubstr("validation: a PKCS#11 module is named by"));
  EXPECT_THAT(outcome_of(check_module_path("")), StartsWith("validation: "));
  EXPECT_THAT(outcome_of(check_module_path("/" + std::string(4096, 'a'))), StartsWith("validation: "));
  EXPECT_THAT(outcome_of(check_module_path(file() + ".absent")), StartsWith("not_found: "));
  EXPECT_THAT(outcome_of(check_module_path(folder_)), HasSubstr("not a regular file"));
}

TEST_F(ModulePath, ThatOthersCouldChangeIsRefused) {
  for (const mode_t mode : {0664U, 0646U}) {
    chmod(file().c_str(), mode);
    EXPECT_THAT(outcome_of(check_module_path(file())), HasSubstr("forbidden: " + file() + " may be written"));
  }
  chmod(file().c_str(), 0644);
  chmod(folder_.c_str(), 0777);
  EXPECT_THAT(outcome_of(check_module_path(file())), HasSubstr("forbidden: " + folder_ + " may be written"));
  chmod(folder_.c_str(), 01777);  // as /tmp: nobody can put another file in the place of ours
  EXPECT_TRUE(check_module_path(file()));
}

TEST_F(ModulePath, WhatIsNoModuleDoesNotLoad) {
  EXPECT_THAT(outcome_of(TokenModule::load(file())), HasSubstr("cannot be loaded as a PKCS#11 module"));
  EXPECT_THAT(outcome_of(TokenModule::load("/usr/lib/x86_64-linux-gnu/libcrypto.so.3")),
              StartsWith("unavailable: "));
}

TEST(Firmware, BothEndsOfTheRangeAreDenied) {
  constexpr DeniedFirmware made_up{"Acme", "Vault", {2, 3}, {3, 1}, "a made-up fault (CVE-0000-0000)"};
  const auto outcome = [&](const std::string& manufacturer, const std::string& model, TokenVersion version) {
    TokenInfo token{.label = "Root", .manufacturer = manufacturer, .model = model, .firmware = version};
    return outcome_of(check_firmware(token, {&made_up, 1}));
  };
  EXPECT_EQ(outcome("Acme Inc.", "Vault 7", {2, 2}), "ok");
  for (const TokenVersion bad : {TokenVersion{2, 3}, {2, 255}, {3, 0}, {3, 1}}) {
    EXPECT_THAT(outcome("Acme Inc.", "Vault 7", bad),
                AllOf(StartsWith("forbidden: token \"Root\" (Acme Inc. Vault 7, firmware " + to_string(bad)),
                      HasSubstr("a made-up fault (CVE-0000-0000)")));
  }
  EXPECT_EQ(outcome("Acme Inc.", "Vault 7", {3, 2}), "ok");
  EXPECT_EQ(outcome("Acme Inc.", "Safe", {3, 0}), "ok");
  EXPECT_EQ(outcome("Other", "Vault 7", {3, 0}), "ok");
}

// CK_VERSION as the makers' modules fill it: minor * 10 + patch, and in older ones minor * 100 + patch in one
// octet.
bool denied(const char* model, unsigned major, unsigned minor, unsigned patch, unsigned factor) {
  const TokenInfo token{.manufacturer = "Yubico (www.yubico.com)",
                        .model = model,
                        .firmware = {major, (minor * factor + patch) % 256}};
  return !check_firmware(token, denied_firmware());
}

TEST(Firmware, TheKnownOnesAreDenied) {
  for (const unsigned factor : {10U, 100U}) {
    for (const auto& [minor, patch] : {std::pair{1U, 4U}, {2, 5}, {2, 6}, {3, 4}, {3, 5}, {4, 5}})
      EXPECT_TRUE(denied("YubiKey YK4", 4, minor, patch, factor)) << minor << '.' << patch;
    for (const auto& [minor, patch] : {std::pair{0U, 2U}, {1, 2}, {2, 7}, {4, 3}})
      EXPECT_TRUE(denied("YubiKey YK5", 5, minor, patch, factor)) << minor << '.' << patch;
    for (const auto& [minor, patch] : {std::pair{0U, 0U}, {1, 2}, {2, 0}, {3, 0}, {3, 2}})
      EXPECT_TRUE(denied("YubiHSM", 2, minor, patch, factor)) << minor << '.' << patch;
  }
}

TEST(Firmware, WhatWasRepairedIsNotDenied) {
  for (const unsigned factor : {10U, 100U}) {
    EXPECT_FALSE(denied("YubiKey YK5", 5, 7, 0, factor));
    EXPECT_FALSE(denied("YubiKey YK5", 5, 7, 4, factor));
    for (const auto& [minor, patch] : {std::pair{4U, 0U}, {4, 1}, {5, 0}, {5, 1}})
      EXPECT_FALSE(denied("YubiHSM", 2, minor, patch, factor)) << minor << '.' << patch;
  }
}

TEST(Firmware, AMadeUpEntryDeniesSoftHsmAndTheListDoesNot) {
  const SoftHsm softhsm;
  softhsm.add_token("Root");
  const auto token = TokenModule::load(SoftHsm::module)->find("Root");
  ASSERT_TRUE(token);
  constexpr DeniedFirmware made_up{"SoftHSM", "SoftHSM v2", {2, 0}, {2, 255}, "a made-up fault"};
  EXPECT_THAT(outcome_of(check_firmware(*token, {&made_up, 1})), HasSubstr("a made-up fault"));
  EXPECT_EQ(outcome_of(check_firmware(*token, denied_firmware())), "ok");
}

// The values are those of PKCS#11 2.40 (pkcs11t.h), written out.
TEST(Pkcs11Error, SaysWhatItIsAndWhatToDo) {
  const auto text = [](unsigned long value) {
    return outcome_of(Result<void>(pkcs11_error(value, "be opened")));
  };
  EXPECT_EQ(text(0xa0), "unauthorized: the token cannot be opened: the PIN is wrong");
  EXPECT_THAT(text(0xa2), StartsWith("unauthorized: "));
  EXPECT_THAT(text(0xa3), HasSubstr("expired"));
  EXPECT_THAT(text(0xa4),
              AllOf(StartsWith("forbidden: "), HasSubstr("locked"), HasSubstr("security officer")));
  EXPECT_THAT(text(0x102), AllOf(StartsWith("conflict: "), HasSubstr("no user PIN yet")));
  EXPECT_THAT(text(0x100), HasSubstr("was not checked"));
  EXPECT_THAT(text(0x101), HasSubstr("at each use are not supported"));
  for (const unsigned long gone : {0x32UL, 0xe0UL, 0xb3UL, 0x60UL, 0x82UL, 0x03UL}) {
    EXPECT_THAT(text(gone), AllOf(StartsWith("unavailable: "), HasSubstr("put the token back in"))) << gone;
  }
  EXPECT_THAT(text(0x70), HasSubstr("offers no such key or signature"));
  EXPECT_THAT(text(0x80000001), AllOf(StartsWith("unavailable: "), HasSubstr("2147483649")));
}

}  // namespace
}  // namespace chancery::keys
