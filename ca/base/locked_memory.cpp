#include "ca/base/locked_memory.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstring>
#include <limits>
#include <mutex>
#include <new>
#include <unordered_set>

namespace chancery {
namespace {

std::size_t whole_pages(std::size_t size) {
  static const std::size_t page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  if (size > std::numeric_limits<std::size_t>::max() - page) throw std::bad_alloc();
  return (size + page - 1) / page * page;
}

struct Ledger {
  std::mutex mutex;
  LockedMemoryUse use;
  std::unordered_set<const void*> unlocked;
};

// Never destroyed: secrets of static duration are released after everything else.
Ledger& ledger() {
  static auto* const only = new Ledger;
  return *only;
}

}  // namespace

void* allocate_locked(std::size_t size) {
  const std::size_t length = whole_pages(size);
  void* memory = ::mmap(nullptr, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();  // also size 0, which no vector asks for
  ::madvise(memory, length, MADV_DONTDUMP);          // refused by kernels without core dumps only
  const bool locked = ::mlock(memory, length) == 0;
  Ledger& book = ledger();
  const std::scoped_lock guard(book.mutex);
  (locked ? book.use.locked : book.use.unlocked) += length;
  if (!locked) book.unlocked.insert(memory);
  return memory;
}

void release_locked(void* memory, std::size_t size) noexcept {
  const std::size_t length = whole_pages(size);
  explicit_bzero(memory, length);
  {
    Ledger& book = ledger();
    const std::scoped_lock guard(book.mutex);
    (book.unlocked.erase(memory) == 0 ? book.use.locked : book.use.unlocked) -= length;
  }
  ::munmap(memory, length);
}

LockedMemoryUse locked_memory_use() {
  Ledger& book = ledger();
  const std::scoped_lock guard(book.mutex);
  return book.use;
}

}  // namespace chancery
