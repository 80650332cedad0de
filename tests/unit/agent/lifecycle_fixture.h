// An agent with everything around it faked but the disk, taken from pass to pass.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "agent/lifecycle.h"
#include "tests/unit/agent/fakes.h"

namespace chancery::agent {

class AgentTest : public ::testing::Test {
 protected:
  Action planned(const Lifecycle& life) {
    return plan({life.inventory()}, world_.clock.now(), world_.config.check_interval).front();
  }
  // What one pass of the agent does.
  ActionKind step(Lifecycle& life) {
    const Action action = planned(life);
    last_ = life.perform(action);
    return action.kind;
  }
  void enrol(Lifecycle& life) {
    world_.bring_token();
    ASSERT_EQ(step(life), ActionKind::enrol);
    ASSERT_TRUE(last_) << last_.error().message;
  }
  void become_due(Lifecycle& life) { world_.clock.set(renewal_time(*life.inventory().installed)); }
  [[nodiscard]] std::string metrics() const { return world_.metrics.text(); }

  fake::World world_;
  Result<void> last_;
};

}  // namespace chancery::agent
