// What a log serves, as `chancery audit verify` reads it: numbers of tiles in paths, tiles, bundles of
// entries. The input is any of them; or, when it begins with '!', says which part of a log of 300 entries is
// spoilt (an octet) and how: '+' and octets behind it, '-' and how many octets fewer, or changes. Promises: a
// path and a bundle have one spelling; an entry of the audit log that is accepted is written again to the
// same octets; a log is found whole only if all of it is as it was.
#include "ca/merkle/tiles.h"

#include <array>
#include <limits>

#include "ca/audit/entry.h"
#include "ca/merkle/verify.h"
#include "tests/fuzz/support/changes.h"
#include "tests/fuzz/support/golden_log.h"
#include "tests/fuzz/support/target.h"

namespace chancery::fuzz {
namespace {

using merkle::Hash;
using merkle::Tile;

constexpr std::int64_t entries_in_all = 300;

void path(std::string_view text) {
  const std::optional<Tile> tile = merkle::parse_tile_number(text);
  if (!tile) return;
  invariant(tile->width >= 1 && tile->width <= merkle::tile_width && tile->number >= 0,
            "a tile has its limits");
  invariant(merkle::tile_path(*tile) == "tile/0/" + std::string(text) &&
                merkle::bundle_path(*tile) == "tile/entries/" + std::string(text),
            "a tile's number has one spelling");
}

// However many entries it may hold.
void bundle(ByteView octets) {
  int accepted = 0;
  for (int count = 0; count <= merkle::tile_width; ++count) {
    const auto entries = merkle::read_bundle(octets, count);
    if (!entries) continue;
    ++accepted;
    invariant(
        entries->size() == static_cast<std::size_t>(count) && equal(merkle::write_bundle(*entries), octets),
        "a bundle has one spelling");
  }
  invariant(accepted <= 1, "a bundle has one number of entries");
}

void entry(const std::string& text) {
  const auto read = nlohmann::json::parse(text, nullptr, false);
  if (!read.is_object() || !read.contains("sequence") || !read["sequence"].is_number_integer()) return;
  const std::int64_t sequence = read["sequence"];
  if (sequence < 1 || sequence == std::numeric_limits<std::int64_t>::max()) return;  // nothing stands there
  if (!audit::judge_entry_text(text, sequence).empty()) return;
  const auto written = audit::entry_text(sequence, {.at = *parse_rfc3339(read["at"].get<std::string>()),
                                                    .event_type = read["event_type"],
                                                    .actor = Identity(read["actor"].get<std::string>()),
                                                    .subject = read["subject"],
                                                    .fields = read["fields"].dump()});
  invariant(written && *written == text, "an entry has one spelling");
  invariant(!audit::judge_entry_text(text, sequence + 1).empty(), "an entry stands in its own place only");
}

// The octets as they come over the wire.
class ServedLog final : public merkle::LogSource {
 public:
  ServedLog() {
    std::vector<std::string> texts;
    std::vector<Hash> leaves = golden_leaves(entries_in_all);
    for (std::int64_t i = 0; i < entries_in_all; ++i) texts.push_back(golden_entry(i));
    const auto middle = texts.begin() + merkle::tile_width;
    parts = {text_of(merkle::write_bundle({texts.begin(), middle})),
             text_of(merkle::write_bundle({middle, texts.end()})), octets(std::span(leaves).first(256)),
             octets(std::span(leaves).subspan(256)),
             octets(std::array<Hash, 1>{merkle::root_of_complete(std::span(leaves).first(256))})};
    checkpoint = {"golden", {"o", entries_in_all, merkle::root(entries_in_all, nodes_of(leaves)).value()}};
  }

  Result<std::vector<std::string>> entries(const Tile& tile) override {
    return merkle::read_bundle(as_bytes(parts.at(static_cast<std::size_t>(tile.number))), tile.width);
  }
  std::string judge(std::int64_t index, const std::string& data, const Hash&) override {
    return data == golden_entry(index) ? "" : "is another entry";
  }
  Result<std::vector<Hash>> tile(const Tile& tile) override {
    return merkle::read_tile(
        as_bytes(parts.at(static_cast<std::size_t>(tile.level == 0 ? 2 + tile.number : 4))));
  }

  std::vector<std::string> parts;  // two bundles, two tiles, the tile above them
  merkle::KnownCheckpoint checkpoint;

 private:
  static std::string text_of(const Bytes& bytes) { return std::string(as_text(bytes)); }
  static std::string octets(std::span<const Hash> hashes) {
    std::string text;
    for (const Hash& hash : hashes) text += as_text(hash);
    return text;
  }
};

void spoil(std::string& part, ByteView how) {
  if (how.empty()) return;
  if (how.front() == '+') {
    part += as_text(how.subspan(1));
  } else if (how.front() == '-') {
    part.resize(part.size() - std::min<std::size_t>(part.size(), how.size() < 2 ? 1 : how[1]));
  } else {
    part = with_changes(part, how);
  }
}

void whole_log(ByteView how) {
  static const ServedLog good;
  if (how.empty()) return;
  ServedLog log = good;
  spoil(log.parts[how.front() % log.parts.size()], how.subspan(1));
  const auto verified = merkle::verify_log(log, entries_in_all, {log.checkpoint}, {});
  const bool whole = verified && verified->faults.empty();
  invariant(whole == (log.parts == good.parts), "a log is whole when it is as it was");
  if (whole) invariant(verified->entries == entries_in_all, "all of the log was looked at");
}

}  // namespace
}  // namespace chancery::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace chancery;
  const ByteView bytes = fuzz::input(data, size);
  const std::string_view text = as_text(bytes);
  fuzz::path(text);
  fuzz::bundle(bytes);
  fuzz::entry(std::string(text));
  if (text.starts_with('!')) fuzz::whole_log(bytes.subspan(1));
  return 0;
}
