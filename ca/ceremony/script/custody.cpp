#include <filesystem>
#include <set>

#include "ca/ceremony/script/schema.h"

namespace chancery::ceremony::schema {
namespace {

constexpr std::size_t longest_token_label = 32;    // PKCS #11 v2.40, CK_TOKEN_INFO
constexpr std::int64_t highest_slot = 0xffffffff;  // a CK_ULONG has at least 32 bits
constexpr std::size_t longest_key_label = 64;
constexpr unsigned least_threshold = 2;  // one officer alone never has the key

enum class Use { made, used };

TokenCustody read_token(yaml::Reader map, Use use) {
  TokenCustody token{.module = map.required_string("module", longest_path),
                     .label = map.optional_string("label", "", longest_token_label),
                     .key = map.required_string("key", longest_key_label)};
  if (map.has("slot"))
    token.slot = static_cast<std::uint64_t>(map.optional_integer("slot", 0, 0, highest_slot));
  if (!map.has("slot") && token.label.empty() && (!map.has("label") || map.sound("label")))
    map.reject("label", "a token is named by its label, by its slot, or by both");
  if (use == Use::made && token.key.starts_with(rehearsal_mark)) map.reject("key", marked(token.key));
  if (!token.module.empty() && !token.module.starts_with('/')) {
    map.reject("module", "module must be an absolute path, not " + token.module);
  }
  return token;
}

// threshold and officers of a mapping, M <= N.
ShareCustody read_quorum(yaml::Reader& map) {
  ShareCustody shares;
  shares.threshold = static_cast<unsigned>(map.required_integer("threshold", least_threshold, most_officers));
  shares.officers = static_cast<unsigned>(map.required_integer("officers", least_threshold, most_officers));
  if (map.sound("threshold") && map.sound("officers") && shares.threshold > shares.officers) {
    map.reject("threshold", "threshold is " + std::to_string(shares.threshold) + ", but there are only " +
                                std::to_string(shares.officers) + " officers");
  }
  return shares;
}

ShareCustody read_new_shares(yaml::Reader map, const Roles& roles) {
  ShareCustody shares = read_quorum(map);
  if (map.sound("officers") && shares.officers != roles.crypto_officers.size()) {
    map.reject("officers", "officers is " + std::to_string(shares.officers) +
                               ", but roles.crypto_officers names " +
                               std::to_string(roles.crypto_officers.size()));
  }
  return shares;
}

ShareCustody read_used_shares(yaml::Reader map, const Roles& roles) {
  ShareCustody shares = read_quorum(map);
  shares.files = map.string_list("files", 1, most_officers);
  std::set<std::string> places;
  for (const std::string& file : shares.files) {
    if (!places.insert(plain_path(file)).second)
      map.reject_entry("files", file, file + " is named twice; each share counts once");
  }
  if (!map.sound("threshold") || !map.sound("officers") || !map.sound("files")) return shares;
  if (shares.files.size() < shares.threshold || shares.files.size() > shares.officers) {
    map.reject("files", std::to_string(shares.files.size()) + " share files are named; " +
                            std::to_string(shares.threshold) + " to " + std::to_string(shares.officers) +
                            " make sense");
  }
  if (roles.crypto_officers.size() < shares.threshold) {
    map.reject("threshold", std::to_string(shares.threshold) + " officers must open shares, but " +
                                "roles.crypto_officers names " +
                                std::to_string(roles.crypto_officers.size()));
  }
  return shares;
}

FileCustody read_file_custody(yaml::Reader& map, Use use, Context& context) {
  FileCustody custody;
  if (use == Use::used) {
    custody.file = map.required_string("file", longest_path);
    return custody;
  }
  custody.file = map.required_string("file", longest_text);
  if (!custody.file.empty() && !plain_file_name(custody.file)) {
    map.reject("file", "file is a plain name inside the output's custody folder, not " + custody.file);
  } else if (custody.file.starts_with(rehearsal_mark)) {
    map.reject("file", marked(custody.file));
  }
  if (context.kind == Kind::root || map.has("reason")) {
    custody.reason = map.required_string("reason", longest_text);
  }
  return custody;
}

CustodyPlan read_custody(yaml::Reader& reader, Use use, Context& context) {
  yaml::Reader map = reader.required_map("custody");
  if (!reader.sound("custody")) return {};
  CustodyPlan plan;
  int places = 0;
  if (map.has("token")) {
    plan = read_token(map.required_map("token"), use);
    ++places;
  }
  if (map.has("shares")) {
    yaml::Reader shares = map.required_map("shares");
    plan = !map.sound("shares") ? ShareCustody{}
           : use == Use::made   ? read_new_shares(std::move(shares), context.roles)
                                : read_used_shares(std::move(shares), context.roles);
    ++places;
  }
  if (map.has("file")) {
    plan = read_file_custody(map, use, context);
    ++places;
  }
  if (places != 1) reader.reject("custody", "custody needs one of token, shares and file");
  return plan;
}

}  // namespace

std::string plain_path(const std::string& path) {
  return std::filesystem::path(path).lexically_normal().string();
}

CustodyPlan read_new_custody(Context& context) {
  return read_custody(context.reader, Use::made, context);
}

void check_new_key_is_another(Context& context, const CustodyPlan& used, const CustodyPlan& made) {
  const auto *old = std::get_if<TokenCustody>(&used), *anew = std::get_if<TokenCustody>(&made);
  if (old == nullptr || anew == nullptr || anew->key.empty()) return;
  if (old->module == anew->module && old->label == anew->label && old->slot == anew->slot &&
      old->key == anew->key)
    context.reader.reject("custody", "the token " + anew->name() + " holds the issuer's key as " + anew->key +
                                         "; the new key needs a label of its own");
}

Authority read_authority(Context& context, std::string_view key) {
  yaml::Reader map = context.reader.required_map(key);
  if (!context.reader.sound(key)) return {};
  Authority authority;
  authority.certificate = map.required_string("certificate", longest_path);
  authority.custody = read_custody(map, Use::used, context);
  return authority;
}

std::optional<ShareCustody> read_reshare(Context& context) {
  std::optional<yaml::Reader> map = context.reader.optional_map("reshare");
  if (!map) return std::nullopt;
  return read_new_shares(std::move(*map), context.roles);
}

}  // namespace chancery::ceremony::schema

