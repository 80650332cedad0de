// The PGP word list (Zimmermann and Juola, PGPfone Owner's Manual, appendix E, 1995), as data.
#pragma once

#include <array>
#include <string_view>

namespace chancery::ceremony {

extern const std::array<std::string_view, 256> two_syllables;    // octets 0, 2, 4, ...
extern const std::array<std::string_view, 256> three_syllables;  // octets 1, 3, 5, ...

}  // namespace chancery::ceremony
