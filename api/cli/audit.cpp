// audit verify: the whole log of a running CA, checked from outside.
#include <nlohmann/json.hpp>
#include <ostream>

#include "api/cli/commands.h"
#include "ca/base/file.h"
#include "ca/merkle/report.h"

namespace chancery::cli {
namespace {

using nlohmann::json;

constexpr const char* base = "/v1/log/";

// Serial numbers and form of entries are the CA's own business (docs/reference/audit.md); that each is JSON
// and says its own place is what holds it to the log.
class RestSource final : public merkle::LogSource {
 public:
  explicit RestSource(Connection& connection) : connection_(connection) {}

  Result<std::vector<std::string>> entries(const merkle::Tile& tile) override {
    const Result<std::string> body = connection_.get(base + merkle::bundle_path(tile));
    if (!body) return body.error();
    return merkle::read_bundle(as_bytes(*body), tile.width);
  }

  std::string judge(std::int64_t index, const std::string& data, const merkle::Hash&) override {
    const json entry = json::parse(data, nullptr, false);
    if (!entry.is_object()) return "is not JSON";
    return entry.value("sequence", json()) == json(index + 1) ? "" : "does not say its own number";
  }

  Result<std::vector<merkle::Hash>> tile(const merkle::Tile& tile) override {
    const Result<std::string> body = connection_.get(base + merkle::tile_path(tile));
    if (!body) return body.error();
    return merkle::read_tile(as_bytes(*body));
  }

 private:
  Connection& connection_;
};

Result<merkle::NoteVerifier> log_key(const AuditOptions& options, Connection& connection,
                                     const Terminal& terminal) {
  if (!options.log_key_file.empty()) return merkle::load_log_key(options.log_key_file);
  terminal.error << "the log's key is taken from the service itself; give one that you know with --log-key\n";
  const Result<std::string> text = connection.get(std::string(base) + "key");
  if (!text) return text.error();
  return merkle::NoteVerifier::parse(*text);
}

Result<merkle::Verification> verify(const AuditOptions& options, const ServerOptions& server,
                                    const Terminal& terminal) {
  if (Result<void> ok = check_new_files({options.save_file}); !ok) return ok.error();
  Result<Connection> connection = Connection::open(server);
  if (!connection) return connection.error();
  const Result<merkle::NoteVerifier> key = log_key(options, *connection, terminal);
  if (!key) return key.error();
  std::vector<merkle::KnownCheckpoint> known;
  for (const std::string& file : options.checkpoint_files) {
    Result<merkle::KnownCheckpoint> kept = merkle::load_checkpoint(file, &*key);
    if (!kept) return kept.error();
    known.push_back(std::move(*kept));
  }
  const Result<std::string> note = connection->get(std::string(base) + "checkpoint");
  if (!note) return note.error();
  const Result<merkle::Checkpoint> own = merkle::open_checkpoint(*note, *key);
  if (!own) return with_context(own.error(), "the log's own checkpoint");
  known.push_back({"the log's own checkpoint", *own});
  RestSource source(*connection);
  Result<merkle::Verification> verified =
      merkle::verify_log(source, own->size, std::move(known),
                         terminal.progress ? merkle::progress_line(terminal.error) : merkle::Progress());
  if (verified && verified->faults.empty() && !options.save_file.empty()) {
    if (Result<void> saved = write_new_file(options.save_file, as_bytes(*note), 0644); !saved)
      return saved.error();
  }
  return verified;
}

}  // namespace

int audit_verify(const AuditOptions& options, const ServerOptions& server, const Terminal& terminal) {
  const Result<merkle::Verification> verified = verify(options, server, terminal);
  if (!verified) return complain(verified.error(), server, terminal);
  terminal.out << (server.json ? merkle::to_json(*verified) : merkle::to_text(*verified));
  return verified->faults.empty() ? exit_ok : exit_refused;
}

}  // namespace chancery::cli
