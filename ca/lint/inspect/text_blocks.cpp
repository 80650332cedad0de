#include "ca/lint/inspect/text_blocks.h"

namespace chancery::lint {
namespace {

constexpr std::string_view begin = "-----BEGIN ", end = "-----END ", dashes = "-----", blank = " \t\r";
constexpr std::string_view base64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=";

Error at_line(std::size_t line, const std::string& what) {
  return make_error(ErrorCode::validation, "line " + std::to_string(line) + ": " + what);
}

std::string_view trimmed(std::string_view line) {
  const std::size_t first = line.find_first_not_of(blank);
  if (first == std::string_view::npos) return {};
  return line.substr(first, line.find_last_not_of(blank) - first + 1);
}

// The label between `opening` and the dashes; nullopt when the line is no such boundary.
std::optional<std::string_view> label_of(std::string_view line, std::string_view opening) {
  if (!line.starts_with(opening) || !line.ends_with(dashes)) return std::nullopt;
  if (line.size() < opening.size() + dashes.size()) return std::nullopt;
  return line.substr(opening.size(), line.size() - opening.size() - dashes.size());
}

Error no_block(std::string_view text) {
  if (text.empty()) return make_error(ErrorCode::validation, "the file is empty; give a PEM file");
  if (text.front() == 0x30) {
    return make_error(ErrorCode::validation,
                      "this looks like DER; make PEM of it, as with: openssl x509 -inform DER -in FILE -out "
                      "FILE.pem");
  }
  return make_error(ErrorCode::validation,
                    "there is no PEM block; one begins with a line such as -----BEGIN CERTIFICATE-----");
}

class BlockReader {
 public:
  explicit BlockReader(std::size_t limit) : limit_(limit) {}

  Result<void> take(std::string_view line) {
    ++line_;
    if (line.empty()) return {};
    return inside_ ? continue_block(line) : outside(line);
  }
  Result<TextBlocks> finish(std::string_view text) {
    if (inside_) return at_line(current_.line, "the block that begins here has no -----END line");
    if (found_.blocks.empty()) return no_block(text);
    return std::move(found_);
  }

 private:
  Result<void> outside(std::string_view line) {
    if (const auto label = label_of(line, begin)) {
      if (found_.blocks.size() == limit_)
        return at_line(line_, "more than " + std::to_string(limit_) + " blocks; split the file");
      current_ = {std::string(label->substr(0, 64)), line_, {}};
      content_.clear();
      inside_ = true;
      return {};
    }
    if (line.starts_with(dashes))
      return at_line(line_, "'" + std::string(line.substr(0, 64)) + "' begins no block");
    if (!found_.stray_line) found_.stray_line = line_;
    return {};
  }

  Result<void> continue_block(std::string_view line) {
    if (const auto label = label_of(line, end)) return close(*label);
    if (line.find_first_not_of(base64) != std::string_view::npos)
      return at_line(line_, "characters that are not base64's inside a " + current_.label + " block");
    content_ += line;
    return {};
  }

  Result<void> close(std::string_view label) {
    if (label.substr(0, 64) != current_.label)
      return at_line(line_, "this ends another block than the " + current_.label + " that is open");
    std::optional<Bytes> der = parse_base64(content_);
    if (!der || der->empty())
      return at_line(current_.line, "what the " + current_.label + " block holds is not whole base64");
    current_.der = std::move(*der);
    found_.blocks.push_back(std::move(current_));
    inside_ = false;
    return {};
  }

  std::size_t limit_, line_ = 0;
  bool inside_ = false;
  TextBlock current_;
  std::string content_;
  TextBlocks found_;
};

}  // namespace

Result<TextBlocks> read_text_blocks(std::string_view text, std::size_t limit) {
  BlockReader reader(limit);
  for (std::string_view rest = text; !rest.empty();) {
    const std::size_t length = std::min(rest.find('\n'), rest.size());
    if (Result<void> ok = reader.take(trimmed(rest.substr(0, length))); !ok) return std::move(ok).error();
    rest.remove_prefix(std::min(length + 1, rest.size()));
  }
  return reader.finish(text);
}

}  // namespace chancery::lint
