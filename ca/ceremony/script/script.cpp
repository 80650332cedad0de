#include "ca/ceremony/script/script.h"

#include <array>
#include <optional>
#include <utility>

#include "ca/base/file.h"
#include "ca/base/unicode.h"
#include "ca/ceremony/script/schema.h"

namespace chancery::ceremony {
namespace {

constexpr std::array all_kinds{Kind::root, Kind::intermediate, Kind::cross_csr, Kind::cross_certificate,
                               Kind::crl,  Kind::recover,      Kind::destroy};

std::string known_kinds() {
  std::string list;
  for (const Kind kind : all_kinds) list += (list.empty() ? "" : ", ") + std::string(to_string(kind));
  return list;
}

// Without a kind there is no schema, so this fault is reported alone.
Result<Kind> read_kind(yaml::Reader& reader) {
  const std::string text = reader.required_string("ceremony", schema::longest_text);
  for (const Kind kind : all_kinds) {
    if (text == to_string(kind)) return kind;
  }
  const std::string message =
      (text.empty() ? "ceremony is missing or not a text" : "ceremony " + text + " is not known") +
      "; it must be one of " + known_kinds();
  Error error = make_error(ErrorCode::validation, reader.location("ceremony") + ": " + message);
  error.details.push_back({"ceremony", reader.location("ceremony"), text, message});
  return error;
}

}  // namespace

std::string_view to_string(Kind kind) {
  switch (kind) {
    case Kind::root:
      return "root";
    case Kind::intermediate:
      return "intermediate";
    case Kind::cross_csr:
      return "cross-csr";
    case Kind::cross_certificate:
      return "cross-certificate";
    case Kind::crl:
      return "crl";
    case Kind::recover:
      return "recover";
    case Kind::destroy:
      return "destroy";
  }
  return "?";
}

std::string schema::line_fault(std::string_view text) {
  const std::optional<TextFault> fault = find_text_fault(text);
  return fault ? "it must be one line, but holds " + fault->what : "";
}

bool schema::says_enough(std::string_view reason) {
  constexpr std::string_view blank = " \t\r\n";
  std::size_t octets = 0;
  bool between = false;
  for (const char letter : reason) {
    const bool is_blank = blank.find(letter) != std::string_view::npos;
    if (!is_blank) octets += between && octets > 0 ? 2 : 1;
    between = is_blank;
  }
  return octets >= shortest_exception;
}

Result<Script> parse_script(std::string_view yaml, const std::string& file, ScriptUse use) {
  Result<yaml::Reader> reader = yaml::Reader::parse(yaml, file);
  if (!reader) return std::move(reader).error();
  const Result<Kind> kind = read_kind(*reader);
  if (!kind) return kind.error();
  Script script;
  script.file = file;
  script.text = yaml;
  script.hash = crypto::sha256(as_bytes(yaml));
  script.title = reader->required_string("title", schema::longest_text);
  if (std::string fault = schema::line_fault(script.title); !fault.empty()) reader->reject("title", fault);
  script.roles = schema::read_roles(*reader, *kind);
  script.preflight = schema::read_preflight(*reader);
  script.previous = schema::read_previous(*reader, *kind);
  schema::Context context{*reader, *kind, use, script.roles, {}};
  script.plan = schema::read_plan(context);
  if (Result<void> ok = reader->finish(); !ok) return std::move(ok).error();
  return script;
}

Result<Script> load_script(const std::string& path) {
  Result<std::string> text = read_file(path, script_limit);
  if (!text && text.error().code == ErrorCode::not_found)
    return make_error(ErrorCode::not_found,
                      "there is no ceremony script " + path + "; examples are in policies/ceremonies");
  if (!text) return with_context(std::move(text).error(), "the ceremony script");
  return parse_script(*text, path);
}

}  // namespace chancery::ceremony
