#include "ca/store/lineage.h"

#include <algorithm>
#include <set>

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

}  // namespace chancery::store
