#include "ca/merkle/report.h"

#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>
#include <ostream>

#include "ca/base/file.h"

namespace chancery::merkle {
namespace {

using nlohmann::json;

}  // namespace

std::string to_text(const Verification& verification) {
  const std::string entries = std::to_string(verification.entries);
  if (verification.faults.empty()) {
    return "the log is whole: " + entries + " entries, root " + to_base64(verification.root) + "\n";
  }
  std::string text = "the log does NOT hold; " + entries +
                     " entries were read. Stop the service, keep the database for "
                     "analysis and compare it with the last backup:\n";
  for (const Fault& fault : verification.faults) {
    text += "  " + std::string(to_string(fault.kind)) + " at " + std::to_string(fault.index) + " (" +
            fault.where + "): " + fault.message + "\n";
  }
  if (verification.faults.size() == fault_limit) text += "  and perhaps more\n";
  return text;
}

std::string to_json(const Verification& verification) {
  json faults = json::array();
  for (const Fault& fault : verification.faults) {
    faults.push_back({{"kind", to_string(fault.kind)},
                      {"index", fault.index},
                      {"where", fault.where},
                      {"message", fault.message}});
  }
  const json object{{"entries", verification.entries},
                    {"root", to_base64(verification.root)},
                    {"whole", verification.faults.empty()},
                    {"faults", std::move(faults)}};
  return object.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
}

Result<KnownCheckpoint> load_checkpoint(const std::string& path, const NoteVerifier* key) {
  const Result<std::string> note = read_file(path, note_limit);
  if (!note) return note.error();
  Result<Checkpoint> checkpoint =
      key != nullptr ? open_checkpoint(*note, *key) : read_unverified_checkpoint(*note);
  if (!checkpoint) return with_context(checkpoint.error(), path);
  return KnownCheckpoint{path, std::move(*checkpoint)};
}

Result<NoteVerifier> load_log_key(const std::string& path) {
  const Result<std::string> text = read_file(path, note_limit);
  if (!text) return text.error();
  Result<NoteVerifier> key = NoteVerifier::parse(*text);
  if (!key) return with_context(key.error(), path);
  return key;
}

Progress progress_line(std::ostream& terminal) {
  using SteadyClock = std::chrono::steady_clock;
  auto last = std::make_shared<SteadyClock::time_point>(SteadyClock::now());
  return [&terminal, last](std::int64_t done, std::int64_t size) {
    const auto now = SteadyClock::now();
    if (done == size) {
      terminal << "\r\033[K" << std::flush;
    } else if (now - *last >= std::chrono::seconds(1)) {
      *last = now;
      terminal << "\rchecked " << done << " of " << size << " entries" << std::flush;
    }
  };
}

}  // namespace chancery::merkle
