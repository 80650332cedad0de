#include "ca/ceremony/custody/custody.h"

#include "ca/ceremony/custody/file_custody.h"
#include "ca/ceremony/custody/share_custody.h"
#include "ca/ceremony/custody/throw_away_custody.h"
#include "ca/ceremony/custody/token_custody.h"

namespace chancery::ceremony {

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
