#include "api/server/config.h"

#include <gtest/gtest.h>

namespace chancery::server {
namespace {

constexpr const char* minimal = R"(proxy_secret_file: secret
database: /var/lib/chancery/ca.db
policies: policies
issuer: {certificate: intermediate.pem, key: keys/intermediate.key.pem}
roots: root.pem
)";

Result<Config> parse(const std::string& yaml, const Environment& environment = {}) {
  return parse_config(yaml, "/etc/chancery/ca.yaml", environment);
}

TEST(Config, DefaultsAndRelativePaths) {
  const auto config = parse(minimal);
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->listen.address, "127.0.0.1");
  EXPECT_EQ(config->listen.port, 8080);
  EXPECT_EQ(config->listen.threads, 64);
  EXPECT_EQ(config->proxy_secret_file, "/etc/chancery/secret");
  EXPECT_EQ(config->database, "/var/lib/chancery/ca.db");
  EXPECT_EQ(config->policies, "/etc/chancery/policies");
  EXPECT_EQ(config->issuer.key, "/etc/chancery/keys/intermediate.key.pem");
  EXPECT_EQ(config->issuer.passphrase_file, "");
  EXPECT_TRUE(config->issuer.cross_check);
  EXPECT_EQ(config->log_level, log::Level::info);
}

TEST(Config, ReadsEveryKey) {
  const auto config = parse(R"(listen: {address: 127.0.0.2, port: 0, threads: 1024}
proxy_secret_file: /s
database: /d
policies: /p
issuer: {certificate: /c, key: /k, passphrase_file: /f, cross_check: never}
roots: /r
key_blocklist: lost/keys.list
log: {level: warning}
)");
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->listen.address, "127.0.0.2");
  EXPECT_EQ(config->listen.port, 0);
  EXPECT_EQ(config->listen.threads, 1024);
  EXPECT_EQ(config->issuer.passphrase_file, "/f");
  EXPECT_FALSE(config->issuer.cross_check);
  EXPECT_EQ(config->key_blocklist, "/etc/chancery/lost/keys.list");
  EXPECT_EQ(config->log_level, log::Level::warning);
}

TEST(Config, TheSecondReadingIsAlwaysOrNever) {
  const auto with = [](const std::string& value) {
    std::string text = minimal;
    const std::string issuer = "issuer: {";
    return parse(text.insert(text.find(issuer) + issuer.size(), "cross_check: " + value + ", "));
  };
  EXPECT_TRUE(with("always")->issuer.cross_check);
  EXPECT_FALSE(with("never")->issuer.cross_check);
  for (const char* wrong : {"true", "false", "yes", "1", "Always", "''", "[]"}) {
    const auto config = with(wrong);
    ASSERT_FALSE(config) << wrong;
    EXPECT_NE(config.error().message.find("cross_check"), std::string::npos) << config.error().message;
  }
}

TEST(Config, NamesEveryFaultWithItsPlace) {
  const auto config =
      parse(std::string(minimal) +
            "listen: {address: 0.0.0.0, port: 65536, threads: 0}\nsurprise: 1\nlog: {level: loud}\n");
  ASSERT_FALSE(config);
  EXPECT_EQ(config.error().code, ErrorCode::validation);
  for (const char* expected :
       {"address must be IPv4 loopback", "'port' is 65536; it must be from 0 to 65535",
        "'threads' is 0; it must be from 1 to 1024", "unknown key 'surprise'; known here:",
        "level must be debug, info, warning or error", "/etc/chancery/ca.yaml:6:"}) {
    EXPECT_NE(config.error().message.find(expected), std::string::npos)
        << expected << " in " << config.error().message;
  }
}

TEST(Config, MissingKeysAreNamed) {
  const auto config = parse("listen: {port: 1}\n");
  ASSERT_FALSE(config);
  for (const char* key : {"proxy_secret_file", "database", "policies", "issuer", "roots"}) {
    EXPECT_NE(config.error().message.find("the key '" + std::string(key) + "' is missing; add it"),
              std::string::npos)
        << key << " in " << config.error().message;
  }
}

