// DIR/versions, looked at and thinned out through directory descriptors: a link that somebody puts in the
// place of a folder leads nowhere.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ca/base/result.h"

namespace chancery::agent {

// What the agent makes there and may therefore delete: a serial (2 to 40 lower-case hex digits), or one with
// ".new-" before it that was never finished.
bool is_version_name(std::string_view name);

// The versions in DIR/versions, sorted; other names are left out. Errors: as remove_version; a DIR or
// versions that does not exist holds none.
Result<std::vector<std::string>> list_versions(const std::string& directory);

// Deletes DIR/versions/NAME and the files in it; an absent one is fine. DIR itself, versions and NAME must be
// folders, not links, and belong to this process's user or to root; NAME must be a version's and hold no
// folder. Else nothing is deleted (of a NAME that holds a folder: not the folder). Errors: validation,
// unavailable.
Result<void> remove_version(const std::string& directory, const std::string& name);

}  // namespace chancery::agent
