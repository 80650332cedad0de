// What may be deleted: versions, in folders that are the agent's own. Nothing through a link.
#include "agent/version_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "agent/install.h"
#include "tests/unit/agent/temporary_folder.h"

namespace chancery::agent {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

TEST(VersionName, IsASerialOrAnUnfinishedOne) {
  for (const std::string& name : {std::string("01"), std::string("0a1b2c"), std::string(40, 'f'),
                                  std::string(".new-01aa"), ".new-" + std::string(40, '0')}) {
    EXPECT_TRUE(is_version_name(name)) << name;
  }
  for (const std::string& name :
       {std::string(), std::string("0"), std::string(41, 'f'), std::string("01AA"), std::string(".."),
        std::string(".new-"), std::string(".new-.new-01"), std::string("01/aa"), std::string("backup"),
        std::string("01aa.bak"), std::string("01a\0", 4)}) {
    EXPECT_FALSE(is_version_name(name)) << name;
  }
}

class VersionFolderTest : public ::testing::Test {
 protected:
  VersionFolderTest() { fs::create_directories(web_ + "/versions"); }

  [[nodiscard]] std::string at(const std::string& name) const { return web_ + "/versions/" + name; }
  void make_version(const std::string& name) const { fill(at(name)); }
  static void fill(const std::string& path) {
    fs::create_directories(path);
    for (const char* file : {"key.pem", "certificate.pem", "chain.pem"})
      std::ofstream(path + "/" + file) << "x";
  }
  // Somebody else's, with something to lose.
  std::string foreign_folder() {
    fill(folder_.path() + "/elsewhere");
    return folder_.path() + "/elsewhere";
  }
  static std::size_t files_in(const std::string& path) {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(path), fs::directory_iterator()));
  }
  void expect_refusal(const Result<void>& done, const std::string& path, const std::string& why) const {
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, ErrorCode::validation);
    EXPECT_THAT(done.error().message, HasSubstr(path));
    EXPECT_THAT(done.error().message, HasSubstr(why));
  }

  testing::TemporaryFolder folder_;
  std::string web_ = folder_.path() + "/web";
};

TEST_F(VersionFolderTest, AVersionGoesWithItsFiles) {
  make_version("01aa");
  make_version(".new-01bb");
  EXPECT_EQ(*list_versions(web_), (std::vector<std::string>{".new-01bb", "01aa"}));
  EXPECT_TRUE(remove_version(web_, "01aa"));
  EXPECT_TRUE(remove_version(web_, ".new-01bb"));
  EXPECT_TRUE(remove_version(web_, "01aa")) << "an absent one is fine";
  EXPECT_TRUE(fs::is_empty(web_ + "/versions"));
}

TEST_F(VersionFolderTest, WhereNothingIsInstalledThereIsNothingToRemove) {
  fs::remove_all(web_);
  EXPECT_TRUE(remove_version(web_, "01aa"));
  EXPECT_TRUE(list_versions(web_)->empty());
}

TEST_F(VersionFolderTest, ForeignNamesAreLeftAlone) {
  for (const char* name : {"01aa", "backup", "01AA", "lost+found"}) make_version(name);
  std::ofstream(at("README")) << "mine";
  CertificateConfig config;
  config.directory = web_;
  PosixFileSystem files;
  EXPECT_TRUE(Installer(files, config).keep_only("", ""));
  EXPECT_FALSE(fs::exists(at("01aa")));
  for (const char* name : {"backup/key.pem", "01AA/key.pem", "lost+found/key.pem", "README"}) {
    EXPECT_TRUE(fs::exists(at(name))) << name;
  }
  expect_refusal(remove_version(web_, "backup"), at("backup"), "leaves it alone");
  expect_refusal(remove_version(web_, "../../elsewhere"), "elsewhere", "leaves it alone");
}

TEST_F(VersionFolderTest, ALinkForAVersionLeadsNowhere) {
  const std::string foreign = foreign_folder();
  fs::create_directory_symlink(foreign, at("01aa"));
  make_version("01bb");
  CertificateConfig config;
  config.directory = web_;
  PosixFileSystem files;
  expect_refusal(Installer(files, config).keep_only("", ""), at("01aa"), "is a link");
  EXPECT_EQ(files_in(foreign), 3U);
  EXPECT_FALSE(fs::exists(at("01bb"))) << "one that is refused keeps no other from going";
}

TEST_F(VersionFolderTest, ALinkForTheVersionsLeadsNowhere) {
  const std::string foreign = foreign_folder();
  fill(foreign + "/01aa");
  fs::remove_all(web_ + "/versions");
  fs::create_directory_symlink(foreign, web_ + "/versions");
  expect_refusal(remove_version(web_, "01aa"), web_ + "/versions", "is a link");
  EXPECT_FALSE(list_versions(web_));
  EXPECT_EQ(files_in(foreign + "/01aa"), 3U);
}

TEST_F(VersionFolderTest, ALinkForTheDirectoryLeadsNowhere) {
  fill(folder_.path() + "/elsewhere/versions/01aa");
  fs::remove_all(web_);
  fs::create_directory_symlink(folder_.path() + "/elsewhere", web_);
  expect_refusal(remove_version(web_, "01aa"), web_, "is a link");
  EXPECT_EQ(files_in(folder_.path() + "/elsewhere/versions/01aa"), 3U);
}

TEST_F(VersionFolderTest, ALinkInsideAVersionGoesAndItsTargetStays) {
  const std::string foreign = foreign_folder();
  make_version("01aa");
  fs::create_directory_symlink(foreign, at("01aa") + "/more");
  fs::create_symlink(foreign + "/key.pem", at("01aa") + "/other.pem");
  EXPECT_TRUE(remove_version(web_, "01aa"));
  EXPECT_FALSE(fs::exists(at("01aa")));
  EXPECT_EQ(files_in(foreign), 3U);
}

TEST_F(VersionFolderTest, AFileForAVersionAndAFolderInsideOneAreRefused) {
  std::ofstream(at("01aa")) << "x";
  expect_refusal(remove_version(web_, "01aa"), at("01aa"), "a file where");
  fill(at("01bb") + "/deeper");
  expect_refusal(remove_version(web_, "01bb"), at("01bb") + "/deeper", "remove it by hand");
  EXPECT_EQ(files_in(at("01bb") + "/deeper"), 3U);
}

// Root can make folders of anybody; an ordinary user finds one of somebody else's that is neither his nor
// root's only if root made it for him, so there the check has nothing to meet.
TEST_F(VersionFolderTest, AFolderOfSomebodyElseIsNotTouched) {
  if (::geteuid() != 0) return;
  constexpr uid_t somebody = 65534;
  for (const std::string& path : {web_, web_ + "/versions", at("01aa")}) {
    make_version("01aa");
    ASSERT_EQ(::lchown(path.c_str(), somebody, somebody), 0);
    expect_refusal(remove_version(web_, "01aa"), path, "belongs to user 65534");
    EXPECT_EQ(files_in(at("01aa")), 3U) << path;
    ASSERT_EQ(::lchown(path.c_str(), 0, 0), 0);
  }
}

}  // namespace
}  // namespace chancery::agent
