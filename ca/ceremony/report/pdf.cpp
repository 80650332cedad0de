#include "ca/ceremony/report/pdf.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <vector>

#include "ca/base/file.h"

namespace chancery::ceremony {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t pdf_limit = std::size_t{64} << 20U;
constexpr mode_t private_mode = 0600, public_mode = 0644;

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (fs::temp_directory_path() / "chancery-report-XXXXXX").string();
    if (::mkdtemp(pattern.data()) != nullptr) path_ = pattern;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  [[nodiscard]] const std::string& path() const { return path_; }  // "" = it could not be made

 private:
  std::string path_;
};

std::string found_in_path(const std::string& program) {
  const char* path = std::getenv("PATH");  // NOLINT(concurrency-mt-unsafe): one thread
  std::string_view rest = path == nullptr ? "/usr/bin:/bin" : path;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(':'), rest.size());
    std::string candidate = std::string(rest.substr(0, end)) + "/" + program;
    if (candidate.front() == '/' && ::access(candidate.c_str(), X_OK) == 0) return candidate;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return "";
}

std::vector<std::string> command_for(const std::string& folder) {
  const std::string html = folder + "/report.html", pdf = folder + "/report.pdf";
  for (const std::string program : {"chromium", "chromium-browser"}) {
    const std::string found = found_in_path(program);
    if (found.empty()) continue;
    std::vector<std::string> command{found,
                                     "--headless",
                                     "--disable-gpu",
                                     "--no-pdf-header-footer",
                                     "--user-data-dir=" + folder + "/profile",
                                     "--print-to-pdf=" + pdf};
    if (::geteuid() == 0) command.emplace_back("--no-sandbox");  // it refuses to run as root with one
    command.push_back("file://" + html);
    return command;
  }
  const std::string weasyprint = found_in_path("weasyprint");
  return weasyprint.empty() ? std::vector<std::string>() : std::vector<std::string>{weasyprint, html, pdf};
}

// Quiet: what they say is about displays and buses.
Result<void> run(std::vector<std::string> command) {
  std::vector<char*> arguments;
  arguments.reserve(command.size() + 1);
  for (std::string& part : command) arguments.push_back(part.data());
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    ::posix_spawn_file_actions_addopen(&actions, stream, "/dev/null", O_RDWR, 0);
  }
  pid_t child = 0;
  const int error = ::posix_spawn(&child, arguments[0], &actions, nullptr, arguments.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  if (error != 0)
    return make_error(ErrorCode::unavailable, "cannot run " + command[0] + ": " + std::strerror(error));
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
  return make_error(ErrorCode::unavailable, command[0] +
                                                " could not print the report; write it with --output, "
                                                "and print it in a browser");
}

}  // namespace

Result<std::string> print_pdf(std::string_view html, const std::string& path) {
  const TemporaryFolder folder;
  if (folder.path().empty()) return make_error(ErrorCode::unavailable, "cannot make a temporary folder");
  const std::vector<std::string> command = command_for(folder.path());
  if (command.empty()) {
    return make_error(
        ErrorCode::not_found,
        "neither chromium nor weasyprint is installed, which make the PDF; write the report with "
        "--output, and print it in any browser");
  }
  if (Result<void> ok = write_new_file(folder.path() + "/report.html", as_bytes(html), private_mode); !ok)
    return std::move(ok).error();
  if (Result<void> ok = run(command); !ok) return std::move(ok).error();
  Result<std::string> pdf = read_file(folder.path() + "/report.pdf", pdf_limit);
  if (!pdf) return with_context(pdf.error(), command[0]);
  if (Result<void> ok = write_new_file(path, as_bytes(*pdf), public_mode); !ok) return std::move(ok).error();
  return pdf;
}

std::size_t page_count(std::string_view pdf) {
  constexpr std::string_view type = "/Type", page = "/Page";
  std::size_t pages = 0;
  for (std::size_t at = pdf.find(type); at != std::string_view::npos; at = pdf.find(type, at)) {
    at += type.size();
    std::string_view rest = pdf.substr(at);
    rest.remove_prefix(std::min(rest.find_first_not_of(" \r\n"), rest.size()));
    if (!rest.starts_with(page)) continue;
    rest.remove_prefix(page.size());
    if (rest.empty() || std::string_view(" \r\n/>").find(rest.front()) != std::string_view::npos) ++pages;
  }
  return pages;
}

}  // namespace chancery::ceremony
