// Installation under failure: every write of it fails in turn, and stops for ever in turn, and DIR/current is
// never half done.
#include "agent/install.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>

#include "ca/base/file.h"
#include "ca/x509/csr.h"
#include "tests/unit/agent/temporary_folder.h"
#include "tests/unit/api/client/openssl_ca.h"

namespace chancery::agent {
namespace {

namespace fs = std::filesystem;

// Does the real thing until its `fail_at`-th write. That one fails (half done, where that is possible) or
// ends the process.
class FaultyFileSystem final : public FileSystem {
 public:
  enum class Fault { error, death };
  FaultyFileSystem(int fail_at, Fault fault) : fail_at_(fail_at), fault_(fault) {}

  Result<void> make_directory(const std::string& path, mode_t mode) override {
    return broken() ? stop() : real_.make_directory(path, mode);
  }
  Result<void> write_file(const std::string& path, ByteView content, mode_t mode,
                          const Ownership& owner) override {
    if (!broken()) return real_.write_file(path, content, mode, owner);
    (void)real_.write_file(path, content.first(content.size() / 2), mode, owner);
    return stop();
  }
  Result<void> make_symlink(const std::string& target, const std::string& path) override {
    return broken() ? stop() : real_.make_symlink(target, path);
  }
  Result<void> rename(const std::string& from, const std::string& to) override {
    return broken() ? stop() : real_.rename(from, to);
  }
  Result<void> sync_directory(const std::string& path) override {
    return broken() ? stop() : real_.sync_directory(path);
  }
  Result<void> remove(const std::string& path) override { return broken() ? stop() : real_.remove(path); }
  Result<void> remove_version(const std::string& directory, const std::string& name) override {
    return broken() ? stop() : real_.remove_version(directory, name);
  }
  [[nodiscard]] int calls() const { return calls_; }

 private:
  bool broken() { return ++calls_ == fail_at_; }
  Result<void> stop() {
    if (fault_ == Fault::death) ::_exit(17);
    return make_error(ErrorCode::unavailable, "no space left on device");
  }
  PosixFileSystem real_;
  int fail_at_, calls_ = 0;
  Fault fault_;
};

class InstallTest : public ::testing::Test {
 protected:
  InstallTest() : now_(*parse_rfc3339("2026-01-01T00:00:00Z")), ca_(now_, now_ + Seconds(86400 * 365)) {
    config_.name = "web";
    config_.directory = folder_.path() + "/web";
  }

  struct Pair {
    Version version;
    crypto::PrivateKey key;
  };
  Pair make_pair(const std::string& serial) {
    crypto::PrivateKey key = *crypto::PrivateKey::generate({});
    const std::string csr = *x509::create_request(key, {}, {*x509::parse_general_name("dns:web.example")});
    testing::LeafOptions options;
    options.serial = serial;
    options.names = "DNS:web.example";
    options.not_before = now_;
    options.not_after = now_ + Seconds(86400);
    return {{*x509::Certificate::parse_pem(ca_.leaf_for_csr(csr, options)),
             *x509::parse_pem_chain(ca_.chain_pem())},
            std::move(key)};
  }
  Result<void> install(FileSystem& files, const Pair& pair) {
    Installer installer(files, config_);
    if (Result<void> done = installer.prepare(pair.version, pair.key); !done) return done;
    return installer.activate(pair.version.serial());
  }
  [[nodiscard]] std::string current() const {
    const Result<Version> version = read_version(current_path(config_.directory));
    return version ? version->serial() : "nothing: " + version.error().message;
  }
  [[nodiscard]] std::vector<std::string> versions() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(config_.directory + "/versions")) {
      names.push_back(entry.path().filename());
    }
    std::sort(names.begin(), names.end());
    return names;
  }

  TimePoint now_;
  testing::OpensslCa ca_;
  testing::TemporaryFolder folder_;
  CertificateConfig config_;
  PosixFileSystem real_;
};

