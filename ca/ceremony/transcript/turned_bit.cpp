#include "ca/ceremony/transcript/turned_bit.h"

#include <algorithm>
#include <bit>

#include "ca/ceremony/transcript/line.h"
#include "ca/ceremony/transcript/signature.h"

namespace chancery::ceremony {
namespace {

constexpr std::size_t time_begins = 7, time_length = 20;  // {"at":"2026-11-22T04:36:00Z"
constexpr unsigned bits_in_an_octet = 8;

// All that the last line says is known from elsewhere but its time, which is taken as it stands.
class Ending {
 public:
  Ending(std::string_view text, std::string_view signature, const crypto::PublicKey& key)
      : text_(text), signature_(signature), key_(key) {}

  // Where the line that is number `seq` must begin, if it is the last.
  std::optional<std::size_t> find(std::int64_t seq, std::span<const std::string> exported) {
    Line line{.seq = seq, .event = "ceremony.end"};
    line.data = {{"result", std::string("done")},
                 {"exported", std::vector<std::string>(exported.begin(), exported.end())}};
    const std::size_t length = encode_line(line).value_or("").size();
    if (length == 0 || length >= text_.size()) return std::nullopt;
    begins_ = text_.size() - length;
    if (std::popcount(static_cast<unsigned>(static_cast<std::uint8_t>(text_[begins_ - 1]) ^ '\n')) > 1)
      return std::nullopt;
    line.prev = hash_of_line_above();
    right_ = encode_line(line).value_or("");
    right_.replace(time_begins, time_length, text_.substr(begins_ + time_begins, time_length));
    if (signed_now()) return difference();
    return text_.substr(begins_) == right_ ? in_time() : std::nullopt;
  }

 private:
  [[nodiscard]] crypto::Sha256Digest hash_of_line_above() const {
    const std::size_t end = begins_ < 2 ? std::string_view::npos : text_.rfind('\n', begins_ - 2);
    const std::size_t begin = end == std::string_view::npos ? 0 : end + 1;
    return crypto::sha256(as_bytes(std::string(text_.substr(begin, begins_ - 1 - begin)) + "\n"));
  }
  [[nodiscard]] bool signed_now() const {
    return static_cast<bool>(verify_transcript(crypto::sha256(as_bytes(right_)), signature_, key_));
  }
  [[nodiscard]] std::optional<std::size_t> difference() const {
    if (text_[begins_ - 1] != '\n') return begins_ - 1;
    const auto [found, ignored] = std::mismatch(text_.begin() + static_cast<std::ptrdiff_t>(begins_),
                                                text_.end(), right_.begin(), right_.end());
    if (found == text_.end()) return std::nullopt;  // nothing is wrong with it
    return static_cast<std::size_t>(found - text_.begin());
  }
  std::optional<std::size_t> in_time() {
    for (std::size_t i = 0; i < time_length; ++i) {
      char& octet = right_[time_begins + i];
      for (unsigned bit = 0; bit < bits_in_an_octet; ++bit) {
        octet = static_cast<char>(static_cast<std::uint8_t>(octet) ^ (1U << bit));
        if (signed_now()) return begins_ + time_begins + i;
        octet = static_cast<char>(static_cast<std::uint8_t>(octet) ^ (1U << bit));
      }
    }
    return std::nullopt;
  }

  std::string_view text_, signature_;
  const crypto::PublicKey& key_;
  std::size_t begins_ = 0;
  std::string right_;
};

}  // namespace

std::optional<std::size_t> turned_octet_of_end(std::string_view text, std::span<const std::string> exported,
                                               std::string_view signature, const crypto::PublicKey& key) {
  // A turned bit may have made a line feed, or unmade one.
  const auto feeds = static_cast<std::int64_t>(std::count(text.begin(), text.end(), '\n'));
  for (std::int64_t seq = std::max<std::int64_t>(feeds - 2, 1); seq <= feeds; ++seq) {
    if (const auto found = Ending(text, signature, key).find(seq, exported)) return found;
  }
  return std::nullopt;
}

std::optional<std::size_t> turned_octet_of_signature(const crypto::Sha256Digest& head,
                                                     std::string_view signature,
                                                     const crypto::PublicKey& key) {
  std::string right(signature.substr(0, transcript_signature_limit));
  for (std::size_t i = 0; i < right.size(); ++i) {
    const auto octet = static_cast<std::uint8_t>(right[i]);
    for (unsigned bit = 0; bit < bits_in_an_octet; ++bit) {
      right[i] = static_cast<char>(octet ^ (1U << bit));
      if (verify_transcript(head, right, key)) return i;
    }
    right[i] = static_cast<char>(octet);
  }
  return std::nullopt;
}

}  // namespace chancery::ceremony
