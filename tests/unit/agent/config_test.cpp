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
  EXPECT_THAT(message, HasSubstr("CHANCERY_AGENT_CHECK_INTERVAL='soon' must be a duration of 1s to 1d"));
  EXPECT_THAT(message, HasSubstr("'a/b' must be 1 to 64 letters"));
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

INSTANTIATE_TEST_SUITE_P(
    Agent, CertificateFaults,
    ::testing::Values(
        Fault{"colour: red", "unknown key 'colour'; known here: name, profile"},
        Fault{"key: P-999", "'P-999' must be P-256, P-384"},
        Fault{"key: RSA-1024", "'RSA-1024' must be P-256, P-384"},
        Fault{"key_mode: \"0644\"", "'0644' must be \"0400\", \"0440\""},
        Fault{"key_mode: \"0777\"", "'0777' must be \"0400\", \"0440\""},
        Fault{"reload: nginx", "'reload' must be a list"},
        Fault{"reload_timeout: 0s", "must be a duration such as 90d, 36h, 15m or 30s"},
        Fault{"reload_timeout: 601s", "is 601s; it must be from 1s to 10m"},
        Fault{"verify: {address: a, port: 0, server_name: b}", "'port' is 0; it must be from 1 to 65535"},
        Fault{"verify: {address: a, port: 65536, server_name: b}", "it must be from 1 to 65535"},
        Fault{"verify: {address: a, port: 1}", "'server_name' is missing; add it"}));

TEST_F(AgentConfig, NamesAreNeededAndChecked) {
  const std::string text = head() + "certificates:\n  - {name: web, profile: service, directory: d";
  EXPECT_THAT(refusal(text + "}\n"), HasSubstr("needs at least one name, as dns:web.example"));
  EXPECT_THAT(refusal(text + ", names: [web.example]}\n"),
              HasSubstr("\"web.example\" is not a name: write dns:, ip:, uri: or email:"));
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
                HasSubstr("'" + std::string(bad) + "' must be 1 to 64 letters, digits"));
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
      HasSubstr("'http://ca.example' is not https"));
}

TEST_F(AgentConfig, EveryFaultIsSaidAtOnce) {
  const std::string message =
      refusal("node: a/b\nstate_directory: s\ncertificates:\n" + certificate("    key: X\n"));
  EXPECT_THAT(message, HasSubstr("'a/b' must be"));
  EXPECT_THAT(message, HasSubstr("the key 'server' is missing; add it"));
  EXPECT_THAT(message, HasSubstr("'X' must be P-256"));
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
  EXPECT_THAT(checked.error().message, HasSubstr("root.pem does not exist; check the path"));
  EXPECT_THAT(checked.error().message, HasSubstr("run chmod 600 on it"));
  EXPECT_THAT(checked.error().message,
              HasSubstr("no user 'nobody-of-that-name' on this machine; correct owner"));
  EXPECT_THAT(checked.error().message,
              HasSubstr("/no/such/program is not a program that can be run; give its full path"));
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
