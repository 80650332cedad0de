#include "tests/contract/store_contract.h"

#include <cstdlib>
#include <filesystem>
#include <stdexcept>

#include "ca/audit/audit.h"
#include "ca/store/sqlite/sqlite_store.h"

namespace chancery::store::test {

TemporaryDirectory::TemporaryDirectory() {
  std::string pattern = testing::TempDir() + "store-XXXXXX";
  if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("cannot create " + pattern);
  path_ = pattern;
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::unique_ptr<Store> open_sqlite(const std::string& path) {
  Result<std::unique_ptr<Store>> store = open_sqlite_store({.path = path}, audit::link_entry);
  if (!store) throw std::runtime_error(store.error().message);
  return std::move(*store);
}

StoreContract::StoreContract()
    : store_(GetParam() == "memory" ? make_memory_store(audit::link_entry)
                                    : open_sqlite(directory_.file("chancery.db"))) {}

void StoreContract::issue(const CertificateRecord& certificate) {
  Intent intent = make_intent(0);
  intent.serial = certificate.serial;
  intent.identity = certificate.identity;
  intent.profile = certificate.profile;
  intent.idempotency_key = certificate.idempotency_key;
  ASSERT_TRUE(begin(intent).has_value());
  ASSERT_TRUE(complete(certificate).has_value());
}

std::vector<std::string> StoreContract::audit_types() {
  std::vector<std::string> types;
  const std::vector<AuditEntry> entries = store_->read_audit(0, 1000).value();
  for (const AuditEntry& entry : entries) types.push_back(entry.event.event_type);
  return types;
}

}  // namespace chancery::store::test
