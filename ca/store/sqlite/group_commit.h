// Natural group commit: what is waiting when the previous commit ends goes into the next one; no delay is
// ever added.
#pragma once

#include <semaphore.h>

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

#include "ca/base/result.h"

namespace chancery::store {

// Thread-safe. Owns the thread "store-writer", in which every piece of work runs.
class GroupCommit {
 public:
  using Work = std::function<Result<void>()>;

  struct Job {
    const Work* work;
    Result<void> result;
    sem_t* done;
  };

  // Does the work of every job, commits, and sets every result. Must not throw.
  using Commit = std::function<void(std::span<Job* const>)>;

  // At most `largest` jobs go into one commit, so that nobody waits for an endless one.
  explicit GroupCommit(Commit commit, std::size_t largest = 256);
  // Finishes what was accepted: a run() that waits gets its result. No run() may begin once the destructor
  // has.
  ~GroupCommit();
  GroupCommit(const GroupCommit&) = delete;
  GroupCommit& operator=(const GroupCommit&) = delete;
  GroupCommit(GroupCommit&&) = delete;
  GroupCommit& operator=(GroupCommit&&) = delete;

  // Returns once the commit with this work is durable or has failed. `work` may run more than once, when a
  // commit has to be tried again without the others; only its last result counts.
  Result<void> run(const Work& work);

  [[nodiscard]] std::size_t waiting() const;  // jobs that no commit has taken yet

 private:
  void write();
  std::vector<Job*> take();

  Commit commit_;
  std::size_t largest_;
  mutable std::mutex mutex_;
  std::condition_variable arrived_;
  std::vector<Job*> queue_;
  bool stopping_ = false;
  std::jthread thread_;  // last: starts when all the rest stands
};

}  // namespace chancery::store
