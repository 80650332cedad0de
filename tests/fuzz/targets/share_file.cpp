// An officer's share, as it comes from a medium that was in a safe for years. Promise: what is accepted is,
// to the octet, what write_share_file() writes.
#include "ca/shares/share_file.h"
#include "tests/fuzz/support/target.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace chancery;
  const std::string_view text = as_text(fuzz::input(data, size));
  const auto share = shares::read_share_file(text);
  if (!share) return 0;
  fuzz::invariant(shares::write_share_file(*share) == text, "a share file has one spelling");
  fuzz::invariant(shares::check_officer(share->officer).has_value(), "an officer's name can be shown");
  fuzz::invariant(share->index >= 1 && share->index <= share->shares && share->threshold <= share->shares &&
                      share->commitments.size() == share->shares,
                  "M, N and the index belong together");
  return 0;
}
