// chancery lint: offline, on the files of tests/testdata/lint.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "api/cli/commands.h"
#include "ca/lint/inspect.h"
#include "tests/support/testdata.h"

namespace chancery::cli {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

std::string data(const std::string& name) {
  return CHANCERY_SOURCE_DIR "/tests/testdata/" + name;
}

class CliLint : public ::testing::Test {
 protected:
  CliLint() {
    std::string pattern = (std::filesystem::temp_directory_path() / "chancery-lint-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
  }
  ~CliLint() override { std::filesystem::remove_all(folder_); }
  CliLint(const CliLint&) = delete;
  CliLint& operator=(const CliLint&) = delete;

  int lint(std::vector<std::string> arguments) {
    out_.str("");
    error_.str("");
    arguments.insert(arguments.begin(), "lint");
    return run(arguments, {out_, error_});
  }
  std::string write(const std::string& content) {
    const std::string path = folder_ + "/" + std::to_string(++files_) + ".pem";
    std::ofstream(path, std::ios::binary) << content;
    return path;
  }
  [[nodiscard]] json answer() const { return json::parse(out_.str()); }

  std::string folder_;
  int files_ = 0;
  std::ostringstream out_, error_;
};

TEST_F(CliLint, ASoundCertificateIsStatus0AndNeedsNoServer) {
  EXPECT_EQ(lint({data("lint/leaf.pem"), "--issuer", data("lint/intermediate.pem")}), exit_ok)
      << error_.str();
  EXPECT_THAT(out_.str(),
              AllOf(HasSubstr(":1: leaf CN=web.example, number 015bd9"), HasSubstr(": nothing found"),
                    Not(HasSubstr("not judged")), HasSubstr("0 errors, 0 warnings")));
}

TEST_F(CliLint, AFindingHasSeverityIdCitationQuoteAndWhatToDo) {
  EXPECT_EQ(lint({data("lint/rfc5280.serial_number/fail.pem")}), exit_refused);
  EXPECT_THAT(out_.str(),
              AllOf(HasSubstr("error rfc5280.serial_number: the serial number must have 17 to 20 octets"),
                    HasSubstr("RFC 5280 section 4.1.2.2"),
                    HasSubstr("\"The serial number MUST be a positive integer assigned by the CA"),
                    HasSubstr("Take at least 16 octets from a CSPRNG"), HasSubstr("1 error, 0 warnings")));
}

TEST_F(CliLint, JsonSaysTheSame) {
  EXPECT_EQ(lint({data("lint/rfc5280.serial_number/fail.pem"), "--json"}), exit_refused);
  const json found = answer();
  EXPECT_EQ(found["errors"], 1);
  ASSERT_EQ(found["objects"].size(), 1U);
  EXPECT_EQ(found["objects"][0]["kind"], "leaf");
  EXPECT_EQ(found["objects"][0]["line"], 1);
  const json finding = found["objects"][0]["findings"][0];
  EXPECT_EQ(finding["severity"], "error");
  EXPECT_EQ(finding["id"], "rfc5280.serial_number");
  for (const char* key : {"message", "citation", "quote", "advice"})
    EXPECT_FALSE(finding[key].get<std::string>().empty()) << key;
  EXPECT_THAT(found["objects"][0]["not_judged"].dump(), HasSubstr("rfc5280.issuer_name"));
}

TEST_F(CliLint, AWarningIsStatus0) {
  EXPECT_EQ(lint({data("lint/house.revocation_pointer/fail.pem")}), exit_ok);
  EXPECT_THAT(out_.str(),
              AllOf(HasSubstr("warning house.revocation_pointer"), HasSubstr("0 errors, 1 warning\n")));
}

TEST_F(CliLint, AChainIsItsOwnIssuer) {
  const std::string chain = write(test::testdata("lint/leaf.pem") + test::testdata("lint/intermediate.pem") +
                                  test::testdata("lint/root.pem"));
  EXPECT_EQ(lint({chain}), exit_ok) << out_.str();
  EXPECT_THAT(out_.str(), AllOf(HasSubstr(": leaf "), HasSubstr(": intermediate "), HasSubstr(": root "),
                                Not(HasSubstr("not judged"))));
}

TEST_F(CliLint, AnIssuerThatIsNotTheIssuerIsFound) {
  EXPECT_EQ(lint({data("lint/leaf.pem"), "--issuer", data("lint/target.pem")}), exit_refused);
  EXPECT_THAT(out_.str(), AllOf(HasSubstr("error rfc5280.issuer_name"), HasSubstr("error chain.signature")));
}

TEST_F(CliLint, KindAndTimeCanBeStated) {
  EXPECT_EQ(lint({data("lint/intermediate.pem"), "--kind", "root"}), exit_refused);
  EXPECT_THAT(out_.str(), HasSubstr("error rfc5280.root_self_issued"));
  EXPECT_EQ(
      lint({data("lint/cross.pem"), "--issuer", data("lint/root.pem"), "--target", data("lint/target.pem")}),
      exit_ok)
      << out_.str();
  EXPECT_EQ(lint({data("lint/leaf.pem"), "--at", "2026-07-01T00:00:00Z"}), exit_refused);
  EXPECT_THAT(out_.str(), HasSubstr("error house.not_before"));
  EXPECT_EQ(lint({data("lint/leaf.pem"), "--at", "yesterday"}), exit_usage);
  EXPECT_THAT(error_.str(), HasSubstr("write it as 2026-11-27T12:00:00Z"));
  EXPECT_EQ(lint({data("lint/leaf.pem"), "--kind", "crl"}), exit_usage);
  EXPECT_THAT(error_.str(), HasSubstr("a block CERTIFICATE cannot be of kind crl; leave the kind out"));
  EXPECT_EQ(lint({data("lint/leaf.pem"), "--kind", "stem"}), exit_usage);
}

TEST_F(CliLint, RevocationListsAndTheOneBefore) {
  const std::string list = data("lint/crl/pass.pem"), root = data("lint/root.pem");
  EXPECT_EQ(lint({list}), exit_ok);
  EXPECT_THAT(out_.str(),
              AllOf(HasSubstr("crl CN=Example Root"), HasSubstr("number 7"), HasSubstr("crl.issuer")));
  EXPECT_EQ(lint({list, "--issuer", root, "--previous", data("lint/crl.overlap/previous-fail.pem")}),
            exit_ok);
  EXPECT_THAT(out_.str(), HasSubstr("warning crl.overlap"));
  EXPECT_EQ(lint({list, "--issuer", root, "--previous", list}), exit_refused);
  EXPECT_THAT(out_.str(), HasSubstr("error crl.number"));
}

TEST_F(CliLint, RequestsAndKeysAreJudgedByTheirKeyAndNames) {
  EXPECT_EQ(lint({data("lint/parser.request/pass.pem")}), exit_ok);
  for (const char* weak : {"crypto/rsa2048-roca.csr.pem", "crypto/rsa2048-close100.csr.pem",
                           "crypto/rsa2048-roca.pub.pem", "crypto/rsa1024.pub.pem"}) {
    EXPECT_EQ(lint({data(weak)}), exit_refused);
    EXPECT_THAT(out_.str(), HasSubstr("error house.public_key")) << weak;
  }
}

TEST_F(CliLint, TheBlocklist) {
  const std::string debian = data("crypto/rsa2048-debian.pub.pem");
  EXPECT_EQ(lint({debian}), exit_ok);
  EXPECT_EQ(lint({debian, "--blocklist", data("crypto/debian.blocklist")}), exit_refused);
  EXPECT_THAT(out_.str(), HasSubstr("block-list"));
  const std::string bad = write("# lost\nabc\n");
  EXPECT_EQ(lint({debian, "--blocklist", bad}), exit_usage);
  EXPECT_THAT(error_.str(), HasSubstr(bad + ":2: neither the SHA-256 of a key's SubjectPublicKeyInfo"));
}

TEST_F(CliLint, WhatTheParserRefusesIsFoundWithItsPlace) {
  const std::pair<const char*, const char*> refusals[] = {
      {"lint/parser.der/fail.pem", "error parser.der: at byte 0 of"},
      {"lint/parser.serial_number/fail.pem", "error parser.serial_number: at byte "},
      {"lint/parser.extension/fail.pem", "extension 2.5.29.37: extension extKeyUsage is malformed"},
      {"lint/parser.time/fail.pem", "notBefore is '20260601000000Z' as GeneralizedTime"},
      {"lint/parser.version/fail.pem", "error parser.version: at byte "},
      {"lint/rfc5280.unique_extensions/fail.pem", "the extension 2.5.29.14 stands a second time"},
  };
  for (const auto& [file, words] : refusals) {
    EXPECT_EQ(lint({data(file)}), exit_refused) << file;
    EXPECT_THAT(out_.str(), HasSubstr(words)) << file;
  }
}

TEST_F(CliLint, WhatCannotBeReadIsStatus2AndSaysWhere) {
  const std::string leaf = test::testdata("lint/leaf.pem");
  const std::size_t end = leaf.find("-----END");
  const std::pair<std::string, std::string> inputs[] = {
      {"", "the file is empty; give a PEM file"},
      {"x", "there is no PEM block; one begins with a line such as -----BEGIN CERTIFICATE-----"},
      {"0", "this looks like DER; make PEM of it"},
      {leaf.substr(0, end), "line 1: the block that begins here has no -----END line"},
      {leaf.substr(0, end) + "?!\n" + leaf.substr(end),
       "characters that are not base64's inside a CERTIFICATE"},
      {leaf.substr(0, end) + "A\n" + leaf.substr(end),
       "line 1: what the CERTIFICATE block holds is not whole base64"},
      {leaf + "-----BEGIN-----\n", "'-----BEGIN-----' begins no block"},
      {leaf.substr(0, end) + "-----END X509 CRL-----\n", "this ends another block than the CERTIFICATE"},
      {"-----BEGIN PKCS7-----\nAAAA\n-----END PKCS7-----\n",
       "line 1: a block PKCS7 is nothing that is linted"},
      {test::testdata("crypto/p256.key.pem"), "line 1: a private key has nothing to lint"},
  };
  for (const auto& [content, words] : inputs) {
    const std::string path = write(content);
    EXPECT_EQ(lint({path}), exit_usage) << words;
    EXPECT_THAT(error_.str(), AllOf(StartsWith("chancery: " + path + ": "), HasSubstr(words)));
    EXPECT_EQ(out_.str(), "");
  }
  EXPECT_EQ(lint({"/nowhere/web.pem"}), exit_usage);
  EXPECT_THAT(error_.str(), HasSubstr("/nowhere/web.pem does not exist"));
  EXPECT_EQ(lint({}), exit_usage);
}

TEST_F(CliLint, TheFilesLimit) {
  const std::string leaf = test::testdata("lint/leaf.pem");
  const std::string full = leaf + std::string(lint::inspect_limit - leaf.size(), '\n');
  EXPECT_EQ(lint({write(full)}), exit_ok);
  EXPECT_EQ(lint({write(full + "\n")}), exit_usage);
  EXPECT_THAT(error_.str(), HasSubstr("has more than 12582912 bytes"));
}

TEST_F(CliLint, TheLimitOfBlocks) {
  std::string text;
  for (std::size_t i = 0; i < lint::inspect_block_limit; ++i) text += test::testdata("crypto/p256.pub.pem");
  EXPECT_EQ(lint({write(text)}), exit_ok);
  EXPECT_EQ(lint({write(text + test::testdata("crypto/p256.pub.pem"))}), exit_usage);
  EXPECT_THAT(error_.str(), HasSubstr("more than 100 blocks; split the file"));
}

TEST_F(CliLint, TextAroundABlockIsNoticed) {
  EXPECT_EQ(lint({write("Certificate:\n" + test::testdata("lint/leaf.pem"))}), exit_ok);
  EXPECT_THAT(out_.str(), HasSubstr("notice parser.explanatory_text: line 1 stands outside"));
}

TEST_F(CliLint, WhatAFileSaysCannotCommandTheTerminal) {
  Bytes der = test::testdata_der("lint/leaf.pem");
  const std::string start = "260601000000Z";
  const auto time = std::search(der.begin(), der.end(), start.begin(), start.end());
  ASSERT_NE(time, der.end());
  *time = 0x1b;
  EXPECT_EQ(lint({write("\033[2J\n" + to_pem("CERTIFICATE", der))}), exit_refused);
  EXPECT_THAT(out_.str(), AllOf(HasSubstr("notBefore is '?60601000000Z'"), Not(HasSubstr("\033"))));
  EXPECT_EQ(lint({write("-----BEGIN \033[2J-----\nAAAA\n-----END \033[2J-----\n")}), exit_usage);
  EXPECT_THAT(error_.str(), Not(HasSubstr("\033")));
}

TEST_F(CliLint, HelpHasExamplesAndTheStatus) {
  EXPECT_EQ(lint({"--help"}), exit_ok);
  EXPECT_THAT(out_.str(), AllOf(HasSubstr("chancery lint web.pem --issuer intermediate.pem --json"),
                                HasSubstr("Exit status: 0 no error found"), HasSubstr("--blocklist")));
}

}  // namespace
}  // namespace chancery::cli
