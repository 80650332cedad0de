#include "agent/status.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/unit/agent/fakes.h"

namespace chancery::agent {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class StatusTest : public ::testing::Test {
 protected:
  void enrol() {
    world_.bring_token();
    Lifecycle life = world_.life();
    ASSERT_TRUE(life.perform(plan({life.inventory()}, world_.clock.now(), Seconds(5)).front()));
  }
  StatusRow row() { return read_status(world_.config, world_.store, world_.clock.now()).at(0); }
  std::string table() { return status_table({row()}, world_.clock.now(), false); }
  fake::World world_;
};

TEST_F(StatusTest, NothingYet) {
  EXPECT_EQ(row().state, "cannot succeed");
  EXPECT_THAT(table(), HasSubstr("chancery enroll"));
  world_.bring_token();
  EXPECT_EQ(row().state, "not enrolled");
}

TEST_F(StatusTest, InOrder) {
  enrol();
  EXPECT_EQ(row().state, "ok");
  EXPECT_EQ(row().served, "yes");
  EXPECT_THAT(table(), HasSubstr("CERTIFICATE  STATE"));
  EXPECT_THAT(table(), HasSubstr("2026-01-01T00:01:29Z  2026-01-01T00:01:00Z"));
  EXPECT_THAT(table(), HasSubstr("0.001"));
  EXPECT_THAT(table(), Not(HasSubstr("\033")));
  EXPECT_THAT(status_table({row()}, world_.clock.now(), true), HasSubstr("\033[32mok"));
}

TEST_F(StatusTest, DueAndExpired) {
  enrol();
  world_.clock.advance(Seconds(65));
  EXPECT_EQ(row().state, "due");
  world_.clock.advance(Seconds(65));
  std::filesystem::remove(world_.folder.path() + "/token");
  EXPECT_EQ(row().state, "cannot succeed");
}

TEST_F(StatusTest, AsJson) {
  enrol();
  const nlohmann::json json = nlohmann::json::parse(status_json({row()}, world_.clock.now()));
  const nlohmann::json& web = json.at("certificates").at(0);
  EXPECT_EQ(web.at("certificate"), "web");
  EXPECT_EQ(web.at("serial"), world_.current());
  EXPECT_EQ(web.at("seconds_left"), 89);
  EXPECT_EQ(web.at("last_error"), nullptr);
}

}  // namespace
}  // namespace chancery::agent
