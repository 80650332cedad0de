#include "agent/state.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "tests/unit/agent/temporary_folder.h"

namespace chancery::agent {
namespace {

CertificateState full() {
  CertificateState state;
  state.issue_failures = 3;
  state.issue_not_before = from_unix(1000);
  state.verify_failures = 2;
  state.verify_at = from_unix(2000);
  state.last_error = "a \"quoted\" error\nwith a line";
  state.refused_token = "aa";
  state.refused_renewal = "01bb";
  state.pending = PendingRequest{"key", "csr", "01bb"};
  state.candidate = Candidate{"01cc", "01bb"};
  state.renew_after = {{"01bb", from_unix(3000)}, {"01cc", from_unix(4000)}};
  state.last_success = from_unix(5000);
  state.served_serial = "01bb";
  state.served_not_after = from_unix(6000);
  return state;
}

class StateTest : public ::testing::Test {
 protected:
  StateTest() : store_(files_, folder_.path() + "/state") { EXPECT_TRUE(store_.open()); }
  testing::TemporaryFolder folder_;
  PosixFileSystem files_;
  StateStore store_;
};

TEST_F(StateTest, ComesBackAsItWasSaved) {
  ASSERT_TRUE(store_.save("web", full()));
  const Result<CertificateState> loaded = store_.load("web");
  ASSERT_TRUE(loaded);
  EXPECT_EQ(to_json(*loaded), to_json(full()));
  EXPECT_EQ(loaded->pending->idempotency_key, "key");
  EXPECT_EQ(loaded->candidate->previous, "01bb");
  EXPECT_EQ(loaded->renew_after.at("01cc"), from_unix(4000));
}

TEST_F(StateTest, NeverSavedIsEmpty) {
  const Result<CertificateState> loaded = store_.load("web");
  ASSERT_TRUE(loaded);
  EXPECT_EQ(to_json(*loaded), to_json(CertificateState()));
}

TEST_F(StateTest, IsTheOwnersAlone) {
  ASSERT_TRUE(store_.save("web", full()));
  ASSERT_TRUE(store_.save_pending_key("web", SecretBytes::copy_of(as_bytes("key"))));
  struct stat status {};
  for (const char* name : {"/state/web.json", "/state/web.pending.key.pem"}) {
    ASSERT_EQ(::stat((folder_.path() + name).c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U) << name;
  }
  ASSERT_EQ(::stat((folder_.path() + "/state").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0700U);
}

TEST_F(StateTest, DamageIsRefusedNotGuessedAt) {
  for (const char* text : {"", "[]", "{", "{\"issue_failures\":\"three\"}", "{\"pending\":7}",
                           "{\"renew_after\":[1]}", "{\"renew_after\":{\"01\":5}}"}) {
    EXPECT_FALSE(parse_state(text)) << text;
  }
  std::ofstream(folder_.path() + "/state/web.json") << "{";
  EXPECT_FALSE(store_.load("web"));
}

TEST_F(StateTest, AStateOverTheLimitIsRefused) {
  std::ofstream(folder_.path() + "/state/web.json") << std::string(262145, ' ');
  EXPECT_FALSE(store_.load("web"));
}

TEST_F(StateTest, OneAgentAtATime) {
  {
    const Result<StateLock> first = StateLock::take(folder_.path() + "/state");
    ASSERT_TRUE(first);
    const Result<StateLock> second = StateLock::take(folder_.path() + "/state");
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, ErrorCode::conflict);
    EXPECT_THAT(second.error().message, ::testing::HasSubstr("stop it first, or use `status`"));
  }
  EXPECT_TRUE(StateLock::take(folder_.path() + "/state"));
}

}  // namespace
}  // namespace chancery::agent
