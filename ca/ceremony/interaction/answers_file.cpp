#include "ca/ceremony/interaction/answers_file.h"

#include <cstring>
#include <ostream>
#include <utility>

#include "ca/base/file.h"
#include "ca/ceremony/interaction/secret_descriptor.h"
#include "ca/ceremony/interaction/text.h"
#include "ca/command_line/clean_output.h"
#include "ca/yaml/reader.h"

namespace chancery::ceremony {

struct AnswersFile::State {
  yaml::Reader answers;
  std::string path;
  std::ostream& out;
  std::set<std::string> asked;
};

namespace {

Error no_answer(const std::string& path, const Question& question) {
  return make_error(ErrorCode::not_found,
                    path + " has no answer to " + question.id + " (" + question.text + ")");
}

}  // namespace

AnswersFile::AnswersFile(std::unique_ptr<State> state) : state_(std::move(state)) {}
AnswersFile::~AnswersFile() = default;

Result<std::unique_ptr<AnswersFile>> AnswersFile::load(const std::string& path, std::ostream& out) {
  const Result<SecretBytes> text = read_own_secret_file(path, answers_limit);
  if (!text) return with_context(text.error(), "the answers");
  Result<yaml::Reader> answers = yaml::Reader::parse(as_text(text->reveal()), path);
  if (!answers) return std::move(answers).error();
  return std::unique_ptr<AnswersFile>(
      new AnswersFile(std::make_unique<State>(State{std::move(*answers), path, out, {}})));
}

void AnswersFile::show(std::string_view text) {
  state_->out << command_line::cleaned(text) << std::flush;
}

Result<std::string> AnswersFile::ask(const Question& question) {
  if (!state_->answers.has(question.id)) return no_answer(state_->path, question);
  if (!state_->asked.insert(question.id).second) {
    return make_error(ErrorCode::internal, question.id + " was asked twice; please report it");
  }
  std::string answer = state_->answers.required_string(question.id, longest_answer);
  if (!state_->answers.sound(question.id)) {
    return make_error(ErrorCode::validation, state_->answers.location(question.id) + ": " + question.id +
                                                 " must be a text of at most " +
                                                 std::to_string(longest_answer) + " octets that can be seen");
  }
  return trimmed(answer);
}

Result<SecretBytes> AnswersFile::ask_secret(const Question& question) {
  const Question by_file{question.id + ".file", question.text};
  if (state_->answers.has(by_file.id)) {
    const Result<std::string> path = ask(by_file);
    if (!path) return path.error();
    return read_own_secret_file(*path, longest_passphrase + 1);  // and a newline
  }
  if (state_->answers.has(question.id + ".fd")) return by_descriptor(question);
  if (!state_->answers.has(question.id)) return no_answer(state_->path, by_file);
  std::string text = state_->answers.required_string(question.id, longest_passphrase);
  if (!state_->answers.sound(question.id)) {
    return make_error(ErrorCode::validation, question.id + " must be a text of at most " +
                                                 std::to_string(longest_passphrase) + " octets");
  }
  SecretBytes secret = SecretBytes::copy_of(as_bytes(text));
  explicit_bzero(text.data(), text.size());
  return secret;
}

SecretWay AnswersFile::secret_way(const Question& question) const {
  if (state_->answers.has(question.id + ".file")) return SecretWay::file;
  return state_->answers.has(question.id + ".fd") ? SecretWay::descriptor : SecretWay::answers;
}

Result<SecretBytes> AnswersFile::by_descriptor(const Question& question) {
  const std::string id = question.id + ".fd";
  if (!state_->asked.insert(id).second)
    return make_error(ErrorCode::internal, id + " was asked twice; please report it");
  const auto descriptor = state_->answers.required_integer(id, 0, highest_descriptor);
  if (state_->answers.sound(id)) return read_secret_descriptor(static_cast<int>(descriptor));
  return make_error(ErrorCode::validation, state_->answers.location(id) + ": " + id +
                                               " must be a file descriptor, 0 to " +
                                               std::to_string(highest_descriptor));
}

Result<void> AnswersFile::finish() {
  Result<void> ok = state_->answers.finish();
  if (ok) return ok;
  return with_context(std::move(ok).error(), "answers that nobody asked for");
}

}  // namespace chancery::ceremony
