// The probe against a real TLS server of OpenSSL's.
#include "agent/verify.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

#include "tests/unit/agent/temporary_folder.h"
#include "tests/unit/agent/tls_server.h"

namespace chancery::agent {
namespace {

using ::testing::HasSubstr;

class CountingWaiter final : public Waiter {
 public:
  bool wait_for(std::chrono::milliseconds duration) override {
    total += duration;
    if (on_wait) on_wait();
    return !stop;
  }
  [[nodiscard]] bool stopped() const override { return stop; }
  std::chrono::milliseconds total{0};
  bool stop = false;
  std::function<void()> on_wait;
};

class VerifyTest : public ::testing::Test {
 protected:
  VerifyTest() : now_(SystemClock().now()), ca_(now_ - Seconds(86400), now_ + Seconds(86400)) {
    std::signal(SIGPIPE, SIG_IGN);
    testing::write_text(folder_.path() + "/root.pem", ca_.root_pem());
    target_ = {"127.0.0.1", server_.port(), "web.example", Seconds(3)};
  }
  void write_pair(const std::string& name, const testing::LeafOptions& options,
                  const testing::OpensslCa& ca) {
    const testing::Key key = testing::OpensslCa::new_key();
    testing::write_text(path(name), ca.leaf_pem(key.get(), options) + ca.chain_pem());
    testing::write_text(path(name) + ".key", testing::pem_of(key.get()));
  }
  void serve(const testing::LeafOptions& options, const testing::OpensslCa& ca) {
    write_pair("pair", options, ca);
    server_.serve(path("pair"), path("pair") + ".key");
  }
  void serve(const std::string& serial) { serve(leaf(serial), ca_); }
  [[nodiscard]] testing::LeafOptions leaf(const std::string& serial) const {
    return {serial, "DNS:web.example", now_ - Seconds(60), now_ + Seconds(3600)};
  }
  [[nodiscard]] std::string path(const std::string& name) const { return folder_.path() + "/" + name; }

  TimePoint now_;
  testing::OpensslCa ca_;
  testing::TemporaryFolder folder_;
  testing::TlsServer server_;
  VerifyTarget target_;
  TlsProber prober_{folder_.path() + "/root.pem"};
  CountingWaiter waiter_;
};

TEST_F(VerifyTest, ReadsTheServedSerialAndItsEnd) {
  serve("01abcdef");
  const Result<Served> served = prober_.probe(target_);
  ASSERT_TRUE(served) << served.error().message;
  EXPECT_EQ(served->serial, "01abcdef");
  EXPECT_EQ(served->not_after, now_ + Seconds(3600));
  EXPECT_EQ(served->problem, "");
}

TEST_F(VerifyTest, AsksForTheServerName) {
  serve("01aa");
  ASSERT_TRUE(prober_.probe(target_));
  serve("01bb");  // the probe before has been answered for good once the next one is
  ASSERT_TRUE(prober_.probe(target_));
  EXPECT_EQ(server_.last_server_name(), "web.example");
}

TEST_F(VerifyTest, ACertificateOfAnotherCaIsAProblemWithItsSerialKnown) {
  const testing::OpensslCa other(now_ - Seconds(60), now_ + Seconds(3600), "Other");
  serve(leaf("01aa"), other);
  const Result<Served> served = prober_.probe(target_);
  ASSERT_TRUE(served) << served.error().message;
  EXPECT_EQ(served->serial, "01aa");
  EXPECT_NE(served->problem, "");
}

TEST_F(VerifyTest, AnExpiredOrMisnamedCertificateIsAProblem) {
  testing::LeafOptions expired = leaf("01aa");
  expired.not_after = now_ - Seconds(1);
  serve(expired, ca_);
  EXPECT_THAT(prober_.probe(target_)->problem, HasSubstr("expired"));
  testing::LeafOptions misnamed = leaf("01bb");
  misnamed.names = "DNS:other.example";
  serve(misnamed, ca_);
  EXPECT_THAT(prober_.probe(target_)->problem, HasSubstr("mismatch"));
}

TEST_F(VerifyTest, NobodyThereIsAnErrorThatNamesThePlace) {
  VerifyTarget nowhere = target_;
  nowhere.port = 1;
  const Result<Served> served = prober_.probe(nowhere);
  ASSERT_FALSE(served);
  EXPECT_EQ(served.error().code, ErrorCode::unavailable);
  EXPECT_THAT(served.error().message, HasSubstr("127.0.0.1:1: "));
  EXPECT_THAT(served.error().message,
              HasSubstr("check that the service runs and that verify names its port"));
}

TEST_F(VerifyTest, AServerThatSaysNothingIsGivenUp) {
  // Listens, and nobody accepts: the connection stands, the handshake never comes.
  const int silent = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ASSERT_EQ(::bind(silent, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  ASSERT_EQ(::listen(silent, 1), 0);
  socklen_t size = sizeof address;
  ::getsockname(silent, reinterpret_cast<sockaddr*>(&address), &size);
  VerifyTarget target = target_;
  target.port = ntohs(address.sin_port);
  TlsProber hasty(folder_.path() + "/root.pem", Seconds(1));
  const Result<Served> served = hasty.probe(target);
  ::close(silent);
  ASSERT_FALSE(served);
  EXPECT_THAT(served.error().message, HasSubstr("handshake failed"));
}

TEST_F(VerifyTest, AReloadThatTakesAWhileIsWaitedFor) {
  serve("01aa");
  int waits = 0;
  waiter_.on_wait = [&] {
    if (++waits == 4) serve("01bb");
  };
  const Result<Served> served = wait_until_served(prober_, target_, "01bb", waiter_);
  ASSERT_TRUE(served) << served.error().message;
  EXPECT_EQ(waits, 4);
}

TEST_F(VerifyTest, TheOldSerialForTooLongIsAnError) {
  serve("01aa");
  const Result<Served> served = wait_until_served(prober_, target_, "01bb", waiter_);
  ASSERT_FALSE(served);
  EXPECT_THAT(served.error().message, HasSubstr("still serves 01aa and not 01bb"));
  EXPECT_THAT(served.error().message, HasSubstr("check that the service reads DIR/current"));
  EXPECT_GE(waiter_.total, target_.patience);
  EXPECT_LE(waiter_.total, target_.patience + std::chrono::milliseconds(500));
}

TEST_F(VerifyTest, TheRightSerialThatClientsRefuseIsAnError) {
  testing::LeafOptions misnamed = leaf("01aa");
  misnamed.names = "DNS:other.example";
  serve(misnamed, ca_);
  const Result<Served> served = wait_until_served(prober_, target_, "01aa", waiter_);
  ASSERT_FALSE(served);
  EXPECT_THAT(served.error().message, HasSubstr("a client would refuse"));
}

TEST_F(VerifyTest, StoppingTheAgentEndsTheWait) {
  serve("01aa");
  waiter_.stop = true;
  EXPECT_FALSE(wait_until_served(prober_, target_, "01bb", waiter_));
  EXPECT_EQ(waiter_.total, std::chrono::milliseconds(100));
}

}  // namespace
}  // namespace chancery::agent
