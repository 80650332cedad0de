#include "ca/merkle/note.h"

#include <algorithm>
#include <charconv>

#include "ca/base/unicode.h"
#include "ca/crypto/digest.h"

namespace chancery::merkle {
namespace {

constexpr std::uint8_t ed25519_type = 1;
constexpr std::size_t key_size = 32;
constexpr std::size_t id_size = 4;
constexpr std::string_view dash = "\u2014 ";
// SubjectPublicKeyInfo of an Ed25519 key up to the key itself (RFC 8410 4).
constexpr std::array<std::uint8_t, 12> spki_prefix{0x30, 0x2a, 0x30, 0x05, 0x06, 0x03,
                                                   0x2b, 0x65, 0x70, 0x03, 0x21, 0x00};

Error bad(std::string message) {
  return make_error(ErrorCode::validation, std::move(message));
}

// The signature type and the key, as both the key's text and its id take them.
Bytes encoded(const crypto::PublicKey& key) {
  Bytes bytes{ed25519_type};
  const ByteView raw = key.spki().last(key_size);
  bytes.insert(bytes.end(), raw.begin(), raw.end());
  return bytes;
}

std::array<std::uint8_t, id_size> key_id(const std::string& name, const crypto::PublicKey& key) {
  Bytes input = to_bytes(as_bytes(name + "\n"));
  const Bytes typed = encoded(key);
  input.insert(input.end(), typed.begin(), typed.end());
  const crypto::Sha256Digest digest = crypto::sha256(input);
  std::array<std::uint8_t, id_size> id{};
  std::copy_n(digest.begin(), id.size(), id.begin());
  return id;
}

// UTF-8, and of the ASCII controls below space only line feeds (C2SP signed-note).
bool is_note_text(std::string_view text) {
  return is_utf8(text) && std::none_of(text.begin(), text.end(), [](char c) {
           return static_cast<unsigned char>(c) < 0x20 && c != '\n';
         });
}

struct NoteParts {
  std::string_view text, signatures;
};

Result<NoteParts> take_apart(std::string_view note) {
  const std::size_t blank = note.size() > note_limit ? std::string_view::npos : note.rfind("\n\n");
  if (blank == std::string_view::npos || !note.ends_with('\n') || !is_note_text(note)) {
    return bad("this is no signed note: UTF-8 text, an empty line and signature lines, at most " +
               std::to_string(note_limit) + " bytes");
  }
  return NoteParts{note.substr(0, blank + 1), note.substr(blank + 2)};
}

// The text up to the next newline, taken off the front of `rest`.
std::string_view next_line(std::string_view& rest) {
  const std::size_t end = std::min(rest.find('\n'), rest.size());
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return line;
}

std::optional<std::int64_t> parse_size(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || value < 0 || std::to_string(value) != text) return std::nullopt;
  return value;
}

}  // namespace

Result<void> check_origin(std::string_view origin) {
  const bool visible =
      std::all_of(origin.begin(), origin.end(), [](char c) { return c > ' ' && c < 0x7f && c != '+'; });
  if (!origin.empty() && origin.size() <= origin_limit && visible) return {};
  return bad("a log's origin is 1 to " + std::to_string(origin_limit) +
             " visible ASCII characters without '+', such as ca.example.com/log");
}

NoteVerifier::NoteVerifier(std::string name, crypto::PublicKey key)
    : name_(std::move(name)), key_(std::move(key)), key_id_(key_id(name_, key_)) {}

Result<NoteVerifier> NoteVerifier::create(std::string name, const crypto::PublicKey& key) {
  if (Result<void> ok = check_origin(name); !ok) return ok.error();
  if (key.type().algorithm != crypto::KeyAlgorithm::ed25519) return bad("a log's key must be Ed25519");
  return NoteVerifier(std::move(name), key);
}

Result<NoteVerifier> NoteVerifier::parse(std::string_view vkey) {
  if (vkey.ends_with('\n')) vkey.remove_suffix(1);
  const std::size_t first = vkey.find('+');
  const std::size_t second = first == std::string_view::npos ? first : vkey.find('+', first + 1);
  const Error malformed =
      bad("this is no log key; it has the form NAME+HASH+KEY, as chancery-ca log-key prints it");
  if (second == std::string_view::npos) return malformed;
  const std::optional<Bytes> typed = parse_base64(vkey.substr(second + 1));
  if (!typed || typed->size() != key_size + 1 || typed->front() != ed25519_type) return malformed;
  Bytes spki(spki_prefix.begin(), spki_prefix.end());
  spki.insert(spki.end(), typed->begin() + 1, typed->end());
  const Result<crypto::PublicKey> key = crypto::PublicKey::from_spki(spki);
  if (!key) return key.error();
  Result<NoteVerifier> verifier = create(std::string(vkey.substr(0, first)), *key);
  if (verifier && to_hex(verifier->key_id_) != vkey.substr(first + 1, second - first - 1)) {
    return bad("the log key's hash is not that of its name and key; copy the whole line again");
  }
  return verifier;
}

