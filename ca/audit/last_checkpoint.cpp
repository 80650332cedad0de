#include "ca/audit/last_checkpoint.h"

#include <algorithm>

#include "ca/audit/log.h"
#include "ca/base/file.h"
#include "ca/base/replace_file.h"

namespace chancery::audit {
namespace {

constexpr mode_t readable_by_all = 0644;

constexpr int entries_at_once = 10'000;

Error put_back(const std::string& path, const std::string& what, const std::string& says) {
  return make_error(
      ErrorCode::conflict,
      "the database is not the one that this CA had last: " + what + ", as " + says +
          " says; what it has issued since would be unknown. Put the newest database back. Only if that is "
          "lost, move " +
          path + " away, start, and do what docs/operations/audit.md says of a lost database");
}

}  // namespace

Result<std::optional<std::string>> read_last_checkpoint(const std::string& path) {
  Result<std::string> note = read_file(path, merkle::note_limit);
  if (note) return std::optional(std::move(*note));
  if (note.error().code == ErrorCode::not_found) return std::optional<std::string>();
  return std::move(note).error();
}

Result<void> keep_last_checkpoint(const std::string& path, const std::string& note) {
  return replace_file(path, as_bytes(note), readable_by_all);
}

Result<void> check_last_checkpoint(const std::string& path, store::LogReader& log,
                                   const merkle::NoteVerifier& key) {
  const Result<std::optional<std::string>> note = read_last_checkpoint(path);
  if (!note) return note.error();
  if (!*note) return {};
  const Result<merkle::Checkpoint> last = merkle::open_checkpoint(**note, key);
  if (!last) {
    return with_context(last.error(), path +
                                          " is no checkpoint of this log's key; put the right key or file "
                                          "back, or, if the log was given a new key, move the file away");
  }
  const Result<std::int64_t> size = log.log_size();
  if (!size) return size.error();
  if (*size < last->size) {
    return put_back(
        path, "its log has " + std::to_string(*size) + " entries, and had " + std::to_string(last->size),
        path);
  }
  const Result<merkle::Hash> root = merkle::root(
      last->size, merkle::nodes_from_tiles([&](const merkle::Tile& tile) { return read_tile(log, tile); }));
  if (!root) return root.error();
  if (*root == last->root) return {};
  return put_back(path, "the first " + std::to_string(last->size) + " entries of its log are others", path);
}

Result<Announced> count_announced(store::LogReader& log, Announced from) {
  for (;;) {
    const auto entries = log.read_audit(from.entries, entries_at_once);
    if (!entries) return entries.error();
    for (const store::AuditEntry& entry : *entries) {
      from.entries = entry.sequence;
      if (entry.event.event_type == "issuance.intent") ++from.intents;
    }
    if (entries->size() < entries_at_once) return from;
  }
}

Result<std::optional<Announced>> check_key_uses(const std::string& path, const KeyUses& uses,
                                                store::LogReader& log) {
  const Result<std::optional<std::string>> note = read_last_checkpoint(path);
  if (!note) return note.error();
  const Result<std::int64_t> size = log.log_size();
  if (!size) return size.error();
  const bool shorter = *size < uses.settled.entries;
  if (shorter && *note) {
    return put_back(
        path,
        "its log has " + std::to_string(*size) + " entries, and had " + std::to_string(uses.settled.entries),
        uses.counted_in);
  }
  auto announced = shorter ? Result<Announced>(Announced{*size, 0}) : count_announced(log, uses.settled);
  if (!announced) return announced.error();
  if (*note) {
    if (uses.certificates <= announced->intents) return std::optional<Announced>();
    return put_back(path,
                    "its log announces " + std::to_string(announced->intents) +
                        " certificates since they are counted, and the key has signed " +
                        std::to_string(uses.certificates),
                    uses.counted_in);
  }
  announced->intents = std::max(announced->intents, uses.certificates);
  return std::optional(*announced);
}

}  // namespace chancery::audit
