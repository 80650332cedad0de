// "{node}.nodes.internal": patterns that say something else for each identity.
//
// {node} and {identity} stand for the identity, letter by letter. {node} takes only one that is a DNS label
// of lower case, and so does {identity} in a dns pattern: an identity with dots would be more labels than the
// pattern shows. In uri patterns {identity} is one whole segment of the path, in email patterns everything in
// front of the @. Nothing but letters, digits and . - _ @ is ever put in, so no identity can bring a star
// along.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "ca/base/ids.h"
#include "ca/base/result.h"
#include "ca/x509/general_name.h"

namespace chancery::policy {

bool has_placeholder(std::string_view pattern);

// The pattern for this identity; nullopt when the identity does not fit, and the pattern then covers nothing.
// Patterns without placeholder are given back as they are. The pattern must have passed check_placeholder.
std::optional<std::string> fill_in(x509::GeneralNameType type, std::string_view pattern,
                                   const Identity& identity);

// Of a pattern with a brace in it. Gives the pattern with an example in its place, to be judged further.
// Errors: validation for another placeholder than the two, more than one, one that is not a whole label,
// segment or local part, and one that would let the identity choose the domain ("{node}", "x.{node}").
Result<std::string> check_placeholder(x509::GeneralNameType type, const std::string& pattern);

// "web-*": at most one star, for one or more characters but . and @. Compared letter by letter.
bool covers_identity(std::string_view pattern, const Identity& identity);
// Errors: validation (other characters than an identity's, a second star, longer than 128).
Result<void> check_identity_pattern(const std::string& pattern);

}  // namespace chancery::policy
