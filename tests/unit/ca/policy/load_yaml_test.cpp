#include "ca/policy/load_yaml.h"

#include <filesystem>
#include <fstream>

#include "tests/unit/ca/policy/fixture.h"

namespace chancery::policy {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(ParseProfile, ReadsEveryKey) {
  const auto loaded = profile(std::string(good_profile) + R"(description: for tests
grants: operator
subject: {country: CH, organization: Example, organizational_unit: Tests, common_name: false}
crl_distribution_points: ["http://ca.internal/crl"]
ca_issuers: ["http://ca.internal/ca.der"]
ocsp: ["http://ca.internal/ocsp"]
)");
  EXPECT_EQ(loaded->name, ProfileName("test"));
  EXPECT_EQ(loaded->description, "for tests");
  EXPECT_EQ(loaded->file, "test.yaml");
  EXPECT_EQ(loaded->location, "test.yaml:1:1");
  EXPECT_EQ(loaded->grants, Role::operator_);
  EXPECT_EQ(loaded->lifetime, Seconds(7776000));
  EXPECT_EQ(loaded->renew_after, Seconds(5184000));
  EXPECT_EQ(loaded->backdate, Seconds(3600));
  ASSERT_EQ(loaded->keys.size(), 2U);
  EXPECT_EQ(loaded->keys[1].algorithm, crypto::KeyAlgorithm::rsa);
  EXPECT_EQ(loaded->keys[1].min_bits, 3072);
  EXPECT_EQ(loaded->max_names, 20U);
  EXPECT_FALSE(loaded->wildcards);
  EXPECT_EQ(loaded->allowed.at(x509::GeneralNameType::dns).size(), 3U);
  EXPECT_EQ(loaded->allowed.at(x509::GeneralNameType::ip)[1].text, "fd00::/8");
  EXPECT_EQ(loaded->denied.at(x509::GeneralNameType::dns)[1].location, "test.yaml:17:39");
  EXPECT_THAT(loaded->extended_key_usage,
              ElementsAre(x509::KeyPurpose::server_auth, x509::KeyPurpose::client_auth));
  EXPECT_EQ(x509::Name(loaded->subject).to_string(), "OU=Tests,O=Example,C=CH");
  EXPECT_FALSE(loaded->common_name);
  EXPECT_THAT(loaded->crl_distribution_points, ElementsAre("http://ca.internal/crl"));
  EXPECT_THAT(loaded->ca_issuers, ElementsAre("http://ca.internal/ca.der"));
  EXPECT_THAT(loaded->ocsp, ElementsAre("http://ca.internal/ocsp"));
}

TEST(ParseProfile, TheHashIsThatOfTheFile) {
  EXPECT_EQ(profile()->hash, crypto::sha256(as_bytes(good_profile)));
  EXPECT_NE(profile()->hash, profile(std::string(good_profile) + "# remark\n")->hash);
}

struct Fault {
  const char *from, *to, *location, *message;
};

// One edit of the good profile, and the one fault it must make.
TEST(ParseProfile, NamesEachFaultWithItsPlace) {
  const Fault faults[] = {
      {"name: test", "name: Test", "test.yaml:1:7", "lower-case"},
      {"name: test", "name: -test", "test.yaml:1:7", "lower-case"},
      {"name: test\n", "", "test.yaml:1:1", "'name' is missing"},
      {"name: test", "name: test\ngrants: root", "test.yaml:2:9", "no role"},
      {"lifetime: 90d", "lifetime: 399d", "test.yaml:2:11", "from 1s to 398d"},
      {"renew_after: 60d", "renew_after: never", "test.yaml:3:14", "a duration"},
      {"lifetime: 90d", "lifetime: 90", "test.yaml:2:11", "a duration"},
      {"lifetime: 90d", "lifetime: 60d", "test.yaml:3:14", "shorter than lifetime (60d)"},
      {"renew_after: 60d", "renew_after: 90d", "test.yaml:3:14", "shorter than lifetime (90d)"},
      {"backdate: 1h", "backdate: 60d", "test.yaml:4:11", "shorter than renew_after (60d)"},
      {"{algorithm: P-256}", "{algorithm: P-224}", "test.yaml:6:17", "unknown"},
      {"{algorithm: P-256}", "{algorithm: P-256, min_bits: 3072}", "test.yaml:6:34", "for RSA only"},
      {"min_bits: 3072", "min_bits: 2047", "test.yaml:7:32", "from 2048"},
      {"min_bits: 3072", "min_bits: 03072", "test.yaml:7:32", "leading zeros"},
      {"min_bits: 3072", "bits: 3072", "test.yaml:7:22", "unknown key 'bits'"},
      {"max: 20", "max: 0", "test.yaml:9:8", "from 1 to 100"},
      {"max: 20", "max: 101", "test.yaml:9:8", "from 1 to 100"},
      {"max: 20", "wildcards: yes", "test.yaml:9:14", "true or false"},
      {"\"*.one.internal\"", "\"*\"", "test.yaml:11:7", "star"},
      {"exact.internal", "Exact.internal", "test.yaml:13:7", "written as 'exact.internal'"},
      {"10.0.0.0/8", "10.0.0.1/8", "test.yaml:14:8", "host bits"},
      {"service/*", "*/service", "test.yaml:15:9", "star"},
      {"*@ops", "ops*@ops", "test.yaml:16:11", "star"},
      {"  denied_dns", "  denied", "test.yaml:17:3", "unknown key 'denied'"},
      {"serverAuth", "anyExtendedKeyUsage", "test.yaml:18:22", "not a purpose"},
      {"serverAuth", "serverauth", "test.yaml:18:22", "not a purpose"},
      {"extended_key_usage: [serverAuth, clientAuth]", "extended_key_usage: []", "test.yaml:18:21", "from 1"},
      {"name: test", "name: test\nsubject: {country: CHE}", "test.yaml:2:20", "CHE"},
      {"name: test", "name: test\nca_issuers: ['https://a.internal/']", "test.yaml:2:14", "http://"},
      {"name: test", "name: test\nocsp: [relative]", "test.yaml:2:8", "http://"},
  };
  for (const Fault& fault : faults) {
    const auto result = parse_profile(with(fault.from, fault.to), "test.yaml");
    ASSERT_FALSE(result) << fault.to;
    EXPECT_EQ(result.error().code, ErrorCode::validation);
    ASSERT_EQ(result.error().details.size(), 1U) << fault.to << ": " << result.error().message;
    EXPECT_EQ(result.error().details[0].location, fault.location) << fault.to;
    EXPECT_THAT(result.error().details[0].message, HasSubstr(fault.message)) << fault.to;
  }
}

TEST(ParseProfile, LifetimesReachBothEnds) {
  EXPECT_TRUE(parse_profile(with("lifetime: 90d", "lifetime: 398d"), "test.yaml"));
  const std::string shortest =
      "name: s\nlifetime: 2s\nrenew_after: 1s\nkeys: [{algorithm: P-256}]\nnames: {dns: [a.b]}\n"
      "extended_key_usage: [serverAuth]\n";
  EXPECT_TRUE(parse_profile(shortest, "test.yaml"));
}

TEST(ParseProfile, AProfileThatAllowsNoNameIsAMistake) {
  const auto result = parse_profile(
      "name: s\nlifetime: 2d\nrenew_after: 1d\nkeys: [{algorithm: P-256}]\nnames: {max: "
      "3}\nextended_key_usage: [serverAuth]\n",
      "test.yaml");
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().message, HasSubstr("no name is allowed"));
}

