#include "ca/ceremony/custody/custody.h"

#include "ca/ceremony/custody/file_custody.h"

namespace chancery::ceremony {

Result<std::unique_ptr<Custody>> custody_for(const CustodyPlan& plan,
                                             const CustodySurroundings& surroundings) {
  if (const auto* file = std::get_if<FileCustody>(&plan)) return file_custody(*file, surroundings);
  return make_error(ErrorCode::validation, "custody by " + std::string(custody_name(plan)) +
                                               " is not in this version; name a file in the script");
}

}  // namespace chancery::ceremony
