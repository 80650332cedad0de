#include "ca/ceremony/custody/custody.h"

#include "ca/ceremony/custody/file_custody.h"
#include "ca/ceremony/custody/share_custody.h"
#include "ca/ceremony/custody/throw_away_custody.h"
#include "ca/ceremony/custody/token_custody.h"

namespace chancery::ceremony {

std::string any_of(const std::vector<std::string>& officers) {
  std::string names;
  for (std::size_t i = 0; i < officers.size(); ++i)
    names += (i == 0 ? "" : i + 1 == officers.size() ? " or " : ", ") + officers[i];
  return "Crypto officer (" + names + ")";
}

Result<std::unique_ptr<Custody>> Custody::deal_anew(const ShareCustody&, const CustodySurroundings&) {
  return make_error(ErrorCode::validation, "only a key in the custody of shares can be dealt anew");
}

std::unique_ptr<Custody> custody_for(const CustodyPlan& plan, const CustodySurroundings& surroundings) {
  if (const auto* shares = std::get_if<ShareCustody>(&plan)) return share_custody(*shares, surroundings);
  if (const auto* file = std::get_if<FileCustody>(&plan)) return file_custody(*file, surroundings);
  if (surroundings.throw_away) return throw_away_custody();
  return token_custody(std::get<TokenCustody>(plan), surroundings);
}

}  // namespace chancery::ceremony
