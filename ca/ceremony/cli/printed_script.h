// The script on paper: what the people of a ceremony hold in their hands.
#pragma once

#include <iosfwd>
#include <nlohmann/json.hpp>

#include "ca/ceremony/script/script.h"

namespace chancery::ceremony {

// Plain text: what the script decides, its hash as words to tick, the steps with room for initials and the
// time, the point of no return between rules, a form for exceptions, and a page to sign.
void print_script(std::ostream& out, const Script& script);

// The same without the forms: title, kind, file, sha256, words ({"hex","words"} a line), people
// ({"role","id", "name","initials"}, as they are asked), facts (as `script check`), steps
// ({"number","name","doing", "failing","point_of_no_return"}).
nlohmann::ordered_json printed_script_json(const Script& script);

}  // namespace chancery::ceremony
