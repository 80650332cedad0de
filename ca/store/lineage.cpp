#include "ca/store/lineage.h"

#include <algorithm>
#include <set>

#include "ca/store/records.h"

namespace chancery::store {

bool same_names(std::vector<std::string> a, std::vector<std::string> b) {
  if (a.size() != b.size()) return false;
  std::sort(a.begin(), a.end());
  std::sort(b.begin(), b.end());
  return a == b;
}

std::vector<LineageMember> descent(const std::vector<LineageMember>& members, const std::string& serial) {
  std::set<std::string> taken{serial};
  std::vector<LineageMember> list;
  for (const LineageMember& member : members) {  // a child is younger than its parent
    if (member.serial != serial && (member.renewed_from.empty() || !taken.contains(member.renewed_from)))
      continue;
    taken.insert(member.serial);
    list.push_back(member);
  }
  return list;
}

std::vector<LineageMember> to_revoke(const std::vector<LineageMember>& members, const std::string& serial,
                                     int reason) {
  std::vector<LineageMember> list;
  for (const LineageMember& member : members) {
    const bool worse = reason == key_compromise && !member.compromised;
    if (member.revocable || (worse && (member.revoked || member.serial == serial))) list.push_back(member);
  }
  return list;
}

}  // namespace chancery::store
