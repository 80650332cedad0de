#include "agent/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <map>

#include "tests/unit/agent/temporary_folder.h"

namespace chancery::agent {
namespace {

using ::testing::HasSubstr;

class AgentConfig : public ::testing::Test {
 protected:
  Result<Config> load(const std::string& text) {
    std::ofstream(folder_.path() + "/agent.yaml") << text;
    return load_config(folder_.path() + "/agent.yaml",
                       [this](const std::string& name) -> std::optional<std::string> {
                         const auto found = environment_.find(name);
                         return found == environment_.end() ? std::nullopt : std::optional(found->second);
                       });
  }
  std::string refusal(const std::string& text) {
    const Result<Config> config = load(text);
    EXPECT_FALSE(config);
    return config ? "" : config.error().message;
  }
  static std::string certificate(const std::string& more = "") {
    return "  - name: web\n    profile: service\n    names: [dns:web.example]\n    directory: web\n" + more;
  }
  static std::string head() {
    return "node: web-01\nserver: {url: \"https://ca.example:8443\", roots: root.pem}\nstate_directory: "
           "state\n";
  }
  static std::string whole(const std::string& more = "") {
    return head() + "certificates:\n" + certificate(more);
  }

  testing::TemporaryFolder folder_;
  std::map<std::string, std::string> environment_;
};

TEST_F(AgentConfig, TheLeastNeededHasDefaults) {
  const Result<Config> config = load(whole());
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->node, "web-01");
  EXPECT_EQ(config->check_interval, Seconds(60));
  EXPECT_FALSE(config->push);
  EXPECT_FALSE(config->metrics);
  const CertificateConfig& web = config->certificates.at(0);
  EXPECT_EQ(web.key_mode, 0600U);
  EXPECT_EQ(web.key.algorithm, crypto::KeyAlgorithm::ec_p256);
  EXPECT_TRUE(web.reload.empty());
  EXPECT_FALSE(web.verify);
}

TEST_F(AgentConfig, RelativePathsStandBesideTheFile) {
  const Result<Config> config = load(whole("    enrollment_token_file: ./token\n"));
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->roots_file, folder_.path() + "/root.pem");
  EXPECT_EQ(config->state_directory, folder_.path() + "/state");
  EXPECT_EQ(config->certificates.at(0).directory, folder_.path() + "/web");
  EXPECT_EQ(config->certificates.at(0).enrollment_token_file, folder_.path() + "/token");
}

TEST_F(AgentConfig, EverythingCanBeSet) {
  const Result<Config> config = load(
      head() +
      "push: {url: \"http://127.0.0.1:9091\", interval: 5s}\nmetrics: {address: 127.0.0.2, port: 9105}\n"
      "check_interval: 2s\ncertificates:\n" +
      certificate("    key: RSA-3072\n    owner: root\n    group: root\n    key_mode: \"0640\"\n"
                  "    reload: [nginx, -s, reload]\n    reload_timeout: 5s\n"
                  "    verify: {address: 127.0.0.1, port: 8443, server_name: web.example, patience: 3s}\n"));
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->push->interval, Seconds(5));
  EXPECT_EQ(config->metrics->address, "127.0.0.2");
  EXPECT_EQ(config->check_interval, Seconds(2));
  const CertificateConfig& web = config->certificates.at(0);
  EXPECT_EQ(web.key.bits, 3072);
  EXPECT_EQ(web.key_mode, 0640U);
  EXPECT_EQ(web.reload, (std::vector<std::string>{"nginx", "-s", "reload"}));
  EXPECT_EQ(web.verify->patience, Seconds(3));
}

TEST_F(AgentConfig, TheEnvironmentOverridesTheFile) {
  environment_ = {{"CHANCERY_AGENT_NODE", "other"},
                  {"CHANCERY_AGENT_SERVER_URL", "https://other.example"},
                  {"CHANCERY_AGENT_SERVER_ROOTS", "/other/root.pem"},
                  {"CHANCERY_AGENT_STATE_DIRECTORY", "/other/state"},
                  {"CHANCERY_AGENT_PUSH_URL", "http://127.0.0.1:1"},
                  {"CHANCERY_AGENT_CHECK_INTERVAL", "5m"}};
  const Result<Config> config = load(whole());
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->node, "other");
  EXPECT_EQ(config->server_url, "https://other.example");
  EXPECT_EQ(config->roots_file, "/other/root.pem");
  EXPECT_EQ(config->state_directory, "/other/state");
  EXPECT_EQ(config->push->url, "http://127.0.0.1:1");
  EXPECT_EQ(config->check_interval, Seconds(300));
}

TEST_F(AgentConfig, ABadEnvironmentIsRefusedAsTheFileWouldBe) {
  environment_ = {{"CHANCERY_AGENT_CHECK_INTERVAL", "soon"}, {"CHANCERY_AGENT_NODE", "a/b"}};
  const std::string message = refusal(whole());
  EXPECT_THAT(message, HasSubstr("soon"));
  EXPECT_THAT(message, HasSubstr("a/b"));
}

struct Fault {
  const char* line;  // added to the certificate
  const char* said;
};