TEST(ParseProfile, EveryFaultIsReportedAtOnce) {
  const auto result = parse_profile("name: X\nlifetime: 1y\nkeys: [{algorithm: DSA}]\nzzz: 1\n", "test.yaml");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().details.size(), 7U) << result.error().message;
}

class LoadProfilesTest : public testing::Test {
 protected:
  LoadProfilesTest() { std::filesystem::create_directories(directory_); }
  ~LoadProfilesTest() override { std::filesystem::remove_all(directory_); }
  void write(const std::string& file, const std::string& text) const {
    std::ofstream(directory_ + "/" + file) << text;
  }

  std::string directory_ = testing::TempDir() + "chancery-profiles-" + std::to_string(::getpid());
};

TEST_F(LoadProfilesTest, ReadsEveryYamlFileAndNothingElse) {
  write("b.yaml", with("name: test", "name: b"));
  write("a.yaml", with("name: test", "name: a"));
  write("README.md", "# no profile");
  const ProfileSet set = must(load_profiles(directory_));
  ASSERT_EQ(set.all().size(), 2U);
  EXPECT_EQ(set.all()[0]->name, ProfileName("a"));
  EXPECT_EQ(set.find(ProfileName("b"))->file, directory_ + "/b.yaml");
  EXPECT_EQ(set.find(ProfileName("c")), nullptr);
}

TEST_F(LoadProfilesTest, ShowsTheFaultsOfAllFiles) {
  write("a.yaml", with("lifetime: 90d", "lifetime: x"));
  write("b.yaml", with("max: 20", "max: x"));
  const Result<ProfileSet> result = load_profiles(directory_);
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().message, testing::AllOf(HasSubstr("a.yaml:2:11: "), HasSubstr("b.yaml:9:8: ")));
}

TEST_F(LoadProfilesTest, TwoProfilesOfOneNameAreRefused) {
  write("a.yaml", good_profile);
  write("b.yaml", good_profile);
  const Result<ProfileSet> result = load_profiles(directory_);
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().message,
              HasSubstr("profile 'test' stands already in " + directory_ + "/a.yaml"));
  EXPECT_EQ(result.error().details.at(0).location, directory_ + "/b.yaml:1:1");
}

TEST_F(LoadProfilesTest, AnEmptyOrMissingDirectoryIsRefused) {
  EXPECT_EQ(load_profiles(directory_).error().code, ErrorCode::validation);
  EXPECT_EQ(load_profiles(directory_ + "/missing").error().code, ErrorCode::not_found);
}

