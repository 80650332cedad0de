// What people type, made comparable.
#pragma once

#include <string>
#include <string_view>

namespace chancery::ceremony {

// Without spaces and tabs around it.
std::string trimmed(std::string_view text);

// The first letter of each word, as upper case where it is ASCII: "Ada King-Noel" is "AK".
std::string initials_of(std::string_view name);

// Equal but for the case of ASCII letters.
bool same_letters(std::string_view a, std::string_view b);

}  // namespace chancery::ceremony
