// The parts of which the kinds of scripts are made. Internal to ca/ceremony/script. Readers answer defaults
// where something is wrong; the reader's finish() tells (yaml/reader.h).
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "ca/ceremony/script/script.h"
#include "ca/yaml/reader.h"

namespace chancery::ceremony::schema {

inline constexpr std::size_t longest_text = 200;   // octets
inline constexpr std::size_t longest_path = 4096;  // octets
inline constexpr std::size_t longest_person = 100;
inline constexpr std::size_t most_officers = 16;  // as shares/secret_sharing.h
inline constexpr std::size_t most_controllers = 8;
inline constexpr std::size_t most_urls = 4;
inline constexpr std::size_t most_subtrees = 32;
inline constexpr std::size_t most_revocations = 1000;
inline constexpr std::size_t most_copies = 64;
inline constexpr std::int64_t most_dealings = 1000;
// Octets of a reason for what nobody can check, white space counted once and not at the ends.
inline constexpr std::size_t shortest_exception = 20;
inline constexpr Seconds day{86400};
// Ten and five years with their leap days: what lint house.ca_lifetime lets pass.
inline constexpr Seconds longest_root = 3653 * day;
inline constexpr Seconds longest_intermediate = 1827 * day;
inline constexpr Seconds longest_crl = 365 * day;  // what lint crl.next_update lets pass

// What is read so far, for the parts that depend on it.
struct Context {
  yaml::Reader& reader;  // the top of the script
  Kind kind;
  ScriptUse use;
  Roles roles;
  std::set<std::string> outputs;  // names taken
};

Roles read_roles(yaml::Reader& reader, Kind kind);
PreflightPlan read_preflight(yaml::Reader& reader);
Previous read_previous(yaml::Reader& reader, Kind kind);

CustodyPlan read_new_custody(Context& context);
// Where both are in tokens: reports a label that is taken.
void check_new_key_is_another(Context& context, const CustodyPlan& used, const CustodyPlan& made);
// `key` holds {certificate, custody}.
Authority read_authority(Context& context, std::string_view key);
std::optional<ShareCustody> read_reshare(Context& context);
RecoverPlan read_recover(Context& context);
DestroyPlan read_destroy(Context& context);

x509::Name read_subject(yaml::Reader& reader);
crypto::KeyType read_key(yaml::Reader& reader);
ValidityPlan read_validity(yaml::Reader& reader, Seconds longest);
std::vector<std::string> read_urls(yaml::Reader& reader, std::string_view key);
std::optional<x509::NameConstraints> read_name_constraints(yaml::Reader& reader);

// What keeps `text` from being shown on one line, so that it could pass for lines of the program's own; "" =
// nothing.
std::string line_fault(std::string_view text);
// Whether a reason is as long as shortest_exception asks.
bool says_enough(std::string_view reason);
// The name of one file to be made, from the mapping `outputs`.
std::string read_output(Context& context, yaml::Reader& outputs, std::string_view key);
// Of a name that begins with the mark of rehearsals.
std::string marked(const std::string& name);
bool plain_file_name(const std::string& name);
// One file may be spelt in several ways: the same for "a/./b" as for "a/b". Links are not looked at.
std::string plain_path(const std::string& path);
// Lower-case or upper-case hex of `least` to `most` octets; nothing when it is not, which is reported.
std::optional<Bytes> read_hex(yaml::Reader& reader, std::string_view key, std::size_t least,
                              std::size_t most);

Plan read_plan(Context& context);

}  // namespace chancery::ceremony::schema