TEST_F(InstallTest, WritesTheLayoutThatServicesRead) {
  const Pair pair = make_pair("01aa");
  ASSERT_TRUE(install(real_, pair));
  EXPECT_EQ(fs::read_symlink(config_.directory + "/current"), "versions/01aa");
  const std::string folder = config_.directory + "/current";
  EXPECT_EQ(*read_file(folder + "/chain.pem", pem_limit), ca_.chain_pem());
  EXPECT_EQ(*read_file(folder + "/certificate.pem", pem_limit), pair.version.leaf.to_pem() + ca_.chain_pem());
  struct stat status {};
  ASSERT_EQ(::stat((folder + "/key.pem").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0600U);
  ASSERT_EQ(::stat((folder + "/certificate.pem").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0644U);
}

TEST_F(InstallTest, ModeOwnerAndGroupAreTheConfigured) {
  if (::getuid() != 0) {  // an ordinary user can give files to nobody but itself
    EXPECT_FALSE(find_ownership("nobody-of-that-name", ""));
    return;
  }
  config_.owner = "nobody";
  config_.group = "nogroup";
  config_.key_mode = 0640;
  ASSERT_TRUE(install(real_, make_pair("01aa")));
  const Ownership wanted = *find_ownership("nobody", "nogroup");
  struct stat status {};
  ASSERT_EQ(::stat((config_.directory + "/current/key.pem").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0640U);
  EXPECT_EQ(status.st_uid, *wanted.user);
  EXPECT_EQ(status.st_gid, *wanted.group);
}

TEST_F(InstallTest, AnUnknownOwnerWritesNothing) {
  config_.owner = "nobody-of-that-name";
  const Result<void> done = install(real_, make_pair("01aa"));
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::validation);
  EXPECT_THAT(done.error().message, ::testing::HasSubstr("correct owner"));
  EXPECT_FALSE(fs::exists(config_.directory));
}

// njs-acme #52: a new key stored beside the old certificate.
TEST_F(InstallTest, AKeyOfAnotherCertificateIsRefusedBeforeAnythingIsWritten) {
  Pair one = make_pair("01aa");
  const Pair other = make_pair("01bb");
  Installer installer(real_, config_);
  const Result<void> done = installer.prepare(one.version, other.key);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::validation);
  EXPECT_THAT(done.error().message, ::testing::HasSubstr("nothing was installed"));
  EXPECT_FALSE(fs::exists(config_.directory));
}

TEST_F(InstallTest, APairDamagedOnDiskIsNotActivated) {
  const Pair old = make_pair("01aa");
  const Pair fresh = make_pair("01bb");
  ASSERT_TRUE(install(real_, old));
  Installer installer(real_, config_);
  ASSERT_TRUE(installer.prepare(fresh.version, fresh.key));
  fs::copy_file(version_path(config_.directory, "01aa") + "/key.pem",
                version_path(config_.directory, "01bb") + "/key.pem", fs::copy_options::overwrite_existing);
  const Result<void> done = installer.activate("01bb");
  ASSERT_FALSE(done);
  EXPECT_THAT(done.error().message,
              ::testing::HasSubstr("versions/01bb is damaged: key.pem is not the certificate's key; remove"));
  EXPECT_EQ(current(), "01aa");
}

TEST_F(InstallTest, GoingBackIsOneActivation) {
  ASSERT_TRUE(install(real_, make_pair("01aa")));
  ASSERT_TRUE(install(real_, make_pair("01bb")));
  ASSERT_EQ(current(), "01bb");
  ASSERT_TRUE(Installer(real_, config_).activate("01aa"));
  EXPECT_EQ(current(), "01aa");
}

TEST_F(InstallTest, OneGenerationIsKept) {
  for (const char* serial : {"01aa", "01bb", "01cc"}) ASSERT_TRUE(install(real_, make_pair(serial)));
  ASSERT_TRUE(Installer(real_, config_).keep_only("01cc", "01bb"));
  EXPECT_EQ(versions(), (std::vector<std::string>{"01bb", "01cc"}));
  EXPECT_EQ(current(), "01cc");
}

TEST_F(InstallTest, InstallingTheSameAgainChangesNothing) {
  const Pair pair = make_pair("01aa");
  ASSERT_TRUE(install(real_, pair));
  ASSERT_TRUE(install(real_, pair));
  EXPECT_EQ(current(), "01aa");
  EXPECT_EQ(versions(), std::vector<std::string>{"01aa"});
}

// Every write fails once. Afterwards the old pair or the whole new one is current, and trying again succeeds.
TEST_F(InstallTest, NoFailureLeavesAHalf) {
  const Pair old = make_pair("01aa");
  const Pair fresh = make_pair("01bb");
  int failed = 0;
  for (int at = 1;; ++at) {
    fs::remove_all(config_.directory);
    ASSERT_TRUE(install(real_, old));
    FaultyFileSystem faulty(at, FaultyFileSystem::Fault::error);
    if (install(faulty, fresh)) {
      EXPECT_LT(faulty.calls(), at);  // it got to its end without meeting the fault
      break;
    }
    ++failed;
    EXPECT_THAT(current(), ::testing::AnyOf("01aa", "01bb")) << "after write " << at;
    ASSERT_TRUE(install(real_, fresh)) << "after write " << at;
    EXPECT_EQ(current(), "01bb");
    EXPECT_EQ(versions(), (std::vector<std::string>{"01aa", "01bb"}));
  }
  EXPECT_GE(failed, 14);  // directories, removals, three files, syncs, symlink and both renames
}

// The process ends at every write, as by kill -9 or a power cut.
TEST_F(InstallTest, NoDeathLeavesAHalf) {
  const Pair old = make_pair("01aa");
  const Pair fresh = make_pair("01bb");
  int died = 0;
  for (int at = 1;; ++at) {
    fs::remove_all(config_.directory);
    ASSERT_TRUE(install(real_, old));
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      FaultyFileSystem faulty(at, FaultyFileSystem::Fault::death);
      ::_exit(install(faulty, fresh) ? 0 : 1);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFEXITED(status));
    if (WEXITSTATUS(status) == 0) break;
    ASSERT_EQ(WEXITSTATUS(status), 17);
    ++died;
    EXPECT_THAT(current(), ::testing::AnyOf("01aa", "01bb")) << "dead at write " << at;
    ASSERT_TRUE(install(real_, fresh)) << "dead at write " << at;
    EXPECT_EQ(current(), "01bb");
  }
  EXPECT_GE(died, 14);
}

TEST_F(InstallTest, AFirstInstallationThatFailsLeavesNothingCurrent) {
  const Pair pair = make_pair("01aa");
  for (int at = 1;; ++at) {
    fs::remove_all(config_.directory);
    FaultyFileSystem faulty(at, FaultyFileSystem::Fault::error);
    if (install(faulty, pair)) break;
    const bool whole = current() == "01aa";
    EXPECT_TRUE(whole || !fs::exists(fs::symlink_status(config_.directory + "/current")))
        << "after write " << at;
  }
}

}  // namespace
}  // namespace chancery::agent
