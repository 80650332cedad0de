#include "ca/store/sqlite/writer.h"

#include <SQLiteCpp/Exception.h>
#include <sqlite3.h>

#include <exception>
#include <utility>

#include "ca/store/sqlite/failure.h"

namespace chancery::store {

Writer::Writer(DatabaseHandle handle, LogHashing hashing)
    : database(std::move(handle)),
      audit(*database, std::move(hashing)),
      tokens(*database),
      requests(*database, tokens),
      issuance(*database, tokens, requests),
      probe(*database, "INSERT OR REPLACE INTO write_probe (id) VALUES (1)"),
      unprobe(*database, "DELETE FROM write_probe"),
      begin_(*database, "BEGIN IMMEDIATE"),
      commit_(*database, "COMMIT") {}

void Writer::commit(std::span<GroupCommit::Job* const> jobs) {
  const Result<void> done = transact(jobs);
  if (done) return;
  const bool one_by_one = done.error().code == ErrorCode::internal && jobs.size() > 1;
  for (GroupCommit::Job* const& job : jobs) {
    const Result<void> alone = one_by_one ? transact({&job, 1}) : done;
    if (!alone) job->result = alone;
  }
}

Result<void> Writer::transact(std::span<GroupCommit::Job* const> jobs) {
  try {
    begin_.run();
    audit.load_edge();
    for (GroupCommit::Job* job : jobs) job->result = (*job->work)();
    commit_.run();
    return {};
  } catch (const SQLite::Exception& exception) {
    roll_back();
    return to_error(exception);
  } catch (const std::exception& exception) {
    roll_back();
    return make_error(ErrorCode::internal, "the store failed; nothing was changed. The log has the detail",
                      exception.what());
  }
}

void Writer::roll_back() {
  audit.forget_edge();
  // SQLite has rolled back by itself after some failures.
  if (sqlite3_get_autocommit(database->getHandle()) == 0) database->tryExec("ROLLBACK");
}

}  // namespace chancery::store