TEST(Config, TheEnvironmentWins) {
  const auto config = parse(minimal, {{"CHANCERY_CA_LISTEN_PORT", "9000"},
                                      {"CHANCERY_CA_LISTEN_ADDRESS", "127.0.0.9"},
                                      {"CHANCERY_CA_LISTEN_THREADS", "2"},
                                      {"CHANCERY_CA_PROXY_SECRET_FILE", "relative/secret"},
                                      {"CHANCERY_CA_DATABASE", "/x/db"},
                                      {"CHANCERY_CA_POLICIES", "/x/policies"},
                                      {"CHANCERY_CA_ISSUER_CERTIFICATE", "/x/c"},
                                      {"CHANCERY_CA_ISSUER_KEY", "/x/k"},
                                      {"CHANCERY_CA_ISSUER_PASSPHRASE_FILE", "/x/f"},
                                      {"CHANCERY_CA_ISSUER_CROSS_CHECK", "never"},
                                      {"CHANCERY_CA_KEY_BLOCKLIST", "/x/keys"},
                                      {"CHANCERY_CA_ROOTS", "/x/r"},
                                      {"CHANCERY_CA_LOG_LEVEL", "error"}});
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->listen.port, 9000);
  EXPECT_EQ(config->listen.address, "127.0.0.9");
  EXPECT_EQ(config->listen.threads, 2);
  EXPECT_EQ(config->proxy_secret_file, "relative/secret");
  EXPECT_EQ(config->database, "/x/db");
  EXPECT_EQ(config->policies, "/x/policies");
  EXPECT_EQ(config->issuer.certificate, "/x/c");
  EXPECT_EQ(config->issuer.key, "/x/k");
  EXPECT_EQ(config->issuer.passphrase_file, "/x/f");
  EXPECT_FALSE(config->issuer.cross_check);
  EXPECT_EQ(config->roots, "/x/r");
  EXPECT_EQ(config->key_blocklist, "/x/keys");
  EXPECT_EQ(config->log_level, log::Level::error);
}

class BadVariable : public testing::TestWithParam<std::pair<const char*, const char*>> {};

TEST_P(BadVariable, IsNamed) {
  const auto config = parse(minimal, {{GetParam().first, GetParam().second}});
  ASSERT_FALSE(config);
  EXPECT_NE(config.error().message.find(GetParam().first), std::string::npos) << config.error().message;
}

INSTANTIATE_TEST_SUITE_P(Variables, BadVariable,
                         testing::Values(std::pair{"CHANCERY_CA_LISTEN_PORT", "65536"},
                                         std::pair{"CHANCERY_CA_LISTEN_PORT", "80x"},
                                         std::pair{"CHANCERY_CA_LISTEN_PORT", ""},
                                         std::pair{"CHANCERY_CA_LISTEN_THREADS", "0"},
                                         std::pair{"CHANCERY_CA_LISTEN_ADDRESS", "0.0.0.0"},
                                         std::pair{"CHANCERY_CA_ISSUER_CROSS_CHECK", "maybe"},
                                         std::pair{"CHANCERY_CA_LOG_LEVEL", "loud"},
                                         std::pair{"CHANCERY_CA_DATABASE", ""},
                                         std::pair{"CHANCERY_CA_LISTEN_PROT", "1"}));

TEST(Config, ThePassphraseMayComeFromSystemd) {
  const Environment systemd{{"CREDENTIALS_DIRECTORY", "/run/credentials/chancery-ca"}};
  EXPECT_EQ(parse(minimal, systemd)->issuer.passphrase_file,
            "/run/credentials/chancery-ca/issuer-passphrase");
  Environment both = systemd;
  both["CHANCERY_CA_ISSUER_PASSPHRASE_FILE"] = "/mine";
  EXPECT_EQ(parse(minimal, both)->issuer.passphrase_file, "/mine");
}

TEST(Config, AMissingFileIsNamed) {
  const auto config = load_config("/nonexistent/ca.yaml", {});
  ASSERT_FALSE(config);
  EXPECT_NE(config.error().message.find("/nonexistent/ca.yaml does not exist; check the path"),
            std::string::npos);
}

TEST(Config, TheRepeatWindowReachesFromASecondToADayOrIsNone) {
  const auto window = [](const std::string& value) {
    const auto config = parse(minimal + std::string("repeat_window: ") + value + "\n");
    return config ? config->repeat_window.count() : -1;
  };
  EXPECT_EQ(parse(minimal)->repeat_window, Seconds(600));
  EXPECT_EQ(window("1s"), 1);
  EXPECT_EQ(window("1d"), 86400);
  EXPECT_EQ(window("none"), 0);
  for (const char* bad : {"0s", "2d", "never", "10"}) EXPECT_EQ(window(bad), -1) << bad;
  EXPECT_EQ(parse(minimal, {{"CHANCERY_CA_REPEAT_WINDOW", "none"}})->repeat_window, Seconds(0));
  EXPECT_FALSE(parse(minimal, {{"CHANCERY_CA_REPEAT_WINDOW", "2d"}}));
}

}  // namespace
}  // namespace chancery::server
