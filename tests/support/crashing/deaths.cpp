#include "tests/support/crashing/deaths.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>

#include "tests/support/tbs_serial.h"

namespace chancery::test {

std::vector<std::string> death_points() {
  using authority::Step;
  std::vector<std::string> points;
  for (const Step step : {Step::policy, Step::prepare, Step::intent})
    points.emplace_back(authority::to_string(step));
  points.insert(points.end(), {"key.before", "key.after"});
  for (const Step step : {Step::sign, Step::check, Step::record, Step::answer})
    points.emplace_back(authority::to_string(step));
  points.insert(points.end(),
                {"store.write", "store.sync", "store.synced", "checkpoint.write", "checkpoint.synced"});
  return points;
}

void Death::pass(std::string_view point) {
  if (point == point_ && --left_ == 0) (void)::kill(::getpid(), SIGKILL);
}

WitnessedSigner::WitnessedSigner(std::unique_ptr<keys::Signer> inner, Death& death, const std::string& path)
    : inner_(std::move(inner)), death_(death) {
  if (path.empty()) return;
  file_ = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (file_ < 0) std::abort();
}

void WitnessedSigner::write_down(const char* word, const std::string& serial) const {
  if (file_ < 0) return;
  const std::string line = std::string(word) + ' ' + serial + '\n';
  if (::write(file_, line.data(), line.size()) != static_cast<ssize_t>(line.size()) ||
      ::fdatasync(file_) != 0)
    std::abort();
}

Result<Bytes> WitnessedSigner::sign(crypto::SignatureAlgorithm algorithm, ByteView message) const {
  const std::string serial = tbs_serial(message);
  if (serial.empty()) return inner_->sign(algorithm, message);
  write_down("before", serial);
  death_.pass("key.before");
  Result<Bytes> signature = inner_->sign(algorithm, message);
  if (signature) write_down("after", serial);
  death_.pass("key.after");
  return signature;
}

int DyingDisk::operator()(const DiskEvent& event) {
  const bool writes = event.call == DiskCall::write, syncs = event.call == DiskCall::sync;
  if (event.file == DiskFile::log && writes && !event.done && !writing_) {
    writing_ = true;
    death_.pass("store.write");
  }
  if (event.file == DiskFile::log && syncs && writing_) {
    death_.pass(event.done ? "store.synced" : "store.sync");
    if (event.done) writing_ = false;
  }
  if (event.file == DiskFile::database && writes && !event.done) death_.pass("checkpoint.write");
  if (event.file == DiskFile::database && syncs && event.done) death_.pass("checkpoint.synced");
  return SQLITE_OK;
}

}  // namespace chancery::test
