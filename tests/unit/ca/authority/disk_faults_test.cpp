// The n-th call that writes to the disk fails, or the power does: what SQLite and the store around it leave.
#include <gmock/gmock.h>
#include <sqlite3.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <map>

#include "ca/audit/verify.h"
#include "ca/store/sqlite/sqlite_store.h"
#include "tests/support/disk/watched_disk.h"
#include "tests/unit/ca/authority/faulty_world.h"

namespace chancery::authority {
namespace {

using test::DiskCall;
using test::DiskEvent;
namespace fs = std::filesystem;

// Only databases opened while the disk is watched can be made to fail; afterwards it is as it was.
class DiskFaults : public testing::Test {
 protected:
  DiskFaults() { leave_alone(); }
  ~DiskFaults() override { leave_alone(); }
  static void leave_alone() {
    test::watch_disk([](const DiskEvent&) { return SQLITE_OK; });
  }
};

struct Failure {
  const char* name;
  int code_of_write, code_of_sync;
};

constexpr Failure failures[] = {{"input_output", SQLITE_IOERR_WRITE, SQLITE_IOERR_FSYNC},
                                {"full", SQLITE_FULL, SQLITE_IOERR_FSYNC}};

class EachDiskCall : public DiskFaults {
 protected:
  // The disk's calls are counted from 1; the n-th fails.
  void fail(int n, const Failure& failure) {
    calls_ = 0;
    test::watch_disk([this, n, failure](const DiskEvent& event) {
      if (event.done || ++calls_ != n) return SQLITE_OK;
      return event.call == DiskCall::sync ? failure.code_of_sync : failure.code_of_write;
    });
  }
  std::atomic<int> calls_ = 0;
};

class EachDiskCallOfALife : public EachDiskCall,
                            public testing::WithParamInterface<std::tuple<Life, Failure>> {};
constexpr auto name_of_case = [](const auto& test) {
  return to_string(std::get<0>(test.param)) + "_" + std::get<1>(test.param).name;
};
INSTANTIATE_TEST_SUITE_P(InputOutput, EachDiskCallOfALife,
                         testing::Combine(testing::ValuesIn(all_lives), testing::Values(failures[0])),
                         name_of_case);
// A full disk is another code of a write only: two lives show that it is heeded as well.
INSTANTIATE_TEST_SUITE_P(Full, EachDiskCallOfALife,
                         testing::Combine(testing::Values(Life::certificate, Life::approval),
                                          testing::Values(failures[1])),
                         name_of_case);

TEST_P(EachDiskCallOfALife, MayFailWhileTheServiceRuns) {
  const auto& [life, failure] = GetParam();
  const Folder empty;
  open_store(empty.database()).reset();
  int calls = 1;
  for (int n = 0; n <= calls; ++n) {  // with 0 none fails, and they are counted
    SCOPED_TRACE("disk call " + std::to_string(n));
    const Folder folder(empty.database());
    FaultyWorld world(open_store(folder.database()), life);
    fail(n, failure);
    EXPECT_EQ(world.live(1), n == 0 ? 0 : 1);
    if (n == 0) calls = calls_;
    world.expect_all_accounted_for();
    const std::vector<Promise> promises = world.promises();
    world.store.reset();  // copies the log into the database
    FaultyWorld::expect_kept(promises, *open_store(folder.database()), "when opened again");
    if (HasFailure()) return;
  }
  EXPECT_GE(calls, 30);
}

class EachDiskCallOfADatabase : public EachDiskCall, public testing::WithParamInterface<Failure> {};
INSTANTIATE_TEST_SUITE_P(Code, EachDiskCallOfADatabase, testing::ValuesIn(failures),
                         [](const auto& test) { return std::string(test.param.name); });

TEST_P(EachDiskCallOfADatabase, MayFailWhileItIsMadeOrClosed) {
  int calls = 1, refusals = 0;
  for (int n = 0; n <= calls; ++n) {
    SCOPED_TRACE("disk call " + std::to_string(n));
    const Folder folder;
    const auto open = [&] {
      return store::open_sqlite_store({.path = folder.database(), .readers = 1}, audit::log_hashing());
    };
    fail(n, GetParam());
    auto opened = open();
    if (!opened) {
      ++refusals;
      EXPECT_EQ(opened.error().code, ErrorCode::unavailable) << opened.error().message;
      opened = open();
    }
    ASSERT_TRUE(opened.has_value()) << opened.error().message;
    (void)(*opened)->append_audit(
        {.at = from_unix(1), .event_type = "first", .fields = "{}"});  // may be the one that fails
    (*opened).reset();
    if (n == 0) calls = calls_;
    fail(0, GetParam());
    const auto again = open();
    ASSERT_TRUE(again.has_value()) << again.error().message;
    EXPECT_TRUE((*again)->append_audit({.at = from_unix(2), .event_type = "last", .fields = "{}"}));
    EXPECT_TRUE(audit::verify_log(**again, {}, {})->faults.empty());
    EXPECT_EQ((*again)->read_audit(0, 9).value().back().event.event_type, "last");
    if (HasFailure()) return;
  }
  EXPECT_GE(refusals, 10);
}

// What a power cut leaves: of each file what was last synced, as leveldb's test drops what was not.
class Power {
 public:
  void note(const DiskEvent& event) {
    if (!event.done || *event.path == '\0') return;
    if (event.call == DiskCall::sync) synced_[event.path] = content(event.path);
    // SQLite syncs the folder when it deletes a journal.
    std::erase_if(synced_, [](const auto& file) { return !fs::exists(file.first); });
  }
  // The files as they would be found, in `folder`.
  void cut(const Folder& folder, const std::string& database) const {
    for (const auto& [path, bytes] : synced_)
      std::ofstream(folder.database() + path.substr(database.size()), std::ios::binary) << bytes;
  }