class CertificateFaults : public AgentConfig, public ::testing::WithParamInterface<Fault> {};

TEST_P(CertificateFaults, AreRefusedWithTheirPlace) {
  const std::string message = refusal(whole("    " + std::string(GetParam().line) + "\n"));
  EXPECT_THAT(message, HasSubstr(GetParam().said));
  EXPECT_THAT(message, HasSubstr("agent.yaml:"));
}

INSTANTIATE_TEST_SUITE_P(Agent, CertificateFaults,
                         ::testing::Values(Fault{"colour: red", "colour"}, Fault{"key: P-999", "P-999"},
                                           Fault{"key: RSA-1024", "RSA-1024"},
                                           Fault{"key_mode: \"0644\"", "0644"},
                                           Fault{"key_mode: \"0777\"", "0777"},
                                           Fault{"reload: nginx", "reload"},
                                           Fault{"reload_timeout: 0s", "reload_timeout"},
                                           Fault{"reload_timeout: 601s", "reload_timeout"},
                                           Fault{"verify: {address: a, port: 0, server_name: b}", "port"},
                                           Fault{"verify: {address: a, port: 65536, server_name: b}", "port"},
                                           Fault{"verify: {address: a, port: 1}", "server_name"}));

TEST_F(AgentConfig, NamesAreNeededAndChecked) {
  const std::string text = head() + "certificates:\n  - {name: web, profile: service, directory: d";
  EXPECT_THAT(refusal(text + "}\n"), HasSubstr("names"));
  EXPECT_THAT(refusal(text + ", names: [web.example]}\n"), HasSubstr("web.example"));
  EXPECT_THAT(refusal(text + ", names: [\"dns:a.example\", \"dns:a.example\"]}\n"), HasSubstr("twice"));
}

TEST_F(AgentConfig, TwoCertificatesShareNeitherNameNorDirectory) {
  const std::string twice = head() + "certificates:\n" + certificate() + certificate();
  EXPECT_THAT(refusal(twice), HasSubstr("called 'web' already"));
  EXPECT_THAT(refusal(twice), HasSubstr("kept in 'web' already"));
}

TEST_F(AgentConfig, ANameIsAFileName) {
  for (const char* bad : {"../web", "a b", ".web", "-web", "a/b"}) {
    EXPECT_THAT(refusal(head() + "certificates:\n  - {name: \"" + bad +
                        "\", profile: s, names: [\"dns:a.example\"], directory: d}\n"),
                HasSubstr(bad));
  }
  EXPECT_TRUE(load(head() + "certificates:\n  - {name: " + std::string(64, 'a') +
                   ", profile: s, names: [\"dns:a.example\"], directory: d}\n"));
  EXPECT_FALSE(load(head() + "certificates:\n  - {name: " + std::string(65, 'a') +
                    ", profile: s, names: [\"dns:a.example\"], directory: d}\n"));
}

TEST_F(AgentConfig, TheServiceIsAskedOverTlsOnly) {
  EXPECT_THAT(
      refusal("node: n\nserver: {url: \"http://ca.example\", roots: r}\nstate_directory: s\ncertificates:\n" +
              certificate()),
      HasSubstr("not https"));
}

TEST_F(AgentConfig, EveryFaultIsSaidAtOnce) {
  const std::string message =
      refusal("node: a/b\nstate_directory: s\ncertificates:\n" + certificate("    key: X\n"));
  EXPECT_THAT(message, HasSubstr("a/b"));
  EXPECT_THAT(message, HasSubstr("server"));
  EXPECT_THAT(message, HasSubstr("'X'"));
}

TEST_F(AgentConfig, CheckConfigLooksAtTheFilesToo) {
  std::ofstream(folder_.path() + "/token") << "secret\n";
  ::chmod((folder_.path() + "/token").c_str(), 0644);
  const Result<Config> config =
      load(whole("    enrollment_token_file: token\n    owner: nobody-of-that-name\n"
                 "    reload: [/no/such/program]\n"));
  ASSERT_TRUE(config) << config.error().message;
  const Result<void> checked = check_config(*config);
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().details.size(), 4U);
  EXPECT_THAT(checked.error().message, HasSubstr("root.pem"));
  EXPECT_THAT(checked.error().message, HasSubstr("chmod 600"));
  EXPECT_THAT(checked.error().message, HasSubstr("nobody-of-that-name"));
  EXPECT_THAT(checked.error().message, HasSubstr("/no/such/program"));
  EXPECT_THAT(checked.error().message, ::testing::Not(HasSubstr("secret\n")));
}

TEST_F(AgentConfig, CheckConfigRefusesALinkForACertificatesDirectory) {
  std::filesystem::create_directory(folder_.path() + "/elsewhere");
  std::filesystem::create_directory_symlink("elsewhere", folder_.path() + "/web");
  const Result<Config> config = load(whole());
  ASSERT_TRUE(config) << config.error().message;
  const Result<void> checked = check_config(*config);
  ASSERT_FALSE(checked);
  EXPECT_THAT(checked.error().message,
              HasSubstr("certificates.web.directory: " + folder_.path() + "/web is a link"));
}

}  // namespace
}  // namespace chancery::agent
