#include "ca/store/migrations/migrations.h"

#include <array>

namespace chancery::store {

extern const char* const migration_0001_initial;
extern const char* const migration_0002_key_ownership;
extern const char* const migration_0003_merkle_log;
extern const char* const migration_0004_approvals;
extern const char* const migration_0005_quotas;
extern const char* const migration_0006_expiry_counts;
extern const char* const migration_0007_holds;

std::span<const char* const> migrations() {
  static const std::array all{migration_0001_initial,    migration_0002_key_ownership,
                              migration_0003_merkle_log, migration_0004_approvals,
                              migration_0005_quotas,     migration_0006_expiry_counts,
                              migration_0007_holds};
  return all;
}

}  // namespace chancery::store
