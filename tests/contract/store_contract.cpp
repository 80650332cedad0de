#include "tests/contract/store_contract.h"

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <thread>

#include "ca/audit/entry.h"
#include "ca/audit/verify.h"
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
  Result<std::unique_ptr<Store>> store = open_sqlite_store({.path = path}, audit::log_hashing());
  if (!store) throw std::runtime_error(store.error().message);
  return std::move(*store);
}

void append_at_once(Store& store, int count) {
  constexpr int at_once = 64;
  std::atomic<int> next{0};
  std::vector<std::jthread> threads;
  for (int thread = 0; thread < at_once; ++thread) {
    threads.emplace_back([&store, &next, count] {
      for (int i = next++; i < count; i = next++) {
        EXPECT_TRUE(store.append_audit(event("event", "subject-" + std::to_string(i))).has_value());
      }
    });
  }
}

void expect_whole_log(Store& store, std::int64_t entries) {
  const Result<merkle::Verification> verified = audit::verify_log(store, {}, {});
  ASSERT_TRUE(verified.has_value()) << verified.error().message;
  EXPECT_EQ(verified->entries, entries);
  for (const merkle::Fault& fault : verified->faults) ADD_FAILURE() << fault.where << ": " << fault.message;
}

StoreContract::StoreContract()
    : store_(GetParam() == "memory" ? make_memory_store(audit::log_hashing())
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
