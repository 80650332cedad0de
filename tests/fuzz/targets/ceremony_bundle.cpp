// The bundle of a ceremony, as `chancery-root replay` reads it. The input says, line by line, how the bundle
// of an intermediate's ceremony is changed; how it looks comes from that ceremony, which is held at the
// start:
//
//   NAME: OLD => NEW    the first OLD in the file is NEW then; a file that there is not is made
//   NAME @N C           its octet N, modulo its length, is C
//   - NAME              the file is taken away
//   resign              the transcript is chained and signed again, as whoever holds the root's key could
//
// Promises: the bundle as it was held is accepted, with nothing left unchecked, and no other is; signed
// again, only one whose other files are as they were and whose transcript still has every line of what was
// done.
#include <charconv>
#include <fstream>

#include "ca/ceremony/transcript/line.h"
#include "ca/ceremony/transcript/signature.h"
#include "ca/keys/file_key_store.h"
#include "tests/fuzz/support/target.h"
#include "tests/support/x509_builder.h"
#include "tests/unit/ca/ceremony/replay/bundles.h"

namespace chancery::fuzz {
namespace {

namespace fs = std::filesystem;
using Files = std::map<std::string, std::string, std::less<>>;

// The ceremonies of a root and an intermediate, and a folder for what is made of the latter.
struct World {
  ceremony::testing::Bundles held;
  Files good = test::must(ceremony::read_bundle(held.intermediate())).files;
  std::string folder = held.path("fuzzed");
  std::unique_ptr<keys::Signer> key =
      test::must(keys::open_key_file(held.path("root/custody/root.key.pem"),
                                     SecretBytes::copy_of(as_bytes(ceremony::testing::root_passphrase))));
};

World& world() {
  static World the_world;
  return the_world;
}

// A file's name within the folder, and no more.
bool is_name(std::string_view name) {
  return !name.empty() && name.size() < 64 && name != "." && name != ".." &&
         name.find_first_of(std::string_view("/\0", 2)) == std::string_view::npos;
}

void replace_octet(std::string& text, std::string_view how) {
  std::size_t place = 0;
  const auto [end, error] = std::from_chars(how.data(), how.data() + how.size(), place);
  const std::string_view rest = how.substr(static_cast<std::size_t>(end - how.data()));
  if (error == std::errc() && rest.size() == 2 && rest[0] == ' ' && !text.empty())
    text[place % text.size()] = rest[1];
}

void replace_text(std::string& text, std::string_view how) {
  const std::size_t arrow = how.find(" => ");
  if (arrow == std::string_view::npos) return;
  const std::size_t at = text.find(how.substr(0, arrow));
  if (at != std::string::npos) text.replace(at, arrow, how.substr(arrow + 4));
}

// The transcript's lines, chained and signed anew. False when one is none.
bool sign_again(Files& files) {
  const auto script = files.find(ceremony::script_file), transcript = files.find(ceremony::transcript_file);
  if (script == files.end() || transcript == files.end()) return false;
  crypto::Sha256Digest head = crypto::sha256(as_bytes(script->second));
  std::string chained;
  std::int64_t number = 0;
  for (std::string_view rest = transcript->second; !rest.empty();) {
    const std::size_t end = std::min(rest.find('\n'), rest.size() - 1);
    auto line = ceremony::decode_line(rest.substr(0, end));
    if (!line) return false;
    rest.remove_prefix(end + 1);
    line->seq = number++;
    line->prev = head;
    const auto text = ceremony::encode_line(*line);
    if (!text) return false;
    head = crypto::sha256(as_bytes(*text));
    chained += *text;
  }
  transcript->second = chained;
  files.insert_or_assign(std::string(ceremony::signature_file),
                         test::must(ceremony::sign_transcript(head, *world().key)));
  return true;
}

bool change(Files& files, std::string_view line) {
  if (line == "resign") return sign_again(files);
  if (line.starts_with("- ")) {
    if (const auto found = files.find(line.substr(2)); found != files.end()) files.erase(found);
    return false;
  }
  const std::size_t colon = line.find(": "), at = line.find(" @");
  const std::string name(line.substr(0, std::min(colon, at)));
  if (name.size() == line.size() || !is_name(name)) return false;
  if (at < colon) {
    replace_octet(files[name], line.substr(at + 2));
  } else {
    replace_text(files[name], line.substr(colon + 2));
  }
  return false;
}

void write(const Files& files) {
  const std::string& folder = world().folder;
  fs::remove_all(folder);
  fs::create_directory(folder);
  for (const auto& [name, text] : files) std::ofstream(fs::path(folder) / name, std::ios::binary) << text;
}

bool same_but_transcript(Files files, Files good) {
  for (const std::string_view name : {ceremony::transcript_file, ceremony::signature_file}) {
    if (const auto found = files.find(name); found != files.end()) files.erase(found);
    good.erase(good.find(name));
  }
  return files == good;
}

void is_as_it_was(const Files& files, const ceremony::Replay& replayed, bool signed_again) {
  const Files& good = world().good;
  if (!signed_again) {
    invariant(files == good, "only the bundle as it was held is accepted");
    return;
  }
  invariant(same_but_transcript(files, good), "the other files are as they were");
  for (const char* event : {"role", "preflight", "step.begin", "step.end", "words", "point_of_no_return",
                            "key.made", "key.used", "tbs", "lint", "artefact", "ceremony.end"}) {
    const std::string wanted = std::string("\"event\":\"") + event + "\"";
    const auto count = [&](std::string_view text) {
      std::size_t found = 0;
      for (std::size_t at = text.find(wanted); at != std::string_view::npos; at = text.find(wanted, at + 1))
        ++found;
      return found;
    };
    invariant(count(replayed.bundle.text(ceremony::transcript_file)) >=
                  count(good.find(ceremony::transcript_file)->second),
              std::string("no line of ") + event + " is missing");
  }
}

}  // namespace
}  // namespace chancery::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace chancery;
  fuzz::Files files = fuzz::world().good;
  bool signed_again = false;
  for (std::string_view rest = as_text(fuzz::input(data, size)); !rest.empty();) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    signed_again |= fuzz::change(files, rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  fuzz::write(files);
  ceremony::ReplayInputs inputs{
      .bundle = fuzz::world().folder, .previous = {}, .root = fuzz::world().held.root() + "/root.pem"};
  const auto replayed = ceremony::replay(inputs);
  if (files == fuzz::world().good) {
    inputs.previous = fuzz::world().held.root();
    const auto whole = ceremony::replay(inputs);
    fuzz::invariant(whole && whole->passed() && whole->not_checked() == 0,
                    "the bundle as it was held is accepted");
  }
  if (replayed && replayed->passed()) fuzz::is_as_it_was(files, *replayed, signed_again);
  return 0;
}
