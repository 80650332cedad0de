// OneAtATime: work that one thread does for all that want it done, which no lock is held for.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>

namespace chancery {

// Thread-safe; must outlive its turns. Whoever wants the work done takes the turn. If it is free, he has it
// until he drops it; if not, he waits until whoever has it drops it, and is told to look again whether the
// work is still wanted. No order among those that wait.
class OneAtATime {
 public:
  class Turn {
   public:
    explicit Turn(OneAtATime& of) : of_(&of) {}

   private:
    struct End {
      void operator()(OneAtATime* of) const { of->end(); }
    };
    std::unique_ptr<OneAtATime, End> of_;
  };

  // nullopt when it was another's, which has ended.
  std::optional<Turn> take() {
    std::unique_lock lock(mutex_);
    if (!taken_) {
      taken_ = true;
      return std::optional<Turn>(std::in_place, *this);
    }
    const std::uint64_t before = ended_;
    end_.wait(lock, [&] { return ended_ != before; });
    return std::nullopt;
  }

 private:
  void end() {
    {
      const std::scoped_lock lock(mutex_);
      taken_ = false;
      ++ended_;
    }
    end_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable end_;
  bool taken_ = false;
  std::uint64_t ended_ = 0;
};

}  // namespace chancery
