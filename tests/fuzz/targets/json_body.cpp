// The body of a request, read with the shapes of the REST handlers. Promises: what is accepted, nlohmann's
// own parser accepts too and reads to the same values; it has no member that the shape does not know.
#include <nlohmann/json.hpp>

#include "api/http/json_reader.h"
#include "api/http/limits.h"
#include "tests/fuzz/support/target.h"

namespace chancery::fuzz {
namespace {

using http::JsonReader;
using nlohmann::json;

void same_string(const json& object, const std::string& key, const std::optional<std::string>& ours) {
  invariant(ours.has_value() == object.contains(key), "a member is there for both, or for neither");
  if (ours) invariant(object[key] == *ours, "a string is the same for both");
}

void enrollment(JsonReader reader, const json& object) {
  const std::string identity = reader.required_string("identity", 128);
  const std::string profile = reader.required_string("profile", 64);
  const auto names = reader.required_strings("names", 1, 100, 512);
  const auto uses = reader.optional_integer("uses", 1, 1, 1000);
  const auto lifetime = reader.optional_string("lifetime", 16);
  if (!reader.finish()) return;
  same_string(object, "identity", identity);
  same_string(object, "profile", profile);
  same_string(object, "lifetime", lifetime);
  invariant(object["names"] == names && !names.empty() && names.size() <= 100, "a list is the same for both");
  invariant(object.value("uses", std::int64_t{1}) == uses && uses >= 1 && uses <= 1000,
            "a number is the same for both");
  invariant(object.size() <= 5, "no member is unknown");
}

void issuance(JsonReader reader, const json& object) {
  const auto profile = reader.optional_string("profile", 64);
  const auto identity = reader.optional_string("identity", 128);
  const std::string csr = reader.required_string("csr", std::size_t{24} * 1024);
  if (!reader.finish()) return;
  same_string(object, "profile", profile);
  same_string(object, "identity", identity);
  same_string(object, "csr", csr);
  invariant(object.size() <= 3, "no member is unknown");
}

void revocation(JsonReader reader, const json& object) {
  const auto reason = reader.optional_string("reason", 32);
  const auto scope = reader.optional_string("scope", 16);
  if (!reader.finish()) return;
  same_string(object, "reason", reason);
  same_string(object, "scope", scope);
  invariant(object.size() <= 2, "no member is unknown");
}

void rejection(JsonReader reader, const json& object) {
  const std::string reason = reader.required_string("reason", 256);
  if (!reader.finish()) return;
  same_string(object, "reason", reason);
  invariant(object.size() == 1, "no member is unknown");
}

// Of an approval, a cancellation, a withdrawal.
void nothing(JsonReader reader, const json& object) {
  if (reader.finish()) invariant(object.empty(), "no member is unknown");
}

}  // namespace
}  // namespace chancery::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace chancery;
  const std::string_view body = as_text(fuzz::input(data, size));
  if (!http::JsonReader::parse(body)) return 0;
  fuzz::invariant(body.size() <= http::limits::body_bytes, "a body is within its limit");
  const nlohmann::json object = nlohmann::json::parse(body, nullptr, false);
  fuzz::invariant(object.is_object(), "nlohmann reads an object in what we accept");
  fuzz::enrollment(std::move(*http::JsonReader::parse(body)), object);
  fuzz::issuance(std::move(*http::JsonReader::parse(body)), object);
  fuzz::revocation(std::move(*http::JsonReader::parse(body)), object);
  fuzz::rejection(std::move(*http::JsonReader::parse(body)), object);
  fuzz::nothing(std::move(*http::JsonReader::parse(body)), object);
  return 0;
}
