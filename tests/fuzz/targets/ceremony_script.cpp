// A ceremony's script. Promises: what is accepted can be described to people, in words that they can see, and
// knows its own bytes; a key that nobody knows, or one given twice, is never accepted, wherever the file
// ends.
#include "ca/base/unicode.h"
#include "ca/ceremony/script/describe.h"
#include "ca/ceremony/script/script.h"
#include "tests/fuzz/support/target.h"

namespace chancery::fuzz {
namespace {

bool accepted(const std::string& yaml) {
  return ceremony::parse_script(yaml, "fuzz.yaml").has_value();
}

}  // namespace
}  // namespace chancery::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace chancery;
  const std::string text(as_text(fuzz::input(data, size)));
  const auto script = ceremony::parse_script(text, "fuzz.yaml");
  if (!script) return 0;
  fuzz::invariant(script->text == text && script->hash == crypto::sha256(as_bytes(text)),
                  "a script is its bytes");
  fuzz::invariant(!script->roles.administrator.empty(), "somebody works the machine");
  const auto facts = ceremony::describe(*script);
  fuzz::invariant(!facts.empty(), "a script can be described");
  for (const auto& fact : facts)
    fuzz::invariant(!find_text_fault(fact.value, "\t\n"), "what people are shown of it, they can see");
  fuzz::invariant(!fuzz::accepted(text + "\nno_such_key: 1\n"), "an unknown key is refused");
  fuzz::invariant(!fuzz::accepted(text + "\ntitle: again\n"), "a key given twice is refused");
  return 0;
}