namespace chancery::ceremony {

std::string_view custody_name(const CustodyPlan& custody) {
  if (std::holds_alternative<TokenCustody>(custody)) return "token";
  return std::holds_alternative<ShareCustody>(custody) ? "shares" : "file";
}

std::vector<std::string> parts_of(const CustodyPlan& custody) {
  if (const auto* shares = std::get_if<ShareCustody>(&custody)) return shares->files;
  if (const auto* file = std::get_if<FileCustody>(&custody)) return {file->file};
  return {std::get<TokenCustody>(custody).name()};
}

std::optional<CustodyPlan> new_custody(const Plan& plan) {
  if (const auto* root = std::get_if<RootPlan>(&plan)) return root->custody;
  if (const auto* below = std::get_if<IntermediatePlan>(&plan)) return below->custody;
  const auto* recover = std::get_if<RecoverPlan>(&plan);
  if (recover != nullptr && recover->reshare) return *recover->reshare;
  return std::nullopt;
}

const Authority* authority_of(const Plan& plan) {
  if (const auto* one = std::get_if<IntermediatePlan>(&plan)) return &one->issuer;
  if (const auto* one = std::get_if<CrossCsrPlan>(&plan)) return &one->authority;
  if (const auto* one = std::get_if<CrossCertificatePlan>(&plan)) return &one->issuer;
  if (const auto* one = std::get_if<CrlPlan>(&plan)) return &one->issuer;
  if (const auto* one = std::get_if<RecoverPlan>(&plan)) return &one->authority;
  if (const auto* one = std::get_if<DestroyPlan>(&plan)) return &one->authority;
  return nullptr;
}

const std::string* after_last_reason(const Plan& plan) {
  if (const auto* one = std::get_if<IntermediatePlan>(&plan)) return &one->after_last_reason;
  if (const auto* one = std::get_if<CrossCertificatePlan>(&plan)) return &one->after_last_reason;
  if (const auto* one = std::get_if<CrlPlan>(&plan)) return &one->after_last_reason;
  return nullptr;
}

const Enumeration& copies_of(const Plan& plan) {
  static const Enumeration none;
  if (const auto* one = std::get_if<RecoverPlan>(&plan)) return one->retire;
  const auto* one = std::get_if<DestroyPlan>(&plan);
  return one == nullptr ? none : one->every;
}

std::vector<TokenCustody> tokens_of(const Plan& plan) {
  std::vector<TokenCustody> tokens;
  const auto add = [&tokens](const CustodyPlan& custody) {
    if (const auto* token = std::get_if<TokenCustody>(&custody)) tokens.push_back(*token);
  };
  if (const Authority* authority = authority_of(plan)) add(authority->custody);
  if (const std::optional<CustodyPlan> anew = new_custody(plan)) add(*anew);
  return tokens;
}

}  // namespace chancery::ceremony
