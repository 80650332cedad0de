// Which files an attempt at a ceremony can have made: only these does a resumed one remove.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "ca/ceremony/script/script.h"
#include "ca/ceremony/transcript/transcript.h"

namespace chancery::ceremony {

inline constexpr std::string_view aborted_prefix = "aborted-", aborted_suffix = ".jsonl";

// "aborted-1.jsonl": where the bundle keeps the transcript of an attempt, counted from 1.
std::string aborted_file(std::size_t number);

// New shares are called as the certificate is: root.pem, root.1.share.
std::string file_stem(const Plan& plan);

class AttemptFiles {
 public:
  // Of the script's attempts; every name begins with `prefix`.
  AttemptFiles(const Script& script, std::string prefix);
  // What the attempt says that it made: its script may have been another one.
  void add(const Transcript& attempt);
  [[nodiscard]] bool in_bundle(const std::string& name) const;
  [[nodiscard]] bool in_custody(const std::string& name) const { return custody_.contains(name); }

 private:
  void add_custody(const CustodyPlan& plan, const std::string& stem);

  std::string prefix_;
  std::set<std::string> bundle_, custody_;
};

}  // namespace chancery::ceremony
