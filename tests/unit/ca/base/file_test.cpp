#include "ca/base/file.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "ca/base/replace_file.h"

namespace chancery {
namespace {

class FileTest : public testing::Test {
 protected:
  FileTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "chancery-file-XXXXXX").string();
    directory_ = mkdtemp(pattern.data());
  }
  ~FileTest() override { std::filesystem::remove_all(directory_); }

  [[nodiscard]] std::string path(const std::string& name) const { return directory_ + "/" + name; }
  std::string write(const std::string& name, const std::string& content, mode_t mode) const {
    std::ofstream(path(name), std::ios::binary) << content;
    ::chmod(path(name).c_str(), mode);
    return path(name);
  }
  static mode_t mode_of(const std::string& file) {
    struct stat status {};
    ::stat(file.c_str(), &status);
    return status.st_mode & 07777U;
  }

  std::string directory_;
};

TEST_F(FileTest, ReadsTheWholeFile) {
  const std::string content = std::string(100000, 'x') + std::string(1, '\0') + "end";
  EXPECT_EQ(read_file(write("file", content, 0644), 200000).value(), content);
}

TEST_F(FileTest, ReadsUpToTheLimitAndNotOneByteMore) {
  const std::string file = write("file", std::string(1000, 'x'), 0644);
  EXPECT_EQ(read_file(file, 1000).value().size(), 1000U);
  const Result<std::string> larger = read_file(file, 999);
  ASSERT_FALSE(larger);
  EXPECT_EQ(larger.error().code, ErrorCode::payload_too_large);
}

TEST_F(FileTest, AMissingFileIsNotFoundAndNamed) {
  const Result<std::string> missing = read_file(path("missing"), 10);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::not_found);
  EXPECT_NE(missing.error().message.find(path("missing")), std::string::npos);
}

TEST_F(FileTest, ADirectoryIsNoFile) {
  const Result<std::string> directory = read_file(directory_, 10);
  ASSERT_FALSE(directory);
  EXPECT_EQ(directory.error().code, ErrorCode::unavailable);
}

TEST_F(FileTest, ASecretLosesOneNewline) {
  EXPECT_EQ(as_text(read_secret_file(write("a", "pass\n", 0600))->reveal()), "pass");
  EXPECT_EQ(as_text(read_secret_file(write("b", "pass\n\n", 0400))->reveal()), "pass\n");
  EXPECT_EQ(as_text(read_secret_file(write("c", "pass", 0600))->reveal()), "pass");
}

TEST_F(FileTest, ASecretThatOthersMayUseIsRefused) {
  for (const mode_t mode : {0640U, 0604U, 0660U, 0601U, 0610U, 0666U}) {
    const Result<SecretBytes> secret = read_secret_file(write("secret", "pass", mode));
    ASSERT_FALSE(secret) << std::oct << mode;
    EXPECT_EQ(secret.error().code, ErrorCode::forbidden);
    EXPECT_NE(secret.error().message.find("chmod 600"), std::string::npos);
    EXPECT_EQ(secret.error().message.find("pass\n"), std::string::npos);
  }
}

TEST_F(FileTest, AnOwnSecretIsARegularFileOfTheUser) {
  EXPECT_EQ(as_text(read_own_secret_file(write("own", "pass\n", 0600))->reveal()), "pass");
  EXPECT_EQ(read_own_secret_file(path("own"), 4).error().code, ErrorCode::payload_too_large);
  EXPECT_EQ(read_own_secret_file(path("missing")).error().code, ErrorCode::not_found);
  EXPECT_EQ(read_own_secret_file(write("open", "pass", 0640)).error().code, ErrorCode::forbidden);
  EXPECT_EQ(read_own_secret_file(directory_).error().code, ErrorCode::forbidden);
  std::filesystem::create_symlink(path("own"), path("link"));
  EXPECT_EQ(read_own_secret_file(path("link")).error().code, ErrorCode::forbidden);
  if (::geteuid() == 0) {
    ASSERT_EQ(::chown(path("own").c_str(), 65534, 65534), 0);
    EXPECT_EQ(read_own_secret_file(path("own")).error().code, ErrorCode::forbidden);
  }
}

TEST_F(FileTest, ANewFileHasItsContentAndMode) {
  const mode_t before = ::umask(0077);
  ASSERT_TRUE(write_new_file(path("new"), as_bytes("content"), 0644));
  ::umask(before);
  EXPECT_EQ(read_file(path("new"), 100).value(), "content");
  EXPECT_EQ(mode_of(path("new")), 0644U);
}

TEST_F(FileTest, NothingIsEverOverwritten) {
  const std::string file = write("file", "old", 0644);
  const Result<void> written = write_new_file(file, as_bytes("new"), 0600);
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, ErrorCode::conflict);
  EXPECT_EQ(read_file(file, 100).value(), "old");
}

