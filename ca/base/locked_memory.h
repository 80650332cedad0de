// Memory for secrets: whole pages of their own, kept off the swap and out of core dumps, wiped when given
// back.
#pragma once

#include <cstddef>

namespace chancery {

// Zeroed pages from mmap(2), with mlock(2) and MADV_DONTDUMP. Where the limit on locked memory
// (RLIMIT_MEMLOCK) is used up the pages are given all the same, unlocked, and counted: a server goes on, a
// ceremony's preflight refuses. Throws std::bad_alloc when there is no memory at all. Costs some microseconds
// and a page: for secrets, not for data. Thread-safe.
void* allocate_locked(std::size_t size);
// Wipes and returns what allocate_locked(size) gave.
void release_locked(void* memory, std::size_t size) noexcept;

// Secrets of this process at this moment, in octets of whole pages.
struct LockedMemoryUse {
  std::size_t locked = 0;
  std::size_t unlocked = 0;  // 0 on a machine that is fit for a ceremony
};
LockedMemoryUse locked_memory_use();

template <typename T>
struct LockedAllocator {
  using value_type = T;
  LockedAllocator() = default;
  template <typename U>
  LockedAllocator(const LockedAllocator<U>& /*other*/) noexcept {}  // NOLINT(google-explicit-constructor)
  T* allocate(std::size_t count) { return static_cast<T*>(allocate_locked(count * sizeof(T))); }
  void deallocate(T* memory, std::size_t count) noexcept { release_locked(memory, count * sizeof(T)); }
  friend bool operator==(const LockedAllocator& /*a*/, const LockedAllocator& /*b*/) { return true; }
};

}  // namespace chancery
