// The commands, run on files in a temporary directory, as a user would.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "api/server/cli.h"
#include "api/server/instance_lock.h"
#include "api/server/wiring.h"
#include "ca/base/file.h"
#include "ca/keys/file_key_store.h"
#include "tests/support/profiles.h"
#include "tests/support/x509_builder.h"

namespace chancery::server {
namespace {

using test::must;
namespace fs = std::filesystem;

class CommandTest : public testing::Test {
 protected:
  CommandTest() {
    std::string pattern = (fs::temp_directory_path() / "chancery-commands-XXXXXX").string();
    directory = ::mkdtemp(pattern.data());
    fs::create_directory(directory / "policies");
    put("policies/service.yaml", test::service_yaml);
    put("root.pem", root.certificate.to_pem());
    put("intermediate.pem", intermediate.certificate.to_pem());
    const SecretBytes passphrase = SecretBytes::copy_of(as_bytes("correct horse battery"));
    put("intermediate.key.pem", must(intermediate.key->to_encrypted_pem(passphrase)), true);
    put("passphrase", "correct horse battery\n", true);
    put("proxy-secret", "0123456789abcdef0123456789abcdef\n", true);
    put("web.csr", test::make_request_pem(test::make_key(), {"web.svc.test"}));
    put("ca.yaml", R"(listen: {port: 0}
proxy_secret_file: proxy-secret
database: ca.db
policies: policies
issuer: {certificate: intermediate.pem, key: intermediate.key.pem, passphrase_file: passphrase}
roots: root.pem
)");
  }
  ~CommandTest() override { fs::remove_all(directory); }

  void put(const std::string& name, const std::string& text, bool secret = false) const {
    const fs::path path = directory / name;
    std::ofstream(path, std::ios::trunc) << text;
    if (secret) fs::permissions(path, fs::perms::owner_read | fs::perms::owner_write);
  }
  int run_command(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "chancery-ca");
    std::vector<const char*> argv;
    for (const std::string& argument : arguments) argv.push_back(argument.c_str());
    out.str("");
    err.str("");
    return run(static_cast<int>(argv.size()), argv.data(), out, err);
  }
  [[nodiscard]] std::string at(const std::string& name) const { return (directory / name).string(); }
  int check() { return run_command({"check-config", "--config", at("ca.yaml")}); }
  std::vector<std::string> issue_arguments() {
    return {"issue",      "--config", at("ca.yaml"), "--profile",  "service",
            "--identity", "web-01",   "--csr",       at("web.csr")};
  }

