#include "ca/ceremony/transcript/writer.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include "ca/base/file.h"
#include "ca/ceremony/transcript/line.h"
#include "ca/ceremony/transcript/transcript.h"

namespace chancery::ceremony {
namespace {

constexpr mode_t public_mode = 0644;

Error system_error(const std::string& action, const std::string& path) {
  const int number = errno;
  if (number == EEXIST) {
    return make_error(ErrorCode::conflict, path + " exists already, and a transcript is never overwritten");
  }
  return make_error(ErrorCode::unavailable, "cannot " + action + " " + path + ": " + std::strerror(number));
}

bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t put = ::write(fd, text.data(), text.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(put));
  }
  return true;
}

}  // namespace

Result<std::unique_ptr<TranscriptWriter>> TranscriptWriter::create(const std::string& path,
                                                                   const crypto::Sha256Digest& script,
                                                                   const Clock& clock) {
  const int fd =
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC | O_NOFOLLOW, public_mode);
  if (fd < 0) return system_error("create", path);
  std::unique_ptr<TranscriptWriter> writer(new TranscriptWriter(fd, path, script, clock));
  if (::fchmod(fd, public_mode) != 0) return system_error("set the mode of", path);
  const std::string folder = std::filesystem::path(path).parent_path().string();
  if (Result<void> ok = sync_directory(folder.empty() ? "." : folder); !ok) return std::move(ok).error();
  return writer;
}

TranscriptWriter::~TranscriptWriter() {
  ::close(fd_);
}

Result<void> TranscriptWriter::append(std::string_view event, EventData data) {
  if (broken_) {
    return make_error(ErrorCode::unavailable, path_ + " could not be written before; nothing follows");
  }
  if (size_ == transcript_length_limit) {
    return make_error(ErrorCode::validation,
                      "a transcript has at most " + std::to_string(transcript_length_limit) + " lines");
  }
  if (Result<void> ok = check_event(event, data); !ok) return ok;
  if (Result<void> ok = check_texts(event, data); !ok) return ok;
  Line line{static_cast<std::int64_t>(size_), head_, clock_.now(), std::string(event), std::move(data)};
  if (line.at < last_) {
    return make_error(ErrorCode::validation, "the clock went back from " + to_rfc3339(last_) + " to " +
                                                 to_rfc3339(line.at) +
                                                 "; nobody may set it during a ceremony");
  }
  const Result<std::string> text = encode_line(line);
  if (!text) return text.error();
  if (Result<void> ok = write(*text); !ok) return ok;
  last_ = line.at;
  head_ = crypto::sha256(as_bytes(*text));
  octets_ += text->size();
  ++size_;
  return {};
}

Result<void> TranscriptWriter::write(std::string_view line) {
  if (write_all(fd_, line) && ::fsync(fd_) == 0) return {};
  Error error = system_error("write", path_);
  broken_ = true;
  if (::ftruncate(fd_, static_cast<off_t>(octets_)) != 0) error.internal = "a torn line is left at the end";
  return error;
}

}  // namespace chancery::ceremony
