// Runs a fuzz target over its corpus, without libFuzzer: how ./check replays what fuzzing has found.
//
//   replay_certificate tests/fuzz/corpus/certificate tests/testdata/x509/certificates
//   replay_certificate --unpack FOLDER tests/fuzz/corpus/certificate ...
//
// A file *.pem stands for the bytes of its first block, *.hex for the bytes of its digits (white space
// between them is skipped), any other for itself. --unpack writes those bytes to FOLDER, for libFuzzer, and
// runs nothing.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "tests/fuzz/support/target.h"

namespace chancery::fuzz {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> seeds_below(const std::vector<std::string>& places) {
  std::vector<fs::path> seeds;
  for (const std::string& place : places) {
    if (!fs::is_directory(place)) {
      seeds.emplace_back(place);
      continue;
    }
    for (const auto& entry : fs::recursive_directory_iterator(place)) {
      if (entry.is_regular_file()) seeds.push_back(entry.path());
    }
  }
  std::sort(seeds.begin(), seeds.end());
  return seeds;
}

Bytes bytes_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  invariant(file.good(), "the seed " + path.string() + " can be read");
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (path.extension() == ".pem") {
    const auto blocks = parse_pem(text);
    invariant(blocks && !blocks->empty(), "the seed " + path.string() + " is PEM");
    return blocks->front().der;
  }
  if (path.extension() == ".hex") {
    std::erase_if(text, [](char c) { return c == ' ' || c == '\n'; });
    const auto bytes = parse_hex(text);
    invariant(bytes.has_value(), "the seed " + path.string() + " is hexadecimal");
    return *bytes;
  }
  return to_bytes(as_bytes(text));
}

void expect_outcome(const fs::path& seed) {
  if (outcome().empty()) return;
  invariant(seed.stem().extension() == "." + outcome(), "the seed's name says what it came to: " + outcome());
}

void write(const fs::path& path, ByteView bytes) {
  std::ofstream file(path, std::ios::binary);
  file << as_text(bytes);
  invariant(file.flush().good(), path.string() + " can be written");
}

int run(std::vector<std::string> arguments) {
  fs::path unpacked;
  if (arguments.size() > 1 && arguments[0] == "--unpack") {
    unpacked = arguments[1];
    arguments.erase(arguments.begin(), arguments.begin() + 2);
  }
  const auto seeds = seeds_below(arguments);
  invariant(!seeds.empty(), "there are seeds; usage: replay_TARGET [--unpack FOLDER] FOLDER|FILE...");
  for (std::size_t number = 0; number < seeds.size(); ++number) {
    const Bytes bytes = bytes_of(seeds[number]);
    std::fprintf(stderr, "%s\n", seeds[number].c_str());  // the last line names the one that fails
    if (unpacked.empty()) {
      LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
      expect_outcome(seeds[number]);
    } else {
      write(unpacked / ("seed-" + std::to_string(number)), bytes);
    }
  }
  std::printf("%zu seeds\n", seeds.size());
  return 0;
}

}  // namespace
}  // namespace chancery::fuzz

int main(int count, char** arguments) {
  return chancery::fuzz::run({arguments + 1, arguments + count});
}