TEST(ShippedProfiles, AreSound) {
  const ProfileSet set = must(load_profiles(CHANCERY_SOURCE_DIR "/policies/profiles"));
  const auto service = set.find(ProfileName("service"));
  ASSERT_NE(service, nullptr);
  EXPECT_EQ(service->lifetime, Seconds(90LL * 86400));
  EXPECT_EQ(service->renew_after, Seconds(60LL * 86400));
  EXPECT_EQ(service->grants, Role::none);
  const auto operators = set.find(ProfileName("operator"));
  ASSERT_NE(operators, nullptr);
  EXPECT_EQ(operators->grants, Role::operator_);
  EXPECT_EQ(operators->allowed.count(x509::GeneralNameType::dns), 0U);
  EXPECT_THAT(operators->extended_key_usage, ElementsAre(x509::KeyPurpose::client_auth));
  const auto front = set.find(ProfileName("front"));
  ASSERT_NE(front, nullptr);
  EXPECT_TRUE(evaluate(*front, request({"dns:localhost", "ip:127.0.0.1", "dns:ca.demo.internal"}),
                       operator_requester())
                  .allowed);
  for (const auto& profile : set.all()) {
    EXPECT_EQ(profile->grants == Role::operator_, profile == operators) << profile->name.text();
  }
}

// Whatever policy file is added to the tree, in whatever folder: it loads, with no fault and no double name.
TEST(ShippedProfiles, EveryFileInTheTreeLoads) {
  std::size_t folders = 0;
  for (const auto& entry : std::filesystem::directory_iterator(CHANCERY_SOURCE_DIR "/policies")) {
    if (!entry.is_directory() || !entry.path().filename().string().starts_with("profiles")) continue;
    const Result<ProfileSet> set = load_profiles(entry.path().string());
    ASSERT_TRUE(set) << set.error().message;
    ++folders;
    for (const auto& profile : set->all()) {
      EXPECT_EQ(profile->name.text() + ".yaml", std::filesystem::path(profile->file).filename());
      EXPECT_FALSE(profile->description.empty()) << profile->file;
    }
  }
  EXPECT_GE(folders, 2U);
}

std::vector<std::string> judged(const char* profile, const char* identity,
                                const std::vector<std::string>& sans, Role role = Role::none) {
  static const ProfileSet set = must(load_profiles(CHANCERY_SOURCE_DIR "/policies/profiles"));
  const Requester requester{.identity = Identity(identity), .role = role, .bound_names = names(sans)};
  std::vector<std::string> rules;
  for (const Reason& reason : evaluate(*set.find(ProfileName(profile)), request(sans), requester).reasons) {
    if (!reason.passed) rules.push_back(reason.rule + " " + reason.value);
  }
  return rules;
}

TEST(ShippedProfiles, ANodeGetsItsOwnNamesOnly) {
  EXPECT_THAT(judged("node", "web-01",
                     {"dns:web-01.nodes.internal", "dns:metrics.web-01.nodes.internal", "ip:10.0.1.7",
                      "uri:spiffe://chancery.internal/node/web-01"}),
              ElementsAre());
  EXPECT_THAT(
      judged("node", "web-01", {"dns:web-02.nodes.internal", "uri:spiffe://chancery.internal/node/x"}),
      ElementsAre("dns.allowed dns:web-02.nodes.internal",
                  "uri.allowed uri:spiffe://chancery.internal/node/x"));
  EXPECT_THAT(judged("node", "web.01", {"dns:web.01.nodes.internal"}),
              ElementsAre("dns.allowed dns:web.01.nodes.internal"));
  EXPECT_THAT(judged("node", "web-01", {"ip:10.0.0.1"}), ElementsAre("ip.denied ip:10.0.0.1"));
  EXPECT_THAT(judged("node", "web-01", {"dns:web-01.nodes.internal"}, Role::operator_),
              ElementsAre("requester.role operator"));
}

TEST(ShippedProfiles, AWorkloadIsItsSpiffeId) {
  EXPECT_THAT(judged("workload", "wl-billing", {"uri:spiffe://chancery.internal/workload/wl-billing"}),
              ElementsAre());
  EXPECT_THAT(judged("workload", "wl-billing", {"uri:spiffe://chancery.internal/workload/wl-pay"}),
              ElementsAre("uri.allowed uri:spiffe://chancery.internal/workload/wl-pay"));
  EXPECT_THAT(judged("workload", "web-01", {"uri:spiffe://chancery.internal/workload/web-01"}),
              ElementsAre("requester.identity web-01"));
}

TEST(ShippedProfiles, TheDemosGrantNothing) {
  const ProfileSet set = must(load_profiles(CHANCERY_SOURCE_DIR "/policies/profiles-demo"));
  for (const auto& profile : set.all()) EXPECT_EQ(profile->grants, Role::none) << profile->name.text();
}

}  // namespace
}  // namespace chancery::policy
