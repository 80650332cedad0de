// Ceremonies that must not happen. Each leaves the output folder as it was.
#include <sys/resource.h>

#include <csignal>

#include "tests/unit/ca/ceremony/ceremony_fixture.h"

namespace chancery::ceremony {
namespace {

using ::testing::HasSubstr;
using testing::intermediate_script;
using testing::root_script;
using testing::with;

class RefusalTest : public testing::CeremonyTest {
 protected:
  void expect_refused(const Result<Outcome>& outcome, const std::map<std::string, std::string>& before,
                      ErrorCode code, const std::string& said) {
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, code) << outcome.error().message;
    EXPECT_THAT(outcome.error().message, HasSubstr(said));
    EXPECT_EQ(contents(), before);
    ASSERT_FALSE(progress.lines.empty());
    EXPECT_THAT(progress.lines.back(), HasSubstr("FAILED"));
  }
};

TEST_F(RefusalTest, WrongPassphraseOfTheIssuer) {
  ASSERT_TRUE(hold_root());
  const auto before = contents();
  const std::string wrong = write("wrong.passphrase", "not the right one");
  expect_refused(hold(intermediate_script, intermediate_passphrase_file, wrong), before,
                 ErrorCode::unauthorized, "passphrase");
}

TEST_F(RefusalTest, PassphraseFileReadableByOthers) {
  ::chmod(root_passphrase_file.c_str(), 0644);
  expect_refused(hold_root(), {}, ErrorCode::forbidden, "chmod 600");
}

TEST_F(RefusalTest, PassphraseFileMissing) {
  expect_refused(hold(root_script, folder + "/none"), {}, ErrorCode::not_found, "none");
}

TEST_F(RefusalTest, PassphraseTooShort) {
  expect_refused(hold(root_script, write("short", "elevenbytes")), {}, ErrorCode::validation, "12");
}

TEST_F(RefusalTest, IssuersKeyIsAnother) {
  ASSERT_TRUE(hold_root());
  ASSERT_TRUE(hold_root(with(with(root_script, "root.pem", "b.pem"), "root.key.pem", "b.key.pem")));
  const auto before = contents();
  expect_refused(hold_intermediate(with(intermediate_script, "key: root.key.pem", "key: b.key.pem")), before,
                 ErrorCode::validation, "key");
}

TEST_F(RefusalTest, IssuerIsNoRoot) {
  ASSERT_TRUE(hold_root());
  ASSERT_TRUE(hold_intermediate());
  const auto before = contents();
  const std::string second =
      with(with(with(with(with(intermediate_script, "certificate: intermediate.pem", "certificate: x.pem"),
                          "key: intermediate.key.pem", "key: x.key.pem"),
                     "chain.pem", "x.chain.pem"),
                "root.pem", "intermediate.pem"),
           "root.key.pem", "intermediate.key.pem");
  expect_refused(hold(second, root_passphrase_file, intermediate_passphrase_file), before,
                 ErrorCode::validation, "not a self-signed root");
}

TEST_F(RefusalTest, IssuerHasExpired) {
  ASSERT_TRUE(hold_root(with(root_script, "3650d", "2d")));
  const auto before = contents();
  clock.advance(Seconds(2 * 86400 - 1));  // its last second
  expect_refused(hold_intermediate(with(intermediate_script, "1826d", "2s")), before, ErrorCode::validation,
                 "after its issuer does");
  clock.advance(Seconds(1));
  expect_refused(hold_intermediate(with(intermediate_script, "1826d", "1s")), before, ErrorCode::validation,
                 "expired");
}

TEST_F(RefusalTest, IssuerIsNotYetValid) {
  ASSERT_TRUE(hold_root());
  const auto before = contents();
  clock.advance(Seconds(-60));
  expect_refused(hold_intermediate(), before, ErrorCode::validation, "clock");
}

TEST_F(RefusalTest, ValidityBeyondTheIssuers) {
  ASSERT_TRUE(hold_root(with(root_script, "3650d", "1000d")));
  const auto before = contents();
  expect_refused(hold_intermediate(with(intermediate_script, "1826d", "1001d")), before,
                 ErrorCode::validation, "shorten validity.lifetime");
  ASSERT_TRUE(hold_intermediate(with(intermediate_script, "1826d", "1000d")));
}

TEST_F(RefusalTest, ValidityBeginsBeforeTheIssuers) {
  ASSERT_TRUE(hold_root());
  const auto before = contents();
  expect_refused(
      hold_intermediate(with(intermediate_script, "1826d", "1826d\n  not_before: 2026-03-01T11:59:59Z")),
      before, ErrorCode::validation, "validity.not_before");
}

TEST_F(RefusalTest, IssuersFilesAreMissing) {
  expect_refused(hold_intermediate(), {}, ErrorCode::not_found, "root.pem");
  ASSERT_TRUE(hold_root());
  std::filesystem::remove(out("root.key.pem"));
  const auto before = contents();
  expect_refused(hold_intermediate(), before, ErrorCode::not_found, "root.key.pem");
}

TEST_F(RefusalTest, IssuersCertificateIsBroken) {
  ASSERT_TRUE(hold_root());
  const std::string good = read(out("root.pem"));
  for (const std::string& bad : {std::string(), std::string("no PEM"), good + good, good.substr(0, 100)}) {
    std::ofstream(out("root.pem")) << bad;
    const auto before = contents();
    expect_refused(hold_intermediate(), before, ErrorCode::validation, "root.pem");
  }
}

TEST_F(RefusalTest, IssuersKeyFileIsReadableByOthers) {
  ASSERT_TRUE(hold_root());
  const auto before = contents();
  ::chmod(out("root.key.pem").c_str(), 0640);
  expect_refused(hold_intermediate(), before, ErrorCode::forbidden, "root.key.pem");
}

TEST_F(RefusalTest, OutputFolderIsMissing) {
  expect_refused(hold(root_script, root_passphrase_file, "", folder + "/none"), {}, ErrorCode::not_found,
                 "mkdir");
}

TEST_F(RefusalTest, OutputFolderIsAFile) {
  const std::string file = write("file", "");
  expect_refused(hold(root_script, root_passphrase_file, "", file), {}, ErrorCode::unavailable,
                 "not a folder");
}

// Root may write anywhere, so the test gives up being root for the ceremony.
class Unprivileged {
 public:
  Unprivileged() : was_root_(::geteuid() == 0) {
    if (was_root_) become(65534);
  }
  ~Unprivileged() {
    if (was_root_) become(0);
  }
  Unprivileged(const Unprivileged&) = delete;
  Unprivileged& operator=(const Unprivileged&) = delete;

