// A checkpoint as a signed note, and a log's public key, from anybody. The input is a note; or, when it
// begins with '!', changes to one that is signed. Promises: what opens is, to the octet, what stands above
// its last empty line, and OpenSSL finds a signature of the key over just that; a text in UTF-8 that is
// signed here opens, with signatures of others beside it too, and does not once an octet of it is another; a
// checkpoint and a key have one spelling.
#include <openssl/evp.h>

#include <algorithm>

#include "ca/base/unicode.h"
#include "tests/fuzz/support/changes.h"
#include "tests/fuzz/support/golden_log.h"
#include "tests/fuzz/support/openssl_reading.h"
#include "tests/fuzz/support/target.h"

namespace chancery::fuzz {
namespace {

constexpr std::string_view witness = "\u2014 witness.example AAAAAAAA\n";

bool openssl_verifies(ByteView raw_key, ByteView text, ByteView signature) {
  const std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>> key(
      EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, raw_key.data(), raw_key.size()));
  const std::unique_ptr<EVP_MD_CTX, Freed<EVP_MD_CTX_free>> context(EVP_MD_CTX_new());
  return key && EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1 &&
         EVP_DigestVerify(context.get(), signature.data(), signature.size(), text.data(), text.size()) == 1;
}

// By the specification's own words: the lines below the text, each with its dash, a name and base64 of four
// octets and the signature.
bool has_signature(std::string_view below, std::string_view name, ByteView raw_key, std::string_view text) {
  const std::string beginning = "\u2014 " + std::string(name) + " ";
  while (!below.empty()) {
    const std::string_view line = below.substr(0, below.find('\n'));
    below.remove_prefix(std::min(line.size() + 1, below.size()));
    if (!line.starts_with(beginning)) continue;
    const auto blob = parse_base64(line.substr(beginning.size()));
    if (blob && blob->size() > 4 && openssl_verifies(raw_key, as_bytes(text), ByteView(*blob).subspan(4)))
      return true;
  }
  return false;
}

void opens_to_what_was_signed(std::string_view note) {
  const merkle::NoteVerifier& key = golden_signer().verifier();
  static const Bytes typed =
      *parse_base64(key.vkey().substr(key.vkey().find('+', key.name().size() + 1) + 1));
  const Result<std::string> text = key.open(note);
  if (!text) return;
  invariant(note.starts_with(*text) && note.substr(text->size()).starts_with('\n'), "the text is the note's");
  const std::string_view below = note.substr(text->size() + 1);
  invariant(below.find("\n\n") == std::string_view::npos, "the text ends at the last empty line");
  invariant(has_signature(below, key.name(), ByteView(typed).subspan(1), *text),
            "OpenSSL finds the key's signature over the text");
}

void one_spelling(std::string_view text) {
  const Result<merkle::Checkpoint> checkpoint = merkle::parse_checkpoint(text);
  if (checkpoint)
    invariant(text.starts_with(merkle::checkpoint_text(*checkpoint)), "a checkpoint has one spelling");
  const Result<merkle::NoteVerifier> key = merkle::NoteVerifier::parse(text);
  if (key) invariant(text == key->vkey() || text == key->vkey() + "\n", "a log key has one spelling");
}

void signed_opens(std::string text, ByteView octets) {
  text += '\n';
  std::erase_if(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\n'; });
  if (text.size() > merkle::note_limit / 2) return;
  const merkle::NoteVerifier& key = golden_signer().verifier();
  const std::string note = test::must(golden_signer().sign(text));
  const bool whole = is_utf8(text);
  for (const std::string& same : {note, note + std::string(witness)}) {
    const Result<std::string> opened = key.open(same);
    invariant(opened.has_value() == whole, "what is signed opens if it is UTF-8");
    invariant(!opened || *opened == text, "what opens is what was signed");
  }
  std::string changed = note;
  const std::size_t place = octets.empty() ? 0 : octets.front() % text.size();
  changed[place] = static_cast<char>(changed[place] ^ 1);
  invariant(!key.open(changed), "a text with another octet does not open");
}

const std::string& good_note() {
  static const std::string note = golden_log()["checkpoints"].back()["note"];
  return note;
}

}  // namespace
}  // namespace chancery::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace chancery;
  const ByteView bytes = fuzz::input(data, size);
  std::string text(as_text(bytes));
  if (text.starts_with('!')) text = fuzz::with_changes(fuzz::good_note(), bytes.subspan(1));
  fuzz::opens_to_what_was_signed(text);
  const merkle::NoteVerifier& key = fuzz::golden_signer().verifier();
  fuzz::invariant(merkle::open_checkpoint(text, key).has_value() || text != fuzz::good_note(),
                  "the log's own checkpoint opens");
  if (const auto read = merkle::read_unverified_checkpoint(text))
    fuzz::invariant(text.starts_with(merkle::checkpoint_text(*read)), "what is shown stands there");
  fuzz::one_spelling(text);
  fuzz::signed_opens(text, bytes);
  return 0;
}
