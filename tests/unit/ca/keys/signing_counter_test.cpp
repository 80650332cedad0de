#include "ca/keys/signing_counter.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <thread>

namespace chancery::keys {
namespace {

class SigningCounterTest : public testing::Test {
 protected:
  SigningCounterTest() { std::filesystem::remove(path); }
  ~SigningCounterTest() override { std::filesystem::remove(path); }
  std::shared_ptr<SigningCounter> open() {
    Result<std::shared_ptr<SigningCounter>> counter = SigningCounter::open(path);
    EXPECT_TRUE(counter.has_value());
    return counter ? *counter : nullptr;
  }
  std::string path = testing::TempDir() + "signatures-" + std::to_string(::getpid());
};

const Bytes tbs{0x30, 0x01};
const Bytes probe{'c'};

TEST_F(SigningCounterTest, CountsByPurposeAndAcrossOpenings) {
  const auto first = open();
  first->begin(7);
  first->begin(9);  // known already
  first->count(tbs);
  const auto second = open();
  second->count(tbs);
  second->count(probe);
  second->count({});
  const SignatureCounts counts = first->counts();
  EXPECT_EQ(counts.since, 7);
  EXPECT_EQ(counts.certificates, 2);
  EXPECT_EQ(counts.checks, 2);
  struct stat status {};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(SigningCounterTest, IsSettledUpToWhereCountingBeganAndThenAsFarAsItIsTold) {
  const auto counter = open();
  EXPECT_EQ(counter->counts().settled_entries, -1);
  counter->begin(7);
  EXPECT_EQ(counter->counts().settled_entries, 7);
  EXPECT_EQ(counter->counts().settled_intents, 0);
  counter->settle(19, 4);
  EXPECT_EQ(open()->counts().settled_entries, 19);
  EXPECT_EQ(open()->counts().settled_intents, 4);
  counter->settle(3, 4);  // the database was put back on purpose
  EXPECT_EQ(counter->counts().settled_entries, 3);
}

TEST_F(SigningCounterTest, AFileOfBeforeThatGoesOn) {
  open()->begin(7);
  open()->count(tbs);
  std::filesystem::resize_file(path, 32);
  EXPECT_EQ(open()->counts().since, 7);
  EXPECT_EQ(open()->counts().certificates, 1);
  EXPECT_EQ(open()->counts().settled_entries, 7);
}

TEST_F(SigningCounterTest, SurvivesKill9) {
  open()->begin(0);
  const pid_t child = ::fork();
  if (child == 0) {
    const auto counter = open();
    for (int i = 0; i < 1000; ++i) counter->count(tbs);
    ::kill(::getpid(), SIGKILL);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFSIGNALED(status));
  EXPECT_EQ(read_signature_counts(path).value()->certificates, 1000);
}

TEST_F(SigningCounterTest, ManyThreadsLoseNothing) {
  const auto counter = open();
  {
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < 8; ++thread) {
      threads.emplace_back([&] {
        for (int i = 0; i < 1000; ++i) counter->count(tbs);
      });
    }
  }
  EXPECT_EQ(counter->counts().certificates, 8000);
}

TEST_F(SigningCounterTest, RefusesWhatIsNone) {
  for (const std::string& content : {std::string("x"), std::string(32, 'x'), std::string(33, '\0'),
                                     std::string(48, 'x'), std::string(49, '\0')}) {
    std::ofstream(path) << content;
    const auto opened = SigningCounter::open(path);
    ASSERT_FALSE(opened.has_value()) << content.size();
    EXPECT_EQ(opened.error().code, ErrorCode::validation);
    std::filesystem::remove(path);
  }
  EXPECT_EQ(SigningCounter::open("/nonexistent/counter").error().code, ErrorCode::unavailable);
  EXPECT_FALSE(read_signature_counts(path).value().has_value());
  EXPECT_FALSE(std::filesystem::exists(path));
}

class RefusingSigner final : public Signer {
 public:
  [[nodiscard]] const crypto::PublicKey& public_key() const override { return key_.public_key(); }
  [[nodiscard]] Result<Bytes> sign(crypto::SignatureAlgorithm, ByteView) const override {
    return make_error(ErrorCode::unavailable, "token gone");
  }

 private:
  crypto::PrivateKey key_ = crypto::PrivateKey::generate({}).value();
};

TEST_F(SigningCounterTest, IsCountedBeforeTheKeyIsUsed) {
  const auto counter = open();
  const auto signer = make_counting_signer(std::make_unique<RefusingSigner>(), counter);
  EXPECT_FALSE(signer->sign(crypto::SignatureAlgorithm::ecdsa_sha256, tbs));
  EXPECT_EQ(counter->counts().certificates, 1);
}

}  // namespace
}  // namespace chancery::keys