 private:
  static std::string content(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  std::map<std::string, std::string> synced_;
};

class PowerCut : public DiskFaults, public testing::WithParamInterface<Life> {};
INSTANTIATE_TEST_SUITE_P(Life, PowerCut, testing::ValuesIn(all_lives),
                         [](const auto& test) { return to_string(test.param); });

TEST_P(PowerCut, AtAnyCallLosesNothingAcknowledged) {
  // What a power cut at one moment would leave, and what must not be lost by it. Judged afterwards, because
  // SQLite cannot be used inside its own calls.
  struct Scene {
    Power power;
    std::size_t promises, signatures;
  };
  const Folder folder;
  const FaultyWorld* alive = nullptr;
  Power power;
  std::vector<Scene> scenes;
  test::watch_disk([&](const DiskEvent& event) {
    power.note(event);
    if (alive != nullptr) scenes.push_back({power, alive->promises().size(), alive->signed_serials().size()});
    return SQLITE_OK;
  });
  FaultyWorld world(open_store(folder.database()), GetParam());
  alive = &world;
  EXPECT_EQ(world.live(0), 0);
  scenes.push_back({power, world.promises().size(), world.signed_serials().size()});

  leave_alone();
  int cuts = 0;
  for (const Scene& scene : scenes) {
    const Folder after;
    scene.power.cut(after, folder.database());
    const auto store = open_store(after.database());
    ++cuts;
    const auto end = world.promises().begin() + static_cast<std::ptrdiff_t>(scene.promises);
    FaultyWorld::expect_kept({world.promises().begin(), end}, *store, "at call " + std::to_string(cuts));
    for (std::size_t i = 0; i < scene.signatures; ++i)
      EXPECT_TRUE(store->find_status(world.signed_serials()[i]).value().has_value()) << "unknown at " << cuts;
    EXPECT_TRUE(audit::verify_log(*store, {}, {})->faults.empty()) << "at call " << cuts;
    if (HasFailure()) return;
  }
  EXPECT_GE(cuts, 60);
}

}  // namespace
}  // namespace chancery::authority