  // The commands ask the system's clock.
  TimePoint now = SystemClock().now();
  test::CertifiedKey root = test::make_root(now);
  test::CertifiedKey intermediate = test::make_intermediate(root, now);
  fs::path directory;
  std::ostringstream out, err;
};

TEST_F(CommandTest, CheckConfigSaysWhatItFoundAndChangesNothing) {
  EXPECT_EQ(check(), 0) << err.str();
  EXPECT_NE(out.str().find("1 profiles"), std::string::npos) << out.str();
  EXPECT_FALSE(fs::exists(directory / "ca.db"));
}

TEST_F(CommandTest, CheckConfigWarnsOfOperatorsMadeWithFewerApprovals) {
  put("policies/operator.yaml", test::operator_yaml);
  EXPECT_EQ(check(), 0);
  EXPECT_EQ(err.str(), "");
  put("policies/guarded.yaml", test::guarded_yaml);
  EXPECT_EQ(check(), 0);
  EXPECT_NE(err.str().find("warning: " + at("policies/operator.yaml") + ":1:1: profile operator grants"),
            std::string::npos)
      << err.str();
}

TEST_F(CommandTest, MissingFilesAreNamedWithTheirKey) {
  const std::vector<std::pair<std::string, std::string>> files{{"root.pem", "roots"},
                                                               {"intermediate.pem", "issuer.certificate"},
                                                               {"intermediate.key.pem", "issuer.key"},
                                                               {"passphrase", "issuer.passphrase_file"},
                                                               {"proxy-secret", "proxy_secret_file"}};
  for (const auto& [file, key] : files) {
    fs::rename(directory / file, directory / "away");
    EXPECT_EQ(check(), 1) << file;
    EXPECT_NE(err.str().find(key), std::string::npos) << err.str();
    EXPECT_NE(err.str().find(at(file)), std::string::npos) << err.str();
    fs::rename(directory / "away", directory / file);
  }
  fs::remove_all(directory / "policies");
  EXPECT_EQ(check(), 1);
  EXPECT_NE(err.str().find("policies"), std::string::npos) << err.str();
}

TEST_F(CommandTest, SecretsOthersCanReadAreRefused) {
  fs::permissions(directory / "proxy-secret", fs::perms::others_read, fs::perm_options::add);
  EXPECT_EQ(check(), 1);
  EXPECT_NE(err.str().find("proxy_secret_file"), std::string::npos) << err.str();
  EXPECT_NE(err.str().find("run chmod 600 on it"), std::string::npos) << err.str();
}

TEST_F(CommandTest, AWrongPassphraseIsSaid) {
  put("passphrase", "wrong horse battery\n", true);
  EXPECT_EQ(check(), 1);
  EXPECT_NE(err.str().find("issuer.key"), std::string::npos) << err.str();
  EXPECT_EQ(err.str().find("wrong horse"), std::string::npos);
}

TEST_F(CommandTest, CertificatesThatDoNotFitTogetherAreRefused) {
  put("root.pem", test::make_root(now).certificate.to_pem());
  EXPECT_EQ(check(), 1);
  EXPECT_NE(err.str().find("issuer.certificate"), std::string::npos) << err.str();
  EXPECT_NE(err.str().find("take intermediate and root from the same ceremony"), std::string::npos);
  put("root.pem", root.certificate.to_pem());
  put("intermediate.pem", test::make_intermediate(root, now).certificate.to_pem());
  EXPECT_EQ(check(), 1) << "the key is another certificate's";
  EXPECT_NE(err.str().find("key"), std::string::npos) << err.str();
}

TEST_F(CommandTest, PreviousIssuersMustHangOnARoot) {
  put("ca.yaml", R"(listen: {port: 0}
proxy_secret_file: proxy-secret
database: ca.db
policies: policies
issuer: {certificate: intermediate.pem, key: intermediate.key.pem, passphrase_file: passphrase, previous: old.pem}
roots: root.pem
)");
  EXPECT_EQ(check(), 1);
  EXPECT_NE(err.str().find("issuer.previous"), std::string::npos) << err.str();
  put("old.pem", test::make_intermediate(root, now).certificate.to_pem());
  EXPECT_EQ(check(), 0) << err.str();
  put("old.pem", test::make_intermediate(test::make_root(now), now).certificate.to_pem());
  EXPECT_EQ(check(), 1);
  EXPECT_NE(err.str().find("add its root there, or remove it"), std::string::npos) << err.str();
}

TEST_F(CommandTest, AnExpiredIssuerIsRefused) {
  const auto old = test::make_intermediate(root, now - Seconds(6LL * 365 * 86400));
  put("intermediate.pem", old.certificate.to_pem());
  EXPECT_EQ(check(), 1);
  EXPECT_NE(err.str().find("hold the ceremony of the next intermediate"), std::string::npos) << err.str();
  EXPECT_NE(err.str().find("valid from"), std::string::npos) << err.str();
}

TEST_F(CommandTest, IssueWritesLeafAndIntermediate) {
  EXPECT_EQ(run_command(issue_arguments()), 0) << err.str();
  const auto chain = must(x509::parse_pem_chain(out.str()));
  ASSERT_EQ(chain.size(), 2U);
  EXPECT_EQ(chain[0].subject_text(), "CN=web.svc.test");
  EXPECT_EQ(chain[1].fingerprint(), intermediate.certificate.fingerprint());
}

TEST_F(CommandTest, IssueForAFileThatIsThereIssuesNothing) {
  auto arguments = issue_arguments();
  arguments.insert(arguments.end(), {"--out", at("web.pem")});
  put("web.pem", "old");
  EXPECT_EQ(run_command(arguments), 1);
  EXPECT_NE(err.str().find("web.pem exists already"), std::string::npos) << err.str();
  EXPECT_EQ(out.str(), "");
  EXPECT_EQ(must(read_file(at("web.pem"), 65536)), "old");
  EXPECT_FALSE(fs::exists(directory / "ca.db"));
}

TEST_F(CommandTest, IssueIsBoundByThePolicy) {
  put("web.csr", test::make_request_pem(test::make_key(), {"evil.example"}));
  EXPECT_EQ(run_command(issue_arguments()), 1);
  EXPECT_NE(err.str().find("evil.example"), std::string::npos) << err.str();
  EXPECT_NE(err.str().find("service.yaml:"), std::string::npos) << err.str();
}

TEST_F(CommandTest, AuditVerifyNeedsADatabaseAndMakesNone) {
  ASSERT_FALSE(std::filesystem::exists(at("ca.db")));
  EXPECT_EQ(run_command({"audit", "verify", "--config", at("ca.yaml")}), 1);
  EXPECT_NE(err.str().find("does not exist, so there is no audit log to verify; check the path"),
            std::string::npos)
      << err.str();
  EXPECT_FALSE(std::filesystem::exists(at("ca.db")));
}

TEST_F(CommandTest, AuditVerifyWalksWhatIssueWrote) {
  EXPECT_EQ(run_command(issue_arguments()), 0) << err.str();
  EXPECT_EQ(run_command({"audit", "verify", "--config", at("ca.yaml")}), 0) << err.str();
  EXPECT_NE(out.str().find("2 entries"), std::string::npos) << out.str();
  EXPECT_EQ(run_command({"audit", "verify", "--json", "--config", at("ca.yaml")}), 0);
  EXPECT_NE(out.str().find("{\"entries\":2,\"faults\":[],"), std::string::npos) << out.str();
}

TEST_F(CommandTest, WhatIsLocallyIssuedAuthenticatesOverRest) {
  ASSERT_EQ(run_command(issue_arguments()), 0) << err.str();
  const std::string leaf = must(x509::parse_pem_chain(out.str())).front().to_pem();
  const SystemClock clock;
  SystemRandom random;
  const auto logger = log::make_null_logger();
  auto core = must(build_core(must(load_config(at("ca.yaml"), {})), clock, random));
  const auto audit_log = must(open_log(must(load_config(at("ca.yaml"), {})), *core.store, clock, *logger));
  const Rest rest = build_rest(core, *audit_log, clock, *logger);
  const auto caller = rest.authenticator->authenticate({.authorization = "", .certificate_pem = leaf});
  ASSERT_TRUE(caller) << caller.error().message;
  EXPECT_EQ(caller->identity(), Identity("web-01"));
}

TEST_F(CommandTest, ADatabaseHasOneServer) {
  {
    const auto first = InstanceLock::acquire(at("ca.db"));
    ASSERT_TRUE(first) << first.error().message;
    EXPECT_EQ(run_command({"serve", "--config", at("ca.yaml")}), 1);
    EXPECT_NE(err.str().find(at("ca.db") + " is served by another chancery-ca; stop that one first"),
              std::string::npos)
        << err.str();
    EXPECT_EQ(run_command(issue_arguments()), 0) << "issuing locally needs no server to stop: " << err.str();
  }
  EXPECT_TRUE(InstanceLock::acquire(at("ca.db")));
  const auto nowhere = InstanceLock::acquire(at("nowhere/ca.db"));
  ASSERT_FALSE(nowhere);
  EXPECT_NE(nowhere.error().message.find("Create the directory and let"), std::string::npos);
}

TEST_F(CommandTest, ServeNamesATakenPort) {
  const SystemClock clock;
  SystemRandom random;
  const auto logger = log::make_null_logger();
  auto config = must(load_config(at("ca.yaml"), {}));
  auto core = must(build_core(config, clock, random));
  const auto audit_log = must(open_log(must(load_config(at("ca.yaml"), {})), *core.store, clock, *logger));
  const Rest rest = build_rest(core, *audit_log, clock, *logger);
  const auto first = must(start_server(config, *rest.service, random, *logger));
  config.listen.port = first->port();
  const auto second = start_server(config, *rest.service, random, *logger);
  ASSERT_FALSE(second);
  EXPECT_NE(second.error().message.find(std::to_string(first->port())), std::string::npos);
}

TEST_F(CommandTest, HelpHasExamplesAndBadUsageIsTwo) {
  EXPECT_EQ(run_command({"--help"}), 0);
  EXPECT_NE(out.str().find("Examples:"), std::string::npos);
  EXPECT_EQ(run_command({"--version"}), 0);
  EXPECT_TRUE(out.str().starts_with("chancery-ca ")) << out.str();
  EXPECT_EQ(run_command({}), 2);
  EXPECT_EQ(run_command({"issue"}), 2);
  EXPECT_EQ(run_command({"dance"}), 2);
  EXPECT_EQ(run_command({"check-cofnig"}), 2);
  EXPECT_NE(err.str().find("did you mean 'check-config'?"), std::string::npos) << err.str();
}

TEST_F(CommandTest, TheConfigurationHasADefaultPlaceAndStandsBeforeOrBehindTheCommand) {
  EXPECT_EQ(run_command({"--help"}), 0);
  EXPECT_NE(out.str().find("/etc/chancery/ca.yaml"), std::string::npos) << out.str();
  run_command({"check-config"});
  EXPECT_NE((out.str() + err.str()).find("/etc/chancery/ca.yaml"), std::string::npos);
  EXPECT_EQ(run_command({"--config", at("ca.yaml"), "check-config"}), 0) << err.str();
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

TEST_F(CommandTest, CheckConfigPrintsEachFaultOnceAndGoesOn) {
  put("policies/broken.yaml", "name: broken\nlifetime: 1d\nlifetime: 2d\n");
  fs::remove(directory / "root.pem");
  put("passphrase", "wrong horse battery\n", true);
  fs::permissions(directory / "proxy-secret", fs::perms::others_read, fs::perm_options::add);
  EXPECT_EQ(check(), 1);
  for (const char* fault : {"broken.yaml:3", "root.pem does not exist", "issuer.key", "chmod 600"}) {
    EXPECT_EQ(count(err.str(), fault), 1U) << fault << " in\n" << err.str();
  }
  put("ca.yaml", "surprise: 1\n");
  EXPECT_EQ(check(), 1);
  EXPECT_EQ(count(err.str(), "surprise"), 1U) << err.str();
}

}  // namespace
}  // namespace chancery::server
