#include "ca/store/sqlite/group_commit.h"

#include <gmock/gmock.h>

#include <atomic>
#include <latch>
#include <semaphore>
#include <thread>

namespace chancery::store {
namespace {

using testing::ElementsAre;

// A commit that waits for a permit, so that a test decides what is waiting when.
class SlowDisk {
 public:
  GroupCommit::Commit commit() {
    return [this](std::span<GroupCommit::Job* const> jobs) {
      started_.release();
      permits_.acquire();
      sizes_.push_back(jobs.size());
      for (GroupCommit::Job* job : jobs) job->result = (*job->work)();
    };
  }
  void await_start() { started_.acquire(); }
  void permit(int commits) { permits_.release(commits); }
  [[nodiscard]] const std::vector<std::size_t>& sizes() const { return sizes_; }  // once all have returned

 private:
  std::counting_semaphore<> started_{0}, permits_{0};
  std::vector<std::size_t> sizes_;
};

void await_waiting(const GroupCommit& commits, std::size_t count) {
  while (commits.waiting() != count) std::this_thread::yield();
}

const GroupCommit::Work nothing = [] { return Result<void>(); };

std::vector<std::jthread> run_threads(GroupCommit& commits, int count) {
  std::vector<std::jthread> threads;
  for (int i = 0; i < count; ++i) {
    threads.emplace_back([&commits] { EXPECT_TRUE(commits.run(nothing).has_value()); });
  }
  return threads;
}

TEST(GroupCommit, TakesAllThatWaitsIntoTheNextCommit) {
  SlowDisk disk;
  GroupCommit commits(disk.commit());
  auto first = run_threads(commits, 1);
  disk.await_start();
  auto others = run_threads(commits, 40);
  await_waiting(commits, 40);
  disk.permit(2);
  first.clear();
  others.clear();
  EXPECT_THAT(disk.sizes(), ElementsAre(1, 40));
}

TEST(GroupCommit, TakesNoMoreThanItsLimit) {
  SlowDisk disk;
  GroupCommit commits(disk.commit(), 10);
  auto first = run_threads(commits, 1);
  disk.await_start();
  auto others = run_threads(commits, 21);
  await_waiting(commits, 21);
  disk.permit(4);
  first.clear();
  others.clear();
  EXPECT_THAT(disk.sizes(), ElementsAre(1, 10, 10, 1));
}

TEST(GroupCommit, AddsNoDelayForOneAlone) {
  SlowDisk disk;
  GroupCommit commits(disk.commit());
  disk.permit(3);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(commits.run(nothing).has_value());
  EXPECT_THAT(disk.sizes(), ElementsAre(1, 1, 1));
}

TEST(GroupCommit, EachCallerLearnsItsOwnResult) {
  SlowDisk disk;
  GroupCommit commits(disk.commit());
  auto first = run_threads(commits, 1);
  disk.await_start();
  std::atomic<int> wrong{0};
  std::vector<std::jthread> threads;
  for (int i = 0; i < 20; ++i) {
    threads.emplace_back([&commits, &wrong, i] {
      const Result<void> result = commits.run([i]() -> Result<void> {
        if (i % 2 == 0) return {};
        return make_error(ErrorCode::conflict, std::to_string(i));
      });
      const bool right =
          i % 2 == 0 ? result.has_value() : !result && result.error().message == std::to_string(i);
      if (!right) ++wrong;
    });
  }
  await_waiting(commits, 20);
  disk.permit(2);
  first.clear();
  threads.clear();
  EXPECT_EQ(wrong, 0);
}

TEST(GroupCommit, FinishesWhatItAcceptedBeforeItEnds) {
  SlowDisk disk;
  auto commits = std::make_unique<GroupCommit>(disk.commit());
  auto first = run_threads(*commits, 1);
  disk.await_start();
  auto others = run_threads(*commits, 5);
  await_waiting(*commits, 5);
  std::jthread stopper([&commits] { commits.reset(); });
  disk.permit(2);
  stopper.join();
  first.clear();
  others.clear();
  EXPECT_THAT(disk.sizes(), ElementsAre(1, 5));
}

}  // namespace
}  // namespace chancery::store
