// The one writing connection and the transactions on it.
#pragma once

#include <span>

#include "ca/store/sqlite/audit_table.h"
#include "ca/store/sqlite/database.h"
#include "ca/store/sqlite/group_commit.h"
#include "ca/store/sqlite/issuance_table.h"
#include "ca/store/sqlite/request_table.h"
#include "ca/store/sqlite/token_table.h"

namespace chancery::store {

// Used by the thread "store-writer" only.
struct Writer {
  Writer(DatabaseHandle handle, LogHashing hashing);

  // All of the jobs in one transaction. A job that refuses has written nothing. When a statement fails, or
  // the commit, every job has that failure and nothing is changed; but a fault of ours (never the machine's)
  // may be one job's alone, so then each is tried by itself.
  void commit(std::span<GroupCommit::Job* const> jobs);

  DatabaseHandle database;
  AuditWriter audit;
  TokenWriter tokens;
  RequestWriter requests;
  IssuanceWriter issuance;
  Query probe, unprobe;

 private:
  Result<void> transact(std::span<GroupCommit::Job* const> jobs);
  void roll_back();

  Query begin_, commit_;
};

}  // namespace chancery::store
