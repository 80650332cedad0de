#include "ca/store/migrations/migrations.h"

#include <array>

namespace chancery::store {

extern const char* const migration_0001_initial;

std::span<const char* const> migrations() {
  static const std::array all{migration_0001_initial};
  return all;
}

}  // namespace chancery::store