 private:
  static void become(uid_t user) { EXPECT_EQ(::seteuid(user), 0); }
  bool was_root_;
};

TEST_F(RefusalTest, OutputFolderIsNotWritable) {
  ::chmod(folder.c_str(), 0755);
  ::chmod(output.c_str(), 0555);
  Result<Outcome> outcome = make_error(ErrorCode::internal, "not run");
  {
    const Unprivileged nobody;
    outcome = hold_root();
  }
  expect_refused(outcome, {}, ErrorCode::unavailable, "cannot write");
}

// A file-size limit fails the second write as a full disk would.
class FullDisk {
 public:
  explicit FullDisk(rlim_t octets) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    EXPECT_EQ(::getrlimit(RLIMIT_FSIZE, &saved_), 0);
    const rlimit small{octets, saved_.rlim_max};
    EXPECT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  }
  ~FullDisk() {
    EXPECT_EQ(::setrlimit(RLIMIT_FSIZE, &saved_), 0);
    EXPECT_NE(std::signal(SIGXFSZ, handler_), SIG_ERR);
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;

 private:
  rlimit saved_{};
  void (*handler_)(int);
};

TEST_F(RefusalTest, DiskFullHalfWayLeavesNothing) {
  ASSERT_TRUE(hold_root());
  const auto before = contents();
  Result<Outcome> outcome = make_error(ErrorCode::internal, "not run");
  {
    const FullDisk disk(700);  // the key fits, the chain does not
    outcome = hold_intermediate();
  }
  expect_refused(outcome, before, ErrorCode::unavailable, "chain.pem");
}

}  // namespace
}  // namespace chancery::ceremony
