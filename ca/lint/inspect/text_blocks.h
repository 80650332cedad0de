// PEM as people have it: blocks with the lines they begin at, and text around them. Internal to ca/lint.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ca/base/bytes.h"
#include "ca/base/result.h"

namespace chancery::lint {

struct TextBlock {
  std::string label;
  std::size_t line = 0;  // of its BEGIN, from 1
  Bytes der;
};

struct TextBlocks {
  std::vector<TextBlock> blocks;          // at least one
  std::optional<std::size_t> stray_line;  // the first line with text outside of every block
};

// Errors: validation, naming the line: no block, more than `limit`, one that is not closed, other characters
// than base64's in one. Text outside of blocks is let through (RFC 7468 section 2), and said so.
Result<TextBlocks> read_text_blocks(std::string_view text, std::size_t limit);

}  // namespace chancery::lint