std::string NoteVerifier::vkey() const {
  return name_ + "+" + to_hex(key_id_) + "+" + to_base64(encoded(key_));
}

std::string NoteVerifier::signature_line(ByteView signature) const {
  Bytes blob(key_id_.begin(), key_id_.end());
  blob.insert(blob.end(), signature.begin(), signature.end());
  return std::string(dash) + name_ + " " + to_base64(blob) + "\n";
}

Result<std::string> NoteVerifier::open(std::string_view note) const {
  const Result<NoteParts> parts = take_apart(note);
  if (!parts) return parts.error();
  std::string_view rest = parts->signatures;
  bool verified = false;
  while (!rest.empty()) {
    std::string_view line = next_line(rest);
    if (!line.starts_with(dash)) return bad("a line below the note's text is no signature");
    line.remove_prefix(dash.size());
    const std::size_t space = line.find(' ');
    const std::optional<Bytes> blob =
        space == std::string_view::npos ? std::nullopt : parse_base64(line.substr(space + 1));
    if (!blob || blob->size() <= id_size) return bad("a signature line of the note is malformed");
    if (line.substr(0, space) != name_ || !std::equal(key_id_.begin(), key_id_.end(), blob->begin()))
      continue;
    if (!key_.verify(crypto::SignatureAlgorithm::ed25519, as_bytes(parts->text),
                     ByteView(*blob).subspan(id_size))) {
      return bad("the signature of " + name_ +
                 " does not verify: the note was altered or signed by another key");
    }
    verified = true;
  }
  if (!verified) return bad("the note carries no signature of the log key " + vkey());
  return std::string(parts->text);
}

Result<NoteSigner> NoteSigner::create(std::string name, crypto::PrivateKey key) {
  Result<NoteVerifier> verifier = NoteVerifier::create(std::move(name), key.public_key());
  if (!verifier) return verifier.error();
  return NoteSigner(std::move(*verifier), std::move(key));
}

Result<std::string> NoteSigner::sign(const std::string& text) const {
  Result<Bytes> signature = key_.sign(crypto::SignatureAlgorithm::ed25519, as_bytes(text));
  if (!signature) return signature.error();
  return text + "\n" + verifier_.signature_line(*signature);
}

std::string checkpoint_text(const Checkpoint& checkpoint) {
  return checkpoint.origin + "\n" + std::to_string(checkpoint.size) + "\n" + to_base64(checkpoint.root) +
         "\n";
}

Result<Checkpoint> parse_checkpoint(std::string_view text) {
  Checkpoint checkpoint;
  const bool whole_lines = text.ends_with('\n');
  checkpoint.origin = next_line(text);
  const std::optional<std::int64_t> size = parse_size(next_line(text));
  const std::optional<Bytes> root = parse_base64(next_line(text));
  if (!whole_lines || !check_origin(checkpoint.origin) || !size || !root ||
      root->size() != checkpoint.root.size()) {
    return bad("this is no checkpoint: its lines are origin, number of entries and root hash");
  }
  checkpoint.size = *size;
  std::copy(root->begin(), root->end(), checkpoint.root.begin());
  return checkpoint;
}

Result<Checkpoint> open_checkpoint(std::string_view note, const NoteVerifier& key) {
  const Result<std::string> text = key.open(note);
  if (!text) return text.error();
  Result<Checkpoint> checkpoint = parse_checkpoint(*text);
  if (checkpoint && checkpoint->origin != key.name()) {
    return bad("the checkpoint is of the log " + checkpoint->origin + ", the key of " + key.name());
  }
  return checkpoint;
}

Result<Checkpoint> read_unverified_checkpoint(std::string_view note) {
  const Result<NoteParts> parts = take_apart(note);
  if (!parts) return parts.error();
  return parse_checkpoint(parts->text);
}

}  // namespace chancery::merkle
