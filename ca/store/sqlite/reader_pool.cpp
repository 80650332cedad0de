#include "ca/store/sqlite/reader_pool.h"

#include <algorithm>
#include <utility>

namespace chancery::store {

ReaderPool::ReaderPool(const SqliteOptions& options) {
  const int count = std::clamp(options.readers, 1, 64);
  for (int i = 0; i < count; ++i) idle_.push_back(std::make_unique<Reader>(options));
}

std::unique_ptr<Reader> ReaderPool::take() {
  std::unique_lock lock(mutex_);
  returned_.wait(lock, [this] { return !idle_.empty(); });
  std::unique_ptr<Reader> reader = std::move(idle_.back());
  idle_.pop_back();
  return reader;
}

void ReaderPool::give_back(std::unique_ptr<Reader> reader) {
  {
    const std::scoped_lock lock(mutex_);
    idle_.push_back(std::move(reader));
  }
  returned_.notify_one();
}

}  // namespace chancery::store
