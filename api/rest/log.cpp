// The transparency log as C2SP tlog-tiles serves it, below /v1/log.
#include "api/rest/handlers.h"

namespace chancery::rest {
namespace {

constexpr std::string_view immutable = "private, max-age=604800, immutable";
constexpr std::string_view changing = "no-store";

http::Response answer(std::string_view type, std::string body, std::string_view caching) {
  http::Response response;
  response.content_type = type;
  response.body = std::move(body);
  response.headers.emplace_back("Cache-Control", caching);
  return response;
}

http::Response octets(const Bytes& bytes) {
  return answer("application/octet-stream", std::string(as_text(bytes)), immutable);
}

Error no_tile() {
  return make_error(ErrorCode::validation,
                    "a tile is LEVEL/NUMBER or LEVEL/NUMBER.p/WIDTH, such as 0/x001/234 or 1/000.p/17");
}

}  // namespace

Result<http::Response> log_checkpoint(const Call& call) {
  auto checkpoint = call.context.log.checkpoint();
  if (!checkpoint) return checkpoint.error();
  return answer("text/plain; charset=utf-8", std::move(checkpoint->note), changing);
}

Result<http::Response> log_key(const Call& call) {
  return answer("text/plain; charset=utf-8", call.context.log.key().vkey() + "\n", changing);
}

Result<http::Response> log_tile(const Call& call) {
  const std::string& level = call.parameters.at(0);
  auto tile = merkle::parse_tile_number(call.parameters.at(1));
  // More than a digit would be a level that no log can reach.
  if (!tile || level.size() != 1 || level[0] < '0' || level[0] >= '0' + merkle::tile_levels) return no_tile();
  tile->level = level[0] - '0';
  const auto bytes = call.context.log.tile(*tile);
  if (!bytes) return bytes.error();
  return octets(*bytes);
}

Result<http::Response> log_entries(const Call& call) {
  const auto bundle = merkle::parse_tile_number(call.parameters.at(0));
  if (!bundle) return no_tile();
  const auto bytes = call.context.log.entries(*bundle);
  if (!bytes) return bytes.error();
  return octets(*bytes);
}

}  // namespace chancery::rest