TEST_F(FileTest, ASymbolicLinkIsNotFollowed) {
  std::filesystem::create_symlink(path("target"), path("link"));
  EXPECT_FALSE(write_new_file(path("link"), as_bytes("new"), 0600));
  EXPECT_FALSE(std::filesystem::exists(path("target")));
}

TEST_F(FileTest, AMissingDirectoryIsReported) {
  const Result<void> written = write_new_file(path("missing/new"), as_bytes("x"), 0600);
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, ErrorCode::not_found);
  EXPECT_FALSE(sync_directory(path("missing")));
  EXPECT_TRUE(sync_directory(directory_));
}

TEST_F(FileTest, WhetherNewFilesCanBeMadeIsKnownBefore) {
  const std::string taken = write("taken", "old", 0644);
  std::filesystem::create_symlink(path("nowhere"), path("link"));
  EXPECT_TRUE(check_new_files({path("one"), "", path("two"), ""}));
  EXPECT_FALSE(std::filesystem::exists(path("one"))) << "it only looks";
  for (const std::string& there : {taken, path("link"), directory_}) {
    const Result<void> checked = check_new_files({path("one"), there});
    ASSERT_FALSE(checked) << there;
    EXPECT_EQ(checked.error().code, ErrorCode::conflict);
    EXPECT_NE(checked.error().message.find(there + " exists already"), std::string::npos);
  }
  EXPECT_EQ(check_new_files({path("missing/one")}).error().code, ErrorCode::not_found);
  EXPECT_EQ(check_new_files({taken + "/one"}).error().code, ErrorCode::unavailable);
  EXPECT_EQ(check_new_files({path("folder/")}).error().code, ErrorCode::unavailable);
  EXPECT_EQ(check_new_files({path("one"), path("one")}).error().code, ErrorCode::conflict);
}

TEST_F(FileTest, AFolderThatNobodyMayWriteIntoIsKnownBefore) {
  ::chmod(directory_.c_str(), 0555);
  const pid_t child = ::fork();
  if (child == 0) {  // root may write anywhere
    if (::geteuid() == 0 && (::setgid(65534) != 0 || ::setuid(65534) != 0)) ::_exit(2);
    const Result<void> checked = check_new_files({path("one")});
    ::_exit(!checked && checked.error().code == ErrorCode::unavailable ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ::chmod(directory_.c_str(), 0700);
  EXPECT_EQ(status, 0);
}

// A file size limit stands for the full disk: write(2) fails half-way just as well.
TEST_F(FileTest, AReplacementGoesOnOverTheHalfThatAKillHasLeft) {
  const std::string file = path("kept");
  for (const std::string& text : {std::string("one"), std::string("two")}) {
    std::ofstream(file + "." + std::to_string(::getpid()) + ".tmp") << "ha";
    ASSERT_TRUE(replace_file(file, as_bytes(text), 0640));
    EXPECT_EQ(read_file(file, 100).value(), text);
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(directory_), {}), 1);
  }
}

TEST_F(FileTest, AHalfThatCannotBeRemovedIsNamed) {
  const std::string file = path("kept");
  const std::string half = file + "." + std::to_string(::getpid()) + ".tmp";
  std::filesystem::create_directory(half);
  const Result<void> refused = replace_file(file, as_bytes("one"), 0640);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::unavailable);
  EXPECT_NE(refused.error().message.find(half), std::string::npos);
}

TEST_F(FileTest, WhatLiesWithinAFolderIsSeenWhateverLeadsThere) {
  namespace fs = std::filesystem;
  fs::create_directories(path("in/below"));
  fs::create_directories(path("out"));
  fs::create_directory_symlink(path("in/below"), path("out/link"));
  const auto within = [this](const std::string& name) { return lies_within(path(name), path("in")); };
  for (const char* inside :
       {"in", "in/", "in/.", "in/x", "in/none/x", "out/../in/x", "out/link/x", "out/link/../x"})
    EXPECT_TRUE(within(inside)) << inside;
  for (const char* outside : {"out/x", "inner/x", "in/../x", "x", "out/link", "none/x", "in/below/../../x"})
    EXPECT_FALSE(within(outside)) << outside;
  EXPECT_TRUE(lies_within(path("none/x"), path("none")));  // neither needs to exist
}

TEST_F(FileTest, AFailedWriteLeavesNothingBehind) {
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{4096, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const Bytes content(8192, 'x');
  const Result<void> written = write_new_file(path("new"), content, 0600);
  ::setrlimit(RLIMIT_FSIZE, &before);
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, ErrorCode::unavailable);
  EXPECT_FALSE(std::filesystem::exists(path("new")));
}

}  // namespace
}  // namespace chancery
