#include "ca/store/sqlite/group_commit.h"

#include <pthread.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace chancery::store {
namespace {

// sem_t, because std::binary_semaphore yields the processor several times before it sleeps: with 64 threads
// waiting for one commit that cost more than the commit.
class Wakeup {
 public:
  Wakeup() { sem_init(&semaphore_, 0, 0); }
  ~Wakeup() { sem_destroy(&semaphore_); }
  Wakeup(const Wakeup&) = delete;
  Wakeup& operator=(const Wakeup&) = delete;
  Wakeup(Wakeup&&) = delete;
  Wakeup& operator=(Wakeup&&) = delete;
  sem_t* handle() { return &semaphore_; }
  void wait() {
    while (sem_wait(&semaphore_) != 0 && errno == EINTR) {
    }
  }

 private:
  sem_t semaphore_{};
};

}  // namespace

GroupCommit::GroupCommit(Commit commit, std::size_t largest)
    : commit_(std::move(commit)), largest_(largest), thread_([this] { write(); }) {
  pthread_setname_np(thread_.native_handle(), "store-writer");
}

GroupCommit::~GroupCommit() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  arrived_.notify_one();
}

Result<void> GroupCommit::run(const Work& work) {
  // One for each thread, not for each job: it must outlive sem_post, which still touches it after waking.
  thread_local Wakeup done;
  Job job{&work, {}, done.handle()};
  {
    const std::scoped_lock lock(mutex_);
    queue_.push_back(&job);
    // Under the lock: past it the writer may have finished everything, and the destructor with it.
    if (queue_.size() == 1) arrived_.notify_one();
  }
  done.wait();
  return std::move(job.result);
}

std::size_t GroupCommit::waiting() const {
  const std::scoped_lock lock(mutex_);
  return queue_.size();
}

std::vector<GroupCommit::Job*> GroupCommit::take() {
  std::unique_lock lock(mutex_);
  arrived_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
  const auto count = static_cast<std::ptrdiff_t>(std::min(queue_.size(), largest_));
  std::vector<Job*> batch(queue_.begin(), queue_.begin() + count);
  queue_.erase(queue_.begin(), queue_.begin() + count);
  return batch;
}

void GroupCommit::write() {
  while (true) {
    const std::vector<Job*> batch = take();
    if (batch.empty()) return;  // stopping, and nothing is left
    commit_(batch);
    for (Job* job : batch) {
      sem_post(job->done);  // `job` lives in the waiting thread's stack: gone from here on
    }
  }
}

}  // namespace chancery::store
