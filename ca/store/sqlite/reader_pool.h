// A few reading connections, each used by one thread at a time.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <vector>

#include "ca/store/sqlite/audit_table.h"
#include "ca/store/sqlite/certificate_table.h"
#include "ca/store/sqlite/database.h"
#include "ca/store/sqlite/key_ownership.h"
#include "ca/store/sqlite/lineage_table.h"
#include "ca/store/sqlite/quota_table.h"
#include "ca/store/sqlite/request_table.h"
#include "ca/store/sqlite/token_table.h"

namespace chancery::store {

struct Reader {
  explicit Reader(const SqliteOptions& options)
      : database(open_for_reading(options)),
        certificates(*database),
        keys(*database),
        quotas(*database),
        tokens(*database),
        requests(*database),
        lineages(*database),
        audit(*database) {}
  DatabaseHandle database;
  CertificateReader certificates;
  KeyOwnership keys;
  QuotaReader quotas;
  TokenReader tokens;
  RequestReader requests;
  LineageTable lineages;
  AuditReader audit;
};

// Thread-safe.
class ReaderPool {
 public:
  // May throw SQLite::Exception.
  explicit ReaderPool(const SqliteOptions& options);

  // Runs `work` with a reader of its own; waits while all are taken.
  template <typename Work>
  auto with(const Work& work) {
    const Lease lease(*this);
    return work(*lease.reader);
  }

 private:
  struct Lease {
    explicit Lease(ReaderPool& owner) : pool(owner), reader(owner.take()) {}
    ~Lease() { pool.give_back(std::move(reader)); }
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    Lease(Lease&&) = delete;
    Lease& operator=(Lease&&) = delete;
    ReaderPool& pool;
    std::unique_ptr<Reader> reader;
  };
  std::unique_ptr<Reader> take();
  void give_back(std::unique_ptr<Reader> reader);

  std::mutex mutex_;
  std::condition_variable returned_;
  std::vector<std::unique_ptr<Reader>> idle_;
};

}  // namespace chancery::store
