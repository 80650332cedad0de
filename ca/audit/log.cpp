#include "ca/audit/log.h"

#include <deque>
#include <unordered_map>
#include <utility>

#include "ca/audit/entry.h"

namespace chancery::audit {
namespace {

constexpr int page = 1000;                // entries read at a time
constexpr std::size_t recent_limit = 16;  // checkpoints whose new certificates are remembered

Error damaged(const std::string& what) {
  return make_error(ErrorCode::internal, "the audit log does not hold; run chancery-ca audit verify", what);
}

Error not_covered(const merkle::Tile& tile) {
  return make_error(ErrorCode::not_found, "the log has no " + merkle::tile_path(tile) +
                                              " yet; its checkpoint says how many entries it has");
}

}  // namespace

// The entry of a certificate, as it was read and hashed for the checkpoint that covers it first.
struct Log::IssuedEntry {
  std::int64_t index = 0;
  std::string text;
};

// Never changes once it is published.
struct Log::Published {
  merkle::RecentTree stored;                                // of the hashes as they are stored
  merkle::CompactTree computed;                             // of the entries, hashed again
  std::deque<std::shared_ptr<const IssuedEntries>> recent;  // what each of the last checkpoints added
  SignedCheckpoint signed_checkpoint;

  [[nodiscard]] const IssuedEntry* find(const std::string& serial) const {
    for (auto it = recent.rbegin(); it != recent.rend(); ++it) {
      const auto found = (*it)->find(serial);
      if (found != (*it)->end()) return &found->second;
    }
    return nullptr;
  }
};

Log::Covers Log::more_than(std::int64_t index) {
  return [index](const Published& published) { return published.computed.size() > index; };
}

Result<std::vector<merkle::Hash>> read_tile(store::LogReader& store, const merkle::Tile& tile) {
  Result<std::vector<store::Digest>> hashes = store.read_log_tile(tile.level, tile.number, tile.width);
  if (hashes && hashes->size() != static_cast<std::size_t>(tile.width)) {
    return damaged(merkle::tile_path(tile) + " has only " + std::to_string(hashes->size()) + " hashes");
  }
  return hashes;
}

Log::Log(store::Store& store, merkle::NoteSigner key, const Clock& clock)
    : store_(store), key_(std::move(key)), clock_(clock) {}

Result<std::unique_ptr<Log>> Log::open(store::Store& store, merkle::NoteSigner key, const Clock& clock) {
  std::unique_ptr<Log> log(new Log(store, std::move(key), clock));
  Result<Snapshot> first = log->start();
  if (!first) return first.error();
  log->published_.replace(std::move(*first));
  return log;
}

Result<Log::Snapshot> Log::start() const {
  const Result<std::int64_t> size = store_.log_size();
  if (!size) return size.error();
  const merkle::ReadNode read =
      merkle::nodes_from_tiles([this](const merkle::Tile& tile) { return read_tile(store_, tile); });
  // What stands before the last tile was checked when it was written; that tile is checked again.
  const std::int64_t sure = *size - *size % merkle::tile_width;
  Result<std::vector<merkle::Hash>> peaks = merkle::peaks(sure, read);
  if (!peaks) return peaks.error();
  Published published{merkle::RecentTree(sure, *peaks), merkle::CompactTree(sure, *peaks), {}, {}};
  if (Result<void> ok = read_on(published); !ok) return ok.error();
  if (Result<void> ok = sign(published); !ok) return ok.error();
  return std::make_shared<const Published>(std::move(published));
}

Result<Log::Snapshot> Log::covering(const Covers& covers) {
  while (true) {
    Snapshot published = published_.snapshot();
    if (covers(*published)) return published;
    if (const std::optional<OneAtATime::Turn> turn = making_.take()) {
      published = published_.snapshot();
      return covers(*published) ? published : next(std::move(published));
    }
  }
}

Result<Log::Snapshot> Log::next(Snapshot last) {
  auto made = std::make_shared<Published>(*last);
  if (Result<void> ok = read_on(*made); !ok) return ok.error();
  if (made->computed.size() == last->computed.size()) return last;
  if (Result<void> ok = sign(*made); !ok) return ok.error();
  last = std::move(made);
  published_.replace(last);
  return last;
}

Result<void> Log::read_on(Published& published) const {
  IssuedEntries issued;
  while (true) {
    const Result<std::vector<store::AuditEntry>> entries = store_.read_audit(published.computed.size(), page);
    if (!entries) return entries.error();
    for (const store::AuditEntry& entry : *entries) {
      if (Result<void> ok = take(entry, published, issued); !ok) return ok;
    }
    if (entries->size() < static_cast<std::size_t>(page)) break;
  }
  if (issued.empty()) return {};
  published.recent.push_back(std::make_shared<const IssuedEntries>(std::move(issued)));
  if (published.recent.size() > recent_limit) published.recent.pop_front();
  return {};
}

Result<void> Log::take(const store::AuditEntry& entry, Published& into, IssuedEntries& issued) const {
  const std::int64_t expected = into.computed.size() + 1;
  if (entry.sequence != expected) return damaged("entry " + std::to_string(expected) + " is missing");
  Result<std::string> text = entry_text(entry.sequence, entry.event);
  if (!text) return text.error();
  const merkle::Hash hash = merkle::hash_leaf(as_bytes(*text));
  if (hash != entry.hash) {
    return damaged("entry " + std::to_string(expected) + " does not have the hash that is stored with it");
  }
  into.computed.append(hash);
  into.stored.append(entry.hash);
  if (entry.event.event_type == "certificate.issued")
    issued.emplace(entry.event.subject, IssuedEntry{entry.sequence - 1, std::move(*text)});
  return into.computed.size() % merkle::tile_width == 0 ? check_complete_tile(into) : Result<void>();
}

// The tile that the last entry has completed, and its root one level up.
Result<void> Log::check_complete_tile(const Published& published) const {
  const std::int64_t number = published.stored.size() / merkle::tile_width - 1;
  const merkle::Tile tile{0, number, merkle::tile_width};
  const Result<std::vector<merkle::Hash>> hashes = read_tile(store_, tile);
  if (!hashes) return hashes.error();
  for (std::size_t i = 0; i < hashes->size(); ++i) {
    const auto index = number * merkle::tile_width + static_cast<std::int64_t>(i);
    const merkle::Hash* leaf = published.stored.find(0, index);
    if (leaf != nullptr && *leaf != (*hashes)[i]) {
      return damaged(merkle::tile_path(tile) + " hash " + std::to_string(i) + " is not that of its entry");
    }
  }
  const auto place = static_cast<int>(number % merkle::tile_width);
  const Result<std::vector<merkle::Hash>> above =
      read_tile(store_, {1, number / merkle::tile_width, place + 1});
  if (!above) return above.error();
  if (above->back() != merkle::root_of_complete(*hashes)) {
    return damaged("the stored root of " + merkle::tile_path(tile) + " is not its hashes'");
  }
  return {};
}

Result<void> Log::sign(Published& published) const {
  const merkle::Hash root = published.computed.root();
  if (root != published.stored.root()) return damaged("two computations of the root disagree");
  SignedCheckpoint& checkpoint = published.signed_checkpoint;
  checkpoint.checkpoint = {key_.verifier().name(), published.computed.size(), root};
  Result<std::string> note = key_.sign(merkle::checkpoint_text(checkpoint.checkpoint));
  if (!note) return note.error();
  checkpoint.note = std::move(*note);
  checkpoint.at = clock_.now();
  return {};
}

merkle::ReadNode Log::nodes(const Published& published) const {
  return [this, &published](int height, std::int64_t index) -> Result<merkle::Hash> {
    const merkle::Hash* recent = published.stored.find(height, index);
    if (recent != nullptr) return *recent;
    return merkle::nodes_from_tiles([this](const merkle::Tile& tile) { return read_tile(store_, tile); })(
        height, index);
  };
}

Result<LogProof> Log::prove_issued(const std::string& serial) {
  const Result<Snapshot> published =
      covering([&](const Published& made) { return made.find(serial) != nullptr; });
  if (!published) return published.error();
  const IssuedEntry* entry = (*published)->find(serial);
  return entry != nullptr ? prove_in(**published, *entry) : prove(serial);
}

Result<LogProof> Log::prove(const std::string& serial) {
  const Result<std::optional<store::AuditEntry>> entry = store_.find_log_entry(serial);
  if (!entry) return entry.error();
  if (!*entry) return make_error(ErrorCode::not_found, "the log has no entry of certificate " + serial);
  Result<std::string> text = entry_text((*entry)->sequence, (*entry)->event);
  if (!text) return text.error();
  const IssuedEntry found{(*entry)->sequence - 1, std::move(*text)};
  const Result<Snapshot> published = covering(more_than(found.index));
  if (!published) return published.error();
  if (found.index >= (*published)->computed.size())
    return damaged("the entry of certificate " + serial + " is missing");
  return prove_in(**published, found);
}

Result<LogProof> Log::prove_in(const Published& published, const IssuedEntry& entry) const {
  const std::int64_t size = published.computed.size();
  Result<std::vector<merkle::Hash>> path = merkle::inclusion_path(entry.index, size, nodes(published));
  if (!path) return path.error();
  return LogProof{entry.index, size, entry.text, std::move(*path), published.signed_checkpoint.note};
}

Result<SignedCheckpoint> Log::checkpoint() {
  const Result<std::int64_t> size = store_.log_size();
  if (!size) return size.error();
  const Result<Snapshot> published = covering(more_than(*size - 1));
  if (!published) return published.error();
  return (*published)->signed_checkpoint;
}

SignedCheckpoint Log::latest() const {
  return published_.snapshot()->signed_checkpoint;
}

Result<void> Log::check_covered(const merkle::Tile& tile) const {
  const std::int64_t size = published_.snapshot()->computed.size();
  return tile.width <= merkle::width_of(tile.level, tile.number, size) ? Result<void>() : not_covered(tile);
}

Result<Bytes> Log::tile(const merkle::Tile& tile) {
  if (Result<void> ok = check_covered(tile); !ok) return ok.error();
  const Result<std::vector<merkle::Hash>> hashes = read_tile(store_, tile);
  if (!hashes) return hashes.error();
  Bytes bytes;
  for (const merkle::Hash& hash : *hashes) bytes.insert(bytes.end(), hash.begin(), hash.end());
  return bytes;
}

Result<Bytes> Log::entries(const merkle::Tile& bundle) {
  if (Result<void> ok = check_covered({0, bundle.number, bundle.width}); !ok) return ok.error();
  const Result<std::vector<store::AuditEntry>> entries =
      store_.read_audit(bundle.number * merkle::tile_width, bundle.width);
  if (!entries) return entries.error();
  std::vector<std::string> texts;
  for (const store::AuditEntry& entry : *entries) {
    Result<std::string> text = entry_text(entry.sequence, entry.event);
    if (!text) return text.error();
    texts.push_back(std::move(*text));
  }
  if (texts.size() != static_cast<std::size_t>(bundle.width)) return damaged("entries are missing");
  return merkle::write_bundle(texts);
}

}  // namespace chancery::audit
